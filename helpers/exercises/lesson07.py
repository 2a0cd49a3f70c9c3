"""Lesson 07: which feature matters most, and is that a question?"""

from itertools import permutations

import numpy as np

from helpers.data import load
from helpers.exercise import Lesson
from helpers.importance import drop_column, least_squares, lmg, r_squared

lesson = Lesson(7)
report = lesson.report


def explained(X, y):
    """R² of a fit on a constant and the columns of X, as the lesson defines it."""
    return least_squares(np.column_stack([np.ones(len(y)), X]), y).r_squared


def _table(name, target):
    """The columns of numbers of a data set, and its target."""
    table = {key: values for key, values in load(name).items() if values.dtype.kind == "f"}
    y = table.pop(target)
    return np.column_stack(list(table.values())), y


def _plots(seed=7):
    """The planted harvest of the lesson: rain, gauge, sun, dice; and what grew."""
    rain, own, sun, dice, noise = np.random.default_rng(seed).normal(size=(5, 200))
    return np.column_stack([rain, rain + 0.3 * own, sun, dice]), 2 * rain + sun + noise


# ---------------------------------------------------------------- leave it out


@lesson.exercise(
    points=1,
    hints=[
        "`explained` fits and returns R². It stands in the same line already, for the columns that are left.",
        "All the columns are in `X`.",
    ],
    tool="importance.drop_column",
)
def loss_without(X, y, j):
    rest = np.delete(X, j, axis=1)  # X without column j
    return explained(X, y) - explained(rest, y)


@loss_without.questions
def _loss_without_questions(rng):
    a, b = np.array([1.0, 2.0, 3.0, 4.0, 6.0]), np.array([2.0, 1.0, 4.0, 3.0, 3.0])
    yield np.column_stack([a, b]), np.array([1.0, 3.0, 2.0, 5.0, 4.0]), 0
    yield np.column_stack([a, b]), np.array([1.0, 3.0, 2.0, 5.0, 4.0]), 1
    yield np.column_stack([a, b]), 2 * a + b, 1
    yield a[:, None], np.array([1.0, 3.0, 2.0, 5.0, 4.0]), 0  # nothing is left
    for _ in range(20):
        rows, columns = int(rng.integers(7, 10)), int(rng.integers(2, 5))
        X = np.round(rng.normal(size=(rows, columns)) + rng.normal(size=(rows, 1)), 1)
        y = np.round(X @ rng.integers(-2, 3, columns) + rng.normal(size=rows), 1)
        yield X, y, int(rng.integers(columns))


@loss_without.mistake(
    "You start from what column j explains *alone*. Start from what all the columns explain: they are in `X`."
)
def _alone(X, y, j):
    return explained(X[:, [j]], y) - explained(np.delete(X, j, axis=1), y)


@loss_without.mistake("That is what is left, not what is lost: take it away from what all columns explain.")
def _left(X, y, j):
    return explained(np.delete(X, j, axis=1), y)


@loss_without.mistake(
    "The other columns were not fitted again: they kept the coefficients of the whole fit, and could not take over."
)
def _not_fitted_again(X, y, j):
    fit = least_squares(np.column_stack([np.ones(len(y)), X]), y)
    return fit.r_squared - r_squared(y, fit.predicted - fit.coefficients[1 + j] * (X[:, j] - X[:, j].mean()))


@loss_without.mistake(
    "The right difference with the wrong sign: all columns first, then those that are left."
)
def _turned_round(X, y, j):
    return explained(np.delete(X, j, axis=1), y) - explained(X, y)


@loss_without.mistake("You divide by R². The loss is a plain difference of two values of R².")
def _in_proportion(X, y, j):
    return 1 - explained(np.delete(X, j, axis=1), y) / explained(X, y)


@loss_without.alternative
def _by_formula(X, y, j):
    return drop_column(X, y)[j]


@loss_without.alternative
def _by_keeping(X, y, j):
    keep = [k for k in range(X.shape[1]) if k != j]
    return explained(X, y) - explained(X[:, keep], y)


@lesson.prediction(
    {
        "to about 0.71, all of R²": "So it would be if no two columns said the same thing. Here much is said twice.",
        "to about 0.33, half of it": "Yes. What two columns both say is lost with neither of them.",
        "to more than 0.71": "That can happen, when columns help only together. Here they mostly repeat each other.",
    }
)
def guess_sum():
    X, y = _table("swiss", "Fertility")
    losses, whole = drop_column(X, y).sum(), explained(X, y)
    if losses > 1.1 * whole:
        return "to more than 0.71"
    return "to about 0.33, half of it" if losses < 0.75 * whole else "to about 0.71, all of R²"


