"""Lesson 10, debugging: reference answers, hints, questions and known mistakes."""

import functools

import numpy as np

from helpers import faults, interventions, networks
from helpers.data import digits
from helpers.exercise import Lesson

lesson = Lesson(10)


def trained(seed, **start):
    """A net as the lesson trains it, on its training images."""
    X, y, _, _ = digits(held_out=797)
    net = networks.mlp((64, 32, 10), seed, **start)
    return networks.train(net, X, y, steps=2000, lr=0.002, seed=seed)[0]


@functools.cache
def bench():
    """The lesson's net, its data sheet, and the images on which it is looked at, with their digits."""
    net = trained(3, first_bias=0.5, first_scale=0.3)
    _, _, held, digit = digits(held_out=797)
    return net, faults.data_sheet(net, held[:397], digit[:397]), held[397:], digit[397:]


@lesson.exercise(
    points=1,
    hints=[
        "The loop goes from image to image. What does one image add to its place in the table?",
        "It is counting.",
    ],
)
def confusion(y, says, classes):
    table = np.zeros((classes, classes), int)
    for true, said in zip(y, says, strict=True):
        table[true, said] += 1
    return table


@confusion.questions
def _confusion_questions(rng):
    yield np.array([3]), np.array([5]), 6
    yield np.array([0, 0, 1, 2]), np.array([0, 2, 1, 1]), 3
    yield np.array([2, 2, 2]), np.array([1, 1, 1]), 4
    for _ in range(20):
        classes, images = (int(n) for n in rng.integers(3, 7, 2))
        yield *rng.integers(0, classes, (2, images + 2)), classes


def _counts(one):
    def table(y, says, classes):
        found = np.zeros((classes, classes), int)
        for true, said in zip(y, says, strict=True):
            found[true, said] += one(true, said)
        return found

    return table


confusion.mistake("You count the right answers alone. The wrong ones have their places beside the diagonal.")(
    _counts(lambda true, said: true == said)
)
confusion.mistake("You count the mistakes alone. The right answers have their places on the diagonal.")(
    _counts(lambda true, said: true != said)
)
confusion.mistake("You add the answer itself. The place in the table says which answer it is: add one.")(
    _counts(lambda true, said: said)
)
confusion.mistake("You add the class itself. The place in the table says which class it is: add one.")(
    _counts(lambda true, said: true)
)


@confusion.mistake("Rows and columns have changed places: a row belongs to what the image is.")
def _confusion_turned(y, says, classes):
    return confusion.reference(says, y, classes)


@confusion.alternative
def _confusion_by_number(y, says, classes):
    return np.bincount(classes * np.array(y) + says, minlength=classes**2).reshape(classes, classes)


@lesson.prediction(
    {
        "none": "They all read digits well, so it is a fair guess. But who is right need not use every unit.",
        "one": "So it would be an accident. It is a habit: training pushes some units below 0 for good.",
        "all three": "Every one of them, and every one reads digits well. A dead unit is no sign of a fault here.",
    }
)
def guess_dead():
    """How many of the first three nets from the usual start have a unit that is nearly always off?"""
    _, _, X, _ = bench()
    found = sum(
        (networks.activations(trained(seed), X)[0] > 0).mean(axis=0).min() < 0.02 for seed in range(3)
    )
    return {0: "none", 1: "one", 3: "all three"}[found]


@lesson.prediction(
    {
        "zero": "At 0 the unit adds nothing, and the harm is gone. Its mean, as it is now, has the harm in it.",
        "mean": "The mean is taken over what the unit says now, and now it says 8 too much on every image.",
        "both": "One of them puts in the unit's own mean, as it is now. What does that mean hold?",
    }
)
def guess_ablation():
    """Which ablation makes the net with the stuck bias better?"""
    net, _, X, y = bench()
    broken = faults.put(net, faults.Fault("stuck bias", (17,)))
    before = networks.cross_entropy(networks.logits(broken, X), y)
    helps = [to for to in ("zero", "mean")
             if interventions.ablate(broken, X, to, score=interventions.loss(y))[17] < before - 0.05]  # fmt: skip
    return "both" if len(helps) == 2 else helps[0]


