"""Lesson 02, learned trees: reference answers, hints, questions and known mistakes."""

from itertools import pairwise

import numpy as np

from helpers import trees
from helpers.data import load
from helpers.exercise import Lesson

lesson = Lesson(2)

MEASURES = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
TEN_BILLS = [33.1, 36.4, 37.3, 40.9, 41.3, 42.4, 43.2, 45.5, 50.8, 52.8]
TEN_SPECIES = ["Adelie", "Adelie", "Adelie", "Chinstrap", "Adelie", "Chinstrap", "Adelie", *["Chinstrap"] * 3]


def sexed():
    """The 333 penguins that were measured and whose sex is recorded: (333, 4) and (333,)."""
    table = load("penguins")
    X, sex = np.column_stack([table[name] for name in MEASURES]), table["sex"]
    known = np.isfinite(X).all(axis=1) & (sex != "NA")
    return X[known], sex[known]


def mixture(labels):
    """Gini impurity of a list of labels, from their shares."""
    return 1 - sum((list(labels).count(kind) / len(labels)) ** 2 for kind in set(labels))


def mean_mixture(values, labels, cut, of=mixture):
    """The mean of `of` over the rows, after a cut."""
    below = [label for value, label in zip(values, labels, strict=True) if value < cut]
    above = [label for value, label in zip(values, labels, strict=True) if value >= cut]
    return (len(below) * of(below) + len(above) * of(above)) / len(labels)


def cuts_of(values):
    return [(low + high) / 2 for low, high in pairwise(sorted(set(values)))]


# ---------------------------------------------------------------- how mixed is a group?


@lesson.exercise(
    points=1,
    hints=[
        "`share` is how likely one draw gives this kind. How likely is it that both draws give it?",
        "The first draw gives it with the chance `share`, and so does the second. Multiply.",
    ],
    tool="trees.gini",
)
def gini_of(counts):
    shares = [count / sum(counts) for count in counts]
    return 1 - sum(share * share for share in shares)


@gini_of.questions
def _gini_questions(rng):
    yield ([6, 4],)
    yield ([5, 0],)
    yield ([1, 1],)
    yield ([7],)
    yield ([2, 3, 5],)
    yield ([1, 0, 0, 9],)
    for _ in range(20):
        yield ([int(n) for n in rng.integers(1, 60, rng.integers(2, 5))],)


@gini_of.mistake("You count the chance of one draw: the shares add up to 1, and 1 - 1 is 0 for every group.")
def _gini_one_draw(counts):
    return 1 - sum(count / sum(counts) for count in counts)


@gini_of.mistake("You square the count before you divide. Square the share: (count / total) ** 2.")
def _gini_square_of_count(counts):
    return 1 - sum(count**2 / sum(counts) for count in counts)


@gini_of.mistake("You do not put the first penguin back: then the second draw has one of its kind less.")
def _gini_without_replacement(counts):
    total = sum(counts)
    return 1 - sum(count * (count - 1) for count in counts) / (total * max(total - 1, 1))


@gini_of.mistake("You return the chance that both draws are of the same kind. The impurity is 1 minus that.")
def _gini_same(counts):
    return sum((count / sum(counts)) ** 2 for count in counts)


@gini_of.mistake("You double the share. For both draws to be of this kind, multiply the share by itself.")
def _gini_twice(counts):
    return 1 - sum(2 * count / sum(counts) for count in counts)


@gini_of.alternative
def _gini_different(counts):
    shares = np.array(counts) / np.sum(counts)
    return np.sum(shares * (1 - shares))


# ---------------------------------------------------------------- one question


@lesson.prediction(
    {
        "after three": "Two penguins would get the wrong name, as with the other cut. But three now stand in a "
        "group that is not mixed at all, and squares reward that.",
        "in the middle": "Halves look fair, but nobody asked for equal halves. Both sides stay mixed, four to one.",
        "neither": "By wrong names they are equal: two each. Gini looks at more than the wrong names: it "
        "squares shares.",
    }
)
def guess_cut():
    """Which of two cuts through ten penguins leaves less Gini impurity, when both name two of them wrongly?"""
    three, middle = (mean_mixture(TEN_BILLS, TEN_SPECIES, cuts_of(TEN_BILLS)[i]) for i in (2, 4))
    return "neither" if np.isclose(three, middle) else "after three" if three < middle else "in the middle"


