"""Lesson 06: what does a regression table really say?"""

import numpy as np

from helpers.exercise import Lesson
from helpers.importance import least_squares, null_space, r_squared, rank

lesson = Lesson(6)
report = lesson.report

# The seed's example, with its constant.
SEED_X = np.array([[1, 1, 2, 3], [1, 4, 5, 6], [1, 7, 8, 9], [1, 10, 11, 12]], float)
SEED_Y = np.array([10, 20, 30, 40], float)


# ---------------------------------------------------------------- R²


@lesson.exercise(
    points=1,
    hints=[
        "A model that always says the mean misses row i by y[i] − mean(y).",
        "Square these misses and add them up, as the line above does for the predictions.",
    ],
    tool="importance.r_squared",
)
def share_explained(y, predicted):
    leftover = np.sum((y - predicted) ** 2)
    to_explain = np.sum((y - np.mean(y)) ** 2)
    return 1 - leftover / to_explain


@share_explained.questions
def _share_explained_questions(rng):
    y = np.array([3.0, 5.0, 10.0])
    yield y, y
    yield y, np.array([6.0, 6.0, 6.0])
    yield y, np.array([4.0, 5.0, 8.0])
    yield y, np.array([9.0, 4.0, 1.0])  # worse than the mean: negative
    for _ in range(20):
        n = int(rng.integers(4, 9))
        y = np.round(rng.uniform(5, 8) + rng.normal(size=n) * 3, 2)
        yield y, np.round(y + rng.normal(size=n) * rng.uniform(0.5, 5), 2)


@share_explained.mistake(
    "Your second sum measures from zero. The rival is a model that always says the mean of y: measure from the "
    "mean."
)
def _from_zero(y, predicted):
    return 1 - np.sum((y - predicted) ** 2) / np.sum(y**2)


@share_explained.mistake(
    "Your second sum is that of the predictions around their own mean. It should be that of y, the data."
)
def _of_the_predictions(y, predicted):
    return 1 - np.sum((y - predicted) ** 2) / np.sum((predicted - np.mean(predicted)) ** 2)


@share_explained.mistake(
    "One part is a sum and the other a mean, so the answer depends on how many rows there are. Sum both."
)
def _sum_over_mean(y, predicted):
    return 1 - np.sum((y - predicted) ** 2) / np.var(y)


@share_explained.mistake("That is the share left over. The share explained is 1 minus it.")
def _left_over(y, predicted):
    return np.sum((y - predicted) ** 2) / np.sum((y - np.mean(y)) ** 2)


@share_explained.mistake(
    "The misses must be squared before they are added: as they are, plus and minus cancel."
)
def _without_squares(y, predicted):
    return 1 - np.sum((y - predicted) ** 2) / np.sum(np.abs(y - np.mean(y)))


@share_explained.alternative
def _by_means(y, predicted):
    return 1 - np.mean((y - predicted) ** 2) / np.var(y)


@share_explained.alternative
def _by_loop(y, predicted):
    middle = sum(y) / len(y)
    leftover = sum((a - b) ** 2 for a, b in zip(y, predicted, strict=True))
    return 1 - leftover / sum((a - middle) ** 2 for a in y)


# ---------------------------------------------------------------- the seed's table


@lesson.prediction(
    {
        "it stays 1": "Yes. The other columns take over the work of x3 completely.",
        "it falls to about 0.5": "So it would if x3 carried half of the information. But x3 = x2 + 1: it "
        "carries none of its own.",
        "it falls to 0": "That takes the largest coefficient for the only one that works. Here the others "
        "can replace it.",
    }
)
def guess_drop():
    X = np.delete(SEED_X, 3, axis=1)
    share = r_squared(SEED_Y, X @ np.linalg.lstsq(X, SEED_Y, rcond=None)[0])
    return "it stays 1" if share > 0.999 else "it falls to 0" if share < 0.1 else "it falls to about 0.5"


@lesson.exercise(
    points=2,
    hints=[
        "`X @ b` gives the prediction for every row at once.",
        "Two decimals that should be equal seldom are, to the last digit: ask whether they differ by less "
        "than 0.000001.",
        "`np.abs(a - b)` says how far apart they are; `np.all(...)` says whether something is true in every "
        "row.",
    ],
)
def is_perfect(b, X, y):
    return bool(np.all(np.abs(X @ b - y) < 1e-6))


