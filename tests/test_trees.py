"""Trees against brute force and scikit-learn, on random trees."""

from fractions import Fraction

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier, export_text

from helpers import author, trees
from helpers.exercises.lesson01 import SEED, _random_tree

NAMES = ("a", "b")


def random_tree(seed, depth=4):
    return trees.from_rows(NAMES, _random_tree(np.random.default_rng(seed), NAMES, depth))


@pytest.mark.parametrize("seed", range(5))
def test_predict_is_the_end_of_trace_and_every_row_stands_in_one_box(seed):
    tree, rng = random_tree(seed), np.random.default_rng(seed)
    X = np.vstack([rng.uniform(0, 100, (200, 2)), rng.integers(0, 100, (200, 2))])
    X[::50] = np.nan
    labels = trees.predict(tree, X)
    for x, label in zip(X, labels, strict=True):
        path = trees.trace(tree, x)
        assert tree.label[path[-1]] == label and path[0] == 0
        if not np.isnan(x).any():
            inside = [
                leaf.node
                for leaf in trees.leaves(tree)
                if all(low <= v < high for v, (low, high) in zip(x, leaf.box.values(), strict=True))
            ]
            assert inside == [path[-1]]


@pytest.mark.parametrize("seed", range(3))
def test_scikit_learn_answers_alike(seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 50, (300, 2)).astype(float)
    y = (X[:, 0] + 2 * X[:, 1] > 70).astype(int) + (X[:, 0] > 30)
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, y)
    t = model.tree_
    tree = (
        trees.Tree(  # its question is <=, ours is <: half-integer thresholds make both the same on integers
            NAMES,
            np.where(t.children_left < 0, -1, t.feature),
            t.threshold,
            t.children_left,
            t.children_right,
            np.where(t.children_left < 0, t.value[:, 0].argmax(axis=1).astype(str), ""),
        )
    )
    assert (trees.predict(tree, X).astype(int) == model.predict(X)).all()


def test_seed_rule_in_words_and_boundaries():
    tree = trees.from_rows(("age", "income"), SEED)
    cases = {
        (24, 49_999): "low",
        (24, 50_000): "medium",
        (25, 49_999): "medium",
        (25, 74_999): "medium",
        (25, 75_000): "high",
    }
    for case, word in cases.items():
        assert trees.predict(tree, [case]) == f"{word} risk"
    assert trees.predict(tree, [(np.nan, 40_000), (20, np.nan), (np.nan, np.nan)]).tolist() == [
        "medium risk",
        "medium risk",
        "high risk",
    ]
    assert trees.rules(tree)[1] == "if age < 25 and 50000 <= income: medium risk"
    within = trees.leaves(tree, {"age": (0, 121), "income": (0, 200_001)})
    sizes = [np.prod([high - low for low, high in leaf.box.values()]) for leaf in within]
    assert sum(sizes) == 121 * 200_001
    assert trees.rules(trees.from_rows(("a",), ["yes"])) == ["if anything: yes"]


@pytest.mark.parametrize(
    "rows, words",
    [
        ([("height", 1, 1, 2), "x", "y"], "asks for 'height'"),
        ([("a", float("nan"), 1, 2), "x", "y"], "finite number"),
        ([("a", 1, 1, 3), "x", "y"], "row 3"),
        ([("a", 1, 0, 1), "x"], "later row"),
        ([("a", 1, 1, 1), "x"], "led to once"),
        (["x", "y"], "led to once"),
        ([], "led to once"),
    ],
)
def test_rows_that_are_no_tree(rows, words):
    with pytest.raises(ValueError, match=words):
        trees.from_rows(NAMES, rows)


def test_wrong_shapes():
    with pytest.raises(ValueError, match=r"expected rows of 2 values \(a, b\)"):
        trees.predict(random_tree(0), [[1, 2, 3]])


# ---------------------------------------------------------------- growing


def random_rows(seed, n=60, features=3, values=None):
    """Rows and labels: whole numbers below `values`, so that ties are common, or floats without any."""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, values, (n, features)).astype(float) if values else rng.normal(size=(n, features))
    score = X[:, 0] - X[:, 1] + rng.normal(size=n) * X.std()
    return X, np.digitize(score, np.quantile(score, [0.4, 0.8])), [f"x{j}" for j in range(features)]


def slow_split():
    """`best_split` as lesson 02 teaches it: the slow, readable search is the judge of the fast one."""
    (path,) = (path for path in author.lessons() if path.name.startswith("02"))
    (cell,) = (cell for cell in author.read(path).cells if cell.source.startswith("def best_split("))
    space = {"np": np, "trees": trees}
    exec(cell.source.partition("\n\n\n")[0], space)
    return space["best_split"]


