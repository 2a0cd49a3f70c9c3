"""Lesson 03, a neuron by hand: reference answers, hints, questions and known mistakes."""

import numpy as np

from helpers import networks
from helpers.exercise import Lesson

lesson = Lesson(3)

SEED = networks.ESSAY_NET
X = np.array([0.5, 0.8])
GRID = np.array([(x1, x2) for x1 in np.linspace(-2, 2, 41) for x2 in np.linspace(-2, 2, 41)])
SATURATED = networks.Network([[4, 0.3], [4, 0.5]], [6, 0.1], [2, 0.7], -1)
GATES = networks.Network([[20, 20], [20, 20]], [-10, -30], [20, -20], -10)
CORNERS = [(0, 0), (0, 1), (1, 0), (1, 1)]


def activate(z):
    return 1 / (1 + np.exp(-z))


def _random_net(rng, inputs, hidden, spread=1.5):
    """Parameters of a random network, rounded so that a failing question can be read."""
    shapes = ((inputs, hidden), hidden, hidden)
    W1, b1, w2 = (np.round(rng.normal(size=shape) * spread, 1) + 0.0 for shape in shapes)  # + 0.0: no -0
    return W1, b1, w2, round(float(rng.normal()), 1)


def _random_x(rng, inputs):
    return np.round(rng.uniform(-2, 2, inputs), 1) + 0.0


@lesson.prediction(
    {
        "nothing changes": "The four numbers are the same, but each neuron now picks up another pair of them.",
        "only the hidden neurons change": "They do, and the output is made from them. "
        "The difference is small: look at more than three decimals.",
        "all three numbers change": "Each neuron gets other weights, so both activations move, and so does the output.",
    }
)
def guess_orientation():
    """What changes when rows of weights1 are read as neurons?"""
    other = networks.Network(SEED.W1.T, SEED.b1, SEED.w2, SEED.b2)
    a, b = networks.forward(SEED, X), networks.forward(other, X)
    if np.allclose(a.hidden, b.hidden, atol=1e-4):
        return "nothing changes"
    return "only the hidden neurons change" if abs(a.output - b.output) < 1e-4 else "all three numbers change"


@lesson.exercise(
    points=1,
    hints=[
        "Three things are added: the first input times its weight, the second input times its weight, and the bias.",
        "`x @ w` gives the sum of the products. One thing is still to be added.",
    ],
)
def neuron(x, w, b):
    z = x @ w + b
    return 1 / (1 + np.exp(-z))


@neuron.questions
def _neuron_questions(rng):
    yield np.zeros(2), np.array([1.0, 1.0]), 0.0
    yield np.zeros(2), np.array([1.0, 1.0]), 2.0
    yield X, SEED.W1[:, 0], 0.1
    yield np.array([1.0, 0.0, 2.0]), np.array([-1.0, 3.0, 0.5]), -1.0
    for _ in range(20):
        n = int(rng.integers(2, 5))
        yield _random_x(rng, n), _random_x(rng, n), round(float(rng.normal()), 1)


@neuron.mistake("The bias is missing: at x = 0 your neuron gives 0.5, whatever its bias is.")
def _neuron_no_bias(x, w, b):
    return activate(x @ w)


@neuron.mistake("You return one number per input. The products still have to be added up before the sigmoid.")
def _neuron_no_sum(x, w, b):
    return activate(x * w + b)


@neuron.mistake(
    "You multiply the sum of the inputs by the sum of the weights. Multiply each input by its own weight."
)
def _neuron_sum_first(x, w, b):
    return activate(x.sum() * w.sum() + b)


@neuron.mistake("You subtract the bias. It is added.")
def _neuron_minus_bias(x, w, b):
    return activate(x @ w - b)


@neuron.mistake("The bias is added once for each input. It belongs to the neuron and is added once.")
def _neuron_bias_each(x, w, b):
    return activate((x * w + b).sum())


@neuron.alternative
def _neuron_loop(x, w, b):
    z = b
    for value, weight in zip(x, w, strict=True):
        z += value * weight
    return networks.sigmoid(z)