@is_perfect.questions
def _is_perfect_questions(rng):
    yield np.array([2.0]), np.array([[1.0]]), np.array([2.0])
    yield np.array([2.0]), np.array([[1.0]]), np.array([3.0])
    yield np.array([2.0]), np.array([[1.0]]), np.array([1.0])
    yield np.array([-2.0]), np.array([[1.0]]), np.array([2.0])
    yield np.array([0.0]), np.array([[1.0]]), np.array([5e-6])  # a miss of five allowances
    yield np.array([0.0]), np.array([[1.0]]), np.array([5e-7])  # half an allowance
    yield np.array([0.0]), np.ones((4, 1)), np.array([3e-6, 0.0, 0.0, 0.0])
    yield np.array([0.0]), np.ones((4, 1)), np.full(4, 8e-7)  # each inside, the sum of squares not
    yield np.array([1000.0, 0.0005]), np.array([[1.0, 1.0]]), np.array([1000.0])  # not in proportion to y
    yield np.array([1.0, 2.0]), np.eye(2), np.array([2.0, 1.0])  # the right numbers in the wrong rows
    yield np.array([0.1, 0.2]), np.array([[1.0, 1.0]]), np.array([0.3])  # 0.1 + 0.2 is not 0.3
    yield np.array([1.0, 1.0]), np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([2.0, 0.0])  # the misses cancel
    yield np.array([1.0, 1.0]), np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, 5.0])
    yield np.array([1.0, 1.0]), np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([5.0, 1.0])
    for b in ([10 / 9, 0, 10 / 9, 20 / 9], [20 / 3, 10 / 3, 0, 0], [0, 0, 0, 10 / 3], [0, 0, 3.3, 0]):
        yield np.array(b, float), SEED_X, SEED_Y
    for row in range(4):  # one row of four is missed, by a little
        yield np.array([0, 0, 0, 10 / 3]), SEED_X, SEED_Y + 0.01 * (-1) ** row * np.eye(4)[row]
    free = null_space(SEED_X)
    for k in range(16):
        b = np.array([0, 0, 0, 10 / 3]) + free @ rng.integers(-9, 10, 2)
        yield b + (k % 2) * rng.choice([0.0, 1e-3, -1e-3], 4), SEED_X, SEED_Y


@is_perfect.mistake(
    "You add the misses up (or average them), and +1 and −1 cancel to nothing. Ask about every row by itself."
)
def _misses_cancel(b, X, y):
    return bool(abs(np.sum(X @ b - y)) < 1e-6)


@is_perfect.mistake(
    "You ask for equality to the last digit with ==. Computers round: 0.1 + 0.2 == 0.3 is False. Allow "
    "0.000001."
)
def _to_the_last_digit(b, X, y):
    return bool(np.all(X @ b == y))


@is_perfect.mistake(
    "np.allclose by itself forgives a miss in proportion to y: half a thousandth passes beside 1000. Say "
    "rtol=0, atol=1e-6."
)
def _proportional(b, X, y):
    return bool(np.allclose(X @ b, y))


@is_perfect.mistake(
    "You ask whether *some* row is right. A perfect fit is right in *every* row: np.all, not np.any."
)
def _some_row(b, X, y):
    return bool(np.any(np.abs(X @ b - y) < 1e-6))


@is_perfect.mistake(
    "A prediction that is too small passes: a miss of −5 is less than 0.000001 too. Take the size of the "
    "miss, np.abs."
)
def _too_small_passes(b, X, y):
    return bool(np.all(X @ b - y < 1e-6))


@is_perfect.mistake("You look at the first row only. Every row must be right.")
def _first_row(b, X, y):
    return bool(abs(X[0] @ b - y[0]) < 1e-6)


@is_perfect.alternative
def _by_allclose(b, X, y):
    return bool(np.allclose(X @ b, y, rtol=0, atol=1e-6))


@is_perfect.alternative
def _row_by_row(b, X, y):
    for row, wanted in zip(X, y, strict=True):
        if abs(sum(w * v for w, v in zip(b, row, strict=True)) - wanted) > 1e-6:
            return False
    return True


