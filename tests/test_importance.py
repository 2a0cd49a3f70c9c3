"""helpers/importance.py against numpy, scipy, statsmodels, exact fractions and printed tables."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
import scipy.linalg
import scipy.stats
import statsmodels.api as sm
from sklearn.metrics import r2_score
from statsmodels.stats.outliers_influence import variance_inflation_factor

from helpers.data import load
from helpers.importance import (
    _counts,
    accuracy,
    bootstrap,
    digits,
    drop_column,
    least_squares,
    lmg,
    null_space,
    permutation,
    permutation_linear,
    r_squared,
    rank,
    standardised,
    vif,
)

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


def test_vif_of_columns_that_are_nearly_tied():
    rng = np.random.default_rng(0)
    a, e = rng.normal(size=(2, 30))
    for apart in (1e-3, 1e-5, 1e-7):  # a correlation matrix alone loses the last of these
        X = np.column_stack([a, a + apart * e])
        z, line = a - a.mean(), np.column_stack([np.ones(30), a])
        own = (
            e - line @ np.linalg.lstsq(line, e, rcond=None)[0]
        )  # what the second does not share with the first
        wanted = 1 + (z @ (z + apart * (e - e.mean()))) ** 2 / (z @ z) / (apart**2 * own @ own)
        np.testing.assert_allclose(vif(X), [wanted, wanted], rtol=1e-5)


# ---------------------------------------------------------------- meanings of "important"


def spread_design(seed, rows=25, columns=4):
    """Columns that share something, in unlike units."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, columns)) + rng.normal(size=(rows, 1))
    y = X @ rng.normal(size=columns) + rng.normal(size=rows)
    return X * rng.uniform(0.01, 100, columns), y


def share(X, y):
    """R² of a fit by statsmodels; of no columns, 0."""
    return sm.OLS(y, sm.add_constant(X)).fit().rsquared if X.shape[1] else 0.0


@pytest.mark.parametrize("seed", range(5))
def test_drop_column_is_the_fall_of_r_squared_after_refitting(seed):
    X, y = spread_design(seed)
    wanted = [share(X, y) - share(np.delete(X, j, axis=1), y) for j in range(4)]
    np.testing.assert_allclose(drop_column(X, y), wanted, rtol=1e-8, atol=1e-12)
    fit = sm.OLS(y, sm.add_constant(X)).fit()
    np.testing.assert_allclose(drop_column(X, y), fit.tvalues[1:] ** 2 * (1 - fit.rsquared) / fit.df_resid)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("columns", [1, 2, 4])
