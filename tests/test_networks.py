"""Networks against independent judges: the seed's published numbers, scikit-learn, finite differences, plain loops."""

import math

import numpy as np
import pytest
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from helpers import networks
from helpers.networks import MLP, Network, forward, gradients

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


# ---------------------------------------------------------------- the MLP


def _random_problem(seed, sizes=(4, 5, 3, 2), rows=7):
    rng = np.random.default_rng(seed)
    net = networks.mlp(sizes, seed, first_bias=0.3)
    return net, rng.normal(size=(rows, sizes[0])), rng.integers(sizes[-1], size=rows)


@pytest.mark.parametrize("seed", range(5))
def test_an_mlp_answers_as_scikit_learns_does(seed):
    net, inputs, _ = _random_problem(seed, (4, 5, 3, 6))
    model = MLPClassifier((5, 3)).partial_fit(inputs, np.arange(7) % 6, classes=range(6))
    model.coefs_, model.intercepts_ = list(net.weights), list(net.biases)
    z = networks.logits(net, inputs)
    np.testing.assert_allclose(networks.softmax(z), model.predict_proba(inputs), atol=1e-12)
    assert networks.accuracy(net, inputs, model.predict(inputs)) == 1
    y = np.arange(7) % 6
    assert networks.cross_entropy(z, y) == pytest.approx(log_loss(y, model.predict_proba(inputs)), abs=1e-12)


def test_every_activation_of_an_mlp_is_what_loops_find():
    net, inputs, _ = _random_problem(0)
    for row, *found in zip(inputs, *networks.activations(net, inputs), strict=True):
        h = list(row)
        for k, (W, b, layer) in enumerate(zip(net.weights, net.biases, found, strict=True)):
            h = [sum(h[i] * W[i, j] for i in range(len(h))) + b[j] for j in range(len(b))]
            h = [max(value, 0) for value in h] if k < 2 else h
            np.testing.assert_allclose(layer, h, atol=1e-12)
        for one, layer in zip(networks.activations(net, row), found, strict=True):
            assert one.shape == layer.shape
            np.testing.assert_allclose(one, layer, atol=1e-15)


@pytest.mark.parametrize("seed", range(5))
def test_the_slopes_of_the_loss_are_finite_differences(seed):
    net, inputs, y = _random_problem(seed)
    found, step = networks.loss_gradients(net, inputs, y), 1e-6

    def loss(part, k, place, change):
        moved = {p: [a.copy() for a in getattr(net, p)] for p in ("weights", "biases")}
        moved[part][k][place] += change
        return networks.cross_entropy(networks.logits(MLP(**moved), inputs), y)

    for part in ("weights", "biases"):
        for k, slopes in enumerate(getattr(found, part)):
            for place, slope in np.ndenumerate(slopes):
                difference = loss(part, k, place, step) - loss(part, k, place, -step)
                assert slope == pytest.approx(difference / (2 * step), abs=1e-7), (part, k, place)


def test_training_is_adam_as_its_paper_writes_it():
    net, inputs, y = _random_problem(3)
    trained, losses = networks.train(net, inputs, y, steps=4, lr=0.02, batch=7)
    assert losses[0] == pytest.approx(networks.cross_entropy(networks.logits(net, inputs), y), abs=1e-12)
    moments = {}
    for t in (1, 2, 3, 4):
        slopes = networks.loss_gradients(
            net, inputs, y
        )  # one batch holds all rows: their order does not matter
        moved = {"weights": [], "biases": []}
        for part in moved:
            for k, (value, g) in enumerate(zip(getattr(net, part), getattr(slopes, part), strict=True)):
                m, v = moments.get((part, k), (0, 0))
                m, v = moments[part, k] = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
                step = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
                moved[part].append(value - 0.02 * step)
        net = MLP(**moved)
    for part in moved:
        for ours, theirs in zip(getattr(trained, part), getattr(net, part), strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-10)