@lesson.prediction(
    {
        "only 10/9": "That is what statsmodels printed, and it looks like *the* answer. It is one of "
        "endlessly many.",
        "anything between 0 and 10/3": "So it would be if coefficients had to be positive. Nothing says that "
        "they must.",
        "any number at all": "Yes. Name a number, and the other three can be chosen so that the fit is "
        "perfect.",
    }
)
def guess_range():
    free = np.abs(null_space(SEED_X)[2]).max() > 0  # some change of the coefficients moves x2's
    return "any number at all" if free else "only 10/9"


# ---------------------------------------------------------------- units


@lesson.prediction(
    {
        "only the coefficient and its standard error": "Yes: both shrink together, so t, the p-value and R² "
        "stay.",
        "all four": "A unit is a way of writing a number. The cables, and how well they can be predicted, "
        "stay the same.",
        "none of the four": "The coefficient is a price per metre. Per millimetre it must be smaller, or the "
        "bill would change.",
    }
)
def guess_units():
    rng = np.random.default_rng(6)
    length, noise = rng.uniform(1, 10, 24), rng.normal(size=24)
    price = 4 + 2 * length + noise
    metres, mm = (least_squares(np.column_stack([np.ones(24), u * length]), price) for u in (1, 1000))
    names = {
        "coefficient": np.isclose(metres.coefficients[1], mm.coefficients[1]),
        "error": np.isclose(metres.errors[1], mm.errors[1]),
        "t": np.isclose(metres.t[1], mm.t[1]),
        "R²": np.isclose(metres.r_squared, mm.r_squared),
    }
    moved = {name for name, same in names.items() if not same}
    if moved == {"coefficient", "error"}:
        return "only the coefficient and its standard error"
    return "all four" if len(moved) == 4 else "none of the four"


@lesson.exercise(
    points=2,
    hints=[
        "Both lines must give the same prediction for every thing: const + slope · x = new_const + new_slope "
        "· (factor · x + shift).",
        "Compare what stands before x on both sides: slope = new_slope · factor.",
        "What is left: const = new_const + new_slope · shift.",
    ],
)
def in_new_units(const, slope, factor, shift):
    new_slope = slope / factor
    new_const = const - new_slope * shift
    return new_const, new_slope


@in_new_units.questions
def _in_new_units_questions(rng):
    yield 4.0, 2.0, 1000.0, 0.0
    yield 1.0, 2.0, 1.0, 5.0
    yield 10.0, 3.0, 1.8, 32.0
    yield 0.0, 0.0, 2.0, 1.0
    for _ in range(20):
        sign = rng.choice([-1.0, 1.0])
        numbers = rng.normal() * 5, rng.normal() * 4, sign * rng.uniform(1.5, 9), rng.normal() * 9
        yield tuple(float(v) for v in np.round(numbers, 2))


@in_new_units.mistake(
    "You multiply by the factor. A metre is 1000 millimetres, so a price per millimetre is 1000 times "
    "*smaller*."
)
def _multiplied(const, slope, factor, shift):
    return const - slope * factor * shift, slope * factor


@in_new_units.mistake(
    "Two slips. A metre is 1000 millimetres, so a price per millimetre is 1000 times smaller, not larger. And the "
    "shift has moved where 0 is, so the constant changes."
)
def _multiplied_and_same_constant(const, slope, factor, shift):
    return const, slope * factor


@in_new_units.mistake(
    "The constant stays as it was in your answer. It is the prediction at 0, and the shift has moved where 0 "
    "is."
)
def _same_constant(const, slope, factor, shift):
    return const, slope / factor


@in_new_units.mistake(
    "You move the constant by the old slope times the shift. The shift is in new units, so it takes the new "
    "slope."
)
def _old_slope(const, slope, factor, shift):
    return const - slope * shift, slope / factor


@in_new_units.mistake(
    "The constant moved the wrong way. Try x = 0: its new value is `shift`, and the prediction must still be "
    "const."
)
def _wrong_way(const, slope, factor, shift):
    return const + slope / factor * shift, slope / factor


@in_new_units.mistake("The two numbers are right and in the wrong order: the constant comes first.")
def _slope_first(const, slope, factor, shift):
    return slope / factor, const - slope / factor * shift


@in_new_units.alternative
def _through_two_points(const, slope, factor, shift):
    # two old x, their new values, and the line through the two predictions
    new, wanted = np.array([shift, factor + shift]), np.array([const, const + slope])
    new_slope = (wanted[1] - wanted[0]) / (new[1] - new[0])
    return wanted[0] - new_slope * new[0], new_slope


