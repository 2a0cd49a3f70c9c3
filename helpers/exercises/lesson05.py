"""Lesson 05, cause and attribution: reference answers, hints, questions and known mistakes."""

from itertools import product

import numpy as np

from helpers import attribution, interventions, networks
from helpers.exercise import Lesson

lesson = Lesson(5)

# The stair light: the lower switch, the upper switch, and how warm the bulb is. All cases that occur, in this order.
STAIRS = networks.MLP(
    [[[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0]], [[1], [-2], [0], [1]]], [[0, -1, 0, 2], [-2.4]]
)
CASES = np.array([(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)])
# The net with a spare: hidden 1 and 2 do the same work, 3 and 4 are needed together, nobody listens to 5.
SPARE = networks.MLP(
    [
        [[1, 1, 0, 0, 1], [0, 0, 1, 0, 1], [0, 0, 0, 1, 1]],
        [[-1, 0], [-1, 0], [0, 1], [0, 1], [0, 0]],
        [[-1], [1]],
    ],
    [[0, 0, 0, 0, 0], [1, -1], [-0.5]],
)
COUNCIL, QUOTA = [4, 4, 4, 2, 2, 1], 12


def rest(h, W, b, w, c):
    return np.maximum(h @ W + b, 0) @ w + c


def _readout(rng, cases=None, neurons=None):
    """Activations, outgoing weights and a bias, rounded to be read; no answer comes out as exactly 0."""
    cases, neurons = cases or int(rng.integers(4, 6)), neurons or int(rng.integers(2, 5))
    H = np.round(np.maximum(rng.normal(0.5, 1, (cases, neurons)), 0), 1)
    w = np.round(rng.choice([-1, 1], neurons) * rng.uniform(0.5, 3, neurons), 1)
    return H, w, round(float(-np.median(H @ w)) + 0.0137, 4)


def _stairs():
    h = networks.activations(STAIRS, CASES)[0]
    return h, STAIRS.weights[1][:, 0], float(STAIRS.biases[1][0])


def _turned(answers, H, w, b):
    """Which answers, (cases,), are on the other side of 0 than those of the whole net."""
    return (answers > 0) != (H @ w + b > 0)


@lesson.exercise(
    points=1,
    hints=[
        "The left side is the whole column of this neuron, one number per case. What should stand there?",
        "The argument `value` is what the neuron is held at.",
    ],
)
def hold(H, w, b, unit, value):
    H = np.array(H, float)
    H[:, unit] = value
    return H @ w + b


@hold.questions
def _hold_questions(rng):
    yield *_stairs(), 0, 0.0
    yield *_stairs(), 2, 1.0
    yield *_stairs(), 3, 0.5
    yield np.array([[1.0, 2.0]]), np.array([1.0, 0.0]), 0.5, 1, 3.0
    for _ in range(20):
        H, w, b = _readout(rng)
        yield H, w, b, int(rng.integers(len(w))), round(float(rng.uniform(-1, 3)), 1)


def _held(values):
    def held(H, w, b, unit, value):
        H = np.array(H, float)
        H[:, unit] = values(H, w, unit, value)
        return H @ w + b

    return held


hold.mistake("You hold the neuron at 0 whatever is asked. It should be held at `value`.")(
    _held(lambda H, w, unit, value: 0.0)
)
hold.mistake(
    "You add `value` to what the neuron says. Held at a value, it says that value and nothing else."
)(_held(lambda H, w, unit, value: H[:, unit] + value))
hold.mistake(
    "You multiply what the neuron says by `value`. Held at a value, it says the same in every case."
)(_held(lambda H, w, unit, value: H[:, unit] * value))
hold.mistake("You put in value × outgoing weight. The line below multiplies by the weights already.")(
    _held(lambda H, w, unit, value: value * w[unit])
)
hold.mistake("You hold the neuron at its own average. It should be held at `value`.")(
    _held(lambda H, w, unit, value: H[:, unit].mean())
)


@hold.alternative
def _hold_by_the_change(H, w, b, unit, value):
    return H @ w + b + (value - H[:, unit]) * w[unit]