@lesson.prediction(
    {
        "it turns": "The direction of the line comes from the two weights alone, and they stay.",
        "it shifts": "The weights fix the direction, so the line keeps its angle. The bias says where it lies.",
        "it stays": "At the old line the weighted sum was 0. With a larger bias it is above 0 there.",
    }
)
def guess_bias():
    """What does a larger bias do to the line where the activation is 0.5?"""
    w = SEED.W1[:, 0]
    old, new = ([-(b + w[0] * x1) / w[1] for x1 in (0, 1)] for b in (0.1, 1))
    if np.allclose(old, new):
        return "it stays"
    return "it shifts" if np.isclose(old[1] - old[0], new[1] - new[0]) else "it turns"


@lesson.exercise(
    points=2,
    hints=[
        "The activation is 0.5 exactly where the weighted sum is 0: w[0] * x1 + w[1] * x2 + b = 0. Solve for x2.",
        "Before you divide by w[1], ask whether it is 0.",
    ],
)
def threshold_x2(w, b, x1):
    if w[1] == 0:
        return None
    return -(w[0] * x1 + b) / w[1]


@threshold_x2.questions
def _threshold_questions(rng):
    yield np.array([1.0, 1.0]), 0.0, 0.0
    yield np.array([1.0, 2.0]), 0.0, 1.0
    yield np.array([0.0, 2.0]), 1.0, 3.0
    yield np.array([1.0, 0.0]), 1.0, 3.0
    yield np.array([0.0, 0.0]), 0.0, 1.0
    yield np.array([0.2, 0.4]), 0.1, 0.5
    for _ in range(20):
        w = np.round(rng.choice([-1, 1], 2) * rng.uniform(0.3, 3, 2), 1)
        yield w, round(float(rng.normal()), 1), round(float(rng.uniform(-2, 2)), 1)


@threshold_x2.mistake(
    "You solve for a weighted sum of 0.5. The *activation* is 0.5 there; the weighted sum is 0."
)
def _threshold_half(w, b, x1):
    return (0.5 - w[0] * x1 - b) / w[1] if w[1] else None


@threshold_x2.mistake(
    "The bias has the wrong sign: when it crosses to the other side of the equation it turns."
)
def _threshold_bias_sign(w, b, x1):
    return (b - w[0] * x1) / w[1] if w[1] else None


@threshold_x2.mistake("The bias is missing: all your lines run through (0, 0).")
def _threshold_no_bias(w, b, x1):
    return -w[0] * x1 / w[1] if w[1] else None


@threshold_x2.mistake(
    "The two weights are swapped: x1 goes with w[0], and x2, which you look for, with w[1]."
)
def _threshold_swapped(w, b, x1):
    return -(w[1] * x1 + b) / w[0] if w[0] else None


@threshold_x2.mistake("The whole result has the wrong sign: both terms change sides.")
def _threshold_sign(w, b, x1):
    return (w[0] * x1 + b) / w[1] if w[1] else None


@threshold_x2.mistake("Only the case w[1] = 0 is still wrong. There x2 does not enter the sum: return None.")
def _threshold_zero(w, b, x1):
    return -(w[0] * x1 + b) / w[1]


@threshold_x2.alternative
def _threshold_by_two_sums(w, b, x1):
    at_0, at_1 = (w[0] * x1 + w[1] * x2 + b for x2 in (0, 1))  # a straight line through two points
    return None if w[1] == 0 else at_0 / (at_0 - at_1)


@lesson.exercise(
    points=2,
    hints=[
        "The same step is done twice: weighted sum plus bias, then `activate`. The second time `hidden` is the input.",
        "`x @ W1 + b1` gives the weighted sums of all hidden neurons at once.",
    ],
    tool="networks.forward",
)
def run_net(x, W1, b1, w2, b2):
    hidden = activate(x @ W1 + b1)
    return hidden, activate(hidden @ w2 + b2)


