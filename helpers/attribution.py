"""Shares of an answer: how much of one logit of an MLP each input is credited with.

Gradient, gradient × input, integrated gradients (Sundararajan, Taly & Yan, "Axiomatic attribution for deep networks",
ICML 2017) and Shapley values (Shapley 1953; Lundberg & Lee, "A unified approach to interpreting model predictions",
NeurIPS 2017). To credit hidden neurons instead, hand over the rest of the net, `MLP(net.weights[1:], net.biases[1:])`,
and their activations as X.
"""

from math import comb

import numpy as np

from . import networks
from .networks import ROOM

MOST = 16  # features for which all coalitions are counted


def gradient(net, X, output):
    """The slope of a logit with respect to each input.

    Parameters
    ----------
    net : networks.MLP
    X : (rows, inputs) array
    output : int, the logit; or (rows,) ints, one for each row

    Returns
    -------
    (rows, inputs) array

    Raises
    ------
    ValueError : for arrays that are empty or do not fit, numbers that are not finite, or a logit that is not there
    """
    X = networks.rows(net, X, "X")
    output = _output(net, output, len(X))
    return _slopes(net, X @ net.weights[0] + net.biases[0], output) @ net.weights[0].T


def gradient_times_input(net, X, output):
    """Each slope times its input, (rows, inputs): parameters as for `gradient`."""
    return gradient(net, X, output) * networks.rows(net, X, "X")


