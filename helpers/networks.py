"""A network with one hidden layer of sigmoid neurons, small enough to be known completely.

    hidden = sigmoid(x @ W1 + b1)            columns of W1 are neurons
    output = sigmoid(hidden @ w2 + b2)

`forward` keeps every number on the way; `gradients` multiplies slopes backwards along the same way (the chain rule,
as in Rumelhart, Hinton & Williams, "Learning representations by back-propagating errors", Nature 323, 1986).
Both take one row or many.
"""

import re
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Network:
    """The parameters of a network; lists are accepted and become arrays.

    Attributes
    ----------
    W1 : (inputs, hidden) array, W1[i, j] leads from input i to hidden neuron j
    b1 : (hidden,) array
    w2 : (hidden,) array
    b2 : float

    Raises
    ------
    ValueError : for shapes that do not fit together, or numbers that are not finite
    """

    W1: np.ndarray
    b1: np.ndarray
    w2: np.ndarray
    b2: float

    def __post_init__(self):
        W1 = _numbers("W1", self.W1)
        if W1.ndim != 2 or 0 in W1.shape:
            raise ValueError(f"W1 must have shape (inputs, hidden), neither of them 0; got {W1.shape}")
        object.__setattr__(self, "W1", W1)
        for name, shape in (("b1", W1.shape[1:]), ("w2", W1.shape[1:]), ("b2", ())):
            value = _numbers(name, getattr(self, name))
            if value.shape != shape:
                raise ValueError(
                    f"{name} must have shape {shape} beside W1 of shape {W1.shape}; got {value.shape}"
                )
            object.__setattr__(self, name, value if shape else float(value))


@dataclass(frozen=True)
class Activations:
    """Every number of one forward pass. For many rows each array has one more axis, in front.

    Attributes
    ----------
    pre_hidden, hidden : (hidden,) arrays, the weighted sums and what the sigmoid makes of them
    pre_output, output : floats, the same for the output
    """

    pre_hidden: np.ndarray
    hidden: np.ndarray
    pre_output: np.ndarray
    output: np.ndarray


@dataclass(frozen=True)
class Gradients:
    """Slopes of the output: how fast it moves per unit of each number. For many rows, one more axis in front.

    Attributes
    ----------
    x : (inputs,) array
    pre_hidden, hidden : (hidden,) arrays, with respect to the weighted sums and to the activations
    W1, b1, w2, b2 : shaped like the parameters
    """

    x: np.ndarray
    pre_hidden: np.ndarray
    hidden: np.ndarray
    W1: np.ndarray
    b1: np.ndarray
    w2: np.ndarray
    b2: np.ndarray


def sigmoid(z):
    """The logistic function 1 / (1 + exp(-z)), in a form that never overflows."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z, float)))


def forward(net, x, ablate=None):
    """Run the network and keep every activation.

    Parameters
    ----------
    net : Network
    x : (inputs,) or (rows, inputs) array
    ablate : {unit: value}, hidden neurons whose activation is replaced. 0 is zero ablation; the neuron's mean over
        some inputs (`mean_hidden`) is mean ablation.

    Returns
    -------
    Activations

    Raises
    ------
    ValueError : for an x that does not fit, a number that is not finite, or a hidden neuron that is not there
    """
    x = _rows(net, x)
    pre_hidden = x @ net.W1 + net.b1  # (..., hidden)
    hidden = sigmoid(pre_hidden)
    for unit, value in (ablate or {}).items():
        if isinstance(unit, bool) or unit not in range(len(net.w2)):
            raise ValueError(f"ablate names hidden neurons from 0 to {len(net.w2) - 1}; got {unit!r}")
        if _numbers("the value in ablate", value).ndim:
            raise ValueError(f"the value in ablate must be one number; got {value!r}")
        hidden[..., unit] = value
    pre_output = hidden @ net.w2 + net.b2  # (...)
    return Activations(pre_hidden, hidden, pre_output, sigmoid(pre_output))


def gradients(net, x):
    """The slope of the output with respect to everything, by the chain rule.

    Parameters
    ----------
    net : Network
    x : (inputs,) or (rows, inputs) array

    Returns
    -------
    Gradients
    """
    x, run = _rows(net, x), forward(net, x)
    b2 = run.output * (1 - run.output)  # the slope of a sigmoid is s (1 - s)
    hidden = b2[..., None] * net.w2
    pre_hidden = hidden * run.hidden * (1 - run.hidden)
    return Gradients(
        x=pre_hidden @ net.W1.T,
        pre_hidden=pre_hidden,
        hidden=hidden,
        W1=x[..., :, None] * pre_hidden[..., None, :],
        b1=pre_hidden,
        w2=b2[..., None] * run.hidden,
        b2=b2,
    )


def mean_hidden(net, inputs):
    """The mean activation of every hidden neuron over the rows of `inputs`, (hidden,)."""
    inputs = _rows(net, inputs)
    if inputs.ndim != 2 or not len(inputs):
        raise ValueError(f"inputs must have one row or more, (rows, {len(net.W1)}); got shape {inputs.shape}")
    return forward(net, inputs).hidden.mean(axis=0)


def parameters(net):
    """All parameters by name: {"W1[0, 0]": 0.2, …, "b1[0]": 0.1, …, "w2[0]": 0.6, …, "b2": 0.1}."""
    found = {}
    for name in ("W1", "b1", "w2", "b2"):
        for place, value in np.ndenumerate(getattr(net, name)):
            found[name + (str(list(place)) if place else "")] = float(value)
    return found


def with_parameter(net, name, value):
    """A copy of the network in which one parameter, named as in `parameters`, has another value."""
    if name not in parameters(net):
        raise ValueError(f"name must be one of {', '.join(parameters(net))}; got {name!r}")
    field, *place = re.findall(r"\w+", name)
    array = np.array(getattr(net, field))
    array[tuple(map(int, place))] = value
    return replace(net, **{field: array})


def random_network(rng, inputs=2, hidden=2):
    """A network whose parameters are all drawn from a normal distribution with mean 0 and spread 1."""
    return Network(
        rng.normal(size=(inputs, hidden)), rng.normal(size=hidden), rng.normal(size=hidden), rng.normal()
    )


def _numbers(name, value):
    try:
        array = np.array(value, float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers in a regular shape; got {value!r}") from None
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite; got {value!r}")
    return array


def _rows(net, x):
    x = _numbers("x", x)
    if x.ndim not in (1, 2) or x.shape[-1] != len(net.W1):
        raise ValueError(f"x must have shape ({len(net.W1)},) or (rows, {len(net.W1)}); got {x.shape}")
    return x
