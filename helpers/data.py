"""Load the small data sets of the course. `data/README.md` says what each of them is, and is not, good for."""

import csv
import math
from pathlib import Path

import numpy as np

# The columns that a file must have, in this order, and what stands in them: numbers, text, or `float | None`, numbers
# of which some are missing: NA in the file, NaN in the array.
TABLES = {
    "longley": dict.fromkeys(("TOTEMP", "GNPDEFL", "GNP", "UNEMP", "ARMED", "POP", "YEAR"), float),
    "longley_certified": {"quantity": str, "certified": str},
    "swiss": {"province": str}
    | dict.fromkeys(
        ("Fertility", "Agriculture", "Examination", "Education", "Catholic", "Infant.Mortality"), float
    ),
    "cement": dict.fromkeys(("x1", "x2", "x3", "x4", "y"), float),
    "duncan": {"occupation": str, "type": str} | dict.fromkeys(("income", "education", "prestige"), float),
    "penguins": {
        "species": str,
        "island": str,
        **dict.fromkeys(
            ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"), float | None
        ),
        "sex": str,
    },
    "airquality": dict.fromkeys(("Ozone", "Solar.R"), float | None)
    | dict.fromkeys(("Wind", "Temp", "Month", "Day"), float),
    "berkeley": {"Admit": str, "Gender": str, "Dept": str, "Freq": float},
    "hmda": {"deny": str}
    | dict.fromkeys(("pirat", "hirat", "lvrat", "chist", "mhist"), float)
    | {"phist": str, "unemp": float}
    | dict.fromkeys(("selfemp", "insurance", "condomin", "afam", "single", "hschool"), str),
}

PLACES = (Path(__file__).parent / "data", Path(__file__).parent.parent / "data")  # the wheel; the checkout


def load(name):
    """Load one data set.

    Parameters
    ----------
    name : str, one of `TABLES`

    Returns
    -------
    dict : column name -> array, shape (rows,), of float or str; the columns in the order of the file

    Raises
    ------
    ValueError : for an unknown name, or a file that is not what its datasheet says
    FileNotFoundError : if the file is missing from the installation
    """
    if name not in TABLES:
        raise ValueError(f"name must be one of {', '.join(TABLES)}; got {name!r}")
    found = [place / f"{name}.csv" for place in PLACES if (place / f"{name}.csv").is_file()]
    if not found:
        raise FileNotFoundError(f"data/{name}.csv is missing: install the course again, or restore the file")
    try:
        with open(found[0], encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise ValueError(f"data/{name}.csv is damaged: expected a CSV file in UTF-8") from None
    return _columns(rows, name)


def digits(held_out=500):
    """Handwritten digits, 1797 images of 8 × 8 pixels, as they come with scikit-learn; in a fixed, shuffled order.

    Parameters
    ----------
    held_out : int, how many images to keep aside

    Returns
    -------
    X, y, X_held, y_held : pixels from 0 (paper) to 1 (ink), (rows, 64), and the digits 0 to 9, (rows,)
    """
    from sklearn.datasets import load_digits  # late: `import helpers` costs numpy only

    if not (isinstance(held_out, int) and 0 < held_out < 1797):
        raise ValueError(f"held_out must be a whole number from 1 to 1796; got {held_out!r}")
    X, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(y))
    X, y = X[order] / 16, y[order]
    return X[:-held_out], y[:-held_out], X[-held_out:], y[-held_out:]


def _columns(rows, name):
    """Check the rows of a file against `TABLES` and turn them into columns."""
    kinds = TABLES[name]
    if not rows or rows[0] != list(kinds):
        got = ", ".join(rows[0]) if rows else "nothing"
        raise ValueError(f"data/{name}.csv must have the columns {', '.join(kinds)}; got {got}")
    if len(rows) == 1:
        raise ValueError(f"data/{name}.csv is damaged: expected rows below the column names, got none")
    columns = {column: [] for column in kinds}
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(kinds):
            raise ValueError(f"data/{name}.csv, line {number}: expected {len(kinds)} values, got {len(row)}")
        for (column, kind), text in zip(kinds.items(), row, strict=True):
            missing = kind == float | None and text == "NA"
            value = math.nan if missing else text if kind is str else _number(text, name, number, column)
            columns[column].append(value)
    return {column: np.array(values) for column, values in columns.items()}


def _number(text, name, line, column):
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"data/{name}.csv, line {line}: expected a number in column {column}, got {text!r}")
    return value