# ---------------------------------------------------------------- nearly the same columns


@lesson.prediction(
    {
        "only the coefficients": "Yes. The noise can trade one column for the other; their sum, which "
        "predicts, it cannot move.",
        "only the predictions": "The other way round: the predictions are pinned down by the rows, the "
        "coefficients are not.",
        "both": "Two wild coefficients do not make wild predictions when what one gains the other loses.",
        "neither": "One per cent is little. But the columns differ by far less than that, and only the "
        "difference can tell them apart.",
    }
)
def guess_swing():
    rng = np.random.default_rng(0)
    first = rng.normal(size=30)
    X = np.column_stack([np.ones(30), first, first + 0.002 * rng.normal(size=30)])
    truth = X[:, 1] + X[:, 2]
    noisy = [truth + 0.01 * truth.std() * rng.normal(size=30) for _ in range(200)]
    b = np.array([least_squares(X, y).coefficients for y in noisy])
    swing, move = b[:, 1].std() > 0.25, (b @ X.T).std(axis=0).max() > 0.25
    if swing and move:
        return "both"
    return "only the coefficients" if swing else "only the predictions" if move else "neither"


# ---------------------------------------------------------------- transfer


@lesson.exercise(
    points=3,
    hints=[
        "When can the other columns stand in for column j? When the design without it has the same rank.",
        "`np.delete(X, j, axis=1)` is X without column j; `rank(X)` counts what the columns have to say.",
        "Go through all j in range(X.shape[1]) and keep those where the rank does not fall.",
    ],
)
def undetermined(X):
    whole = rank(X)
    return [j for j in range(X.shape[1]) if rank(np.delete(X, j, axis=1)) == whole]


@undetermined.questions
def _undetermined_questions(rng):
    yield (np.array([[1.0, 1.0], [1.0, 2.0]]),)
    yield (np.array([[1.0, 2.0], [1.0, 2.0], [2.0, 4.0]]),)  # twice the first
    yield (np.array([[1.0, 1.0, 3.0], [1.0, 1.0, 5.0], [2.0, 2.0, 4.0]]),)  # the same column twice
    seasons = np.eye(4)[[0, 1, 2, 3, 0, 2]]
    length = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0])
    yield (np.column_stack([np.ones(6), seasons, length]),)
    yield (np.column_stack([np.ones(6), seasons[:, 1:], length]),)  # one season left out: no trap
    yield (np.column_stack([length, np.ones(6), seasons]),)
    yield (SEED_X,)
    a = np.array([1.0, 2.0, 4.0, 3.0])
    yield (np.column_stack([a, a, -a]),)  # changes that cancel
    yield (np.array([[1.0, 0.0, 1.0, 2.0], [0.0, 1.0, 1.0, 3.0]]),)  # more columns than rows
    yield (np.array([[2.0], [3.0]]),)
    yield (np.zeros((3, 1)),)
    for k in range(18):
        X = rng.integers(-4, 5, (8, int(rng.integers(2, 5)))).astype(float)
        if k % 3:
            X = np.column_stack([X, X[:, :2].sum(axis=1)])[:, rng.permutation(X.shape[1] + 1)]
        yield (X,)


@undetermined.mistake(
    "You name every column as soon as one is tied. A column that is tied to no other keeps its one "
    "coefficient."
)
def _all_of_them(X):
    return [] if rank(X) == X.shape[1] else list(range(X.shape[1]))


@undetermined.mistake(
    "You name only the column that comes last in a tie. The earlier ones can be traded against it, so they "
    "are as free as it is."
)
def _only_the_last(X):
    return [j for j in range(X.shape[1]) if rank(X[:, : j + 1]) == (rank(X[:, :j]) if j else 0)]


@undetermined.mistake("These are the columns whose coefficient *is* determined: turn the question round.")
def _the_determined(X):
    return [j for j in range(X.shape[1]) if rank(np.delete(X, j, axis=1)) < rank(X)]


@undetermined.mistake("The right columns, counted from 1. Count from 0, as Python does.")
def _counted_from_one(X):
    return [j + 1 for j in range(X.shape[1]) if rank(np.delete(X, j, axis=1)) == rank(X)]


@undetermined.mistake(
    "You look for pairs of equal columns. A column can also be made of several others: four seasons add up "
    "to the constant."
)
def _equal_pairs(X):
    columns = X.T.tolist()
    return [j for j, column in enumerate(columns) if columns.count(column) > 1]