def test_training_on_squares_is_adam_along_slopes_measured_by_nudging():
    net, rng = networks.mlp((3, 4, 1), 2), np.random.default_rng(0)
    inputs, y = rng.normal(size=(6, 3)), rng.normal(size=6)
    trained, losses = networks.train(net, inputs, y, steps=3, lr=0.02, loss="squared error")

    def loss(flat):
        W, b, w, c = (
            part.reshape(shape) for part, shape in zip(np.split(flat, [12, 16, 20]), shapes, strict=True)
        )
        return np.mean(((np.maximum(inputs @ W + b, 0) @ w + c)[:, 0] - y) ** 2)

    arrays = [net.weights[0], net.biases[0], net.weights[1], net.biases[1]]
    shapes, flat = [a.shape for a in arrays], np.concatenate([a.ravel() for a in arrays])
    m = v = 0
    for t in (1, 2, 3):
        assert losses[t - 1] == pytest.approx(loss(flat), abs=1e-6)
        g = np.array([(loss(flat + nudge) - loss(flat - nudge)) / 2e-6 for nudge in 1e-6 * np.eye(len(flat))])
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        flat = flat - 0.02 * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    ours = np.concatenate(
        [trained.weights[0].ravel(), trained.biases[0], *trained.weights[1], trained.biases[1]]
    )
    np.testing.assert_allclose(ours, flat, atol=1e-5)


def test_without_a_hidden_layer_squares_lead_to_least_squares():
    rng = np.random.default_rng(1)
    inputs, y = rng.normal(size=(40, 3)), rng.normal(size=40)
    net, _ = networks.train(networks.mlp((3, 1)), inputs, y, steps=3000, batch=40, loss="squared error")
    wanted = np.linalg.lstsq(np.column_stack([inputs, np.ones(40)]), y, rcond=None)[0]
    np.testing.assert_allclose([*net.weights[0][:, 0], *net.biases[0]], wanted, atol=1e-3)


def test_a_spoilt_batch_is_what_the_net_learns_from():
    rng = np.random.default_rng(1)
    inputs, y, seen = rng.normal(size=(40, 2)), rng.normal(size=40), []
    kept = inputs.copy()

    def first_only(batch, rng):
        seen.append((batch.copy(), rng.random()))
        batch[:, 1] = 0
        return batch

    net = networks.mlp((2, 3, 1))
    spoilt, _ = networks.train(net, inputs, y, steps=9, batch=20, loss="squared error", spoil=first_only)
    assert (inputs == kept).all()  # it gets a copy
    assert sorted(map(tuple, np.vstack([seen[0][0], seen[1][0]]))) == sorted(
        map(tuple, inputs)
    )  # rows as they are
    assert len({number for _, number in seen}) == 9  # and a generator that moves on
    np.testing.assert_array_equal(spoilt.weights[0][1], net.weights[0][1])  # nothing to be learned from a 0
    assert (spoilt.weights[0][0] != net.weights[0][0]).any()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"loss": "squares"}, "loss must be one of cross-entropy, squared error; got 'squares'"),
        ({"y": [0.5, 1]}, "y must be 3 whole numbers"),
        (
            {"y": [1, 2], "loss": "squared error"},
            r"y must have shape \(3,\), and the net one output; got \(2,\)",
        ),
        ({"y": [1, 2, np.nan], "loss": "squared error"}, "y must be finite"),
        ({"net": networks.mlp((2, 3)), "loss": "squared error"}, "and 3 outputs"),
        (
            {"loss": "squared error", "spoil": lambda X, rng: X[:1]},
            r"spoil must return shape \(3, 2\).*\(1, 2\)",
        ),
    ],
)
def test_training_refuses(given, said):
    usual = {"net": networks.mlp((2, 1)), "X": np.ones((3, 2)), "y": [0, 0, 0], "steps": 2}
    with pytest.raises(ValueError, match=said):
        networks.train(**usual | given)


def test_each_pass_shows_every_row_once():
    X, y = np.eye(6), np.zeros(6, int)  # with lr = 0 the loss of a batch tells which rows it held
    net = MLP([np.column_stack([2.0 ** np.arange(6), np.zeros(6)])], [np.zeros(2)])
    ones = [networks.cross_entropy(networks.logits(net, X[i : i + 1]), [0]) for i in range(6)]
    losses = networks.train(net, X, y, steps=9, lr=0, batch=2)[1]
    for start in (0, 3, 6):
        assert losses[start : start + 3].mean() == pytest.approx(np.mean(ones), abs=1e-12)


def test_training_leaves_its_start_alone_and_repeats():
    net, inputs, y = _random_problem(1)
    before = [a.copy() for a in (*net.weights, *net.biases)]
    first, again = (networks.train(net, inputs, y, steps=20, batch=3, seed=5)[0] for _ in range(2))
    for old, now in zip(before, (*net.weights, *net.biases), strict=True):
        assert (old == now).all()
    assert all((a == b).all() for a, b in zip(first.weights, again.weights, strict=True))
    other = networks.train(net, inputs, y, steps=20, batch=3, seed=6)[0]
    assert any((a != b).any() for a, b in zip(first.weights, other.weights, strict=True))