def left_over(y, below):
    """Mean Gini impurity of the two sides, as an exact fraction."""
    pure = sum(
        Fraction(int((y[side] == k).sum()) ** 2, int(side.sum()))
        for side in (below, ~below)
        for k in set(y.tolist())
    )
    return 1 - pure / len(y)


def cuts_of(X, y):
    """(impurity left, column, threshold) of every cut through some rows."""
    for j in range(X.shape[1]):
        values = np.unique(X[:, j])
        yield from ((left_over(y, X[:, j] < cut), j, cut) for cut in (values[:-1] + values[1:]) / 2)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("values", [None, 5])
def test_every_split_is_the_one_that_the_slow_search_finds(seed, values):
    X, y, names = random_rows(seed, values=values)
    tree, best_split = trees.grow(X, y, names, max_depth=3), slow_split()
    visited = trees.paths(tree, X)
    for node in np.flatnonzero(tree.feature >= 0):
        rows = (visited == node).any(axis=1)
        _, column, cut = best_split(X[rows], y[rows])
        assert (tree.feature[node], tree.threshold[node]) == (column, cut)


@pytest.mark.parametrize("seed", range(10))
def test_ties_go_to_the_first_column_and_the_lowest_threshold_by_exact_fractions(seed):
    X, y, names = random_rows(seed, n=14, values=5)
    tree = trees.grow(X, y, names, max_depth=1)
    assert (tree.feature[0], tree.threshold[0]) == min(cuts_of(X, y))[1:]


def test_scikit_learn_takes_off_as_much_and_answers_alike_where_nothing_ties():
    compared = 0
    for seed in range(20):
        X, y, names = random_rows(seed, n=50)
        X = X.astype(np.float32)  # scikit-learn's own precision
        tree = trees.grow(X, y, names, max_depth=3)
        model = DecisionTreeClassifier(max_depth=3, random_state=seed).fit(X, y)
        t, rows = model.tree_, tree.counts.sum(axis=1)
        ours = [trees.gini(tree.counts[i]) * rows[i] for i in (0, tree.below[0], tree.above[0])]
        theirs = [t.impurity[i] * t.n_node_samples[i] for i in (0, t.children_left[0], t.children_right[0])]
        assert ours[0] - sum(ours[1:]) == pytest.approx(theirs[0] - sum(theirs[1:]))
        visited, tie = trees.paths(tree, X), False
        for node in np.flatnonzero(tree.feature >= 0):
            inside = (visited == node).any(axis=1)
            best, second = sorted(left for left, _, _ in cuts_of(X[inside], y[inside]))[:2]
            tie |= best == second
        if not tie:
            compared += 1
            fresh = np.random.default_rng(seed).normal(size=(1000, 3)).astype(np.float32)
            assert (trees.predict(tree, fresh).astype(int) == model.predict(fresh)).all()
    assert compared >= 5


@pytest.mark.parametrize("seed", range(10))
def test_every_row_stands_in_one_leaf_and_counts_are_those_of_the_rows(seed):
    X, y, names = random_rows(seed, values=6)
    tree = trees.grow(X, y, names, min_leaf=1 + seed % 3)
    everywhere = np.vstack([X, X + 0.5, X * 1000, -X])
    inside = np.array(
        [
            np.all(
                [
                    (low <= v) & (v < high)
                    for v, (low, high) in zip(everywhere.T, leaf.box.values(), strict=True)
                ],
                axis=0,
            )
            for leaf in trees.leaves(tree)
        ]
    )
    assert (inside.sum(axis=0) == 1).all()
    visited = trees.paths(tree, X)
    for node, count in enumerate(tree.counts):
        rows = (visited == node).any(axis=1)
        assert count.tolist() == [int((y[rows] == k).sum()) for k in range(3)]
        assert tree.feature[node] >= 0 or count.sum() >= 1 + seed % 3
    for x, path in zip(X, visited, strict=True):
        traced = trees.trace(tree, x)
        assert path.tolist() == traced + traced[-1:] * (len(path) - len(traced))


def test_a_tree_without_limits_separates_all_that_differs_and_stops_where_nothing_does():
    X, y, names = random_rows(0)
    assert (trees.predict(trees.grow(X, y, names), X).astype(int) == y).all()
    same = trees.grow([[1.0], [1.0], [1.0]], ["b", "a", "b"], ["x"])
    assert same.feature.tolist() == [-1] and same.label[0] == "b"
    assert (
        trees.grow([[1.0], [1.0]], ["b", "a"], ["x"], labels=["b", "a"]).label[0] == "b"
    )  # the first of equals
    neighbours = np.array([1.0, np.nextafter(1.0, 2)])  # no number lies between them
    tree = trees.grow(neighbours[:, None], ["a", "b"], ["x"])
    assert trees.predict(tree, neighbours[:, None]).tolist() == ["a", "b"]