@lesson.exercise(
    points=3,
    hints=[
        "The cuts to try: halfway between neighbours of `sorted(set(values))`. With one value there is none.",
        "For each cut, collect the labels of the rows below it and of the others, and take the mean of the two "
        "impurities, each counted as often as it has rows.",
        "Keep the best so far, and replace it only by something that is better, not by something as good.",
    ],
)
def best_cut(values, labels):
    def impurity(group):
        return 1 - sum((group.count(kind) / len(group)) ** 2 for kind in set(group))

    best, least = None, None
    ordered = sorted(set(values))
    for i in range(1, len(ordered)):
        cut = (ordered[i - 1] + ordered[i]) / 2
        below = [label for value, label in zip(values, labels, strict=True) if value < cut]
        above = [label for value, label in zip(values, labels, strict=True) if value >= cut]
        mean = (len(below) * impurity(below) + len(above) * impurity(above)) / len(labels)
        if best is None or mean < least - 1e-9:
            best, least = cut, mean
    return best


def _search(values, labels, score, later=False):
    """The cut with the smallest score, and that score; of equal ones the first, or the last."""
    best = None
    for cut in cuts_of(values):
        found = score(values, labels, cut)
        if best is None or found < best[1] - 1e-9 or (later and found < best[1] + 1e-9):
            best = cut, found
    return best


def _clear(values, labels, score=mean_mixture):
    """Whether one cut is better than all others, so that no rounding decides."""
    scores = sorted(score(values, labels, cut) for cut in cuts_of(values))
    return len(scores) > 1 and scores[1] - scores[0] > 1e-6


@best_cut.questions
def _best_cut_questions(rng):
    yield [1, 2], ["a", "b"]
    yield [3, 3, 3], ["a", "b", "a"]
    yield [1, 2, 3, 4, 5, 6], ["a", "a", "b", "b", "a", "a"]  # two cuts are equally good
    yield [4, 1, 3, 2], ["b", "a", "b", "a"]
    yield [1, 1, 2, 2, 9], ["a", "b", "b", "b", "b"]
    yield [1, 2, 3], ["a", "a", "a"]  # nothing to gain, and still there are cuts
    yield [1, 2, 3, 4, 5], list("abcde")  # more than 1/2 is left by every cut
    yield [-0.5, -0.3, -0.1, 0.1, 0.4], list("aaabb")  # fractions, and the cut at 0
    yield list(range(1, 9)), list("aabaaaba")  # two cuts are equally good, but for the last digit
    yield list(range(1, 14)), list("abaaaabababaa")  # the second best is worse by 0.0003
    yield [1, 2, 3, 4, 5, 6, 7, 8], ["a", "b", "a", "a", "b", "b", "c", "b"]
    yield [10, 20, 30, 40, 50, 60, 70], ["a", "a", "b", "a", "a", "b", "b"]
    asked = 0
    while asked < 20:
        n = int(rng.integers(5, 13))
        values = [int(v) for v in rng.integers(0, 30, n)]
        labels = ["abc"[min(2, int(v / 11 + abs(rng.normal())))] for v in values]
        if not _clear(values, labels):
            continue
        tempting = _best_cut_entropy, _best_cut_wrong_names, _best_cut_plain
        if asked >= 9 or tempting[asked % 3](values, labels) != best_cut.reference(values, labels):
            asked += 1
            yield values, labels


@best_cut.mistake(
    "You take the plain mean of the two impurities. A side with many rows counts more: once for each of its rows."
)
def _best_cut_plain(values, labels):
    def score(values, labels, cut):
        below = [label for v, label in zip(values, labels, strict=True) if v < cut]
        above = [label for v, label in zip(values, labels, strict=True) if v >= cut]
        return (mixture(below) + mixture(above)) / 2

    found = _search(values, labels, score)
    return found and found[0]


def _wrong_names(group):
    return 1 - max(group.count(kind) for kind in set(group)) / len(group)