def test_training_one_layer_leaves_the_others_alone():
    net, inputs, y = _random_problem(2)
    many = len(net.weights)
    for layer in range(many):
        trained = networks.train(net, inputs, y, steps=20, batch=3, only=layer)[0]
        for k in range(many):
            for part in ("weights", "biases"):
                same = (getattr(trained, part)[k] == getattr(net, part)[k]).all()
                assert same == (k != layer)
    # the last layer alone is a model of its own on the activations before it
    tail = MLP(net.weights[-1:], net.biases[-1:])
    alone = networks.train(tail, networks.activations(net, inputs)[-2], y, steps=20, batch=3)[0]
    np.testing.assert_allclose(trained.weights[-1], alone.weights[0], atol=1e-12)


def test_a_random_mlp_starts_as_he_did():
    net = networks.mlp((400, 300, 10), seed=1)
    assert net.sizes == (400, 300, 10)
    for W, b in zip(net.weights, net.biases, strict=True):
        assert W.std() == pytest.approx(math.sqrt(2 / len(W)), rel=0.05) and abs(W.mean()) < 0.01
        assert (b == 0).all()
    other = networks.mlp((400, 300, 10), seed=1, first_bias=0.5, first_scale=0.3)
    assert other.weights[0].std() == pytest.approx(0.3, rel=0.05) and (other.biases[0] == 0.5).all()
    assert (other.weights[1] == net.weights[1]).all() and (other.biases[1] == 0).all()


def test_softmax_and_its_loss_never_overflow():
    with np.errstate(all="raise", under="ignore"):
        assert networks.softmax([1e6, 0, -1e6]).tolist() == [1, 0, 0]
        assert networks.cross_entropy([[1e6, 0]], [1]) == 1e6


PERCEPTRON = networks.mlp((2, 3, 2))


@pytest.mark.parametrize(
    "made, says",
    [
        (lambda: MLP([], []), "as many; got 0 and 0"),
        (lambda: MLP([[[1, 2]]], []), "as many; got 1 and 0"),
        (lambda: MLP([[1, 2]], [[1]]), r"weights\[0\] must have shape \(2, units\); got \(2,\)"),
        (lambda: MLP([[[1, 2]], [[1]]], [[1, 2], [1]]), r"weights\[1\] must have shape \(2, units\)"),
        (lambda: MLP([[[1, 2]]], [[1]]), r"biases\[0\] must have shape \(2,\)"),
        (lambda: MLP([[[1, math.nan]]], [[1, 2]]), r"weights\[0\] must be finite"),
        (lambda: networks.mlp((3,)), "sizes must be"),
        (lambda: networks.mlp((3, 0)), "sizes must be"),
        (lambda: networks.activations(PERCEPTRON, [1, 2, 3]), r"X must have shape \(2,\) or \(rows, 2\)"),
        (lambda: networks.activations(PERCEPTRON, np.zeros((0, 2))), "one row or more"),
        (lambda: networks.activations(PERCEPTRON, np.array([1, -math.inf])), "X must be finite"),
        (lambda: networks.activations(PERCEPTRON, [1, math.nan]), "X must be finite"),
        (lambda: networks.cross_entropy([1, 2], [0]), "z must have shape"),
        (lambda: networks.cross_entropy([[1, 2]], [2]), "from 0 to 1, one per row; got int.* from 2 to 2"),
        (lambda: networks.cross_entropy([[1, 2]], [0.0]), "whole numbers.*got float"),
        (lambda: networks.train(PERCEPTRON, [[1, 2]], [0, 1]), "y must be 1 whole numbers"),
        (lambda: networks.train(PERCEPTRON, [[1, 2]], [-1]), "from 0 to 1, one per row"),
        (lambda: networks.train(PERCEPTRON, [[1, 2]], [1], steps=0), "steps must be"),
        (lambda: networks.train(PERCEPTRON, [[1, 2]], [1], batch=2.5), "batch must be"),
        (lambda: networks.train(PERCEPTRON, [[1, 2]], [1], only=9), "only must be a layer, 0 to .*; got 9"),
    ],
)
def test_bad_input_to_an_mlp_is_named(made, says):
    with pytest.raises(ValueError, match=says):
        made()


def test_training_that_runs_away_says_so():
    with pytest.raises(ValueError, match="lr must be smaller"), np.errstate(all="ignore"):
        networks.train(PERCEPTRON, [[1, 2], [3, 4]], [0, 1], steps=5, lr=1e200)
