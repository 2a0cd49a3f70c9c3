"""Lesson 02's answers by other means: exact fractions, and walking every row through the tree."""

from fractions import Fraction
from itertools import pairwise

import numpy as np


def gini_of(counts):
    """Draw every ordered pair, and count those that differ."""
    kinds = [k for k, count in enumerate(counts) for _ in range(count)]
    return float(Fraction(sum(a != b for a in kinds for b in kinds), len(kinds) ** 2))


def _leftover(labels):
    """Rows times Gini impurity, as an exact fraction."""
    n = len(labels)
    return n - sum(Fraction(labels.count(kind) ** 2, n) for kind in set(labels))


def _misses(targets):
    """The sum of squares about the mean, as an exact fraction."""
    exact = [Fraction(target) for target in targets]
    return sum(target * target for target in exact) - sum(exact) ** 2 / len(exact)


def _cut(column, y, mixed=_leftover):
    """(what `mixed` leaves, threshold) of the best cut in one column, exactly; None where it is constant."""
    found = []
    ordered = sorted(set(column))
    for low, high in pairwise(ordered):
        sides = [[k for v, k in zip(column, y, strict=True) if (v <= low) == yes] for yes in (True, False)]
        found.append((sum(map(mixed, sides)), (low + high) / 2))
    return min(found, default=None)  # of equal fractions the lower threshold


def best_cut(values, labels):
    found = _cut(values, labels)
    return found and found[1]


def mean_questions(below, above, count):
    """Send the rows down one by one: those of a node go to its two ways in turn."""

    def asked(node):
        if below[node] < 0:
            return [0] * count[node]
        return [1 + more for way in (below[node], above[node]) for more in asked(way)]

    return float(np.mean(asked(0)))


def _answer(X, y, x, depth):
    """What a greedy tree of `depth` questions, grown from lists, says of x; one path only is ever grown."""
    cuts = [(found, j) for j in range(len(x)) if (found := _cut([row[j] for row in X], y))]
    if depth == 0 or len(set(y)) == 1 or not cuts:
        return max(sorted(set(y)), key=y.count)
    (_, threshold), j = min(cuts, key=lambda pair: (pair[0][0], pair[1]))
    stay = [i for i, row in enumerate(X) if (row[j] < threshold) == (x[j] < threshold)]
    return _answer([X[i] for i in stay], [y[i] for i in stay], x, depth - 1)


def cross_validated(X, y, group, depth):
    X, y, group = np.asarray(X).tolist(), np.asarray(y).tolist(), np.asarray(group).tolist()
    right = 0
    for x, label, one in zip(X, y, group, strict=True):
        known = [i for i in range(len(y)) if group[i] != one]
        right += _answer([X[i] for i in known], [y[i] for i in known], x, depth) == label
    return right / len(y)


def credits(feature, below, above, count, impurity, columns):
    """Column by column: the impurity above its questions minus the impurity right below them."""

    def mixed(nodes):
        return sum(count[i] * impurity[i] for i in nodes) / count[0]

    asked = [[i for i, f in enumerate(feature) if f == j] for j in range(columns)]
    return [mixed(nodes) - mixed([way[i] for i in nodes for way in (below, above)]) for nodes in asked]


def best_cut_for_numbers(values, targets):
    found = _cut(values, targets, _misses)
    return found and found[1]
