"""Every explorer at the ends and the middle of each control: it draws, says numbers, and says something new."""

import functools
import html
import itertools
import re

import numpy as np
import pytest

from helpers import explorers, fairness, networks, sensors, trees
from helpers.exercises import lesson02, lesson03, lesson04, lesson05, lesson10
from helpers.exercises.lesson01 import SEED


def seed_tree():
    return trees.from_rows(("age", "income"), SEED)


def growth():
    X, sex = lesson02.sexed()
    return explorers.growth_explorer(X[:, [2, 0]], sex, ("flipper", "bill"), np.arange(len(sex)) % 10)


def neuron_machine():
    start, net, X, y = lesson04.nets()
    return explorers.neuron_explorer({"trained": net, "untrained": start}, X, y)


def board():
    X, y = sensors.drive(300, 1003)
    ways = ("plain", "dropout", "replacement")
    return explorers.sensor_board({way: sensors.car(3, 0, way) for way in ways}, X, y)


MACHINES = {
    "boxes": explorers.boxes_explorer,
    "person": lambda: explorers.person_explorer(seed_tree()),
    "growth": growth,
    "net": lambda: explorers.net_explorer(lesson03.SEED),
    "neuron": neuron_machine,
    "null space": explorers.null_space_explorer,
    "collinearity": explorers.collinearity_explorer,
    "twin": explorers.twin_explorer,
    "threshold": lambda: explorers.threshold_explorer(*fairness.honest_scores(2000, seed=8)),
    "hold": lambda: explorers.hold_explorer(
        lesson05.STAIRS, lesson05.CASES, ["0 0", "0 1", "1 0", "1 1"], [0, 1, 1, 0]
    ),
    "board": board,
    "bench": lambda: explorers.bench_explorer(*lesson10.bench()),
}


def settings(control):
    """Ends and middle of a slider, all the options of a list."""
    if hasattr(control, "options"):
        return [option[1] if isinstance(option, tuple) else option for option in control.options]
    middle = control.min + control.step * round((control.max - control.min) / control.step / 2)
    return [control.min, middle, control.max]


@pytest.mark.parametrize("name", MACHINES)
def test_every_setting_draws(name):
    machine = MACHINES[name]()
    machine.draw = functools.lru_cache(1)(machine.draw)  # what the callback drew is looked at below
    seen = set()
    for values in itertools.product(*map(settings, machine.controls.values())):
        for control, value in zip(machine.controls.values(), values, strict=True):
            control.value = value  # as the browser does: through the callback
        picture = machine.draw(**machine.state())
        assert picture.alt in machine.picture.value.replace("&lt;", "<").replace("&gt;", ">").replace(
            "&#x27;", "'"
        )
        assert re.search(r"\d", picture.alt) and "nan" not in picture.data.decode().lower()
        assert 'role="img"' in machine.picture.value and "could not be drawn" not in machine.picture.value
        seen.add(picture.alt)
    assert len(seen) >= 3
    assert all(control.description for control in machine.controls.values())


@pytest.mark.parametrize("name", MACHINES)
def test_without_a_kernel_there_is_a_picture(name):
    bundle = MACHINES[name]()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle and bundle["image/svg+xml"].startswith("<svg")
    assert re.search(r"\d", bundle["text/plain"]) and bundle["text/html"].startswith("<img alt=")
    words = html.unescape(re.sub("<[^>]*>", " ", bundle["text/html"]))  # what is seen beside the picture
    assert bundle["text/plain"] in words and "still picture" in words


def test_the_boxes_part_after_a_day_and_when_a_part_is_out():
    machine = explorers.boxes_explorer()
    for hours in (0, 23, 24, 47):
        machine.controls["hours"].value = hours
        assert ("The two answers are the same" in machine.picture.value) == (hours < 24)
    machine.controls["hours"].value = 1
    machine.controls["out"].value = 2
    assert "part 2 is taken out" in machine.picture.value and "are different" in machine.picture.value
    machine.controls["pinion"].value = 0
    assert "0 of its 120 teeth on, and the hand says 0" in machine.picture.value