@best_cut.mistake(
    "You look for the fewest wrong names. The task asks for the least Gini impurity, which squares the shares."
)
def _best_cut_wrong_names(values, labels):
    found = _search(values, labels, lambda v, k, cut: mean_mixture(v, k, cut, of=_wrong_names))
    return found and found[0]


@best_cut.mistake(
    "You measure how mixed a group is by logarithms (entropy). That is used too, and mostly chooses the same cut. "
    "Here it is Gini: squared shares."
)
def _best_cut_entropy(values, labels):
    def entropy(group):
        shares = np.array([group.count(kind) for kind in set(group)]) / len(group)
        return float(-np.sum(shares * np.log(shares)))

    found = _search(values, labels, lambda v, k, cut: mean_mixture(v, k, cut, of=entropy))
    return found and found[0]


@best_cut.mistake("Of two equally good cuts you keep the higher one. Replace the best only by a better one.")
def _best_cut_later(values, labels):
    found = _search(values, labels, mean_mixture, later=True)
    return found and found[0]


@best_cut.mistake(
    "You cut at a value of the data. The cut lies halfway between this value and the next smaller one."
)
def _best_cut_at_value(values, labels):
    found = _search(values, labels, mean_mixture)
    return found and min(value for value in values if value >= found[0])


@best_cut.mistake("This is the *worst* cut: you keep the largest impurity. Keep the smallest.")
def _best_cut_worst(values, labels):
    found = _search(values, labels, lambda v, k, cut: -mean_mixture(v, k, cut))
    return found and found[0]


@best_cut.mistake("You return the impurity that the best cut leaves. Return the cut.")
def _best_cut_impurity(values, labels):
    found = _search(values, labels, mean_mixture)
    return found and found[1]


@best_cut.mistake(
    "You look at the purer side only. Then cutting off one single row is always perfect, whatever is left."
)
def _best_cut_one_side(values, labels):
    def score(values, labels, cut):
        sides = [
            [k for v, k in zip(values, labels, strict=True) if (v < cut) == yes] for yes in (True, False)
        ]
        return min(map(mixture, sides))

    found = _search(values, labels, score)
    return found and found[0]


@best_cut.alternative
def _best_cut_by_counts(values, labels):
    ordered, kinds = np.unique(values), np.array(labels)[:, None] == np.unique(labels)
    best = (np.inf, None)
    for low, high in pairwise(ordered):
        below = np.array(values) < (low + high) / 2
        purity = sum(np.sum(kinds[side].sum(axis=0) ** 2) / side.sum() for side in (below, ~below))
        best = min(best, (-round(purity, 9), (low + high) / 2), key=lambda pair: pair[0])
    return best[1]


# ---------------------------------------------------------------- grow and read


@lesson.exercise(
    points=2,
    hints=[
        "A row in a leaf was asked as many questions as there are steps from the root to that leaf.",
        "Or turn it round: every question is asked once for each row that visits its node.",
        "Add up `count` over the nodes that ask, and divide by the number of rows at the root, `count[0]`.",
    ],
)
def mean_questions(below, above, count):
    asked = 0
    for node in range(len(count)):
        if below[node] >= 0:
            asked += count[node]
    return asked / count[0]


def _shape(rng, n):
    """A random tree as (below, above, count) for n rows."""
    below, above, count = [], [], []

    def add(rows, depth):
        node = len(count)
        below.append(-1), above.append(-1), count.append(rows)
        if rows > 1 and depth < 5 and rng.random() < 0.8 - 0.12 * depth:
            left = int(rng.integers(1, rows))
            below[node] = add(left, depth + 1)
            above[node] = add(rows - left, depth + 1)
        return node

    add(n, 0)
    return below, above, count


def _depths(below, above):
    depth, reached = [0] * len(below), [0]
    for node in reached:
        for child in (below[node], above[node]):
            if child >= 0:
                depth[child] = depth[node] + 1
                reached.append(child)
    return depth


