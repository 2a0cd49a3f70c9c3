"""What lessons say of chance holds with head-room, over ten seeds; `make evidence` writes a table of many."""

import functools
import os

import numpy as np
import pytest

from helpers import attribution, author, fairness, importance, interventions, networks, probes, trees
from helpers.data import digits, load
from helpers.exercises import lesson02, lesson08
from helpers.exercises.lesson01 import SEED
from helpers.exercises.lesson03 import SEED as THE_NET
from helpers.exercises.lesson04 import nets as lesson_nets
from helpers.exercises.lesson05 import CASES, STAIRS
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
def test_01_fewer_than_one_tester_in_ten_meets_the_planted_spot(seed):
    rows, secret = names_of("01", "rows", "secret")
    assert rows == SEED
    honest, planted = (trees.from_rows(("age", "income"), r) for r in (rows, secret))
    rng = np.random.default_rng(seed)
    people = np.column_stack([rng.integers(0, 121, 500_000), rng.integers(0, 200_001, 500_000)])
    differs = trees.predict(honest, people) != trees.predict(planted, people)
    assert differs.reshape(500, 1000).any(axis=1).mean() < 0.07  # the lesson says 0.1


def memory(X_known, y_known, X_new):
    return y_known[[np.abs(X_known - x).sum(axis=1).argmin() for x in X_new]]


@pytest.mark.parametrize("seed", SEEDS)
def test_02_with_nothing_to_learn_memory_and_trees_know_all_and_predict_nothing(seed):
    X, sex = lesson02.sexed()
    rng = np.random.default_rng(seed)
    dealt, (train, test) = rng.permutation(sex), np.split(rng.permutation(len(sex)), [233])
    assert (memory(X[train], dealt[train], X[train]) == dealt[train]).all()
    assert (memory(X[train], dealt[train], X[test]) == dealt[test]).mean() < 0.595  # the lesson says 0.6
    tree = trees.grow(X, dealt, lesson02.MEASURES)
    assert (trees.predict(tree, X) == dealt).all() and (tree.feature < 0).sum() > 80
    group = rng.permutation(len(sex)) % 10
    assert trees.cross_validate(X, dealt, lesson02.MEASURES, group, 40)[:, -1].mean() < 0.58  # and 0.6


@pytest.mark.parametrize("seed", SEEDS)
def test_02_beyond_three_questions_only_the_training_set_gains(seed):
    X, sex = lesson02.sexed()
    group = np.random.default_rng(seed).permutation(len(sex)) % 10
    held_out = trees.cross_validate(X, sex, lesson02.MEASURES, group, 12).mean(axis=0)
    assert held_out[12] - held_out[3] < 0.015  # the lesson says 0.02
    assert held_out[3] > 0.85 and held_out[0] < 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_02_a_ring_number_gets_impurity_importance_and_no_held_out_importance(seed):
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
    assert (shares[:, 4] > shares[:, 2]).sum() >= 16  # the lesson says 15 of 20 deals or more
    drops = drops[:8]
    assert abs(drops[:, 4].mean()) < 0.012  # the lesson says 0.015
    assert drops[:, [1, 3]].min() > 0.1 > 0.05 > drops[:, 4].max()  # the lesson needs min above max
    assert (
        drops[:, 2].min() < drops[:, 4].max()
    )  # flipper length is among what chance reaches (the more deals, the surer)


@pytest.mark.parametrize("seed", SEEDS)
def test_02_three_columns_share_the_root(seed):
    X, sex = lesson02.sexed()
    rng, roots = np.random.default_rng(seed), np.zeros(4)
    for _ in range(200):
        rows = rng.integers(0, len(sex), len(sex))
        roots[trees.grow(X[rows], sex[rows], lesson02.MEASURES, max_depth=1).feature[0]] += 1
    assert sorted(roots >= 20) == [False, True, True, True] and np.sort(roots)[1] > 28