@run_net.questions
def _run_questions(rng):
    yield np.zeros(2), np.zeros((2, 2)), np.zeros(2), np.zeros(2), 0.0
    yield X, SEED.W1, SEED.b1, SEED.w2, SEED.b2
    yield np.zeros(2), SEED.W1, np.array([1.0, -1.0]), SEED.w2, 0.5
    for _ in range(20):
        inputs, hidden = (int(n) for n in rng.integers(2, 4, 2))
        yield _random_x(rng, inputs), *_random_net(rng, inputs, hidden)


@run_net.mistake("The two are in the wrong order: hidden first, then output.")
def _run_swapped(x, W1, b1, w2, b2):
    return run_net.reference(x, W1, b1, w2, b2)[::-1]


@run_net.mistake("You read the rows of W1 as neurons (W1 @ x). In this net its columns are neurons: x @ W1.")
def _run_rows(x, W1, b1, w2, b2):
    hidden = activate(W1 @ x + b1)
    return hidden, activate(hidden @ w2 + b2)


@run_net.mistake("The biases are missing: at x = 0 every hidden activation is then exactly 0.5.")
def _run_no_bias(x, W1, b1, w2, b2):
    hidden = activate(x @ W1)
    return hidden, activate(hidden @ w2)


@run_net.mistake("The hidden activations are right. The bias of the output, b2, is missing.")
def _run_no_b2(x, W1, b1, w2, b2):
    hidden = activate(x @ W1 + b1)
    return hidden, activate(hidden @ w2)


@run_net.mistake("The hidden activations are right. The output has not passed through the sigmoid.")
def _run_linear_output(x, W1, b1, w2, b2):
    hidden = activate(x @ W1 + b1)
    return hidden, hidden @ w2 + b2


@run_net.mistake("Your hidden neurons return their weighted sums. Each has to pass through the sigmoid.")
def _run_linear_hidden(x, W1, b1, w2, b2):
    hidden = x @ W1 + b1
    return hidden, activate(hidden @ w2 + b2)


@run_net.mistake("Your output is right, and you return only that. Return hidden and output, in this order.")
def _run_only_output(x, W1, b1, w2, b2):
    return run_net.reference(x, W1, b1, w2, b2)[1]


@run_net.alternative
def _run_loops(x, W1, b1, w2, b2):
    hidden = [neuron.reference(np.array(x), np.array(W1)[:, j], b1[j]) for j in range(len(b1))]
    return hidden, neuron.reference(np.array(hidden), w2, b2)


@lesson.exercise(
    points=3,
    tolerance=1e-4,
    hints=[
        "Nudge one input up and down by a small step, run the net both times, divide the change by twice the step.",
        "Work on a copy for each nudge: `up = np.array(x, float)`, then `up[i] += 0.0001`. Do it for every i.",
        "Or multiply slopes: slope of the output, times w2, times slopes of the hidden neurons, times W1.",
    ],
    tool="networks.gradients",
)
def input_slopes(x, W1, b1, w2, b2):
    def output_at(x):
        return activate(activate(x @ W1 + b1) @ w2 + b2)

    step, slopes = 0.0001, []
    for i in range(len(x)):
        up, down = np.array(x, float), np.array(x, float)
        up[i] += step
        down[i] -= step
        slopes.append((output_at(up) - output_at(down)) / (2 * step))
    return slopes


@input_slopes.questions
def _slopes_questions(rng):
    yield np.zeros(2), np.array([[2.0, 0.0], [0.0, 3.0]]), np.zeros(2), np.array([2.0, 2.0]), -2.0
    yield np.zeros(2), np.array([[2.0, 0.0], [0.0, 0.0]]), np.zeros(2), np.array([2.0, 2.0]), -2.0
    yield X, SEED.W1, SEED.b1, SEED.w2, SEED.b2
    for _ in range(20):
        inputs, hidden = (int(n) for n in rng.integers(2, 4, 2))
        yield _random_x(rng, inputs) / 2, *_random_net(rng, inputs, hidden, 2)


