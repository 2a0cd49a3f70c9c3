"""Decision trees as data: arrays with one entry per node, as in scikit-learn's `tree_`, small enough to print.

A row x goes `below` where x[feature] < threshold and `above` otherwise, so a threshold itself belongs above, and
so does NaN, for which every comparison is false. `grow` learns a tree from labelled rows, as in L. Breiman,
J. Friedman, R. Olshen and C. Stone, *Classification and Regression Trees*, 1984 (CART), without its pruning.
"""

import math
from dataclasses import dataclass

import numpy as np

ESSAY_RULE = [  # decide(age, income), as rows for `from_rows`
    ("age", 25, 1, 4),
    ("income", 50_000, 2, 3),
    "low risk",
    "medium risk",
    ("income", 75_000, 5, 6),
    "medium risk",
    "high risk",
]


@dataclass(frozen=True)
class Tree:
    """A decision tree; node 0 is the root, a leaf has feature -1.

    Attributes
    ----------
    names : tuple of str, the features
    feature, below, above : (nodes,) int arrays, -1 at a leaf
    threshold : (nodes,) float array, NaN at a leaf
    label : (nodes,) array of str, "" at an inner node
    labels : tuple of str, what the columns of `counts` stand for; empty for a tree that was written, not grown
    counts : (nodes, labels) int array, how many of the rows that it was grown from visit each node
    """

    names: tuple
    feature: np.ndarray
    threshold: np.ndarray
    below: np.ndarray
    above: np.ndarray
    label: np.ndarray
    labels: tuple = ()
    counts: np.ndarray | None = None


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


def gini(counts):
    """Gini impurity of `counts`, (..., labels): the chance that two rows, drawn with replacement, differ."""
    counts = np.asarray(counts, dtype=float)
    return 1 - np.sum((counts / counts.sum(axis=-1, keepdims=True)) ** 2, axis=-1)


def grow(X, y, names, labels=None, max_depth=None, min_leaf=1):
    """Learn a `Tree` from rows and their labels by greedy splits.

    A node whose rows differ asks the question that leaves the least Gini impurity, averaged over its rows. The
    thresholds tried lie midway between neighbouring values. Of equally good questions the first column wins, in it
    the lowest threshold; of equally frequent labels the first.

    Parameters
    ----------
    X : (n, features) array of finite numbers
    y : (n,) sequence of labels; they become str
    names : sequence of str, one per column
    labels : sequence, the order of the labels; by default those of `y`, sorted
    max_depth : int, the most questions on a path; None for no limit
    min_leaf : int, the fewest rows in a leaf

    Raises
    ------
    ValueError : for no rows, NaN, shapes that do not fit, a label that is not in `labels`, or limits out of range
    """
    X, y, labels = _training(X, y, tuple(names), labels, max_depth, min_leaf)
    n, features = X.shape
    # column after column, so that one `take` serves all of them
    values, ys = X.T.ravel(), np.tile(y, features)
    order = np.argsort(X.T, axis=1) + n * np.arange(features)[:, None]  # positions in `values`, sorted once
    nodes, counts = [], []

    def split(order, depth):
        node, count = len(nodes), np.bincount(ys.take(order[0]), minlength=len(labels))
        nodes.append((-1, np.nan, -1, -1, labels[count.argmax()]))
        counts.append(count)
        mixed = count.max() < order.shape[1]
        if (
            depth != max_depth
            and mixed
            and (cut := _best_cut(values.take(order), ys.take(order), count, min_leaf))
        ):
            order = order[: 1 if depth + 1 == max_depth else None]  # a last leaf only counts its rows
            goes_below = np.tile(X[:, cut[0]] < cut[1], features).take(order)
            sides = (order.take(np.flatnonzero(side)) for side in (goes_below, ~goes_below))  # sorted still
            nodes[node] = (*cut, *[split(side.reshape(len(order), -1), depth + 1) for side in sides], "")
        return node

    split(order, 0)
    feature, threshold, below, above, label = map(np.array, zip(*nodes, strict=True))
    return Tree(tuple(names), feature, threshold, below, above, label, labels, np.array(counts))


