"""Lesson 09, robustness: reference answers, hints, questions and known mistakes."""

import numpy as np

from helpers import networks, sensors
from helpers.data import digits
from helpers.exercise import Lesson
from helpers.importance import least_squares, r_squared
from helpers.sensors import GARAGES, air, car, try_plan

lesson = Lesson(9)


def _miss(way, fault, size):
    X, y = sensors.drive(2000, 1003)
    return sensors.miss(car(3, 0, way), sensors.broken(X, 0, fault, size), y)


@lesson.exercise(
    points=1,
    hints=[
        "A noisy sensor still knows something: its reading stays, and noise comes on top.",
        "`noise` has spread 1. How large should it be?",
    ],
)
def fail(X, sensor, fault, size, noise):
    X = np.array(X, float)
    if fault == "stuck":
        X[:, sensor] = size
    elif fault == "noisy":
        X[:, sensor] = X[:, sensor] + size * noise
    elif fault == "shifted":
        X[:, sensor] = X[:, sensor] + size
    return X


@fail.questions
def _fail_questions(rng):
    X, noise = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, -1.5])
    yield X, 1, "stuck", 0.0, noise
    yield X, 0, "shifted", -1.0, noise
    yield X, 0, "noisy", 0.0, noise
    yield X, 1, "noisy", 2.0, noise
    for _ in range(20):
        rows, count = (int(n) for n in rng.integers(2, 5, 2))
        X, noise = (
            np.round(rng.normal(0, 1, (rows, count)), 1) + 0.0,
            np.round(rng.normal(size=rows), 1) + 0.03,
        )
        fault = str(rng.choice(["noisy", "noisy", "stuck", "shifted"]))
        yield X, int(rng.integers(count)), fault, round(float(rng.uniform(0.3, 3)), 1), noise


def _noisy(values):
    def noisy(X, sensor, fault, size, noise):
        if fault != "noisy":
            return fail.reference(X, sensor, fault, size, noise)
        X = np.array(X, float)
        X[:, sensor] = values(X[:, sensor], size, np.asarray(noise))
        return X

    return noisy


fail.mistake("Your noise has always the same size. Multiply it by `size`.")(_noisy(lambda x, s, e: x + e))
fail.mistake("You put the noise in place of the reading. It comes on top of it.")(
    _noisy(lambda x, s, e: s * e)
)
fail.mistake("You add `size` to each reading. That is a shifted sensor; the noise is missing.")(
    _noisy(lambda x, s, e: x + s)
)
fail.mistake("Your noise grows with the reading. Add `size` times the noise, whatever the reading is.")(
    _noisy(lambda x, s, e: x + s * e * x)
)
fail.mistake("You add size and noise. The noise should be made larger by `size`: multiply.")(
    _noisy(lambda x, s, e: x + s + e)
)


@fail.alternative
def _fail_by_a_change(X, sensor, fault, size, noise):
    X = np.asarray(X, float)
    change = {"stuck": size - X[:, sensor], "noisy": size * np.asarray(noise), "shifted": size}[fault]
    return X + np.eye(X.shape[1])[sensor] * np.broadcast_to(change, len(X))[:, None]


def _nearest(options, miss):
    """The option "about NUMBER" whose number is nearest."""
    return min(options, key=lambda words: abs(float(words.split()[1]) - miss))


@lesson.prediction(
    {
        "about 0.05": "That would need four poor sensors to do the work of a good one, and at once.",
        "about 0.18": "A network that reads the other four well exists. Was this one trained "
        "to be it? In training the camera was never wrong.",
        "about 0.48": "In training the camera was enough, so nothing else was learned.",
    }
)
def guess_stuck():
    """The mean absolute error of the car of the lesson when its camera is stuck at 0."""
    miss = _miss("plain", "stuck", 0.0)
    return _nearest(guess_stuck.options, miss)


def norms_right():
    """In how many of 20 cars the largest weight norm belongs to the good sensor."""
    norms = [
        np.linalg.norm(car(seed, seed % 5).weights[0], axis=1).argmax() == seed % 5 for seed in range(20)
    ]
    return int(sum(norms))