def test_the_person_takes_the_path_that_the_tree_says():
    machine, tree, rng = MACHINES["person"](), seed_tree(), np.random.default_rng(0)
    for age, income in zip(rng.integers(0, 121, 20), rng.integers(0, 201, 20) * 1000, strict=True):
        machine.controls["age"].value, machine.controls["income"].value = int(age), int(income)
        assert f"{trees.predict(tree, [(age, income)])[0]}, because" in machine.picture.value


def test_growth_shows_the_tree_that_it_says():
    machine, (X, sex) = growth(), lesson02.sexed()
    machine.controls["depth"].value, machine.controls["fewest"].value = 4, 11
    tree = trees.grow(X[:, [2, 0]], sex, ("flipper", "bill"), max_depth=4, min_leaf=11)
    held_out = []
    for one in range(10):  # slowly, as the lesson's exercise does it
        out = np.arange(len(sex)) % 10 == one
        model = trees.grow(X[~out][:, [2, 0]], sex[~out], tree.names, max_depth=4, min_leaf=11)
        held_out.append((trees.predict(model, X[out][:, [2, 0]]) == sex[out]).mean())
    right = (trees.predict(tree, X[:, [2, 0]]) == sex).mean()
    said = f"{len(trees.rules(tree))} leaves · right on the training set: {right:.1%} · cross-validated: "
    assert f"{said}{np.mean(held_out):.1%}." in machine.picture.value


def test_the_null_space_explorer_is_perfect_until_it_steps_off():
    explorer = explorers.null_space_explorer()
    explorer.controls["x3"].value = -3.0
    assert "A perfect fit" in explorer.picture.value and "x3 -3.00" in explorer.picture.value
    explorer.controls["off"].value = 2.0
    assert "The fit misses by up to 2.00" in explorer.picture.value


def test_a_newly_chosen_parameter_starts_at_its_own_value():
    machine = explorers.net_explorer(lesson03.SEED)
    machine.controls["parameter"].value = "w2[1]"
    assert machine.controls["value"].value == 0.7 and machine.picture.value.count("0.718") == 3
    machine.controls["value"].value = -1.0
    machine.controls["silence"].value = 1
    assert "is set to 0.000 and goes out with weight −1" in machine.picture.value


def test_the_neuron_explorer_tells_dead_from_living_and_one_net_from_the_other():
    machine = neuron_machine()
    machine.controls["unit"].value = 2
    assert "no image makes it respond" in machine.picture.value and "on for 0%" in machine.picture.value
    machine.controls["which"].value = "untrained"
    assert "untrained, hidden neuron 2: on for" in machine.picture.value
    assert "the images it responds to most" in machine.picture.value


def test_a_held_neuron_starts_at_its_mean_and_turns_what_the_net_says():
    machine = MACHINES["hold"]()
    machine.controls["unit"].value = 0
    assert (
        machine.controls["value"].value == 1.0 and "held at 1: 1 of 4 answers turn" in machine.picture.value
    )
    machine.controls["value"].value = 0.0
    assert "Hidden 1 (selectivity 0) is held at 0: 2 of 4 answers turn" in machine.picture.value
    for unit, value in itertools.product(range(4), np.arange(0, 3.25, 0.25)):
        H = networks.activations(lesson05.STAIRS, lesson05.CASES)[0]
        H[:, unit] = value
        answers = (H @ lesson05.STAIRS.weights[1] + lesson05.STAIRS.biases[1])[:, 0]
        said = machine.draw(unit, value).alt
        wanted = [f"{answer:+.2f}".replace("-", "−") for answer in answers]
        assert re.findall(r"\d \d ([+−][\d.]+\d)[,.]", said) == wanted
        assert f"{np.sum((answers > 0) != [False, True, True, False])} of 4 answers turn" in said


def test_a_setting_that_cannot_be_drawn_is_said_on_the_page():
    def draw(x):
        if x > 1:
            raise ZeroDivisionError
        return MACHINES["person"]().draw(22, 40_000)

    machine = explorers.Explorer(draw, x=explorers.slider("x", 0, 0, 2, 1))
    with pytest.raises(ZeroDivisionError):
        machine.controls["x"].value = 2
    assert "could not be drawn (ZeroDivisionError)" in machine.picture.value