@lesson.prediction(
    {
        "none": "Hidden 3 is on exactly when the answer is yes. But does anybody listen to it?",
        "the two that are yes": "That is what its activations suggest. Look for the line that leads from hidden 3 on.",
        "all four": "In the two cases that are no, hidden 3 is 0 already. Setting it to 0 changes nothing there.",
    }
)
def guess_selective():
    """How many answers turn when hidden 3, the perfectly selective one, is set to 0?"""
    h, w, b = _stairs()
    turned = int(_turned(hold.reference(h, w, b, 2, 0.0), h, w, b).sum())
    return {0: "none", 2: "the two that are yes", 4: "all four"}[turned]


@lesson.prediction(
    {
        0: "Its average is 2, and it is 2 in every case. Nothing changes at all.",
        2: "That was zero ablation, which sets it to a value that it never has. What is its average?",
        4: "Work out its average over the four cases first.",
    }
)
def guess_mean():
    """How many answers turn when hidden 4 is held at its mean?"""
    h, w, b = _stairs()
    return int(_turned(hold.reference(h, w, b, 3, h[:, 3].mean()), h, w, b).sum())


@lesson.exercise(
    points=2,
    hints=[
        "For each neuron: hold it at its mean, and count the cases whose answer is on another side of 0 than before.",
        "The mean of neuron `unit` over the cases is `H[:, unit].mean()`; `hold` of exercise 1 does the rest.",
        "`(answers > 0) != (H @ w + b > 0)` is True where an answer turns; its sum counts them.",
    ],
)
def turned_by_mean(H, w, b):
    before, turned = H @ w + b > 0, []
    for unit in range(len(w)):
        held = np.array(H, float)
        held[:, unit] = H[:, unit].mean()
        turned.append(int(np.sum((held @ w + b > 0) != before)))
    return turned


@turned_by_mean.questions
def _turned_by_mean_questions(rng):
    yield _stairs()
    yield np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([1.0, 5.0]), -5.2
    yield np.array([[0.0, 1.0], [3.0, 1.0]]), np.array([1.0, 5.0]), -5.2
    yield np.array([[0.0], [2.0]]), np.array([1.0]), 0.0  # a 0 is a no, before
    yield np.array([[0.0], [2.0]]), np.array([1.0]), -1.0  # and after
    for _ in range(20):
        yield _readout(rng)


@turned_by_mean.mistake(
    "You hold each neuron at 0. That is zero ablation; hold it at its mean over the cases."
)
def _turned_by_zero(H, w, b):
    return [int(_turned(hold.reference(H, w, b, u, 0.0), H, w, b).sum()) for u in range(len(w))]


@turned_by_mean.mistake(
    "Your mean runs over the neurons of a case. It should run over the cases, for one neuron: H[:, unit].mean()."
)
def _turned_by_mean_of_the_case(H, w, b):
    return [int(_turned(H @ w + b + (H.mean(axis=1) - H[:, u]) * w[u], H, w, b).sum()) for u in range(len(w))]


@turned_by_mean.mistake("You count only answers that turn from yes to no. No to yes is a turn as well.")
def _turned_to_no(H, w, b):
    return [
        int(np.sum((hold.reference(H, w, b, u, H[:, u].mean()) <= 0) & (H @ w + b > 0)))
        for u in range(len(w))
    ]


@turned_by_mean.mistake(
    "You count answers that move at all. Only those count that get to the other side of 0."
)
def _turned_if_moved(H, w, b):
    return [int(np.sum(H[:, u] != H[:, u].mean())) for u in range(len(w))]


@turned_by_mean.mistake(
    "Your changes pile up: the second neuron is held while the first still is. Begin with a fresh copy each time."
)
def _turned_piled(H, w, b):
    held, turned = np.array(H, float), []
    for unit in range(len(w)):
        held[:, unit] = H[:, unit].mean()
        turned.append(int(_turned(held @ w + b, H, w, b).sum()))
    return turned


@turned_by_mean.mistake("You return the share of the answers that turn. Return how many they are.")
def _turned_share(H, w, b):
    return [n / len(H) for n in turned_by_mean.reference(H, w, b)]


@turned_by_mean.alternative
def _turned_at_once(H, w, b):
    before = H @ w + b  # taking a neuron to its mean moves the answer by its weight times the change
    after = before[:, None] + (H.mean(axis=0) - H) * w
    return ((after > 0) != (before > 0)[:, None]).sum(axis=0)