@lesson.prediction(
    {
        "in all 20": "Every one of these cars leans on its good sensor. But its weights began as random numbers of "
        "about the same size, and training moved them only a little.",
        "in 14 to 19": "That would make it a fair guide. It is worse: see where the norms come from.",
        "in 13 or fewer": "The norms are mostly those of the random start, and these know nothing.",
    }
)
def guess_norms():
    """In how many of 20 cars does the largest weight norm belong to the sensor that the car relies on?"""
    right = norms_right()
    return "in all 20" if right == 20 else "in 14 to 19" if right > 13 else "in 13 or fewer"


@lesson.exercise(
    points=2,
    hints=[
        "A hidden neuron lets a sensor through where it is on: `on = X @ W + b > 0`, (rows, hidden).",
        "The slopes, (rows, sensors): `(on * w) @ W.T`.",
        "Take sizes first, then the mean over the rows, then divide by their sum.",
    ],
)
def slope_shares(X, W, b, w):
    on = X @ W + b > 0
    slopes = (on * w) @ W.T
    sizes = np.abs(slopes).mean(axis=0)
    return sizes / sizes.sum()


@slope_shares.questions
def _slope_questions(rng):
    yield np.array([[1.0, 0.0]]), np.array([[1.0], [3.0]]), np.array([0.5]), np.array([2.0])
    yield np.array([[1.0], [-1.0]]), np.array([[2.0]]), np.array([0.1]), np.array([-1.0])
    X = np.array([[1.0, 0.2], [-1.0, 0.3]])  # one neuron on in each row, with slopes of opposite signs
    yield X, np.array([[1.0, -1.0], [0.5, 0.2]]), np.array([0.0, 0.0]), np.array([1.0, 1.0])
    for _ in range(20):
        rows, count, hidden = (int(n) for n in rng.integers(3, 6, 3))
        X, W = np.round(rng.normal(size=(rows, count)), 1), np.round(rng.normal(size=(count, hidden)), 1)
        w = np.round(rng.choice([-1, 1], hidden) * rng.uniform(0.5, 2, hidden), 1)
        b = np.round(rng.normal(0.5, 0.5, hidden), 1) + 0.0137  # no sum is exactly 0
        if ((X @ W + b > 0).any(axis=0)).all() and (((X @ W + b > 0) * w) @ W.T).any():
            yield X + 0.0, W + 0.0, b, w


def _slopes(X, W, b, w):
    return ((X @ W + b > 0) * w) @ W.T


def _as_shares(sizes):
    return sizes / sizes.sum()


@slope_shares.mistake(
    "These are the weight norms of the sensors. Ask what reaches the answer: use `on` and `w`."
)
def _slopes_norms(X, W, b, w):
    return _as_shares(np.linalg.norm(W, axis=1))


@slope_shares.mistake("You treat every hidden neuron as on. One that is off lets nothing through.")
def _slopes_linear(X, W, b, w):
    return _as_shares(np.abs(W @ w))


@slope_shares.mistake(
    "You average first and take the size then: slopes of opposite signs cancel. Take sizes first."
)
def _slopes_cancel(X, W, b, w):
    return _as_shares(np.abs(_slopes(X, W, b, w).mean(axis=0)))


@slope_shares.mistake(
    "The outgoing weights `w` are missing: a neuron that nobody listens to should not count."
)
def _slopes_without_w(X, W, b, w):
    return _as_shares(np.abs((X @ W + b > 0) @ W.T).mean(axis=0))


@slope_shares.mistake("Your numbers do not add up to 1. Divide by their sum.")
def _slopes_not_shares(X, W, b, w):
    return np.abs(_slopes(X, W, b, w)).mean(axis=0)


@slope_shares.mistake("The bias `b` is missing: a neuron is on where `X @ W + b` is above 0.")
def _slopes_without_b(X, W, b, w):
    return _as_shares(np.abs(_slopes(X, W, 0, w)).mean(axis=0))


@slope_shares.mistake(
    "You average shares. Take the mean of the sizes over the rows first, then the shares of that."
)
def _slopes_mean_of_shares(X, W, b, w):
    return _slopes_per_row(X, W, b, w).mean(axis=0)


@slope_shares.mistake("You return shares row by row. Take the mean over the rows first.")
def _slopes_per_row(X, W, b, w):
    sizes = np.abs(_slopes(X, W, b, w))
    return sizes / np.maximum(sizes.sum(axis=1, keepdims=True), 1e-12)


@slope_shares.alternative
def _slopes_row_by_row(X, W, b, w):
    total = 0
    for x in X:
        total = total + np.abs(W @ (w * (x @ W + b > 0)))
    return total / total.sum()