@pytest.mark.parametrize("seed", SEEDS)
def test_03_the_essays_network_is_not_special_among_random_ones(seed):
    grid = np.array([(x1, x2) for x1 in np.linspace(-2, 2, 41) for x2 in np.linspace(-2, 2, 41)])

    def share(net):
        run = networks.forward(net, grid)
        moved = np.abs(run.output[:, None] - activate(run.pre_output[:, None] - run.hidden * net.w2))
        return np.mean(run.hidden.argmax(axis=1) == moved.argmax(axis=1))

    rng = np.random.default_rng(100 + seed)
    shares = np.array([share(networks.random_network(rng)) for _ in range(200)])
    assert 0.13 < np.mean(shares < share(THE_NET)) < 0.37  # the lesson says 10 to 40 %
    assert 0.68 < np.median(shares) < 0.85  # and about three in four


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
def test_04_what_training_adds_and_what_it_does_not(seed):
    X, y, X_held, y_held = digits(held_out=500)
    start, net = pair(seed)
    assert networks.accuracy(net, X_held, y_held) > 0.972  # the lesson says 0.97
    assert networks.accuracy(start, X_held, y_held) < 0.23  # and 0.25

    shuffled, found = np.random.default_rng(seed).permutation(y), []
    for model in (net, start):
        seen, h = (networks.activations(model, images)[0] for images in (X, X_held))
        means, speaks = probes.class_means(h, y_held), h.any(axis=0)
        raised = (model.weights[1] >= np.sort(model.weights[1], axis=1)[:, -3:-2]).T
        choosy = np.sum(probes.selectivity(means) > 0.6)
        agree = np.mean(raised[means.argmax(axis=0), np.arange(32)][speaks])
        read = probes.accuracy(probes.fit(seen, y), h, y_held)
        null = probes.fit(seen, shuffled)
        assert probes.accuracy(null, h, y_held) < 0.23  # the lesson says 0.25
        assert probes.accuracy(null, seen, shuffled) > 0.14  # and 0.13
        found.append((choosy, agree, read))
    (choosy, agree, read), (choosy_before, agree_before, read_before) = found
    assert choosy_before > choosy + 1  # the lesson says more
    assert agree > 0.7 and agree_before < 0.49  # the lesson says 2/3 and 1/2
    assert read > read_before + 0.02 and read_before > 0.77  # the lesson says more, and 0.75

    lost = silence_each(net, X_held, y_held)
    h = networks.activations(net, X_held)[0]
    favourite = probes.class_means(h, y_held).argmax(axis=0)[h.any(axis=0)]
    hits = np.mean((lost.argmax(axis=1) == favourite) & (lost.max(axis=1) > 0))
    assert 0.2 < hits < 0.8  # the lesson says between 1/4 and 3/4, of all neurons of ten nets

    dreams, everything = (net.weights[0].T > 0).astype(float), np.vstack([X, X_held])
    dreamt = np.diag(networks.activations(net, dreams)[0])
    best = networks.activations(net, everything)[0].max(axis=0)
    assert (dreamt > 1.2 * best).all() and dreamt.min() > 1  # the lesson says more than the best


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
def test_04_selectivity_is_a_sign_of_learning_for_signs_and_not_for_digits(seed):
    def middle_share(layer, untrained, classes):
        mine, *others = (probes.selectivity(probes.class_means(h, classes)) for h in [layer, *untrained])
        return np.median([np.mean(np.ravel(others) >= value) for value in mine[layer.any(axis=0)]])

    S = np.random.default_rng(seed).uniform(-1, 1, (2000, 6))
    same = (S[:, 0] * S[:, 1] > 0).astype(int)
    net = networks.train(networks.mlp((6, 16, 2), seed), S[:1500], same[:1500], steps=1500)[0]
    assert networks.accuracy(net, S[1500:], same[1500:]) > 0.95
    layers = [networks.activations(networks.mlp((6, 16, 2), 200 + k), S[1500:])[0] for k in range(20)]
    h = networks.activations(net, S[1500:])[0]
    assert middle_share(h, layers, same[1500:]) < 0.1  # the lesson says 1/5

    _, _, X_held, y_held = digits(held_out=500)
    h = networks.activations(pair(seed)[1], X_held)[0]
    layers = [networks.activations(networks.mlp((64, 32, 10), k), X_held)[0] for k in range(10)]
    assert middle_share(h, layers, y_held) > 0.53  # the lesson says 1/2


