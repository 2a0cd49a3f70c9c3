"""Lesson 08, bias: reference answers, hints, questions and known mistakes."""

import functools

import numpy as np

from helpers import data, fairness, networks, probes
from helpers.exercise import Lesson

lesson = Lesson(8)

OLD = 6000  # of the applicants, those that the networks learn from; the others are kept aside


def train(X, label, seed=0):
    """The network of the lesson, trained on some rows."""
    start = networks.mlp((X.shape[1], 32, 32, 2), seed)
    return networks.train(start, X, label, steps=600, lr=0.003, batch=200, seed=seed)[0]


@functools.cache
def lab(prejudice, seed=0, people=0):
    """Applicants, and the network that learned from their labels."""
    world = fairness.applicants(20_000, prejudice, people)
    return world, train(world.X[:OLD], world.label[:OLD], seed)


def readable(prejudice):
    """The share of groups that a linear probe reads off the second hidden layer, on applicants kept aside."""
    world, net = lab(prejudice)
    h, group = networks.activations(net, world.X)[1], world.favoured.astype(int)
    return probes.accuracy(probes.fit(h[:OLD], group[:OLD]), h[OLD:], group[OLD:])


def berkeley():
    """Admitted, and all who applied, by department: {recorded sex: (6,) array} twice."""
    table = data.load("berkeley")
    admitted, applied = {}, {}
    for sex in ("Male", "Female"):
        here = table["Gender"] == sex
        both = [table["Freq"][here & (table["Admit"] == said)] for said in ("Admitted", "Rejected")]
        admitted[sex], applied[sex] = both[0], both[0] + both[1]
    return admitted, applied


@lesson.exercise(
    points=1,
    hints=[
        "`H @ d` is the dot product of every row with `d`. If `d` were twice as long, it would be twice as large.",
        "`along * d` should be the shadow of a row. Try `H` = [[2, 0]] and `d` = [1, 0], then `d` = [2, 0].",
        "What stands there is the dot product of `d` with itself.",
    ],
)
def take_out(H, d):
    along = H @ d / (d @ d)
    return H - np.outer(along, d)


@take_out.questions
def _take_out_questions(rng):
    yield np.array([[2.0, 1.0]]), np.array([1.0, 0.0])
    yield np.array([[2.0, 1.0]]), np.array([3.0, 0.0])
    yield np.array([[3.0, 4.0], [4.0, -3.0]]), np.array([3.0, 4.0])
    yield np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]]), np.array([1.0, 1.0, -1.0])
    for _ in range(20):
        rows, units = (int(n) for n in rng.integers(2, 5, 2))
        yield np.round(rng.normal(0, 2, (rows, units)), 1), np.round(rng.normal(0, 2, units), 1) + 0.05


@take_out.mistake("You divide by nothing, or by 1: that is right only where the direction has the length 1.")
def _take_out_undivided(H, d):
    return H - np.outer(H @ d, d)


@take_out.mistake(
    "You divide by the length of `d`. `d` stands in there twice, so its length has to go twice."
)
def _take_out_half(H, d):
    return H - np.outer(H @ d / np.linalg.norm(d), d)


@take_out.mistake("You divide by the sum of `d`. A direction may sum to 0; take its dot product with itself.")
def _take_out_sum(H, d):
    return H - np.outer(H @ d / np.sum(d), d)


@take_out.mistake("You divide by how many numbers `d` has. What counts is how long it is.")
def _take_out_count(H, d):
    return H - np.outer(H @ d / len(d), d)


@take_out.mistake("You return the shadow. Return what is left of each row when its shadow is taken away.")
def _take_out_shadow(H, d):
    return np.outer(H @ d / (d @ d), d)


@take_out.alternative
def _take_out_by_a_matrix(H, d):
    return H @ (np.eye(len(d)) - np.outer(d, d) / (d @ d))


@lesson.prediction(
    {
        "men": "That is the table without the departments. Look at where each group applied.",
        "women": "Where most people are refused, there were more women among the applicants.",
        "about even": "Weighting does not have to end in a draw. It changes the question.",
    }
)
def guess_weighted():
    """Who is admitted more often, by more than 2 points, with every department weighted alike for both?"""
    admitted, applied = berkeley()
    men, women = (weighted_rate.reference(admitted[s], applied[s], sum(applied.values())) for s in admitted)
    return "men" if men > women + 0.02 else "women" if women > men + 0.02 else "about even"


