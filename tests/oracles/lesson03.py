"""Lesson 03: the same answers by another way: scipy, scikit-learn, root finding, complex steps, logic."""

import itertools
import warnings

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.neural_network import MLPClassifier


def _scikit(W1, b1, w2, b2):
    """scikit-learn's own network with these parameters."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MLPClassifier((len(b1),), activation="logistic")
        model.partial_fit(np.zeros((2, len(W1))), [0, 1], classes=[0, 1])
    model.coefs_, model.intercepts_ = (
        [np.asarray(W1), np.asarray(w2)[:, None]],
        [np.asarray(b1), np.array([b2])],
    )
    return model


def _output(x, *net):
    return _scikit(*net).predict_proba([x])[0, 1]


def neuron(x, w, b):
    return expit(np.einsum("i,i", x, w) + b)


def threshold_x2(w, b, x1):
    if w[1] == 0:
        return None
    return brentq(lambda x2: expit(0.1 * (w[0] * x1 + w[1] * x2 + b)) - 0.5, -100, 100, xtol=1e-12)


def run_net(x, W1, b1, w2, b2):
    hidden = [expit(b1[j] + sum(x[i] * W1[i, j] for i in range(len(x)))) for j in range(len(b1))]
    return hidden, _output(x, W1, b1, w2, b2)


def input_slopes(x, W1, b1, w2, b2):
    """By a complex step (Squire & Trapp, 1998), which subtracts nothing."""

    def logistic(z):
        return 1 / (1 + np.exp(-z))

    nudged = x + 1e-30j * np.eye(len(x))
    return [(logistic(logistic(row @ W1 + b1) @ w2 + b2)).imag / 1e-30 for row in nudged]


def output_without(x, W1, b1, w2, b2, unit):
    w2 = np.array(w2)
    w2[unit] = 0  # nobody listens to it
    return _output(x, W1, b1, w2, b2)


def flips(W1, b1, w2, b2, unit):
    """With scipy's sigmoid and the unit cut out of the arrays. The tie at 0 of the last sum is exact in binary."""
    corners = np.array(list(itertools.product((0, 1), repeat=2)))
    answers = []
    for keep in (np.ones(len(w2), bool), np.arange(len(w2)) != unit):
        answers.append(expit(corners @ W1[:, keep] + b1[keep]) @ w2[keep] + b2 >= 0)
    return [tuple(map(int, corner)) for corner in corners[answers[0] != answers[1]]]