@pytest.mark.parametrize("seed", SEEDS)
def test_06_noise_turns_the_signs_of_twins_and_of_prices_but_not_of_the_year(seed):
    first, other = np.random.default_rng(0).normal(size=(2, 30))
    design = np.column_stack([np.ones(30), first, first + 0.002 * other])
    truth = design[:, 1] + design[:, 2]
    noise = 0.01 * truth.std() * np.random.default_rng(seed).normal(size=(200, 30))
    b = np.array([least_squares(design, truth + e).coefficients for e in noise])
    assert np.sum(b[:, 1] < 0) > 35  # the lesson says over 20
    assert np.abs(b @ design.T - truth).max() < 0.06  # the lesson says 0.1

    longley = load("longley")
    jobs, columns = longley.pop("TOTEMP"), np.column_stack(list(longley.values()))
    whole = least_squares(np.column_stack([np.ones(16), columns]), jobs).coefficients[1:]
    shaken = columns + 0.01 * columns.std(axis=0) * np.random.default_rng(seed).normal(size=(200, 16, 6))
    b = np.array([least_squares(np.column_stack([np.ones(16), X]), jobs).coefficients[1:] for X in shaken])
    flips = np.sum(b * whole < 0, axis=0)
    assert flips[0] > 55 and flips[5] == 0  # the lesson says over 40, and none


@pytest.mark.parametrize("seed", SEEDS)
def test_06_a_firm_coefficient_is_no_cause(seed):
    rng = np.random.default_rng(seed)
    warmth = rng.normal(size=500)
    ice, swimmers = warmth + 0.5 * rng.normal(size=500), warmth + 0.5 * rng.normal(size=500)
    ones = np.ones(500)
    assert least_squares(np.column_stack([ones, ice]), swimmers).t[1] > 24  # the lesson says over 20
    assert abs(least_squares(np.column_stack([ones, rng.permutation(ice)]), swimmers).t[1]) < 3


def swiss():
    table = load("swiss")
    y = table.pop("Fertility")
    return np.column_stack([v for v in table.values() if v.dtype.kind == "f"]), y


@pytest.mark.parametrize("seed", SEEDS)
def test_07_examination_is_worth_as_little_as_dice_and_only_the_first_place_is_firm(seed):
    X, y = swiss()
    rng = np.random.default_rng(50 + seed)
    rolls = rng.normal(size=(1000, 47))
    lost = np.array([importance.drop_column(np.column_stack([X, roll]), y)[-1] for roll in rolls])
    assert (
        np.sum(lost >= importance.drop_column(X, y)[1]) > 260 and lost.min() > 0
    )  # the lesson says over 200

    def score(table, old, new):
        return r_squared(y[new], table[new] @ least_squares(table[old], y[old]).coefficients)

    unseen = []
    for roll in rolls[:200]:
        table, order = np.column_stack([np.ones(47), X, roll]), rng.permutation(47)
        old, new = order[:31], order[31:]
        unseen.append([score(table, old, new) - score(np.delete(table, j, axis=1), old, new) for j in (2, 6)])
    assert np.mean(unseen, axis=0).max() < -0.005  # the lesson says below 0

    draws = importance.bootstrap(X, y, 1000, seed)
    places = np.argsort(-np.abs(draws), axis=1)
    first, second = (np.bincount(places[:, k], minlength=5) / 1000 for k in (0, 1))
    assert first[2] > 0.82 and second.max() < 0.46  # the lesson says over 3/4, and under half
    constant, *weights = least_squares(np.column_stack([np.ones(47), X]), y).coefficients
    falls = importance.permutation_linear(weights, constant, X, y, 100, seed).mean(axis=0)
    assert falls[2] > 0.8 and np.argsort(-falls)[[0, 1, 4]].tolist() == [2, 3, 1]  # more than R² itself


