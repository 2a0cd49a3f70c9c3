"""Networks against independent judges: the seed's published numbers, scikit-learn, finite differences, plain loops."""

import math

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from helpers import networks
from helpers.networks import Network, forward, gradients

SEED = Network([[0.2, 0.3], [0.4, 0.5]], [0.1, 0.1], [0.6, 0.7], 0.1)
X = np.array([0.5, 0.8])


def test_the_seed_comes_out_to_twelve_digits():
    run = forward(SEED, X)
    np.testing.assert_allclose(run.pre_hidden, [0.52, 0.65], atol=1e-12)
    np.testing.assert_allclose(run.hidden, [0.627147766313, 0.657010462673], atol=1e-12)
    assert run.pre_output == pytest.approx(0.936195983659, abs=1e-12)
    assert run.output == pytest.approx(0.718330623811, abs=1e-12)
    np.testing.assert_allclose(gradients(SEED, X).x, [0.015252380243, 0.027313110843], atol=1e-12)
    assert forward(SEED, X, ablate={0: 0}).output == pytest.approx(0.636431096543, abs=1e-12)
    assert forward(SEED, X, ablate={1: 0}).output == pytest.approx(0.616871113682, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_forward_is_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    net, inputs = networks.random_network(rng, 3, 4), rng.normal(size=(10, 3))
    model = MLPClassifier((4,), activation="logistic").partial_fit(inputs, np.arange(10) % 2, classes=[0, 1])
    model.coefs_, model.intercepts_ = [net.W1, net.w2[:, None]], [net.b1, np.array([net.b2])]
    np.testing.assert_allclose(forward(net, inputs).output, model.predict_proba(inputs)[:, 1], atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_gradients_are_finite_differences(seed):
    rng = np.random.default_rng(seed)
    net, x, step = networks.random_network(rng, 3, 2), rng.normal(size=3), 1e-5
    found = gradients(net, x)
    for name, value in networks.parameters(net).items():
        up, down = (forward(networks.with_parameter(net, name, value + s), x).output for s in (step, -step))
        field, place = name.partition("[")[::2]
        slope = (
            getattr(found, field)[tuple(int(i) for i in place.rstrip("]").split(","))] if place else found.b2
        )
        assert slope == pytest.approx((up - down) / (2 * step), abs=1e-8), name
    for i, nudge in enumerate(np.eye(3) * step):
        slope = (forward(net, x + nudge).output - forward(net, x - nudge).output) / (2 * step)
        assert found.x[i] == pytest.approx(slope, abs=1e-8)
    for unit, h in enumerate(forward(net, x).hidden):
        up, down = (forward(net, x, ablate={unit: h + s}).output for s in (step, -step))
        assert found.hidden[unit] == pytest.approx((up - down) / (2 * step), abs=1e-8)


def test_many_rows_are_one_row_after_the_other():
    inputs = np.random.default_rng(0).normal(size=(6, 2))
    for function in (forward, gradients, lambda net, x: forward(net, x, ablate={1: 0.25})):
        many, ones = vars(function(SEED, inputs)), [vars(function(SEED, row)) for row in inputs]
        for name, values in many.items():
            np.testing.assert_allclose(values, [one[name] for one in ones], atol=1e-15)
    one_by_one = np.mean([forward(SEED, row).hidden for row in inputs], axis=0)
    np.testing.assert_allclose(networks.mean_hidden(SEED, inputs), one_by_one)


def test_sigmoid_is_the_logistic_function_and_never_overflows():
    z = np.linspace(-30, 30, 61)
    np.testing.assert_allclose(networks.sigmoid(z), [1 / (1 + math.exp(-v)) for v in z], atol=1e-15)
    with np.errstate(all="raise"):
        assert networks.sigmoid([-1e6, 1e6]).tolist() == [0, 1]


def test_a_forward_pass_changes_nothing_that_it_was_given():
    x, ablate, before = X.copy(), {0: 0.0}, networks.parameters(SEED)
    forward(SEED, x, ablate)
    networks.with_parameter(SEED, "b2", 9)
    assert x.tolist() == X.tolist() and ablate == {0: 0.0} and networks.parameters(SEED) == before


@pytest.mark.parametrize(
    "made, says",
    [
        (lambda: Network([0.2, 0.3], [0.1], [0.1], 0), r"W1 must have shape \(inputs, hidden\)"),
        (lambda: Network(np.zeros((0, 2)), [0, 0], [0, 0], 0), "W1 must have shape"),
        (lambda: Network([[1, 2]], [1], [1, 2], 0), r"b1 must have shape \(2,\).*got \(1,\)"),
        (lambda: Network([[1, 2]], [1, 2], [[1], [2]], 0), "w2 must have shape"),
        (lambda: Network([[1, 2]], [1, 2], [1, 2], [0]), r"b2 must have shape \(\)"),
        (lambda: Network([[1, math.nan]], [1, 2], [1, 2], 0), "W1 must be finite"),
        (lambda: Network([[1, 2], [3]], [1, 2], [1, 2], 0), "W1 must be numbers in a regular shape"),
        (lambda: forward(SEED, [1, 2, 3]), r"x must have shape \(2,\) or \(rows, 2\); got \(3,\)"),
        (lambda: forward(SEED, [1, math.inf]), "x must be finite"),
        (lambda: forward(SEED, "ab"), "x must be numbers"),
        (lambda: forward(SEED, X, ablate={2: 0}), "from 0 to 1; got 2"),
        (lambda: forward(SEED, X, ablate={-1: 0}), "from 0 to 1; got -1"),
        (lambda: forward(SEED, X, ablate={0: math.nan}), "ablate must be finite"),
        (lambda: forward(SEED, X, ablate={0: [0, 1]}), "must be one number"),
        (lambda: networks.mean_hidden(SEED, X), "one row or more"),
        (lambda: networks.mean_hidden(SEED, np.zeros((0, 2))), "one row or more"),
        (lambda: networks.with_parameter(SEED, "W2", 1), r"name must be one of W1\[0, 0\]"),
        (lambda: networks.with_parameter(SEED, "b2", math.nan), "b2 must be finite"),
    ],
)
def test_bad_input_is_named(made, says):
    with pytest.raises(ValueError, match=says):
        made()
