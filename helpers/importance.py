"""What a model says about its columns, and what it cannot say.

Of a linear regression: least squares with its standard errors, the null space of a design, standardised
coefficients and variance inflation factors, after Belsley, Kuh & Welsch, *Regression Diagnostics* (1980). Then
several meanings of "important": what is lost without a column, what is lost when it is shuffled (for any model), its
share of R², and how far all of this moves from one sample to the next.
"""

from dataclasses import dataclass
from math import comb

import numpy as np

SAME = 1e-9  # a column that the others make up to this share of its length adds nothing of its own


@dataclass(frozen=True)
class Fit:
    """A least-squares fit: arrays of one value per column (`coefficients`, `errors`) or per row (`predicted`)."""

    coefficients: np.ndarray
    errors: np.ndarray  # standard errors of the coefficients
    predicted: np.ndarray
    r_squared: float

    @property
    def t(self):
        """Each coefficient in standard errors."""
        return self.coefficients / self.errors


def least_squares(X, y):
    """Fit `y` by a weighted sum of the columns of `X`.

    Parameters
    ----------
    X : array, shape (rows, columns), the design; a constant is a column of ones, and is not added
    y : array, shape (rows,)

    Returns
    -------
    Fit

    Raises
    ------
    ValueError : if there are not more rows than columns, or if the columns do not determine the coefficients
    """
    X = _design(X)
    y = _column(y, "y", len(X))
    rows, columns = X.shape
    _independent(X, "X")
    if rows == columns:
        raise ValueError(f"X must have more rows than columns; got {rows} rows and {columns} columns")
    # Solving with unit columns costs fewer digits: Longley's columns differ in size by a factor of 400 000.
    length = np.linalg.norm(X, axis=0)
    q, r = np.linalg.qr(X / length)
    inverse = np.linalg.inv(r) / length[:, None]
    coefficients = inverse @ (q.T @ y)
    predicted = X @ coefficients
    noise = np.sum((y - predicted) ** 2) / (rows - columns)  # the variance of what is left over
    errors = np.sqrt(noise * np.sum(inverse**2, axis=1))
    return Fit(coefficients, errors, predicted, r_squared(y, predicted))


def r_squared(y, predicted):
    """The share of the variation of `y` that `predicted` explains: 1 is all, 0 no more than the mean does.

    Parameters
    ----------
    y, predicted : arrays, shape (rows,); new data are welcome, and can give a negative answer

    Raises
    ------
    ValueError : if `y` does not vary
    """
    y = _column(y, "y")
    predicted = _column(predicted, "predicted", len(y))
    _scores(y, "y")  # refuses a constant
    return float(1 - np.sum((y - predicted) ** 2) / np.sum((y - y.mean()) ** 2))


def null_space(X):
    """The changes of the coefficients that change no prediction.

    Goes through the columns from the left. A column that the earlier ones can make up gives one answer: 1 for
    itself, and for the others what takes it away again.

    Parameters
    ----------
    X : array, shape (rows, columns)

    Returns
    -------
    array, shape (columns, columns − rank) : each of its columns n has X @ n = 0
    """
    X = _design(X)
    scaled, length = _unit(X)
    kept, free = [], []
    for j in range(X.shape[1]):
        made = np.linalg.lstsq(scaled[:, kept], scaled[:, j], rcond=None)[0] if kept else np.zeros(0)
        if np.linalg.norm(scaled[:, j] - scaled[:, kept] @ made) > SAME:
            kept.append(j)
        else:
            n = np.zeros(X.shape[1])
            n[j] = 1.0
            made[np.abs(made) < SAME] = 0.0  # rounding: a column that is not needed gets exactly 0
            n[kept] = -made * length[j] / length[kept]
            free.append(n)
    return np.array(free).reshape(-1, X.shape[1]).T


def rank(X):
    """How many columns of `X` say something that the columns before them do not; 0 if there are no columns."""
    if isinstance(X, np.ndarray) and X.ndim == 2 and X.shape[1] == 0:
        return 0
    X = _design(X)
    return X.shape[1] - null_space(X).shape[1]


def standardised(X, y):
    """Coefficients in standard deviations of `y` per standard deviation of each column.

    Parameters
    ----------
    X : array, shape (rows, columns), without a constant
    y : array, shape (rows,)

    Returns
    -------
    array, shape (columns,)
    """
    Z, u = _standard_scores(X, y)
    _independent(Z, "X, once centred,")
    return np.linalg.lstsq(Z, u, rcond=None)[0]