@undetermined.alternative
def _from_the_null_space(X):
    return [j for j in range(X.shape[1]) if np.abs(null_space(X)[j]).sum() > 1e-9]


@undetermined.alternative
def _by_matrix_rank(X):
    found = []
    for j in range(X.shape[1]):
        others = [k for k in range(X.shape[1]) if k != j]
        if np.linalg.matrix_rank(X[:, others]) == np.linalg.matrix_rank(X):
            found.append(j)
    return np.array(found, dtype=float)


# ---------------------------------------------------------------- stretch


@lesson.prediction(
    {
        "x3, as before": "Its lead came from the level of x3, and standardising takes the level away.",
        "x1": "x1 had the smallest coefficient before, and the largest spread of all it has not: the three "
        "spreads are equal.",
        "none: all three are equal": "Yes. Once the level is gone the three columns are the same column, "
        "three times.",
    }
)
def guess_standardised():
    Z = (SEED_X[:, 1:] - SEED_X[:, 1:].mean(axis=0)) / SEED_X[:, 1:].std(axis=0)
    b = np.linalg.pinv(Z) @ (SEED_Y - SEED_Y.mean())
    if np.ptp(b) < 1e-9:
        return "none: all three are equal"
    return "x1" if np.argmax(b) == 0 else "x3, as before"


@lesson.exercise(
    points=3,
    hints=[
        "`np.corrcoef(a, b)[0, 1]` is the correlation r of two columns, and their VIF is 1 / (1 − r²).",
        "Centre x *before* you square it: z = x − mean(x), then z².",
    ],
)
def square_vifs(x):
    z = x - np.mean(x)
    raw = np.corrcoef(x, x**2)[0, 1]
    centred = np.corrcoef(z, z**2)[0, 1]
    return 1 / (1 - raw**2), 1 / (1 - centred**2)


@square_vifs.questions
def _square_vifs_questions(rng):
    yield (np.array([1.0, 2.0, 4.0]),)
    yield (np.array([1.0, 2.0, 3.0, 4.0, 6.0]),)
    yield (np.array([-3.0, -1.0, 0.0, 5.0]),)
    for _ in range(20):
        n = int(rng.integers(5, 9))
        yield (np.round(rng.uniform(1, 3) + rng.exponential(2.0, n), 1) + 0.01 * np.arange(n),)


@square_vifs.mistake(
    "Both of your numbers are alike. A correlation does not see a shift or a change of scale, so centring after "
    "squaring does nothing: centre x first, then square."
)
def _centred_too_late(x):
    r = np.corrcoef(x - np.mean(x), x**2 - np.mean(x**2))[0, 1]
    return 1 / (1 - r**2), 1 / (1 - r**2)


@square_vifs.mistake("Square the correlation: the VIF is 1 / (1 − r²), not 1 / (1 − r).")
def _r_not_squared(x):
    z = x - np.mean(x)
    return tuple(1 / (1 - np.corrcoef(v, v**2)[0, 1]) for v in (x, z))


@square_vifs.mistake(
    "That is 1 − r², the share that each column has for itself. The VIF is one divided by it."
)
def _upside_down(x):
    z = x - np.mean(x)
    return tuple(1 - np.corrcoef(v, v**2)[0, 1] ** 2 for v in (x, z))


@square_vifs.mistake("Both numbers are right, in the wrong order: first as it is, then centred.")
def _centred_first(x):
    z = x - np.mean(x)
    return tuple(1 / (1 - np.corrcoef(v, v**2)[0, 1] ** 2) for v in (z, x))


@square_vifs.alternative
def _standardised_too(x):
    z = (x - np.mean(x)) / np.std(x)  # a change of unit does not change a correlation
    return [1 / (1 - np.corrcoef(v, v**2)[0, 1] ** 2) for v in (x, z)]


@square_vifs.alternative
def _by_regression(x):
    answers = []
    for v in (x, x - np.mean(x)):
        A = np.column_stack([np.ones(len(v)), v])
        line = A @ np.linalg.lstsq(A, v**2, rcond=None)[0]
        answers.append(np.sum((v**2 - np.mean(v**2)) ** 2) / np.sum((v**2 - line) ** 2))
    return np.array(answers)
