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
    """With weights this large every neuron is a step: sums above 0 are 1, others 0."""
    found = []
    for corner in itertools.product((0, 1), repeat=2):
        on = (np.array(corner) @ W1 + b1 > 0).astype(int)
        kept = on * (np.arange(len(on)) != unit)
        if (on @ w2 + b2 > 0) != (kept @ w2 + b2 > 0):
            found.append(corner)
    return found
