"""Trees against brute force and scikit-learn, on random trees."""

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from helpers import trees
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