@mean_questions.questions
def _mean_questions_questions(rng):
    yield [1, -1, -1], [2, -1, -1], [10, 4, 6]
    yield [-1], [-1], [7]
    yield [1, 2, -1, -1, -1], [4, 3, -1, -1, -1], [10, 4, 3, 1, 6]
    yield [1, -1, 3, -1, -1], [2, -1, 4, -1, -1], [20, 1, 19, 9, 10]
    yield [1, 2, -1, -1, 5, -1, -1], [4, 3, -1, -1, 6, -1, -1], [8, 4, 1, 3, 4, 2, 2]
    yield [6, -1, -1, -1, -1, 3, 5], [1, -1, -1, -1, -1, 4, 2], [10, 2, 3, 1, 4, 5, 8]  # numbered anyhow
    asked = 0
    while asked < 20:
        shape = _shape(rng, int(rng.integers(5, 60)))
        if len(shape[0]) > 3:
            asked += 1
            yield shape


def _at_leaves(below, above, count):
    depth = _depths(below, above)
    return [(depth[i], count[i]) for i in range(len(count)) if below[i] < 0]


@mean_questions.mistake(
    "You take the mean over the leaves. A leaf with many rows counts more: once for each of its rows."
)
def _mean_over_leaves(below, above, count):
    return float(np.mean([depth for depth, _ in _at_leaves(below, above, count)]))


@mean_questions.mistake("You count the nodes on a path. The leaf at its end asks nothing: one less.")
def _mean_nodes(below, above, count):
    return mean_questions.reference(below, above, count) + 1


@mean_questions.mistake(
    "You return how many questions the whole tree holds. A row meets only those on its own path."
)
def _mean_all_questions(below, above, count):
    return sum(b >= 0 for b in below)


@mean_questions.mistake("You return the longest path. Most rows may be done long before.")
def _mean_longest(below, above, count):
    return max(depth for depth, _ in _at_leaves(below, above, count))


@mean_questions.mistake("You add up the questions of all rows. Divide by the number of rows, `count[0]`.")
def _mean_not_divided(below, above, count):
    return mean_questions.reference(below, above, count) * count[0]


@mean_questions.alternative
def _mean_by_depth(below, above, count):
    return sum(depth * rows for depth, rows in _at_leaves(below, above, count)) / count[0]


# ---------------------------------------------------------------- the rule of lesson 01, learned back


@lesson.prediction(
    {
        "same tree": "That needs the same first question and the same thresholds. The learner sees answers "
        "only, not the "
        "questions that led to them.",
        "other tree, same answers": "On the grid, yes. But the thresholds have to lie somewhere between "
        "two incomes of "
        "the grid, and nobody told the learner where.",
        "other tree, some other answers": "It asks for income first, and people between two points of the "
        "grid can "
        "get another answer.",
    }
)
def guess_copy():
    """What comes back when a tree is learned from the rule's own answers on a grid?"""
    rule = trees.from_rows(("age", "income"), trees.ESSAY_RULE)
    grid = [(age, income) for age in range(18, 81) for income in range(0, 120_001, 1000)]
    copy = trees.grow(grid, trees.predict(rule, grid), rule.names)
    if trees.rules(copy) == trees.rules(rule):
        return "same tree"
    near = [(age, income) for age in (20, 30) for income in range(40_000, 90_000)]
    alike = (trees.predict(copy, near) == trees.predict(rule, near)).all()
    return "other tree, same answers" if alike else "other tree, some other answers"


# ---------------------------------------------------------------- how deep?


@lesson.prediction(
    {
        "both go up": "More questions can always separate more rows of the training set. What they separate "
        "need not be "
        "there in other penguins.",
        "only training goes up": "The tree ends up right about every penguin that it saw, and no better on the others. "
        "What it gained there was learned by heart.",
        "neither goes up": "The training set has no chance: as long as a leaf is mixed, another question can "
        "take it apart.",
    }
)
def guess_depth():
    """Sex from four measurements: from at most 3 questions to no limit, which accuracy goes up by 2 points or more?"""
    X, sex = sexed()
    group = np.random.default_rng(0).permutation(len(sex)) % 10
    held_out = trees.cross_validate(X, sex, MEASURES, group, 20).mean(axis=0)
    full, shallow = (trees.grow(X, sex, MEASURES, max_depth=depth) for depth in (None, 3))
    training = [(trees.predict(tree, X) == sex).mean() for tree in (full, shallow)]
    if training[0] - training[1] < 0.02:
        return "neither goes up"
    return "both go up" if held_out[-1] - held_out[3] >= 0.02 else "only training goes up"


