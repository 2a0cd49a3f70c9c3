"""Probes against scikit-learn and plain loops."""

import math

import numpy as np
import pytest
from sklearn.linear_model import Ridge, RidgeClassifier

from helpers import probes


def _problem(seed, rows=40, units=5, classes=3):
    rng = np.random.default_rng(seed)
    h = np.maximum(rng.normal(size=(rows, units)) + 0.5, 0)
    h[:, 0] = 0  # a unit that never speaks
    return h, rng.permutation(np.arange(rows) % classes)


@pytest.mark.parametrize("seed", range(5))
def test_a_probe_is_scikit_learns_ridge(seed):
    h, y = _problem(seed)
    ours, theirs = probes.fit(h, y, ridge=0.7), Ridge(alpha=0.7).fit(h, np.eye(3)[y])
    np.testing.assert_allclose(ours.weights, theirs.coef_.T, atol=1e-10)
    np.testing.assert_allclose(ours.bias, theirs.intercept_, atol=1e-10)
    new = np.random.default_rng(seed + 100).normal(size=(50, 5))
    said = RidgeClassifier(alpha=0.7).fit(h, y)
    assert probes.predict(ours, new).tolist() == said.predict(new).tolist()
    assert probes.accuracy(ours, h, y) == pytest.approx(said.score(h, y), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_class_means_and_selectivity_are_what_loops_find(seed):
    h, y = _problem(seed)
    means = [
        [math.fsum(h[i, u] for i in range(40) if y[i] == c) / list(y).count(c) for u in range(5)]
        for c in range(3)
    ]
    found = probes.class_means(h, y)
    np.testing.assert_allclose(found, means, atol=1e-14)
    for u, value in enumerate(probes.selectivity(found)):
        column = sorted((row[u] for row in means), reverse=True)
        top, rest = column[0], sum(column[1:]) / 2
        assert value == pytest.approx((top - rest) / (top + rest) if top else 0, abs=1e-12)


def test_selectivity_at_its_ends():
    assert probes.selectivity([[3, 1, 0], [0, 1, 0], [0, 1, 0]]).tolist() == [1, 0, 0]
    h, y = _problem(0)
    with pytest.raises(ValueError, match="every class from 0 to 3"):
        probes.class_means(h, y, classes=4)


H, Y = _problem(1)


@pytest.mark.parametrize(
    "made, says",
    [
        (lambda: probes.fit(H[0], Y), r"h must have shape \(rows, units\)"),
        (lambda: probes.fit(np.zeros((0, 2)), []), "neither of them 0"),
        (lambda: probes.fit(np.where(H > 2, np.nan, H), Y), "h must be finite"),
        (lambda: probes.fit(H, Y[1:]), "y must be 40 whole numbers"),
        (lambda: probes.fit(H, Y + 0.5), "whole numbers from 0.*got float64"),
        (lambda: probes.fit(H, Y - 1), "whole numbers from 0"),
        (lambda: probes.fit(H, Y, ridge=0), "ridge must be above 0; got 0"),
        (lambda: probes.fit(H, Y, ridge=math.nan), "ridge must be above 0; got nan"),
        (lambda: probes.predict(probes.fit(H, Y), H[:, 1:]), r"h must have shape \(rows, 5\); got \(40, 4\)"),
        (lambda: probes.class_means(H, Y * 2), "every class from 0 to 4"),
        (lambda: probes.class_means(H, Y, classes=2), "every class from 0 to 1, and no other"),
        (lambda: probes.selectivity([[1, 2]]), "two classes or more"),
        (lambda: probes.selectivity([[1, -2], [1, 2]]), "not negative"),
    ],
)
def test_bad_input_is_named(made, says):
    with pytest.raises(ValueError, match=says):
        made()