def _best_cut(values, ys, count, min_leaf):
    """(feature, threshold) of the cut that leaves the least impurity, or None where no cut is allowed.

    `values` and `ys` are (features, n): in each row one feature's values, sorted, and the labels beside them.
    """
    n = values.shape[1]
    below = np.arange(1.0, n)  # so many rows lie below the cut after the first row, the second, ...
    above, squares_below, squares_above = n - below, 0.0, 0.0
    for k, total in enumerate(count):
        left = np.cumsum(ys[:, :-1] == k, axis=1).astype(float)  # (features, n - 1)
        squares_below, squares_above = squares_below + left * left, squares_above + (total - left) ** 2
    allowed = (values[:, :-1] < values[:, 1:]) & (np.minimum(below, above) >= min_leaf)
    purity = (squares_below / below + squares_above / above) * allowed  # n · (1 - mean impurity), or 0
    feature, i = divmod(int(np.argmax(purity >= purity.max() - 1e-9)), n - 1)  # rounding decides no tie
    if not allowed[feature, i]:
        return None
    low, high = values[feature, i : i + 2]
    middle = (low + high) / 2
    return feature, float(middle if middle > low else high)  # between neighbouring floats there is no middle


def _training(X, y, names, labels, max_depth, min_leaf):
    """Check what `grow` is given; return X as floats, y as positions in `labels`, and `labels` as a tuple of str."""
    X, y = np.asarray(X, dtype=float), np.asarray(y)
    if X.ndim != 2 or not X.size or X.shape[1] != len(names):
        raise ValueError(f"X must be rows of {len(names)} values ({', '.join(names)}); got shape {X.shape}")
    if not np.isfinite(X).all():
        row, column = np.argwhere(~np.isfinite(X))[0]
        raise ValueError(f"X must hold finite numbers; got {X[row, column]} in row {row}, {names[column]}")
    if y.shape != X.shape[:1]:
        raise ValueError(f"y must hold a label for each of the {len(X)} rows; got shape {y.shape}")
    labels = tuple(map(str, np.unique(y) if labels is None else labels))
    place = {label: i for i, label in enumerate(labels)}
    unknown = sorted(set(map(str, y.tolist())) - set(labels))
    if unknown or len(place) < len(labels):
        raise ValueError(
            f"y must hold labels out of {', '.join(labels)}, each named once; got {unknown or labels}"
        )
    if not (max_depth is None or max_depth >= 0) or min_leaf < 1:
        raise ValueError(
            f"max_depth must be 0 or more (or None), min_leaf 1 or more; got {max_depth} and {min_leaf}"
        )
    return X, np.array([place[str(label)] for label in y.tolist()]), labels


def impurity_importance(tree):
    """What each feature's questions took off the impurity, (features,), in shares that add up to 1 (or all 0).

    Also called Gini importance or mean decrease in impurity; the tree must have been grown.
    """
    rows = tree.counts.sum(axis=1)
    impurity, asks = rows * gini(tree.counts), tree.feature >= 0
    taken = impurity[asks] - impurity[tree.below[asks]] - impurity[tree.above[asks]]
    total = np.bincount(tree.feature[asks], taken, minlength=len(tree.names))
    return total / max(total.sum(), np.finfo(float).tiny)