def test_lmg_is_the_average_over_all_orders(seed, columns):
    X, y = spread_design(seed, columns=columns)
    gains = np.zeros(columns)
    orders = list(itertools.permutations(range(columns)))
    for order in orders:
        for k, j in enumerate(order):
            gains[j] += share(X[:, order[: k + 1]], y) - share(X[:, order[:k]], y)
    np.testing.assert_allclose(lmg(X, y), gains / len(orders), rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_lmg_adds_up_to_r_squared_and_does_not_mind_order_or_unit(seed):
    columns = 1 + seed
    X, y = spread_design(seed, 40, columns)
    shares = lmg(X, y)
    assert shares.sum() == pytest.approx(share(X, y), abs=1e-12) and shares.min() > -1e-12
    order = np.random.default_rng(seed).permutation(columns)
    np.testing.assert_allclose(lmg(-3 * X[:, order] + 7, 100 * y), shares[order], rtol=1e-8, atol=1e-13)


def fitted(X, y):
    fit = sm.OLS(y, sm.add_constant(X)).fit()
    return fit.params[1:], fit.params[0]


@pytest.mark.parametrize("conditional", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_permutation_is_a_loop_and_its_fast_form_says_the_same(seed, conditional):
    X, y = spread_design(seed)
    weights, constant = fitted(X, y)
    orders = np.array([np.random.default_rng(k).permutation(25) for k in range(6)])
    wanted = np.empty((6, 4))
    for j in range(4):
        others = sm.add_constant(np.delete(X, j, axis=1))
        known = sm.OLS(X[:, j], others).fit().fittedvalues if conditional else np.zeros(25)
        for i, order in enumerate(orders):
            shuffled = X.copy()
            shuffled[:, j] = known + (X[:, j] - known)[order]
            wanted[i, j] = r2_score(y, X @ weights + constant)
            wanted[i, j] -= r2_score(y, shuffled @ weights + constant)
    slow = permutation(lambda rows: rows @ weights + constant, X, y, orders, conditional=conditional)
    np.testing.assert_allclose(slow, wanted, rtol=1e-9, atol=1e-12)
    fast = permutation_linear(weights, constant, X, y, orders, conditional=conditional)
    np.testing.assert_allclose(fast, slow, rtol=1e-9, atol=1e-12)
    one, other = (
        permutation(lambda rows: rows @ weights + constant, X, y, 3, seed, conditional=conditional),
        permutation_linear(weights, constant, X, y, 3, seed, conditional=conditional),
    )
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_permutation_over_all_orders(seed):
    X, y = spread_design(seed, rows=6, columns=2)
    weights, constant = fitted(X, y)
    orders = np.array(list(itertools.permutations(range(6))))
    mean = permutation_linear(weights, constant, X, y, orders).mean(axis=0)
    np.testing.assert_allclose(mean, 2 * standardised(X, y) ** 2, rtol=1e-9)
    mean = permutation_linear(weights, constant, X, y, orders, conditional=True).mean(axis=0)
    np.testing.assert_allclose(mean, 2 * drop_column(X, y), rtol=1e-9)


def test_permutation_of_labels_leaves_the_rows_alone():
    X = np.arange(12.0).reshape(6, 2)
    X.flags.writeable = False
    y = np.where(X[:, 0] > 5, "high", "low")
    orders = np.array([[5, 4, 3, 2, 1, 0], [0, 1, 2, 3, 4, 5]])

    def predict(rows):
        return np.where(rows[:, 0] > 5, "high", "low")

    assert permutation(predict, X, y, orders, score=accuracy).tolist() == [[1.0, 0.0], [0.0, 0.0]]
    sure = permutation_linear([1, 0], -5, X, X[:, 0] > 5, orders, score=lambda y, z: accuracy(y, z > 0))
    assert sure.tolist() == [[1.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("seed", range(5))
def test_a_resample_is_a_vector_of_counts(seed):
    X, y = spread_design(seed)
    counts = _counts(25, 20, seed)
    assert (counts.sum(axis=1) == 25).all() and counts.max() > 1
    wanted = []
    for count in counts.astype(int):
        rows = np.repeat(np.arange(25), count)
        z = [(v[rows] - v[rows].mean(axis=0)) / v[rows].std(axis=0) for v in (X, y)]
        wanted.append(sm.OLS(z[1], z[0]).fit().params)
    np.testing.assert_allclose(bootstrap(X, y, 20, seed), wanted, rtol=1e-8, atol=1e-10)


def test_resamples_are_drawn_evenly():
    counts = _counts(10, 20_000, 0)
    np.testing.assert_allclose(counts.mean(axis=0), 1, atol=0.04)  # 5 standard errors
    np.testing.assert_allclose(counts.var(axis=0), 0.9, atol=0.06)


# ---------------------------------------------------------------- printed tables, to the last digit


def columns_of(name, target):
    table = {key: values for key, values in load(name).items() if values.dtype.kind == "f"}
    y = table.pop(target)
    return list(table), np.column_stack(list(table.values())), y


def prints(number, text):
    """Whether a number, rounded to as many decimals, is what was printed."""
    decimals = len(text.partition(".")[2])
    return abs(number - float(text)) <= 0.5000001 * 10.0**-decimals


SWISS = {  # R's help page of swiss, summary(lm(Fertility ~ ., swiss))
    "coefficients": "66.91518 -0.17211 -0.25801 -0.87094 0.10412 1.07705",
    "errors": "10.70604 0.07030 0.25388 0.18303 0.03526 0.38172",
    "lmg": "0.0570912207681 0.1711730289002 0.2601346786244 0.1055701503735 0.1127659229265",  # relaimpo 2.2-7
}


def test_swiss_as_printed():
    _, X, y = columns_of("swiss", "Fertility")
    fit = least_squares(np.column_stack([np.ones(47), X]), y)
    found = {"coefficients": fit.coefficients, "errors": fit.errors, "lmg": lmg(X, y)}
    for what, texts in SWISS.items():
        for number, text in zip(found[what], texts.split(), strict=True):
            assert prints(number, text), (what, text)
    adjusted = 1 - (1 - fit.r_squared) * 46 / 41
    f = (fit.r_squared / 5) / ((1 - fit.r_squared) / 41)
    for number, text in [(fit.r_squared, "0.7067"), (adjusted, "0.671"), (f, "19.76")]:
        assert prints(number, text), text
    assert prints(fit.r_squared, "0.706735001593") and prints(lmg(X, y).sum(), "0.706735001593")


def test_cement_as_printed():
    _, X, _ = columns_of("cement", "y")
    for number, text in zip(vif(X), ["38.49621", "254.42317", "46.86839", "282.51286"], strict=True):
        assert prints(number, text), text  # car::vif


DUNCAN = {  # Fox & Weisberg, An R Companion to Applied Regression; all digits of a double
    "coefficients": "-6.064662922103356 0.5987328215294941 0.5458339094008812",
    "errors": "4.271941174529124 0.11966734981235407 0.0982526413303999",
}


def exact(X, y):
    """Coefficients and their squared standard errors in exact fractions."""
    table = [[Fraction(v) for v in row] for row in np.column_stack([np.ones(len(y)), X]).tolist()]
    y, size = [Fraction(v) for v in np.asarray(y).tolist()], len(table[0])
    left = [[sum(r[i] * r[j] for r in table) for j in range(size)] for i in range(size)]
    left = [row + [Fraction(int(i == j)) for j in range(size)] for i, row in enumerate(left)]
    for k in range(size):
        left[k] = [v / left[k][k] for v in left[k]]
        left = [
            row if i == k else [a - row[k] * b for a, b in zip(row, left[k], strict=True)]
            for i, row in enumerate(left)
        ]
    inverse = [row[size:] for row in left]
    sums = [sum(r[i] * v for r, v in zip(table, y, strict=True)) for i in range(size)]
    b = [sum(a * s for a, s in zip(row, sums, strict=True)) for row in inverse]
    misses = [v - sum(a * c for a, c in zip(r, b, strict=True)) for r, v in zip(table, y, strict=True)]
    ssr = sum(m * m for m in misses)
    return b, [ssr / (len(y) - size) * inverse[i][i] for i in range(size)], ssr


def test_duncan_as_printed():
    _, X, y = columns_of("duncan", "prestige")
    fit, (b, squares, _) = least_squares(np.column_stack([np.ones(45), X]), y), exact(X, y)
    for texts, ours, true in [
        (DUNCAN["coefficients"], fit.coefficients, [float(v) for v in b]),
        (DUNCAN["errors"], fit.errors, [float(v) ** 0.5 for v in squares]),
    ]:
        printed = [float(text) for text in texts.split()]
        # Exact fractions show that the last two printed digits of the constant are rounding: 325, not 356.
        np.testing.assert_allclose(true, printed, rtol=1e-14)
        np.testing.assert_allclose(ours, printed, rtol=1e-13)
    # the difference of two coefficients is a coefficient: of income beside income + education
    both = least_squares(np.column_stack([np.ones(45), X[:, 0], X.sum(axis=1)]), y)
    apart, error, t = both.coefficients[1], both.errors[1], both.t[1]
    reach = scipy.stats.t.ppf(0.975, 42) * error
    found = [apart, t, 2 * scipy.stats.t.sf(abs(t), 42), apart - reach, apart + reach]
    for number, text in zip(found, ["0.05", "0.26", "0.7952", "-0.36", "0.46"], strict=True):
        assert prints(number, text), text  # Nguyen, A Guide on Data Analysis


def test_longley_is_certified_to_the_last_digit_by_exact_fractions():
    names, X, y = columns_of("longley", "TOTEMP")
    certified = dict(zip(*load("longley_certified").values(), strict=True))
    b, squares, ssr = exact(X, y)
    total = sum((Fraction(v) - Fraction(int(y.sum()), 16)) ** 2 for v in y.tolist())
    numbers = dict(zip(["const", *names], b, strict=True))
    numbers |= {f"se_{name}": float(s) ** 0.5 for name, s in zip(["const", *names], squares, strict=True)}
    numbers |= {"ssr": ssr, "s2": ssr / 9, "R2": 1 - ssr / total, "F": (total - ssr) / 6 / (ssr / 9)}
    assert set(numbers) == set(certified)
    for name, text in certified.items():
        assert digits(float(numbers[name]), float(text)) > 14.3, name
        if isinstance(numbers[name], Fraction):
            decimals = len(text.partition(".")[2])
            assert abs(numbers[name] - Fraction(text)) <= Fraction(1, 2 * 10**decimals), name


def test_r_squared():
    assert r_squared([1, 2, 4], [1, 2, 4]) == 1.0
    assert r_squared([1, 2, 6], [3, 3, 3]) == pytest.approx(0.0)
    assert r_squared([1, 2, 3], [3, 2, 1]) == pytest.approx(-3.0)


GOOD = [[1.0, 2.0], [1.0, 3.0], [1.0, 5.0]]
WIDE = [[1.0, 2.0], [1.0, 3.0], [2.0, 5.0], [3.0, 1.0], [2.0, 2.0], [0.0, 7.0]]


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
        (lambda: drop_column(SEED_X[:, 1:], [1, 2, 3, 5]), r"rank 3; got rank 1 \(columns 0, 1, 2 are tied"),
        (lambda: drop_column(GOOD, [1, 2, 4]), "X must vary; got a constant in column 0"),
        (lambda: lmg(SEED_X[:, 1:], [1, 2, 3, 5]), "rank 3; got rank 1"),
        (lambda: lmg([], []), r"X must not be empty; got shape \(0,\)"),
        (lambda: lmg([[1, np.nan], [2, 3]], [1, 2]), "X must be finite numbers; got 1 NaN"),
        (lambda: lmg(np.eye(30)[:, :21], range(30)), r"X must have at most 20 columns, .*; got 21"),
        (lambda: lmg([[1, 2], [2, 1], [5, 5]], [1, 2]), r"y must have the shape \(3,\); got shape \(2,\)"),
        (
            lambda: bootstrap([[1.0], [2.0], [4.0]], [1, 2, 5]),
            r"rows enough .* got 3 rows for 1 columns, and \d+ of",
        ),
        (lambda: bootstrap(WIDE, range(6), draws=0), "draws must be a whole number, 1 or more; got 0"),
        (lambda: bootstrap(WIDE, [1] * 6), "y must vary; got a constant"),
        (lambda: permutation(sum, WIDE, [1] * 5), r"y must have the shape \(6,\); got shape \(5,\)"),
        (
            lambda: permutation(lambda X: X, WIDE, range(6)),
            r"predict must return the shape \(6,\), .* got \(6, 2\)",
        ),
        (
            lambda: permutation(lambda X: X[:, 0], WIDE, range(6), 0),
            "repeats must be a whole number, 1 or more",
        ),
        (
            lambda: permutation(lambda X: X[:, 0], WIDE, range(6), [[0, 0, 1, 2, 3, 4]]),
            "must be orders of the 6",
        ),
        (
            lambda: permutation(lambda X: X[:, 0], GOOD, [1, 2, 4], conditional=True),
            "X must vary; got a const",
        ),
        (
            lambda: permutation_linear([1], 0, WIDE, range(6)),
            r"weights must have the shape \(2,\); got shape \(1,",
        ),
        (lambda: permutation_linear([1, np.nan], 0, WIDE, range(6)), "weights must be finite"),
        (lambda: r_squared([2, 2], [1, 2]), "y must vary; got a constant"),
        (lambda: r_squared([1, 2], [1]), "predicted must have the shape"),
    ],
)
def test_bad_input_is_named(call, said):
    with pytest.raises(ValueError, match=said):
        call()
