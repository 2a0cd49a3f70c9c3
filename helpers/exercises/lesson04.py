"""Lesson 04, a trained network: reference answers, hints, questions and known mistakes."""

import functools

import numpy as np

from helpers import networks, probes
from helpers.data import digits
from helpers.exercise import Lesson

lesson = Lesson(4)

UNIT = 3  # the neuron whose strongest images are shown, before and after training


@functools.cache
def nets():
    """The lesson's network before and after training, and the images that were held out."""
    X, y, X_held, y_held = digits()
    start = networks.mlp((64, 32, 10), seed=1)
    return start, networks.train(start, X, y, steps=1000, lr=0.005, seed=1)[0], X_held, y_held


def _selectivity(net, X, y):
    return probes.selectivity(probes.class_means(networks.activations(net, X)[0], y))


@lesson.exercise(
    points=1,
    hints=[
        "The slope says in which direction the loss rises. The new weight lies the other way.",
        "How far: `rate` times the slope. Take it from the old weight.",
    ],
)
def descend(x, y, w, rate, steps):
    for _ in range(steps):
        slope = np.mean(2 * (w * x - y) * x)
        w = w - rate * slope
    return w


@descend.questions
def _descend_questions(rng):
    x = np.array([1.0, 2.0, 3.0])
    yield x, 2 * x, 0.0, 0.1, 0
    yield x, 2 * x, 0.0, 0.1, 1
    yield x, 2 * x, 2.0, 0.1, 5  # already there
    yield x, 2 * x, 5.0, 0.05, 2
    for _ in range(20):
        n = int(rng.integers(2, 5))
        x, y = np.round(rng.uniform(-2, 2, (2, n)), 1) + 0.0
        yield (
            x + 0.05,
            y,
            round(float(rng.normal()), 1),
            round(float(rng.uniform(0.02, 0.1)), 2),
            int(rng.integers(2, 6)),
        )


@descend.mistake("You climb: the loss gets larger. Go against the slope, so subtract.")
def _descend_up(x, y, w, rate, steps):
    return descend.reference(x, y, w, -rate, steps)


@descend.mistake("You subtract the whole slope. Multiply it by `rate` first: small steps.")
def _descend_no_rate(x, y, w, rate, steps):
    return descend.reference(x, y, w, 1, steps)


@descend.mistake("Each step throws the old weight away. A step starts from where you are: w minus something.")
def _descend_forgets(x, y, w, rate, steps):
    for _ in range(steps):
        w = -rate * np.mean(2 * (w * x - y) * x)
    return w


@descend.mistake("You divide the slope by `rate`. With a small rate the steps should be small: multiply.")
def _descend_divides(x, y, w, rate, steps):
    return descend.reference(x, y, w, 1 / rate, steps)


@descend.mistake(
    "You always step by `rate`, up or down. The step is `rate` times the slope: short where it is flat."
)
def _descend_sign(x, y, w, rate, steps):
    for _ in range(steps):
        w = w - rate * np.sign(np.mean(2 * (w * x - y) * x))
    return w


@descend.alternative
def _descend_recursive(x, y, w, rate, steps):
    slope = 2 * (w * (x @ x) - x @ y) / len(x)
    return _descend_recursive(x, y, w - rate * slope, rate, steps - 1) if steps else w


@lesson.exercise(
    points=2,
    hints=[
        "Two steps: make every score positive with `np.exp`, then divide by the sum of what you have.",
        "`np.exp(1000)` is too large for a number. Subtract the largest score from all of them first: a shift changes "
        "no probability.",
    ],
    tool="networks.softmax",
)
def probabilities(z):
    e = np.exp(z - z.max())
    return e / e.sum()


@probabilities.questions
def _probabilities_questions(rng):
    yield (np.zeros(2),)
    yield (np.array([np.log(3), 0.0]),)
    yield (np.array([1.0, 2.0, 3.0]),)
    yield (np.array([1000.0, 1001.0]),)
    yield (np.array([-1000.0, -1001.0, -1000.0]),)
    yield (np.array([0.0, 3000.0]),)
    yield (np.array([20_000.0, 0.0]),)
    for _ in range(20):
        yield (np.round(rng.normal(size=int(rng.integers(2, 6))) * 2, 1) + 0.0,)


@probabilities.mistake(
    "Right for small scores. For 1000 and 1001 you return NaN: `np.exp` overflows. Subtract the largest score first."
)
def _probabilities_overflow(z):
    with np.errstate(all="ignore"):
        e = np.exp(z)
        return e / e.sum()


@probabilities.mistake(
    "You divide by the sum of the scores. Make them positive with `np.exp` first, then divide."
)
def _probabilities_no_exp(z):
    with np.errstate(all="ignore"):
        return z / z.sum()