def _slopes(x, W1, b1, w2, b2, times=lambda h: h * (1 - h)):
    hidden, output = run_net.reference(np.asarray(x), W1, b1, w2, b2)
    return output * (1 - output) * (W1 @ (w2 * times(hidden)))


@input_slopes.mistake(
    "Your slopes are almost nothing. Either the differences are not divided by 2 * step, or up and down are the same "
    "array: `up = x` only gives x a second name, so copy it."
)
def _slopes_not_divided(x, W1, b1, w2, b2):
    return 0.0002 * _slopes(x, W1, b1, w2, b2)


@input_slopes.mistake(
    "Your slopes are twice too large. From x - step to x + step the input moves by two steps, so divide by 2 * step."
)
def _slopes_twice(x, W1, b1, w2, b2):
    return 2 * _slopes(x, W1, b1, w2, b2)


@input_slopes.mistake(
    "Your slopes have the wrong sign: take the output after the nudge up minus that after the nudge down."
)
def _slopes_sign(x, W1, b1, w2, b2):
    return -_slopes(x, W1, b1, w2, b2)


@input_slopes.mistake(
    "You nudge all inputs together and get one number. Nudge them one at a time: one slope for each."
)
def _slopes_together(x, W1, b1, w2, b2):
    return _slopes(x, W1, b1, w2, b2).sum()


@input_slopes.mistake("The slope of the hidden sigmoid, h * (1 - h), is missing from your chain.")
def _slopes_no_hidden(x, W1, b1, w2, b2):
    return _slopes(x, W1, b1, w2, b2, times=np.ones_like)


@input_slopes.mistake(
    "The slope of the output's own sigmoid, output * (1 - output), is missing from your chain."
)
def _slopes_no_output(x, W1, b1, w2, b2):
    output = run_net.reference(x, W1, b1, w2, b2)[1]
    return _slopes(x, W1, b1, w2, b2) / (output * (1 - output))


@input_slopes.mistake(
    "Your nudges pile up: the second slope holds the first one too. Make fresh copies of x for every input."
)
def _slopes_piled(x, W1, b1, w2, b2):
    return np.cumsum(_slopes(x, W1, b1, w2, b2))


@input_slopes.alternative
def _slopes_chain(x, W1, b1, w2, b2):
    return _slopes(x, W1, b1, w2, b2)


@input_slopes.alternative
def _slopes_forward(x, W1, b1, w2, b2):
    here = run_net.reference(x, W1, b1, w2, b2)[1]
    nudged = (x + 1e-8 * np.eye(len(x))[i] for i in range(len(x)))
    return [(run_net.reference(near, W1, b1, w2, b2)[1] - here) / 1e-8 for near in nudged]


@lesson.prediction(
    {
        "hidden 1": "Compare its two numbers with its neighbour's: how loud it is, and its outgoing weight.",
        "hidden 2": "It is louder here and its outgoing weight is larger. Which of the two was your reason?",
        "the same": "That would need the products of activation and outgoing weight to be equal. Multiply them.",
    }
)
def guess_silence():
    """Which neuron of the seed's net, set to 0, lowers the output more?"""
    without = [networks.forward(SEED, X, ablate={unit: 0}).output for unit in (0, 1)]
    return "the same" if np.isclose(*without) else "hidden 1" if without[0] < without[1] else "hidden 2"


@lesson.exercise(
    points=2,
    hints=[
        "Compute `hidden` as before, put a 0 in the place of that one neuron, and go on to the output.",
        "`hidden[unit] = 0` comes after `activate` and before the second weighted sum.",
    ],
    tool="networks.forward",
)
def output_without(x, W1, b1, w2, b2, unit):
    hidden = activate(x @ W1 + b1)
    hidden[unit] = 0
    return activate(hidden @ w2 + b2)


@output_without.questions
def _without_questions(rng):
    for unit in (0, 1):
        yield X, SEED.W1, SEED.b1, SEED.w2, SEED.b2, unit
    yield np.zeros(2), np.zeros((2, 2)), np.zeros(2), np.array([1.0, 0.0]), 0.0, 1
    for _ in range(20):
        inputs, hidden = (int(n) for n in rng.integers(2, 4, 2))
        yield _random_x(rng, inputs), *_random_net(rng, inputs, hidden), int(rng.integers(hidden))