def vif(X):
    """Variance inflation factors: by how much its likeness to the others widens each coefficient's variance.

    The diagonal of the inverse of the correlation matrix; 1 / (1 − R²) of each column on all the others.

    Parameters
    ----------
    X : array, shape (rows, columns), without a constant (one is understood)

    Returns
    -------
    array, shape (columns,) : 1 for a column like no other
    """
    return np.diag(_inverse_correlations(_scores(_design(X), "X"))).copy()


def _inverse_correlations(Z):
    """The inverse of the correlation matrix of standardised columns; refuses columns that are tied."""
    inverse = np.full(Z.shape[1:] * 2, np.inf)
    try:
        inverse = np.linalg.inv(Z.T @ Z / len(Z))
    except np.linalg.LinAlgError:
        pass
    # A correlation matrix holds half as many digits as its columns: where they are nearly tied, ask the columns.
    if not ((np.diag(inverse) > 0) & (np.diag(inverse) < 1e6)).all():
        _independent(Z, "X, once centred,")
        half = np.linalg.inv(np.linalg.qr(Z / np.sqrt(len(Z)), mode="r"))
        inverse = half @ half.T
    return inverse


def digits(got, certified):
    """To how many significant digits `got` agrees with `certified`, at most 15 (numbers or arrays)."""
    got, certified = np.asarray(got, float), np.asarray(certified, float)
    apart = np.abs(got - certified) / np.abs(certified)
    return -np.log10(np.clip(apart, 1e-15, 1.0))


# ---------------------------------------------------------------- meanings of "important"


def drop_column(X, y):
    """By how much R² falls when a column is left out and the others are fitted again, on the same rows.

    No fit is repeated: with standardised columns the fall is b² divided by the column's variance inflation factor.

    Parameters
    ----------
    X : array, shape (rows, columns), without a constant (one is understood)
    y : array, shape (rows,)

    Returns
    -------
    array, shape (columns,) : 0 for a column that adds nothing to the others
    """
    Z, u = _standard_scores(X, y)
    inverse = _inverse_correlations(Z)
    b = inverse @ (Z.T @ u) / len(u)
    return b**2 / np.diag(inverse)


def permutation(predict, X, y, repeats=30, seed=0, score=None, conditional=False):
    """By how much the score of a model falls when one column is shuffled; the model stays as it is.

    Every column is shuffled in the same orders, so that they are compared on equal terms.

    Parameters
    ----------
    predict : callable, turns rows of shape (rows, columns) into predictions of shape (rows,); any model
    X : array, shape (rows, columns), the rows to ask: they need not be those of the fit
    y : array, shape (rows,)
    repeats : int, how many orders to draw, or an array of orders, shape (repeats, rows)
    seed : int
    score : callable, takes (y, predictions); `r_squared` if None, where `accuracy` is for labels
    conditional : bool, whether to shuffle only what the other columns do not say about this one (the misses of a
        linear fit to them), so that the shuffled rows keep to the lines that the data lie on

    Returns
    -------
    array, shape (repeats, columns) : the fall at each shuffle

    Notes
    -----
    After Breiman (2001), *Random forests*, and Fisher, Rudin & Dominici (2019). Its mean over all orders is
    2 · standardised coefficient² for a least-squares fit on its own rows, and 2 · `drop_column` if conditional.
    """
    X, y, score = _design(X), _labels(y, X), score or r_squared
    orders, known = _orders(repeats, len(X), seed), _said_by_others(X, conditional)
    before = score(y, _predictions(predict(X), y))
    falls = np.empty((len(orders), X.shape[1]))
    for j in range(X.shape[1]):
        shuffled, own = X.copy(), X[:, j] - known[:, j]
        for i, order in enumerate(orders):
            shuffled[:, j] = known[:, j] + own[order]
            falls[i, j] = before - score(y, _predictions(predict(shuffled), y))
    return falls


def permutation_linear(weights, constant, X, y, repeats=30, seed=0, score=None, conditional=False):
    """`permutation` of a linear model: shuffling a column shifts each prediction by its weight times the change.

    Parameters
    ----------
    weights : array, shape (columns,); constant : float. The predictions are X @ weights + constant
    X, y, repeats, seed, conditional : as for `permutation`
    score : callable, takes (y, predictions of shape (repeats, rows)) and answers for each repeat; R² if None

    Returns
    -------
    array, shape (repeats, columns)
    """
    X, score = _design(X), score or _r_squared_of_each
    y, weights = _labels(y, X), _column(weights, "weights", X.shape[1])
    orders, known = _orders(repeats, len(X), seed), _said_by_others(X, conditional)
    sums = X @ weights + constant
    before, falls = score(y, sums[None]), []
    for own, weight in zip((X - known).T, weights, strict=True):
        falls.append(before - score(y, sums + weight * (own[orders] - own)))  # (repeats, rows) at once
    return np.array(falls).T


