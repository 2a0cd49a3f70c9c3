"""Decision trees as data: arrays with one entry per node, as in scikit-learn's `tree_`, small enough to print.

A row x goes `below` where x[feature] < threshold and `above` otherwise, so a threshold itself belongs above, and
so does NaN, for which every comparison is false.
"""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tree:
    """A decision tree; node 0 is the root, a leaf has feature -1.

    Attributes
    ----------
    names : tuple of str, the features
    feature, below, above : (nodes,) int arrays, -1 at a leaf
    threshold : (nodes,) float array, NaN at a leaf
    label : (nodes,) array of str, "" at an inner node
    """

    names: tuple
    feature: np.ndarray
    threshold: np.ndarray
    below: np.ndarray
    above: np.ndarray
    label: np.ndarray


@dataclass(frozen=True)
class Leaf:
    """A leaf as the region it stands for: {feature: (low, high)} with low <= value < high, and its label."""

    node: int
    box: dict
    label: str

    def count(self):
        """How many whole-number cases the box holds; it must be finite."""
        return math.prod(max(0, math.ceil(high) - math.ceil(low)) for low, high in self.box.values())

    def nearest(self, case):
        """The case of whole numbers in the box that is nearest to `case`, on every axis at once."""
        ends = zip(case, self.box.values(), strict=True)
        return tuple(int(min(max(value, low), high - 1)) for value, (low, high) in ends)


def from_rows(names, rows):
    """A `Tree` from rows as one writes them: ("age", 25, 1, 4) is a question, "low risk" is a leaf.

    Parameters
    ----------
    names : sequence of str, the features in the order of the columns
    rows : sequence; a question is (feature, threshold, node if below, node otherwise), a leaf its label

    Raises
    ------
    ValueError : for an unknown feature, a threshold that is not finite, or rows that do not form one tree
    """
    names, columns, parents = tuple(names), [], [0] * len(rows)
    for i, row in enumerate(rows):
        if isinstance(row, str):
            columns.append((-1, np.nan, -1, -1, row))
            continue
        name, threshold, below, above = row
        if name not in names:
            raise ValueError(f"row {i} asks for {name!r}; expected one of {', '.join(names)}")
        if not np.isfinite(threshold):
            raise ValueError(f"row {i}: the threshold must be a finite number; got {threshold}")
        for child in (below, above):
            if not (isinstance(child, int) and i < child < len(rows)):
                raise ValueError(f"row {i} leads to row {child}; expected a later row, up to {len(rows) - 1}")
            parents[child] += 1
        columns.append((names.index(name), float(threshold), below, above, ""))
    if not columns or parents != [0] + [1] * (len(rows) - 1):
        raise ValueError(f"every row but the first must be led to once; rows are led to {parents} times")
    feature, threshold, below, above, label = zip(*columns, strict=True)
    return Tree(
        names, np.array(feature), np.array(threshold), np.array(below), np.array(above), np.array(label)
    )


def trace(tree, x):
    """The path of one row `x` (a value per feature) through the tree: the nodes it visits, root to leaf."""
    x, path = _rows(tree, [x])[0], [0]
    while tree.feature[path[-1]] >= 0:
        node = path[-1]
        path.append(
            int(tree.below[node] if x[tree.feature[node]] < tree.threshold[node] else tree.above[node])
        )
    return path


def predict(tree, X):
    """The label of every row of `X`, (n, features); returns an (n,) array of str."""
    X = _rows(tree, X)
    node = np.zeros(len(X), dtype=int)  # (n,) where each row stands
    while (asking := tree.feature[node] >= 0).any():
        value = np.where(asking, X[np.arange(len(X)), tree.feature[node]], 0.0)
        node = np.where(
            asking, np.where(value < tree.threshold[node], tree.below[node], tree.above[node]), node
        )
    return tree.label[node]


def leaves(tree, within=None):
    """Every `Leaf`, from left to right. Together their boxes cover everything, and no two overlap.

    `within`, {feature: (low, high)}, limits the boxes to a part of the world; an empty box stays in the list.
    """

    def walk(node, box):
        if tree.feature[node] < 0:
            return [Leaf(node, box, str(tree.label[node]))]
        name, cut = tree.names[tree.feature[node]], float(tree.threshold[node])
        low, high = box[name]
        below, above = box | {name: (low, min(high, cut))}, box | {name: (max(low, cut), high)}
        return walk(int(tree.below[node]), below) + walk(int(tree.above[node]), above)

    return walk(0, {name: (-np.inf, np.inf) for name in tree.names} | (within or {}))


def rules(tree):
    """The tree in words, a sentence for every leaf."""
    return [f"if {in_words(leaf.box)}: {leaf.label}" for leaf in leaves(tree)]


def in_words(box):
    """A box as a condition, such as "age < 25 and 50000 <= income"."""
    parts = []
    for name, (low, high) in box.items():
        left = f"{low:g} <= " if np.isfinite(low) else ""
        right = f" < {high:g}" if np.isfinite(high) else ""
        if left or right:
            parts.append(f"{left}{name}{right}")
    return " and ".join(parts) or "anything"


def _rows(tree, X):
    X = np.asarray(X, dtype=float)
    if X.ndim != 2 or X.shape[1] != len(tree.names):
        raise ValueError(
            f"expected rows of {len(tree.names)} values ({', '.join(tree.names)}); got shape {X.shape}"
        )
    return X