def tree_answers(X_known, y_known, X_new, depth):
    """Answers of a tree of at most `depth` questions, grown from the known rows, about the new ones."""
    names = [f"column {j}" for j in range(X_known.shape[1])]
    return trees.predict(trees.grow(X_known, y_known, names, max_depth=depth), X_new).astype(y_known.dtype)


@lesson.exercise(
    points=3,
    hints=[
        "For each group: its rows are the test set, all other rows are the training set.",
        "`test = group == one` marks the rows of a group; `~test` marks the others.",
        "Count the right answers over all groups, then divide by the number of rows once, at the end.",
    ],
)
def cross_validated(X, y, group, depth):
    right = 0
    for one in set(group):
        test = group == one
        answers = tree_answers(X[~test], y[~test], X[test], depth)
        right += sum(answers == y[test])
    return right / len(y)


@cross_validated.questions
def _cross_questions(rng):
    line = np.arange(8.0)[:, None]
    yield line, np.array([0, 0, 0, 0, 1, 1, 1, 1]), np.array([0, 1, 0, 1, 0, 1, 0, 1]), 1
    yield line, np.array([0, 1, 0, 1, 0, 1, 0, 1]), np.array([0, 0, 1, 1, 2, 2, 2, 3]), 3
    yield line, np.array([0, 0, 0, 1, 0, 0, 1, 1]), np.array([5, 5, 5, 5, 5, 40, 40, 40]), 0
    yield line, np.array([0, 0, 1, 1, 1, 1, 0, 1]), np.array([0.5, 0.5, 0.5, 1.5, 1.5, 2, 2, 2]), 1
    for _ in range(18):
        n = int(rng.integers(12, 31))
        X = np.round(rng.normal(size=(n, 2)), 2)
        y = (X[:, 0] + 0.8 * rng.normal(size=n) > 0).astype(int) + (X[:, 1] > 0.8)
        group = rng.choice([3, 3, 12, 20, -1], size=n)
        group[:4] = [3, 12, 20, -1]
        yield X, y, group, int(rng.integers(0, 5))


def _by_group(X, y, group, depth, known, tested):
    """[(right, how many)] for each group, with the rows that `known` and `tested` pick from its test rows."""
    rows = [(known(group == one), tested(group == one)) for one in np.unique(group)]
    answers = [tree_answers(X[k], y[k], X[t], depth) == y[t] for k, t in rows]
    return [(int(a.sum()), len(a)) for a in answers]


def _share(found):
    return sum(right for right, _ in found) / sum(many for _, many in found)


@cross_validated.mistake(
    "The tree has seen the rows on which it is tested: it was grown from all of them. Leave the group out."
)
def _cross_leak(X, y, group, depth):
    return _share(_by_group(X, y, group, depth, lambda t: np.ones_like(t), lambda t: t))


@cross_validated.mistake(
    "You test on the rows that the tree was grown from. Test on the group that was left out."
)
def _cross_training(X, y, group, depth):
    return _share(_by_group(X, y, group, depth, lambda t: ~t, lambda t: ~t))


@cross_validated.mistake(
    "The two roles are exchanged: you grow from one group and test on all the others. Grow from the others."
)
def _cross_exchanged(X, y, group, depth):
    return _share(_by_group(X, y, group, depth, lambda t: t, lambda t: ~t))


@cross_validated.mistake(
    "You take the mean of the groups' shares. The groups differ in size here: count rows, so that each counts once."
)
def _cross_mean_of_shares(X, y, group, depth):
    found = _by_group(X, y, group, depth, lambda t: ~t, lambda t: t)
    return float(np.mean([right / many for right, many in found]))


@cross_validated.mistake("You return the share of wrong answers. Return the share of right ones.")
def _cross_wrong(X, y, group, depth):
    return 1 - cross_validated.reference(X, y, group, depth)


@cross_validated.mistake("The depth does not reach the tree: yours asks as many questions as it can.")
def _cross_no_depth(X, y, group, depth):
    return cross_validated.reference(X, y, group, None)


@cross_validated.mistake("You return the number of right answers. Divide by the number of rows.")
def _cross_not_divided(X, y, group, depth):
    return cross_validated.reference(X, y, group, depth) * len(y)


