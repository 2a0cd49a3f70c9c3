"""Every lesson, solved: the solutions put in place of the blanks, in a kernel, as a learner would.

The stretch comes last: what closes a lesson must run without it. One kernel runs all lessons, and forgets its names in
between: what costs most in a fresh one, its imports, nbval pays.
"""

import importlib
import re

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers import author
from tests.test_notebooks import drift

CHECK = re.compile(r"ex\.(\w+)\.check\(\1(, sure=\d+|, seed=seed)?\)$")
LESSONS = author.lessons()


def exercises_of(path):
    return importlib.import_module(f"helpers.exercises.lesson{path.name[:2]}").lesson.exercises


def checks(notebook):
    """{exercise: number of its cell}; an exercise cell ends in its check."""
    found = {}
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and "ex." in cell.source and ".check(" in cell.source:
            name = CHECK.search(cell.source.splitlines()[-1])
            assert name, f"cell {number} should end in ex.NAME.check(NAME)"
            assert name[1] not in found, f"{name[1]} is checked twice"
            found[name[1]] = number
    return found


@pytest.fixture(scope="module")
def kernel():
    manager = author.PrivateKernelManager()
    manager.start_kernel(cwd=LESSONS[0].parent)
    yield manager
    manager.shutdown_kernel(now=True)


FORGET = new_notebook(cells=[new_code_cell("get_ipython().reset(new_session=True)")])


def stretch_last(cells):
    """The numbers of a notebook's cells: core, closing, stretch."""
    start = next(n for n, cell in enumerate(cells) if "core-ends" in author.tags(cell))
    end = next(n for n, cell in enumerate(cells) if n > start and "change your mind" in cell.source)
    assert any(cell.cell_type == "code" for cell in cells[end:]), "there is no closing to run"
    return [*range(start), *range(end, len(cells)), *range(start, end)]


def words(cell):
    return "\n".join(o.get("text") or o.get("data", {}).get("text/plain", "") for o in cell.outputs)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_exercise_stands_in_the_notebook_once_and_blank(path):
    notebook = author.read(path)
    where = checks(notebook)
    assert list(where) == list(exercises_of(path)), "the exercises stand in the order of the lesson"
    for name, number in where.items():
        # a lesson may hand over a wrong answer to mend, and says so in a tag
        wrong = "wrong-on-purpose" in author.tags(notebook.cells[number])
        outcome = "known mistake" if wrong else "not attempted"
        assert words(notebook.cells[number]).startswith(f"{name}: {outcome}."), name


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_solutions_solve_it_and_disturb_nothing(path, kernel):
    committed, notebook = author.read(path), author.read(path)
    where = checks(notebook)
    for name, number in where.items():
        cell, exercise = notebook.cells[number], exercises_of(path)[name]
        example = rf"`({name}\([^`]+\)(?:\[\d\])?)` is `([^`]+)`"
        examples = re.findall(example, notebook.cells[number - 1].source)
        assert examples or not exercise.names or exercise.personal, (
            f"the task of {name} shows no example: `{name}(...)` is `...`"
        )
        lines = [exercise.source(), "from helpers.plain import gap, plain"]
        lines += [
            f"assert gap(plain({answer}), plain({call}), 1e-3) <= 1, {call!r}" for call, answer in examples
        ]
        cell.source = "\n".join([*lines, cell.source.splitlines()[-1]])
    author.execute(FORGET, path.parent, kernel)
    order = stretch_last(notebook.cells)
    notebook.cells = [notebook.cells[number] for number in order]
    solved = author.execute(notebook, path.parent, kernel)
    solved.cells = [solved.cells[order.index(number)] for number in range(len(order))]
    for cell, told in zip(solved.cells, committed.cells, strict=True):
        if cell.cell_type == "code":
            assert cell.execution_count
            cell.execution_count = told.execution_count  # it was run in another order
    for name, number in where.items():
        assert words(solved.cells[number]).startswith(f"{name}: correct."), words(solved.cells[number])
    moved = set(drift(committed, solved)) - set(where.values())
    moved -= {number for number, cell in enumerate(solved.cells) if "ex.report()" in cell.source}
    assert not moved, (
        f"cells {moved} show something else, with the solutions or when run again: run `make notebooks` and look"
    )