@lesson.prediction(
    {
        "nothing: dice say nothing": "So it is in the long run, and on new rows. On the rows of the fit, chance "
        "likeness is always used.",
        "a little, every time": "Yes. The fit can only gain from one more column, on the rows that it is fitted to.",
        "less than nothing: dice do harm": "On new rows they do. On its own rows a fit could give the dice weight "
        "0, so it cannot lose.",
    }
)
def guess_dice():
    X, y = _table("swiss", "Fertility")
    dice = np.random.default_rng(0).normal(size=(100, len(y)))
    losses = [drop_column(np.column_stack([X, column]), y)[-1] for column in dice]
    if min(losses) < 0:
        return "less than nothing: dice do harm"
    return "a little, every time" if np.mean(losses) > 1e-4 else "nothing: dice say nothing"


# ---------------------------------------------------------------- scramble it


@lesson.exercise(
    points=2,
    hints=[
        "Work on a copy: `X.copy()`. Only column j of it changes.",
        "`X[order, j]` is column j with its values in the new order: row i has the value of row order[i].",
        "The same b predicts before and after: `X @ b`. Nothing is fitted here.",
    ],
)
def scramble_loss(b, X, y, j, order):
    shuffled = X.copy()
    shuffled[:, j] = X[order, j]
    return r_squared(y, X @ b) - r_squared(y, shuffled @ b)


@scramble_loss.questions
def _scramble_loss_questions(rng):
    X, y = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 4.0]]), np.array([1.0, 2.0, 4.0])
    yield np.array([0.0, 1.0]), X, y, 1, np.array([1, 0, 2])
    yield np.array([0.0, 1.0]), X, y, 1, np.array([0, 1, 2])  # nothing moves
    yield np.array([0.0, 1.0]), X, y, 0, np.array([1, 2, 0])  # the constant
    yield np.array([3.0, 0.0]), X, y, 1, np.array([1, 2, 0])  # a weight of 0
    for _ in range(20):
        rows, columns = int(rng.integers(5, 8)), int(rng.integers(2, 4))
        X = np.column_stack([np.ones(rows), np.round(rng.normal(size=(rows, columns)), 1)])
        b = np.round(rng.normal(size=columns + 1), 1)
        y = np.round(X @ b + rng.normal(size=rows), 1)
        yield b, X, y, int(rng.integers(1, columns + 1)), rng.permutation(rows)


@scramble_loss.mistake("You shuffle whole rows, all columns together. Only column j is to lose its place.")
def _whole_rows(b, X, y, j, order):
    return r_squared(y, X @ b) - r_squared(y, X[order] @ b)


@scramble_loss.mistake(
    "You fit again after shuffling. That asks another question: the model stays as it is here, with its b."
)
def _fitted_again(b, X, y, j, order):
    shuffled = X.copy()
    shuffled[:, j] = X[order, j]
    again = np.linalg.lstsq(shuffled, y, rcond=None)[0]
    return r_squared(y, X @ b) - r_squared(y, shuffled @ again)


@scramble_loss.mistake("The right difference with the wrong sign: a loss is before minus after.")
def _after_minus_before(b, X, y, j, order):
    return -scramble_loss.reference(b, X, y, j, order)


@scramble_loss.mistake(
    "Your rows went the other way: you sent the value of row i to row order[i]. Row i is to *get* that of row order[i]."
)
def _sent_instead(b, X, y, j, order):
    shuffled = X.copy()
    shuffled[order, j] = X[:, j]
    return r_squared(y, X @ b) - r_squared(y, shuffled @ b)


@scramble_loss.mistake(
    "That is R² after shuffling. The loss is how far R² falls: take it away from R² before."
)
def _after_only(b, X, y, j, order):
    shuffled = X.copy()
    shuffled[:, j] = X[order, j]
    return r_squared(y, shuffled @ b)


@scramble_loss.mistake("You put 0 in place of the column. Shuffle it: its values stay, and lose their rows.")
def _zeroed(b, X, y, j, order):
    return r_squared(y, X @ b) - r_squared(y, X @ b - b[j] * X[:, j])