@lesson.exercise(
    points=2,
    hints=[
        "First the group's own rate in each department: admitted divided by applied.",
        "Then an average of these rates, in which a department counts as often as everybody applied there.",
        "Multiply rate by `everyone`, add up, and divide by the sum of `everyone`.",
    ],
)
def weighted_rate(admitted, applied, everyone):
    rates = np.array(admitted) / np.array(applied)
    return np.sum(rates * everyone) / np.sum(everyone)


@weighted_rate.questions
def _weighted_rate_questions(rng):
    yield np.array([10.0, 0.0]), np.array([20.0, 10.0]), np.array([30.0, 50.0])
    yield np.array([4.0]), np.array([5.0]), np.array([20.0])
    admitted, applied = berkeley()
    for sex in admitted:
        yield admitted[sex], applied[sex], sum(applied.values())
    for _ in range(20):
        applied = rng.integers(5, 400, int(rng.integers(2, 7))).astype(float)
        admitted = np.floor(applied * rng.uniform(0.1, 0.9, len(applied)))
        yield admitted, applied, applied + rng.integers(5, 400, len(applied))


@weighted_rate.mistake("You divide all admitted by all who applied: the departments are not in it at all.")
def _weighted_raw(admitted, applied, everyone):
    return np.sum(admitted) / np.sum(applied)


@weighted_rate.mistake(
    "You average the rates plainly. A department should count as often as people applied there."
)
def _weighted_plain(admitted, applied, everyone):
    return np.mean(admitted / applied)


@weighted_rate.mistake(
    "You divide by `everyone` at the start. The rate is the group's own: admitted by applied."
)
def _weighted_of_everyone(admitted, applied, everyone):
    return np.sum(admitted) / np.sum(everyone)


@weighted_rate.mistake("You return the rate of each department. Average them into one number.")
def _weighted_each(admitted, applied, everyone):
    return admitted / applied


@weighted_rate.mistake("You weight, and forget to divide by the sum of the weights.")
def _weighted_sum(admitted, applied, everyone):
    return np.sum(admitted / applied * everyone)


@weighted_rate.alternative
def _weighted_by_average(admitted, applied, everyone):
    return np.average(admitted / applied, weights=everyone)


@lesson.prediction(
    {
        "neither: the score means the same for both": "It does. But of those who deserve a yes in B, more have a low "
        "score, because there are more low scores in B.",
        "A": "In A more scores are high, also those of people who deserve a yes. They are refused less often.",
        "B": "Among those who deserve a yes in B, more stand below the threshold, though no score lies.",
    }
)
def guess_calibrated():
    """In which group are the deserving refused more often, at one threshold of 0.5?"""
    score, deserves, group = fairness.honest_scores(2000, seed=8)
    found = fairness.error_rates(score >= 0.5, deserves, group)
    a, b = found["A"].false_negative_rate, found["B"].false_negative_rate
    if abs(a - b) < 0.03:
        return "neither: the score means the same for both"
    return "A" if a > b else "B"


@lesson.exercise(
    points=2,
    hints=[
        "Only the scores of those who deserve a yes matter: `score[deserves == 1]`.",
        "Try their scores from the highest down, and stop at the first at which enough of them get a yes.",
        "At a threshold `t`, the share is `np.mean(score[deserves == 1] >= t)`.",
    ],
)
def threshold_for(score, deserves, share):
    good = score[deserves == 1]
    for t in sorted(good, reverse=True):
        if np.mean(good >= t) >= share:
            return t


@threshold_for.questions
def _threshold_for_questions(rng):
    yield np.array([0.9, 0.8, 0.4, 0.3]), np.array([1, 0, 1, 0]), 0.5
    yield np.array([0.9, 0.8, 0.4, 0.3]), np.array([1, 0, 1, 0]), 0.75
    yield np.array([0.6, 0.7, 0.1]), np.array([1, 1, 0]), 1.0
    yield np.array([0.5, 0.5, 0.2]), np.array([1, 1, 1]), 0.4
    yield np.array([0.237, 0.512, 0.512, 0.512]), np.array([1, 1, 1, 1]), 0.6  # on no grid, and three alike
    for _ in range(20):
        rows = int(rng.integers(6, 12))
        score = rng.permutation(np.arange(1, 20))[:rows] / 20
        deserves = (rng.random(rows) < score).astype(int)
        deserves[:2] = 1, 0  # somebody does, and somebody does not
        yield score, deserves, float(rng.choice([0.35, 0.55, 0.65, 0.85]))