@lesson.prediction(
    {
        "about 0.2": "It learned what to do with a sensor that reads 0. Has it met one that is stuck at 1?",
        "about 0.6": "It has not practised with a camera that reads 1, so it believes most of that; the other "
        "four have some say by now.",
        "about 0.95": "The cure spread the work over all five sensors, so the camera has less to say now.",
    }
)
def guess_cure():
    """The mean absolute error of the car that was trained with dropout, with the camera stuck at 1."""
    miss = _miss("dropout", "stuck", 1.0)
    return _nearest(guess_cure.options, miss)


@lesson.exercise(
    points=2,
    hints=[
        "Copy X. Go through all places (i, j); where the coin is below `chance`, put in another reading.",
        "The reading comes from the same sensor in another row: X[donors[i, j], j].",
        "Read from X, write into the copy: what has been replaced already should not be dealt on.",
    ],
)
def replaced(X, chance, coins, donors):
    mixed = np.array(X, float)
    for i in range(len(X)):
        for j in range(X.shape[1]):
            if coins[i, j] < chance:
                mixed[i, j] = X[donors[i, j], j]
    return mixed


@replaced.questions
def _replaced_questions(rng):
    X, coins = (
        np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]),
        np.array([[0.1, 0.9], [0.9, 0.1], [0.2, 0.3]]),
    )
    donors = np.array([[1, 0], [0, 2], [0, 1]])
    for chance in (0.0, 1.0, 0.25, 0.3):  # one coin is exactly 0.3, and that is not below it
        yield X, chance, coins, donors
    yield np.array([[4.0]]), 0.5, np.array([[0.2]]), np.array([[0]])
    for _ in range(20):
        shape = tuple(int(n) for n in rng.integers(2, 5, 2))
        X, coins = np.round(rng.normal(1, 1, shape), 1) + 0.03, np.round(rng.random(shape), 2) + 0.001
        yield X, round(float(rng.uniform(0.2, 0.8)), 1), coins, rng.integers(len(X), size=shape)


def _dealt_out(X, where, values):
    return np.where(where, values, X)


def _donated(X, donors):
    return np.take_along_axis(np.asarray(X, float), donors, axis=0)


@replaced.mistake("You put in 0. That is dropout; here a reading of another row comes in.")
def _replaced_zero(X, chance, coins, donors):
    return _dealt_out(X, coins < chance, 0.0)


@replaced.mistake("You replace where the coin is `chance` or more. Replace where it is below.")
def _replaced_others(X, chance, coins, donors):
    return _dealt_out(X, coins >= chance, _donated(X, donors))


@replaced.mistake(
    "You put in the sensor's mean. The reading of one other row should come in: X[donors[i, j], j]."
)
def _replaced_mean(X, chance, coins, donors):
    return _dealt_out(X, coins < chance, np.mean(X, axis=0))


@replaced.mistake("You take the whole row of a donor. Each sensor has a coin and a donor of its own.")
def _replaced_rows(X, chance, coins, donors):
    return _dealt_out(X, coins[:, :1] < chance, np.asarray(X)[donors[:, 0]])


@replaced.mistake("`X[donors]` looks up whole rows. One reading has a row and a column: X[donors[i, j], j].")
def _replaced_by_rows_of_donors(X, chance, coins, donors):
    return np.where(coins < chance, X[donors], X)


@replaced.mistake("You replace every reading. Replace only where the coin is below `chance`.")
def _replaced_all(X, chance, coins, donors):
    return _donated(X, donors)


@replaced.mistake(
    "You read from rows that you have changed already, so some readings are dealt on twice. Read from X."
)
def _replaced_piled(X, chance, coins, donors):
    mixed = np.array(X, float)
    for i, j in np.ndindex(mixed.shape):
        if coins[i, j] < chance:
            mixed[i, j] = mixed[donors[i, j], j]
    return mixed


@replaced.alternative
def _replaced_at_once(X, chance, coins, donors):
    return np.where(coins < chance, X[donors, np.arange(X.shape[1])], X)


@lesson.exercise(
    points=3,
    hints=[
        "You do not know which sensor a car relies on. Five sensors, six tests.",
        "Dropout teaches a car what to do with a sensor that reads 0. Which reading would show that it still relies?",
        "A fault that is too large breaks a sturdy car as well. Stay within the lane, from −1 to 1.",
    ],
)
def caught(garage):
    plan = [(sensor, "stuck", 1.0) for sensor in range(5)]
    return try_plan(plan, garage)