def accuracy(y, predicted):
    """The share of right answers."""
    return np.mean(np.asarray(y) == np.asarray(predicted), axis=-1)


def lmg(X, y):
    """Each column's share of R²: how much it adds, averaged over all orders in which the columns can come.

    The measure of Lindeman, Merenda & Gold (1980), `lmg` in Grömping's R package relaimpo (*Journal of Statistical
    Software* 17(1), 2006). It is the Shapley value of the columns when R² is shared out, so the shares add up to R².

    Parameters
    ----------
    X : array, shape (rows, columns), without a constant; at most 20 columns, because there are 2 ** columns subsets
    y : array, shape (rows,)

    Returns
    -------
    array, shape (columns,)
    """
    Z, u = _standard_scores(X, y)
    p = Z.shape[1]
    if p > 20:
        raise ValueError(f"X must have at most 20 columns, for 2 ** columns subsets are fitted; got {p}")
    _inverse_correlations(Z)  # refuses columns that are tied
    left = np.column_stack([Z, u])
    left = (left.T @ left / len(u))[:, :, None]  # (columns left and y, same, subsets)
    sizes = np.zeros(1, int)
    for _ in range(p):  # subset s has the columns whose bits are 1 in s
        rest = left[1:, 1:]
        used = rest - left[1:, :1] * (left[:1, 1:] / left[:1, :1])  # one elimination step for all subsets
        left, sizes = np.concatenate([rest, used], axis=2), np.concatenate([sizes, sizes + 1])
    explained = 1 - left[0, 0]  # R² of every subset, (2 ** p,)
    # of all orders, the share in which a set of this size comes before
    orders = np.array([1 / (p * comb(p - 1, size)) for size in range(p)] + [0.0])
    came, lacks = explained * orders[sizes - 1], explained * orders[sizes]
    both = came + lacks
    return np.array([both.reshape(-1, 2, 2**j)[:, 1].sum() for j in range(p)]) - lacks.sum()


def bootstrap(X, y, draws=1000, seed=0):
    """Standardised coefficients of many resamples: as many rows as there are, drawn with replacement.

    A resample is a vector of counts, how often it holds each row. So the sums of products that a fit needs are
    counts @ products, for all resamples at once.

    Parameters
    ----------
    X : array, shape (rows, columns), without a constant
    y : array, shape (rows,)
    draws, seed : int

    Returns
    -------
    array, shape (draws, columns)

    Raises
    ------
    ValueError : also if a resample has tied columns or a constant one: then the rows are too few for the columns
    """
    Z, u = _standard_scores(X, y)
    _inverse_correlations(Z)
    table = np.column_stack([np.ones(len(u)), Z, u])
    one, other = np.triu_indices(table.shape[1])
    products = _counts(len(u), draws, seed) @ (table[:, one] * table[:, other]) / len(u)  # (draws, pairs)
    sums = np.empty((table.shape[1],) * 2 + (draws,))
    sums[one, other] = sums[other, one] = products.T
    means = sums[0, 1:]
    sums = sums[1:, 1:] - means[:, None] * means  # covariances
    spread = np.sqrt(np.diagonal(sums).T.clip(SAME**2))  # (columns and y, draws)
    left = sums / (spread[:, None] * spread)  # correlations
    for k in range(Z.shape[1]):  # solve for all resamples at once, a column at a time
        if left[k, 0].min() < SAME:
            raise ValueError(
                f"X must have rows enough that each resample determines the coefficients; got {len(u)} rows "
                f"for {Z.shape[1]} columns, and {np.sum(left[k, 0] < SAME)} of {draws} resamples do not"
            )
        row = left[k, 1:] / left[k, 0]
        left = left[:, 1:] - left[:, :1] * row
        left[k] = row
    return left[:-1, 0].T


