"""Rates by group and the gaps between them; and applicants whose true merit is known.

None of these numbers is a verdict. A gap says that two groups get different answers, not why. The rates of error are
those of Hardt, Price & Srebro, "Equality of opportunity in supervised learning", NeurIPS 2016; that they cannot all be
equal is due to Kleinberg, Mullainathan & Raghavan, "Inherent trade-offs in the fair determination of risk scores",
ITCS 2017, and Chouldechova, "Fair prediction with disparate impact", Big Data 5(2), 2017.
"""

from dataclasses import dataclass

import numpy as np

from . import networks


@dataclass(frozen=True)
class Rates:
    """What one group gets: shares from 0 to 1, and NaN where there is nobody to take a share of.

    Attributes
    ----------
    base_rate : of the group, who deserve a yes
    selection_rate : of the group, who get a yes
    false_negative_rate : of those who deserve a yes, who get a no
    false_positive_rate : of those who do not deserve a yes, who get one
    precision : of those who get a yes, who deserve it
    """

    base_rate: float
    selection_rate: float
    false_negative_rate: float
    false_positive_rate: float
    precision: float

    def __str__(self):
        return ", ".join(f"{name.replace('_', ' ')} {value:.1%}" for name, value in vars(self).items())


@dataclass(frozen=True)
class Applicants:
    """Applicants of two groups, made by `applicants`.

    Attributes
    ----------
    X : (rows, 8) array: four tests of merit, two columns that go along with the group, two of plain noise
    favoured : (rows,) array of bool, the group; it is not a column of X
    merit : (rows,) array of 0 and 1, who deserves a yes
    label : (rows,) array of 0 and 1, who was given one
    """

    X: np.ndarray
    favoured: np.ndarray
    merit: np.ndarray
    label: np.ndarray


def rates(yes, group):
    """The share of yes in each group.

    Parameters
    ----------
    yes : (rows,) array of bool, or of 0 and 1
    group : (rows,) array of names or numbers

    Returns
    -------
    {group: share}, sorted by group
    """
    yes, group = _binary("yes", yes), _names("group", group, yes)
    return {name: float(yes[group == name].mean()) for name in np.unique(group).tolist()}


def gap(yes, group):
    """The share of yes where `group` is True (or 1), minus the share where it is False (or 0).

    Raises
    ------
    ValueError : for arrays that do not fit, or a group without a row
    """
    yes, group = _binary("yes", yes), _both(group, yes)
    return float(yes[group].mean() - yes[~group].mean())


def weighted_rates(yes, group, stratum):
    """The share of yes in each group if all groups were spread over the strata as everybody together is.

    In each stratum take the group's own share of yes; average these, each with the weight of all rows of its stratum
    (direct standardisation).

    Parameters
    ----------
    yes, group : as for `rates`
    stratum : (rows,) array of names or numbers

    Raises
    ------
    ValueError : also if a stratum has no row of some group
    """
    yes, group = _binary("yes", yes), _names("group", group, yes)
    stratum, found = _names("stratum", stratum, yes), dict.fromkeys(np.unique(group).tolist(), 0.0)
    for part in np.unique(stratum).tolist():
        for name in found:
            here = (group == name) & (stratum == part)
            if not here.any():
                raise ValueError(f"stratum {part!r} must have a row of every group; got none of {name!r}")
            found[name] += float(yes[here].mean() * (stratum == part).mean())
    return found


def adjusted_gap(yes, group, columns):
    """The gap that least squares leaves to the group beside some columns: the coefficient of `group`.

    It is what is left of both after taking out what is linear in the columns (Frisch & Waugh 1933). It compares
    people who are alike in these columns, as far as straight lines can, and in no other way.

    Parameters
    ----------
    yes, group : as for `gap`
    columns : (rows, columns) array, perhaps without columns
    """
    yes, group = _binary("yes", yes).astype(float), _both(group, yes)
    columns = networks.numbers("columns", columns)
    if columns.ndim != 2 or len(columns) != len(yes):
        raise ValueError(f"columns must have shape ({len(yes)}, columns); got {columns.shape}")
    table = np.column_stack([np.ones(len(yes)), columns])
    left = group - table @ np.linalg.lstsq(table, group.astype(float), rcond=None)[0]
    if left @ left < 1e-9 * len(yes):
        raise ValueError("columns must not tell the group exactly: then nobody is left to compare")
    return float(left @ yes / (left @ left))


def error_rates(says, truth, group):
    """What each group gets from a model, where the truth is known.

    Parameters
    ----------
    says, truth : (rows,) arrays of bool, or of 0 and 1
    group : (rows,) array of names or numbers

    Returns
    -------
    {group: Rates}, sorted by group
    """
    says, truth = _binary("says", says), _binary("truth", truth)
    _names("truth", truth, says)
    group, found = _names("group", group, says), {}
    for name in np.unique(group).tolist():
        s, t = says[group == name], truth[group == name]
        found[name] = Rates(_share(t), _share(s), _share(~s[t]), _share(s[~t]), _share(t[s]))
    return found


