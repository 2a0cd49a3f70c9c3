"""The fast interventions against a plain loop that runs the net again for every neuron, on random nets."""

import numpy as np
import pytest

from helpers import interventions, networks

SHAPES = [(3, 1, 1), (4, 5, 2), (6, 7, 5, 3), (2, 3, 4, 3, 2)]


def run_with(net, X, layer, unit, values):
    """The logits with one neuron held at `values`, one value per row: the readable loop."""
    h = np.asarray(X, float)
    for k, (W, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        z = h @ W + b
        h = z if k == len(net.weights) - 1 else np.maximum(z, 0)
        if k == layer:
            h = h.copy()
            h[:, unit] = values
    return h


def random_net(rng, shape):
    net = networks.mlp(shape, rng)
    return networks.MLP(net.weights, [rng.normal(size=b.shape) for b in net.biases])


@pytest.fixture(params=[(s, n) for s in SHAPES for n in (1, 9, 400)], ids=str)
def case(request):
    shape, rows = request.param
    rng = np.random.default_rng(sum(shape) + rows)
    X, other = rng.normal(size=(2, rows, shape[0]))
    return random_net(rng, shape), X, other


def test_patching_is_running_again_with_one_activation_replaced(case):
    net, X, other = case
    theirs = networks.activations(net, other)
    wanted = [run_with(net, X, k, u, theirs[k][:, u]) for k, u in interventions.neurons(net)]
    np.testing.assert_allclose(interventions.patch(net, into=X, source=other), wanted, atol=1e-12)


def test_ablation_is_running_again_with_one_activation_replaced(case):
    net, X, other = case
    at_other = networks.activations(net, other)
    drawn = np.random.default_rng(5).integers(len(other), size=len(X))
    for to, value in {
        "zero": lambda k, u: 0.0,
        "mean": lambda k, u: at_other[k][:, u].mean(),
        "resample": lambda k, u: at_other[k][drawn, u],
    }.items():
        wanted = [run_with(net, X, k, u, value(k, u)) for k, u in interventions.neurons(net)]
        got = interventions.ablate(net, X, to, background=other, rng=5)
        np.testing.assert_allclose(got, wanted, atol=1e-12)


def test_a_score_is_taken_block_by_block(monkeypatch):
    rng = np.random.default_rng(0)
    net, X = random_net(rng, (4, 9, 8, 3)), rng.normal(size=(50, 4))
    whole = interventions.ablate(net, X, "mean").max(axis=(1, 2))
    monkeypatch.setattr(interventions, "ROOM", 1500)  # three neurons at a time
    sizes = []

    def score(logits):
        sizes.append(logits.shape)
        return logits.max(axis=(1, 2))

    np.testing.assert_allclose(interventions.ablate(net, X, "mean", score=score), whole, atol=1e-12)
    assert sizes == [(3, 50, 3)] * 3 + [(8, 50, 3)]


def test_the_loss_of_each_neuron_is_the_cross_entropy(case):
    net, X, other = case
    y = np.random.default_rng(0).integers(net.sizes[-1], size=len(X))
    wanted = [networks.cross_entropy(z, y) for z in interventions.patch(net, X, other)]
    got = interventions.patch(net, X, other, score=interventions.loss(y))
    np.testing.assert_allclose(got, wanted, atol=1e-12)


def test_a_score_may_return_a_part_of_the_logits_as_they_stand(monkeypatch):
    rng = np.random.default_rng(3)
    net, X = random_net(rng, (4, 9, 3)), rng.normal(size=(50, 4))
    whole = interventions.ablate(net, X)
    monkeypatch.setattr(interventions, "ROOM", 300)  # two neurons at a time, in the same block of memory
    np.testing.assert_array_equal(interventions.ablate(net, X, score=lambda z: z[:, :, 1]), whole[:, :, 1])


def test_a_loss_of_large_logits_does_not_overflow():
    net = networks.MLP([np.eye(2), 1e4 * np.eye(2)], [np.zeros(2), np.zeros(2)])
    with np.errstate(all="raise", under="ignore"):
        got = interventions.ablate(net, [[1.0, 0.5]], "zero", score=interventions.loss([1]))
    np.testing.assert_allclose(
        got, [0, 10_000]
    )  # without unit 0 the right class leads, without unit 1 it trails


def test_the_background_of_an_ablation_is_x_itself_unless_another_is_given():
    rng = np.random.default_rng(1)
    net, X, other = random_net(rng, (3, 4, 2)), *rng.normal(size=(2, 30, 3))
    own, given = (interventions.ablate(net, X, "mean", background=b) for b in (None, X))
    np.testing.assert_array_equal(own, given)
    assert np.abs(own - interventions.ablate(net, X, "mean", background=other)).max() > 0.01


def test_what_an_intervention_is_given_stays_as_it_is():
    rng = np.random.default_rng(2)
    net, X, other = random_net(rng, (3, 4, 4, 2)), *rng.normal(size=(2, 5, 3))
    copies = [a.copy() for a in (X, other, *net.weights, *net.biases)]
    interventions.patch(net, X, other)
    interventions.ablate(net, X, "resample")
    assert all(
        np.array_equal(a, b) for a, b in zip((X, other, *net.weights, *net.biases), copies, strict=True)
    )


NET = networks.MLP([np.ones((2, 3)), np.ones((3, 1))], [np.zeros(3), np.zeros(1)])
FLAT = networks.MLP([np.ones((2, 1))], [np.zeros(1)])
ROW = [[1.0, 2.0]]


@pytest.mark.parametrize(
    "made, says",
    [
        (
            lambda: interventions.ablate(NET, ROW, "nought"),
            "to must be one of zero, mean, resample; got 'nought'",
        ),
        (
            lambda: interventions.ablate(NET, [[1, 2, 3]]),
            r"X must have shape \(2,\) or \(rows, 2\).*got \(1, 3\)",
        ),
        (lambda: interventions.ablate(NET, np.zeros((0, 2))), "X must have .* one row or more"),
        (lambda: interventions.ablate(NET, [[1, np.nan]]), "X must be finite"),
        (
            lambda: interventions.ablate(NET, ROW, "mean", np.zeros((0, 2))),
            "background must have .* one row or more",
        ),
        (lambda: interventions.ablate(NET, ROW, "mean", [[np.inf, 0]]), "background must be finite"),
        (lambda: interventions.patch(NET, ROW, [[1, np.nan]]), "source must be finite"),
        (lambda: interventions.patch(NET, [[1]], ROW), "into must have shape"),
        (lambda: interventions.patch(NET, ROW, ROW + ROW), "as many rows; got 1 and 2"),
        (lambda: interventions.ablate(NET, ROW, score=interventions.loss([0.5])), "y must be whole numbers"),
        (lambda: interventions.ablate(NET, ROW, score=interventions.loss([-1])), "y must be whole numbers"),
        (lambda: interventions.ablate(NET, ROW, score=interventions.loss([])), "y must be whole numbers"),
        (
            lambda: interventions.ablate(NET, ROW, score=interventions.loss([1])),
            "1 classes below 1; got 1, up to 1",
        ),
        (lambda: interventions.ablate(NET, ROW, score=interventions.loss([0, 0])), "y must be 1 classes"),
        (lambda: interventions.patch(FLAT, ROW, ROW), "net must have a hidden layer"),
    ],
)
def test_bad_input_is_named(made, says):
    with pytest.raises(ValueError, match=says):
        made()