def integrated_gradients(net, X, baseline, output, steps=50):
    """The mean slope on the straight way from `baseline` to X, times the way of each input.

    Slopes are taken in the middle of `steps` equal pieces. Along the way the first weighted sums move in a straight
    line too: two products with the first weights, one at each end, do for all steps.

    Parameters
    ----------
    net, X, output : as for `gradient`
    baseline : (inputs,) or (rows, inputs) array, where the way begins
    steps : int

    Returns
    -------
    (rows, inputs) array; each row sums, nearly, to logit at X − logit at the baseline (completeness)
    """
    X, start = networks.rows(net, X, "X"), networks.rows(net, baseline, "baseline")
    if len(start) not in (1, len(X)):
        raise ValueError(f"baseline must have one row or {len(X)}, as X has; got {len(start)}")
    networks.whole("steps", steps)
    output, piece = _output(net, output, len(X)), (X - start) / steps
    middles = np.arange(0.5, steps)[:, None]
    W = net.weights[0]  # and .dot, not @: with one row the calls take the time
    change, sums = piece.dot(W)[:, None], (start.dot(W) + net.biases[0])[:, None]
    total, many = np.empty((len(X), W.shape[1])), max(1, ROOM // (steps * W.shape[1]))
    for first in range(0, len(X), many):
        some = slice(first, first + many)
        z = middles * change[some] + (sums if len(sums) == 1 else sums[some])  # (rows, steps, units)
        _slopes(net, z, output[some, None] if output.ndim else output).sum(axis=1, out=total[some])
    return piece * total.dot(W.T)


def kinks(net, x, baseline):
    """Where, from 0 at the baseline to 1 at x, a neuron of the MLP starts or stops on the straight way: (count,) array.

    Between two kinks every weighted sum moves in a straight line, so its zero is found by a division, layer by layer.
    """
    x, start = _one(net, x, "x"), _one(net, baseline, "baseline")
    at = np.array([0.0, 1.0])
    for layer in range(len(net.weights) - 1):
        z = networks.activations(_upto(net, layer), start + at[:, None] * (x - start))[-1]  # (points, units)
        left, right = z[:-1], z[1:]
        piece, unit = np.nonzero(left * right < 0)
        share = left[piece, unit] / (left[piece, unit] - right[piece, unit])
        at = np.unique(np.append(at, at[piece] + share * (at[piece + 1] - at[piece])))
    return at[1:-1]


def integrated_gradients_exact(net, x, baseline, output):
    """Integrated gradients of one row without error, (inputs,): the slope is constant between two `kinks`."""
    x, start = _one(net, x, "x"), _one(net, baseline, "baseline")
    at = np.concatenate([[0.0], kinks(net, x, start), [1.0]])
    middles = (at[1:] + at[:-1]) / 2
    return (x - start) * (np.diff(at) @ gradient(net, start + middles[:, None] * (x - start), output))


def coalition_values(answer, x, background):
    """The mean answer for every choice of features that get their values in x, the others being as in the background.

    The features that are not chosen keep the joint values of a background row, whatever the chosen ones are. This is
    the *interventional* reading. The conditional one would use only rows that go with the chosen values.

    Parameters
    ----------
    answer : callable, takes a (rows, features) array and returns (rows,) numbers
    x : (features,) array
    background : (rows, features) array

    Returns
    -------
    array with one axis of length 2 for every feature: values[1, 0, 1] has the features 0 and 2 from x
    """
    x, background = _features(x, background)
    chosen = np.indices((2,) * len(x)).reshape(len(x), -1).T.astype(bool)  # (2**features, features)
    values, many = [], max(1, ROOM // background.size)
    for first in range(0, len(chosen), many):
        # (some, background rows, features)
        rows = np.where(chosen[first : first + many, None], x, background)
        said = np.asarray(answer(rows.reshape(-1, len(x))), float)
        if said.shape != (rows.shape[0] * rows.shape[1],):
            raise ValueError(
                f"answer must return one number per row, {(rows.shape[0] * rows.shape[1],)}; got {said.shape}"
            )
        values.append(said.reshape(rows.shape[:2]).mean(axis=1))
    return np.concatenate(values).reshape((2,) * len(x))


def coalition_values_of_net(net, x, background, output):
    """What `coalition_values` gives for one logit of an MLP, faster: a feature that joins adds to the first sums."""
    x, background = _features(_one(net, x, "x"), networks.rows(net, background, "background"))
    output = _output(net, output, 1)
    W, b = net.weights[0], net.biases[0]
    # small enough to stay close at hand: one background row at a time
    total, z = 0.0, np.empty((2 ** len(x), len(b)))
    for row in background:
        z[0], count = row @ W + b, 1
        for joining in ((x - row)[:, None] * W)[::-1]:  # the last feature is the fastest axis
            np.add(z[:count], joining, out=z[count : 2 * count])
            count *= 2
        total = total + _after(net, z, output)
    return (total / len(background)).reshape((2,) * len(x))


def shapley(values):
    """Shapley values: what a feature adds when it joins, over all orders in which the features can come.

    Parameters
    ----------
    values : array with one axis of length 2 for every feature, as `coalition_values` gives it

    Returns
    -------
    (features,) array; its sum is the value of all features minus that of none
    """
    values = networks.numbers("values", values)
    if not values.ndim or values.shape != (2,) * values.ndim:
        raise ValueError(f"values must have one axis of length 2 for every feature; got shape {values.shape}")
    others = values.ndim - 1
    # of the coalition that is joined
    size = np.indices((2,) * others).sum(axis=0) if others else np.zeros((), int)
    share = np.array([1 / (values.ndim * comb(others, n)) for n in range(others + 1)])[size]
    return np.array([np.sum(share * np.diff(values, axis=i).squeeze(i)) for i in range(values.ndim)])


# ---------------------------------------------------------------- the way back through a net


def _after(net, z, output):
    """One logit, given the weighted sums of the first layer: z of any shape (…, units)."""
    for W, b in zip(net.weights[1:-1], net.biases[1:-1], strict=True):
        z = np.maximum(z, 0) @ W + b
    return np.maximum(z, 0) @ net.weights[-1][:, output] + net.biases[-1][output]


def _slopes(net, z, output):
    """The slopes of a logit with respect to the weighted sums of the first layer; both have shape (rows, …, units)."""
    on = [z > 0]  # a ReLU has slope 1 where its sum is above 0, else 0
    for W, b in zip(net.weights[1:-1], net.biases[1:-1], strict=True):
        z = np.maximum(z, 0) @ W + b
        on.append(z > 0)
    slope = net.weights[-1].T[output]
    for W, mask in zip(net.weights[-2:0:-1], on[:0:-1], strict=True):
        slope = (slope * mask) @ W.T
    return slope * on[0]


def _upto(net, layer):
    """The net up to and with one hidden layer, whose weighted sums are then the logits."""
    return networks.MLP(net.weights[: layer + 1], net.biases[: layer + 1])


def _one(net, x, name):
    x = networks.rows(net, x, name)
    if len(x) != 1:
        raise ValueError(f"{name} must be one row, ({net.sizes[0]},); got {len(x)} rows")
    return x[0]


def _output(net, output, rows):
    output, classes = np.asarray(output), len(net.biases[-1])
    whole = output.dtype.kind in "iu" and output.shape in ((), (rows,))
    if len(net.weights) < 2:
        raise ValueError("net must have a hidden layer; got one without")
    if not whole or output.min() < 0 or output.max() >= classes:
        raise ValueError(
            f"output must be a logit from 0 to {classes - 1}, or one for each row; got {output!r}"
        )
    return output


def _features(x, background):
    x, background = networks.numbers("x", x), networks.numbers("background", background)
    if x.ndim != 1 or not 1 <= len(x) <= MOST:
        raise ValueError(
            f"x must have 1 to {MOST} features, since all coalitions are counted; got shape {x.shape}"
        )
    if background.ndim != 2 or background.shape[1] != len(x) or not len(background):
        raise ValueError(
            f"background must have shape (rows, {len(x)}), with one row or more; got {background.shape}"
        )
    return x, background