def thresholds(score, group, share):
    """For each group the threshold from which on `share` of its scores lie: {group: threshold}.

    Parameters
    ----------
    score : (rows,) array
    group : (rows,) array of names or numbers
    share : float from 0 to 1
    """
    score = networks.numbers("score", score)
    if score.ndim != 1 or not score.size:
        raise ValueError(f"score must have shape (rows,), with one row or more; got {score.shape}")
    if not 0 <= share <= 1:
        raise ValueError(f"share must be from 0 to 1; got {share!r}")
    group = _names("group", group, score)
    return {name: float(np.quantile(score[group == name], 1 - share)) for name in np.unique(group).tolist()}


def calibration(score, truth, group, bins=5):
    """How often the truth is yes where the score says so: for each group one row per equal step of the score.

    Parameters
    ----------
    score : (rows,) array of probabilities; truth : (rows,) array of 0 and 1; group : (rows,) array of names
    bins : int

    Returns
    -------
    {group: (bins, 3) array}: mean score, share of yes, number of rows; NaN, NaN, 0 where a group has no such score
    """
    score, truth = networks.numbers("score", score), _binary("truth", truth)
    _names("score", score, truth)
    if score.min() < 0 or score.max() > 1:
        raise ValueError(f"score must be probabilities, 0 to 1; got {score.min():g} to {score.max():g}")
    group, found = _names("group", group, truth), {}
    step = np.minimum((score * bins).astype(int), bins - 1)
    for name in np.unique(group).tolist():
        here = [(group == name) & (step == k) for k in range(bins)]
        found[name] = np.array([[_share(score[h]), _share(truth[h]), h.sum()] for h in here])
    return found


def honest_scores(rows, seed=0):
    """Make two groups with a score that is the chance to deserve a yes; in group A there are more high scores.

    Scores are drawn from beta(3, 2) in A, with mean 0.6, and from beta(2, 3) in B, with mean 0.4.

    Parameters
    ----------
    rows : int, of each group
    seed : int

    Returns
    -------
    score, deserves, group : (2 * rows,) arrays: from 0 to 1; 0 or 1; "A" or "B"
    """
    networks.whole("rows", rows)
    rng = np.random.default_rng(seed)
    score = np.append(rng.beta(3, 2, rows), rng.beta(2, 3, rows))
    return score, (rng.random(2 * rows) < score).astype(int), np.repeat(["A", "B"], rows)


def applicants(rows, prejudice=0.5, seed=0):
    """Make applicants whose merit has nothing to do with their group, and labels that have.

    Merit is above 0 or not, on a scale with mean 0 and spread 1. Whoever gave the labels saw it with some noise and
    moved the bar: down by `prejudice` for the favoured group, up by as much for the other. The four tests are merit
    plus noise. The two columns that go along with the group are it, as +0.95 or −0.95, plus noise of spread 1.

    Parameters
    ----------
    rows : int
    prejudice : float; other values leave everything but the labels as it is
    seed : int

    Returns
    -------
    Applicants
    """
    networks.whole("rows", rows)
    rng = np.random.default_rng(seed)
    favoured, merit = rng.random(rows) < 0.5, rng.normal(size=rows)
    sign = np.where(favoured, 1.0, -1.0)
    tests = merit[:, None] + 0.8 * rng.normal(size=(rows, 4))
    proxies = 0.95 * sign[:, None] + rng.normal(size=(rows, 2))
    X = np.column_stack([tests, proxies, rng.normal(size=(rows, 2))])
    seen = merit + 0.3 * rng.normal(size=rows)
    return Applicants(X, favoured, (merit > 0).astype(int), (seen + prejudice * sign > 0).astype(int))


def _share(values):
    return float(np.mean(values)) if len(values) else float("nan")


def _binary(name, values):
    values = np.asarray(values)
    if values.ndim != 1 or not values.size or not np.isin(values, (0, 1)).all():
        raise ValueError(
            f"{name} must have shape (rows,), with one row or more, all of them True or False, 1 or 0; "
            f"got {values.dtype} of shape {values.shape}"
        )
    return values.astype(bool)


def _names(name, values, beside):
    values = np.asarray(values)
    if values.shape != np.shape(beside) or (values.dtype.kind == "f" and np.isnan(values).any()):
        raise ValueError(f"{name} must be {len(beside)} values, none missing; got shape {values.shape}")
    return values


def _both(group, beside):
    group = _binary("group", _names("group", group, beside))
    if group.all() or not group.any():
        raise ValueError(f"group must have rows of both kinds; got {len(group)} times {bool(group[0])}")
    return group
