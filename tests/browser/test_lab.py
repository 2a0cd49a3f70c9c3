"""Every lesson in a real JupyterLab: run from top to bottom, moved by keys, answered, and looked at by axe.

First the harness: it finds the faults that we plant, each in a small notebook, and none where there is none. All share
one page, in the order in which they stand here.
"""

import ast
import builtins
import importlib
import inspect
import re
import textwrap

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers import author

# ---------------------------------------------------------------------------------------------------------
# the harness


@pytest.fixture
def opened(lab, tmp_path):
    """Open a notebook made of these cells."""

    def open_it(*sources):
        notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        path = tmp_path / "planted.ipynb"
        path.write_text(author.as_text(notebook))
        return lab.open(path)

    return open_it


def finds(words, check, *arguments):
    with pytest.raises(AssertionError, match=words):
        check(*arguments)


MACHINE = """
from dataclasses import replace
from helpers import explorers, figures

def draw(x):
    return figures.Canvas(300, 40).picture(f"A drawing of {x:.1f}.")

def machine(draw):
    return explorers.Explorer(draw, x=explorers.slider("x", 1.0, 0.0, 4.0, 0.5, digits=1))
"""


def test_nothing_is_found_where_there_is_no_fault(opened):
    with opened(MACHINE, "machine(draw)") as notebook:
        notebook.check_run()
        notebook.check_explorers()
        notebook.check_accessible()
        notebook.check_width(640)
        notebook.check_quiet()


def test_a_cell_that_warns_and_one_that_raises(opened):
    with opened("import warnings\nwarnings.warn('look')", "1 / 0", "2") as notebook:
        finds(r"\[1, 2, None\]", notebook.check_run)
        finds("UserWarning: look", notebook.check_quiet)
        finds("ZeroDivisionError", notebook.check_quiet)


def test_an_error_in_the_page(opened):
    with opened("2") as notebook:
        notebook.page.evaluate("setTimeout(() => { throw Error('lost') })")
        notebook.settle()
        finds("in the page: lost", notebook.check_quiet)


EXPLORERS = {
    "a callback that raises": (
        "KeyError: 4.0",
        "explorer = machine(draw)\nexplorer.controls['x'].observe(lambda change: {}[change['new']], 'value')\nexplorer",
    ),
    "a control whose end crashes": ("ZeroDivisionError", "machine(lambda x: draw(1 / (4 - x)))"),
    "a picture without a description": (
        "the picture says None",
        "machine(lambda x: replace(draw(x), data=draw(x).data.replace(b'aria-label', b'class')))",
    ),
    "another picture than Python's": (
        "the picture says 'A drawing of 0.0.', Python says 'A drawing of 4.0.'",
        "machine(lambda x: draw(x if x < 4 or 'get_ipython' not in globals() else 0))",
    ),
    "a control that no explorer owns": (
        "the page has 1 controls, the explorers own 0",
        "import ipywidgets\nipywidgets.IntSlider(description='x')",
    ),
}


@pytest.mark.parametrize("fault", EXPLORERS)
def test_a_fault_of_an_explorer(opened, fault):
    words, source = EXPLORERS[fault]
    with opened(MACHINE, source) as notebook:
        finds(words, notebook.check_explorers)


FAULTS_OF_PAGES = """
import ipywidgets
from IPython.display import HTML, Image, display
from helpers import figures

display(ipywidgets.Play())
display(Image(figures.finish(figures.plot()[0], "").data))
display(HTML('<p style="color: #EEE">for the dark</p><p style="color: #222">for the light</p>'))
display(HTML('<div style="width: 900px">wide</div>'))
"""


OUT_OF_SIGHT = "HTML('<div style=\"height: 3000px\"></div>')"


def test_faults_of_a_page(opened):
    with opened(FAULTS_OF_PAGES, OUT_OF_SIGHT, OUT_OF_SIGHT) as notebook:
        with pytest.raises(AssertionError) as faults:
            notebook.check_accessible()
        for words in ("button-name", "image-alt", "Light: .*for the dark", "Dark: .*for the light"):
            faults.match(words)
        finds("pixels in .*\n?.*wide", notebook.check_width, 640)


# A key is held while the kernel is busy with the first drawing. It is busy until there is a file: how fast the
# machine is does not matter.
HELD = """
import time
from pathlib import Path
from helpers import explorers, figures

drawings = 0

def draw(x):
    global drawings
    while x and not Path("go").exists():
        time.sleep(0.01)
    drawings += 1
    return figures.Canvas(300, 40).picture(f"{x} after {drawings} drawings.")

machine = explorers.Explorer(draw, x=explorers.slider("x", 0, 0, 100, 1))
"""
QUEUE = """
def catch_up(change):
    for x in range(change["old"] + 1, change["new"] + 1):
        machine.picture.value = draw(x).data.decode()

machine.controls["x"].observe(catch_up, "value")
"""


@pytest.mark.parametrize("sources, lags", [([HELD], False), ([HELD, QUEUE], True)], ids=["ours", "a queue"])
def test_a_held_key_does_not_queue(lab, opened, sources, lags):
    go = lab.folder / "go"
    go.unlink(missing_ok=True)
    with opened(*sources, "machine") as notebook:
        picture = notebook.page.locator(".explorer-picture svg")

        def drawn():
            return map(int, re.findall(r"\d+", picture.get_attribute("aria-label")))

        _, before = drawn()
        notebook.page.get_by_role("slider").focus()
        notebook.press(*["ArrowRight"] * 40)
        go.touch()
        notebook.settle()
        value, after = drawn()
        assert (after - before < 10 and value == 40) == (not lags), (
            f"{after - before} drawings, now of {value}"
        )
        notebook.check_quiet()


# ---------------------------------------------------------------------------------------------------------
# the lessons


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