@probabilities.mistake("Your numbers do not add up to 1: divide by their sum, not by the largest of them.")
def _probabilities_by_largest(z):
    return np.exp(z - z.max())


@probabilities.mistake(
    "You give everything to the largest score. The others keep a share: use `np.exp`, then divide."
)
def _probabilities_hard(z):
    return (np.arange(len(z)) == z.argmax()).astype(float)


@probabilities.mistake("You return the logarithms of the probabilities.")
def _probabilities_log(z):
    return z - z.max() - np.log(np.exp(z - z.max()).sum())


@probabilities.mistake(
    "You squash each score on its own with a sigmoid. The shares have to add up to 1 together."
)
def _probabilities_sigmoid(z):
    return networks.sigmoid(z)


@probabilities.alternative
def _probabilities_by_differences(z):
    return [1 / np.exp(np.minimum(z - one, 700)).sum() for one in z]


@lesson.prediction(
    {
        "A": "A is neater: five of its eight images are of one kind. Is neatness something that only training makes?",
        "B": "B mixes threes, twos, a nought and a nine, and it is the trained one. Neat images are no sign of "
        "learning.",
        "both": "One of the two nets has never been trained. Its weights are random numbers.",
    }
)
def guess_whose():
    """A is the untrained net's neuron, B the same neuron after training: which row is the trained net's?"""
    start, net, X, y = nets()
    rows = {"A": start, "B": net}
    return next(name for name, model in rows.items() if networks.accuracy(model, X, y) > 0.9)


@lesson.exercise(
    points=2,
    hints=[
        "`h[y == c]` holds the rows of class c. Average them over the rows: `axis=0`.",
        "Do it for each c from 0 to `max(y)`, and put the results into a list, one row per class.",
    ],
    tool="probes.class_means",
)
def class_means(h, y):
    return [h[y == c].mean(axis=0) for c in range(max(y) + 1)]


def _layer(rng, rows, units):
    """Activations as a ReLU layer has them: many zeros, rounded so that a failing question can be read."""
    return np.round(np.maximum(rng.normal(size=(rows, units)) + 0.2, 0) * 2, 1)


def _classes(rng, rows, classes):
    return rng.permutation(np.arange(rows) % classes)


@class_means.questions
def _class_means_questions(rng):
    yield np.array([[1], [4], [5]]), np.array([0, 0, 1])  # whole numbers, and a mean that is none
    yield np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([1, 0])
    yield (
        np.array([[0.0, 4.0, 1.0], [2.0, 0.0, 1.0], [4.0, 0.0, 1.0], [0.0, 1.0, 1.0]]),
        np.array([1, 0, 0, 1]),
    )
    for _ in range(20):
        rows, units, classes = int(rng.integers(5, 9)), int(rng.integers(1, 4)), int(rng.integers(2, 5))
        yield _layer(rng, rows, units), _classes(rng, rows, classes)


@class_means.mistake("You add up the activations of each class. Divide by how many rows the class has.")
def _class_means_sums(h, y):
    return [h[y == c].sum(axis=0) for c in range(max(y) + 1)]


@class_means.mistake("You divide by the number of all rows. Divide by how many rows this class has.")
def _class_means_all_rows(h, y):
    return [h[y == c].sum(axis=0) / len(h) for c in range(max(y) + 1)]


@class_means.mistake("You have one row for each neuron. One row for each class is wanted: transpose it.")
def _class_means_turned(h, y):
    return np.transpose(class_means.reference(h, y))


@class_means.mistake(
    "You average over everything in a class and get one number. Keep the neurons apart: `axis=0`."
)
def _class_means_one_number(h, y):
    return [h[y == c].mean() for c in range(max(y) + 1)]


@class_means.mistake("You leave out the images for which the neuron is off. A 0 counts in the average.")
def _class_means_when_on(h, y):
    return [h[y == c].sum(axis=0) / np.maximum((h[y == c] > 0).sum(axis=0), 1) for c in range(max(y) + 1)]


@class_means.mistake("You take the largest activation of each class. The average is wanted.")
def _class_means_largest(h, y):
    return [h[y == c].max(axis=0) for c in range(max(y) + 1)]


@class_means.alternative
def _class_means_product(h, y):
    member = np.arange(max(y) + 1)[:, None] == y
    return member @ h / member.sum(axis=1, keepdims=True)


@lesson.exercise(
    points=2,
    hints=[
        "Per column: `top` is its largest value, `rest` is the sum of the others divided by how many they are.",
        "A neuron that is always silent has top = 0. Dividing 0 by 0 gives NaN: return 0 for it.",
        "`means.T` gives the columns one after the other.",
    ],
    tool="probes.selectivity",
)
def selectivity(means):
    found = []
    for column in means.T:
        top = column.max()
        rest = (column.sum() - top) / (len(column) - 1)
        found.append((top - rest) / (top + rest) if top > 0 else 0)
    return found


