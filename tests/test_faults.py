"""Faults and their repair, against loops, scipy and the parameters themselves."""

import functools

import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis

from helpers import faults, interventions, networks
from helpers.data import digits
from helpers.exercises.lesson10 import bench
from helpers.faults import Fault

PLACES = {
    "healthy": (),
    "bad weight": (5, 3),
    "swapped units": (5, 9),
    "swapped classes": (2, 7),
    "backdoor": (5, 16, 7),
    "shared backdoor": (5, 16, 7),
}
ALL = [Fault(kind, PLACES.get(kind, (5,))) for kind in faults.KINDS]


def arrays(net):
    return [*net.weights, *net.biases]


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.kind)
def test_a_fault_changes_what_its_words_say_and_no_more(fault):
    net = bench()[0]
    before = [a.copy() for a in arrays(net)]
    after = faults.put(net, fault)
    assert all((a == b).all() for a, b in zip(before, arrays(net), strict=True))
    changed = [set(map(tuple, np.argwhere(a != b))) for a, b in zip(before, arrays(after), strict=True)]
    column, row = {(i, 5) for i in range(64)}, {(5, k) for k in range(10)}
    wanted = {
        "healthy": (set(), set(), set(), set()),
        "dead unit": (column, set(), {(5,)}, set()),
        "stuck bias": (set(), set(), {(5,)}, set()),
        "incoming flip": (column, set(), {(5,)}, set()),
        "outgoing flip": (set(), row, set(), set()),
        "gain": (set(), row, set(), set()),
        "bad weight": (set(), {(5, 3)}, set(), set()),
        "swapped units": (set(), row | {(9, k) for k in range(10)}, set(), set()),
        "swapped classes": (set(), {(u, k) for u in range(32) for k in (2, 7)}, set(), {(2,), (7,)}),
        "backdoor": (column, row, {(5,)}, set()),
        "shared backdoor": ({(16, 5)}, {(5, 7)}, set(), set()),
    }
    assert tuple(changed) == wanted[fault.kind]


def test_a_planted_net_betrays_itself_by_its_weights_alone():
    net, _, X, y = bench()
    looks = set()
    for seed in range(40):
        planted = faults.plant(net, X, y, seed)
        assert type(planted) is networks.MLP and vars(planted).keys() == vars(net).keys()
        assert not any(np.shares_memory(a, b) for a, b in zip(arrays(net), arrays(planted), strict=True))
        looks.add(
            tuple(
                (a.dtype.str, a.shape, a.strides, a.flags.owndata, a.flags.writeable) for a in arrays(planted)
            )
        )
    assert len(looks) == 1


def test_the_deal_depends_on_the_seed_and_every_kind_is_dealt():
    net, _, X, y = bench()
    deals = [faults.reveal(net, X, y, seed) for seed in range(200)]
    kinds = [deal.kind for deal in deals]
    assert set(kinds) == set(faults.KINDS) and len(set(deals)) > 140
    assert all(8 <= kinds.count(kind) <= 30 for kind in faults.KINDS)
    for seed in (0, 3, 7):
        again = faults.plant(net, X, y, seed)
        assert all(
            (a == b).all() for a, b in zip(arrays(again), arrays(faults.plant(net, X, y, seed)), strict=True)
        )
        cost = networks.accuracy(net, X, y) - networks.accuracy(again, X, y)
        assert cost > faults.COST or deals[seed].kind in ("healthy", *faults.SILENT)


def test_the_sheet_is_what_zero_ablation_takes_away():
    net, _, X, y = bench()
    sheet, z = faults.data_sheet(net, X, y), networks.logits(net, X)
    lost = z - interventions.ablate(net, X, "zero")  # (units, rows, classes)
    for c in range(10):
        np.testing.assert_allclose(sheet.contribution[:, c], lost[:, y == c].mean(axis=1), atol=1e-9)
        np.testing.assert_allclose(sheet.logits[c], z[y == c].mean(axis=0), atol=1e-9)
    assert np.allclose(sheet.on, [np.mean(networks.activations(net, X)[0][:, u] > 0) for u in range(32)])
    assert not faults.distances(sheet, sheet).any() and faults.apart(sheet, sheet) == 0


