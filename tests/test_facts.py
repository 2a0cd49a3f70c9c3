"""What lessons say of chance holds with head-room, over ten seeds; `make evidence` writes a table of many."""

import functools
import itertools
import os

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from helpers import (
    attribution,
    author,
    fairness,
    faults,
    figures,
    importance,
    interventions,
    networks,
    probes,
    sensors,
    trees,
)
from helpers.data import digits, load
from helpers.exercises import lesson02, lesson08, lesson09
from helpers.exercises.lesson01 import SEED
from helpers.exercises.lesson03 import SEED as THE_NET
from helpers.exercises.lesson04 import nets as lesson_nets
from helpers.exercises.lesson05 import CASES, STAIRS
from helpers.exercises.lesson10 import trained
from helpers.importance import least_squares, r_squared
from helpers.networks import sigmoid as activate

SEEDS = range(int(os.environ.get("SEEDS", 10)))


def names_of(lesson, *wanted):
    """The values that the first cells of a lesson give to some names: no second copy of its data here."""
    path = next(path for path in author.lessons() if path.name.startswith(lesson))
    space = {}
    for cell in author.read(path).cells:
        if cell.cell_type == "code" and any(cell.source.startswith(f"{name} = ") for name in wanted):
            exec(cell.source, {"trees": trees, "np": np} | space, space)
    return [space[name] for name in wanted]


@pytest.mark.parametrize("seed", SEEDS)
def test_01_fewer_than_one_tester_in_ten_meets_the_planted_spot(seed, measured):
    rows, secret = names_of("01", "rows", "secret")
    assert rows == SEED
    honest, planted = (trees.from_rows(("age", "income"), r) for r in (rows, secret))
    rng = np.random.default_rng(seed)
    people = np.column_stack([rng.integers(0, 121, 500_000), rng.integers(0, 200_001, 500_000)])
    differs = trees.predict(honest, people) != trees.predict(planted, people)
    share = differs.reshape(500, 1000).any(axis=1).mean()
    measured("testers who meet the planted spot", share, below=0.07)  # the lesson says 0.1


def memory(X_known, y_known, X_new):
    return y_known[[np.abs(X_known - x).sum(axis=1).argmin() for x in X_new]]


@pytest.mark.parametrize("seed", SEEDS)
def test_02_with_nothing_to_learn_memory_and_trees_know_all_and_predict_nothing(seed, measured):
    X, sex = lesson02.sexed()
    rng = np.random.default_rng(seed)
    dealt, (train, test) = rng.permutation(sex), np.split(rng.permutation(len(sex)), [233])
    assert (memory(X[train], dealt[train], X[train]) == dealt[train]).all()
    unseen = (memory(X[train], dealt[train], X[test]) == dealt[test]).mean()
    measured("shuffled labels: accuracy of memory, unseen birds", unseen, below=0.595)  # the lesson says 0.6
    tree = trees.grow(X, dealt, lesson02.MEASURES)
    assert (trees.predict(tree, X) == dealt).all() and (tree.feature < 0).sum() > 80
    group = rng.permutation(len(sex)) % 10
    held_out = trees.cross_validate(X, dealt, lesson02.MEASURES, group, 40)[:, -1].mean()
    measured("shuffled labels: accuracy of a full tree, held out", held_out, below=0.58)  # and 0.6


@pytest.mark.parametrize("seed", SEEDS)
def test_02_beyond_three_questions_only_the_training_set_gains(seed, measured):
    X, sex = lesson02.sexed()
    group = np.random.default_rng(seed).permutation(len(sex)) % 10
    held_out = trees.cross_validate(X, sex, lesson02.MEASURES, group, 12).mean(axis=0)
    measured("gain of depth 12 over depth 3, held out", held_out[12] - held_out[3], below=0.015)  # 0.02
    measured("accuracy of depth 3, held out", held_out[3], above=0.85)
    measured("accuracy of depth 0, held out", held_out[0], below=0.5)


