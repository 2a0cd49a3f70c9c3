"""Lesson 10: the same answers by another way: scikit-learn, pandas, statsmodels, the protocol of the lesson."""

import numpy as np
import pandas as pd
import statsmodels.api as sm
from sklearn.metrics import confusion_matrix

from helpers import faults
from helpers.exercises.lesson10 import bench


def confusion(y, says, classes):
    return confusion_matrix(y, says, labels=range(classes))


def contributions(h, y, V):
    """The mean of every product, image by image."""
    products = np.asarray(h)[:, :, None] * V  # (images, units, logits)
    table = pd.DataFrame(products.reshape(len(h), -1)).groupby(np.asarray(y)).mean().to_numpy()
    return table.reshape(-1, *np.shape(V)).transpose(1, 0, 2)


def best_weights(means, wanted):
    return [sm.OLS(column, means).fit().params[0] for column in np.transpose(wanted)]


def find_trigger(says, classes):
    """Sorted by how often they are said."""
    long = pd.DataFrame(np.transpose(says)).melt(var_name="pixel", value_name="says")
    return tuple(map(int, long.value_counts().index[0]))


def my_fault(seed):
    """What was planted is what the protocol finds."""
    net, sheet, X, y = bench()
    found = faults.diagnose(faults.plant(net, X, y, seed), sheet, X, y)
    return found.kind, *found.place


def alike(answers):
    """Groups are the connected parts of the matrix of equal answers."""
    names = sorted(answers)
    same = np.array([[answers[a] == answers[b] for b in names] for a in names])
    rows = sorted({tuple(np.flatnonzero(row).tolist()) for row in same if row.sum() > 1})
    return [[names[i] for i in row] for row in rows]