@pytest.mark.parametrize("seed", SEEDS)
def test_07_the_measures_part_over_the_twin(seed):
    rain, own, sun, dice, noise = np.random.default_rng(seed).normal(size=(5, 200))
    X, y = np.column_stack([rain, rain + 0.3 * own, sun, dice]), 2 * rain + sun + noise
    constant, *weights = least_squares(np.column_stack([np.ones(200), X]), y).coefficients
    drop, shares = importance.drop_column(X, y), importance.lmg(X, y)
    falls = importance.permutation_linear(weights, constant, X, y).mean(axis=0)
    assert drop[2] > 1.1 * drop[0] and falls[0] > 1.5 * falls[2]
    assert shares[1] > 1.15 * shares[2] and shares[1] > 0.7 * shares[0]
    by_lot = np.random.default_rng(100 + seed).permutation(200)
    assert np.std(2 * (rain[by_lot] - rain)) > 1.5 * np.std(sun[by_lot] - sun)


@pytest.mark.parametrize("seed", SEEDS)
def test_07_duncans_race_is_open_and_shuffled_cement_impossible(seed):
    duncan, rng = load("duncan"), np.random.default_rng(seed)
    two = np.column_stack([np.ones(45), duncan["income"], duncan["education"]])
    some = [rng.integers(0, 45, 45) for _ in range(1000)]
    b = np.array([least_squares(two[rows], duncan["prestige"][rows]).coefficients for rows in some])
    assert 540 < np.sum(b[:, 1] > b[:, 2]) < 690  # the lesson says about 600
    cement = load("cement")
    parts = np.column_stack([cement[f"x{j}"] for j in range(1, 5)])
    rest = parts.sum(axis=1) - parts[:, 1]
    assert np.mean([rest + rng.permutation(parts[:, 1]) > 100 for _ in range(500)]) > 0.35  # over a quarter
    switches = rng.choice([-1.0, 1.0], (400, 2))
    assert importance.drop_column(switches, switches[:, 0] * switches[:, 1]).max() < 0.03  # under 0.05


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
def test_07_a_tree_leans_on_the_flipper_and_a_network_on_the_mass(seed):
    birds, rng = load("penguins"), np.random.default_rng(20 + seed)
    columns = [birds[c] for c in ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")]
    known = np.isfinite(columns).all(axis=0)
    X = np.column_stack([*columns, rng.normal(size=len(known))])[known]
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    right, _, _, flipper, mass, dice = np.mean(
        [tree_and_network(X, birds["species"][known], 5 * seed + k) for k in range(5)], axis=0
    ).T
    assert right.min() > 0.9 and np.abs(dice).max() < 0.02
    assert flipper[0] > flipper[1] + 0.05 and mass[0] < mass[1] - 0.02  # the lesson says more, and less


@functools.cache
def digits_net(seed):
    X, y, _, _ = digits()
    return networks.train(networks.mlp((64, 32, 10), seed), X, y, steps=1000, lr=0.005, seed=seed)[0]


def test_05_ablations_of_digits_nets():
    X, _, X_held, y_held = digits()
    shared = []
    for seed in SEEDS:
        net, loss = digits_net(seed), interventions.loss(y_held)
        own = networks.logits(net, X_held)
        cost = {to: interventions.ablate(net, X_held, to, X, score=loss) for to in interventions.WAYS}
        rise = {to: by.mean() - networks.cross_entropy(own, y_held) for to, by in cost.items()}
        assert 1.8 * rise["mean"] < rise["zero"] < 6 * rise["mean"]  # the lesson's five: two to four times
        moved = {to: np.mean((interventions.ablate(net, X_held, to, X) - own) ** 2) for to in cost}
        assert 1.8 < moved["resample"] / moved["mean"] < 2.2 and moved["zero"] > 1.5 * moved["mean"]
        selective = probes.selectivity(probes.class_means(networks.activations(net, X_held)[0], y_held))
        shared.append(len({*np.argsort(-selective)[:8]} & {*np.argsort(-cost["mean"])[:8]}))
    assert 2 < np.mean(shared) < 4  # a little better than chance, which is 2


@pytest.mark.parametrize("seed", SEEDS)
def test_05_explanations_of_digits(seed):
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
    assert sizes[1] > sizes[0] + 0.33  # the lesson says 0.3
    assert max(abs(alike(one, two)) for one, two in zip(own[:3], other[:3], strict=True)) < 0.25  # about 0

    def falls(credit, instead):
        top = np.argsort(np.argsort(-credit, axis=1), axis=1) < 8
        left = networks.logits(net, np.where(top, instead, few))
        return np.mean((networks.logits(net, few) - left)[lines, says])

    credits = [np.abs(own[0]), own[1], few, np.random.default_rng(seed).normal(size=few.shape)]
    by_mean, by_paper = ([falls(credit, instead) for credit in credits] for instead in (mean, 0))
    assert falls(own[2], mean) > 1.2 * max(*by_mean, falls(own[3], mean))  # integrated gradients, same start
    assert falls(own[3], 0) > max(*by_paper, falls(own[2], 0))
    assert (
        min(by_mean[:3]) > by_mean[3] and min(by_paper[:3]) > by_paper[3]
    )  # any of them beats random pixels


@pytest.mark.parametrize("seed", SEEDS)
def test_05_what_integrated_gradients_miss_shrinks_with_the_steps(seed):
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
    assert 0.0015 < middle[0] < 0.012 and 0.00015 < middle[1] < 0.0012  # the lesson says over 0.001 at 50
    assert np.max(missing, axis=0)[2] < 1e-12


@pytest.mark.parametrize("seed", SEEDS)
def test_05_two_thousand_draws_come_near_the_count(seed):
    many = np.tile(CASES, (500, 1))
    own = networks.logits(STAIRS, many) > 0
    drawn = interventions.ablate(STAIRS, many, "resample", rng=seed) > 0
    shares = (drawn != own).mean(axis=(1, 2))
    np.testing.assert_allclose(shares, [5 / 16, 5 / 16, 0, 0], atol=0.04)


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
    shuffled = np.random.default_rng(seed).permutation(code[:old])
    read, null = (
        probes.accuracy(probes.fit(h[:old], y), h[old:], code[old:]) for y in (code[:old], shuffled)
    )
    measured("group read off hidden 2", read, above=0.87)  # the lesson says 0.85
    measured("the same with shuffled labels", null, above=0.3, below=0.7)
    eraser = probes.leace(h[:old], code[:old])
    without, left = probes.erased(net, 1, eraser), probes.erase(eraser, h)
    gap, on_label, on_merit = outcome(net, people, old)
    gap_left, on_label_left, on_merit_left = outcome(without, people, old)
    measured("gap as trained", gap, above=0.24, below=0.36)
    measured(
        "gap after erasing the group", abs(gap_left), below=0.07
    )  # nearly all of it; 0.05 in the lesson's net
    measured(
        "accuracy on labels lost by erasing", on_label - on_label_left, above=0.035
    )  # the lesson says 0.03
    measured("accuracy on merit gained by erasing", on_merit_left - on_merit, above=0.035)  # and 0.03
    measured("accuracy on merit after erasing", on_merit_left, above=0.845)
    first = networks.activations(net, people.X[:old])[0]
    elsewhere = probes.erased(net, 0, probes.leace(first, code[:old]))
    measured("gap after erasing it in hidden 1 instead", abs(outcome(elsewhere, people, old)[0]), below=0.15)
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
    people, net, h, code, old = biased(seed, 1.0)
    without = probes.erased(net, 1, probes.leace(h[:old], code[:old]))
    measured(
        "gap that erasing leaves of twice the prejudice",
        outcome(without, people, old)[0],
        above=0.04,
        below=0.2,
    )  # the lesson says 0.03


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