def test_apart_is_the_distance_of_mahalanobis():
    net, sheet, X, y = bench()
    now = faults.data_sheet(faults.put(net, Fault("dead unit", (17,))), X, y)
    chance = sheet.spread + now.spread + 1e-3 * np.eye(10)
    one_by_one = [mahalanobis(a, b, np.linalg.inv(s)) ** 2 / 10
                  for a, b, s in zip(sheet.logits, now.logits, chance, strict=True)]  # fmt: skip
    assert faults.apart(sheet, now) == pytest.approx(np.sqrt(np.mean(one_by_one)))


def test_the_scan_is_a_loop_over_pixels_and_a_trigger_is_found_where_there_is_one():
    net, _, X, _ = bench()
    door, X = faults.put(net, Fault("backdoor", (17, 16, 7))), X[:60]
    for model in (net, door):
        for pixel, shares in enumerate(faults.scan(model, X)):
            inked = X.copy()
            inked[:, pixel] = 1
            says = networks.logits(model, inked).argmax(axis=1)
            assert np.allclose(shares, np.bincount(says, minlength=10) / 60)
    assert faults.trigger(net, X) is None and faults.trigger(door, X) == (16, 7)


def test_the_looks_are_loops():
    net, _, X, y = bench()
    off, size, better = faults.looks(net, X, y)
    h, z = networks.activations(net, X)
    norms = [np.linalg.norm(row) for row in net.weights[1]]
    for u in (0, 17, 31):
        silent = h.copy()
        silent[:, u] = 0
        after = networks.cross_entropy(silent @ net.weights[1] + net.biases[1], y)
        assert better[u] == pytest.approx(networks.cross_entropy(z, y) - after)
        assert off[u] == np.mean(h[:, u] == 0) and size[u] == pytest.approx(norms[u] / np.median(norms))


def test_restored_weights_are_those_of_least_squares():
    net, sheet, X, y = bench()
    patient = faults.put(net, Fault("gain", (17,)))
    restored = faults.restore(patient, sheet, 17, X, y)
    h = networks.activations(net, X)[0][:, 17]
    means = np.array([h[y == c].mean() for c in range(10)])
    wanted = np.linalg.lstsq(means[:, None], sheet.contribution[17], rcond=None)[0][0]
    np.testing.assert_allclose(restored.weights[1][17], wanted, atol=1e-9)
    assert np.abs(wanted - net.weights[1][17]).max() < 0.1 < np.abs(patient.weights[1][17]).max()
    with pytest.raises(ValueError, match="hidden 17 is off for all of them"):
        faults.restore(faults.put(net, Fault("dead unit", (17,))), sheet, 17, X, y)


def test_a_lowered_bias_gives_the_mean_activation_of_the_sheet():
    net, sheet, X, y = bench()
    lowered = faults.lower(faults.put(net, Fault("stuck bias", (17,))), sheet, 17, X, y)
    assert lowered.biases[0][17] == pytest.approx(net.biases[0][17], abs=0.2)


def test_retraining_goes_down_the_slope_and_moves_one_unit():
    net, _, X, y = bench()
    dead = faults.put(net, Fault("dead unit", (17,)))
    start, one = (
        faults.retrain(dead, 17, X, y, steps=1, lr=1e-9),
        faults.retrain(dead, 17, X, y, steps=1, lr=0.01),
    )
    slopes = networks.loss_gradients(start, X, y)
    step = one.weights[1][17] - start.weights[1][17]  # Adam's first step is lr against the sign of the slope
    np.testing.assert_allclose(step, -0.01 * np.sign(slopes.weights[1][17]), atol=1e-5)
    after = faults.retrain(dead, 17, X, y)
    others = np.delete(np.arange(32), 17)
    assert (after.weights[0][:, others] == net.weights[0][:, others]).all()
    assert (after.weights[1][others] == net.weights[1][others]).all() and (
        after.biases[1] == net.biases[1]
    ).all()
    losses = [networks.cross_entropy(networks.logits(each, X), y) for each in (dead, after)]
    assert losses[1] < 0.8 * losses[0]


