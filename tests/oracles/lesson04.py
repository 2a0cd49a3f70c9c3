"""Lesson 04: the same answers by another way: a closed form, scipy, pandas, percentiles."""

import numpy as np
import pandas as pd
from scipy.special import softmax
from scipy.stats import percentileofscore


def descend(x, y, w, rate, steps):
    """The distance to the bottom shrinks by the same factor at every step."""
    bottom = np.dot(x, y) / np.dot(x, x)
    return bottom + (1 - 2 * rate * np.mean(np.square(x))) ** steps * (w - bottom)


def probabilities(z):
    return softmax(z)


def class_means(h, y):
    return pd.DataFrame(h).groupby(np.asarray(y)).mean().to_numpy()


def selectivity(means):
    """From the ratio of the two: (1 - q) / (1 + q)."""
    means = np.sort(means, axis=0)
    quotient = [np.mean(rest) / top if top else 1 for *rest, top in means.T]
    return [(1 - q) / (1 + q) for q in quotient]


def as_selective(h, y, untrained):
    pool = [value for layer in untrained for value in selectivity(class_means(layer, y))]
    # float noise must not decide a tie
    pool, mine = np.round(pool, 9), np.round(selectivity(class_means(h, y)), 9)
    return [1 - percentileofscore(pool, value, kind="strict") / 100 for value in mine]
