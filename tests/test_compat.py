"""The tables of `make compat` agree with what users install, and its checks find planted faults."""

import re
import xml.etree.ElementTree as ElementTree

import compat
import pytest
import yaml
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from packaging.requirements import Requirement

from helpers import author

BOUNDS = [Requirement(line) for line in compat.PROJECT["dependencies"]]
WORKFLOW = author.ROOT / ".github" / "workflows" / "compat.yml"


@pytest.mark.parametrize("line", compat.EVERYTHING)
def test_every_requirement_says_its_lowest_version_and_no_highest(line):
    assert [bound.operator for bound in Requirement(line).specifier] == [">="]


@pytest.mark.parametrize("minor", compat.COLAB)
def test_what_colab_ships_is_admitted(minor):
    assert refused(compat.COLAB[minor]) == []


def refused(pins):
    """Return the dependencies that pins do not meet, but for what Colab's own page does in JupyterLab's place."""
    versions = dict(pin.split("==") for pin in pins)
    needed = [bound for bound in BOUNDS if bound.name not in ("jupyterlab", "ipywidgets")]
    return [str(b) for b in needed if b.name not in versions or not b.specifier.contains(versions[b.name])]


def test_a_program_that_is_missing_fails_its_own_row(monkeypatch):
    monkeypatch.setattr(compat, "UV", author.ROOT / "nowhere" / "uv")
    version, complaints, _ = compat.try_out("newest", {"00_start_here": None})
    assert version == "–" and "`uv python list …` could not be started" in complaints["00_start_here"]


def test_a_pin_below_a_bound_and_a_pin_that_is_missing_are_found():
    (numpy,) = (str(bound) for bound in BOUNDS if bound.name == "numpy")
    others = [pin for pin in compat.COLAB["3.13"] if not pin.startswith("numpy==")]
    assert refused(others) == refused(["numpy==1.26.4", *others]) == [numpy]


def test_the_weekly_run_has_every_python_that_a_place_names():
    steps = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["compat"]["steps"]
    (versions,) = (step["with"]["python-version"].split() for step in steps if "with" in step)
    assert set(versions) == {compat.LOWEST, compat.BINDER, *compat.COLAB}


# ---------------------------------------------------------------------------------------------------------
# the checks bite

LESSON = new_notebook(cells=[new_code_cell("1"), new_code_cell("2")])


def case(name, lesson="a", child=""):
    return ElementTree.fromstring(
        f'<testcase classname="lessons.{lesson}.ipynb" name="{name}">{child}</testcase>'
    )


@pytest.mark.parametrize(
    ("cases", "complaint"),
    [
        ([case("Cell 0"), case("Cell 1")], ""),
        ([case("Cell 0"), case("Cell 1", child="<failure>3 is not 4</failure>")], "Cell 1: 3 is not 4"),
        ([case("Cell 0", child="<failure>assert x\nE   3 != 4\na.py:1</failure>")], "Cell 0: 3 != 4"),
        ([case("Cell 0", child="<skipped message='no kernel' />"), case("Cell 1")], "Cell 0: no kernel"),
        ([case("Cell 0")], "1 of 2 cells were compared"),
        ([case("Cell 0", "b"), case("Cell 1", "b")], "0 of 2 cells were compared"),
    ],
)
def test_a_lesson_is_green_only_if_every_cell_ran_and_agreed(cases, complaint):
    assert compat.verdict(cases, "a", LESSON) == complaint


def test_words_that_are_missing_from_a_page_are_found():
    described = '<p>Three rows</p><img alt="A line from 0 to 25." src="data:image/png;base64,AAAA">'
    cells = [
        new_code_cell("1", outputs=[new_output("stream", text="one\n  <two>\n")], execution_count=1),
        new_code_cell("2", outputs=[new_output("display_data", {"text/html": described})], execution_count=2),
    ]
    notebook = new_notebook(cells=cells)
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert compat.missing(notebook, page) == ""
    for planted, number in (("&lt;two&gt;", 0), ("Three rows", 1), ("from 0 to 25", 1)):
        assert planted in page
        assert compat.missing(notebook, page.replace(planted, "")).startswith(f"cell {number} ")


PLAN = """
WORKDIR ${REPO_DIR}
COPY --chown=1000:1000 src/ ${REPO_DIR}/
RUN mamba env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"
Building conda environment for python=3.12
"""


def upside_down(plan):
    folder, copy, install, python = plan.strip().splitlines()
    return "\n".join([folder, install, copy, python, ""])


@pytest.mark.parametrize(
    ("plan", "complaint"),
    [
        (PLAN, ""),
        (PLAN.replace("environment.yml", "requirements.txt"), "that installs environment.yml"),
        (PLAN.replace("3.12", "3.10"), "expected Python 3.12"),
        (upside_down(PLAN), "before the course is copied"),
        (PLAN.replace("WORKDIR ${REPO_DIR}", "WORKDIR /srv"), "not installed in the folder"),
    ],
)
def test_a_plan_of_binder_that_would_not_work_is_found(plan, complaint):
    said = compat.plan_fault(plan, "3.12")
    assert complaint in said and bool(complaint) == bool(said)


@pytest.mark.parametrize("path", author.lessons(), ids=lambda path: path.stem)
def test_the_lesson_that_fetches_differs_in_its_bootstrap_cell_alone(path):
    before = author.read(path)
    after = compat.fetching(before, "file:///somewhere/course.git")
    (changed,) = (new for old, new in zip(before.cells, after.cells, strict=True) if old != new)
    assert "bootstrap" in author.tags(changed)
    assert re.search(r'%pip install .*--no-deps "git\+file:///somewhere/course.git"', changed.source)
    assert before == author.read(path)


def test_a_place_that_is_not_there_fails_with_its_reason(monkeypatch, capsys):
    monkeypatch.setattr(compat, "interpreters", lambda: {})
    assert compat.main(["colab 3.12"]) == 1
    printed = capsys.readouterr().out
    assert "no Python 3.12 here" in printed and " ok" not in printed


@pytest.mark.parametrize("word", ["mars", "ab"])
def test_an_unknown_place_is_refused(word, capsys):
    assert compat.main([word]) == 1
    assert f"No place is called {word}." in capsys.readouterr().err