@scramble_loss.alternative
def _by_shifting(b, X, y, j, order):
    moved = X @ b + b[j] * (X[order, j] - X[:, j])
    return (np.sum((y - moved) ** 2) - np.sum((y - X @ b) ** 2)) / np.sum((y - y.mean()) ** 2)


# ---------------------------------------------------------------- a planted truth


@lesson.prediction(
    {
        "rain": "Rain does the most in our truth. But this asks what we lose without the column, and the gauge stays.",
        "gauge": "The gauge repeats the rain. Without it we lose next to nothing, for we still have the rain.",
        "sun": "Yes. Nothing else tells us about the sun; the rain can be read off the gauge.",
    }
)
def guess_twin():
    return ["rain", "gauge", "sun", "dice"][int(np.argmax(drop_column(*_plots())))]


# ---------------------------------------------------------------- how firm is the first place?


@lesson.exercise(
    points=2,
    hints=[
        "For each resample, which column has the coefficient that is largest in size? `np.abs` takes the size.",
        "`np.argmax(..., axis=1)` gives one winner for each row of the table.",
        "Then, for each column: in what share of the resamples did it win? `np.mean(winners == j)`.",
    ],
)
def first_places(B):
    winners = np.argmax(np.abs(B), axis=1)
    return np.array([np.mean(winners == j) for j in range(B.shape[1])])


@first_places.questions
def _first_places_questions(rng):
    yield (np.array([[0.5, -0.9], [0.4, 0.1], [0.3, 0.2], [0.8, 0.7]]),)
    yield (np.array([[0.1, 0.2, -0.3]]),)
    yield (np.array([[0.3, 0.2, 0.1], [0.6, -0.4, 0.1], [0.9, 0.5, -0.2]]),)  # one wins every time
    yield (np.array([[0.6], [-0.5]]),)
    yield (np.array([[5.0, 1.0], [0.2, 0.3], [-0.1, 0.4]]),)  # first once, by far
    asked = 0
    while asked < 20:
        draws, columns = int(rng.integers(4, 9)), int(rng.integers(2, 5))
        B = np.round(rng.normal(size=(draws, columns)) + rng.normal(size=columns), 3)
        if len(np.unique(np.abs(B))) == B.size:  # no tie for a first place
            asked += 1
            yield (B,)


@first_places.mistake(
    "A large negative coefficient never wins with you. Important is what is large in size: take np.abs first."
)
def _signed(B):
    winners = np.argmax(B, axis=1)
    return np.array([np.mean(winners == j) for j in range(B.shape[1])])


@first_places.mistake("You name the winner of the average resample. Find the winner of each one, then count.")
def _winner_of_the_mean(B):
    return (np.arange(B.shape[1]) == np.argmax(np.abs(B).mean(axis=0))).astype(float)


@first_places.mistake("The counts are right. Asked is the share: divide by the number of resamples.")
def _counts(B):
    return np.bincount(np.argmax(np.abs(B), axis=1), minlength=B.shape[1]).astype(float)


@first_places.mistake(
    "You look down each column for its best resample. Look along each resample for its best column."
)
def _wrong_axis(B):
    winners = np.argmax(np.abs(B), axis=0)
    return np.array([np.mean(winners == j) for j in range(B.shape[1])])


@first_places.mistake("You count the last places: np.argmin finds the smallest.")
def _last_places(B):
    winners = np.argmin(np.abs(B), axis=1)
    return np.array([np.mean(winners == j) for j in range(B.shape[1])])


@first_places.alternative
def _by_bincount(B):
    return np.bincount(np.argmax(B**2, axis=1), minlength=B.shape[1]) / len(B)


@first_places.alternative
def _by_loop(B):
    wins = [0] * len(B[0])
    for row in B:
        sizes = [abs(value) for value in row]
        wins[sizes.index(max(sizes))] += 1
    return [w / len(B) for w in wins]


@lesson.prediction(
    {
        "in over 900": "So it would be if the lead were large beside its error. It is a quarter of one standard error.",
        "in about 600": "Yes. A little better than a coin.",
        "in under 100": "The larger of the two is the likelier one to be larger again. Only not by much.",
    }
)
def guess_income():
    X, y = _table("duncan", "prestige")
    rng, ahead = np.random.default_rng(0), 0
    for _ in range(1000):
        rows = rng.integers(0, len(y), len(y))
        b = least_squares(np.column_stack([np.ones(len(y)), X])[rows], y[rows]).coefficients
        ahead += b[1] > b[2]
    return "in over 900" if ahead > 900 else "in under 100" if ahead < 100 else "in about 600"