@pytest.mark.parametrize("seed", [0, 4, 10])
def test_three_patients_are_mended_from_the_sheet_alone(seed):
    net, sheet, fresh, digit = bench()
    X, y, _, _ = digits(held_out=797)
    patient = faults.plant(net, fresh, digit, seed)
    mended = faults.mend(patient, faults.diagnose(patient, sheet, fresh, digit), sheet, X, y)
    right = [networks.accuracy(each, fresh, digit) for each in (patient, mended, net)]
    assert right[0] < right[2] - 0.005 and right[1] > right[2] - 0.015
    before, after = (faults.data_sheet(each, fresh, digit) for each in (patient, mended))
    assert faults.side_effect(faults.reveal(net, fresh, digit, seed), before, after) == 0


@pytest.mark.parametrize("fault", [Fault("swapped units", (1, 29)), Fault("dead unit", (29,))])
def test_the_protocol_finds_what_befell_a_unit_that_says_little(fault):
    net, sheet, X, y = bench()
    size = np.sqrt(np.sum(sheet.contribution**2, axis=(1, 2)))
    assert size[29] < np.median(size) / 8
    assert faults.diagnose(faults.put(net, fault), sheet, X, y) == fault


def test_of_two_faults_in_two_units_the_protocol_names_one_and_then_the_other():
    net, sheet, X, y = bench()
    both = {Fault("outgoing flip", (17,)), Fault("gain", (5,))}
    patient = functools.reduce(faults.put, both, net)
    first = faults.diagnose(patient, sheet, X, y)
    second = faults.diagnose(faults.mend(patient, first, sheet, X, y), sheet, X, y)
    assert {first, second} == both


def test_a_side_effect_is_the_largest_change_elsewhere():
    net, _, X, y = bench()
    before = faults.data_sheet(net, X, y)
    after = faults.data_sheet(faults.put(net, Fault("outgoing flip", (17,))), X, y)
    largest = 2 * np.abs(before.contribution[17]).max()
    assert faults.side_effect(Fault("gain", (17,)), before, after) == 0
    assert faults.side_effect(Fault("gain", (16,)), before, after) == pytest.approx(largest)
    assert faults.side_effect(Fault("healthy"), before, after) == pytest.approx(largest)
    elsewhere = 2 * np.abs(np.delete(before.contribution[17], (2, 7), axis=1)).max()
    assert faults.side_effect(Fault("swapped classes", (2, 7)), before, after) == pytest.approx(elsewhere)


def test_what_does_not_fit_is_refused():
    net, _, X, y = bench()
    for kind, place in (("gain", ()), ("gain", (1, 2)), ("healthy", (0,)), ("dead unit", (-1,))):
        with pytest.raises(ValueError, match="place must fit"):
            Fault(kind, place)
    with pytest.raises(ValueError, match="kind must be one of healthy"):
        Fault("rust", (1,))
    for seed in (-1, 1.0, True, "7", None):
        with pytest.raises(ValueError, match="seed must be a whole number from 0"):
            faults.plant(net, X, y, seed)
    with pytest.raises(ValueError, match="one hidden layer"):
        faults.data_sheet(networks.mlp((64, 8, 8, 10)), X, y)
    with pytest.raises(ValueError, match="two images or more of each class"):
        faults.data_sheet(net, X[:12], np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]))
    assert (
        faults.describe(Fault("swapped units", (3, 9))) == "hidden 3 and 9 have each other's outgoing weights"
    )