@threshold_for.mistake("You count everybody. The share is meant of those who deserve a yes.")
def _threshold_of_all(score, deserves, share):
    return next(t for t in sorted(score, reverse=True) if np.mean(score >= t) >= share)


@threshold_for.mistake("You return the lowest threshold that will do. Many will; asked for is the highest.")
def _threshold_lowest(score, deserves, share):
    return score.min()


@threshold_for.mistake("You stop at the first that will do, as the scores stand. Begin with the highest.")
def _threshold_unsorted(score, deserves, share):
    return next(t for t in score if np.mean(score[deserves == 1] >= t) >= share)


@threshold_for.mistake(
    "You take the share of those with a yes who deserve it: the precision. Asked for is the share of the deserving."
)
def _threshold_by_precision(score, deserves, share):
    return next((t for t in sorted(score, reverse=True) if np.mean(deserves[score >= t]) >= share), None)


@threshold_for.mistake(
    "At your threshold it counts who is above it. A score that equals the threshold is a yes."
)
def _threshold_above(score, deserves, share):
    good = score[deserves == 1]
    return next((t for t in sorted(score, reverse=True) if np.mean(good > t) >= share), None)


@threshold_for.mistake("You take the people who do not deserve a yes.")
def _threshold_of_the_others(score, deserves, share):
    bad = score[deserves == 0]
    return next((t for t in sorted(bad, reverse=True) if np.mean(bad >= t) >= share), None)


@threshold_for.mistake(
    "You return a number between two scores, as a quantile does. Asked for is one of the scores."
)
def _threshold_quantile(score, deserves, share):
    return np.quantile(score[deserves == 1], 1 - share)


@threshold_for.alternative
def _threshold_by_rank(score, deserves, share):
    good = np.sort(score[deserves == 1])
    return good[len(good) - int(np.ceil(share * len(good) - 1e-9))]


@lesson.exercise(
    points=2,
    hints=[
        "Think of 1000 people. `base` of them deserve a yes; how many of these get one?",
        "Those are `precision` of all who get a yes. So how many get one without deserving it?",
        "Divide these by the number of people who do not deserve a yes: `1 - base` of the 1000.",
    ],
)
def forced(base, refused, precision):
    rightly = base * (1 - refused)
    wrongly = rightly * (1 - precision) / precision
    return wrongly / (1 - base)


@forced.questions
def _forced_questions(rng):
    yield 0.5, 0.2, 0.8
    yield 0.2, 0.5, 0.5
    yield 0.5, 0.3, 1.0
    yield 0.4, 1.0, 0.7
    for _ in range(20):
        yield tuple(round(float(v), 2) for v in rng.uniform([0.1, 0.05, 0.55], [0.5, 0.6, 0.95]))


@forced.mistake("You stop at the share of all people. Divide by those who do not deserve a yes: 1 − base.")
def _forced_of_all(base, refused, precision):
    return base * (1 - refused) * (1 - precision) / precision


@forced.mistake(
    "That is one minus the precision: a share of those who get a yes, and not of the undeserving."
)
def _forced_discovery(base, refused, precision):
    return 1 - precision


@forced.mistake(
    "You take those who are refused for those who get a yes: 1 − refused of the deserving get one."
)
def _forced_refused(base, refused, precision):
    return base * refused * (1 - precision) / precision / (1 - base)


@forced.mistake(
    "You multiply by 1 − precision. Rightly given are `precision` of all that is given: divide first."
)
def _forced_undivided(base, refused, precision):
    return base * (1 - refused) * (1 - precision) / (1 - base)


@forced.mistake("You divide by `base`. The share is meant of those who do not deserve a yes.")
def _forced_of_the_deserving(base, refused, precision):
    return (1 - refused) * (1 - precision) / precision


@forced.alternative
def _forced_by_counting(base, refused, precision):
    deserving, others = 1000 * base, 1000 * (1 - base)
    given = deserving * (1 - refused) / precision
    return (given - deserving * (1 - refused)) / others


def _read_prediction(prejudice):
    share = readable(prejudice)
    return "about 50 %" if share < 0.6 else "about 70 %" if share < 0.8 else "about 90 %"


@lesson.prediction(
    {
        "about 50 %": "It never got the group. But two of its columns go along with it, and no layer had to drop that.",
        "about 70 %": "One of the two columns alone would give more than that. The net has both.",
        "about 90 %": "Nobody told the net, and it is there, nearly as readable as from the inputs themselves.",
    }
)
def guess_probe():
    """How often does a linear probe read the group off the second hidden layer?"""
    return _read_prediction(0.5)