@output_without.mistake(
    "You set the neuron's weighted sum to 0. The sigmoid of 0 is 0.5, so it still speaks. Set its activation to 0."
)
def _without_sum(x, W1, b1, w2, b2, unit):
    z = x @ W1 + b1
    z[unit] = 0
    return activate(activate(z) @ w2 + b2)


@output_without.mistake(
    "You set the neuron's incoming weights to 0. It still gives the sigmoid of its bias. Set its activation to 0."
)
def _without_incoming(x, W1, b1, w2, b2, unit):
    z = x @ W1 + b1
    z[unit] = b1[unit]
    return activate(activate(z) @ w2 + b2)


@output_without.mistake("You keep this neuron and silence all the others.")
def _without_others(x, W1, b1, w2, b2, unit):
    return activate(activate(x @ W1 + b1)[unit] * w2[unit] + b2)


@output_without.mistake(
    "This is the output of the whole network. Did you change a copy and go on with the original?"
)
def _without_nothing(x, W1, b1, w2, b2, unit):
    return run_net.reference(x, W1, b1, w2, b2)[1]


@output_without.mistake("You return how far the output falls. Return the output that is left.")
def _without_fall(x, W1, b1, w2, b2, unit):
    return run_net.reference(x, W1, b1, w2, b2)[1] - output_without.reference(x, W1, b1, w2, b2, unit)


@output_without.mistake(
    "You silence the neuron's neighbour: units count from 0, so unit 1 is the second one."
)
def _without_neighbour(x, W1, b1, w2, b2, unit):
    return output_without.reference(x, W1, b1, w2, b2, unit - 1)


@output_without.alternative
def _without_outgoing_weight(x, W1, b1, w2, b2, unit):
    return activate(np.delete(activate(x @ W1 + b1), unit) @ np.delete(w2, unit) + b2)


@lesson.prediction(
    {
        "more than 9 in 10": "So it looks from one input. Loudness leaves out the outgoing weight.",
        "about 6 in 10": "Better than a coin, and not by much. The outgoing weight has as much to say.",
        "fewer than half": "Loudness is not misleading on the whole. It is one of two factors, and it does count.",
    }
)
def guess_loud():
    """In how many of the 1681 inputs is the louder neuron the one whose silencing moves the output more?"""
    run = networks.forward(SEED, GRID)
    moved = [np.abs(run.output - networks.forward(SEED, GRID, ablate={unit: 0}).output) for unit in (0, 1)]
    louder = run.hidden[:, 1] - run.hidden[:, 0] > 1e-9  # a tie counts for hidden 1
    share = (louder == np.argmax(moved, axis=0)).mean()
    return "more than 9 in 10" if share > 0.9 else "fewer than half" if share < 0.5 else "about 6 in 10"


@lesson.prediction(
    {
        "less than 0.01": "The slope suggests it. But a slope speaks of small nudges; silencing is no nudge.",
        "from 0.01 to 0.1": "Its activation goes from almost 1 to 0, times an outgoing weight of 2. Work it out.",
        "more than 0.1": "The slope says what a nudge does. Silencing takes away all of the activation, almost 1.",
    }
)
def guess_saturated():
    """How much does the output fall when the saturated neuron is silenced?"""
    fall = networks.forward(SATURATED, X).output - networks.forward(SATURATED, X, ablate={0: 0}).output
    return "less than 0.01" if fall < 0.01 else "more than 0.1" if fall > 0.1 else "from 0.01 to 0.1"


@lesson.exercise(
    points=3,
    hints=[
        "For each corner run the network twice, whole and with `ablate={unit: 0}`. Are both on the same side of 0.5?",
        "`networks.forward(net, corner, ablate={unit: 0}).output` is a number; `>= 0.5` makes it an answer, yes or no.",
        "Append the corner where the two answers differ.",
    ],
)
def flips(W1, b1, w2, b2, unit):
    net, found = networks.Network(W1, b1, w2, b2), []
    for corner in [(0, 0), (0, 1), (1, 0), (1, 1)]:
        whole = networks.forward(net, corner).output
        without = networks.forward(net, corner, ablate={unit: 0}).output
        if (whole >= 0.5) != (without >= 0.5):
            found.append(corner)
    return found