@pytest.mark.parametrize("seed", range(3))
def test_gini_importance_and_cross_validation_by_other_means(seed):
    X, y, names = random_rows(seed, values=8)
    tree = trees.grow(X, y, names)
    for count, impurity in zip(tree.counts, trees.gini(tree.counts), strict=True):
        drawn = np.repeat(range(3), count)
        assert np.mean(drawn[:, None] != drawn) == pytest.approx(impurity)
    t = DecisionTreeClassifier(random_state=0).fit(X, y).tree_
    model = trees.Tree(  # scikit-learn's own tree, with its own importances
        tuple(names), np.where(t.children_left < 0, -1, t.feature), t.threshold, t.children_left, t.children_right,
        np.array([]), ("0", "1", "2"), np.rint(t.value[:, 0] * t.n_node_samples[:, None]).astype(int),
    )  # fmt: skip
    np.testing.assert_allclose(trees.impurity_importance(model), t.compute_feature_importances())
    group = np.random.default_rng(seed).integers(0, 4, len(y))
    fast = trees.cross_validate(X, y, names, group, 6, min_leaf=2)
    for g in range(4):
        for depth in range(7):
            part = trees.grow(X[group != g], y[group != g], names, max_depth=depth, min_leaf=2)
            right = trees.predict(part, X[group == g]).astype(int) == y[group == g]
            assert fast[g, depth] == pytest.approx(right.mean())


def test_the_documented_tree_of_iris_is_printed_line_by_line():
    documented = """\
|--- petal width (cm) <= 0.80
|   |--- class: 0
|--- petal width (cm) >  0.80
|   |--- petal width (cm) <= 1.75
|   |   |--- class: 1
|   |--- petal width (cm) >  1.75
|   |   |--- class: 2
"""
    iris = load_iris()
    order = [3, 0, 1, 2]  # two columns tie at the root: here petal width comes first
    names = [iris.feature_names[j] for j in order]
    assert trees.text(trees.grow(iris.data[:, order], iris.target, names, max_depth=2)) == documented
    model = DecisionTreeClassifier(random_state=0, max_depth=2).fit(iris.data, iris.target)
    assert export_text(model, feature_names=list(iris.feature_names)) == documented


@pytest.mark.parametrize("seed", range(5))
def test_differences_are_all_the_cases_that_get_another_answer(seed):
    one, other, world = random_tree(seed), random_tree(seed + 50), dict.fromkeys(NAMES, (0, 100))
    cases = [(a, b) for a in range(100) for b in range(100)]
    differ = trees.predict(one, cases) != trees.predict(other, cases)
    assert sum(part.count() for part in trees.differences(one, other, world)) == differ.sum() > 0
    assert trees.differences(one, one, world) == []


@pytest.mark.parametrize(
    "change, words",
    [
        ({"X": [[1.0, np.nan], [2.0, 3.0]]}, "X must hold finite numbers; got nan in row 0, b"),
        ({"X": [[1.0, 2.0], [np.inf, 3.0]]}, "got inf in row 1, a"),
        ({"X": [1.0, 2.0]}, r"X must be rows of 2 values \(a, b\); got shape \(2,\)"),
        ({"X": np.zeros((0, 2)), "y": []}, r"got shape \(0, 2\)"),
        ({"X": [[1.0], [2.0]]}, r"got shape \(2, 1\)"),
        ({"y": ["u"]}, r"y must hold a label for each of the 2 rows; got shape \(1,\)"),
        ({"labels": ["u"]}, r"y must hold labels out of u, each named once; got \['v'\]"),
        ({"labels": ["u", "v", "u"]}, "each named once"),
        ({"max_depth": -1}, "max_depth must be 0 or more"),
        ({"min_leaf": 0}, "min_leaf 1 or more; got None and 0"),
    ],
)
def test_what_cannot_be_grown_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        trees.grow(**{"X": [[1.0, 2.0], [3.0, 4.0]], "y": ["u", "v"], "names": NAMES} | change)


def test_other_refusals():
    X, y, names = random_rows(0)
    with pytest.raises(ValueError, match="two groups or more, one for each of the 60 rows"):
        trees.cross_validate(X, y, names, np.zeros(60), 2)
    with pytest.raises(ValueError, match="must ask for the same features"):
        trees.differences(trees.grow(X, y, names), random_tree(0))