def bars_of(said):
    """{measure: what it gives to each column}, as the twin explorer's picture says it."""
    return dict(re.findall(r"([\w-]+): (rain [^;.]*)", said))


def test_the_twin_explorer_moves_one_bar_with_the_unit_and_ends_without_a_cause():
    machine = explorers.twin_explorer()

    def bars():
        return bars_of(machine.picture.value.split("<p ")[1])

    before = bars()
    machine.controls["unit"].value = 60.0
    changed = [name for name, shares in bars().items() if shares != before[name]]
    assert list(before) == ["coefficient", "standardised", "t", "drop-column", "permutation", "LMG"]
    assert changed == ["coefficient"]
    machine.controls["unit"].value, machine.controls["alike"].value = 1.0, 12
    rain, gauge = (int(re.search(rf"{name} (\d+)%", bars()["LMG"])[1]) for name in ("rain", "gauge"))
    assert abs(rain - gauge) <= 1 and "rain 0%, gauge 0%" in bars()["drop-column"]


def test_the_twin_explorer_shows_what_its_lesson_says_one_should_find():
    machine = explorers.twin_explorer()

    def shares(**state):
        bars = bars_of(machine.draw(**machine.state() | state).alt)
        return {measure: [int(n) for n in re.findall(r"(\d+)%", bar)][:3] for measure, bar in bars.items()}

    for alike in range(13):
        found = shares(alike=alike)
        for measure in ("coefficient", "standardised", "permutation"):
            rain, gauge, sun = found[measure]
            assert alike > 4 or (rain > sun > gauge and gauge <= 5)
        for measure in ("t", "drop-column"):
            rain, _, sun = found[measure]
            assert (sun > rain) == (alike >= 2)
        _, gauge, sun = found["LMG"]
        assert (gauge > sun) == (alike >= 1)
    suns = [shares(alike=12, redraw=k)["coefficient"][2] for k in range(1, 41)]
    assert np.sum(np.array(suns) < 10) > 30  # short in most draws


def test_the_threshold_explorer_counts_who_gets_what():
    machine, (score, deserves, group) = MACHINES["threshold"](), fairness.honest_scores(2000, seed=8)
    machine.controls["first"].value, machine.controls["second"].value = 0.6, 0.35
    for name, cut in (("A", 0.6), ("B", 0.35)):
        people = list(zip(score[group == name], deserves[group == name], strict=True))
        refused = sum(s < cut for s, d in people if d) / sum(d for _, d in people)
        precision = sum(d for s, d in people if s >= cut) / sum(s >= cut for s, _ in people)
        said = dict(re.findall(rf"([\w, ]+): [^;]*?{name} ([\d.]+)%", machine.picture.value.split("<p ")[1]))
        assert said[" refused, of the deserving"] == f"{100 * refused:.1f}"
        assert said[" deserve it, of those with a yes"] == f"{100 * precision:.1f}"
    machine.controls["first"].value = 1.0
    assert "deserve it, of those with a yes: nobody in one group" in machine.picture.value


def test_the_board_breaks_what_it_is_told_and_says_how_far_off_each_car_is():
    machine, (X, y) = board(), sensors.drive(300, 1003)
    broken = {"camera": "stuck", "laser": "noisy", "magnet": "noisy"}
    for sensor, fault in broken.items():
        machine.controls[sensor].value = fault
    machine.controls["size"].value = 1.5
    X[:, 0] = 1.5
    for k in (2, 3):  # noise of their own
        X[:, k] += 1.5 * np.random.default_rng(k).normal(size=300)
    words = machine.picture.value
    assert "camera stuck at 1.5, radar fine, laser noise 1.5 on top, magnet noise 1.5 on top, sat" in words
    for way in ("plain", "dropout", "replacement"):
        (W, w), (b, c) = sensors.car(3, 0, way).weights, sensors.car(3, 0, way).biases
        off = np.abs((np.maximum(X @ W + b, 0) @ w)[:, 0] + c[0] - y).mean()
        assert f"{way} {off:.2f}, with none broken" in words
    for sensor in broken:
        machine.controls[sensor].value = "fine"
    now, clean = zip(
        *re.findall(r"(\d\.\d\d), with none broken (\d\.\d\d)", machine.picture.value), strict=True
    )
    assert now == clean
