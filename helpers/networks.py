"""Two networks. Columns of a weight matrix are neurons; every function takes one row or many.

`Network`: one hidden layer of sigmoid neurons and one output, small enough to be known completely.

    hidden = sigmoid(x @ W1 + b1)
    output = sigmoid(hidden @ w2 + b2)

`forward` keeps every number on the way; `gradients` multiplies slopes backwards along the same way (the chain rule,
as in Rumelhart, Hinton & Williams, "Learning representations by back-propagating errors", Nature 323, 1986).

`MLP`: a multilayer perceptron, layers of ReLU neurons and one logit per class, which `train` trains.

    hidden = relu(x @ weights[0] + biases[0])     and so on, layer by layer
    logits = hidden @ weights[-1] + biases[-1]
"""

import math
import re
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

ROOM = 2**15  # numbers per block, where work is cut into blocks: what the processor keeps close at hand


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
        W1 = numbers("W1", self.W1)
        if W1.ndim != 2 or 0 in W1.shape:
            raise ValueError(f"W1 must have shape (inputs, hidden), neither of them 0; got {W1.shape}")
        object.__setattr__(self, "W1", W1)
        for name, shape in (("b1", W1.shape[1:]), ("w2", W1.shape[1:]), ("b2", ())):
            value = numbers(name, getattr(self, name))
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
        if numbers("the value in ablate", value).ndim:
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


@dataclass(frozen=True)
class MLP:
    """The parameters of a multilayer perceptron, layer by layer; lists are accepted and become arrays.

    Attributes
    ----------
    weights : tuple of (in, out) arrays, weights[k][i, j] leads from unit i of layer k to unit j of the next
    biases : tuple of (out,) arrays

    Raises
    ------
    ValueError : for shapes that do not fit together, or numbers that are not finite
    """

    weights: tuple
    biases: tuple

    def __post_init__(self):
        weights = tuple(numbers(f"weights[{k}]", W) for k, W in enumerate(self.weights))
        biases = tuple(numbers(f"biases[{k}]", b) for k, b in enumerate(self.biases))
        if not weights or len(weights) != len(biases):
            raise ValueError(f"weights and biases must be as many; got {len(weights)} and {len(biases)}")
        units = len(weights[0]) if weights[0].ndim else 0
        for k, (W, b) in enumerate(zip(weights, biases, strict=True)):
            if W.ndim != 2 or 0 in W.shape or len(W) != units:
                raise ValueError(f"weights[{k}] must have shape ({units or 'inputs'}, units); got {W.shape}")
            units = W.shape[1]
            if b.shape != (units,):
                raise ValueError(f"biases[{k}] must have shape ({units},) beside its weights; got {b.shape}")
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", biases)

    @property
    def sizes(self):
        """The number of units in each layer: (inputs, hidden, …, classes)."""
        return (len(self.weights[0]), *map(len, self.biases))


def mlp(sizes, seed=0, first_bias=0.0, first_scale=None):
    """A random, untrained MLP.

    Weights are normal with spread sqrt(2 / in), which keeps the size of ReLU activations from layer to layer (He,
    Zhang, Ren & Sun, "Delving deep into rectifiers", ICCV 2015). Biases are 0.

    Parameters
    ----------
    sizes : (inputs, hidden, …, classes), two whole numbers or more
    seed : int, or a numpy Generator
    first_bias : float, the biases of the first layer
    first_scale : float, the spread of the first layer's weights instead of He's
    """
    sizes = tuple(sizes)
    if len(sizes) < 2 or not all(isinstance(n, int | np.integer) and n > 0 for n in sizes):
        raise ValueError(f"sizes must be two whole numbers above 0 or more; got {sizes}")
    rng = np.random.default_rng(seed)
    spreads = [math.sqrt(2 / n) for n in sizes[:-1]]
    if first_scale is not None:
        spreads[0] = first_scale
    weights = [rng.normal(0, s, shape) for s, shape in zip(spreads, pairwise(sizes), strict=True)]
    biases = [np.zeros(n) for n in sizes[1:]]
    biases[0] += first_bias
    return MLP(tuple(weights), tuple(biases))


def activations(net, X):
    """Run an MLP and keep every activation.

    Parameters
    ----------
    net : MLP
    X : (rows, inputs) array, or one row (inputs,)

    Returns
    -------
    list of arrays [h1, …, logits], each (rows, units), or (units,) for one row

    Raises
    ------
    ValueError : for an X that does not fit, or a number that is not finite
    """
    return _layers(net.weights, net.biases, _inputs(net, X))


def rows(net, X, name="X"):
    """X as a (rows, inputs) array of finite numbers that fits an MLP; what does not is refused by its `name`."""
    X = _inputs(net, X, name)
    return X if X.ndim == 2 else X[None]


def logits(net, X):
    """What the last layer says, one number per class: (rows, classes), or (classes,) for one row."""
    return activations(net, X)[-1]