def _counts(rows, draws, seed):
    """How often each resample holds each row, shape (draws, rows)."""
    if not isinstance(draws, int | np.integer) or draws < 1:
        raise ValueError(f"draws must be a whole number, 1 or more; got {draws!r}")
    drawn = np.random.default_rng(seed).integers(0, rows, (draws, rows)) + rows * np.arange(draws)[:, None]
    return np.bincount(drawn.ravel(), minlength=draws * rows).reshape(draws, rows).astype(float)


def _orders(repeats, rows, seed):
    """The orders to shuffle in, shape (repeats, rows)."""
    if np.ndim(repeats) == 2:
        orders = np.asarray(repeats)
        if orders.shape[1] != rows or len(orders) == 0 or (np.sort(orders) != np.arange(rows)).any():
            raise ValueError(f"repeats must be orders of the {rows} rows; got an array of {orders.shape}")
        return orders
    if not isinstance(repeats, int | np.integer) or repeats < 1:
        raise ValueError(f"repeats must be a whole number, 1 or more, or an array of orders; got {repeats!r}")
    return np.random.default_rng(seed).permuted(np.tile(np.arange(rows), (repeats, 1)), axis=1)


def _said_by_others(X, conditional):
    """What each column is expected to be, given the others, by a linear fit; 0 if not conditional."""
    if not conditional:
        return np.zeros(X.shape)
    Z = _scores(X, "X")
    inverse = _inverse_correlations(Z)
    return X - X.std(axis=0) * (Z @ inverse) / np.diag(inverse)  # the misses, in the columns' own units


def _r_squared_of_each(y, predicted):
    return 1 - np.sum((y - predicted) ** 2, axis=-1) / np.sum((y - y.mean()) ** 2)


# ---------------------------------------------------------------- what the inputs must be


def _scores(X, name):
    """Columns with mean 0 and standard deviation 1; one that does not vary is refused."""
    mean = X.mean(axis=0)
    centred = X - mean
    spread = np.sqrt(np.einsum("i...,i...->...", centred, centred) / len(X))
    still = np.flatnonzero(spread <= SAME * np.abs(mean))
    if len(still):
        where = "" if X.ndim == 1 else f" in column {', '.join(map(str, still))}"
        raise ValueError(f"{name} must vary; got a constant{where}")
    return centred / spread


def _standard_scores(X, y):
    """A checked design and its `y`, standardised."""
    X = _design(X)
    y = _column(y, "y", len(X))
    return _scores(X, "X"), _scores(y, "y")


def _labels(y, X):
    """Numbers or labels, one for each row of `X`."""
    y = np.asarray(y)
    return y if y.dtype.kind in "US" and y.shape == (len(X),) else _column(y, "y", len(X))


def _predictions(predicted, y):
    predicted = np.asarray(predicted)
    if predicted.shape != y.shape:
        raise ValueError(f"predict must return the shape {y.shape}, one answer a row; got {predicted.shape}")
    return predicted


def _numbers(values, name):
    try:
        values = np.asarray(values, float)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be numbers in rows of equal length; got {type(values).__name__}"
        ) from None
    if values.size == 0:
        raise ValueError(f"{name} must not be empty; got shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must be finite numbers; got {np.sum(~np.isfinite(values))} NaN or infinite")
    return values


def _design(X):
    X = _numbers(X, "X")
    if X.ndim != 2:
        raise ValueError(f"X must have the shape (rows, columns); got shape {X.shape}")
    return X


def _column(y, name, rows=None):
    y = _numbers(y, name)
    if y.ndim != 1 or (rows is not None and len(y) != rows):
        wanted = "(rows,)" if rows is None else f"({rows},)"
        raise ValueError(f"{name} must have the shape {wanted}; got shape {y.shape}")
    return y


def _unit(X):
    length = np.linalg.norm(X, axis=0)
    return X / np.where(length > 0, length, 1.0), np.where(length > 0, length, 1.0)


def _independent(X, name):
    # On the diagonal of R stands what each column adds to those before it: none is nothing, all are needed.
    if len(X) >= X.shape[1] and (np.abs(np.diag(np.linalg.qr(_unit(X)[0], mode="r"))) > SAME).all():
        return
    free = null_space(X)
    if free.shape[1]:
        columns, known = X.shape[1], X.shape[1] - free.shape[1]
        tied = ", ".join(
            str(j) for j in np.flatnonzero(np.abs(_unit(X)[1][:, None] * free).max(axis=1) > SAME)
        )
        raise ValueError(
            f"{name} must have columns that do not repeat each other, rank {columns}; got rank {known} "
            f"(columns {tied} are tied), so the coefficients are not determined: see null_space"
        )