@lesson.exercise(
    points=2,
    hints=[
        "Two loops: over the cases, and over the donors. In each round one case gets one number from one donor.",
        "The answer is then that of the case, plus (what the donor says − what the case says) × w[unit].",
        "Count the pairs where that is on another side of 0 than the case's own answer, and divide by their number.",
    ],
)
def resample_share(H, w, b, unit):
    turned = 0
    for case in H:
        for donor in H:
            mixed = np.array(case, float)
            mixed[unit] = donor[unit]
            turned += (mixed @ w + b > 0) != (case @ w + b > 0)
    return turned / len(H) ** 2


@resample_share.questions
def _resample_questions(rng):
    for unit in range(4):
        yield *_stairs(), unit
    yield np.array([[0.0], [2.0]]), np.array([1.0]), -1.0, 0
    yield np.array([[0.0], [1.0], [2.0], [2.0]]), np.array([1.0]), -1.0, 0  # the second answer, 0, is a no
    for _ in range(20):
        H, w, b = _readout(rng)
        yield H, w, b, int(rng.integers(len(w)))


def _swapped(H, w, b, unit):
    """Answers of every case (row) with the activation of every donor (column)."""
    return (H @ w + b)[:, None] + (H[:, unit] - H[:, unit][:, None]) * w[unit]


@resample_share.mistake(
    "You hold the neuron at its mean. Here every case gets, in turn, what the neuron says in each of the cases."
)
def _resample_mean(H, w, b, unit):
    return float(_turned(hold.reference(H, w, b, unit, H[:, unit].mean()), H, w, b).mean())


@resample_share.mistake("You hold the neuron at 0. It should get what it says in each of the cases, in turn.")
def _resample_zero(H, w, b, unit):
    return float(_turned(hold.reference(H, w, b, unit, 0.0), H, w, b).mean())


@resample_share.mistake(
    "You leave out the pairs of a case with itself. They count as well: a draw may hit the case itself."
)
def _resample_others(H, w, b, unit):
    turned = (_swapped(H, w, b, unit) > 0) != (H @ w + b > 0)[:, None]
    return float(turned.sum() / (len(H) * (len(H) - 1)))


@resample_share.mistake("You return how many pairs turn. Return their share of all pairs.")
def _resample_count(H, w, b, unit):
    return resample_share.reference(H, w, b, unit) * len(H) ** 2


@resample_share.mistake("You compare with the donor's answer. Compare with the case's own answer.")
def _resample_donor(H, w, b, unit):
    return float(((_swapped(H, w, b, unit) > 0) != (H @ w + b > 0)).mean())


@resample_share.mistake("You take all activations from the donor. Only the one neuron changes.")
def _resample_all(H, w, b, unit):
    yes = H @ w + b > 0
    return float((yes[:, None] != yes).mean())


@resample_share.alternative
def _resample_table(H, w, b, unit):
    return ((_swapped(H, w, b, unit) > 0) != (H @ w + b > 0)[:, None]).mean()


@lesson.prediction(
    {
        "hidden 1 and 2": "Either of them is enough to lift its half of the answer, since the other is its spare.",
        "hidden 3 and 4": "They need each other: with one of the two back, the other is still missing.",
        "all five": "Hidden 5 is the loudest, and nobody listens to it. And two of the others need each other.",
        "none of them": "That would be so if every neuron needed a partner. Two of them have a spare instead.",
    }
)
def guess_patch():
    """Which neurons of the first layer, patched from the clean run into the corrupt one, move the answer?"""
    own = networks.logits(SPARE, [0, 0, 0])[0]
    moved = tuple(np.abs(interventions.patch(SPARE, [0, 0, 0], [1, 1, 1])[:5, 0, 0] - own) > 1e-9)
    named = {(1, 1, 0, 0, 0): "hidden 1 and 2", (0, 0, 1, 1, 0): "hidden 3 and 4", (1,) * 5: "all five"}
    return named.get(moved, "none of them")


@lesson.exercise(
    points=3,
    hints=[
        "Begin with a copy of the corrupt activations, put in the clean value of one neuron, and hand it to `rest`.",
        "`mixed = np.array(corrupt, float)`, then `mixed[unit] = clean[unit]`, then `rest(mixed, W, b, w, c)`.",
        "For noising the two change places. Make a fresh copy for every neuron.",
    ],
)
def patch_both(clean, corrupt, W, b, w, c):
    denoised, noised = [], []
    for unit in range(len(clean)):
        mixed = np.array(corrupt, float)
        mixed[unit] = clean[unit]
        denoised.append(rest(mixed, W, b, w, c))
        mixed = np.array(clean, float)
        mixed[unit] = corrupt[unit]
        noised.append(rest(mixed, W, b, w, c))
    return denoised, noised