@caught.questions
def _caught_questions(rng):
    for garage in range(len(GARAGES)):
        yield (garage,)


@caught.mistake(
    "(5, 0) in garage 0: half of the reliant cars got through, the five that were trained with dropout. They know what "
    "a reading of 0 means, and mild faults do little to them. Use a fault that they have not practised."
)
def _caught_at_zero(garage):
    return try_plan([(sensor, "stuck", 0.0) for sensor in range(5)], garage)


@caught.mistake(
    "(6, 0) in garage 0: of the five reliant cars that were trained with dropout, four got through. 0.5 is not far "
    "from the 0 that they have practised. Go further."
)
def _caught_half_way(garage):
    return try_plan([(sensor, "stuck", 0.5) for sensor in range(5)], garage)


@caught.mistake(
    "(2, 0) in garage 0: nearly all the reliant cars got through. Does your plan try one sensor only? These cars rely "
    "on different ones."
)
def _caught_camera(garage):
    return try_plan([(0, "stuck", 1.0)], garage)


@caught.mistake(
    "(10, 2) in garage 0: all reliant cars are caught, and both sturdy ones fail too. Every car breaks if the fault is "
    "large enough. Keep to readings that could occur."
)
def _caught_harsh(garage):
    return try_plan([(sensor, "stuck", 3.0) for sensor in range(5)], garage)


@caught.mistake("(0, 0) in garage 0: nobody fails your plan. Are its faults large enough to show anything?")
def _caught_gentle(garage):
    return try_plan([(sensor, "shifted", 0.1) for sensor in range(5)], garage)


@caught.mistake(
    "(10, 0) is right for garage 0, and you return it for every other one. Hand `garage` on to `try_plan`."
)
def _caught_in_one_garage(garage):
    return try_plan([(sensor, "stuck", 1.0) for sensor in range(5)])


@caught.alternative
def _caught_by_shifts(garage):
    return try_plan([(sensor, "shifted", -1.0) for sensor in range(5)], garage)


@lesson.exercise(
    points=3,
    hints=[
        "First the slope of the surprise for each logit: `networks.softmax(z)`, minus 1 in the place of `label`.",
        "Backwards: `V @ ...` to the hidden neurons, times 1 where they are on and 0 where not, then `W @ ...`.",
        "The nudge is `size * np.sign(slope)`. Add it, and `np.clip(..., 0, 1)`.",
    ],
)
def worst_nudge(x, label, size, W, b, V, c):
    z = x @ W + b
    rise = networks.softmax(np.maximum(z, 0) @ V + c)
    rise[label] -= 1
    slope = W @ ((z > 0) * (V @ rise))
    return np.clip(x + size * np.sign(slope), 0, 1)


@worst_nudge.questions
def _nudge_questions(rng):
    W, V = np.array([[1.0, -1.0], [0.5, 1.0]]), np.array([[1.0, -1.0], [0.2, 0.4]])
    yield np.array([0.5, 0.5]), 0, 0.1, W, np.array([0.1, 0.2]), V, np.zeros(2)
    yield np.array([0.5, 0.5]), 1, 0.1, W, np.array([0.1, 0.2]), V, np.zeros(2)
    yield np.array([0.0, 1.0]), 1, 0.2, W, np.array([0.1, 0.2]), V, np.zeros(2)
    yield np.array([0.5, 0.5]), 0, 0.0, W, np.array([0.1, 0.2]), V, np.zeros(2)
    yield (
        np.array([0.5, 0.5]),
        0,
        0.1,
        W * [[1.0], [0.0]],
        np.array([0.1, 0.2]),
        V,
        np.zeros(2),
    )  # a slope of 0
    W = np.array([[2.0, -2.0], [-1.0, 2.0]])  # one neuron is off, and would turn the slope if it were counted
    V = np.array([[1.0, -1.0, 3.0], [2.0, -2.0, 3.0]])
    yield np.array([0.5, 0.5]), 0, 0.1, W, np.array([0.5, -2.0]), V, np.zeros(3)
    for _ in range(20):
        pixels, hidden, classes = (int(n) for n in rng.integers(3, 6, 3))
        W, V = np.round(rng.normal(size=(pixels, hidden)), 1), np.round(rng.normal(size=(hidden, classes)), 1)
        b, x = np.round(rng.normal(0.3, 0.5, hidden), 1) + 0.0137, np.round(rng.random(pixels), 2)
        label, size = int(rng.integers(classes)), round(float(rng.uniform(0.05, 0.4)), 2)
        if (x @ W + b > 0).any():
            yield x, label, size, W + 0.0137, b, V + 0.0071, np.round(rng.normal(size=classes), 1)


