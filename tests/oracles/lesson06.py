"""Lesson 06's exercises, answered another way."""

from fractions import Fraction

import numpy as np
import scipy.linalg
import statsmodels.api as sm
from sklearn.metrics import r2_score
from statsmodels.stats.outliers_influence import variance_inflation_factor


def share_explained(y, predicted):
    return r2_score(y, predicted)


def is_perfect(b, X, y):
    # in exact arithmetic, from the decimal that is written to the decimal that is wanted
    for row, wanted in zip(np.asarray(X).tolist(), np.asarray(y).tolist(), strict=True):
        got = sum(Fraction(w) * Fraction(v) for w, v in zip(np.asarray(b).tolist(), row, strict=True))
        if abs(got - Fraction(wanted)) >= Fraction(1, 10**6):
            return False
    return True


def in_new_units(const, slope, factor, shift):
    x = np.array([-2.0, 0.0, 1.0, 5.0])
    new_slope, new_const = np.polyfit(factor * x + shift, const + slope * x, 1)
    return new_const, new_slope


def undetermined(X):
    touched = np.abs(scipy.linalg.null_space(X)).max(axis=1, initial=0)
    return [j for j, size in enumerate(touched) if size > 1e-9]


def square_vifs(x):
    answers = []
    for v in (x, x - np.mean(x)):
        design = sm.add_constant(np.column_stack([v, v**2]))
        answers.append(variance_inflation_factor(design, 1))
    return tuple(answers)


def guess_drop():
    # by hand: without x3, 20/3 + 10/3 · x1 is right in every row
    without = np.array([[1, 1, 2], [1, 4, 5], [1, 7, 8], [1, 10, 11]])
    return "it stays 1" if not (without @ [20, 10, 0] - [30, 60, 90, 120]).any() else "it falls to 0"


def guess_range():
    # by hand: const + x1 − x2 is 0 in every row, so (−1, −1, 1, 0) may be added any number of times
    X = np.array([[1, 1, 2, 3], [1, 4, 5, 6], [1, 7, 8, 9], [1, 10, 11, 12]])
    return "any number at all" if not (X @ [-1, -1, 1, 0]).any() else "only 10/9"


def guess_units():
    rng = np.random.default_rng(1)
    x, e = rng.uniform(1, 10, 20), rng.normal(size=20)
    m, mm = (sm.OLS(2 * x + e, sm.add_constant(unit * x)).fit() for unit in (1, 1000))
    stay = np.allclose([m.tvalues[1], m.rsquared], [mm.tvalues[1], mm.rsquared])
    shrink = np.allclose([m.params[1], m.bse[1]], [1000 * mm.params[1], 1000 * mm.bse[1]])
    return "only the coefficient and its standard error" if stay and shrink else "all four"


def guess_swing():
    # from the formula for the standard errors: no draw of the noise is needed
    rng = np.random.default_rng(0)
    first = rng.normal(size=30)
    X = np.column_stack([np.ones(30), first, first + 0.002 * rng.normal(size=30)])
    noise = 0.01 * np.std(X[:, 1] + X[:, 2])
    covariance = noise**2 * np.linalg.inv(X.T @ X)
    coefficients, predictions = np.sqrt(np.diag(covariance)), np.sqrt(np.diag(X @ covariance @ X.T))
    if coefficients[1] > 0.25 and predictions.max() < 0.25:
        return "only the coefficients"
    return "both" if coefficients[1] > 0.25 else "neither"


def guess_standardised():
    # once centred, the three columns are one and the same, so tidiness shares alike
    x = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]])
    centred = x - x.mean(axis=0)
    return "none: all three are equal" if (centred == centred[:, :1]).all() else "x3, as before"
