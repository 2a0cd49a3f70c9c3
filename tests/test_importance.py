"""helpers/importance.py against numpy, scipy and statsmodels."""

import numpy as np
import pytest
import scipy.linalg
import statsmodels.api as sm
from sklearn.metrics import r2_score
from statsmodels.stats.outliers_influence import variance_inflation_factor

from helpers.data import load
from helpers.importance import digits, least_squares, null_space, r_squared, rank, standardised, vif

SEED_X = np.array([[1, 1, 2, 3], [1, 4, 5, 6], [1, 7, 8, 9], [1, 10, 11, 12]])


def random_design(seed, rows=12, columns=4):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, columns)) * [1, 10, 1000, 0.01]
    return X, X @ rng.normal(size=columns) + rng.normal(size=rows)


@pytest.mark.parametrize("seed", range(5))
def test_least_squares_is_statsmodels(seed):
    X, y = random_design(seed)
    ours, theirs = least_squares(X, y), sm.OLS(y, X).fit()
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-8)
    np.testing.assert_allclose(ours.errors, theirs.bse, rtol=1e-8)
    np.testing.assert_allclose(ours.t, theirs.tvalues, rtol=1e-8)
    np.testing.assert_allclose(ours.predicted, theirs.fittedvalues, rtol=1e-8, atol=1e-8)
    assert ours.r_squared == pytest.approx(r2_score(y, ours.predicted))


def test_longley_to_the_certified_digits():
    data = load("longley")
    names = [name for name in data if name != "TOTEMP"]
    X = np.column_stack([np.ones(16)] + [data[name] for name in names])
    certified = {name: float(value) for name, value in zip(*load("longley_certified").values(), strict=True)}
    fit = least_squares(X, data["TOTEMP"])
    assert digits(fit.coefficients, [certified[n] for n in ["const", *names]]).min() > 9
    assert digits(fit.errors, [certified[f"se_{n}"] for n in ["const", *names]]).min() > 9
    assert digits(fit.r_squared, certified["R2"]) > 12


@pytest.mark.parametrize("seed", range(20))
def test_null_space_and_rank(seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(-3, 4, (7, 3)).astype(float)
    X = (X @ rng.integers(-2, 3, (3, 5)))[:, rng.permutation(5)] * [1, 1000, 1, 0.001, 1]
    ours, theirs = null_space(X), scipy.linalg.null_space(X)
    assert ours.shape == theirs.shape and rank(X) == np.linalg.matrix_rank(X) == 5 - ours.shape[1]
    np.testing.assert_allclose(X @ ours, 0, atol=1e-9)
    together = np.column_stack([ours / np.linalg.norm(ours, axis=0), theirs])
    assert np.linalg.matrix_rank(together, tol=1e-6) == theirs.shape[1]  # the same directions


def test_null_space_of_the_essay():
    np.testing.assert_allclose(null_space(SEED_X).T, [[-1, -1, 1, 0], [-2, -1, 0, 1]], atol=1e-12)
    assert null_space(np.eye(3)).shape == (3, 0) and rank(np.zeros((3, 2))) == 0


@pytest.mark.parametrize("seed", range(5))
def test_vif_and_standardised(seed):
    X, y = random_design(seed)
    design = sm.add_constant(X)
    np.testing.assert_allclose(vif(X), [variance_inflation_factor(design, j) for j in range(1, 5)])
    z = [(v - v.mean(axis=0)) / v.std(axis=0) for v in (X, y)]
    np.testing.assert_allclose(standardised(X, y), sm.OLS(z[1], z[0]).fit().params)
    np.testing.assert_allclose(standardised(X * [1000, 1, 1, 0.001], y), standardised(X, y))
    np.testing.assert_allclose(vif(X[:, :1]), [1.0])


def test_r_squared():
    assert r_squared([1, 2, 4], [1, 2, 4]) == 1.0
    assert r_squared([1, 2, 6], [3, 3, 3]) == pytest.approx(0.0)
    assert r_squared([1, 2, 3], [3, 2, 1]) == pytest.approx(-3.0)


GOOD = [[1.0, 2.0], [1.0, 3.0], [1.0, 5.0]]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: rank([]), "X must not be empty"),
        (lambda: rank([1, 2, 3]), r"X must have the shape \(rows, columns\); got shape \(3,\)"),
        (lambda: rank([[1, 2], [3]]), "X must be numbers in rows of equal length"),
        (lambda: rank([["a", "b"]]), "X must be numbers"),
        (lambda: null_space([[1, np.nan]]), "X must be finite numbers; got 1 NaN or infinite"),
        (lambda: least_squares(GOOD, [1, 2]), r"y must have the shape \(3,\); got shape \(2,\)"),
        (lambda: least_squares(GOOD, [1, 2, np.inf]), "y must be finite"),
        (lambda: least_squares(GOOD, [1, 1, 1]), "y must vary; got a constant"),
        (lambda: least_squares(GOOD[:2], [1, 2]), "more rows than columns; got 2 rows and 2 columns"),
        (
            lambda: least_squares(SEED_X, [10, 20, 30, 40]),
            r"rank 4; got rank 2 \(columns 0, 1, 2, 3 are tied\)",
        ),
        (lambda: standardised(GOOD, [1, 2, 4]), "X must vary; got a constant in column 0"),
        (
            lambda: standardised(SEED_X[:, 1:], [1, 2, 3, 5]),
            r"rank 3; got rank 1 \(columns 0, 1, 2 are tied\)",
        ),
        (lambda: vif(GOOD), "X must vary; got a constant in column 0"),
        (lambda: vif(SEED_X[:, 1:]), "rank 3; got rank 1"),
        (lambda: r_squared([2, 2], [1, 2]), "y must vary; got a constant"),
        (lambda: r_squared([1, 2], [1]), "predicted must have the shape"),
    ],
)
def test_bad_input_is_named(call, said):
    with pytest.raises(ValueError, match=said):
        call()