# ---------------------------------------------------------------- stretch: shares of R²


@lesson.exercise(
    points=3,
    hints=[
        "`permutations((0, 1, 2))` goes through all orders. In one order, `order[: order.index(j)]` came before j.",
        "What j adds there is the worth of those before it together with j, minus the worth of those before it.",
        "The keys of `worth` are in ascending order: `tuple(sorted(...))`. At the end, take the mean of all gains.",
    ],
)
def fair_share(worth, j):
    gains = []
    for order in permutations(max(worth, key=len)):
        before = order[: order.index(j)]
        gains.append(worth[tuple(sorted((*before, j)))] - worth[tuple(sorted(before))])
    return np.mean(gains)


def _worths(rng, columns):
    """A worth for every subset of so many columns."""
    worth = {(): 0.0}
    for subset in range(1, 2**columns):
        key = tuple(j for j in range(columns) if subset >> j & 1)
        less = max(worth[key[:k] + key[k + 1 :]] for k in range(len(key)))
        worth[key] = float(np.round(less + rng.uniform(0, (1 - less) / 2), 3))
    return dict(sorted(worth.items(), key=lambda item: (len(item[0]), item[0])))


@fair_share.questions
def _fair_share_questions(rng):
    yield {(): 0.0, (0,): 0.5}, 0
    yield {(): 0.0, (0,): 0.5, (1,): 0.4, (0, 1): 0.6}, 0
    yield {(): 0.0, (0,): 0.5, (1,): 0.4, (0, 1): 0.6}, 1
    yield {(): 0.0, (0,): 0.5, (1,): 0.5, (0, 1): 0.5}, 1  # twins
    yield {(): 0.5, (0,): 0.4, (1,): 0.7, (0, 1): 0.65}, 0  # it does harm, and no column at all is worth 0.5
    pair = {(): 0.0, (0,): 0.0, (1,): 0.0, (2,): 0.0, (0, 1): 0.9, (0, 2): 0.0, (1, 2): 0.0, (0, 1, 2): 0.9}
    for j in range(3):  # two that work only together, and one that does nothing
        yield pair, j
    for _ in range(18):
        columns = int(rng.integers(3, 5))
        yield _worths(rng, columns), int(rng.integers(columns))


@fair_share.mistake(
    "That is what the column explains alone: the gain when it comes first. Average over all orders."
)
def _first_only(worth, j):
    return worth[(j,)] - worth[()]


@fair_share.mistake(
    "That is what is lost when the column goes: the gain when it comes last. Average over all orders."
)
def _last_only(worth, j):
    everyone = max(worth, key=len)
    return worth[everyone] - worth[tuple(k for k in everyone if k != j)]


@fair_share.mistake(
    "You average over the sets that can come before it, each once. Average over *orders*: the empty set and the full "
    "one come before it more often than one of the sets between."
)
def _every_set_once(worth, j):
    without = [key for key in worth if j not in key]
    return np.mean([worth[tuple(sorted((*key, j)))] - worth[key] for key in without])


@fair_share.mistake("You add the gains of all orders up. Divide by the number of orders.")
def _sum_of_gains(worth, j):
    orders = list(permutations(max(worth, key=len)))
    return fair_share.reference(worth, j) * len(orders)


@fair_share.mistake(
    "Your average is over what stands in `worth` for sets with the column. What it *adds* is a difference of two."
)
def _mean_worth(worth, j):
    return np.mean([value for key, value in worth.items() if j in key])


@fair_share.alternative
def _by_weights(worth, j):
    from math import factorial

    p, total = len(max(worth, key=len)), 0.0
    for key, value in worth.items():
        if j not in key:
            s = len(key)
            weight = factorial(s) * factorial(p - s - 1) / factorial(p)
            total += weight * (worth[tuple(sorted((*key, j)))] - value)
    return total


@fair_share.alternative
def _size_by_size(worth, j):
    p = len(max(worth, key=len))
    means = []
    for size in range(p):
        sets = [key for key in worth if j not in key and len(key) == size]
        means.append(sum(worth[tuple(sorted((*key, j)))] - worth[key] for key in sets) / len(sets))
    return sum(means) / p


