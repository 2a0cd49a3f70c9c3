"""Lesson 01, transparent rules: reference answers, hints, questions and known mistakes.

A tree is a list of rows, as the lesson writes it: ("age", 25, 1, 4) asks whether age < 25 and leads to row 1
if so and to row 4 if not; a string is a leaf.
"""

import math

from helpers.exercise import Lesson
from helpers.trees import ESSAY_RULE

lesson = Lesson(1)

SEED = ESSAY_RULE
REGIONS = [  # the leaves of SEED as (low age, high age, low income, high income, label)
    (0, 25, 0, 50_000, "low risk"),
    (0, 25, 50_000, 200_001, "medium risk"),
    (25, 121, 0, 75_000, "medium risk"),
    (25, 121, 75_000, 200_001, "high risk"),
]
PUMP = [
    ("pressure", 3, 1, 4),
    ("temperature", 60, 2, 3),
    "run",
    "slow down",
    ("valve", 1, 5, 6),
    "stop",
    ("temperature", 80, 7, 8),
    "slow down",
    "stop",
]


def _label(tree, reading):
    row = 0
    while not isinstance(tree[row], str):
        name, threshold, below, above = tree[row]
        row = below if reading[name] < threshold else above
    return tree[row]


def _random_tree(rng, names, depth, rows=None):
    """A random tree in rows; a label is never used twice, so that every leaf can be told from every other."""
    rows = [] if rows is None else rows
    at = len(rows)
    if depth == 0:
        rows.append(f"answer {at}")
        return rows
    rows.append(None)
    name, threshold = str(rng.choice(names)), int(rng.integers(10, 90))
    _random_tree(rng, names, depth - 1, rows)
    above = len(rows)
    _random_tree(rng, names, depth - 1, rows)
    rows[at] = (name, threshold, at + 1, above)
    return rows


def _shuffled(rng, rows):
    """The same tree with its rows in another order. The root stays first."""
    order = [0, *(int(i) for i in 1 + rng.permutation(len(rows) - 1))]  # order[new] is the old place
    place = {old: new for new, old in enumerate(order)}
    moved = [rows[old] for old in order]
    return [row if isinstance(row, str) else (*row[:2], place[row[2]], place[row[3]]) for row in moved]


@lesson.exercise(
    points=1,
    hints=[
        "There are two ways to go. One is taken when the value is smaller than the threshold, and is filled in.",
        "The row was unpacked into four names. Which of them has not been used yet?",
    ],
)
def path_of(rows, person):
    row, path = 0, [0]
    while not isinstance(rows[row], str):
        name, threshold, below, above = rows[row]
        row = below if person[name] < threshold else above
        path.append(row)
    return path


@path_of.questions
def _path_questions(rng):
    for age, income in [(22, 40_000), (22, 50_000), (25, 74_999), (25, 75_000), (70, 10_000)]:
        yield SEED, {"age": age, "income": income}
    yield ["only a leaf"], {"age": 1, "income": 1}
    yield (
        [("age", 5, 3, 1), ("age", 9.5, 4, 2), "old", "young", "stop"],
        {"age": 9.4},
    )  # rows in another order
    yield _random_tree(rng, ["a", "b"], 5), {"a": 50, "b": 50}
    uneven = [
        ("a", 0.5, 2, 1),
        "stop",
        ("a", 0.25, 4, 3),
        "go",
        ("a", 0.125, 6, 5),
        "x",
        ("a", -0.5, 8, 7),
        "y",
        "z",
    ]
    for a in (0.7, 0.3, 0.2, 0.0, -0.3, -0.7, math.nan):
        yield uneven, {"a": a}
    for _ in range(20):
        yield _random_tree(rng, ["a", "b"], 3), {"a": int(rng.integers(100)), "b": int(rng.integers(100))}
    for _ in range(10):  # one person, many trees of one size, whose rows stand in any order
        yield _shuffled(rng, _random_tree(rng, ["a", "b"], 3)), {"b": 30, "a": 60}


@path_of.mistake(
    "Your path takes the first way, to the next row, at every question. The answer no leads to the last entry of a row."
)
def _path_always_below(rows, person):
    row, path = 0, [0]
    while not isinstance(rows[row], str):
        row = rows[row][2]
        path.append(row)
    return path


