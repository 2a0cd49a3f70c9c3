"""Attributions against finite differences, plain sums, all orders of joining, and the axioms, on random nets."""

import itertools
import math

import numpy as np
import pytest

from helpers import attribution, networks
from helpers.networks import logits

SHAPES = [(3, 1, 1), (4, 5, 2), (6, 7, 5, 3), (2, 3, 4, 3, 2)]


def random_net(rng, shape):
    net = networks.mlp(shape, rng)
    return networks.MLP(net.weights, [rng.normal(size=b.shape) for b in net.biases])


@pytest.fixture(params=[(s, seed) for s in SHAPES for seed in range(5)], ids=str)
def case(request):
    shape, seed = request.param
    rng = np.random.default_rng(seed)
    net, rows = random_net(rng, shape), 7
    return net, *rng.normal(size=(2, rows, shape[0])), rng.integers(shape[-1], size=rows)


def test_a_gradient_is_a_finite_difference(case):
    net, X, _, output = case
    rows, step = np.arange(len(X)), 1e-6
    nudges = step * np.eye(X.shape[1])
    wanted = [(logits(net, X + e) - logits(net, X - e))[rows, output] / (2 * step) for e in nudges]
    np.testing.assert_allclose(attribution.gradient(net, X, output), np.transpose(wanted), atol=1e-6)
    one = attribution.gradient(net, X, int(output[0]))
    np.testing.assert_allclose(one[0], attribution.gradient(net, X[0], int(output[0]))[0], atol=1e-12)
    times = attribution.gradient_times_input(net, X, output)
    np.testing.assert_array_equal(times, attribution.gradient(net, X, output) * X)


def test_integrated_gradients_are_the_mean_slope_times_the_way(case, monkeypatch):
    net, X, start, output = case
    wanted = np.zeros_like(X)
    for k in range(20):
        wanted += attribution.gradient(net, start + (k + 0.5) / 20 * (X - start), output) / 20 * (X - start)
    got = attribution.integrated_gradients(net, X, start, output, steps=20)
    np.testing.assert_allclose(got, wanted, atol=1e-12)
    monkeypatch.setattr(attribution, "ROOM", 50)  # in several blocks, from one baseline for all
    got = attribution.integrated_gradients(net, X, start[0], output, steps=3)
    for row, x in enumerate(X):
        one = attribution.integrated_gradients(net, x, start[0], int(output[row]), steps=3)[0]
        np.testing.assert_allclose(got[row], one, atol=1e-12)


def test_split_at_the_kinks_integrated_gradients_are_complete(case):
    net, X, start, output = case
    for x, s, k in zip(X, start, output, strict=True):
        exact = attribution.integrated_gradients_exact(net, x, s, k)
        assert exact.sum() == pytest.approx(logits(net, x)[k] - logits(net, s)[k], abs=1e-10)
        many = attribution.integrated_gradients(net, x, s, int(k), steps=5000)[0]
        np.testing.assert_allclose(exact, many, atol=0.02)
        at = attribution.kinks(net, x, s)
        assert (np.diff(at) > 0).all() and (at > 0).all() and (at < 1).all()


def test_the_kinks_are_where_neurons_turn_on_or_off(case):
    net, X, start, _ = case
    fine = np.linspace(0, 1, 20_001)[:, None]
    on = np.hstack([h > 0 for h in networks.activations(net, start[0] + fine * (X[0] - start[0]))[:-1]])
    turns = fine[1:, 0][(on[1:] != on[:-1]).any(axis=1)]
    at = attribution.kinks(net, X[0], start[0])
    assert len(at) >= len(turns)  # two within one fine step are seen as one
    assert all(np.abs(at - turn).min() < 1e-4 for turn in turns)


def by_orders(values):
    """Shapley's own definition: the mean, over all orders, of what each feature adds when it comes."""
    count = values.ndim
    found = np.zeros(count)
    for order in itertools.permutations(range(count)):
        here = [0] * count
        for i in order:
            before = values[tuple(here)]
            here[i] = 1
            found[i] += values[tuple(here)] - before
    return found / math.factorial(count)


@pytest.mark.parametrize("features", [1, 2, 3, 5])
def test_shapley_values_are_the_mean_over_all_orders(features):
    for seed in range(5):
        values = np.random.default_rng(seed).normal(size=(2,) * features)
        np.testing.assert_allclose(attribution.shapley(values), by_orders(values), atol=1e-12)


