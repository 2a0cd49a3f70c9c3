"""Lesson 07's exercises, answered another way."""

import math

import numpy as np
import statsmodels.api as sm
from sklearn.linear_model import LinearRegression
from sklearn.metrics import accuracy_score, r2_score

from helpers.data import load
from helpers.exercises import lesson07


def loss_without(X, y, j):
    # from the t of the whole fit; with no row to spare (a perfect fit) t is no use, so by scikit-learn there
    fit = sm.OLS(y, sm.add_constant(X, has_constant="add")).fit()
    if fit.rsquared < 1 - 1e-9:
        return fit.tvalues[1 + j] ** 2 * (1 - fit.rsquared) / fit.df_resid
    rest = np.delete(X, j, axis=1)
    return 1 - LinearRegression().fit(rest, y).score(rest, y)


def scramble_loss(b, X, y, j, order):
    rows = [[row[k] if k != j else X[order[i]][k] for k in range(len(row))] for i, row in enumerate(X)]
    return r2_score(y, X @ b) - r2_score(y, np.array(rows) @ b)


def first_places(B):
    places = [max(range(len(row)), key=lambda j, row=row: row[j] * row[j]) for row in B.tolist()]
    return [places.count(j) / len(places) for j in range(B.shape[1])]


def fair_share(worth, j):
    # the integral over t in [0, 1] of the gain when every other column is there with probability t (Owen 1972)
    p = max(map(len, worth))
    t, weights = np.polynomial.legendre.leggauss(p)
    t, weights = (t + 1) / 2, weights / 2
    gain = 0.0
    for key, value in worth.items():
        s = len(key) - (j in key)
        chance = t**s * (1 - t) ** (p - 1 - s)
        gain += (1 if j in key else -1) * value * (weights @ chance)
    return gain


def who_answers():
    # by what each measure does when the table is changed
    rng = np.random.default_rng(3)
    X = rng.normal(size=(40, 3)) + rng.normal(size=(40, 1))
    y = X @ [1.0, 2.0, 0.5] + rng.normal(size=40)

    def measures(X, y):
        fit = sm.OLS(y, sm.add_constant(X)).fit()
        b = fit.params[1:]
        drop = [
            fit.rsquared - sm.OLS(y, sm.add_constant(np.delete(X, j, 1))).fit().rsquared for j in range(3)
        ]
        return {
            "coefficient": b,
            "standardised": b * X.std(axis=0) / y.std(),
            "t": fit.tvalues[1:],
            "drop-column": np.array(drop),
            "permutation": 2 * (b * X.std(axis=0) / y.std()) ** 2,
            "LMG": np.array([_shapley(X, y, j) for j in range(3)]),
        }

    whole = sm.OLS(y, sm.add_constant(X)).fit().rsquared
    base, units = measures(X, y), measures(X * [10, 1, 1], y)
    copies = measures(np.vstack([X, X]), np.append(y, y))
    found = {}
    for name, values in base.items():
        if not np.allclose(values, units[name]):
            found["d"] = name  # has a unit
        elif not np.allclose(values, copies[name]):
            found["e"] = name  # grows with the rows
        elif np.isclose(values.sum(), whole):
            found["c"] = name  # adds up
        elif np.allclose(values, base["t"] ** 2 * (1 - whole) / 36):
            found["a"] = name  # what a fit without the column loses
        elif np.allclose(values**2 / values[0] ** 2, base["permutation"] / base["permutation"][0]):
            found["f"] = name  # how far the prediction moves
        else:
            found["b"] = name  # the square of that
    return found | {"g": "none"}


def _shapley(X, y, j):
    others = [k for k in range(X.shape[1]) if k != j]
    total = 0.0
    for subset in range(2 ** len(others)):
        before = [k for i, k in enumerate(others) if subset >> i & 1]
        weight = math.factorial(len(before)) * math.factorial(len(others) - len(before))
        total += weight * (_share(X, y, [*before, j]) - _share(X, y, before))
    return total / math.factorial(X.shape[1])


def _share(X, y, kept):
    return sm.OLS(y, sm.add_constant(X[:, kept])).fit().rsquared if kept else 0.0


def group_loss(X, labels, w, b, group, order):
    says = [int(math.fsum(x * v for x, v in zip(row, w, strict=True)) + b > 0) for row in X]
    moved = np.where(np.isin(np.arange(X.shape[1]), group), X[order], X)
    after = [int(math.fsum(x * v for x, v in zip(row, w, strict=True)) + b > 0) for row in moved]
    return accuracy_score(labels, says) - accuracy_score(labels, after)


def _numbers(name, target):
    table = {key: values for key, values in load(name).items() if values.dtype.kind == "f"}
    y = table.pop(target)
    return np.column_stack(list(table.values())), y


def guess_sum():
    X, y = _numbers("swiss", "Fertility")
    lost = sum(loss_without(X, y, j) for j in range(5)) / _share(X, y, list(range(5)))
    return "to about 0.33, half of it" if 0.4 < lost < 0.6 else "to about 0.71, all of R²"


def guess_dice():
    # of least squares: a larger design never fits worse, and the gain of one column of noise is (1 − R²) / 41 or so
    X, y = _numbers("swiss", "Fertility")
    gains = [
        loss_without(np.column_stack([X, c]), y, 5) for c in np.random.default_rng(1).normal(size=(50, 47))
    ]
    return "a little, every time" if min(gains) > 0 and np.mean(gains) < 0.02 else "nothing: dice say nothing"


def guess_twin():
    X, y = lesson07._plots()
    return ["rain", "gauge", "sun", "dice"][int(np.argmax([loss_without(X, y, j) for j in range(4)]))]


def guess_income():
    # from the t of the difference: a normal curve says how often the larger is larger again
    X, y = _numbers("duncan", "prestige")
    fit = sm.OLS(y, sm.add_constant(X)).fit()
    z = fit.t_test([0, 1, -1]).tvalue.item()
    ahead = 500 * (1 + math.erf(z / math.sqrt(2)))
    return "in over 900" if ahead > 900 else "in under 100" if ahead < 100 else "in about 600"


def guess_gauge():
    X, y = lesson07._plots()
    ratio = _shapley(X, y, 1) / _shapley(X, y, 0)
    return "more than half of what rain gets" if ratio > 0.6 else "none"