def _loss_slope(x, label, W, b, V, c, on=None):
    z = x @ W + b
    rise = networks.softmax(np.maximum(z, 0) @ V + c)
    rise[label] -= 1
    return W @ ((z > 0 if on is None else on) * (V @ rise))


@worst_nudge.mistake("Your nudge goes down the slope: it makes the network surer. Add it.")
def _nudge_down(x, label, size, W, b, V, c):
    return np.clip(x - size * np.sign(_loss_slope(x, label, W, b, V, c)), 0, 1)


@worst_nudge.mistake("Some of your pixels are below 0 or above 1: no ink is like that. Clip them.")
def _nudge_unclipped(x, label, size, W, b, V, c):
    return x + size * np.sign(_loss_slope(x, label, W, b, V, c))


@worst_nudge.mistake(
    "You add `size` times the slope. Every pixel should move by `size`: take the slope's sign."
)
def _nudge_slope(x, label, size, W, b, V, c):
    return np.clip(x + size * _loss_slope(x, label, W, b, V, c), 0, 1)


@worst_nudge.mistake(
    "You lower the logit of the right digit only. The surprise also rises when the other logits do: use softmax."
)
def _nudge_logit(x, label, size, W, b, V, c):
    slope = W @ ((x @ W + b > 0) * V[:, label])
    return np.clip(x - size * np.sign(slope), 0, 1)


@worst_nudge.mistake("The 1 is missing: at the right digit the slope is its probability minus 1.")
def _nudge_without_truth(x, label, size, W, b, V, c):
    z = x @ W + b
    rise = networks.softmax(np.maximum(z, 0) @ V + c)
    return np.clip(x + size * np.sign(W @ ((z > 0) * (V @ rise))), 0, 1)


@worst_nudge.mistake("Pixels whose slope is 0 moved too. They stay: `np.sign(0)` is 0.")
def _nudge_up_or_down(x, label, size, W, b, V, c):
    return np.clip(x + np.where(_loss_slope(x, label, W, b, V, c) > 0, size, -size), 0, 1)


@worst_nudge.mistake(
    "Your logits come from hidden sums below 0 as well. Put `np.maximum(..., 0)` on the way there."
)
def _nudge_without_relu(x, label, size, W, b, V, c):
    z = x @ W + b
    rise = networks.softmax(z @ V + c) - np.eye(len(c))[label]
    return np.clip(x + size * np.sign(W @ ((z > 0) * (V @ rise))), 0, 1)


@worst_nudge.mistake(
    "You go back through hidden neurons that are off. A ReLU that is off lets no slope through."
)
def _nudge_linear(x, label, size, W, b, V, c):
    return np.clip(x + size * np.sign(_loss_slope(x, label, W, b, V, c, on=True)), 0, 1)


@worst_nudge.alternative
def _nudge_by_the_instrument(x, label, size, W, b, V, c):
    from helpers import attribution

    net = networks.MLP([W, V], [b, c])
    chance = networks.softmax(networks.logits(net, x))
    rise = chance - np.eye(len(c))[label]
    slope = sum(rise[k] * attribution.gradient(net, x, k)[0] for k in range(len(c)))
    return np.minimum(1, np.maximum(0, x + size * np.sign(slope)))


@lesson.prediction(
    {
        "over 90%": "That is what a random nudge of this size does. This one was not drawn at random.",
        "about 70%": "Each pixel moves by a tenth only, but all 64 push in the worst direction together.",
        "under 50%": "64 small pushes, all in the worst direction, add up.",
    }
)
def guess_digit():
    """How many of the held-out digits are still read rightly after the worst nudge of size 0.1?"""
    X, y, X_held, y_held = digits()
    net, _ = networks.train(networks.mlp((64, 32, 10), 1), X, y, steps=1000, lr=0.005, seed=1)
    (W, V), (b, c) = net.weights, net.biases
    nudged = [
        worst_nudge.reference(x, label, 0.1, W, b, V, c) for x, label in zip(X_held, y_held, strict=True)
    ]
    right = networks.accuracy(net, np.array(nudged), y_held)
    return "over 90%" if right > 0.9 else "under 50%" if right < 0.5 else "about 70%"


