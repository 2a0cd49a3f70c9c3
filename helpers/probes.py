"""What can be read off the activations of a layer: per neuron, and by a linear probe on all of them together.

`selectivity` is the index of Morcos, Barrett, Rabinowitz & Botvinick, "On the importance of single directions for
generalization", ICLR 2018. A linear probe (Alain & Bengio, "Understanding intermediate layers using linear classifier
probes", 2016) is a linear classifier that is trained on activations; the model itself stays as it is. Ours is ridge
regression on one column of 0 and 1 per class, which has a closed form.

`leace` finds the least edit after which no linear probe can read a label any more (Belrose, Schneider-Joseph,
Ravfogel, Cotterell, Raff & Biderman, "LEACE: Perfect linear concept erasure in closed form", NeurIPS 2023).
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
    target = _indicators(y)
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


@dataclass(frozen=True)
class Eraser:
    """Takes some directions out of activations: h becomes h - (h - middle) @ read @ write.

    Attributes
    ----------
    read : (units, directions) array, what is measured of a row
    write : (directions, units) array, where that much is taken away
    middle : (units,) array, the row that stays as it is
    """

    read: np.ndarray
    write: np.ndarray
    middle: np.ndarray


def leace(h, y):
    """The least linear edit after which the class has no covariance left with any unit.

    Then no linear probe, trained on these rows with any convex loss, does better than one that ignores them. Of all
    edits of the form h @ A + b that achieve this, it moves the rows least: in mean squared distance, measured by the
    plain norm or by any other that comes from an inner product. What is not linear in h may stay readable.

    Parameters
    ----------
    h : (rows, units) array
    y : (rows,) array of whole numbers from 0

    Returns
    -------
    Eraser

    Notes
    -----
    With the covariance S of the units and D of units and classes, what is taken away is D (Dᵀ S⁺ D)⁺ Dᵀ S⁺ of a
    centred row: read along S⁺ D, push along D. It is the paper's projection, written without square roots.
    """
    h, y = _activations(h, y)
    target = _indicators(y)
    middle = h.mean(axis=0)
    centred = h - middle
    D = centred.T @ (target - target.mean(axis=0)) / len(h)  # (units, classes)
    reader = np.linalg.pinv(centred.T @ centred / len(h), rcond=1e-10, hermitian=True) @ D
    return Eraser(reader @ np.linalg.pinv(D.T @ reader, rcond=1e-9, hermitian=True), D.T, middle)


def along(direction, middle):
    """The eraser that projects out one direction: what a row has along it becomes what `middle` has.

    Parameters
    ----------
    direction : (units,) array, not all 0; its length does not matter
    middle : (units,) array
    """
    direction, middle = networks.numbers("direction", direction), networks.numbers("middle", middle)
    if direction.ndim != 1 or direction.shape != middle.shape or not direction.any():
        raise ValueError(
            "direction and middle must have the same shape (units,), and direction not be all 0; "
            f"got {direction.shape} and {middle.shape}"
        )
    unit = direction / np.linalg.norm(direction)
    return Eraser(unit[:, None], unit[None], middle)


def erase(eraser, h):
    """The activations `h`, (rows, units), without what the eraser takes out."""
    h = _activations(h)
    if h.shape[1] != len(eraser.middle):
        raise ValueError(f"h must have shape (rows, {len(eraser.middle)}); got {h.shape}")
    return h - (h - eraser.middle) @ eraser.read @ eraser.write


def erased(net, layer, eraser):
    """A copy of an MLP in which the eraser works on one hidden layer: it is built into the weights that follow.

    Parameters
    ----------
    net : networks.MLP
    layer : int, the hidden layer, counted from 0
    eraser : Eraser
    """
    if layer not in range(len(net.weights) - 1) or len(eraser.middle) != net.sizes[layer + 1]:
        raise ValueError(
            f"layer must be a hidden layer, 0 to {len(net.weights) - 2}, with as many units as the eraser; "
            f"got {layer!r} and an eraser of {len(eraser.middle)} units"
        )
    weights, biases = list(net.weights), list(net.biases)
    removed = eraser.read @ (eraser.write @ weights[layer + 1])  # (units, units of the next layer)
    biases[layer + 1] = biases[layer + 1] + eraser.middle @ removed
    weights[layer + 1] = weights[layer + 1] - removed
    return networks.MLP(weights, biases)


def _indicators(y):
    """A column of 0 and 1 for each class, (rows, classes)."""
    return (y[:, None] == np.arange(y.max() + 1)).astype(float)


def _activations(h, y=None):
    h = networks.numbers("h", h)
    if h.ndim != 2 or 0 in h.shape:
        raise ValueError(f"h must have shape (rows, units), neither of them 0; got {h.shape}")
    return h if y is None else (h, networks.labels(y, len(h)))
