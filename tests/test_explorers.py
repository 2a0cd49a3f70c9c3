"""Every explorer at the ends and the middle of each control: it draws, says numbers, and says something new."""

import itertools
import re

import numpy as np
import pytest

from helpers import explorers, trees
from helpers.exercises import lesson03
from helpers.exercises.lesson01 import SEED


def seed_tree():
    return trees.from_rows(("age", "income"), SEED)


MACHINES = {
    "boxes": explorers.boxes_explorer,
    "person": lambda: explorers.person_explorer(seed_tree()),
    "net": lambda: explorers.net_explorer(lesson03.SEED),
    "null space": explorers.null_space_explorer,
    "collinearity": explorers.collinearity_explorer,
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


def test_a_setting_that_cannot_be_drawn_is_said_on_the_page():
    def draw(x):
        if x > 1:
            raise ZeroDivisionError
        return MACHINES["person"]().draw(22, 40_000)

    machine = explorers.Explorer(draw, x=explorers.slider("x", 0, 0, 2, 1))
    with pytest.raises(ZeroDivisionError):
        machine.controls["x"].value = 2
    assert "could not be drawn (ZeroDivisionError)" in machine.picture.value