@lesson.prediction(
    {
        "none": "The gauge waters nothing, and permutation gave it next to nothing. But LMG also asks what it tells "
        "us before the rain is known.",
        "a tenth of what rain gets": "In the orders where the gauge comes before the rain, it is credited with nearly "
        "all that rain explains.",
        "more than half of what rain gets": "Yes. In half of the orders the gauge comes before the rain, and then it "
        "explains nearly as much as the rain would.",
    }
)
def guess_gauge():
    share = lmg(*_plots())
    ratio = share[1] / share[0]
    return (
        "more than half of what rain gets"
        if ratio > 0.6
        else "a tenth of what rain gets"
        if ratio > 0.05
        else "none"
    )


# ---------------------------------------------------------------- which question?

MEASURES = ("coefficient", "standardised", "t", "drop-column", "permutation", "LMG", "none")


@lesson.exercise(
    points=2,
    hints=[
        "Look for what stays fixed. Does the model stay as it is, or is it fitted again? Is a unit given?",
        "One of the seven asks what happens in the world when somebody changes it. No measure of a fitted table does.",
    ],
)
def who_answers():
    return {
        "a": "drop-column",
        "b": "permutation",
        "c": "LMG",
        "d": "coefficient",
        "e": "t",
        "f": "standardised",
        "g": "none",
    }


def _swapped(one, other):
    """The right answers with two of them exchanged."""
    answers = who_answers.reference()
    names = {one: other, other: one}
    return {letter: names.get(name, name) for letter, name in answers.items()}


@who_answers.mistake(
    "a and b are exchanged. A survey that was never made: the model is fitted without it. A sensor that breaks: the "
    "model is in use already, and stays as it is."
)
def _drop_for_permutation():
    return _swapped("drop-column", "permutation")


@who_answers.mistake(
    "d and f are exchanged. A change of one degree has a unit; a usual amount is a standard deviation."
)
def _coefficient_for_standardised():
    return _swapped("coefficient", "standardised")


@who_answers.mistake("e and f are exchanged. t counts standard errors, so it speaks of doubt, not of size.")
def _t_for_standardised():
    return _swapped("t", "standardised")


@who_answers.mistake(
    "b and c are exchanged. Only LMG's shares add up to R², so only they can be handed out with nothing left over."
)
def _permutation_for_lmg():
    return _swapped("permutation", "LMG")


@who_answers.mistake(
    "a and c are exchanged. Only LMG's shares add up to R², so only they can be handed out with nothing left over."
)
def _drop_for_lmg():
    return _swapped("drop-column", "LMG")


@who_answers.mistake(
    "g asks what happens when somebody changes the world. A coefficient says how the *prediction* changes: remember "
    "the gauge."
)
def _coefficient_for_a_cause():
    return who_answers.reference() | {"g": "coefficient"}


@who_answers.mistake(
    "g asks what happens when somebody changes the world. A standardised coefficient says how the *prediction* "
    "changes: remember the gauge."
)
def _standardised_for_a_cause():
    return who_answers.reference() | {"g": "standardised"}


@who_answers.mistake(
    "g asks what happens when somebody changes the world. LMG shares out what the columns explain, and the gauge got "
    "a large share of it."
)
def _lmg_for_a_cause():
    return who_answers.reference() | {"g": "LMG"}


@who_answers.mistake(
    "g asks what happens when somebody changes the world. Permutation changes the model's input, and nothing else."
)
def _permutation_for_a_cause():
    return who_answers.reference() | {"g": "permutation"}


@who_answers.alternative
def _in_another_order():
    return dict(reversed(who_answers.reference().items()))


# ---------------------------------------------------------------- transfer


@lesson.exercise(
    points=3,
    hints=[
        "The neuron says yes in the rows where `X @ w + b > 0`. Its accuracy is the share of rows where that equals "
        "`labels`.",
        "All columns of the group take their values from the same row: row i gets those of row order[i].",
        "`shuffled[:, group] = X[order][:, group]` on a copy does it in one step.",
    ],
)
def group_loss(X, labels, w, b, group, order):
    shuffled = X.copy()
    shuffled[:, group] = X[order][:, group]
    right = np.mean((X @ w + b > 0) == labels)
    return right - np.mean((shuffled @ w + b > 0) == labels)