@lesson.prediction(
    {
        "about 50 %": "That would make the probe a detector of prejudice. It is not one: see what it finds here.",
        "about 70 %": "A little less than before, but the group is nearly as easy to read as in the other net.",
        "about 90 %": "Nothing in the labels asks for the group, and the layer carries it all the same.",
    }
)
def guess_twin():
    """And off the twin that learned from labels without prejudice?"""
    return _read_prediction(0.0)


@lesson.prediction(
    {
        "it falls": "On the labels it does fall: they are prejudiced, and the net now is less so. Merit is different.",
        "it stays": "The net's answers change for many people, and not by chance.",
        "it rises": "The prejudice was in the labels and not in the merit, which we made equal in both groups.",
    }
)
def guess_merit():
    """What happens to the accuracy on true merit when the group is erased?"""
    world, net = lab(0.5)
    h = networks.activations(net, world.X[:OLD])[1]
    without = probes.erased(net, 1, probes.leace(h, world.favoured[:OLD].astype(int)))
    before, after = (networks.accuracy(model, world.X[OLD:], world.merit[OLD:]) for model in (net, without))
    return "it rises" if after > before + 0.02 else "it falls" if after < before - 0.02 else "it stays"


@lesson.exercise(
    points=3,
    hints=[
        "The direction leads from `one` to `other`: `other - one`.",
        "A dot product grows with the lengths of both arrows. Divide by both lengths.",
        "`np.linalg.norm(V, axis=1)` is the length of every row.",
    ],
)
def leaning(V, one, other):
    d = other - one
    return V @ d / (np.linalg.norm(V, axis=1) * np.linalg.norm(d))


@leaning.questions
def _leaning_questions(rng):
    yield np.array([[2.0, 0.0], [0.0, 3.0], [-1.0, 0.0]]), np.array([0.0, 1.0]), np.array([2.0, 1.0])
    yield np.array([[1.0, 1.0]]), np.array([1.0, 0.0]), np.array([0.0, 1.0])
    yield np.array([[3.0, 4.0]]), np.array([0.0, 0.0]), np.array([0.0, 2.0])
    for _ in range(20):
        rows, units = int(rng.integers(2, 5)), int(rng.integers(2, 5))
        yield tuple(np.round(rng.normal(0, 2, s), 1) + 0.05 for s in ((rows, units), units, units))


@leaning.mistake("Your direction leads from `other` to `one`: every sign is turned.")
def _leaning_turned(V, one, other):
    return -leaning.reference(V, one, other)


@leaning.mistake("You return the bare dot products: long words would lean more only because they are long.")
def _leaning_bare(V, one, other):
    return V @ (other - one)


@leaning.mistake("You divide by the length of the direction only. Divide by the length of each word as well.")
def _leaning_shadow(V, one, other):
    return V @ (other - one) / np.linalg.norm(other - one)


@leaning.mistake("You divide by the length of the whole table. Every word has a length of its own: `axis=1`.")
def _leaning_whole(V, one, other):
    return V @ (other - one) / (np.linalg.norm(V) * np.linalg.norm(other - one))


@leaning.mistake("You divide by one length and multiply by the other. Put the two lengths in parentheses.")
def _leaning_unbracketed(V, one, other):
    return V @ (other - one) / np.linalg.norm(V, axis=1) * np.linalg.norm(other - one)


@leaning.mistake("You begin at `one`. Only the direction does: a word is its row as it stands, from 0.")
def _leaning_from_one(V, one, other):
    return leaning.reference(V - one, one, other)


@leaning.mistake(
    "You take `other` for the direction. It is the difference that leads from one word to the other."
)
def _leaning_other(V, one, other):
    return V @ other / (np.linalg.norm(V, axis=1) * np.linalg.norm(other))


@leaning.mistake("You divide by squared lengths. A word that is its own direction should lean by 1.")
def _leaning_squared(V, one, other):
    d = other - one
    return V @ d / (np.sum(V**2, axis=1) * (d @ d))


@leaning.alternative
def _leaning_by_units(V, one, other):
    unit = (other - one) / np.sqrt(np.sum((other - one) ** 2))
    return [float(v / np.sqrt(np.sum(v**2)) @ unit) for v in V]


report = lesson.report