@path_of.mistake(
    "A value equal to the threshold is not below it: 25 goes the way of the older ones. Compare with <."
)
def _path_closed_boundary(rows, person):
    row, path = 0, [0]
    while not isinstance(rows[row], str):
        name, threshold, below, above = rows[row]
        row = below if person[name] <= threshold else above
        path.append(row)
    return path


@path_of.mistake("You return the label at the end. The path is the list of row numbers that leads there.")
def _path_label(rows, person):
    return _label(rows, person)


@path_of.mistake("The path begins where the person begins: at row 0, the root.")
def _path_without_root(rows, person):
    return path_of.reference(rows, person)[1:]


@path_of.alternative
def _path_recursive(rows, person, row=0):
    if isinstance(rows[row], str):
        return [row]
    name, threshold, below, above = rows[row]
    return [row, *_path_recursive(rows, person, below if person[name] < threshold else above)]


@lesson.prediction(
    {
        "nothing": "The label there is medium risk on both sides of 25, so the birthday changes nothing.",
        "low to medium": "That is what the birthday changes below 50 000. At 60 000, read both branches once more.",
        "medium to high": "That would need 75 000 or more. Read the branch for 25 and older once more.",
    }
)
def guess_birthday():
    """What does the 25th birthday change for somebody who earns 60 000?"""
    before, after = (_label(SEED, {"age": age, "income": 60_000}) for age in (24, 25))
    change = f"{before.partition(' ')[0]} to {after.partition(' ')[0]}"
    return "nothing" if before == after else change


@lesson.exercise(
    points=2,
    hints=[
        "How many whole ages are there with 25 <= age < 30? Count them on your fingers, then find the formula.",
        "Each age can meet each income. And a range that ends before it begins holds nobody, not minus somebody.",
    ],
)
def people_in(low_age, high_age, low_income, high_income):
    ages = max(0, high_age - low_age)
    incomes = max(0, high_income - low_income)
    return ages * incomes


@people_in.questions
def _people_questions(rng):
    yield 0, 1, 0, 1
    yield 100, 130, 0, 10
    yield -3, 2, -4, 1
    yield 0, 2, 1, 1_234
    yield 0, 100_001, 0, 100_003
    yield 25, 30, 0, 10
    yield 0, 25, 0, 50_000
    yield 5, 5, 0, 10
    yield 0, 10, 7, 3
    yield 9, 3, 8, 2
    for _ in range(20):
        a, b, c, d = (int(v) for v in rng.integers(0, 120, 4))
        yield a, b, c * 1000, d * 1000


@people_in.mistake(
    "You count the upper end too. The region is low <= age < high: 25 <= age < 30 holds five ages."
)
def _people_closed(low_age, high_age, low_income, high_income):
    return max(0, high_age - low_age + 1) * max(0, high_income - low_income + 1)


@people_in.mistake(
    "Two slips. You count the upper end too: 25 <= age < 30 holds five ages. And a range that ends before it begins "
    "must count 0."
)
def _people_closed_and_negative(low_age, high_age, low_income, high_income):
    return (high_age - low_age + 1) * (high_income - low_income + 1)


@people_in.mistake(
    "You leave out the lower end. The region is low <= age < high, and low itself belongs to it."
)
def _people_open(low_age, high_age, low_income, high_income):
    return max(0, high_age - low_age - 1) * max(0, high_income - low_income - 1)


@people_in.mistake(
    "An empty range must count 0. Yours counts below zero, and two such ranges even give a plus."
)
def _people_negative(low_age, high_age, low_income, high_income):
    return (high_age - low_age) * (high_income - low_income)


@people_in.mistake(
    "You add ages and incomes. Each age can meet each income, so the two counts are multiplied."
)
def _people_sum(low_age, high_age, low_income, high_income):
    return max(0, high_age - low_age) + max(0, high_income - low_income)


@people_in.mistake("A range that ends before it begins holds nobody. You read it backwards instead.")
def _people_absolute(low_age, high_age, low_income, high_income):
    return abs(high_age - low_age) * abs(high_income - low_income)


@people_in.alternative
def _people_by_range(low_age, high_age, low_income, high_income):
    return len(range(low_age, high_age)) * len(range(low_income, high_income))


