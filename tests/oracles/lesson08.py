"""Lesson 08's exercises, answered another way."""

import math

import numpy as np
from scipy.optimize import linprog
from scipy.spatial.distance import cosine
from sklearn.metrics import roc_curve


def take_out(H, d):
    # what least squares with the one column d does not explain of each row
    return np.array([row - d * np.linalg.lstsq(d[:, None], row, rcond=None)[0][0] for row in H])


def weighted_rate(admitted, applied, everyone):
    return math.fsum(a * e / n for a, n, e in zip(admitted, applied, everyone, strict=True)) / math.fsum(
        everyone
    )


def threshold_for(score, deserves, share):
    if (
        deserves.all()
    ):  # scikit-learn wants both kinds: a made-up one below everybody changes no true positive
        score, deserves = np.append(score, score.min() - 1), np.append(deserves, 0)
    _, found, at = roc_curve(deserves, score, drop_intermediate=False)
    return at[1:][found[1:] >= share - 1e-12].max()


def forced(base, refused, precision):
    # four shares of all people: right yes, wrong no, wrong yes, right no; four linear conditions
    A = [[1, 1, 0, 0], [0, 0, 1, 1], [refused, refused - 1, 0, 0], [1 - precision, 0, -precision, 0]]
    shares = linprog(np.zeros(4), A_eq=A, b_eq=[base, 1 - base, 0, 0], bounds=(None, None)).x
    return shares[2] / (1 - base)


def leaning(V, one, other):
    return [1 - cosine(v, np.subtract(other, one)) for v in V]