@selectivity.questions
def _selectivity_questions(rng):
    yield (np.array([[2.0], [1.0]]),)
    yield (np.array([[2.0, 0.0], [0.0, 0.0], [0.0, 0.0]]),)
    yield (np.array([[3.0, 1.0], [1.0, 1.0], [2.0, 1.0]]),)
    yield (np.zeros((3, 2)),)
    yield (np.array([[2.0], [2.0], [0.0]]),)  # two favourites
    yield (np.array([[0.04], [0.02]]),)  # a soft neuron
    for _ in range(20):
        means = np.round(rng.uniform(0, 4, (int(rng.integers(3, 6)), int(rng.integers(1, 5)))), 1)
        means[:, 0] *= rng.integers(2)
        yield (means,)


def _top_rest(means):
    top = means.max(axis=0)
    return top, (means.sum(axis=0) - top) / (len(means) - 1)


def _share(a, b):
    return np.divide(a, b, out=np.zeros_like(a), where=b > 0)


@selectivity.mistake(
    "Right, but for a neuron that is always silent you return NaN. It prefers nothing: return 0."
)
def _selectivity_nan(means):
    top, rest = _top_rest(means)
    with np.errstate(all="ignore"):
        return (top - rest) / (top + rest)


@selectivity.mistake(
    "You divide by 9, which is right for ten classes. There can be more or fewer: the others are `len(means) - 1`."
)
def _selectivity_nine(means):
    top = means.max(axis=0)
    rest = (means.sum(axis=0) - top) / 9
    return _share(top - rest, top + rest)


@selectivity.mistake(
    "You compare with the second largest class only. `rest` is the average of all the others."
)
def _selectivity_second(means):
    first, second = np.sort(means, axis=0)[::-1][:2]
    return _share(first - second, first + second)


@selectivity.mistake(
    "Your `rest` is the average of all classes, with the favourite among them. Leave it out."
)
def _selectivity_of_all(means):
    top, rest = means.max(axis=0), means.mean(axis=0)
    return _share(top - rest, top + rest)


@selectivity.mistake(
    "You return top − rest. Divide by top + rest, so that loud and soft neurons can be compared."
)
def _selectivity_undivided(means):
    top, rest = _top_rest(means)
    return top - rest


@selectivity.mistake("You divide by `top`. Divide by top + rest.")
def _selectivity_by_top(means):
    top, rest = _top_rest(means)
    return _share(top - rest, top)


@selectivity.mistake("You divide by the number of classes. The others are one fewer.")
def _selectivity_count(means):
    top, rest = _top_rest(means)
    rest = rest * (len(means) - 1) / len(means)
    return _share(top - rest, top + rest)


@selectivity.mistake(
    "You go along the rows: one number for each class. Go along the columns, one for each neuron."
)
def _selectivity_rows(means):
    padded = means.T if len(means.T) > 1 else np.vstack([means.T, means.T])
    top, rest = _top_rest(padded)
    return _share(top - rest, top + rest)


@selectivity.alternative
def _selectivity_helper(means):
    return probes.selectivity(means)


@lesson.prediction(
    {
        "the trained net": "Training makes the net right. Does it need neurons with a favourite digit for that?",
        "the untrained net": "Random weights make neurons that are on for few images, and those few are often of one "
        "digit. Training turns most neurons on.",
        "about the same": "It would be so if selectivity had nothing to do with training. It has, the other way round.",
    }
)
def guess_selective():
    """Which net has more hidden neurons with selectivity above 0.6?"""
    start, net, X, y = nets()
    before, after = (int(np.sum(_selectivity(model, X, y) > 0.6)) for model in (start, net))
    if abs(before - after) <= 2:
        return "about the same"
    return "the trained net" if after > before else "the untrained net"


@lesson.prediction(
    {
        "more than 9 in 10": "So it would be if each neuron were the detector of its favourite digit.",
        "about half": "Far more often than chance, 1 in 10, and far from always. Other neurons step in, and a "
        "neuron that says 'not an 8' is missed by the other digits.",
        "about 1 in 10": "That is what chance would give. Favourites do mean something in the trained net.",
    }
)
def guess_hits():
    """For how many of the neurons is the digit that suffers most from their silence their favourite one?"""
    net, X, y = nets()[1:]
    h, favourite = networks.activations(net, X)[0], []
    right = networks.logits(net, X).argmax(axis=1) == y
    means = probes.class_means(h, y)
    for unit in np.flatnonzero(h.any(axis=0)):
        silenced = h.copy()
        silenced[:, unit] = 0
        still = (silenced @ net.weights[1] + net.biases[1]).argmax(axis=1) == y
        falls = probes.class_means((right * 1.0 - still)[:, None], y)[:, 0]
        favourite.append(falls.max() > 0 and falls.argmax() == means[:, unit].argmax())
    share = np.mean(favourite)
    return "more than 9 in 10" if share > 0.9 else "about half" if share > 0.25 else "about 1 in 10"


