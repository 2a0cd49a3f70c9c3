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
    run = usual = networks.activations(net, X)
    if background is not None:
        usual = networks.activations(net, networks.rows(net, background, "background"))
    if to == "resample":
        drawn = np.random.default_rng(rng).integers(len(usual[0]), size=len(X))
        values = [h[drawn] for h in usual[:-1]]
    else:
        values = [h.mean(axis=0) * (to == "mean") for h in usual[:-1]]
    return _replace_each(net, run, values, score)


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
    both = networks.activations(net, np.concatenate([into, source]))  # in one run
    rows = len(into)
    return _replace_each(net, [h[:rows] for h in both], [h[rows:] for h in both[:-1]], score)


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


def _replace_each(net, run, values, score):
    """`run`: every activation, (rows, units) a layer; `values`: what each layer's neurons get, or (units,)."""
    if not values:
        raise ValueError("net must have a hidden layer; got one without")
    found, rows = [], len(run[-1])
    for layer, value in enumerate(values):
        (W, *weights), (b, *biases) = net.weights[layer + 1 :], net.biases[layer + 1 :]
        # Rows come last here: numpy is fast along the last axis, and there are more rows than units.
        change = np.ascontiguousarray((value - run[layer]).T)  # (neurons, rows)
        base = np.ascontiguousarray((run[layer] @ W + b if weights else run[-1]).T)  # (next units, rows)
        # relu(base + step) is max(step, -base) + base: what comes of the base is the same for all neurons.
        floors = []
        for V, c in zip(weights, biases, strict=True):
            floors.append(-base[:, None])
            base = V.T @ base + c[:, None]
        many = max(1, ROOM // (W.shape[1] * rows))
        for start in range(0, len(W), many):
            step = W.T[:, start : start + many, None] * change[start : start + many]  # (units, neurons, rows)
            for V, floor in zip(weights, floors, strict=True):
                flat = np.maximum(step, floor, out=step).reshape(len(V), -1)
                step = (V.T @ flat).reshape(-1, *step.shape[1:])
            step += base[:, None]
            z = step.transpose(1, 2, 0)  # (neurons, rows, classes)
            found.append(score(z) if score else z)
    return np.concatenate(found)
