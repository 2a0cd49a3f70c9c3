"""Every lesson in a real JupyterLab: run from top to bottom, moved by keys, answered, and looked at by axe.

The tests of a lesson share one page, in the order in which they stand here.
"""

import ast
import builtins
import importlib
import inspect
import re
import textwrap

import pytest

from helpers import author


@pytest.fixture(scope="module", params=author.lessons(), ids=lambda path: path.stem)
def lesson(lab, request):
    with lab.open(request.param) as notebook:
        yield notebook


def test_it_runs_from_top_to_bottom_without_a_complaint(lesson):
    lesson.check_run()
    lesson.check_quiet()


def test_every_explorer_says_at_every_end_what_python_says(lesson):
    lesson.check_explorers()
    lesson.check_quiet()


def test_an_exercise_answered_wrong_then_right_with_its_hint_and_its_solution(lesson):
    course = importlib.import_module(f"helpers.exercises.lesson{lesson.path.name[:2]}").lesson
    cells = author.read(lesson.path).cells
    written = (exercise for exercise in course.exercises.values() if not exercise.options)
    exercise, number, slip = next(
        (exercise, number, slip)
        for exercise in written
        for number in [next(n for n, cell in enumerate(cells) if f"ex.{exercise.name}.check(" in cell.source)]
        for _, slip in exercise.mistakes
        if stands_alone(slip, cells[:number])
    )
    name, check = exercise.name, f"ex.{exercise.name}.check({exercise.name})"

    def answer(source, function):
        lesson.select(number)
        shown = lesson.write(f"{source}\n\n\n{check}")
        assert_same(shown, repr(exercise.judge(function if exercise.names else function())))
        return shown

    assert "known mistake" in answer(renamed(slip, exercise), slip)
    assert_same(
        lesson.write_below(number, f"ex.{name}.hint()"),
        f"Hint 1 of {len(exercise.hints)}: {exercise.hints[0]}",
    )
    assert_same(lesson.write_below(number, f"ex.{name}.solution()"), exercise.source())
    assert "correct" in answer(exercise.source(), exercise.reference)
    lesson.check_quiet()


def assert_same(shown, told):
    assert shown.split() == told.split(), f"the page shows {shown!r}, Python says {told!r}"


def stands_alone(function, cells):
    """Say whether a learner could have written this mistake: with names that the cells before have used."""
    earlier = "\n".join(cell.source for cell in cells)
    names = [node for node in ast.walk(parsed(function)) if isinstance(node, ast.Name)]
    own = {node.id for node in names if not isinstance(node.ctx, ast.Load)} | set(dir(builtins))
    own |= {node.arg for node in ast.walk(parsed(function)) if isinstance(node, ast.arg)}
    used = {node.id for node in names} - own
    asks = any(getattr(node, "attr", "") == "reference" for node in ast.walk(parsed(function)))
    asks = asks or function.__code__.co_freevars  # made by another function
    return not asks and all(not name.startswith("_") and re.search(rf"\b{name}\b", earlier) for name in used)


def parsed(function):
    """The source of a known mistake without its decorator."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    tree.body[0].decorator_list = []
    return tree


def renamed(function, exercise):
    """A known mistake as a learner would write it: under the exercise's name."""
    tree = parsed(function)
    tree.body[0].name = exercise.name
    return ast.unparse(tree) + ("" if exercise.names else f"\n\n\n{exercise.name} = {exercise.name}()")


def test_axe_finds_no_serious_fault(lesson):
    lesson.check_accessible()


@pytest.mark.parametrize("width", [1280, 640])  # 640 is a screen of 1280 at 200 %
def test_nothing_has_to_be_scrolled_sideways(lesson, width):
    lesson.check_width(width)
