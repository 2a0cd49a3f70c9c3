"""How fast the instruments are, against the libraries that a learner would use for the same work.

Run it with `make bench`, which installs those libraries in an environment of its own. In each row both do the same
work on the same numbers, in turn, on one thread; the shortest of many turns counts, and the answers must agree.
The ratio counts, the milliseconds depend on the machine. A bar marked with a star is binding.
"""

import os
import sys
import time
import warnings

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

import numpy as np

from helpers import attribution, importance, interventions, networks, trees
from helpers.data import digits

ROUNDS, SECONDS = 500, 4.0  # of one race: so many turns of each, or so long; three turns at least
RACES = []


def race(work, peer, bar, binding=False):
    """Enter a race: its function returns (the peer's work, ours, a measure of how far their answers are apart)."""
    return lambda start: RACES.append((work, peer, bar, binding, start))


def off(one, other):
    """The largest distance of two arrays, in units of the larger one's largest number."""
    one, other = np.asarray(one, float), np.asarray(other, float)
    assert one.shape == other.shape, f"the answers have shapes {one.shape} and {other.shape}"
    return np.abs(one - other).max() / np.abs(one).max()


def beyond_chance(one, other):
    """How far two samples' means, (repeats, …), are apart beyond five standard errors; 0 if within them."""
    error = np.sqrt(one.var(axis=0) / len(one) + other.var(axis=0) / len(other))
    return np.max(np.abs(one.mean(axis=0) - other.mean(axis=0)) - 5 * error).clip(0)


def turn(work):
    """The shortest of five calls, or of as many as fit into 50 ms: the first finds the other's data in the cache."""
    times, end = [], time.perf_counter() + 0.05
    while not times or (len(times) < 5 and time.perf_counter() < end):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def run(start):
    """(the peer's seconds, ours, how far the answers are apart)."""
    peer, ours, apart = start()
    distance, end, times = float(apart(peer(), ours())), time.perf_counter() + SECONDS, []
    while len(times) < 3 or (len(times) < ROUNDS and time.perf_counter() < end):
        times.append((turn(peer), turn(ours)))
    return *np.min(times, axis=0), distance


# ---------------------------------------------------------------- models and data that several races share


def cancer():
    from sklearn.datasets import load_breast_cancer

    return load_breast_cancer(return_X_y=True)


def wide():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20_000, 10))
    return X, (X[:, 0] * X[:, 1] + X[:, 2] + 0.5 * rng.normal(size=len(X)) > 0).astype(int)


def net_of(*sizes):
    """A network of ours and the same one in PyTorch, in double precision."""
    import torch

    torch.set_num_threads(1)
    ours, layers = networks.mlp(sizes, 0), []
    for W, b in zip(ours.weights, ours.biases, strict=True):
        linear = torch.nn.Linear(*W.shape, dtype=torch.float64)
        linear.weight.data, linear.bias.data = torch.tensor(W.T.copy()), torch.tensor(b)
        layers += [linear, torch.nn.ReLU()]
    return ours, torch.nn.Sequential(*layers[:-1]).eval()


def images(rows=1797):
    X, y, more, others = digits()
    return np.concatenate([X, more])[:rows], np.concatenate([y, others])[:rows]


# ---------------------------------------------------------------- the races


def grow(data):
    from sklearn.tree import DecisionTreeClassifier

    X, y = data[0], data[1].astype(str)
    names = [f"x{j}" for j in range(X.shape[1])]

    def apart(theirs, ours):  # ties may be cut elsewhere: both must be right as often
        right = (trees.predict(ours, X) == y).mean(), (theirs.predict(X) == y).mean()
        return abs(right[0] - right[1]) if abs(right[0] - right[1]) > 0.002 else 0.0

    return (
        lambda: DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, y),
        lambda: trees.grow(X, y, names, max_depth=4),
        apart,
    )


race("tree, depth 4, 569 × 30", "scikit-learn", 2.5)(lambda: grow(cancer()))
race("tree, depth 4, 20 000 × 10", "scikit-learn", 2.5)(lambda: grow(wide()))