_GATE = {"or": (20, 20, -10), "and": (20, 20, -30), "nor": (-20, -20, 10), "nand": (-20, -20, 30),
         "first": (20, 0, -10), "second": (0, 20, -10), "only first": (20, -20, -10)}  # fmt: skip


def _gates(names, w2, b2):
    """A network whose hidden neurons are the named gates."""
    rows = np.array([_GATE[name] for name in names], float)
    return rows[:, :2].T, rows[:, 2], np.array(w2, float), float(b2)


@flips.questions
def _flips_questions(rng):
    for unit in (0, 1):
        yield GATES.W1, GATES.b1, GATES.w2, GATES.b2, unit
        yield *_gates(["or", "nand"], [20, 20], -30), unit
        yield *_gates(["nor", "and"], [20, 20], -10), unit
        yield *_gates(["first", "second"], [20, 0], -10), unit
        for b2 in (SEED.b2, -0.6):  # soft neurons: much moves, and little or everything flips
            yield SEED.W1, SEED.b1, SEED.w2, b2, unit
    for w in (20, -20):  # without it exactly 0.5, which is still a yes
        yield *_gates(["first", "second"], [w, 0], 0), 0
    for _ in range(20):
        hidden = int(rng.integers(2, 4))
        w2, b2 = 20 * rng.choice([-1, 1], hidden), 20 * int(rng.integers(-2, 2)) + 10
        yield *_gates(rng.choice(list(_GATE), hidden), w2, b2), int(rng.integers(hidden))


@flips.mistake("You list every corner where the output moves at all. Only those count where it crosses 0.5.")
def _flips_moves(W1, b1, w2, b2, unit):
    net = networks.Network(W1, b1, w2, b2)
    whole, without = (networks.forward(net, CORNERS, cut).output for cut in ({}, {unit: 0}))
    return [corner for corner, a, b in zip(CORNERS, whole, without, strict=True) if a != b]


@flips.mistake(
    "You list the corners to which the silenced network says yes. Compare with what the whole one said."
)
def _flips_after(W1, b1, w2, b2, unit):
    return [c for c in CORNERS if output_without.reference(np.array(c), W1, b1, w2, b2, unit) >= 0.5]


@flips.mistake(
    "You list the corners where the neuron is loud. Silence it, and see whether the answer changes."
)
def _flips_loud(W1, b1, w2, b2, unit):
    return [c for c in CORNERS if run_net.reference(np.array(c), W1, b1, w2, b2)[0][unit] >= 0.5]


@flips.mistake("You list the corners where the answer stays. The question is where it changes.")
def _flips_stays(W1, b1, w2, b2, unit):
    return [c for c in CORNERS if c not in flips.reference(W1, b1, w2, b2, unit)]


@flips.mistake("You list only the corners that turn from yes to no. No to yes is a change as well.")
def _flips_one_way(W1, b1, w2, b2, unit):
    return [c for c in flips.reference(W1, b1, w2, b2, unit) if c not in _flips_after(W1, b1, w2, b2, unit)]


@flips.mistake("You silence the neuron's neighbour: units count from 0, so unit 1 is the second one.")
def _flips_neighbour(W1, b1, w2, b2, unit):
    return flips.reference(W1, b1, w2, b2, (unit - 1) % len(w2))


@flips.alternative
def _flips_by_answers(W1, b1, w2, b2, unit):
    hidden = activate(np.array(CORNERS) @ W1 + b1)  # (corners, hidden)
    whole = hidden @ w2 + b2
    without = whole - hidden[:, unit] * w2[unit]
    return [corner for corner, a, b in zip(CORNERS, whole, without, strict=True) if (a >= 0) != (b >= 0)]


report = lesson.report