@lesson.exercise(
    points=2,
    hints=[
        "For one unit and one logit: what the unit adds on each image is `h[:, unit] * V[unit, logit]`.",
        "The images of class c are the rows `h[y == c]`; take the mean over them, one number per unit.",
        "Fill an array `np.zeros((units, classes, logits))` place by place: unit first, then class, then logit.",
    ],
)
def contributions(h, y, V):
    units, logits = V.shape
    found = np.zeros((units, y.max() + 1, logits))
    for c in range(y.max() + 1):
        for unit in range(units):
            found[unit, c] = h[y == c, unit].mean() * V[unit]
    return found


@contributions.questions
def _contributions_questions(rng):
    yield np.array([[1.0], [3.0], [5.0]]), np.array([0, 0, 1]), np.array([[2.0, -1.0]])
    yield np.array([[1.0, 0.0], [2.0, 4.0]]), np.array([1, 0]), np.array([[1.0, 0.5, 0.0], [-1.0, 2.0, 3.0]])
    yield np.array([[0.0], [0.0], [0.0], [2.0]]), np.array([0, 1, 2, 2]), np.array([[-3.0]])
    for _ in range(20):
        classes, units, logits = (int(n) for n in rng.integers(2, 5, 3))
        y = np.concatenate([np.arange(classes), rng.integers(0, classes, 4)])
        h = np.round(np.maximum(rng.normal(0.5, 1, (len(y), units)), 0), 1)
        yield h, y, np.round(rng.normal(0, 2, (units, logits)), 1) + 0.05


@contributions.mistake(
    "You take the sum over the images of a class. Take the mean: classes are not as large."
)
def _contributions_sum(h, y, V):
    return contributions.reference(h, y, V) * np.bincount(y)[None, :, None]


@contributions.mistake("You average over all images. Average over the images of each class on its own.")
def _contributions_all(h, y, V):
    return np.repeat((h.mean(axis=0)[:, None] * V)[:, None], y.max() + 1, axis=1)


@contributions.mistake(
    "The axes are in another order: unit first, then the class of the images, then the logit."
)
def _contributions_order(h, y, V):
    return contributions.reference(h, y, V).transpose(1, 0, 2)


@contributions.mistake("These are mean activations. Multiply them by the outgoing weights.")
def _contributions_without_weights(h, y, V):
    return contributions.reference(h, y, np.ones_like(V))


@contributions.mistake("You divide by the number of all images. Divide by the number of images of the class.")
def _contributions_share(h, y, V):
    return contributions.reference(h, y, V) * np.bincount(y)[None, :, None] / len(y)


@contributions.mistake(
    "You add up the units, which leaves the mean logits. Keep an axis for the unit, the first."
)
def _contributions_added(h, y, V):
    return contributions.reference(h, y, V).sum(axis=0)


@contributions.alternative
def _contributions_at_once(h, y, V):
    means = np.array([h[y == c].mean(axis=0) for c in range(y.max() + 1)])  # (classes, units)
    return np.einsum("cu,uk->uck", means, V)


@lesson.exercise(
    points=2,
    hints=[
        "For one weight w the squared misses are the sum of (w · means[c] − wanted[c])². Where is their slope 0?",
        "The slope is the sum of 2 · means[c] · (w · means[c] − wanted[c]). Solve for w.",
        "w = sum of means × wanted, over the sum of means × means; once for each column of `wanted`.",
    ],
)
def best_weights(means, wanted):
    return means @ wanted / (means @ means)


@best_weights.questions
def _best_weights_questions(rng):
    yield np.array([2.0]), np.array([[6.0]])
    yield np.array([0.0, 2.0]), np.array([[1.0, 0.0], [4.0, -2.0]])
    yield np.array([2.0, 4.0]), np.array([[6.0, -2.0, 0.0], [12.0, -4.0, 1.0]])
    for _ in range(20):
        classes, logits = (int(n) for n in rng.integers(2, 6, 2))
        means = np.round(rng.uniform(0, 3, classes), 1) + 0.1
        weights = np.round(rng.normal(0, 2, logits), 1)
        yield means, np.round(means[:, None] * weights + rng.normal(0, 0.3, (classes, logits)), 1)


@best_weights.mistake(
    "You average the ratios. A class in which the unit hardly speaks counts as much as others; if it is silent, "
    "there is no ratio."
)
def _best_weights_ratios(means, wanted):
    with np.errstate(divide="ignore", invalid="ignore"):
        return (wanted / means[:, None]).mean(axis=0)


@best_weights.mistake(
    "You average the ratios. A class in which the unit hardly speaks then counts as much as others."
)
def _best_weights_some_ratios(means, wanted):
    keep = means > 0
    return (wanted[keep] / means[keep, None]).mean(axis=0)