@group_loss.questions
def _group_loss_questions(rng):
    X = np.array([[1.0, 1.0], [2.0, 2.0], [-1.0, -1.0], [-2.0, -2.0]])
    labels = np.array([1, 1, 0, 0])
    yield X, labels, np.array([1.0, 1.0]), 0.0, [0, 1], np.array([2, 3, 0, 1])
    yield X, labels, np.array([1.0, 1.0]), 0.0, [0], np.array([2, 3, 0, 1])
    yield X, labels, np.array([1.0, 0.0]), 0.0, [1], np.array([2, 3, 0, 1])
    yield X, labels, np.array([1.0, 1.0]), 0.0, [0, 1], np.array([0, 1, 2, 3])  # nothing moves
    yield X, labels, np.array([5.0, -5.0]), 1.0, [0, 1], np.array([3, 2, 1, 0])  # they cancel together
    yield X, 1 - labels, np.array([1.0, 1.0]), 0.0, [0, 1], np.array([2, 3, 0, 1])  # shuffling helps
    yield X[::2], np.array([0, 0]), np.array([1.0, 1.0]), 0.0, [0], np.array([1, 0])  # a sum of 0 is a no
    for _ in range(24):
        rows, columns = int(rng.integers(8, 13)), int(rng.integers(3, 5))
        X = np.round(rng.normal(size=(rows, columns)), 1)
        w, b = (
            np.round(2 * rng.normal(size=columns), 1),
            float(np.round(rng.normal(), 1)) + 0.005,
        )  # no sum is 0
        labels = ((X @ w + b > 0) != (rng.random(rows) < 0.15)).astype(int)
        group = sorted(rng.choice(columns, int(rng.integers(1, columns)), replace=False).tolist())
        yield X, labels, w, b, group, rng.permutation(rows)


@group_loss.mistake(
    "You shuffle the columns of the group one at a time and add the losses. Shuffle them together, once: what they "
    "say twice is lost only then."
)
def _one_by_one(X, labels, w, b, group, order):
    return sum(group_loss.reference(X, labels, w, b, [j], order) for j in group)


@group_loss.mistake(
    "You shuffle every column. Only those of the group are to lose their rows; the others stay."
)
def _everything(X, labels, w, b, group, order):
    return group_loss.reference(X, labels, w, b, list(range(X.shape[1])), order)


@group_loss.mistake("You shuffle the columns that are *not* in the group.")
def _the_others(X, labels, w, b, group, order):
    others = [j for j in range(X.shape[1]) if j not in group]
    return group_loss.reference(X, labels, w, b, others, order)


@group_loss.mistake(
    "`X[order, group]` pairs rows with columns. Take the rows first, then the columns: `X[order][:, group]`."
)
def _paired(X, labels, w, b, group, order):
    shuffled = X.copy()
    shuffled[:, group] = X[order, group]
    return np.mean((X @ w + b > 0) == labels) - np.mean((shuffled @ w + b > 0) == labels)


@group_loss.mistake("Only the first column of the group was shuffled. All of them are to move, together.")
def _first_of_them(X, labels, w, b, group, order):
    return group_loss.reference(X, labels, w, b, group[:1], order)


@group_loss.mistake(
    "The right difference with the wrong sign: the accuracy before, minus the accuracy after."
)
def _gain(X, labels, w, b, group, order):
    return -group_loss.reference(X, labels, w, b, group, order)


@group_loss.mistake("The bias b is missing: the neuron says yes where X @ w + b is above 0.")
def _without_bias(X, labels, w, b, group, order):
    return group_loss.reference(X, labels, w, 0.0, group, order)


@group_loss.mistake(
    "Each column of the group got another order, so they no longer belong together. Use `order` for all of them."
)
def _apart_from_each_other(X, labels, w, b, group, order):
    shuffled, turn = X.copy(), order
    for j in group:
        shuffled[:, j] = X[turn, j]
        turn = turn[order]
    return np.mean((X @ w + b > 0) == labels) - np.mean((shuffled @ w + b > 0) == labels)


@group_loss.alternative
def _by_rows(X, labels, w, b, group, order):
    lost = 0
    for i in range(len(X)):
        row = X[i].copy()
        for j in group:
            row[j] = X[order[i], j]
        before, after = X[i] @ w + b > 0, row @ w + b > 0
        lost += int(before == bool(labels[i])) - int(after == bool(labels[i]))
    return lost / len(X)