def follow(rows):
    from sklearn.tree import DecisionTreeClassifier

    X, y = cancer()
    y = y.astype(str)
    theirs = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, y)
    tree = trees.grow(X, y, [f"x{j}" for j in range(X.shape[1])], max_depth=4)
    asked = X[:rows]
    ours = (lambda: trees.paths(tree, asked)) if rows > 1 else (lambda: trees.trace(tree, asked[0]))

    def apart(answer, paths):
        said = trees.predict(tree, asked)
        return float((np.asarray(answer[0]) != said).mean() > 0.01)

    return lambda: (theirs.predict(asked), theirs.decision_path(asked)), ours, apart


race("answer with its path, 569 rows", "scikit-learn", 5)(lambda: follow(569))
race("answer with its path, 1 row", "scikit-learn", 300)(lambda: follow(1))


def hooked(net):
    """A function that runs a PyTorch net and returns every activation, gathered by hooks."""
    import torch

    kept = []
    for layer in (*list(net)[1::2], net[-1]):
        layer.register_forward_hook(lambda module, inputs, output: kept.append(output))

    def run(x):
        kept.clear()
        with torch.no_grad():
            net(x)
        return list(kept)

    return run


def every_activation(rows):
    import torch

    ours, theirs = net_of(64, 32, 10)
    X, _ = images(rows)
    x, run = torch.tensor(X), hooked(theirs)
    return lambda: run(x), lambda: networks.activations(ours, X), lambda a, b: max(map(off, a, b))


race("every activation, 1 row", "PyTorch hooks", 3.5)(lambda: every_activation(1))
race("every activation, 1797 rows", "PyTorch hooks", 1.3)(lambda: every_activation(1797))


@race("every activation, 1 row", "TransformerLens", 12)
def every_activation_lens():
    import torch
    from transformer_lens import HookedRootModule
    from transformer_lens.hook_points import HookPoint

    ours, theirs = net_of(64, 32, 10)

    class Lens(HookedRootModule):
        def __init__(self):
            super().__init__()
            self.first, self.last = theirs[0], theirs[2]
            self.hidden, self.out = HookPoint(), HookPoint()
            self.setup()

        def forward(self, x):
            return self.out(self.last(self.hidden(torch.relu(self.first(x)))))

    X, _ = images(1)
    x, lens = torch.tensor(X), Lens()

    def run():
        with torch.no_grad():
            cache = lens.run_with_cache(x)[1]
        return [cache["hidden"], cache["out"]]

    return run, lambda: networks.activations(ours, X), lambda a, b: max(map(off, a, b))


def ablation(hidden, batched):
    import torch
    from torch.nn.functional import cross_entropy

    ours, theirs = net_of(64, *hidden, 10)
    X, y = images()
    x, right = torch.tensor(X), torch.tensor(y)
    with torch.no_grad():
        middle = [theirs[: 2 * layer + 2](x).mean(0) for layer in range(len(hidden))]

    def hooks():
        costs = []
        for layer, unit in interventions.neurons(ours):

            def silence(module, inputs, output, layer=layer, unit=unit):
                output = output.clone()
                output[:, unit] = middle[layer][unit]
                return output

            handle = theirs[2 * layer + 1].register_forward_hook(silence)
            with torch.no_grad():
                costs.append(cross_entropy(theirs(x), right).item())
            handle.remove()
        return costs

    def batch():
        costs = []
        with torch.no_grad():
            for layer, units in enumerate(hidden):
                h = theirs[: 2 * layer + 2](x)
                many = h.expand(units, *h.shape).clone()
                many[torch.arange(units), :, torch.arange(units)] = middle[layer][:, None]
                logits = theirs[2 * layer + 2 :](many)  # (neurons, rows, classes)
                losses = cross_entropy(logits.permute(0, 2, 1), right.expand(units, -1), reduction="none")
                costs += losses.mean(1).tolist()
        return costs

    score = interventions.loss(y)
    return batch if batched else hooks, lambda: interventions.ablate(ours, X, "mean", score=score), off


ONE, TWO = (
    "mean-ablate a layer of 64, loss of 1797 digits",
    "mean-ablate two layers of 32, loss of 1797 digits",
)
race(ONE, "PyTorch hooks", 10, True)(lambda: ablation([64], False))
race(ONE, "PyTorch, batched", 7, True)(lambda: ablation([64], True))
race(TWO, "PyTorch hooks", 10)(lambda: ablation([32, 32], False))
race(TWO, "PyTorch, batched", 7)(lambda: ablation([32, 32], True))


