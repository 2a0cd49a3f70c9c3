"""The data against their datasheets, and against the copies of those who published them."""

import re

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.datasets import load_digits

from helpers import author, data

SHEETS = (author.ROOT / "data" / "README.md").read_text(encoding="utf-8")


def sheet(name):
    """Return the datasheet of one file."""
    (found,) = re.findall(rf"^## {name}\.csv\n(.*?)(?=^## |\Z)", SHEETS, re.MULTILINE | re.DOTALL)
    return found


@pytest.mark.parametrize("name", data.TABLES)
def test_every_table_is_what_its_datasheet_says(name):
    table, text = data.load(name), sheet(name)
    rows, columns = map(int, re.search(r"(\d+) rows, (\d+) columns", text).groups())
    assert len(table) == columns and {len(column) for column in table.values()} == {rows}
    assert re.findall(r"^\| ([\w.]+) \|", text, re.MULTILINE)[1:] == list(table)
    for word in ("What it is", "Source", "Licence", "How it was made", "Not for"):
        assert f"**{word}**" in text


def test_every_file_has_a_datasheet_and_a_loader():
    files = {path.stem for path in (author.ROOT / "data").glob("*.csv")}
    assert files == set(data.TABLES)


def test_longley_is_the_copy_of_statsmodels():
    theirs = sm.datasets.longley.load_pandas().data
    ours = data.load("longley")
    assert list(ours) == list(theirs.columns)
    np.testing.assert_array_equal(np.column_stack(list(ours.values())), theirs.to_numpy())


def test_penguins_are_those_of_the_published_table():
    table = data.load("penguins")
    kinds, counts = np.unique(table["species"], return_counts=True)
    assert dict(zip(kinds, counts.tolist(), strict=True)) == {"Adelie": 152, "Chinstrap": 68, "Gentoo": 124}
    means = {
        "bill_length_mm": 43.92193,
        "bill_depth_mm": 17.15117,
        "flipper_length_mm": 200.9152,
        "body_mass_g": 4201.754,
    }
    for name, mean in means.items():  # as R's summary() prints them
        assert np.isnan(table[name]).sum() == 2 and np.nanmean(table[name]) == pytest.approx(mean, rel=1e-6)
    assert sorted(set(table["sex"])) == ["NA", "female", "male"] and (table["sex"] == "NA").sum() == 11


def test_the_air_is_that_of_the_published_table():
    table = data.load("airquality")
    missing = {name: int(np.isnan(column).sum()) for name, column in table.items()}
    assert missing == {"Ozone": 37, "Solar.R": 7, "Wind": 0, "Temp": 0, "Month": 0, "Day": 0}
    assert np.sum(~np.isnan(table["Ozone"] + table["Solar.R"])) == 111
    for name, mean in {"Ozone": 42.13, "Solar.R": 185.9, "Wind": 9.958, "Temp": 77.88}.items():
        assert np.nanmean(table[name]) == pytest.approx(mean, rel=2e-4)  # as R's summary() prints them
    assert np.bincount(table["Month"].astype(int))[5:].tolist() == [31, 30, 31, 31, 30]
    complete = ~np.isnan(table["Ozone"] + table["Solar.R"])
    y, *columns = (table[name][complete] for name in ("Ozone", "Solar.R", "Wind", "Temp"))
    fit = sm.OLS(
        y, sm.add_constant(np.column_stack(columns))
    ).fit()  # as R prints lm(Ozone ~ Solar.R + Wind + Temp)
    np.testing.assert_allclose(fit.params, [-64.34208, 0.05982, -3.33359, 1.65209], rtol=1e-4)
    assert fit.rsquared == pytest.approx(0.6059, abs=5e-5)