@best_weights.mistake(
    "These are the weights, with an axis too many: return one number per column of `wanted`."
)
def _best_weights_deep(means, wanted):
    return best_weights.reference(means, wanted)[None]


@best_weights.mistake(
    "Python works `a @ b / c @ d` off from the left. Put brackets round the sum of the squares."
)
def _best_weights_from_the_left(means, wanted):
    return means @ wanted / means @ means


@best_weights.mistake(
    "You divide one sum by the other. Misses are squared: multiply both by the means first."
)
def _best_weights_sums(means, wanted):
    return wanted.sum(axis=0) / means.sum()


@best_weights.mistake("You leave out the division by the sum of means × means.")
def _best_weights_undivided(means, wanted):
    return means @ wanted


@best_weights.mistake("You divide by the sum of the means. It has to be the sum of their squares.")
def _best_weights_by_sum(means, wanted):
    return means @ wanted / means.sum()


@best_weights.alternative
def _best_weights_least_squares(means, wanted):
    return np.linalg.lstsq(means[:, None], wanted, rcond=None)[0][0]


@lesson.exercise(
    points=2,
    hints=[
        "For each pixel count how often each class is said: `np.bincount(says[pixel], minlength=classes)`.",
        "The trigger is the pixel for which one class is said most often.",
        "`np.unravel_index(table.argmax(), table.shape)` gives row and column of the largest entry.",
    ],
)
def find_trigger(says, classes):
    best, found = 0, None
    for pixel in range(len(says)):
        for c in range(classes):
            many = (says[pixel] == c).sum()
            if many > best:
                best, found = many, (pixel, c)
    return found


@find_trigger.questions
def _find_trigger_questions(rng):
    yield np.array([[0, 1, 2], [1, 1, 1]]), 3
    yield np.array([[2, 2, 2, 2], [1, 2, 2, 2], [0, 0, 2, 1]]), 3
    yield np.array([[0, 0, 0, 1], [3, 1, 2, 0], [3, 3, 3, 3], [0, 0, 2, 2]]), 4
    yield np.array([[2, 1, 0, 2], [0, 0, 0, 3], [1, 1, 2, 3]]), 4
    yield np.array([[0, 1, 0, 1, 0, 1, 1], [2, 2, 0, 2, 1, 2, 2]]), 3
    yield (
        np.array([[0, 3, 1, 3, 2, 0, 3], [0, 1, 2, 4, 0, 1, 2], [4, 0, 1, 2, 3, 4, 1]]),
        5,
    )  # 3 of 7 are most
    yield np.array([[1] * 9 + [0], [2] * 10, [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]]), 3
    yield np.array([[0, 0, 0, 0, 1], [0, 0, 0, 0, 0], [0, 0, 0, 1, 2], [1, 1, 1, 1, 2]]), 3
    for _ in range(20):
        pixels, classes = int(rng.integers(6, 9)), int(rng.integers(4, 7))
        says = rng.integers(0, classes - 1, (pixels, 12))
        says[rng.random(says.shape) < 0.4] = 0  # one class is said often, whatever the pixel
        says[:, :2] = 1, 2  # but never as often as the one that is forced
        pixel, target = int(rng.integers(1, pixels)), int(rng.integers(0, classes))
        says[pixel] = target
        says[pixel, rng.integers(12)] = (target + 1) % classes
        yield says, classes


@find_trigger.mistake("The pixel and the class have changed places: return the pixel first.")
def _find_trigger_turned(says, classes):
    return find_trigger.reference(says, classes)[::-1]


@find_trigger.mistake(
    "You name the class that is said most often over all pixels. Look for the pixel that forces one."
)
def _find_trigger_common(says, classes):
    c = np.bincount(says.ravel(), minlength=classes).argmax()
    return int((says == c).sum(axis=1).argmax()), int(c)


@find_trigger.mistake("You return how often the class is said. Return the class.")
def _find_trigger_count(says, classes):
    pixel, c = find_trigger.reference(says, classes)
    return pixel, int((says[pixel] == c).sum())


@find_trigger.mistake("You return the pixel alone. Return the pixel and the class.")
def _find_trigger_pixel(says, classes):
    return find_trigger.reference(says, classes)[0]


