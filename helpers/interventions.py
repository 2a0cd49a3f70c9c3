"""What an MLP answers when one neuron gets another activation than its own.

`ablate` takes away what a neuron has to say, as in Morcos, Barrett, Rabinowitz & Botvinick, "On the importance of
single directions for generalization", ICLR 2018. `patch` gives it what it said about another input, as in Vig et
al., "Investigating gender bias in language models using causal mediation analysis", NeurIPS 2020.

Every hidden neuron is treated in turn, and nothing is run twice: a change of one neuron adds its row of weights,
times the change, to the next weighted sums. After the last hidden layer these sums are the logits, and that is all.
"""

import numpy as np

from . import networks
from .networks import ROOM

WAYS = ("zero", "mean", "resample")


def neurons(net):
    """All hidden neurons of an MLP as (layer, unit) pairs, in the order in which this module answers."""
    return [(layer, unit) for layer, units in enumerate(net.sizes[1:-1]) for unit in range(units)]


def ablate(net, X, to="zero", background=None, rng=0, score=None):
    """The logits with each hidden neuron's activation replaced by something that does not depend on the row.

    Parameters
    ----------
    net : networks.MLP
    X : (rows, inputs) array
    to : "zero"; "mean", the neuron's mean activation over `background`; or "resample", for each row its activation
        at a row of `background` drawn at random (the same one for all neurons)
    background : (any, inputs) array; X itself if it is not given
    rng : int or numpy Generator, for the draws of "resample"
    score : callable or None, makes of logits (some neurons, rows, classes) an array (some neurons, …)

    Returns
    -------
    (neurons, rows, classes) array, or what `score` makes of it; neurons in the order of `neurons(net)`

    Raises
    ------
    ValueError : for an unknown `to`, arrays that are empty or do not fit, or numbers that are not finite
    """
    if to not in WAYS:
        raise ValueError(f"to must be one of {', '.join(WAYS)}; got {to!r}")
    X = networks.rows(net, X)
    sums, hidden = _run(net, X)
    usual = hidden if background is None else _run(net, networks.rows(net, background, "background"))[1]
    if to == "resample":
        drawn = np.random.default_rng(rng).integers(usual[0].shape[1], size=len(X))
        values = [h[:, drawn] for h in usual]
    else:
        values = [h.mean(axis=1, keepdims=True) * (to == "mean") for h in usual]
    return _replace_each(net, sums, [value - h for value, h in zip(values, hidden, strict=True)], score)


def patch(net, into, source, score=None):
    """The logits of the run on `into`, with each hidden neuron's activation taken from the run on `source`.

    With a clean source, patched into a corrupt run, this is denoising: is the neuron enough to bring the answer
    back? The other way round it is noising: is the neuron needed to keep it? (Heimersheim & Nanda, "How to use and
    interpret activation patching", 2024.)

    Parameters
    ----------
    net : networks.MLP
    into, source : (rows, inputs) arrays, row by row a pair
    score : as in `ablate`

    Returns
    -------
    (neurons, rows, classes) array, or what `score` makes of it; neurons in the order of `neurons(net)`
    """
    into, source = networks.rows(net, into, "into"), networks.rows(net, source, "source")
    if len(into) != len(source):
        raise ValueError(f"into and source must have as many rows; got {len(into)} and {len(source)}")
    rows = len(into)
    sums, hidden = _run(net, np.concatenate([into, source]))  # both in one run
    return _replace_each(net, [z[:, :rows] for z in sums], [h[:, rows:] - h[:, :rows] for h in hidden], score)


def loss(y):
    """A `score`: for each neuron, the mean cross-entropy of its logits with the right classes `y`, (neurons,).

    Parameters
    ----------
    y : (rows,) array of whole numbers from 0, the right class of each row
    """
    y = networks.labels(y)
    # where the right logits stand in a flattened (classes, rows)
    most, place = y.max(), y * len(y) + np.arange(len(y))

    def score(logits):
        z = logits.transpose(0, 2, 1)  # (neurons, classes, rows); it may be overwritten
        if z.shape[2] != len(y) or most >= z.shape[1]:
            raise ValueError(f"y must be {z.shape[2]} classes below {z.shape[1]}; got {len(y)}, up to {most}")
        right, top = z.reshape(len(z), -1).take(place, axis=1), z.max(axis=1)
        z -= top[:, None]
        return (np.log(np.exp(z, out=z).sum(axis=1)) + top - right).mean(axis=1)

    return score


def _run(net, X):
    """What each layer after the first adds up, and what each hidden layer hands on: two lists of (units, rows)."""
    # Rows come last in this half of the module: numpy is fast along the last axis, and there are more rows than units.
    # And .dot, not @: with one row the calls take the time, and of the two it is called in half of it.
    (W, *weights), (b, *biases) = net.weights, net.biases
    z, sums, hidden = W.T.dot(X.T) + b[:, None], [], []
    for W, b in zip(weights, biases, strict=True):
        h = np.maximum(z, 0)
        z = W.T.dot(h)
        z += b[:, None]
        hidden.append(h)
        sums.append(z)
    return sums, hidden


def _replace_each(net, sums, changes, score):
    """What `ablate` and `patch` return, from `_run`'s sums and each hidden layer's changes of its activations."""
    if not changes:
        raise ValueError("net must have a hidden layer; got one without")
    (classes, rows), sizes = sums[-1].shape, net.sizes
    if rows == 1:  # then numpy's calls take the time, and this needs fewer
        logits = _replace_each_in_one(net, sums, changes)
        return score(logits) if score else logits
    block = ROOM if score else 8 * ROOM  # a score goes over its block several times: it must lie closer
    logits = None if score else np.empty((classes, sum(sizes[1:-1]), rows))
    found, at = [], 0
    for layer, (base, change) in enumerate(zip(sums, changes, strict=True), start=1):
        # relu(base + step) is max(step, -base) + base: what comes of the base is the same for all neurons.
        after = []
        for V, c in zip(net.weights[layer + 1 :], net.biases[layer + 1 :], strict=True):
            after.append((V.T, -base[:, None]))
            base = V.T.dot(base) + c[:, None]
        W = net.weights[layer].T[:, :, None]
        many = max(1, block // (max(sizes[layer + 1 :]) * rows))
        # One room for all blocks: memory fresh from the system can cost more than the work.
        room = np.empty((len(W), min(many, len(change)), rows)) if after else None
        for start in range(0, len(change), many):
            part = change[start : start + many]  # (neurons, rows)
            n = len(part)
            z = np.empty((classes, n, rows)) if score else logits[:, at : at + n]
            step = room[:, :n] if after else z  # (units, neurons, rows)
            np.multiply(W[:, start : start + n], part, out=step)
            for V, floor in after:
                flat = np.maximum(step, floor, out=step).reshape(len(step), -1)
                step = V.dot(flat).reshape(-1, n, rows)
            np.add(step, base[:, None], out=z)
            at += n
            if score:
                found.append(score(z.transpose(1, 2, 0)))  # (neurons, rows, classes)
    return np.concatenate(found) if score else logits.transpose(1, 2, 0)


def _replace_each_in_one(net, sums, changes):
    """The logits of `_replace_each` for one row: each neuron gets a row of its own, and the layers after it are run."""
    found = []
    for layer, (base, change) in enumerate(zip(sums, changes, strict=True), start=1):
        z = change * net.weights[layer] + base.T  # (neurons, units)
        for W, b in zip(net.weights[layer + 1 :], net.biases[layer + 1 :], strict=True):
            z = np.maximum(z, 0).dot(W) + b
        found.append(z)
    return np.concatenate(found)[:, None]