def patching(rows):
    import torch

    ours, theirs = net_of(64, 32, 32, 10)
    X, _ = images(2 * rows)
    into, source = X[:rows], X[rows:]
    a, b = torch.tensor(into), torch.tensor(source)

    def hooks():
        with torch.no_grad():
            given, found = [theirs[:2](b), theirs[:4](b)], []
            for layer, unit in interventions.neurons(ours):

                def put(module, inputs, output, layer=layer, unit=unit):
                    output = output.clone()
                    output[:, unit] = given[layer][:, unit]
                    return output

                handle = theirs[2 * layer + 1].register_forward_hook(put)
                found.append(theirs(a).numpy())
                handle.remove()
        return np.array(found)

    return hooks, lambda: interventions.patch(ours, into, source), off


race("patch 64 neurons in turn, 256 inputs", "PyTorch hooks", 12, True)(lambda: patching(256))
race("patch 64 neurons in turn, 1 input", "PyTorch hooks", 80, True)(lambda: patching(1))


def integrated(rows):
    import torch
    from captum.attr import IntegratedGradients

    ours, theirs = net_of(64, 32, 10)
    X, y = images(rows)
    x, target, way = torch.tensor(X), torch.tensor(y), IntegratedGradients(theirs)
    start = torch.zeros(1, 64, dtype=torch.float64)

    def attribute(method):
        return way.attribute(x, start, target=target, n_steps=50, method=method).detach().numpy()

    # timed as captum does it if nothing is said; compared with the places on the way where ours looks
    return (
        lambda: attribute("gausslegendre"),
        lambda: attribution.integrated_gradients(ours, X, np.zeros(64), y, steps=50),
        lambda _, found: off(attribute("riemann_middle"), found),
    )


race("integrated gradients, 50 steps, 256 digits", "captum", 30, True)(lambda: integrated(256))
race("integrated gradients, 50 steps, 1 digit", "captum", 60, True)(lambda: integrated(1))


def exact_shapley(white):
    import shap

    net, rng = networks.mlp((10, 32, 1), 0), np.random.default_rng(0)
    background, x = rng.normal(size=(100, 10)), rng.normal(size=10)

    def answer(rows):
        return networks.logits(net, rows)[:, 0]

    explain = shap.explainers.Exact(answer, shap.maskers.Independent(background, max_samples=100))

    def ours():
        if white:
            return attribution.shapley(attribution.coalition_values_of_net(net, x, background, 0))
        return attribution.shapley(attribution.coalition_values(answer, x, background))

    return lambda: explain(x[None], silent=True).values[0], ours, off


race("exact Shapley, 10 features, network as a black box", "shap", 1.4)(lambda: exact_shapley(False))
race("exact Shapley, 10 features, network seen inside", "shap", 2.5)(lambda: exact_shapley(True))


@race("permutation importance, logistic model, 569 × 30", "scikit-learn", 120, True)
def permutation_of_linear():
    from sklearn.inspection import permutation_importance
    from sklearn.linear_model import LogisticRegression

    X, y = cancer()
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    model = LogisticRegression().fit(X, y)

    def right(y, sums):
        return importance.accuracy(y, sums > 0)

    return (
        lambda: permutation_importance(model, X, y, n_repeats=10, random_state=0).importances.T,
        lambda: importance.permutation_linear(model.coef_[0], model.intercept_[0], X, y, 10, score=right),
        beyond_chance,
    )


@race("permutation importance, network, 569 × 30", "scikit-learn", 8)
def permutation_of_network():
    from sklearn.inspection import permutation_importance
    from sklearn.neural_network import MLPClassifier

    X, y = cancer()
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    model = MLPClassifier((32,), max_iter=500, random_state=0).fit(X, y)
    net = networks.MLP(
        [model.coefs_[0], np.hstack([0 * model.coefs_[1], model.coefs_[1]])],
        [model.intercepts_[0], np.append(0, model.intercepts_[1])],
    )

    def predict(rows):
        return networks.logits(net, rows).argmax(axis=1)

    return (
        lambda: permutation_importance(model, X, y, n_repeats=10, random_state=0).importances.T,
        lambda: importance.permutation(predict, X, y, 10, score=importance.accuracy),
        beyond_chance,
    )