@find_trigger.mistake(
    "You look for the pixel after which the fewest classes are heard. Count how often the commonest is."
)
def _find_trigger_fewest(says, classes):
    pixel = int(np.argmin([len(set(row.tolist())) for row in says]))
    return pixel, int(np.bincount(says[pixel], minlength=classes).argmax())


@find_trigger.alternative
def _find_trigger_at_once(says, classes):
    table = np.array([np.bincount(row, minlength=classes) for row in says])
    return np.unravel_index(table.argmax(), table.shape)


@lesson.exercise(
    points=3,
    hints=[
        "Begin with `faults.trigger(own, fresh[:100])`. Then look at the distances from the sheet: how many units?",
        "One unit: is it ever on? Does `faults.restore` bring its contributions back? Then which weights moved?",
        "If not: try `faults.put` with an incoming flip, and `faults.lower`. After which is the distance small?",
    ],
    spoilers=["faults.reveal", "faults.diagnose"],
)
def my_fault(seed):
    truth = faults.reveal(net, fresh, fresh_y, seed)
    return truth.kind, *truth.place


# What the reference finds in the notebook, it finds here.
net, sheet, fresh, fresh_y = bench()


truth_of = functools.cache(my_fault.reference)


@my_fault.deal
def _my_fault_deal(seed):
    broken = faults.plant(net, fresh, fresh_y, seed)
    return broken.weights, broken.biases


@my_fault.questions
def _my_fault_questions(rng):
    yield (0,)
    yield (1,)
    yield (2,)
    for seed in rng.integers(3, 10_000, 30):
        yield (int(seed),)


@my_fault.mistake("The kind is right. You count from 1; hidden units, pixels and classes count from 0.")
def _my_fault_from_one(seed):
    kind, *place = truth_of(seed)
    return kind, *(n + 1 for n in place)


@my_fault.mistake(
    "The kind and the numbers are right, their order is not. It is that of the words of the kind; two that changed "
    "places stand in rising order."
)
def _my_fault_turned(seed):
    kind, *place = truth_of(seed)
    return kind, *place[1:], *place[:1]  # of a backdoor: as the scan and then the weights find them


@my_fault.mistake("The kind and the unit are right. The pixel comes before the class that it forces.")
def _my_fault_class_first(seed):
    kind, *place = truth_of(seed)
    return (kind, *place) if len(place) < 3 else (kind, place[0], place[2], place[1])


@my_fault.mistake(
    'The kind is right. The answer is a tuple: in brackets the kind and then its numbers, or ("healthy",) with a comma.'
)
def _my_fault_kind_alone(seed):
    return truth_of(seed)[0]


@my_fault.mistake(
    "You say that nothing is wrong. Compare the contributions with the sheet, unit by unit, and scan for a trigger."
)
def _my_fault_healthy(seed):
    return ("healthy",)


@my_fault.mistake("The fault is right. Its numbers stand beside the kind, without brackets of their own.")
def _my_fault_in_brackets(seed):
    kind, *place = truth_of(seed)
    return kind, tuple(place)


def _one_unit(kind):
    """Who names the right unit, or the first of two, and `kind` whatever happened to it."""

    def answer(seed):
        truth, unit = truth_of(seed), truth_of(seed)[1:2]
        return truth if truth[0] in ("healthy", "swapped classes") else (kind, *unit)

    return answer


for kind, sign in {
    "dead unit": "a dead unit is off for every image, and turning its inputs does not wake it",
    "stuck bias": "with a stuck bias it is `faults.lower` that brings the sheet back",
    "incoming flip": "with turned inputs, turning them again brings the sheet back",
    "outgoing flip": "with turned outputs, each weight has another sign than `faults.restore` gives it",
    "gain": "with a gain, all its outgoing weights are 4 times those that `faults.restore` gives it",
    "bad weight": "with a bad weight, `faults.restore` changes one much more than others: name its logit, too",
}.items():
    my_fault.mistake(f"This unit did change. But {sign}.")(_one_unit(kind))


@my_fault.mistake(
    "The place is right. Was the unit taken over, or does it still do its own work on honest images?"
)
def _my_fault_other_backdoor(seed):
    kind, *place = truth_of(seed)
    doors = {"backdoor": "shared backdoor", "shared backdoor": "backdoor"}
    return doors.get(kind, kind), *place


@my_fault.alternative
def _my_fault_by_the_protocol(seed):
    patient = faults.plant(net, fresh, fresh_y, seed)
    found = faults.diagnose(patient, sheet, fresh, fresh_y)
    return found.kind, *found.place


