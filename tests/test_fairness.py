"""Rates and gaps against scikit-learn, statsmodels and plain counting; planted people against what was planted."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix

from helpers import fairness


def _people(seed, rows=60):
    rng = np.random.default_rng(seed)
    group = rng.permutation(np.array(["a", "b", "c"])[np.arange(rows) % 3])
    return rng.random(rows) < 0.4, rng.random(rows) < 0.6, group, rng.integers(0, 2, rows)


@pytest.mark.parametrize("seed", range(5))
def test_rates_and_gaps_are_what_counting_finds(seed):
    yes, _, group, stratum = _people(seed)
    found = fairness.rates(yes, group)
    assert list(found) == ["a", "b", "c"]
    for name, share in found.items():
        here = [bool(y) for y, g in zip(yes, group, strict=True) if g == name]
        assert share == pytest.approx(sum(here) / len(here), abs=1e-14)
    assert fairness.gap(yes, group == "a") == pytest.approx(found["a"] - yes[group != "a"].mean(), abs=1e-14)
    weighted = fairness.weighted_rates(yes, group, stratum)
    for name in "abc":
        cells = [yes[(group == name) & (stratum == s)].mean() * np.sum(stratum == s) for s in (0, 1)]
        assert weighted[name] == pytest.approx(math.fsum(cells) / len(yes), abs=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_error_rates_are_those_of_the_confusion_matrix(seed):
    says, truth, group, _ = _people(seed)
    for name, rates in fairness.error_rates(says, truth, group).items():
        (true_no, false_yes), (false_no, true_yes) = confusion_matrix(
            truth[group == name], says[group == name]
        )
        many = true_no + false_yes + false_no + true_yes
        assert rates.base_rate == pytest.approx((false_no + true_yes) / many)
        assert rates.selection_rate == pytest.approx((false_yes + true_yes) / many)
        assert rates.false_negative_rate == pytest.approx(false_no / (false_no + true_yes))
        assert rates.false_positive_rate == pytest.approx(false_yes / (false_yes + true_no))
        assert rates.precision == pytest.approx(true_yes / (true_yes + false_yes))
        forced = (
            rates.base_rate
            * (1 - rates.false_negative_rate)
            * (1 - rates.precision)
            / rates.precision
            / (1 - rates.base_rate)
        )
        assert rates.false_positive_rate == pytest.approx(forced)  # Chouldechova's identity


def test_where_there_is_nobody_there_is_no_rate():
    (rates,) = fairness.error_rates([0, 0], [1, 1], ["a", "a"]).values()
    assert (rates.selection_rate, rates.false_negative_rate) == (0, 1)
    assert str(rates).startswith(
        "base rate 100.0%, selection rate 0.0%, false negative rate 100.0%, false pos"
    )
    assert math.isnan(rates.precision) and math.isnan(rates.false_positive_rate)


@pytest.mark.parametrize("seed", range(5))
def test_an_adjusted_gap_is_the_coefficient_of_least_squares(seed):
    yes, group, _, _ = _people(seed)
    columns = np.random.default_rng(seed).normal(size=(60, 3))
    fit = sm.OLS(yes * 1.0, sm.add_constant(np.column_stack([group, columns]).astype(float))).fit()
    assert fairness.adjusted_gap(yes, group, columns) == pytest.approx(fit.params[1], abs=1e-12)
    assert fairness.adjusted_gap(yes, group, np.zeros((60, 0))) == pytest.approx(fairness.gap(yes, group))


def test_thresholds_let_the_same_share_of_each_group_through():
    score, _, group = fairness.honest_scores(1000, seed=1)
    for share in (0.1, 0.5, 0.9):
        for name, cut in fairness.thresholds(score, group, share).items():
            assert np.mean(score[group == name] >= cut) == pytest.approx(share, abs=0.001)


def test_calibration_is_scikit_learns_curve_in_each_group():
    score, deserves, group = fairness.honest_scores(500, seed=2)
    for name, found in fairness.calibration(score, deserves, group).items():
        true, said = calibration_curve(deserves[group == name], score[group == name], n_bins=5)
        np.testing.assert_allclose(found[:, :2], np.column_stack([said, true]), atol=1e-12)
        assert found[:, 2].sum() == 500
    rare = fairness.calibration([0.1, 1.0], [0, 1], ["a", "a"])["a"]
    assert rare[:, 2].tolist() == [1, 0, 0, 0, 1] and np.isnan(rare[1:4, :2]).all()


def test_honest_scores_are_honest_and_differ_in_base_rate():
    score, deserves, group = fairness.honest_scores(100_000)
    for steps, base in zip(fairness.calibration(score, deserves, group).values(), (0.6, 0.4), strict=True):
        assert np.abs(steps[:, 0] - steps[:, 1]).max() < 0.02
        assert base == pytest.approx((steps[:, 1] * steps[:, 2]).sum() / 100_000, abs=0.01)


def test_applicants_have_equal_merit_and_labels_that_follow_the_prejudice():
    for prejudice in (0.0, 0.5, 1.0):
        people = fairness.applicants(100_000, prejudice, seed=3)
        assert people.X.shape == (100_000, 8)
        assert abs(fairness.gap(people.merit, people.favoured)) < 0.015
        # seen merit is normal with spread sqrt(1.09): the chance to be above the moved bar
        bar = prejudice / math.sqrt(1.09)
        assert fairness.gap(people.label, people.favoured) == pytest.approx(
            math.erf(bar / math.sqrt(2)), abs=0.015
        )
        shift = people.X[people.favoured].mean(axis=0) - people.X[~people.favoured].mean(axis=0)
        np.testing.assert_allclose(shift, [0, 0, 0, 0, 1.9, 1.9, 0, 0], atol=0.04)
    one, other = (fairness.applicants(50, p, seed=4) for p in (0.0, 1.0))
    assert (one.X == other.X).all() and (one.merit == other.merit).all() and (one.label != other.label).any()


YES, TRUTH, GROUP, STRATUM = _people(0)


@pytest.mark.parametrize(
    "made, says",
    [
        (lambda: fairness.rates([], []), "yes must have shape .rows,., with one row or more"),
        (lambda: fairness.rates([0, 2], ["a", "b"]), "True or False, 1 or 0"),
        (lambda: fairness.rates(YES, GROUP[1:]), "group must be 60 values"),
        (lambda: fairness.rates([0, 1], [1.0, math.nan]), "none missing"),
        (lambda: fairness.gap(YES, GROUP), "group must have shape"),
        (lambda: fairness.gap([0, 1], [1, 1]), "rows of both kinds; got 2 times True"),
        (
            lambda: fairness.weighted_rates(YES, GROUP, GROUP),
            "stratum 'a' must have a row of every group; got none",
        ),
        (
            lambda: fairness.adjusted_gap(YES, TRUTH, np.zeros((5, 2))),
            r"columns must have shape \(60, columns\)",
        ),
        (lambda: fairness.adjusted_gap(YES, TRUTH, TRUTH[:, None]), "must not tell the group exactly"),
        (lambda: fairness.adjusted_gap(YES, TRUTH, np.full((60, 1), math.nan)), "columns must be finite"),
        (lambda: fairness.error_rates(YES, TRUTH[1:], GROUP), "truth must be 60 values"),
        (lambda: fairness.thresholds([0.1, math.inf], ["a", "b"], 0.5), "score must be finite"),
        (lambda: fairness.thresholds([0.1, 0.2], ["a", "b"], 1.5), "share must be from 0 to 1; got 1.5"),
        (lambda: fairness.calibration([0.1, 1.2], [0, 1], ["a", "b"]), "0 to 1; got 0.1 to 1.2"),
        (lambda: fairness.applicants(0), "rows must be a whole number above 0; got 0"),
        (lambda: fairness.honest_scores([2]), "rows must be a whole number above 0; got \\[2\\]"),
    ],
)
def test_bad_input_is_named(made, says):
    with pytest.raises(ValueError, match=says):
        made()