@cross_validated.alternative
def _cross_row_by_row(X, y, group, depth):
    hits = np.zeros(len(y), dtype=bool)
    for i in range(len(y)):
        known = group != group[i]
        hits[i] = tree_answers(X[known], y[known], X[[i]], depth)[0] == y[i]
    return hits.mean()


# ---------------------------------------------------------------- impurity importance


@lesson.exercise(
    points=2,
    hints=[
        "What a question takes off: its own rows times impurity, minus the same for the two nodes that it leads to.",
        "Add that to the place of its column in the list: `credit[feature[node]] += ...`",
        "Divide by the number of rows at the root, `count[0]`. A leaf, with feature -1, asks nothing.",
    ],
)
def credits(feature, below, above, count, impurity, columns):
    credit = [0.0] * columns
    for node in range(len(feature)):
        if feature[node] >= 0:
            left, right = below[node], above[node]
            taken = (
                count[node] * impurity[node] - count[left] * impurity[left] - count[right] * impurity[right]
            )
            credit[feature[node]] += taken / count[0]
    return credit


def _random_grown(rng, n, columns, depth):
    X = rng.integers(0, 20, (n, columns))
    y = (X[:, 0] + rng.integers(0, 12, n) > 14).astype(int) + (X[:, -1] > 15)
    tree = trees.grow(X, y, [f"x{j}" for j in range(columns)], max_depth=depth)
    count, impurity = tree.counts.sum(axis=1), trees.gini(tree.counts)
    parts = tree.feature, tree.below, tree.above, count, np.round(impurity, 4)
    return tuple(part.tolist() for part in parts), columns


@credits.questions
def _credits_questions(rng):
    yield [0, -1, -1], [1, -1, -1], [2, -1, -1], [10, 4, 6], [0.48, 0.0, 0.0], 1
    yield [1, -1, -1], [1, -1, -1], [2, -1, -1], [10, 4, 6], [0.5, 0.375, 0.2778], 3
    yield [-1], [-1], [-1], [5], [0.32], 2
    yield (
        [0, 1, -1, -1, -1],
        [1, 2, -1, -1, -1],
        [4, 3, -1, -1, -1],
        [10, 8, 2, 6, 2],
        [0.5, 0.4, 0.0, 0.3, 0.0],
        2,
    )
    yield (  # numbered anyhow
        [1, -1, -1, -1, -1, 1, 0],
        [6, -1, -1, -1, -1, 3, 5],
        [1, -1, -1, -1, -1, 4, 2],
        [10, 2, 3, 1, 4, 5, 8],
        [0.5, 0.0, 0.4444, 0.0, 0.0, 0.32, 0.46875],
        2,
    )
    for _ in range(20):
        parts, columns = _random_grown(
            rng, int(rng.integers(15, 50)), int(rng.integers(2, 5)), int(rng.integers(2, 5))
        )
        yield *parts, columns


@credits.mistake(
    "You count how often each column is asked. A question counts by the impurity that it takes off."
)
def _credits_uses(feature, below, above, count, impurity, columns):
    return [float(feature.count(j)) for j in range(columns)]


@credits.mistake(
    "You do not count the rows: a question about 3 rows gets as much credit as one about 300. Multiply by `count`."
)
def _credits_no_rows(feature, below, above, count, impurity, columns):
    return _credits(feature, below, above, [1] * len(count), impurity, columns, 1)


@credits.mistake(
    "You add up the impurity of the nodes that ask. Take away what is left in the two nodes below."
)
def _credits_no_children(feature, below, above, count, impurity, columns):
    credit = np.zeros(columns)
    for node, column in enumerate(feature):
        if column >= 0:
            credit[column] += count[node] * impurity[node] / count[0]
    return credit


@credits.mistake("The sums are right but for one step: divide by the number of rows at the root, `count[0]`.")
def _credits_not_divided(feature, below, above, count, impurity, columns):
    return _credits(feature, below, above, count, impurity, columns, 1)


@credits.mistake(
    "You divide by the total, so that the list adds up to 1. Libraries do that as a last step; here it is left out."
)
def _credits_shares(feature, below, above, count, impurity, columns):
    credit = np.array(_credits(feature, below, above, count, impurity, columns, count[0]))
    return credit / credit.sum() if credit.any() else credit