@patch_both.questions
def _patch_questions(rng):
    rest_of_it = SPARE.weights[1], SPARE.biases[1], SPARE.weights[2][:, 0], float(SPARE.biases[2][0])
    for corrupt in [(0, 0, 0), (0, 1, 1), (1, 0, 0)]:
        clean, broken = networks.activations(SPARE, [(1, 1, 1), corrupt])[0]
        yield clean, broken, *rest_of_it
    yield np.array([1.0]), np.array([0.0]), np.array([[2.0]]), np.array([0.5]), np.array([1.0]), -1.0
    for _ in range(20):
        neurons, units = (int(n) for n in rng.integers(2, 5, 2))
        clean, corrupt = np.round(np.maximum(rng.normal(0.7, 1, (2, neurons)), 0), 1)
        W, b, w = (np.round(rng.normal(0, 1.5, size), 1) + 0.0 for size in ((neurons, units), units, units))
        yield clean, corrupt, W, b, w, round(float(rng.normal()), 1)


@patch_both.mistake(
    "The two lists are in the wrong order: first clean into corrupt (denoising), then the other way."
)
def _patch_swapped(clean, corrupt, W, b, w, c):
    return patch_both.reference(corrupt, clean, W, b, w, c)


@patch_both.mistake("You return how far the answer moves. Return the answer itself.")
def _patch_moves(clean, corrupt, W, b, w, c):
    denoised, noised = map(np.array, patch_both.reference(clean, corrupt, W, b, w, c))
    return denoised - rest(corrupt, W, b, w, c), noised - rest(clean, W, b, w, c)


@patch_both.mistake("Your patches pile up: begin with a fresh copy of the run for every neuron.")
def _patch_piled(clean, corrupt, W, b, w, c):
    lists = []
    for into, source in ((corrupt, clean), (clean, corrupt)):
        mixed = np.array(into, float)
        lists.append([])
        for unit in range(len(clean)):
            mixed[unit] = source[unit]
            lists[-1].append(rest(mixed, W, b, w, c))
    return tuple(lists)


@patch_both.mistake("You return one list. Return two: clean into corrupt, then corrupt into clean.")
def _patch_one_way(clean, corrupt, W, b, w, c):
    return patch_both.reference(clean, corrupt, W, b, w, c)[0]


@patch_both.mistake("The ReLU of the second layer is missing: sums below 0 have to become 0.")
def _patch_without_relu(clean, corrupt, W, b, w, c):
    lists = []
    for into, source in ((corrupt, clean), (clean, corrupt)):
        mixed = np.array(into) + np.diag(np.subtract(source, into))
        lists.append((mixed @ W + b) @ w + c)
    return tuple(lists)


@patch_both.mistake("You put 0 in the place of the neuron. Put in what it says in the other run.")
def _patch_zero(clean, corrupt, W, b, w, c):
    keep = 1 - np.eye(len(clean))
    return rest(np.array(corrupt) * keep, W, b, w, c), rest(np.array(clean) * keep, W, b, w, c)


@patch_both.alternative
def _patch_at_once(clean, corrupt, W, b, w, c):
    change = np.diag(clean - corrupt)  # row j changes neuron j alone
    return rest(corrupt + change, W, b, w, c), rest(clean - change, W, b, w, c)


@lesson.prediction(
    {
        "by 1": "So the slope promises: 1 per unit, and the neuron moves by 1. But the road bends on the way.",
        "by 0.5": "The sum that hidden 3 feeds stands at 0.5. Once it has fallen to 0, the ReLU lets no more through.",
        "not at all": "The slope is not 0, so a small nudge does move the answer.",
    }
)
def guess_slope():
    """At (1, 1, 0.5) hidden 3 goes from 1 to 0: how far does the answer fall?"""
    x, without = [1, 1, 0.5], [1, 0, 0.5]
    fall = networks.logits(SPARE, x)[0] - interventions.patch(SPARE, x, without)[2, 0, 0]
    return "not at all" if abs(fall) < 1e-9 else "by 1" if abs(fall - 1) < 1e-9 else "by 0.5"


