"""Probes against scikit-learn and plain loops."""

import math

import numpy as np
import pytest
import scipy.linalg
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.metrics import log_loss

from helpers import networks, probes


def _problem(seed, rows=40, units=5, classes=3):
    rng = np.random.default_rng(seed)
    h = np.maximum(rng.normal(size=(rows, units)) + 0.5, 0)
    h[:, 0] = 0  # a unit that never speaks
    return h, rng.permutation(np.arange(rows) % classes)


@pytest.mark.parametrize("seed", range(5))
def test_a_probe_is_scikit_learns_ridge(seed):
    h, y = _problem(seed)
    ours, theirs = probes.fit(h, y, ridge=0.7), Ridge(alpha=0.7).fit(h, np.eye(3)[y])
    np.testing.assert_allclose(ours.weights, theirs.coef_.T, atol=1e-10)
    np.testing.assert_allclose(ours.bias, theirs.intercept_, atol=1e-10)
    new = np.random.default_rng(seed + 100).normal(size=(50, 5))
    said = RidgeClassifier(alpha=0.7).fit(h, y)
    assert probes.predict(ours, new).tolist() == said.predict(new).tolist()
    assert probes.accuracy(ours, h, y) == pytest.approx(said.score(h, y), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_class_means_and_selectivity_are_what_loops_find(seed):
    h, y = _problem(seed)
    means = [
        [math.fsum(h[i, u] for i in range(40) if y[i] == c) / list(y).count(c) for u in range(5)]
        for c in range(3)
    ]
    found = probes.class_means(h, y)
    np.testing.assert_allclose(found, means, atol=1e-14)
    for u, value in enumerate(probes.selectivity(found)):
        column = sorted((row[u] for row in means), reverse=True)
        top, rest = column[0], sum(column[1:]) / 2
        assert value == pytest.approx((top - rest) / (top + rest) if top else 0, abs=1e-12)


def test_selectivity_at_its_ends():
    assert probes.selectivity([[3, 1, 0], [0, 1, 0], [0, 1, 0]]).tolist() == [1, 0, 0]
    h, y = _problem(0)
    with pytest.raises(ValueError, match="every class from 0 to 3"):
        probes.class_means(h, y, classes=4)


H, Y = _problem(1)


@pytest.mark.parametrize(
    "made, says",
    [
        (lambda: probes.fit(H[0], Y), r"h must have shape \(rows, units\)"),
        (lambda: probes.fit(np.zeros((0, 2)), []), "neither of them 0"),
        (lambda: probes.fit(np.where(H > 2, np.nan, H), Y), "h must be finite"),
        (lambda: probes.fit(H, Y[1:]), "y must be 40 whole numbers"),
        (lambda: probes.fit(H, Y + 0.5), "whole numbers from 0.*got float64"),
        (lambda: probes.fit(H, Y - 1), "whole numbers from 0"),
        (lambda: probes.fit(H, Y, ridge=0), "ridge must be above 0; got 0"),
        (lambda: probes.fit(H, Y, ridge=math.nan), "ridge must be above 0; got nan"),
        (lambda: probes.predict(probes.fit(H, Y), H[:, 1:]), r"h must have shape \(rows, 5\); got \(40, 4\)"),
        (lambda: probes.class_means(H, Y * 2), "every class from 0 to 4"),
        (lambda: probes.class_means(H, Y, classes=2), "every class from 0 to 1, and no other"),
        (lambda: probes.selectivity([[1, 2]]), "two classes or more"),
        (lambda: probes.selectivity([[1, -2], [1, 2]]), "not negative"),
    ],
)
def test_bad_input_is_named(made, says):
    with pytest.raises(ValueError, match=says):
        made()


# ---------------------------------------------------------------- erasing


def _mixed(seed, rows=300, units=6, classes=2):
    """Rows of unequal spread, tied to each other; the class moves some of them. One unit is silent."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(rows) % classes)
    h = (
        rng.normal(size=(rows, units)) @ rng.normal(size=(units, units))
        + rng.normal(size=(classes, units))[y]
    )
    h[:, -1] = 0
    return h, y


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_after_leace_no_linear_probe_beats_the_constant(seed, classes):
    h, y = _mixed(seed, classes=classes)
    left, target = probes.erase(probes.leace(h, y), h), np.eye(classes)[y]
    assert np.abs((left - left.mean(axis=0)).T @ (target - target.mean(axis=0))).max() < 1e-9
    assert Ridge(alpha=1e-6).fit(left, target).score(left, target) == pytest.approx(0, abs=1e-9)  # R²
    chances = LogisticRegression(C=1e6, max_iter=1000).fit(left, y).predict_proba(left)  # another convex loss
    constant = -np.mean(np.log(target.mean(axis=0))[y])
    assert log_loss(y, chances) == pytest.approx(constant, abs=1e-6)
    chances = LogisticRegression(C=1e6, max_iter=1000).fit(h, y).predict_proba(h)
    assert log_loss(y, chances) < constant - 0.05  # before, they did


@pytest.mark.parametrize("seed", range(3))
def test_leace_is_the_least_edit_that_does_it_in_the_plain_norm_and_in_others(seed):
    h, y = _mixed(seed)
    h, rng = h[:, :-1], np.random.default_rng(seed)
    eraser, target = probes.leace(h, y), y - y.mean()
    centred = h - h.mean(axis=0)
    towards = centred.T @ target / np.linalg.norm(centred.T @ target)  # where the class moves the rows
    edit = probes.erase(eraser, h) - h
    for norm in (np.eye(5), *(rng.normal(size=(3, 5, 5)))):
        least = np.sum((edit @ norm) ** 2)
        for size in (0.01, 0.1, 1.0):
            # every other edit that protects: more is taken from what stands at a right angle to `towards`
            more = size * rng.normal(size=(5, 5)) @ (np.eye(5) - np.outer(towards, towards))
            other = edit - centred @ more.T
            left = centred + other
            assert np.abs(left.T @ target).max() < 1e-8 * len(h)
            assert np.sum((other @ norm) ** 2) > least
    straight = probes.along(np.diff(probes.class_means(h, y), axis=0)[0], h.mean(axis=0))
    assert np.abs((probes.erase(straight, h) - h.mean(axis=0)).T @ target).max() < 1e-8  # protects as well
    assert np.sum((probes.erase(straight, h) - h) ** 2) > 1.01 * np.sum(edit**2)


def test_leace_is_the_papers_projection():
    h, y = _mixed(7, classes=3)
    centred, target = h - h.mean(axis=0), np.eye(3)[y] - np.bincount(y) / len(y)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(h))
    roots = np.where(values > 1e-9, np.sqrt(np.maximum(values, 0)), 0)
    half, white = (
        (vectors * roots) @ vectors.T,
        (vectors * np.divide(1, roots, where=roots > 0, out=0 * roots)) @ vectors.T,
    )
    moved = white @ centred.T @ target
    paper = h - centred @ (half @ moved @ np.linalg.pinv(moved, rcond=1e-9) @ white).T
    np.testing.assert_allclose(probes.erase(probes.leace(h, y), h), paper, atol=1e-9)


def test_projecting_out_leaves_nothing_along_the_direction_and_the_rest_alone():
    h, middle = np.random.default_rng(0).normal(size=(20, 4)), np.array([1.0, 0, 0, 2.0])
    direction = np.array([1.0, -2.0, 0.5, 3.0])
    left = probes.erase(probes.along(direction, middle), h)
    np.testing.assert_allclose(left @ direction, middle @ direction)
    aside = scipy.linalg.null_space(direction[None])
    np.testing.assert_allclose(left @ aside, h @ aside, atol=1e-12)


def test_an_eraser_in_the_weights_does_what_the_eraser_does():
    net, X = networks.mlp((4, 6, 5, 3), seed=1), np.random.default_rng(1).normal(size=(30, 4))
    for layer in (0, 1):
        h, y = networks.activations(net, X)[layer], np.arange(30) % 2
        eraser = probes.leace(h, y)
        rest = networks.MLP(net.weights[layer + 1 :], net.biases[layer + 1 :])
        wanted = networks.logits(rest, probes.erase(eraser, h))
        np.testing.assert_allclose(networks.logits(probes.erased(net, layer, eraser), X), wanted, atol=1e-12)


@pytest.mark.parametrize(
    "made, says",
    [
        (lambda: probes.leace(H, Y[1:]), "y must be 40 whole numbers"),
        (lambda: probes.along(np.zeros(3), np.zeros(3)), "not be all 0"),
        (lambda: probes.along(np.ones(3), np.zeros(2)), r"got \(3,\) and \(2,\)"),
        (lambda: probes.erase(probes.along(np.ones(3), np.zeros(3)), H), r"h must have shape \(rows, 3\)"),
        (
            lambda: probes.erased(networks.mlp((2, 3, 2)), 1, probes.along(np.ones(3), np.zeros(3))),
            "layer must be a hidden layer, 0 to 0",
        ),
        (
            lambda: probes.erased(networks.mlp((2, 3, 2)), 0, probes.along(np.ones(2), np.zeros(2))),
            "an eraser of 2 units",
        ),
    ],
)
def test_bad_input_to_erasing_is_named(made, says):
    with pytest.raises(ValueError, match=says):
        made()