def cross_validate(X, y, names, group, max_depth, min_leaf=1):
    """Accuracy on rows that were held out, for every depth at once.

    The rows of each group are answered by a tree grown from all the others. Greedy trees are nested: the tree of
    depth d is the deepest one, cut off after d questions.

    Parameters
    ----------
    X, y, names, max_depth, min_leaf : as for `grow`
    group : (n,) array, the group of each row; at least two groups

    Returns
    -------
    (groups, max_depth + 1) array : share of right answers in each held-out group, at depths 0, 1, ..., max_depth
    """
    X, y, group, scores = np.asarray(X, dtype=float), np.asarray(y).astype(str), np.asarray(group), []
    if group.shape != y.shape or len(set(group.tolist())) < 2:
        raise ValueError(f"group must name two groups or more, one for each of the {len(y)} rows")
    for held_out in (group == one for one in np.unique(group)):
        tree = grow(X[~held_out], y[~held_out], names, max_depth=max_depth, min_leaf=min_leaf)
        visited = paths(tree, X[held_out])  # (held out, depth of this tree + 1)
        says = np.array(tree.labels)[tree.counts.argmax(axis=1)]  # what a node would answer as a leaf
        right = np.mean(says[visited] == y[held_out][:, None], axis=0)
        scores.append(np.pad(right, (0, max_depth + 1 - len(right)), mode="edge"))
    return np.array(scores)


def trace(tree, x):
    """The path of one row `x` (a value per feature) through the tree: the nodes it visits, root to leaf."""
    x, path = _rows(tree, [x])[0], [0]
    while tree.feature[path[-1]] >= 0:
        node = path[-1]
        path.append(
            int(tree.below[node] if x[tree.feature[node]] < tree.threshold[node] else tree.above[node])
        )
    return path


def paths(tree, X):
    """The paths of all rows of `X`, (n, features), at once.

    Returns an (n, depth + 1) int array: column d holds the node that each row visits after d questions. A path that
    ends early repeats its leaf.
    """
    X = _rows(tree, X)
    leaf, rows, visited = tree.feature < 0, np.arange(len(X)), [np.zeros(len(X), dtype=int)]
    itself = np.arange(len(leaf))  # a leaf asks for feature 0, and both of its ways lead back to it
    feature, below, above = (
        np.where(leaf, end, way)
        for end, way in ((0, tree.feature), (itself, tree.below), (itself, tree.above))
    )
    while not leaf[visited[-1]].all():
        node = visited[-1]
        yes = X[rows, feature[node]] < tree.threshold[node]
        visited.append(np.where(yes, below[node], above[node]))
    return np.column_stack(visited)


def predict(tree, X):
    """The label of every row of `X`, (n, features); returns an (n,) array of str."""
    return tree.label[paths(tree, X)[:, -1]]


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


def differences(one, other, within=None):
    """Where two trees over the same features disagree: parts of the boxes of `one`, with its labels.

    `within`, {feature: (low, high)}, limits the search to a part of the world.
    """
    if one.names != other.names:
        raise ValueError(f"the trees must ask for the same features; got {one.names} and {other.names}")
    found = []
    for a in leaves(one, within):
        for b in leaves(other, within):
            box = {
                name: (max(a.box[name][0], b.box[name][0]), min(a.box[name][1], b.box[name][1]))
                for name in a.box
            }
            if a.label != b.label and all(low < high for low, high in box.values()):
                found.append(Leaf(a.node, box, a.label))
    return found


def rules(tree):
    """The tree in words, a sentence for every leaf."""
    return [f"if {in_words(leaf.box)}: {leaf.label}" for leaf in leaves(tree)]


def text(tree, digits=2):
    """The tree in the layout of scikit-learn's `export_text`.

    It writes <= where our question is <: the same for all rows that do not lie on a threshold.
    """

    def lines(node, indent):
        if tree.feature[node] < 0:
            return [f"{indent}|--- class: {tree.label[node]}"]
        asked = f"{indent}|--- {tree.names[tree.feature[node]]}"
        ways = ("<=", tree.below[node]), ("> ", tree.above[node])
        return [
            line
            for sign, child in ways
            for line in (f"{asked} {sign} {tree.threshold[node]:.{digits}f}", *lines(child, indent + "|   "))
        ]

    return "\n".join(lines(0, "")) + "\n"


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