@lesson.exercise(
    points=3,
    hints=[
        "The middle of piece k is at the share (k + 0.5) / steps of the way: start + share * (x - start).",
        "The slopes at a point: `W @ (w * (point @ W + b > 0))`. A ReLU that is off lets nothing through.",
        "Take the mean of the slopes over the pieces, and multiply it by x - start, input by input.",
    ],
    tool="attribution.integrated_gradients",
)
def integrate(x, start, W, b, w, steps):
    total = np.zeros(len(x))
    for k in range(steps):
        point = start + (k + 0.5) / steps * (x - start)
        on = point @ W + b > 0
        total += W @ (w * on)
    return (x - start) * total / steps


@integrate.questions
def _integrate_questions(rng):
    yield np.array([3.0]), np.array([0.0]), np.array([[-1.0]]), np.array([1.0]), np.array([-1.0]), 4
    yield np.array([3.0]), np.array([0.0]), np.array([[-1.0]]), np.array([1.0]), np.array([-1.0]), 1
    yield np.array([1.0, 2.0]), np.array([1.0, 2.0]), np.eye(2), np.zeros(2), np.ones(2), 3
    yield (
        np.ones(2),
        np.zeros(2),
        np.array([[1.0], [-1.0]]),
        np.zeros(1),
        np.ones(1),
        4,
    )  # a sum of 0 is not above 0
    for _ in range(20):
        inputs, hidden = (int(n) for n in rng.integers(2, 5, 2))
        x, start = np.round(rng.normal(0, 1.5, (2, inputs)), 1) + 0.0
        W = np.round(rng.normal(0, 1.5, (inputs, hidden)), 1) + 0.0
        b = np.round(rng.normal(0, 0.5, hidden), 1) + 0.0137  # no sum is exactly 0 at a step
        w = np.round(rng.choice([-1, 1], hidden) * rng.uniform(0.5, 2, hidden), 1)
        yield x, start, W, b, w, int(rng.choice([2, 4, 5, 8]))


def _along(x, start, W, b, w, steps, at, way):
    points = start + np.array([at(k) / steps for k in range(steps)])[:, None] * (x - start)
    return way * (((points @ W + b > 0) * w) @ W.T).mean(axis=0)


@integrate.mistake(
    "You take the slope at the beginning of each piece. Take it in the middle: (k + 0.5) / steps."
)
def _integrate_left(x, start, W, b, w, steps):
    return _along(x, start, W, b, w, steps, lambda k: k, x - start)


@integrate.mistake("You take the slope at the end of each piece. Take it in the middle: (k + 0.5) / steps.")
def _integrate_right(x, start, W, b, w, steps):
    return _along(x, start, W, b, w, steps, lambda k: k + 1, x - start)


@integrate.mistake("These are mean slopes. Multiply each by the way of its input, x - start.")
def _integrate_without_way(x, start, W, b, w, steps):
    return _along(x, start, W, b, w, steps, lambda k: k + 0.5, 1.0)


@integrate.mistake("You multiply by x. The way of an input is x - start.")
def _integrate_times_x(x, start, W, b, w, steps):
    return _along(x, start, W, b, w, steps, lambda k: k + 0.5, x)


@integrate.mistake("You use the slope at x alone. Take the mean over the whole way.")
def _integrate_at_x(x, start, W, b, w, steps):
    return _along(x, start, W, b, w, 1, lambda k: 1, x - start)


@integrate.mistake("You add the slopes up and do not divide by the number of steps.")
def _integrate_sum(x, start, W, b, w, steps):
    return steps * integrate.reference(x, start, W, b, w, steps)


@integrate.mistake("The ReLU is missing from your slopes: a neuron that is off lets nothing through.")
def _integrate_linear(x, start, W, b, w, steps):
    return (x - start) * (W @ w)


@integrate.alternative
def _integrate_at_once(x, start, W, b, w, steps):
    net = networks.MLP([W, w[:, None]], [b, [0.0]])
    return attribution.integrated_gradients(net, x, start, 0, steps)[0]


def conditional_values(answers, cases, x):
    """The mean of `answers` over those cases that agree with x on the chosen features, for every choice."""
    values = np.empty((2,) * len(x))
    for chosen in product((0, 1), repeat=len(x)):
        agree = ((cases == x) | (np.array(chosen) == 0)).all(axis=1)
        values[chosen] = answers[agree].mean()
    return values