@credits.mistake(
    "You divide each question by its own rows. All are divided by the rows at the root, `count[0]`."
)
def _credits_own_rows(feature, below, above, count, impurity, columns):
    credit = np.zeros(columns)
    for node, column in enumerate(feature):
        if column >= 0:
            inside = sum(count[way[node]] * impurity[way[node]] for way in (below, above))
            credit[column] += impurity[node] - inside / count[node]
    return credit


def _credits(feature, below, above, count, impurity, columns, total):
    credit = [0.0] * columns
    for node, column in enumerate(feature):
        if column >= 0:
            inside = sum(count[way[node]] * impurity[way[node]] for way in (below, above))
            credit[column] += (count[node] * impurity[node] - inside) / total
    return credit


@credits.alternative
def _credits_arrays(feature, below, above, count, impurity, columns):
    feature, mixed = np.array(feature), np.array(count) * np.array(impurity) / count[0]
    asks = feature >= 0
    taken = mixed[asks] - mixed[np.array(below)[asks]] - mixed[np.array(above)[asks]]
    return np.bincount(feature[asks], taken, minlength=columns)


def with_ring(seed=0):
    """The lesson's question about sex with one column more: a ring number, dealt out at random."""
    X, sex = sexed()
    ring = np.random.default_rng(seed).permutation(len(sex)) + 1
    return np.column_stack([X, ring]), sex, (*MEASURES, "ring number")


@lesson.prediction(
    {
        "nothing": "The tree does not know that the number means nothing. Deep down, where few rows are left, a cut "
        "through their ring numbers often happens to fit.",
        "less than any real measurement": "That would be nice. Compare it with flipper length, which is a real "
        "measurement.",
        "more than a real measurement": "A column with 333 different values offers 332 cuts, so by chance "
        "alone some "
        "of them look good. Flipper length offers 53.",
    }
)
def guess_ring():
    """How much impurity importance does a random number get, beside four measurements?"""
    X, sex, names = with_ring()
    *measured, ring = trees.impurity_importance(trees.grow(X, sex, names))
    if ring == 0:
        return "nothing"
    return "less than any real measurement" if ring < min(measured) else "more than a real measurement"


@lesson.prediction(
    {
        "one": "It is one way to say that the tree is a fact about penguins. Two of the columns are nearly as "
        "good as the "
        "first, and which wins depends on who was caught.",
        "two": "Close. Look at how good the best cut is in each column: more than two are near the top.",
        "three": "Three columns offer nearly the same at the root, so a few penguins more or less decide between them.",
    }
)
def guess_root():
    """How many columns stand at the root in at least 10 % of 200 resamples?"""
    X, sex = sexed()
    rng, roots = np.random.default_rng(0), np.zeros(4)
    for _ in range(200):
        rows = rng.integers(0, len(sex), len(sex))
        roots[trees.grow(X[rows], sex[rows], MEASURES, max_depth=1).feature[0]] += 1
    return ["none", "one", "two", "three", "four"][int((roots >= 20).sum())]


# ---------------------------------------------------------------- a model that is new: answers that are numbers


@lesson.exercise(
    points=3,
    hints=[
        "A leaf now answers with the mean of its targets. How far off is it? Square the misses and add them up.",
        "It is `best_cut` again, with another measure of how mixed a side is: its sum of squared misses from "
        "its own mean.",
        "A sum over all rows needs no counting of rows: add the sums of the two sides.",
    ],
)
def best_cut_for_numbers(values, targets):
    def misses(group):
        mean = sum(group) / len(group)
        return sum((target - mean) ** 2 for target in group)

    best, least = None, None
    ordered = sorted(set(values))
    for i in range(1, len(ordered)):
        cut = (ordered[i - 1] + ordered[i]) / 2
        below = [target for value, target in zip(values, targets, strict=True) if value < cut]
        above = [target for value, target in zip(values, targets, strict=True) if value >= cut]
        total = misses(below) + misses(above)
        if best is None or total < least - 1e-9:
            best, least = cut, total
    return best