def test_shapley_values_keep_the_axioms(case):
    net, X, background, output = case
    k = int(output[0])
    # A feature that the net does not read, and two that it reads alike and that are alike.
    W = np.vstack([net.weights[0], 0 * net.weights[0][:1], net.weights[0][:1]])
    wide = networks.MLP([W, *net.weights[1:]], net.biases)
    extra = np.random.default_rng(0).normal(size=len(X))
    X, background = (np.column_stack([A, extra, A[:, 0]]) for A in (X, background))
    values = attribution.coalition_values_of_net(wide, X[0], background, k)
    shares = attribution.shapley(values)
    whole, none = logits(wide, X[0])[k], logits(wide, background)[:, k].mean()
    assert shares.sum() == pytest.approx(whole - none, abs=1e-10)  # efficiency
    assert shares[-2] == pytest.approx(0, abs=1e-12)  # dummy
    assert shares[-1] == pytest.approx(shares[0], abs=1e-10)  # symmetry
    twice = attribution.shapley(2 * values + 3)
    np.testing.assert_allclose(twice, 2 * shares, atol=1e-10)  # a constant is nobody's


def test_coalition_values_are_means_over_the_background(case, monkeypatch):
    net, X, background, output = case
    k = int(output[0])
    values = attribution.coalition_values(lambda rows: logits(net, rows)[:, k], X[0], background)
    for chosen in itertools.product((0, 1), repeat=X.shape[1]):
        rows = np.where(np.array(chosen) == 1, X[0], background)
        assert values[chosen] == pytest.approx(logits(net, rows)[:, k].mean(), abs=1e-10)
    of_net = attribution.coalition_values_of_net(net, X[0], background, k)
    np.testing.assert_allclose(of_net, values, atol=1e-10)
    monkeypatch.setattr(attribution, "ROOM", 100)
    np.testing.assert_allclose(
        attribution.coalition_values(lambda rows: logits(net, rows)[:, k], X[0], background),
        values,
        atol=1e-10,
    )


NET = networks.MLP([np.ones((2, 3)), np.ones((3, 2))], [np.zeros(3), np.zeros(2)])
FLAT = networks.MLP([np.ones((2, 1))], [np.zeros(1)])
A = attribution
ROW, ROWS = [[1.0, 2.0]], [[1.0, 2.0], [0.0, 1.0]]


@pytest.mark.parametrize(
    "made, says",
    [
        (lambda: A.gradient(NET, [[1, 2, 3]], 0), r"X must have shape .* got \(1, 3\)"),
        (lambda: A.gradient(NET, [[1, np.nan]], 0), "X must be finite"),
        (lambda: A.gradient(NET, ROW, 2), "output must be a logit from 0 to 1"),
        (lambda: A.gradient(NET, ROW, -1), "output must be a logit from 0 to 1"),
        (lambda: A.gradient(NET, ROW, 0.5), "output must be a logit from 0 to 1"),
        (lambda: A.gradient(NET, ROW, [0, 1]), "or one for each row"),
        (lambda: A.gradient(FLAT, ROW, 0), "net must have a hidden layer"),
        (lambda: A.integrated_gradients(NET, ROW, [0, np.nan], 0), "baseline must be finite"),
        (lambda: A.integrated_gradients(NET, ROW, ROWS, 0), "baseline must have one row or 1"),
        (
            lambda: A.integrated_gradients(NET, ROW, [0, 0], 0, steps=0),
            "steps must be a whole number above 0; got 0",
        ),
        (lambda: A.integrated_gradients_exact(NET, ROWS, [0, 0], 0), "x must be one row"),
        (lambda: A.kinks(NET, ROW, [0, 0, 0]), "baseline must have shape"),
        (lambda: A.coalition_values(sum, ROW, ROWS), "x must have 1 to 16 features"),
        (lambda: A.coalition_values(sum, np.zeros(17), np.zeros((1, 17))), "x must have 1 to 16 features"),
        (
            lambda: A.coalition_values(sum, [1, 2], np.zeros((0, 2))),
            "background must have .* one row or more",
        ),
        (lambda: A.coalition_values(sum, [1, 2], [[0, np.nan]]), "background must be finite"),
        (lambda: A.coalition_values(lambda rows: 1.0, [1, 2], ROWS), "answer must return one number per row"),
        (lambda: A.coalition_values_of_net(NET, [1, 2, 3], ROWS, 0), "x must have shape"),
        (lambda: A.coalition_values_of_net(NET, [1, 2], ROWS, 5), "output must be a logit"),
        (lambda: A.shapley(np.zeros(8)), r"one axis of length 2 .* got shape \(8,\)"),
        (lambda: A.shapley(3.0), "one axis of length 2"),
        (lambda: A.shapley([0, np.nan]), "values must be finite"),
    ],
)
def test_bad_input_is_named(made, says):
    with pytest.raises(ValueError, match=says):
        made()