@lesson.prediction(
    {
        "almost never": "A thousand people are few against the number of all possible people. The next cell counts.",
        "half the time": "It feels as if a thousand tests should find it. Work out how small the spot is in the plane.",
        "almost always": "A thousand sounds like many. The spot is one year wide and a thousand dollars high.",
    }
)
def guess_sampling():
    """How often does a test of 1000 random people meet the planted spot at least once?"""
    missed = (1 - 1000 / (121 * 200_001)) ** 1000
    return "almost never" if missed > 0.9 else "almost always" if missed < 0.1 else "half the time"


@lesson.exercise(
    points=3,
    hints=[
        "A region breaks the claim if it has the forbidden label and shares at least one person with the group.",
        "Two ranges a <= v < b and c <= v < d share a value exactly when max(a, c) < min(b, d).",
        "Both must be true at once: the ages overlap, and the incomes overlap.",
    ],
)
def counterexamples(regions, group, label):
    found = []
    for number, (low_age, high_age, low_income, high_income, answer) in enumerate(regions):
        ages_meet = max(low_age, group[0]) < min(high_age, group[1])
        incomes_meet = max(low_income, group[2]) < min(high_income, group[3])
        if answer == label and ages_meet and incomes_meet:
            found.append(number)
    return found


@counterexamples.questions
def _counterexample_questions(rng):
    yield REGIONS, (0, 25, 0, 200_001), "high risk"
    yield REGIONS, (61, 121, 0, 200_001), "medium risk"
    yield REGIONS, (25, 30, 60_000, 75_000), "high risk"
    yield REGIONS, (24, 26, 74_000, 76_000), "medium risk"
    yield REGIONS, (30, 40, 10_000, 20_000), "low risk"
    yield REGIONS, (0, 121, 0, 200_001), "medium risk"
    yield REGIONS, (25, 40, 0, 10_000), "low risk"
    yield REGIONS, (0, 20, 50_000, 60_000), "low risk"
    yield REGIONS, (0, 25, 49_999, 60_000), "low risk"  # one dollar is shared
    yield REGIONS, (30, 30, 0, 200_001), "medium risk"  # a group of nobody breaks no claim
    yield REGIONS, (0, 121, 60_000, 60_000), "medium risk"
    yield [], (0, 121, 0, 200_001), "medium risk"
    yield REGIONS, (0, 121, 0, 200_001), "risk"
    yield [(30, 30, 0, 10, "x"), (0, 9, 5, 5, "x"), (0, 9, 0, 9, "x"), (0, 9, 0, 9, "x")], (0, 99, 0, 99), "x"

    def box():
        a, b = sorted(int(v) for v in rng.choice(90, 2, replace=False))
        c, d = sorted(int(v) * 1000 for v in rng.choice(110, 2, replace=False))
        return a, b, c, d

    labels = ["low risk", "medium risk", "high risk"]
    for _ in range(20):
        yield REGIONS, box(), str(rng.choice(labels))
    for _ in range(10):  # other regions, in no order
        yield [(*box(), str(rng.choice(labels))) for _ in range(5)], box(), str(rng.choice(labels))


@counterexamples.mistake(
    "You ask whether a region lies wholly inside the group. One shared person is enough to break a claim: ask whether "
    "they overlap."
)
def _counterexamples_inside(regions, group, label):
    a, b, c, d = group
    return [
        i
        for i, r in enumerate(regions)
        if r[4] == label and a <= r[0] and r[1] <= b and c <= r[2] and r[3] <= d
    ]


@counterexamples.mistake("You list every region that meets the group, also those with another label.")
def _counterexamples_any_label(regions, group, label):
    a, b, c, d = group
    return [i for i, r in enumerate(regions) if max(r[0], a) < min(r[1], b) and max(r[2], c) < min(r[3], d)]


@counterexamples.mistake("You list every region with the label, also those that share nobody with the group.")
def _counterexamples_anywhere(regions, group, label):
    return [i for i, r in enumerate(regions) if r[4] == label]