@lesson.prediction(
    {
        "about 10 %": "That is guessing. The untrained neurons know nothing of digits, but they still see the pixels.",
        "about 50 %": "More. Thirty-two random views of an image say a good deal about it.",
        "more than 75 %": "Random neurons keep much of what the pixels say. The probe has learned, not the neurons.",
    }
)
def guess_probe():
    """How many held-out digits does a linear probe read off the hidden layer of the untrained net?"""
    start, _, X_held, y_held = nets()
    X, y = digits()[:2]
    probe = probes.fit(networks.activations(start, X)[0], y)
    share = probes.accuracy(probe, networks.activations(start, X_held)[0], y_held)
    return "more than 75 %" if share > 0.75 else "about 10 %" if share < 0.25 else "about 50 %"


@lesson.exercise(
    points=3,
    hints=[
        "`probes.selectivity(probes.class_means(h, y))` gives one number for each neuron of one layer.",
        "Do the same for every untrained layer, and put all these numbers into one list.",
        "For each trained neuron: how many of that list are at least as large as its own number, divided by how many "
        "there are?",
    ],
)
def as_selective(h, y, untrained):
    found = []
    for other in untrained:
        found.extend(probes.selectivity(probes.class_means(other, y)))
    mine = probes.selectivity(probes.class_means(h, y))
    return [np.mean(np.array(found) >= value) for value in mine]


@as_selective.questions
def _as_selective_questions(rng):
    h, y = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]), np.array([0, 1, 1])
    loud = np.array([[3.0, 1.0], [0.0, 0.0], [1.0, 3.0]])
    yield h, y, [loud, np.zeros((3, 2))]
    yield np.zeros((3, 2)), y, [loud, loud + 1]
    yield loud, y, [h, loud, np.zeros((3, 2))]
    asked = 0
    while asked < 20:
        rows, units, classes = int(rng.integers(6, 9)), int(rng.integers(2, 4)), int(rng.integers(2, 4))
        layers = [_layer(rng, rows, units) for _ in range(int(rng.integers(3, 6)))]
        y = _classes(rng, rows, classes)
        mine, others = _selectivities(layers[0], y, layers[1:])
        tied = np.abs(others - mine[:, None, None]).min(axis=(1, 2)) < 1e-9
        if not (tied & (mine > 0) & (mine < 1)).any():  # rounding decides no tie
            asked += 1
            yield layers[0], y, layers[1:]


def _selectivities(h, y, untrained):
    mine, *others = (probes.selectivity(probes.class_means(layer, y)) for layer in [h, *untrained])
    return mine, np.array(others)  # (units,), (nets, units)


@as_selective.mistake(
    "You count the untrained neurons that are less selective. Count those at least as selective."
)
def _as_selective_below(h, y, untrained):
    mine, others = _selectivities(h, y, untrained)
    return [(others < value).mean() for value in mine]


@as_selective.mistake("Ties are missing: a neuron that is exactly as selective counts too, so use >=.")
def _as_selective_strict(h, y, untrained):
    mine, others = _selectivities(h, y, untrained)
    return [(others > value).mean() for value in mine]


@as_selective.mistake("You return how many there are. Divide by the number of all untrained neurons.")
def _as_selective_count(h, y, untrained):
    mine, others = _selectivities(h, y, untrained)
    return [(others >= value).sum() for value in mine]


@as_selective.mistake(
    "You compare each neuron only with those of the same number. A number means nothing across nets: pool all of them."
)
def _as_selective_same_number(h, y, untrained):
    mine, others = _selectivities(h, y, untrained)
    return (others >= mine).mean(axis=0)


@as_selective.mistake(
    "You look at the first untrained net only. One net is not a baseline: pool all of them."
)
def _as_selective_first(h, y, untrained):
    mine, others = _selectivities(h, y, untrained)
    return [(others[0] >= value).mean() for value in mine]


@as_selective.mistake(
    "You compare the favourite's mean activation. A loud neuron is not a selective one: compare selectivities."
)
def _as_selective_loudness(h, y, untrained):
    mine, *others = (probes.class_means(layer, y).max(axis=0) for layer in [h, *untrained])
    return [(np.array(others) >= value).mean() for value in mine]


@as_selective.mistake(
    "You compare with the average untrained neuron and get 0 or 1. Count how many of them are at least as selective."
)
def _as_selective_average(h, y, untrained):
    mine, others = _selectivities(h, y, untrained)
    return [float(others.mean() >= value) for value in mine]


@as_selective.alternative
def _as_selective_sorted(h, y, untrained):
    mine, others = _selectivities(h, y, untrained)
    return 1 - np.searchsorted(np.sort(others.ravel()), mine) / others.size


report = lesson.report