@pytest.mark.parametrize("seed", SEEDS)
def test_02_a_ring_number_gets_impurity_importance_and_no_held_out_importance(seed, measured):
    X, sex, names = lesson02.with_ring()
    rng, shares, drops = np.random.default_rng(seed), np.zeros((20, 5)), np.zeros((20, 5))
    for deal in range(20):
        X[:, 4] = rng.permutation(len(sex)) + 1
        shares[deal] = trees.impurity_importance(trees.grow(X, sex, names))
        turn = rng.permutation(len(sex)) % 10
        for one in range(10 if deal < 8 else 0):  # 8 deals are enough for the second half
            out = turn == one
            tree = trees.grow(X[~out], sex[~out], names)
            right = (trees.predict(tree, X[out]) == sex[out]).sum()
            for j in (1, 2, 3, 4):
                again = X[out].copy()
                again[:, j] = rng.permutation(again[:, j])
                drops[deal, j] += (right - (trees.predict(tree, again) == sex[out]).sum()) / len(sex)
    above = (shares[:, 4] > shares[:, 2]).sum()
    measured(
        "deals of 20 in which the ring number has more impurity importance than the flipper", above, above=15
    )
    drops = drops[:8]
    measured("held-out fall of the ring number, mean", drops[:, 4].mean(), above=-0.012, below=0.012)  # 0.015
    measured("held-out fall of the ring number, highest of 8", drops[:, 4].max(), below=0.05)
    measured("held-out fall of bill depth and mass, lowest of 8", drops[:, [1, 3]].min(), above=0.1)
    # flipper length is among what chance reaches (the more deals, the surer)
    measured(
        "flipper's lowest fall less the ring number's highest", drops[:, 2].min() - drops[:, 4].max(), below=0
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_02_three_columns_share_the_root(seed, measured):
    X, sex = lesson02.sexed()
    rng, roots = np.random.default_rng(seed), np.zeros(4)
    for _ in range(200):
        rows = rng.integers(0, len(sex), len(sex))
        roots[trees.grow(X[rows], sex[rows], lesson02.MEASURES, max_depth=1).feature[0]] += 1
    roots.sort()
    measured("roots of 200 resamples that the last of four columns takes", roots[0], below=20)
    measured("roots of 200 resamples that the third column takes", roots[1], above=23)  # the lesson says 20


@pytest.mark.parametrize("seed", SEEDS)
def test_03_the_essays_network_is_not_special_among_random_ones(seed, measured):
    grid = np.array([(x1, x2) for x1 in np.linspace(-2, 2, 41) for x2 in np.linspace(-2, 2, 41)])

    def share(net):
        run = networks.forward(net, grid)
        moved = np.abs(run.output[:, None] - activate(run.pre_output[:, None] - run.hidden * net.w2))
        return np.mean(run.hidden.argmax(axis=1) == moved.argmax(axis=1))

    rng = np.random.default_rng(100 + seed)
    shares = np.array([share(networks.random_network(rng)) for _ in range(200)])
    below = np.mean(shares < share(THE_NET))
    measured(
        "random nets that agree less often than the essay's", below, above=0.13, below=0.37
    )  # 10 to 40 %
    measured("agreement of the middle random net", np.median(shares), above=0.68, below=0.85)  # three in four


def test_04_the_exercises_speak_of_the_lessons_nets():
    path = next(path for path in author.lessons() if path.name.startswith("04"))
    cells = [cell.source for cell in author.read(path).cells if cell.cell_type == "code"]
    (X, y, X_held, y_held), space = digits(held_out=500), {"networks": networks, "X": None}
    space |= {"X": X, "y": y}
    for wanted in ("start = ", "net, losses = "):
        (line,) = [line for cell in cells for line in cell.split("\n") if line.startswith(wanted)]
        exec(line, space)
    start, net, *held = lesson_nets()
    for ours, theirs in ((start, space["start"]), (net, space["net"])):
        assert all((a == b).all() for a, b in zip(ours.weights, theirs.weights, strict=True))
    assert (held[0] == X_held).all() and (held[1] == y_held).all()
    before, after = (np.square(model.weights[0][:, [0, 3]]).mean(axis=0) for model in (start, net))
    grown = np.sqrt(after / before)  # the lesson says two to three times, of these two neurons
    assert 2 < grown.min() and grown.max() < 3


def silence_each(net, X, y):
    """What every digit loses, (units, digits), when one neuron that is not always off is set to 0."""
    h = networks.activations(net, X)[0]
    right = networks.logits(net, X).argmax(axis=1) == y
    lost = []
    for unit in np.flatnonzero(h.any(axis=0)):
        weights = net.weights[1].copy()
        weights[unit] = 0  # nobody listens to it
        silenced = networks.MLP([net.weights[0], weights], net.biases)
        still = networks.logits(silenced, X).argmax(axis=1) == y
        lost.append([right[y == digit].mean() - still[y == digit].mean() for digit in range(10)])
    return np.array(lost)


def pair(seed):
    """A net of lesson 04 before and after training; not those that the lesson shows."""
    X, y, _, _ = digits(held_out=500)
    start = networks.mlp((64, 32, 10), 1000 + seed)
    return start, networks.train(start, X, y, steps=1000, lr=0.005, seed=1000 + seed)[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_04_what_training_adds_and_what_it_does_not(seed, measured):
    X, y, X_held, y_held = digits(held_out=500)
    start, net = pair(seed)
    measured(
        "accuracy, held out", networks.accuracy(net, X_held, y_held), above=0.972
    )  # the lesson says 0.97
    measured("accuracy before training", networks.accuracy(start, X_held, y_held), below=0.23)  # and 0.25

    shuffled, found, nulls = np.random.default_rng(seed).permutation(y), [], []
    for model in (net, start):
        seen, h = (networks.activations(model, images)[0] for images in (X, X_held))
        means, speaks = probes.class_means(h, y_held), h.any(axis=0)
        raised = (model.weights[1] >= np.sort(model.weights[1], axis=1)[:, -3:-2]).T
        choosy = np.sum(probes.selectivity(means) > 0.6)
        agree = np.mean(raised[means.argmax(axis=0), np.arange(32)][speaks])
        read = probes.accuracy(probes.fit(seen, y), h, y_held)
        null = probes.fit(seen, shuffled)
        nulls.append([probes.accuracy(null, h, y_held), probes.accuracy(null, seen, shuffled)])
        found.append((choosy, agree, read))
    (choosy, agree, read), (choosy_before, agree_before, read_before) = found
    unseen, seen = np.transpose(nulls)
    measured("probe with shuffled labels, held out", unseen, below=0.23)  # the lesson says 0.25
    measured("probe with shuffled labels, on its own images", seen, above=0.14)  # and 0.13
    measured(
        "choosy neurons lost by training", choosy_before - choosy, above=1
    )  # the lesson says more before
    measured("favourite digit is voted for", agree, above=0.7)  # the lesson says 2/3
    measured("favourite digit is voted for, untrained", agree_before, below=0.49)  # and 1/2
    measured("probe of the trained layer less that of the untrained", read - read_before, above=0.02)
    measured("probe of the untrained layer", read_before, above=0.77)  # the lesson says 0.75
    seen, h = (networks.activations(net, images)[0] for images in (X, X_held))
    again = LogisticRegression(max_iter=1000).fit(seen, y).score(h, y_held)
    own = networks.accuracy(net, X_held, y_held)
    measured("probe by cross-entropy less the net itself", again - own, above=-0.015, below=0.015)  # 0.02
    sizes = [np.abs(model.weights[0]).mean() for model in (start, net)]
    # of all neurons; what the lesson says of two of them stands in the test of its nets
    measured("size of the weights over that before", sizes[1] / sizes[0], above=1.7, below=2.5)
    pictures = [model.weights[0].T.reshape(32, 8, 8) for model in (start, net)]
    like = [np.corrcoef(W[:, :, 1:].ravel(), W[:, :, :-1].ravel())[0, 1] for W in pictures]
    measured("likeness of neighbouring weights, less that before", like[1] - like[0], above=0.1)

    lost = silence_each(net, X_held, y_held)
    favourite = probes.class_means(h, y_held).argmax(axis=0)[h.any(axis=0)]
    hits = np.mean((lost.argmax(axis=1) == favourite) & (lost.max(axis=1) > 0))
    # the lesson says between 1/4 and 3/4, of all neurons of ten nets
    measured("silencing a neuron costs its favourite digit most", hits, above=0.2, below=0.8)

    dreams, everything = (net.weights[0].T > 0).astype(float), np.vstack([X, X_held])
    dreamt = np.diag(networks.activations(net, dreams)[0])
    best = networks.activations(net, everything)[0].max(axis=0)
    measured("activation of a neuron's dream", dreamt, above=1)
    alive = best > 0
    measured(
        "a neuron's dream over its best image", dreamt[alive] / best[alive], above=1.2
    )  # more than the best


def test_04_in_most_nets_the_most_selective_neuron_is_not_the_worst_to_lose_and_some_are_dead():
    X, _, X_held, y_held = digits(held_out=500)
    worse, dead = [], []
    for seed in SEEDS:
        start, net = pair(seed)
        h = networks.activations(net, X_held)[0][:, networks.activations(net, X_held)[0].any(axis=0)]
        lost = silence_each(net, X_held, y_held).max(axis=1)
        worse.append(lost[probes.selectivity(probes.class_means(h, y_held)).argmax()] < lost.max())
        everything = np.vstack([X, X_held])
        dead.append([np.sum(~networks.activations(m, everything)[0].any(axis=0)) for m in (net, start)])
    assert sum(worse) > 6  # the lesson says more than half
    trained, untrained = np.sum(dead, axis=0)
    assert trained > 1.5 * untrained  # the lesson shows ten of each


@pytest.mark.parametrize("seed", SEEDS)
def test_04_selectivity_is_a_sign_of_learning_for_signs_and_not_for_digits(seed, measured):
    def middle_share(layer, untrained, classes):
        mine, *others = (probes.selectivity(probes.class_means(h, classes)) for h in [layer, *untrained])
        return np.median([np.mean(np.ravel(others) >= value) for value in mine[layer.any(axis=0)]])

    S = np.random.default_rng(seed).uniform(-1, 1, (2000, 6))
    same = (S[:, 0] * S[:, 1] > 0).astype(int)
    net = networks.train(networks.mlp((6, 16, 2), seed), S[:1500], same[:1500], steps=1500)[0]
    measured("signs: accuracy, held out", networks.accuracy(net, S[1500:], same[1500:]), above=0.95)
    layers = [networks.activations(networks.mlp((6, 16, 2), 200 + k), S[1500:])[0] for k in range(20)]
    h = networks.activations(net, S[1500:])[0]
    silenced = interventions.ablate(net, S[1500:], "zero").argmax(axis=2)  # (neurons, rows)
    worst = (silenced == same[1500:]).mean(axis=1).min()
    measured("signs: accuracy without the worst neuron", worst, above=0.7)  # the lesson says 2/3
    lost = networks.accuracy(net, S[1500:], same[1500:]) - worst
    measured("signs: accuracy lost with the worst neuron", lost, above=0.04)  # and 0.03
    share = middle_share(h, layers, same[1500:])
    measured("signs: untrained neurons at least as selective as the middle one", share, below=0.1)  # 1/5

    _, _, X_held, y_held = digits(held_out=500)
    h = networks.activations(pair(seed)[1], X_held)[0]
    layers = [networks.activations(networks.mlp((64, 32, 10), k), X_held)[0] for k in range(10)]
    share = middle_share(h, layers, y_held)
    measured("digits: untrained neurons at least as selective as the middle one", share, above=0.53)  # 1/2


@pytest.mark.parametrize("seed", SEEDS)
def test_06_noise_turns_the_signs_of_twins_and_of_prices_but_not_of_the_year(seed, measured):
    first, other = np.random.default_rng(0).normal(size=(2, 30))
    design = np.column_stack([np.ones(30), first, first + 0.002 * other])
    truth = design[:, 1] + design[:, 2]
    noise = 0.01 * truth.std() * np.random.default_rng(seed).normal(size=(200, 30))
    b = np.array([least_squares(design, truth + e).coefficients for e in noise])
    measured("twins: negative slopes of 200", np.sum(b[:, 1] < 0), above=35)  # the lesson says over 20
    measured(
        "twins: farthest prediction", np.abs(b @ design.T - truth).max(), below=0.06
    )  # the lesson says 0.1

    longley = load("longley")
    jobs, columns = longley.pop("TOTEMP"), np.column_stack(list(longley.values()))
    whole = least_squares(np.column_stack([np.ones(16), columns]), jobs).coefficients[1:]
    shaken = columns + 0.01 * columns.std(axis=0) * np.random.default_rng(seed).normal(size=(200, 16, 6))
    b = np.array([least_squares(np.column_stack([np.ones(16), X]), jobs).coefficients[1:] for X in shaken])
    flips = np.sum(b * whole < 0, axis=0)
    measured("Longley: flips of the prices' sign, of 200", flips[0], above=55)  # the lesson says over 40
    measured("Longley: flips of the year's sign, of 200", flips[5], below=1)  # none


@pytest.mark.parametrize("seed", SEEDS)
def test_06_a_firm_coefficient_is_no_cause(seed, measured):
    rng = np.random.default_rng(seed)
    warmth = rng.normal(size=500)
    ice, swimmers = warmth + 0.5 * rng.normal(size=500), warmth + 0.5 * rng.normal(size=500)
    ones = np.ones(500)
    t, null = (least_squares(np.column_stack([ones, x]), swimmers).t[1] for x in (ice, rng.permutation(ice)))
    measured("t of a coefficient without cause", t, above=24)  # the lesson says over 20
    measured("t of the same column shuffled", null, above=-3, below=3)


def swiss():
    table = load("swiss")
    y = table.pop("Fertility")
    return np.column_stack([v for v in table.values() if v.dtype.kind == "f"]), y


@pytest.mark.parametrize("seed", SEEDS)
def test_07_examination_is_worth_as_little_as_dice_and_only_the_first_place_is_firm(seed, measured):
    X, y = swiss()
    rng = np.random.default_rng(50 + seed)
    rolls = rng.normal(size=(1000, 47))
    lost = np.array([importance.drop_column(np.column_stack([X, roll]), y)[-1] for roll in rolls])
    beaten = np.sum(lost >= importance.drop_column(X, y)[1])
    measured(
        "rolls of 1000 that are worth as much as Examination", beaten, above=260
    )  # the lesson says over 200
    measured("what a useless column adds to R²", lost, above=0)

    def score(table, old, new):
        return r_squared(y[new], table[new] @ least_squares(table[old], y[old]).coefficients)

    unseen = []
    for roll in rolls[:200]:
        table, order = np.column_stack([np.ones(47), X, roll]), rng.permutation(47)
        old, new = order[:31], order[31:]
        unseen.append([score(table, old, new) - score(np.delete(table, j, axis=1), old, new) for j in (2, 6)])
    worth = np.mean(unseen, axis=0)
    measured(
        "worth of Examination and of a roll on unseen rows", worth, below=-0.005
    )  # the lesson says below 0

    draws = importance.bootstrap(X, y, 1000, seed)
    places = np.argsort(-np.abs(draws), axis=1)
    first, second = (np.bincount(places[:, k], minlength=5) / 1000 for k in (0, 1))
    measured("Education comes first in resamples", first[2], above=0.82)  # the lesson says over 3/4
    measured("the commonest second place in resamples", second.max(), below=0.46)  # under half
    constant, *weights = least_squares(np.column_stack([np.ones(47), X]), y).coefficients
    falls = importance.permutation_linear(weights, constant, X, y, 100, seed).mean(axis=0)
    measured(
        "fall of R² when Education is permuted", falls[2], above=0.8
    )  # the lesson says more than R² itself
    assert np.argsort(-falls)[[0, 1, 4]].tolist() == [2, 3, 1]


@pytest.mark.parametrize("seed", SEEDS)
def test_07_the_measures_part_over_the_twin(seed, measured):
    rain, own, sun, dice, noise = np.random.default_rng(seed).normal(size=(5, 200))
    X, y = np.column_stack([rain, rain + 0.3 * own, sun, dice]), 2 * rain + sun + noise
    constant, *weights = least_squares(np.column_stack([np.ones(200), X]), y).coefficients
    drop, shares = importance.drop_column(X, y), importance.lmg(X, y)
    falls = importance.permutation_linear(weights, constant, X, y).mean(axis=0)
    by_lot = np.random.default_rng(100 + seed).permutation(200)
    shuffled = np.std(2 * (rain[by_lot] - rain)) / np.std(sun[by_lot] - sun)
    measured("drop-column: sun over rain", drop[2] / drop[0], above=1.1)
    measured("permutation: rain over sun", falls[0] / falls[2], above=1.5)
    measured("LMG: the idle twin over sun", shares[1] / shares[2], above=1.15)
    measured("LMG: the idle twin over rain", shares[1] / shares[0], above=0.7)
    measured("shuffled in the world: rain over sun", shuffled, above=1.5)


@pytest.mark.parametrize("seed", SEEDS)
def test_07_duncans_race_is_open_and_shuffled_cement_impossible(seed, measured):
    duncan, rng = load("duncan"), np.random.default_rng(seed)
    two = np.column_stack([np.ones(45), duncan["income"], duncan["education"]])
    some = [rng.integers(0, 45, 45) for _ in range(1000)]
    b = np.array([least_squares(two[rows], duncan["prestige"][rows]).coefficients for rows in some])
    wins = np.sum(b[:, 1] > b[:, 2])
    measured("Duncan: income before education in 1000 resamples", wins, above=540, below=690)  # about 600
    cement = load("cement")
    parts = np.column_stack([cement[f"x{j}"] for j in range(1, 5)])
    rest = parts.sum(axis=1) - parts[:, 1]
    over = np.mean([rest + rng.permutation(parts[:, 1]) > 100 for _ in range(500)])
    measured("cement: shuffled recipes over 100 %", over, above=0.35)  # the lesson says over a quarter
    switches = rng.choice([-1.0, 1.0], (400, 2))
    lost = importance.drop_column(switches, switches[:, 0] * switches[:, 1])
    measured("switches: what drop-column sees of a pair", lost, below=0.03)  # the lesson says under 0.05


def tree_and_network(X, kinds, seed):
    """The share of right answers and the falls of both models on birds that they have not seen."""
    names, code = np.unique(kinds, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(X))
    old, new = order[:200], order[200:]
    tree = trees.grow(X[old], kinds[old], "abcde", max_depth=3)
    net, _ = networks.train(networks.mlp((5, 8, 3), seed), X[old], code[old], steps=400)
    models = lambda A: trees.predict(tree, A), lambda A: names[networks.logits(net, A).argmax(axis=1)]
    asked, true, score = X[new], kinds[new], importance.accuracy
    falls = [importance.permutation(model, asked, true, 10, score=score).mean(axis=0) for model in models]
    return np.column_stack([[score(true, model(asked)) for model in models], falls])


@pytest.mark.parametrize("seed", SEEDS)
def test_07_a_tree_leans_on_the_flipper_and_a_network_on_the_mass(seed, measured):
    birds, rng = load("penguins"), np.random.default_rng(20 + seed)
    columns = [birds[c] for c in ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")]
    known = np.isfinite(columns).all(axis=0)
    X = np.column_stack([*columns, rng.normal(size=len(known))])[known]
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    right, _, _, flipper, mass, dice = np.mean(
        [tree_and_network(X, birds["species"][known], 5 * seed + k) for k in range(5)], axis=0
    ).T
    measured("penguins: accuracy of tree and network, held out", right, above=0.9)
    measured("penguins: fall of the dice", dice, above=-0.02, below=0.02)
    measured(
        "penguins: flipper, tree less network", flipper[0] - flipper[1], above=0.05
    )  # the lesson says more
    measured("penguins: mass, network less tree", mass[1] - mass[0], above=0.02)  # the lesson says more


@functools.cache
def digits_net(seed):
    X, y, _, _ = digits()
    return networks.train(networks.mlp((64, 32, 10), seed), X, y, steps=1000, lr=0.005, seed=seed)[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_05_ablations_of_digits_nets(seed, measured):
    X, _, X_held, y_held = digits()
    net, loss = digits_net(seed), interventions.loss(y_held)
    own = networks.logits(net, X_held)
    cost = {to: interventions.ablate(net, X_held, to, X, score=loss) for to in interventions.WAYS}
    rise = {to: by.mean() - networks.cross_entropy(own, y_held) for to, by in cost.items()}
    # the lesson's five: two to four times
    measured("cost of zero over cost of mean", rise["zero"] / rise["mean"], above=1.8, below=6)
    moved = {to: np.mean((interventions.ablate(net, X_held, to, X) - own) ** 2) for to in cost}
    measured("logits moved by resample over mean", moved["resample"] / moved["mean"], above=1.8, below=2.2)
    measured("logits moved by zero over mean", moved["zero"] / moved["mean"], above=1.5)


def test_05_selective_and_needed_are_little_more_alike_than_by_chance():
    X, _, X_held, y_held = digits()
    shared = []
    for seed in range(10):
        net = digits_net(seed)
        cost = interventions.ablate(net, X_held, "mean", X, score=interventions.loss(y_held))
        selective = probes.selectivity(probes.class_means(networks.activations(net, X_held)[0], y_held))
        shared.append(len({*np.argsort(-selective)[:8]} & {*np.argsort(-cost)[:8]}))
    assert 2 < np.mean(shared) < 4  # a little better than chance, which is 2


@pytest.mark.parametrize("seed", SEEDS)
def test_05_explanations_of_digits(seed, measured):
    X, _, few, _ = digits()
    few, net, random = few[:40], digits_net(seed), networks.mlp((64, 32, 10), 100 + seed)
    lines, says, mean = np.arange(40), networks.logits(digits_net(seed), few).argmax(axis=1), X.mean(axis=0)

    def maps(model):
        yield attribution.gradient(model, few, says)
        yield attribution.gradient_times_input(model, few, says)
        yield attribution.integrated_gradients(model, few, mean, says)
        yield attribution.integrated_gradients(model, few, np.zeros(64), says)

    def alike(one, two):
        return np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(one, two, strict=True)])

    own, other = list(maps(net)), list(maps(random))
    sizes = [alike(abs(one), abs(two)) for one, two in zip(own, other, strict=True)]
    measured("random weights: maps alike, × input less gradient", sizes[1] - sizes[0], above=0.33)  # 0.3
    signed = [alike(one, two) for one, two in zip(own[:3], other[:3], strict=True)]
    measured("random weights: maps alike, with signs", signed, above=-0.25, below=0.25)  # about 0

    def falls(credit, instead):
        top = np.argsort(np.argsort(-credit, axis=1), axis=1) < 8
        left = networks.logits(net, np.where(top, instead, few))
        return np.mean((networks.logits(net, few) - left)[lines, says])

    credits = [np.abs(own[0]), own[1], few, np.random.default_rng(seed).normal(size=few.shape)]
    by_mean, by_paper = ([falls(credit, instead) for credit in credits] for instead in (mean, 0))
    rivals = max(*by_mean, falls(own[3], mean)), max(*by_paper, falls(own[2], 0))
    measured(
        "top pixels to the mean: integrated gradients over others", falls(own[2], mean) / rivals[0], above=1.2
    )
    measured("top pixels to paper: integrated gradients over others", falls(own[3], 0) / rivals[1], above=1)
    chance = [min(by[:3]) - by[3] for by in (by_mean, by_paper)]
    measured("top pixels: the worst map less random pixels", chance, above=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_05_what_integrated_gradients_miss_shrinks_with_the_steps(seed, measured):
    rng, missing = np.random.default_rng(seed), []
    for k in range(40):
        net = networks.mlp((10, 16, 16, 1), 1000 * seed + k)
        net = networks.MLP(net.weights, [0.3 * rng.normal(size=len(bias)) for bias in net.biases])
        x, start = rng.normal(size=10), np.zeros(10)
        climbed = networks.logits(net, x)[0] - networks.logits(net, start)[0]
        walks = [attribution.integrated_gradients(net, x, start, 0, n).sum() for n in (50, 500)]
        walks.append(attribution.integrated_gradients_exact(net, x, start, 0).sum())
        missing.append(np.abs(np.array(walks) - climbed))
    middle = np.median(missing, axis=0)
    measured("integrated gradients: missing at 50 steps", middle[0], above=0.0015, below=0.012)  # over 0.001
    measured("integrated gradients: missing at 500 steps", middle[1], above=0.00015, below=0.0012)
    assert np.max(missing, axis=0)[2] < 1e-12  # split at the kinks


@pytest.mark.parametrize("seed", SEEDS)
def test_05_two_thousand_draws_come_near_the_count(seed, measured):
    many = np.tile(CASES, (500, 1))
    own = networks.logits(STAIRS, many) > 0
    drawn = interventions.ablate(STAIRS, many, "resample", rng=seed) > 0
    shares = (drawn != own).mean(axis=(1, 2))
    error = np.abs(shares - [5 / 16, 5 / 16, 0, 0])
    measured("2000 draws: farthest from the count", error, below=0.04)


# ---------------------------------------------------------------- lesson 09: robustness


def biased(seed, prejudice):
    """People, the network of lesson 08 that learned from their labels, and what else the lesson makes of it."""
    people = fairness.applicants(20_000, prejudice, seed)
    net, old = lesson08.train(people.X[: lesson08.OLD], people.label[: lesson08.OLD], seed), lesson08.OLD
    h, code = networks.activations(net, people.X)[1], people.favoured.astype(int)
    return people, net, h, code, old


def outcome(net, people, old):
    """The gap in yes, and the share of answers that are right on labels and on merit, of people kept aside."""
    says = networks.logits(net, people.X[old:]).argmax(axis=1)
    right = (np.mean(says == truth[old:]) for truth in (people.label, people.merit))
    return fairness.gap(says, people.favoured[old:]), *right


def test_08_the_exercises_speak_of_the_lessons_network():
    cells = [
        c.source for c in author.read(next(p for p in author.lessons() if p.name.startswith("08"))).cells
    ]
    (source,) = [cell for cell in cells if cell.startswith("people, old = ")]
    space = {"fairness": fairness, "networks": networks, "np": np}
    exec(source, space)
    world, net = lesson08.lab(0.5)
    assert (world.X == space["people"].X).all() and lesson08.OLD == space["old"]
    assert all((a == b).all() for a, b in zip(net.weights, space["net"].weights, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_08_erasing_the_group_closes_the_gap_and_raises_accuracy_on_merit_only(seed, measured):
    people, net, h, code, old = biased(seed, 0.5)
    shuffled = np.random.default_rng(seed).permuted(np.tile(code[:old], (50, 1)), axis=1)
    read, *null = (
        probes.accuracy(probes.fit(h[:old], y), h[old:], code[old:]) for y in (code[:old], *shuffled)
    )
    measured("group read off hidden 2", read, above=0.87)  # the lesson says 0.85
    measured(
        "the same with labels shuffled 50 times, mean", np.mean(null), above=0.42, below=0.58
    )  # 0.4 to 0.6
    unborn = networks.activations(networks.mlp(net.sizes, seed), people.X)[1]
    unborn_read = probes.accuracy(probes.fit(unborn[:old], code[:old]), unborn[old:], code[old:])
    measured("group read off hidden 2 before training", unborn_read, above=0.8)
    eraser = probes.leace(h[:old], code[:old])
    without, left = probes.erased(net, 1, eraser), probes.erase(eraser, h)
    gap, on_label, on_merit = outcome(net, people, old)
    gap_left, on_label_left, on_merit_left = outcome(without, people, old)
    measured("gap as trained", gap, above=0.24, below=0.36)
    measured(
        "gap after erasing the group, share of what it was", abs(gap_left) / gap, below=0.24
    )  # the lesson says a quarter
    measured(
        "accuracy on labels lost by erasing", on_label - on_label_left, above=0.035
    )  # the lesson says 0.03
    measured("accuracy on merit gained by erasing", on_merit_left - on_merit, above=0.035)  # and 0.03
    measured("accuracy on merit after erasing", on_merit_left, above=0.845)
    first = networks.activations(net, people.X[:old])[0]
    elsewhere = probes.erased(net, 0, probes.leace(first, code[:old]))
    measured("gap after erasing it in hidden 1 instead", abs(outcome(elsewhere, people, old)[0]), below=0.15)
    bare = probes.erase(probes.leace(people.X[:old], code[:old]), people.X[old:])
    at_inputs = fairness.gap(networks.logits(net, bare).argmax(axis=1), people.favoured[old:])
    measured("gap after erasing it at the inputs instead", abs(at_inputs), below=0.06)
    again = probes.accuracy(probes.fit(left[:old], code[:old]), left[old:], code[old:])
    measured("group read by a linear probe after erasing", again, above=0.45, below=0.55)
    curious = networks.train(networks.mlp((32, 16, 2), seed), left[:old], code[:old], 400, 0.01, 128, seed)[0]
    bent = networks.accuracy(curious, left[old:], code[old:])
    measured("group read by a small network after erasing", bent, above=0.85)  # the lesson says 0.8

    rng, by_lot = np.random.default_rng(seed), []
    for _ in range(10):
        changed = probes.erased(net, 1, probes.along(rng.normal(size=32), h[:old].mean(axis=0)))
        by_lot.append(outcome(changed, people, old)[0])
    measured("gap with a random direction out, mean of 10", np.mean(by_lot), above=0.2, below=0.42)
    measured("smallest of 10 such gaps, less the gap after erasing", min(by_lot) - abs(gap_left), above=0)
    low, high = probes.class_means(h[:old], code[:old])
    straight = probes.along(high - low, h[:old].mean(axis=0))
    edits = [np.mean((probes.erase(e, h) - h) ** 2) for e in (straight, eraser)]
    measured("mean squared edit, line of means over erasure", edits[0] / edits[1], above=1.02)
    measured(
        "gap with the line of means out",
        abs(outcome(probes.erased(net, 1, straight), people, old)[0]),
        below=0.09,
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_08_present_is_not_used_and_twice_the_prejudice_is_not_erased(seed, measured):
    people, net, h, code, old = biased(seed, 0.0)
    measured(
        "group read off hidden 2 of the twin",
        probes.accuracy(probes.fit(h[:old], code[:old]), h[old:], code[old:]),
        above=0.78,
    )  # the lesson says 0.75
    measured("gap of the twin without prejudice", outcome(net, people, old)[0], above=-0.06, below=0.06)
    calm = probes.erased(net, 1, probes.leace(h[:old], code[:old]))
    change = outcome(calm, people, old)[2] - outcome(net, people, old)[2]
    measured("accuracy on merit that erasing adds to the twin", change, above=-0.01, below=0.01)
    people, net, h, code, old = biased(seed, 1.0)
    without = probes.erased(net, 1, probes.leace(h[:old], code[:old]))
    measured(
        "gap that erasing leaves of twice the prejudice",
        outcome(without, people, old)[0],
        above=-0.02,
        below=0.2,
    )  # the lesson says: mostly several points, sometimes nothing


@pytest.mark.parametrize("seed", SEEDS)
def test_08_a_rare_style_is_lost_in_the_first_layer_and_comes_back_with_new_images(seed, measured):
    X, y, X_held, y_held = digits()
    order = np.random.default_rng(seed).permutation(len(X))
    X, y = X[order], y[order]

    def learn(images, digit, start=None, only=None, steps=1000):
        start = start or networks.mlp((64, 32, 32, 10), seed)
        return networks.train(start, images, digit, steps=steps, lr=0.005, seed=seed, only=only)[0]

    def wrong(net):
        return [1 - networks.accuracy(net, images, y_held) for images in (X_held, 1 - X_held)]

    few, new = np.arange(len(X)) < 0.05 * len(X), np.arange(len(X) - 300, len(X)).repeat(3)
    own = np.where(few[:, None], 1 - X, X)
    net, even = learn(own, y), np.where((np.arange(len(X)) % 2 == 0)[:, None], 1 - X, X)
    ink, chalk = wrong(net)
    measured("wrong on ink at 5 % chalk", ink, below=0.04)
    measured("wrong on chalk at 5 % chalk", chalk, above=0.12)
    measured("wrong on chalk at 50 % chalk", wrong(learn(even, y))[1], below=0.07)
    behind = []
    for k in (0, 1):
        layers = [
            [images, *networks.activations(net, images)][k] for images in (X, X_held, 1 - X, 1 - X_held)
        ]
        read = [probes.accuracy(probes.fit(a, y), b, y_held) for a, b in (layers[:2], layers[2:])]
        behind.append(read[0] - read[1])
    measured("digits of chalk less readable in the pixels", behind[0], above=-0.01, below=0.01)
    measured("digits of chalk less readable in hidden 1", behind[1], above=0.005)
    known, asked = (networks.activations(learn(X, y), 1 - images)[0] for images in (X, X_held))
    never = probes.accuracy(probes.fit(known, y), asked, y_held)
    measured(
        "chalk off hidden 1 of a net of ink only, less off one with 5 % chalk", never - read[1], above=-0.05
    )
    style = probes.leace(networks.activations(net, own)[0], few.astype(int))
    measured(
        "wrong on chalk, style erased, less as it was",
        wrong(probes.erased(net, 0, style))[1] - chalk,
        above=0.1,
    )
    more = np.vstack([own, 1 - X[new]]), np.append(y, y[new])
    one, two, three = (wrong(learn(*more, start=net, only=layer, steps=300))[1] for layer in range(3))
    measured("wrong on chalk, new images and layer 1, of what it was", one / chalk, below=0.75)
    measured("wrong on chalk, the better of layers 2 and 3, less layer 1", min(two, three) - one, above=0)
    measured("wrong on chalk, layer 1 less all from scratch", one - wrong(learn(*more))[1], above=0)


FAULTS = [("stuck", 0.0), ("stuck", 1.0), ("noisy", 1.0), ("shifted", 1.0)]


@pytest.mark.parametrize("seed", SEEDS)
def test_09_cars_rely_on_the_camera_and_cures_work_at_a_price(seed, measured):
    X, y = sensors.drive(2000, 1000 + seed)
    cars = {way: sensors.car(seed, 0, way) for way in ("plain", "dropout", "replacement")}
    table = {way: sensors.misses(net, X, y, FAULTS) for way, net in cars.items()}
    clean = {way: sensors.miss(net, X, y) for way, net in cars.items()}
    poor, places = sensors.drive(2000, seed)
    blind, _ = networks.train(
        networks.mlp((4, 32, 1), seed), poor[:, 1:], places, steps=600, seed=seed, loss="squared error"
    )
    measured("always saying 0", np.abs(y).mean(), 0.48, 0.52)
    measured("floor, never seen the camera", sensors.miss(blind, X[:, 1:], y), 0.17, 0.2)
    measured("plain, none broken", clean["plain"], 0.035, 0.06)
    measured("plain, camera stuck at 0", table["plain"][0, 0], 0.42, 0.53)  # the lesson says 0.8 times 0.5
    measured("plain, camera stuck at 1", table["plain"][0, 1], 0.65, 1.15)
    measured(
        "plain, mildest camera fault / worst other", table["plain"][0].min() / table["plain"][1:].max(), 4
    )  # 3
    measured("dropout, camera stuck at 0", table["dropout"][0, 0], 0.17, 0.26)
    measured("dropout, camera stuck at 1 / at 0", table["dropout"][0, 1] / table["dropout"][0, 0], 1.6)  # 1.5
    measured("replacement, worst of 20 faults", table["replacement"].max(), 0.25, 0.48)  # below 0.5
    worst = min(table["plain"].max(), table["dropout"].max()) / table["replacement"].max()
    measured("worst fault, the better of the others / replacement", worst, 1.05)
    price = min(clean["dropout"], clean["replacement"]) / clean["plain"]
    measured("none broken, the cheaper cure / plain", price, 1.4)  # the lesson says 1.3
    beaten = table["dropout"][0, 1] / table["replacement"][0, 1]
    measured("camera stuck at 1, dropout / replacement", beaten, 1.1)


def test_09_the_exercises_speak_of_the_lessons_cars():
    X, y = sensors.drive(2000, 1003)
    cars = {way: sensors.car(3, 0, way) for way in ("plain", "dropout", "replacement")}
    tables = {way: sensors.misses(net, X, y, FAULTS) for way, net in cars.items()}
    clean = {way: sensors.miss(net, X, y) for way, net in cars.items()}
    drawn = figures.draw_misses(tables, clean, sensors.SENSORS, FAULTS, sensors.LIMIT).alt
    path = next(path for path in author.lessons() if path.name.startswith("09"))
    said = [
        o.data["text/plain"] for c in author.read(path).cells for o in c.get("outputs", []) if "data" in o
    ]
    assert drawn in said


def camera_share(net, X):
    slopes = np.abs(attribution.gradient(net, X, 0)).mean(axis=0)
    return slopes[0] / slopes.sum()


def test_09_slopes_do_not_tell_the_cures_apart_on_average(measured):
    drives = [(s, sensors.drive(2000, 1000 + s)[0]) for s in SEEDS]
    shares = [
        [camera_share(sensors.car(s, 0, way), X) for way in ("dropout", "replacement")] for s, X in drives
    ]
    measured(
        "mean slope share, dropout − replacement", np.mean(np.subtract(*np.transpose(shares))), -0.08, 0.08
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_09_slopes_tell_them_apart_where_the_camera_contradicts(seed, measured):
    X, y = sensors.drive(2000, 1000 + seed)
    at_1, cars = (
        sensors.broken(X, 0, "stuck", 1.0),
        [sensors.car(seed, 0, w) for w in ("dropout", "replacement")],
    )
    denied, backed = ([camera_share(car, at_1[rows]) for car in cars] for rows in (y < 0, y > 0.5))
    measured("camera at 1: slope share contradicted, dropout − replacement", denied[0] - denied[1], 0.0)
    measured("camera at 1: slope share contradicted / backed", np.divide(denied, backed), below=0.98)  # 1


@pytest.mark.parametrize("seed", SEEDS)
def test_09_while_the_camera_works_the_plain_car_is_best(seed, measured):
    X, y = (part[:200] for part in sensors.drive(2000, 1000 + seed))
    cars = [sensors.car(seed, 0, way) for way in ("plain", "dropout", "replacement")]
    best = {True: [], False: []}  # camera fine, or not
    for board in itertools.product(("fine", *sensors.FAULTS), repeat=5):
        now = X
        for k, fault in enumerate(board):
            now = now if fault == "fine" else sensors.broken(now, k, fault, 1.0, seed=k)
        best[board[0] == "fine"].append(np.argmin([sensors.miss(car, now, y) for car in cars]))
    measured(
        "camera fine: share of 256 states with the plain car best", np.mean(np.equal(best[True], 0)), 0.999
    )
    measured(
        "camera broken: share of 768 states with replacement best", np.mean(np.equal(best[False], 2)), 0.2
    )


def test_09_norms_remember_the_start_and_the_other_measures_find_the_sensor(measured):
    right, likeness, blank = [], [], []
    for seed in range(4 * len(SEEDS)):
        good = seed % 5
        X, y = sensors.drive(2000, seed, good)
        start, net = networks.mlp((5, 32, 1), seed), sensors.car(seed, good)
        before, after = (np.linalg.norm(model.weights[0], axis=1) for model in (start, net))
        slopes, own = (np.abs(attribution.gradient(model, X, 0)).mean(axis=0) for model in (start, net))
        shuffled = importance.permutation(
            lambda rows, net=net: networks.logits(net, rows)[:, 0], X, y, repeats=1
        )[0]
        sizes = after, own, sensors.misses(net, X, y, [("stuck", 0.0)])[:, 0], shuffled
        right.append([each.argmax() == good for each in sizes])
        likeness.append(np.corrcoef(before, after)[0, 1])
        blank.append(slopes.argmax() == good)
    share = np.mean(right, axis=0)
    measured("the largest weight norm is the good sensor's, share of cars", share[0], 0.2, 0.6)  # 13 of 20
    measured("so by slope, ablation, permutation, the least of the three", min(share[1:]), 0.99)
    measured("so by slope, untrained", np.mean(blank), 0.05, 0.4)
    measured("correlation of norms before and after", np.mean(likeness), 0.6)


@pytest.mark.parametrize("seed", SEEDS)
def test_09_from_a_small_start_the_norms_find_the_sensor(seed, measured):
    X, y = sensors.drive(2000, seed, seed % 5)
    small = networks.mlp((5, 32, 1), seed, first_scale=0.05)
    net, _ = networks.train(small, X, y, steps=600, seed=seed, loss="squared error")
    norms = np.linalg.norm(net.weights[0], axis=1)
    measured("small start: norm of the good sensor / of the next", norms[seed % 5] / np.sort(norms)[-2], 1.2)


def test_09_the_cars_of_the_trial_are_clearly_reliant_or_clearly_sturdy():
    tests = [(fault, size) for fault in ("stuck", "shifted") for size in (-1.0, 1.0)]
    for cars in sensors.GARAGES:
        for seed, good, way in cars[0] + cars[1]:
            X, y = sensors.drive(500, seed + 5000, good)
            table = sensors.misses(sensors.car(seed, good, way), X, y, tests)
            if (seed, good, way) in cars[0]:
                assert table[good].min() > sensors.LIMIT + 0.05
            else:
                assert table.max() < sensors.LIMIT - 0.05
    mixes = {tuple(map(len, cars)) for cars in sensors.GARAGES}
    assert len(mixes) > 2 and sensors.GARAGES[0][0] is sensors.TEN  # no pair of numbers is right everywhere


@pytest.mark.parametrize("seed", SEEDS)
def test_09_worst_nudges_of_digits(seed, measured):
    _, _, X, y = digits()
    noise = np.random.default_rng(seed).choice([-1, 1], X.shape)

    def read(way):
        return networks.accuracy(digits_net(seed), np.clip(X + 0.1 * way, 0, 1), y)

    def rising(net):
        rise = networks.softmax(networks.logits(net, X)) - np.eye(10)[y]
        return np.sign(sum(rise[:, [k]] * attribution.gradient(net, X, k) for k in range(10)))

    measured("digits read after a random nudge of 0.1", read(noise), 0.93)  # the lesson says over 0.9
    measured("after the worst one", read(rising(digits_net(seed))), 0.2, 0.47)  # and under 0.5
    measured("after the worst one for another net", read(rising(digits_net((seed + 1) % 10))), 0.3, 0.65)


@pytest.mark.parametrize("seed", SEEDS)
def test_09_a_thermometer_stuck_at_0(seed, measured):
    X, y = lesson09.air()
    found = []
    for split in range(50):
        old, new = np.split(np.random.default_rng([seed, split]).permutation(111), [74])
        design = np.column_stack([np.ones(111), X])
        known, b = design[:, :3], least_squares(design[old], y[old]).coefficients
        guess = known @ least_squares(known[old], X[old, 2]).coefficients
        for value in (X[:, 2], 0 * guess, np.full(111, X[old, 2].mean()), guess):
            found.append(r_squared(y[new], known[new] @ b[:3] + b[3] * value[new]))
    fine, zero, mean, infilled = np.reshape(found, (50, 4)).T
    measured("airquality, R² of the test days, median of 50 splits", np.median(fine), 0.45, 0.65)
    measured("the thermometer stuck at 0, highest R² of 50 splits", zero.max(), -15, -6)  # below −5
    measured("infilled − its mean, medians of 50 splits", np.median(infilled) - np.median(mean), 0.01)


GENTLE = {"first_bias": 0.5, "first_scale": 0.3}
PLANTED = [kind for kind in faults.KINDS if kind != "healthy"]


@functools.cache
def benches():
    """Five screened nets of lesson 10, each with its data sheet; and the images that nothing was tuned on."""
    _, _, held, digit = digits(held_out=797)
    nets = [trained(seed, **GENTLE) for seed in (3, 6, 9, 11, 13)]
    return [(net, faults.data_sheet(net, held[:397], digit[:397])) for net in nets], held[397:], digit[397:]


@functools.cache
def dealt(seed):
    """One net, its sheet, 350 fresh images with their digits, and {kind: (fault, patient)} with one of each kind."""
    nets, fresh, digit = benches()
    net, sheet = nets[seed % 5]
    some = np.random.default_rng(seed).permutation(400)[:350]
    asked = net, fresh[some], digit[some], seed
    deals = {kind: (faults.reveal(*asked, kind), faults.plant(*asked, kind)) for kind in faults.KINDS}
    return net, sheet, fresh[some], digit[some], deals


@pytest.mark.parametrize("seed", SEEDS)
def test_10_the_protocol_finds_kind_and_place_and_calls_the_healthy_healthy(seed, measured):
    _, sheet, X, y, deals = dealt(seed)
    for kind, (fault, patient) in deals.items():
        measured(
            f"{kind}: found by kind and place", faults.diagnose(patient, sheet, X, y) == fault, above=0.5
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_10_what_each_look_finds(seed, measured):
    _, sheet, X, y, deals = dealt(seed)
    right = {}
    for kind, look in (
        ("dead unit", 0),
        ("gain", 1),
        ("bad weight", 1),
        ("stuck bias", 2),
        ("outgoing flip", 2),
    ):
        fault, patient = deals[kind]
        named = faults.looks(patient, X, y)[look].argmax()
        words = ("on-rate", "size of outgoing weights", "zero ablation")[look]
        measured(f"{kind}: the unit named by {words}", named == fault.place[0], above=0.5)
    for kind, (fault, patient) in deals.items():
        if kind not in ("healthy", "swapped classes", "shared backdoor"):
            furthest = faults.distances(sheet, faults.data_sheet(patient, X, y)).argmax()
            right[kind] = furthest in fault.units
    measured("share of 8 kinds in which the sheet names the unit", np.mean(list(right.values())), above=0.99)
    fault, patient = deals["swapped classes"]
    table = np.zeros((10, 10))
    np.add.at(table, (y, networks.logits(patient, X).argmax(axis=1)), 1)
    table = np.triu(table + table.T, 1)
    pair = np.unravel_index(table.argmax(), table.shape)
    measured("swapped classes: the pair named by the confusion matrix", pair == fault.place, above=0.5)
    for kind in faults.SILENT:
        (_, pixel, target), patient = deals[kind][0].place, deals[kind][1]
        measured(
            f"{kind}: share of images that the trigger forces",
            faults.scan(patient, X)[pixel, target],
            above=0.85,
        )


def test_10_who_rings(measured):
    rang = {kind: {} for kind in faults.KINDS}
    for seed in SEEDS:
        _, sheet, X, y, deals = dealt(seed)
        for kind, (fault, patient) in deals.items():
            found = faults.alarms(patient, sheet, X, y)
            found["a look names it"] = faults.suspect(patient, X, y) in fault.units
            for view, rings in found.items():
                rang[kind].setdefault(view, []).append(rings)
    for view in list(rang["healthy"])[:4]:
        often = np.mean(rang["healthy"][view])
        measured(f"healthy net: {view} rings", often, below=0.05 if view == "inside alone" else 0.02)
        shares = [np.mean(rang[kind][view]) for kind in PLANTED]
        bounds = {"outside alone": (0.5, 0.8), "inside alone": (0.85, 1.0)}.get(view, (0.97, 1.01))
        measured(f"all kinds of fault: {view} rings", np.mean(shares), *bounds)
    for kind, below in (("incoming flip", 0.7), ("swapped units", 0.9)):  # the quiet ones
        measured(
            f"{kind}: a look without a sheet names it", np.mean(rang[kind]["a look names it"]), below=below
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_10_mending_brings_the_accuracy_back_and_moves_no_other_unit(seed, measured):
    X, y, _, _ = digits(held_out=797)
    net, sheet, fresh, digit, deals = dealt(seed)
    lost, moved = [], []
    for kind in PLANTED:
        fault, patient = deals[kind]
        mended = faults.mend(patient, fault, sheet, X, y)
        lost.append(networks.accuracy(net, fresh, digit) - networks.accuracy(mended, fresh, digit))
        sheets = [faults.data_sheet(each, fresh, digit) for each in (patient, mended)]
        moved.append(faults.side_effect(fault, *sheets))
        if kind in faults.SILENT:
            left = faults.scan(mended, fresh)[fault.place[1:]]
            measured(f"{kind}, mended: share that the trigger forces", left, below=0.25)
    measured("accuracy still missing after mending, all kinds", lost, below=0.025)
    measured("contributions moved by mending that are not its business", moved, below=1e-9)
    fault, patient = deals["backdoor"]
    again = networks.train(patient, X, y, steps=300, lr=0.002, seed=seed)[0]
    measured(
        "backdoor after training all on: share forced", faults.scan(again, fresh)[fault.place[1:]], above=0.7
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_10_wrong_labels_break_no_unit(seed, measured):
    X, y, _, _ = digits(held_out=797)
    nets, fresh, digit = benches()
    wrong = y.copy()
    wrong[np.flatnonzero(y == 3)[::2]] = 8
    taught = networks.train(nets[0][0], X, wrong, steps=300, lr=0.002, seed=seed)[0]
    says = networks.logits(taught, fresh).argmax(axis=1)
    slips = says != digit
    measured("wrong labels: share of mistakes that are a 3 called 8", np.mean((says == 8)[slips]), above=0.5)
    far = faults.distances(nets[0][1], faults.data_sheet(taught, fresh, digit))
    measured("wrong labels: furthest unit from the sheet", far.max(), below=faults.LIMIT)


def test_10_the_usual_start_has_units_that_are_nearly_off_and_the_screen_rejects_many(measured):
    X, _, _, _ = digits(held_out=797)
    off = {}
    for name, start in (("usual", {}), ("gentle", GENTLE)):
        nets = [trained(100 + seed, **start) for seed in SEEDS]
        off[name] = np.mean([(networks.activations(net, X)[0] > 0).mean(axis=0).min() < 0.02 for net in nets])
    measured("usual start: share of nets with a unit that is nearly always off", off["usual"], above=0.75)
    measured("gentle start: share of nets that the screen rejects", off["gentle"], above=0.2, below=0.9)


def test_10_what_faults_cost_before_any_is_dealt_again(measured):
    nets, fresh, digit = benches()
    costs = {kind: [] for kind in PLANTED}
    for seed in SEEDS:
        net, rng = nets[seed % 5][0], np.random.default_rng(seed)
        healthy = networks.accuracy(net, fresh, digit)
        for kind in [kind for kind in PLANTED for _ in range(5)]:
            (u, v), (k, m) = np.sort(rng.permutation(32)[:2]), np.sort(rng.permutation(10)[:2])
            pixel, sign = rng.choice(faults.MARGIN), rng.choice([-1, 1])
            place = {"swapped units": (u, v), "swapped classes": (k, m), "bad weight": (u, k)}.get(kind, (u,))
            place = (u, pixel, k) if kind in faults.SILENT else place
            broken = faults.put(net, faults.Fault(kind, place), sign)
            costs[kind].append(healthy - networks.accuracy(broken, fresh, digit))
    bounds = {"stuck bias": (0.1, 0.3), "swapped classes": (0.15, 0.25)}
    bounds |= dict.fromkeys(["outgoing flip", "gain", "bad weight"], (0.02, 0.12))
    for kind in PLANTED:
        measured(f"{kind}: median cost in accuracy", np.median(costs[kind]), *bounds.get(kind, (0.001, 0.06)))
    for kind in ("dead unit", "incoming flip"):
        hidden = np.mean(np.array(costs[kind]) <= faults.COST)
        measured(f"{kind}: share of plants that cost half a point or less", hidden, above=0.05, below=0.5)