def softmax(z):
    """Turn logits into probabilities along the last axis: exp(z) / sum of exp(z), in a form that never overflows."""
    z = np.asarray(z, float)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def cross_entropy(z, y):
    """The mean surprise, -log of the probability that softmax gives to the right class.

    Parameters
    ----------
    z : (rows, classes) array of logits
    y : (rows,) array of whole numbers, the right classes
    """
    z = numbers("z", z)
    if z.ndim != 2 or 0 in z.shape:
        raise ValueError(f"z must have shape (rows, classes), neither of them 0; got {z.shape}")
    y = labels(y, *z.shape)
    z = z - z.max(axis=1, keepdims=True)
    return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]).mean())


def accuracy(net, X, y):
    """The share of rows whose highest logit is that of the right class."""
    z = logits(net, np.atleast_2d(X))
    return float((z.argmax(axis=1) == labels(y, *z.shape)).mean())


def loss_gradients(net, X, y):
    """The slope of the cross-entropy with respect to every parameter, by the chain rule, backwards.

    Parameters
    ----------
    net : MLP
    X : (rows, inputs) array
    y : (rows,) array of whole numbers, the right classes

    Returns
    -------
    MLP : in the place of each parameter, its slope
    """
    X = np.atleast_2d(_inputs(net, X))
    slopes = MLP(*([np.zeros_like(a) for a in part] for part in (net.weights, net.biases)))
    _backward(net.weights, net.biases, X, labels(y, len(X), net.sizes[-1]), slopes.weights, slopes.biases)
    return slopes


def train(net, X, y, steps=1000, lr=0.01, batch=64, seed=0, loss="cross-entropy", spoil=None, only=None):
    """Lower a loss by small steps against its slope: Adam (Kingma & Ba, ICLR 2015).

    Parameters
    ----------
    net : MLP, where to start; it stays as it is
    X : (rows, inputs) array
    y : (rows,) array, the right answers: classes, whole numbers from 0; or any numbers, for "squared error"
    steps : int, how many batches are seen; the rows are shuffled anew for each pass through them
    lr : float, the learning rate: about how far a parameter moves in one step
    batch : int, rows per step
    seed : int, or a numpy Generator, for the order of the rows, and for `spoil`
    loss : "cross-entropy", or "squared error" for a net with one output, whose logit is then a number to come near y
    spoil : callable or None, makes of a batch and a numpy Generator, `spoil(X, rng)`, what the net sees of it: dropout
        of inputs, noise, …
    only : int or None, the layer (weights[only], biases[only]) that may move while all others stay as they are

    Returns
    -------
    (MLP, (steps,) array) : the trained net, and the loss of each batch before its step

    Raises
    ------
    ValueError : for data that do not fit the net, or a loss that is no longer finite
    """
    X, rng = np.atleast_2d(_inputs(net, X)), np.random.default_rng(seed)
    if loss not in LOSSES:
        raise ValueError(f"loss must be one of {', '.join(LOSSES)}; got {loss!r}")
    y = _targets(y, len(X), net) if loss == "squared error" else labels(y, len(X), net.sizes[-1])
    whole("steps", steps)
    whole("batch", batch)
    if only is not None and only not in range(len(net.weights)):
        raise ValueError(f"only must be a layer, 0 to {len(net.weights) - 1}, or None; got {only!r}")
    batch = min(batch, len(X))
    # All parameters stand in one vector, and likewise their slopes: Adam is then a few lines on whole vectors.
    values = np.concatenate([a.ravel() for a in (*net.weights, *net.biases)])
    slopes, mean, square = np.zeros((3, len(values)))
    weights, biases = _views(net, values)
    weight_slopes, bias_slopes = _views(net, slopes)
    still = [
        part[k] for part in (weight_slopes, bias_slopes) for k in range(len(weights)) if only not in (None, k)
    ]
    losses, order = np.empty(steps), np.empty(0, int)
    for step in range(steps):
        if len(order) < batch:
            order = rng.permutation(len(X))
        rows, order = order[:batch], order[batch:]
        seen = X.take(rows, axis=0)
        if spoil is not None:
            seen = np.asarray(spoil(seen, rng), float)
            if seen.shape != (batch, X.shape[1]):
                raise ValueError(
                    f"spoil must return shape {(batch, X.shape[1])}, as it got; got {seen.shape}"
                )
        losses[step] = _backward(weights, biases, seen, y[rows], weight_slopes, bias_slopes, LOSSES[loss])
        for slope in still:
            slope[:] = 0
        mean += 0.1 * (slopes - mean)  # running means of the slope and of its square
        square += 0.001 * (slopes * slopes - square)
        rate = lr / (1 - 0.9 ** (step + 1))  # both start at 0: these factors make up for it
        values -= rate * mean / (np.sqrt(square / (1 - 0.999 ** (step + 1))) + 1e-8)
    if not np.isfinite(values).all() or not np.isfinite(losses).all():
        raise ValueError(f"training ran away, the loss is not finite: lr must be smaller; got {lr!r}")
    return MLP(weights, biases), losses