@lesson.prediction(
    {
        "nothing": "The net does not read it. But the conditional question asks what warmth *tells*, not what it does.",
        "a third": "Three inputs, a third each? But warmth alone tells everything, and one switch alone tells nothing.",
        "two thirds": "Warmth alone settles the answer; a switch only helps when it is joined by the other.",
    }
)
def guess_conditional():
    """The warmth's conditional Shapley value at (0, 1, 1), as a share of the whole."""
    answers = networks.logits(STAIRS, CASES)[:, 0]
    shares = attribution.shapley(conditional_values(answers, CASES, CASES[1]))
    share = shares[2] / shares.sum()
    return "nothing" if abs(share) < 1e-9 else "a third" if abs(share - 1 / 3) < 0.1 else "two thirds"


@lesson.exercise(
    points=3,
    hints=[
        "For each voter, go through all the ways in which the others can vote: `product((0, 1), repeat=n - 1)`.",
        "The voter decides where the others alone stay below the quota, and with the voter's weight they reach it.",
        "Divide by the number of ways, 2 ** (n - 1).",
    ],
)
def deciding(weights, quota):
    shares = []
    for voter in range(len(weights)):
        others = [weight for i, weight in enumerate(weights) if i != voter]
        decided = 0
        for votes in product((0, 1), repeat=len(others)):
            yes = sum(vote * weight for vote, weight in zip(votes, others, strict=True))
            decided += yes < quota <= yes + weights[voter]
        shares.append(decided / 2 ** len(others))
    return shares


@deciding.questions
def _deciding_questions(rng):
    yield [1], 1
    yield [1, 1], 2
    yield [50, 49, 1], 51
    yield [3, 1, 1], 3
    yield [3, 2, 1], 2  # less than half is enough
    yield COUNCIL, QUOTA
    for _ in range(20):
        weights = [int(n) for n in rng.integers(1, 9, rng.integers(3, 7))]
        yield weights, int(rng.integers(sum(weights) // 2 + 1, sum(weights) + 1))


def _ways(weights, quota):
    """The voter, and the sum of the others' yes votes, for every voter and every way in which the others vote."""
    for voter, weight in enumerate(weights):
        others = [w for i, w in enumerate(weights) if i != voter]
        yield weight, np.array(list(product((0, 1), repeat=len(others)))) @ np.array(others, int)


@deciding.mistake("You return each voter's share of the weights. Count how often their vote decides.")
def _deciding_by_weight(weights, quota):
    return [w / sum(weights) for w in weights]


@deciding.mistake("The quota has to be passed in your count. Reaching it is enough: use >=.")
def _deciding_strictly(weights, quota):
    return [float(((yes <= quota) & (yes + w > quota)).mean()) for w, yes in _ways(weights, quota)]


@deciding.mistake(
    "You count over all ways in which everybody can vote, so your shares are half as large. Let the voter be the one "
    "thing that changes, and go through the ways of the others: 2 ** (n - 1)."
)
def _deciding_half(weights, quota):
    return [share / 2 for share in deciding.reference(weights, quota)]


@deciding.mistake(
    "You look only at the case where all the others say yes. Go through all the ways in which they can vote."
)
def _deciding_unanimous(weights, quota):
    return [float(sum(weights) - w < quota <= sum(weights)) for w in weights]


@deciding.mistake(
    "You return the share of ways in which the voter's yes goes with a yes of the whole. Count where it makes it."
)
def _deciding_goes_along(weights, quota):
    return [float((yes + w >= quota).mean()) for w, yes in _ways(weights, quota)]


@deciding.mistake("You return how many ways there are. Return their share of all the ways of the others.")
def _deciding_counts(weights, quota):
    return [int(((yes < quota) & (yes + w >= quota)).sum()) for w, yes in _ways(weights, quota)]


@deciding.mistake(
    "You weigh the ways as Shapley values do. Here every way in which the others vote counts the same."
)
def _deciding_shapley(weights, quota):
    n = len(weights)
    wins = np.array([np.dot(v, weights) >= quota for v in product((0, 1), repeat=n)], float)
    return attribution.shapley(wins.reshape((2,) * n))


@deciding.alternative
def _deciding_by_counting_sums(weights, quota):
    shares = []
    for voter, weight in enumerate(weights):
        ways = [1] + [0] * sum(weights)  # in how many ways the others reach each sum
        for i, other in enumerate(weights):
            if i != voter:
                ways = [n + (ways[total - other] if total >= other else 0) for total, n in enumerate(ways)]
        shares.append(sum(ways[max(quota - weight, 0) : quota]) / 2 ** (len(weights) - 1))
    return shares


report = lesson.report