@counterexamples.mistake(
    "You compare the ages only. Two regions with the same ages can have incomes far apart."
)
def _counterexamples_age_only(regions, group, label):
    return [i for i, r in enumerate(regions) if r[4] == label and max(r[0], group[0]) < min(r[1], group[1])]


@counterexamples.mistake(
    "You compare the incomes only. Two regions with the same incomes can have ages far apart."
)
def _counterexamples_income_only(regions, group, label):
    return [i for i, r in enumerate(regions) if r[4] == label and max(r[2], group[2]) < min(r[3], group[3])]


@counterexamples.mistake(
    "You count regions that only touch the group. The upper end of a range does not belong to it, so compare with <."
)
def _counterexamples_touching(regions, group, label):
    a, b, c, d = group
    return [
        i
        for i, r in enumerate(regions)
        if r[4] == label and max(r[0], a) <= min(r[1], b) and max(r[2], c) <= min(r[3], d)
    ]


@counterexamples.mistake("A group of nobody, such as 30 <= age < 30, shares nobody with any region.")
def _counterexamples_of_nobody(regions, group, label):
    a, b, c, d = group
    return [
        i for i, r in enumerate(regions) if r[4] == label and r[0] < b and a < r[1] and r[2] < d and c < r[3]
    ]


@counterexamples.alternative
def _counterexamples_by_meeting(regions, group, label):
    def meet(low, high, a, b):
        return low < high and a < b and low < b and a < high

    return [
        i
        for i, r in enumerate(regions)
        if r[4] == label and meet(*r[:2], *group[:2]) and meet(*r[2:4], *group[2:])
    ]


@lesson.prediction(
    {
        "an error": "Python compares NaN with a number without complaint. The answer is False, and the rule goes on.",
        "low risk": "That needs two comparisons to come out true. NaN < 25 is False, and so is NaN < 50 000.",
        "medium risk": "One comparison would have to come out true for that. With NaN none of them does.",
        "high risk": "NaN is smaller than no number, so every question is answered with no.",
    }
)
def guess_nan():
    """What does the rule say about a person whose age and income are both missing (NaN)?"""
    return _label(SEED, {"age": math.nan, "income": math.nan})


@lesson.exercise(
    points=2,
    hints=[
        "Ask what a good value looks like, not what a bad one looks like.",
        "0 <= age <= 120 is False for NaN, for -3 and for 1000, all at once.",
        'Check both values first and return "cannot say"; only then call decide.',
    ],
)
def decide_guarded(age, income):
    if not 0 <= age <= 120 or not 0 <= income < float("inf"):
        return "cannot say"
    return decide(age, income)


def decide(age, income):
    return _label(SEED, {"age": age, "income": income})


@decide_guarded.questions
def _guarded_questions(rng):
    nan, inf = math.nan, math.inf
    for age, income in [
        (22, 40_000),
        (25, 75_000),
        (0, 0),
        (120, 0),
        (24, 50_000),
        (24.5, 49_999.5),
        (40, 10**7),
    ]:
        yield age, income
    for age, income in [
        (nan, 40_000),
        (20, nan),
        (nan, nan),
        (-1, 40_000),
        (20, -1),
        (121, 80_000),
        (120.5, 0),
    ]:
        yield age, income
    for age, income in [(1000, 80_000), (inf, 80_000), (20, inf), (-inf, 80_000), (30, -inf), (nan, -5)]:
        yield age, income
    for age, income in [
        (-0.5, 40_000),
        (20, -0.5),
        (24.7, 40_000),
        (30, 74_999.5),
        (-nan, 1),
        (50, 1e12),
        (30, 1e305),
        (120.001, 1),
    ]:
        yield age, income
    for _ in range(20):
        yield int(rng.integers(-20, 150)), int(rng.integers(-20_000, 120_000))


@decide_guarded.mistake(
    "NaN slips through: NaN < 0 is False, and so is NaN > 120. Ask what a good value looks like."
)
def _guarded_misses_nan(age, income):
    if age < 0 or age > 120 or income < 0 or income == math.inf:
        return "cannot say"
    return decide(age, income)


@decide_guarded.mistake("You catch missing values only. An age of -1 or of 1000 still gets an answer.")
def _guarded_only_nan(age, income):
    if math.isnan(age) or math.isnan(income):
        return "cannot say"
    return decide(age, income)