def test_certified_values_are_text_and_hang_together():
    certified = dict(zip(*data.load("longley_certified").values(), strict=True))
    assert certified["GNP"] == "-0.0358191792925910"  # its last digit is a zero that a float would lose
    digits = [len(text.lstrip("-0.").replace(".", "")) for text in certified.values()]
    assert min(digits) == max(digits) == 15
    s2, ssr, share, f = (float(certified[name]) for name in ("s2", "ssr", "R2", "F"))
    assert s2 * 9 == pytest.approx(ssr, rel=1e-14)
    assert (share / 6) / ((1 - share) / 9) == pytest.approx(f, rel=1e-11)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must have the columns quantity, certified; got nothing"),
        ("quantity,value\na,1\n", "must have the columns quantity, certified; got quantity, value"),
        ("quantity,certified\n", "expected rows below the column names, got none"),
        ("quantity,certified\na,1\nb\n", "line 3: expected 2 values, got 1"),
        ('quantity,certified\n"a,1\n', "damaged"),
    ],
)
def test_a_damaged_file_is_named(text, said, tmp_path, monkeypatch):
    monkeypatch.setattr(data, "PLACES", (tmp_path / "none", tmp_path))
    (tmp_path / "longley_certified.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        data.load("longley_certified")


def test_other_troubles_are_named(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"name must be one of longley, .*; got 'lonley'"):
        data.load("lonley")
    monkeypatch.setattr(data, "PLACES", (tmp_path,))
    with pytest.raises(FileNotFoundError, match=re.escape("data/longley.csv is missing")):
        data.load("longley")
    header = ",".join(data.TABLES["longley"])
    for cell in ("abc", "nan", ""):
        (tmp_path / "longley.csv").write_text(f"{header}\n1,2,3,4,5,6,{cell}\n", encoding="utf-8")
        with pytest.raises(ValueError, match=f"line 2: expected a number in column YEAR, got '{cell}'"):
            data.load("longley")
    header = ",".join(data.TABLES["penguins"])
    (tmp_path / "penguins.csv").write_text(f"{header}\nAdelie,Dream,39,NA,180,3700,NA\n", encoding="utf-8")
    assert np.isnan(
        data.load("penguins")["bill_depth_mm"]
    ).all()  # NA is missing where the table says so, only
    (tmp_path / "penguins.csv").write_text(f"{header}\nAdelie,Dream,39,nan,180,3700,NA\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2: expected a number in column bill_depth_mm, got 'nan'"):
        data.load("penguins")
    (tmp_path / "longley.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="expected a CSV file in UTF-8"):
        data.load("longley")


def test_berkeley_is_the_table_of_freedmans_textbook():
    table = data.load("berkeley")
    shares = {
        "Male": (62, 63, 37, 33, 28, 6),
        "Female": (82, 68, 34, 35, 24, 7),
    }  # Freedman, Pisani & Purves, ch. 2
    applied = {"Male": (825, 560, 325, 417, 191, 373), "Female": (108, 25, 593, 375, 393, 341)}
    for sex, letter in ((sex, letter) for sex in shares for letter in "ABCDEF"):
        here = (table["Gender"] == sex) & (table["Dept"] == letter)
        (yes,), (no,) = (table["Freq"][here & (table["Admit"] == said)] for said in ("Admitted", "Rejected"))
        k = "ABCDEF".index(letter)
        assert yes + no == applied[sex][k] and abs(100 * yes / (yes + no) - shares[sex][k]) <= 0.5
    yes, no = (
        table["Freq"][table["Admit"] == said].reshape(6, 2).sum(axis=0) for said in ("Admitted", "Rejected")
    )
    assert round(yes[0] * no[1] / (no[0] * yes[1]), 3) == 1.841  # R's help page prints 1.83


def hmda():
    """Denied, recorded as Black, and the columns of Stock & Watson's table 11.2 as numbers."""
    table = data.load("hmda")
    numbers = {k: v if v.dtype.kind == "f" else (v == "yes").astype(float) for k, v in table.items()}
    ratio = numbers["lvrat"]
    return numbers | {"lvm": ((ratio >= 0.8) & (ratio <= 0.95)) * 1.0, "lvh": (ratio > 0.95) * 1.0}


# As printed by Hanck, Arnold, Gerber & Schmelzer, ch. 11, after Stock & Watson: coefficients and their HC1 errors
PRINTED = {
    "pirat": {"const": ("-0.079910", "0.031967"), "pirat": ("0.603535", "0.098483")},
    "afam pirat hirat lvm lvh chist mhist phist insurance selfemp": {
        "const": ("-0.183", "0.028"),
        "afam": ("0.084", "0.023"),
        "pirat": ("0.449", "0.114"),
        "hirat": ("-0.048", "0.110"),
        "lvm": ("0.031", "0.013"),
        "lvh": ("0.189", "0.050"),
        "chist": ("0.031", "0.005"),
        "mhist": ("0.021", "0.011"),
        "phist": ("0.197", "0.035"),
        "insurance": ("0.702", "0.045"),
        "selfemp": ("0.060", "0.021"),
    },
}


def as_printed(value, text):
    return f"{value:.{len(text.partition('.')[2])}f}" == text


@pytest.mark.parametrize("columns", PRINTED)
def test_hmda_gives_the_published_regressions_to_the_last_digit(columns):
    table, names = hmda(), columns.split()
    fit = sm.OLS(table["deny"], sm.add_constant(np.column_stack([table[name] for name in names])))
    fit = fit.fit(cov_type="HC1")
    for k, name in enumerate(["const", *names]):
        value, error = PRINTED[columns][name]
        assert as_printed(fit.params[k], value) and as_printed(fit.bse[k], error), name
    if len(names) > 1:
        assert as_printed(fit.rsquared, "0.266") and as_printed(fit.rsquared_adj, "0.263")


def test_hmda_gives_the_published_chances_and_raw_rates():
    table = hmda()
    X = sm.add_constant(np.column_stack([table["pirat"], table["afam"]]))
    white, black = sm.Logit(table["deny"], X).fit(disp=False).predict([[1, 0.3, 0], [1, 0.3, 1]])
    assert as_printed(white, "0.07485143") and as_printed(black, "0.22414592")
    assert as_printed(black - white, "0.1492945")
    share = [100 * table["deny"][table["afam"] == group].mean() for group in (1, 0)]
    assert as_printed(share[0], "28.3") and as_printed(share[1], "9.3") and (table["afam"] == 1).sum() == 339


def test_the_digits_are_scikit_learns_in_two_parts():
    theirs = load_digits()
    X, y, X_held, y_held = data.digits()
    assert X.shape == (1297, 64) and X_held.shape == (500, 64) and set(y) == set(y_held) == set(range(10))
    ours = np.column_stack([np.vstack([X, X_held]) * 16, np.append(y, y_held)])
    whole = np.column_stack([theirs.data, theirs.target])
    assert sorted(map(tuple, ours)) == sorted(map(tuple, whole))
    assert (y[:100] != theirs.target[:100]).any()  # shuffled
    counts = np.bincount(theirs.target)
    assert f"{counts.min()} to {counts.max()} of each" in SHEETS
    for wrong in (0, 1797, 2.5):
        with pytest.raises(ValueError, match="held_out must be"):
            data.digits(wrong)