@lesson.prediction(
    {
        "about 0.3": "That is where it is with a usual temperature in place of the real one. Was 0 °F usual?",
        "about 0": "R² is 0 for somebody who always says the mean. There is no floor at 0: one can do worse than that.",
        "far below 0": "New York in summer has never been near 0 °F. The fit takes it at its word.",
    }
)
def guess_air():
    """R² on the test days with the thermometer stuck at 0."""
    X, y = air()
    old = np.arange(111) % 2 == 0
    constant, *weights = least_squares(np.column_stack([np.ones(old.sum()), X[old]]), y[old]).coefficients
    found = stuck_scores.reference(X[~old], y[~old], np.array(weights), constant, np.zeros(3))[2]
    return "far below 0" if found < -5 else "about 0.3" if found > 0.15 else "about 0"


@lesson.exercise(
    points=3,
    hints=[
        "One round per column: copy X, set the whole column to its value in `values`, predict, and score.",
        "`r_squared(y, constant + stuck @ weights)`, where `stuck` is the copy.",
        "Make a fresh copy in each round: only one sensor is stuck at a time.",
    ],
)
def stuck_scores(X, y, weights, constant, values):
    scores = []
    for column in range(X.shape[1]):
        stuck = np.array(X, float)
        stuck[:, column] = values[column]
        scores.append(r_squared(y, constant + stuck @ weights))
    return scores


@stuck_scores.questions
def _stuck_questions(rng):
    X, y = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]]), np.array([1.0, 2.0, 4.5])
    yield X, y, np.array([1.5, 0.5]), 0.5, np.array([0.0, 0.0])
    yield X, y, np.array([1.5, 0.0]), 0.5, np.array([1.0, 5.0])
    yield X[:, :1], y, np.array([1.5]), 0.5, np.array([1.0])
    for _ in range(20):
        rows, columns = int(rng.integers(4, 9)), int(rng.integers(2, 5))
        X = np.round(rng.normal(2, 1, (rows, columns)), 1) + 0.0
        weights = np.round(rng.choice([-1, 1], columns) * rng.uniform(0.5, 2, columns), 1)
        y = np.round(X @ weights + rng.normal(0, 0.5, rows), 1) + 0.0
        yield X, y, weights, round(float(rng.normal()), 1), np.round(rng.normal(2, 1, columns), 1) + 0.03


@stuck_scores.mistake("You set the column to 0 or leave it out. It should be stuck at its value in `values`.")
def _stuck_zero(X, y, weights, constant, values):
    return stuck_scores.reference(X, y, weights, constant, np.zeros(len(weights)))


@stuck_scores.mistake("You set the column to its own mean in X. It should be stuck at its value in `values`.")
def _stuck_mean(X, y, weights, constant, values):
    return stuck_scores.reference(X, y, weights, constant, np.mean(X, axis=0))


@stuck_scores.mistake(
    "Your faults pile up: the second sensor fails while the first is still stuck. Copy X each time."
)
def _stuck_piled(X, y, weights, constant, values):
    stuck, scores = np.array(X, float), []
    for column, value in enumerate(values):
        stuck[:, column] = value
        scores.append(r_squared(y, constant + stuck @ weights))
    return scores


@stuck_scores.mistake("All sensors are stuck at once. In each round only one is, and the others work.")
def _stuck_together(X, y, weights, constant, values):
    return [r_squared(y, np.full(len(y), constant + values @ weights))] * len(values)


@stuck_scores.mistake("You return how far R² falls. Return what it falls to.")
def _stuck_falls(X, y, weights, constant, values):
    before = r_squared(y, constant + X @ weights)
    return [before - score for score in stuck_scores.reference(X, y, weights, constant, values)]


@stuck_scores.mistake("The constant is missing from your predictions.")
def _stuck_without_constant(X, y, weights, constant, values):
    return stuck_scores.reference(X, y, weights, 0.0, values)


@stuck_scores.alternative
def _stuck_by_the_change(X, y, weights, constant, values):
    moved = (constant + X @ weights)[:, None] + (values - X) * weights
    return 1 - ((y[:, None] - moved) ** 2).sum(axis=0) / ((y - y.mean()) ** 2).sum()


report = lesson.report