@decide_guarded.mistake("You look at the age only. An income can be missing or negative too.")
def _guarded_only_age(age, income):
    return decide(age, income) if 0 <= age <= 120 else "cannot say"


@decide_guarded.mistake("An age of 0 and an income of 0 are unusual but possible, and the task allows them.")
def _guarded_rejects_zero(age, income):
    return decide(age, income) if 0 < age <= 120 and 0 < income < math.inf else "cannot say"


@decide_guarded.mistake("An infinite income is not a number that anybody earns. Your guard lets it through.")
def _guarded_allows_infinity(age, income):
    return decide(age, income) if 0 <= age <= 120 and 0 <= income else "cannot say"


@decide_guarded.alternative
def _guarded_by_finite(age, income):
    good = math.isfinite(age) and math.isfinite(income) and 0 <= age <= 120 and income >= 0
    return decide(age, income) if good else "cannot say"


@lesson.exercise(
    points=2,
    hints=[
        "Take one axis at a time. If the value lies in the range, keep it.",
        "Otherwise go to the nearer end. The upper end itself is outside, so the last whole number inside is high - 1.",
    ],
)
def nearest_in(region, age, income):
    low_age, high_age, low_income, high_income = region
    age = min(max(age, low_age), high_age - 1)
    income = min(max(income, low_income), high_income - 1)
    return age, income


@nearest_in.questions
def _nearest_questions(rng):
    yield (0, 25, 0, 50_000), 30, 40_000
    yield (25, 120, 75_000, 200_000), 22, 40_000
    yield (0, 25, 0, 50_000), 22, 40_000
    yield (0, 25, 0, 50_000), 25, 50_000
    yield (25, 120, 0, 75_000), 24, 80_000
    yield (25, 121, 75_000, 200_001), 120, 200_000
    yield (42, 43, 90_000, 91_000), 60, 10
    yield (10, 20, 1_234, 5_678), 15, 9_999
    yield (0, 130, 0, 300_000), 125, 250_000
    for _ in range(20):
        a, b = sorted(int(v) for v in rng.choice(120, 2, replace=False))
        c, d = sorted(int(v) * 1000 for v in rng.choice(200, 2, replace=False))
        yield (a, b + 1, c, d), int(rng.integers(120)), int(rng.integers(200_000))


@nearest_in.mistake(
    "You end on the upper end of a range, which is outside: below 25 the nearest whole age is 24."
)
def _nearest_closed(region, age, income):
    return min(max(age, region[0]), region[1]), min(max(income, region[2]), region[3])


@nearest_in.mistake(
    "You go to the corner with the smallest values. A value that already fits should stay as it is."
)
def _nearest_corner(region, age, income):
    return region[0], region[2]


@nearest_in.mistake("You change the age and leave the income where it was.")
def _nearest_age_only(region, age, income):
    return min(max(age, region[0]), region[1] - 1), income


@nearest_in.mistake("You only ever raise values. A value above the range has to come down.")
def _nearest_raise_only(region, age, income):
    return max(age, region[0]), max(income, region[2])


@nearest_in.mistake("You return the size of the change. Return the changed person: age, income.")
def _nearest_difference(region, age, income):
    new_age, new_income = nearest_in.reference(region, age, income)
    return abs(new_age - age), abs(new_income - income)


@nearest_in.alternative
def _nearest_by_search(region, age, income):
    low_age, high_age, low_income, high_income = region
    nearest_age = min(range(low_age, high_age), key=lambda a: abs(a - age))
    if low_income <= income < high_income:
        return nearest_age, income
    return nearest_age, low_income if income < low_income else high_income - 1


@lesson.exercise(
    points=3,
    hints=[
        "Between two neighbouring thresholds nothing changes. One value from each gap stands for all values there.",
        "The thresholds of the broken sensor stand second in the rows that ask for it. Try each of them, "
        "and one value below them all.",
        "For each value: copy the reading, put the value in, ask label_of. Collect the labels in a set.",
    ],
)
def possible_answers(rows, reading, broken):
    thresholds = [row[1] for row in rows if not isinstance(row, str) and row[0] == broken]
    values = [-float("inf"), *thresholds]
    return sorted({label_of(rows, {**reading, broken: value}) for value in values})