def _squares(values, targets, cut, of=lambda side: float(np.sum((side - side.mean()) ** 2))):
    below = np.array(values) < cut
    targets = np.array(targets, dtype=float)
    return of(targets[below]) + of(targets[~below])


@best_cut_for_numbers.questions
def _numbers_questions(rng):
    yield [1, 2], [5, 9]
    yield [7, 7, 7], [1, 2, 3]
    yield [1, 2, 3, 4], [0, 0, 10, 10]
    yield [4, 3, 2, 1], [0, 0, 0, 10]
    yield [1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 3, 30]
    yield [1, 1, 2, 8], [4, 6, 20, 22]
    yield [1, 2, 3], [0, 5, 10]  # two cuts are equally good
    yield [1, 2, 3], [0, 5, 10.0001]  # and here the later one is better
    yield [1, 2, 3, 4], [0, 5, 0, 5]  # and here equally good but for the last digit
    yield [1, 2, 3], [5, 5, 5]  # nothing to gain, and still there are cuts
    yield [-0.5, -0.3, -0.1, 0.1, 0.4], [-7, -4, 1, -6, -6]  # fractions, and the cut at 0
    asked = 0
    while asked < 24:
        n = int(rng.integers(6, 13))
        values = [int(v) for v in rng.integers(0, 40, n)]
        targets = [int(10 * (v > 20) + 4 * rng.geometric(0.2)) for v in values]
        if not _clear(values, targets, _squares):
            continue
        tempting = _numbers_mean, _numbers_absolute, _numbers_means_apart, _numbers_gini
        if tempting[asked % 4](values, targets) != best_cut_for_numbers.reference(values, targets):
            asked += 1
            yield values, targets


def _numbers(values, targets, score):
    found = _search(values, targets, score)
    return found and found[0]


@best_cut_for_numbers.mistake(
    "You treat the numbers as names and use Gini: then 10 and 11 are as different as 10 and 1000. Use the "
    "squared misses."
)
def _numbers_gini(values, targets):
    return _numbers(values, targets, mean_mixture)


@best_cut_for_numbers.mistake(
    "You add the *mean* squared misses of the two sides. A side with many rows counts more: add sums, not means."
)
def _numbers_mean(values, targets):
    return _numbers(values, targets, lambda v, t, cut: _squares(v, t, cut, of=np.var))


@best_cut_for_numbers.mistake("You add up the misses without squaring them. The task asks for squares.")
def _numbers_absolute(values, targets):
    return _numbers(
        values, targets, lambda v, t, cut: _squares(v, t, cut, of=lambda s: np.abs(s - s.mean()).sum())
    )


@best_cut_for_numbers.mistake(
    "You look for the two sides whose means are furthest apart. One stray row at an end wins that; what is left inside "
    "the sides matters."
)
def _numbers_means_apart(values, targets):
    def score(values, targets, cut):
        below = np.array(values) < cut
        return -abs(np.mean(np.array(targets)[below]) - np.mean(np.array(targets)[~below]))

    return _numbers(values, targets, score)


@best_cut_for_numbers.mistake(
    "You cut at a value of the data. The cut lies halfway to the next smaller value."
)
def _numbers_at_value(values, targets):
    found = _numbers(values, targets, _squares)
    return found and min(value for value in values if value >= found)


@best_cut_for_numbers.mistake(
    "Of two equally good cuts you keep the higher one. Replace the best only by a better one."
)
def _numbers_later(values, targets):
    found = _search(values, targets, _squares, later=True)
    return found and found[0]


@best_cut_for_numbers.mistake("This is the *worst* cut: you keep the largest sum. Keep the smallest.")
def _numbers_worst(values, targets):
    return _numbers(values, targets, lambda v, t, cut: -_squares(v, t, cut))


@best_cut_for_numbers.alternative
def _numbers_by_gain(values, targets):
    values, targets = np.array(values), np.array(targets, dtype=float)
    ordered, best = np.unique(values), (np.inf, None)
    for cut in (ordered[:-1] + ordered[1:]) / 2:
        below = values < cut
        gain = sum(targets[side].sum() ** 2 / side.sum() for side in (below, ~below))
        best = min(best, (-round(gain, 6), float(cut)), key=lambda pair: pair[0])
    return best[1]


report = lesson.report