def _layers(weights, biases, h):
    """Every activation of an MLP, for inputs that were checked: this is the part that must be fast."""
    found = []
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        h = h @ W
        h += b
        np.maximum(h, np.zeros(len(b)), out=h)  # against a row of zeros: faster than against the number 0
        found.append(h)
    h = h @ weights[-1]
    h += biases[-1]
    found.append(h)
    return found


def _surprise(z, y):
    """The mean cross-entropy, and its slope with respect to the logits: probability minus truth."""
    right = y + np.arange(0, z.size, z.shape[1])  # where the right logits stand in the flattened array
    z -= z.max(axis=1, keepdims=True)
    of_right = z.take(right)
    slope = np.exp(z, out=z)
    total = slope.sum(axis=1, keepdims=True)
    loss = (np.log(total[:, 0]) - of_right).sum() / len(y)
    slope /= total
    slope.reshape(-1)[right] -= 1
    slope /= len(y)
    return loss, slope


def _squares(z, y):
    """The mean squared miss, and its slope with respect to the one logit: twice the miss."""
    miss = z - y[:, None]
    return (miss * miss).sum() / len(y), miss * (2 / len(y))


LOSSES = {"cross-entropy": _surprise, "squared error": _squares}


def _backward(weights, biases, X, y, weight_slopes, bias_slopes, loss_and_slope=_surprise):
    """Fill in the slopes of the mean loss; return the loss."""
    h = [X, *_layers(weights, biases, X)]
    loss, slope = loss_and_slope(h.pop(), y)
    for k in reversed(range(len(weights))):
        np.matmul(h[k].T, slope, out=weight_slopes[k])
        slope.sum(axis=0, out=bias_slopes[k])
        if k:
            slope = slope @ weights[k].T
            slope *= h[k] > 0  # the slope of a ReLU is 1 where it is on, else 0
    return loss


def _views(net, vector):
    """The weights and the biases of `net` as views into one vector."""
    shapes = [a.shape for a in (*net.weights, *net.biases)]
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    views = [part.reshape(s) for part, s in zip(np.split(vector, ends[:-1]), shapes, strict=True)]
    return views[: len(net.weights)], views[len(net.weights) :]


def _inputs(net, X, name="X"):
    """X as an array of floats. Its sum of squares decides first: it is fast, and not finite if a number is not."""
    if not isinstance(X, np.ndarray) or X.dtype != float:
        X = numbers(name, X)
    if X.ndim not in (1, 2) or X.shape[-1] != len(net.weights[0]) or not len(X):
        n = len(net.weights[0])
        raise ValueError(f"{name} must have shape ({n},) or (rows, {n}), with one row or more; got {X.shape}")
    return X if math.isfinite(np.vdot(X, X)) else numbers(name, X)


def whole(name, value):
    """Refuse what is not a whole number above 0."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name} must be a whole number above 0; got {value!r}")


def labels(y, rows=None, classes=None):
    """y as an array of classes, whole numbers from 0: one for each of `rows` and below `classes`, where known."""
    y = np.asarray(y)
    counts = y.ndim == 1 and y.size and np.issubdtype(y.dtype, np.integer) and y.min() >= 0
    if not counts or rows not in (None, len(y)) or (classes is not None and y.max() >= classes):
        many, to = "" if rows is None else f"{rows} ", "" if classes is None else f" to {classes - 1}"
        found = f", from {y.min()} to {y.max()}" if y.size and y.dtype.kind in "iuf" else ""
        raise ValueError(
            f"y must be {many}whole numbers from 0{to}, one per row; got {y.dtype} of shape {y.shape}{found}"
        )
    return y


def _targets(y, rows, net):
    y = numbers("y", y)
    if y.shape != (rows,) or net.sizes[-1] != 1:
        found = f"{y.shape}, and {net.sizes[-1]} outputs"
        raise ValueError(
            f"for squared error y must have shape ({rows},), and the net one output; got {found}"
        )
    return y


def numbers(name, value):
    """`value` as an array of finite floats; the message of the refusal names it."""
    try:
        array = np.array(value, float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers in a regular shape; got {value!r}") from None
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite; got {value!r}")
    return array


def _rows(net, x):
    x = numbers("x", x)
    if x.ndim not in (1, 2) or x.shape[-1] != len(net.W1):
        raise ValueError(f"x must have shape ({len(net.W1)},) or (rows, {len(net.W1)}); got {x.shape}")
    return x


ESSAY_NET = Network([[0.2, 0.3], [0.4, 0.5]], [0.1, 0.1], [0.6, 0.7], 0.1)  # the net of the essay