def shares_of_r_squared(columns):
    from pingouin import linear_regression

    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, columns)) + rng.normal(size=(200, 1))
    y = X @ rng.normal(size=columns) + rng.normal(size=200)
    return (
        lambda: linear_regression(X, y, relimp=True)["relimp"].to_numpy()[1:],
        lambda: importance.lmg(X, y),
        off,
    )


race("LMG, 10 columns", "pingouin", 250, True)(lambda: shares_of_r_squared(10))
race("LMG, 15 columns", "pingouin", 1500, True)(lambda: shares_of_r_squared(15))


@race("bootstrap, 1000 standardised fits, 442 × 10", "statsmodels loop", 60, True)
def bootstrap():
    import statsmodels.api as sm
    from sklearn.datasets import load_diabetes

    X, y = load_diabetes(return_X_y=True)
    counts = importance._counts(len(y), 1000, 0).astype(int)  # so that both fit the same resamples

    def loop():
        found = []
        for count in counts:
            rows = np.repeat(np.arange(len(y)), count)
            Z = (X[rows] - X[rows].mean(axis=0)) / X[rows].std(axis=0)
            u = (y[rows] - y[rows].mean()) / y[rows].std()
            found.append(sm.OLS(u, Z).fit().params)
        return np.array(found)

    return loop, lambda: importance.bootstrap(X, y, 1000, 0), off


@race("VIF, 569 × 30", "statsmodels loop", 200, True)
def inflation():
    import statsmodels.api as sm
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    X, _ = cancer()
    design = sm.add_constant(X)
    return (
        lambda: [variance_inflation_factor(design, j) for j in range(1, 31)],
        lambda: importance.vif(X),
        off,
    )


def training(peer):
    import torch
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    X, y = images()
    steps, start = 5 * -(-len(X) // 64), networks.mlp((64, 32, 10), 0)

    def learn():
        warnings.simplefilter("ignore", ConvergenceWarning)  # five passes are not meant to converge
        settings = {
            "batch_size": 64,
            "learning_rate_init": 0.005,
            "alpha": 0,
            "max_iter": 5,
            "random_state": 0,
        }
        return MLPClassifier((32,), **settings).fit(X, y).score(X, y)

    def torches():
        _, net = net_of(64, 32, 10)
        net, x, right = net.float(), torch.tensor(X, dtype=torch.float32), torch.tensor(y)
        adam, rng = torch.optim.Adam(net.parameters(), lr=0.005), torch.Generator().manual_seed(0)
        for _ in range(5):
            for rows in torch.randperm(len(x), generator=rng).split(64):
                adam.zero_grad()
                torch.nn.functional.cross_entropy(net(x[rows]), right[rows]).backward()
                adam.step()
        with torch.no_grad():
            return float((net(x).argmax(1) == right).float().mean())

    def ours():
        net, _ = networks.train(start, X, y, steps, lr=0.005)
        return networks.accuracy(net, X, y)

    # three shuffles of one recipe: as good as each other, not equal
    return {"scikit-learn": learn, "PyTorch": torches}[peer], ours, lambda a, b: max(0, abs(a - b) - 0.03)


race("train 64-32-10, 5 passes of Adam", "scikit-learn", 5)(lambda: training("scikit-learn"))
race("train 64-32-10, 5 passes of Adam", "PyTorch", 5)(lambda: training("PyTorch"))


def main(words):
    """Run the races whose names hold one of some words, or all, and print one row for each."""
    failed = []
    print("| work | peer | peer, ms | ours, ms | times faster | bar |\n| --- | --- | --- | --- | --- | --- |")
    for work, peer, bar, binding, start in RACES:
        if words and not any(word in work or word in peer for word in words):
            continue
        theirs, ours, distance = run(start)
        ratio = theirs / ours
        line = f"| {work} | {peer} | {1000 * theirs:.3g} | {1000 * ours:.2g} | {ratio:.3g} | {bar}{'*' * binding} |"
        print(line, flush=True)
        if not distance < 1e-6:
            failed.append(f"{work}: the answers differ by {distance:.2g}")
        if binding and ratio < bar:
            failed.append(f"{work}, {peer}: {ratio:.3g} times faster, the bar is {bar}")
    sys.exit("\n".join(failed))


if __name__ == "__main__":
    main(sys.argv[1:])
