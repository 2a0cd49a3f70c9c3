"""Lesson 09: the same answers by another way: pandas, finite differences, one long list, scikit-learn."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import log_loss, r2_score
from sklearn.neural_network import MLPRegressor

from helpers import sensors


def fail(X, sensor, fault, size, noise):
    table = pd.DataFrame(np.asarray(X, float))
    own = table[sensor]
    changed = {
        "stuck": own.clip(size, size),
        "noisy": own.add(pd.Series(noise).mul(size)),
        "shifted": own.add(size),
    }
    return pd.concat([changed[fault] if j == sensor else table[j] for j in table], axis=1).to_numpy()


def slope_shares(X, W, b, w):
    """Slopes measured by nudging."""

    def answer(rows):
        return np.maximum(rows @ W + b, 0) @ w

    nudges = 1e-7 * np.eye(X.shape[1])
    sizes = [np.mean(np.abs(answer(X + nudge) - answer(X - nudge))) for nudge in nudges]
    return np.array(sizes) / np.sum(sizes)


def replaced(X, chance, coins, donors):
    """Place by place in one long list."""
    flat, columns = np.asarray(X, float).ravel(), X.shape[1]
    taken = [flat[d * columns + k % columns] for k, d in enumerate(np.ravel(donors))]
    return np.choose(np.ravel(coins) < chance, [flat, taken]).reshape(X.shape)


def caught(garage):
    """The same cars, answered by scikit-learn's network: all reliant ones fail somewhere in the lane, no sturdy one."""

    def fails(seed, good, way):
        net, (X, y) = sensors.car(seed, good, way), sensors.drive(500, seed + 5000, good)
        model = MLPRegressor(hidden_layer_sizes=(32,), max_iter=1)
        model._label_binarizer = None
        model.n_layers_, model.out_activation_, model.n_outputs_ = 3, "identity", 1
        model.coefs_, model.intercepts_ = list(net.weights), list(net.biases)
        answers = [model.predict(np.where(np.arange(5) == k, 1.0, X)) for k in range(5)]
        return max(np.abs(answer - y).mean() for answer in answers) > 0.4

    return [sum(fails(*one) for one in cars) for cars in sensors.GARAGES[garage]]


def worst_nudge(x, label, size, W, b, V, c):
    """Pixel by pixel: which way the surprise rises, measured by nudging."""

    def surprise(image):
        z = np.maximum(image @ W + b, 0) @ V + c
        chance = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
        return log_loss([label], [chance], labels=range(len(c)))

    rises = [surprise(x + nudge) - surprise(x - nudge) for nudge in 1e-5 * np.eye(len(x))]
    ways = np.where(np.abs(rises) < 1e-12, 0, np.sign(rises))
    return (x + size * ways).clip(0, 1)


def stuck_scores(X, y, weights, constant, values):
    model = LinearRegression()
    model.coef_, model.intercept_ = np.asarray(weights, float), constant
    return [r2_score(y, model.predict(_with(pd.DataFrame(X, copy=True), j, v).to_numpy()))
            for j, v in enumerate(values)]  # fmt: skip


def _with(table, column, value):
    table[column] = float(value)
    return table
