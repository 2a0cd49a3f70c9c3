"""What a linear regression says about its columns, and what it cannot say.

Least squares with its standard errors, the null space of a design, standardised coefficients and variance
inflation factors. The formulas are those of Belsley, Kuh & Welsch, *Regression Diagnostics* (1980).
"""

from dataclasses import dataclass

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
    _varies(y[:, None], "y")
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
    X = _design(X)
    y = _column(y, "y", len(X))
    _varies(X, "X")
    _varies(y[:, None], "y")
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    _independent(Z, "X, once centred,")
    return np.linalg.lstsq(Z, (y - y.mean()) / y.std(), rcond=None)[0]


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
    X = _design(X)
    _varies(X, "X")
    _independent((X - X.mean(axis=0)) / X.std(axis=0), "X, once centred,")
    return np.diag(np.linalg.inv(np.corrcoef(X, rowvar=False).reshape(X.shape[1], -1)))


def digits(got, certified):
    """To how many significant digits `got` agrees with `certified`, at most 15 (numbers or arrays)."""
    got, certified = np.asarray(got, float), np.asarray(certified, float)
    apart = np.abs(got - certified) / np.abs(certified)
    return -np.log10(np.clip(apart, 1e-15, 1.0))


# ---------------------------------------------------------------- what the inputs must be


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


def _varies(X, name):
    still = [j for j in range(X.shape[1]) if np.ptp(X[:, j]) <= SAME * np.abs(X[:, j]).max()]
    if still:
        where = "" if name == "y" else f" in column {', '.join(map(str, still))}"
        raise ValueError(f"{name} must vary; got a constant{where}")


def _independent(X, name):
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