label_of = _label  # the lesson defines it under this name


@possible_answers.questions
def _possible_questions(rng):
    reading = {"pressure": 2, "temperature": 50, "valve": 0}
    for broken in reading:
        yield PUMP, reading, broken
        yield PUMP, {"pressure": 5, "temperature": 70, "valve": 1}, broken
        yield PUMP, {"pressure": 5, "temperature": 70, "valve": 0}, broken
    yield ["run"], {"a": 1, "b": 2, "c": 3}, "b"
    yield [("a", 5, 1, 4), ("a", 5, 2, 3), "x", "never", "y"], {"a": 1, "b": 2, "c": 3}, "a"  # asked twice
    yield [("a", 5, 1, 4), ("a", 5, 2, 3), "x", "y", ("a", 5, 5, 6), "z", "w"], {"a": 0}, "a"
    yield [("a", 1e-6, 1, 2), "x", ("a", 2e-6, 3, 4), "y", "z"], {"a": 0}, "a"
    for threshold in (-(10**12), -400, 5000, 0.5):  # far out, and between whole numbers
        yield [("a", threshold, 1, 2), "x", "y"], {"a": 1, "b": 2, "c": 3}, "a"
    for _ in range(24):
        reading = {name: int(rng.integers(100)) for name in "abc"}
        yield _random_tree(rng, ["a", "b", "c"], 3), reading, str(rng.choice(["a", "b", "c"]))
    for _ in range(4):  # narrow gaps: thresholds that differ by little
        rows = [
            row if isinstance(row, str) else (row[0], row[1] / 1000, *row[2:])
            for row in _random_tree(rng, ["a"], 3)
        ]
        yield rows, {"a": 0.0}, "a"


@possible_answers.mistake("You try one broken reading only: 0. Another value may lead elsewhere.")
def _possible_zero(rows, reading, broken):
    return sorted({label_of(rows, {**reading, broken: 0})})


@possible_answers.mistake("You try NaN only. That is one way to break; a sensor can also be stuck low.")
def _possible_nan(rows, reading, broken):
    return sorted({label_of(rows, {**reading, broken: math.nan})})


@possible_answers.mistake(
    "You list every label of the tree. The sensors that still work rule some of them out."
)
def _possible_all(rows, reading, broken):
    return sorted({row for row in rows if isinstance(row, str)})


@possible_answers.mistake(
    "You try the thresholds themselves, and no value below them: the first gap is missing."
)
def _possible_without_lowest(rows, reading, broken):
    thresholds = [row[1] for row in rows if not isinstance(row, str) and row[0] == broken]
    return sorted({label_of(rows, {**reading, broken: value}) for value in thresholds or [0]})


@possible_answers.mistake("You trust the broken sensor: this is the answer for the reading as it stands.")
def _possible_as_read(rows, reading, broken):
    return [label_of(rows, reading)]


@possible_answers.mistake(
    "At every question for the broken sensor you go both ways. But the sensor shows one number: once it is below 40, "
    "it cannot be above 60 further down."
)
def _possible_both_ways(rows, reading, broken, row=0):
    if isinstance(rows[row], str):
        return [rows[row]]
    name, threshold, below, above = rows[row]
    if name != broken:
        return _possible_both_ways(rows, reading, broken, below if reading[name] < threshold else above)
    return sorted(
        {answer for way in (below, above) for answer in _possible_both_ways(rows, reading, broken, way)}
    )


@possible_answers.mistake("You try the two extremes. A value in the middle can lead to a third answer.")
def _possible_extremes(rows, reading, broken):
    return sorted({label_of(rows, {**reading, broken: value}) for value in (-math.inf, math.inf)})


@possible_answers.alternative
def _possible_by_walking(rows, reading, broken):
    def walk(row, low, high):
        if isinstance(rows[row], str):
            return {rows[row]}
        name, threshold, below, above = rows[row]
        if name != broken:
            return walk(below if reading[name] < threshold else above, low, high)
        found = walk(below, low, min(high, threshold)) if low < threshold else set()
        return found | (walk(above, max(low, threshold), high) if threshold < high else set())

    return sorted(walk(0, -math.inf, math.inf))


report = lesson.report