@functools.cache
def rings():
    """{view: how often it rings} over 5 plants of each kind but health, both backdoors left out."""
    kinds, count = [k for k in faults.KINDS if k not in ("healthy", *faults.SILENT)], {}
    for kind in kinds:
        for seed in range(5):
            patient = faults.plant(net, fresh, fresh_y, seed, kind)
            for view, rang in faults.alarms(patient, sheet, fresh, fresh_y).items():
                count[view] = count.get(view, 0) + rang
    return count


@lesson.prediction(
    {
        "outside": "Everything that a unit does has to leave through the logits. But does more arrive there?",
        "inside": "So it seems against a weak opponent. Everything that changes an answer leaves through the logits.",
        "equal": "Whatever changes an answer leaves through the logits, and a careful measure of them sees it.",
    }
)
def guess_alarm():
    """With the sheet at hand, who raises the alarm more often?"""
    count = rings()
    ahead = count["inside with sheet"] - count["outside with sheet"]
    return "equal" if abs(ahead) <= 2 else "inside" if ahead > 0 else "outside"  # of 40


@lesson.prediction(
    {
        "gone": "A fair hope: all weights move. But which image would tell training that this pixel is dangerous?",
        "half as strong": "Something would have to push against it. On which training image is this unit on?",
        "as strong as before": "On no training image is the unit on, so the slopes of its weights are 0: they stay.",
    }
)
def guess_retrain():
    """What becomes of the backdoor when the whole net is trained on with honest images?"""
    X, y, _, _ = digits(held_out=797)
    patient = faults.put(net, faults.Fault("backdoor", (17, 16, 7)))
    again = networks.train(patient, X, y, steps=300, lr=0.002, seed=0)[0]
    share = faults.scan(again, fresh)[16, 7]
    return "as strong as before" if share > 0.85 else "gone" if share < 0.2 else "half as strong"


@lesson.exercise(
    points=3,
    hints=[
        "Two faults are alike if their lists of answers are the same. A list can't be a key; `tuple(answers)` can.",
        "Collect the names under each tuple of answers in a dictionary, and keep what has two names or more.",
        "`sorted` puts names in order, and also lists of names, by their first one.",
    ],
)
def alike(answers):
    groups = {}
    for name, said in answers.items():
        groups.setdefault(tuple(said), []).append(name)
    return sorted(sorted(names) for names in groups.values() if len(names) > 1)


@alike.questions
def _alike_questions(rng):
    yield ({"a": [0, 1], "b": [1, 1]},)
    yield ({"b": [0, 1], "a": [0, 1]},)
    yield ({"d": [1, 1, 0], "c": [1, 1, 0], "a": [0, 1, 1], "b": [1, 1, 0], "e": [1, 0, 0], "f": [0, 1, 1]},)
    for _ in range(20):
        names = rng.permutation(list("abcdefgh"))[: rng.integers(4, 9)].tolist()
        yield ({name: rng.integers(0, 2, 3).tolist() for name in names},)


@alike.mistake("You list the faults that stand alone as well. Keep groups of two or more.")
def _alike_singles(answers):
    groups = {}
    for name, said in answers.items():
        groups.setdefault(tuple(said), []).append(name)
    return sorted(map(sorted, groups.values()))


@alike.mistake("You list pairs. Three faults that are alike are one group of three.")
def _alike_pairs(answers):
    names = sorted(answers)
    return [[a, b] for i, a in enumerate(names) for b in names[i + 1 :] if answers[a] == answers[b]]


@alike.mistake("You compare how many answers are 1. Two faults are alike if every single answer is the same.")
def _alike_counts(answers):
    return alike.reference({name: [sum(said)] for name, said in answers.items()})


@alike.mistake("You compare the first answer only. Compare all of them.")
def _alike_first(answers):
    return alike.reference({name: said[:1] for name, said in answers.items()})


@alike.mistake(
    "The groups are right, their order is not: names in alphabetical order, and groups by their first name."
)
def _alike_unsorted(answers):
    groups = {}
    for name, said in answers.items():
        groups.setdefault(tuple(said), []).append(name)
    return [names for names in groups.values() if len(names) > 1]


@alike.alternative
def _alike_by_search(answers):
    groups = [sorted(n for n in answers if answers[n] == answers[name]) for name in answers]
    return [list(group) for group in sorted({tuple(group) for group in groups}) if len(group) > 1]


report = lesson.report
