"""What can be read off the activations of a layer: per neuron, and by a linear probe on all of them together.

`selectivity` is the index of Morcos, Barrett, Rabinowitz & Botvinick, "On the importance of single directions for
generalization", ICLR 2018. A linear probe (Alain & Bengio, "Understanding intermediate layers using linear classifier
probes", 2016) is a linear classifier that is trained on activations; the model itself stays as it is. Ours is ridge
regression on one column of 0 and 1 per class, which has a closed form.
"""

from dataclasses import dataclass

import numpy as np

from . import networks


@dataclass(frozen=True)
class Probe:
    """A linear classifier: scores are `h @ weights + bias`, and the highest score wins.

    Attributes
    ----------
    weights : (units, classes) array
    bias : (classes,) array
    """

    weights: np.ndarray
    bias: np.ndarray


def class_means(h, y, classes=None):
    """The mean activation of every unit over the rows of each class.

    Parameters
    ----------
    h : (rows, units) array
    y : (rows,) array of whole numbers from 0
    classes : int, how many classes there are; without it, one more than the largest of `y`

    Returns
    -------
    (classes, units) array

    Raises
    ------
    ValueError : for arrays that do not fit, or a class without a row
    """
    h, y = _activations(h, y)
    classes = int(y.max()) + 1 if classes is None else classes
    counts = np.bincount(y, minlength=classes)
    if len(counts) > classes or not counts.all():
        raise ValueError(
            f"y must hold every class from 0 to {classes - 1}, and no other; got {set(y.tolist())}"
        )
    return (np.arange(classes)[:, None] == y) @ h / counts[:, None]


def selectivity(means):
    """How much more a unit responds to its favourite class than to the others: (top - rest) / (top + rest).

    `top` is the largest class mean, `rest` the average of the other class means. 0 is no preference, 1 is silence for
    all other classes; a unit that is always silent gets 0.

    Parameters
    ----------
    means : (classes, units) array of activations that are not negative, as `class_means` gives them for ReLU units

    Returns
    -------
    (units,) array
    """
    means = np.asarray(means, float)
    if means.ndim != 2 or len(means) < 2:
        raise ValueError(
            f"means must have shape (classes, units), with two classes or more; got {means.shape}"
        )
    if not (np.isfinite(means).all() and (means >= 0).all()):
        raise ValueError("means must be finite and not negative, as they are for ReLU units")
    top = means.max(axis=0)
    rest = (means.sum(axis=0) - top) / (len(means) - 1)
    return np.divide(top - rest, top + rest, out=np.zeros_like(top), where=top > 0)


def fit(h, y, ridge=1.0):
    """Train a linear probe by ridge regression.

    Parameters
    ----------
    h : (rows, units) array of activations, or of inputs
    y : (rows,) array of whole numbers from 0
    ridge : float above 0, what a squared weight costs; the bias costs nothing

    Returns
    -------
    Probe
    """
    h, y = _activations(h, y)
    if not ridge > 0:
        raise ValueError(f"ridge must be above 0; got {ridge}")
    target = (y[:, None] == np.arange(y.max() + 1)).astype(float)
    middle, share = h.mean(axis=0), target.mean(axis=0)
    centred = h - middle
    square = centred.T @ centred
    square.flat[:: len(square) + 1] += ridge
    weights = np.linalg.solve(square, centred.T @ (target - share))
    return Probe(weights, share - middle @ weights)


def predict(probe, h):
    """The class that the probe reads off each row of `h`, (rows,)."""
    h = _activations(h)
    if h.shape[1] != len(probe.weights):
        raise ValueError(f"h must have shape (rows, {len(probe.weights)}); got {h.shape}")
    return (h @ probe.weights + probe.bias).argmax(axis=1)


def accuracy(probe, h, y):
    """The share of rows that the probe reads rightly."""
    h, y = _activations(h, y)
    return float((predict(probe, h) == y).mean())


def _activations(h, y=None):
    h = networks.numbers("h", h)
    if h.ndim != 2 or 0 in h.shape:
        raise ValueError(f"h must have shape (rows, units), neither of them 0; got {h.shape}")
    return h if y is None else (h, networks.labels(y, len(h)))
