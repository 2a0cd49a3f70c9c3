"""The viva sheet: made from what was handed in, the same every time, and no stranger's code runs to make it."""

import contextlib
import json
import re

import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes

from helpers.coursework import release, viva
from helpers.coursework.__main__ import main
from helpers.coursework.grade import GradeError
from helpers.coursework.sandbox import Sandbox


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """(released folder, key) of lesson 01 for two students."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "roster.csv").write_text("id,name\nada,Ada <b>Bold</b>\nbo,Bo\n")
    key = release.release([1], folder / "week", folder / "week.key.json", folder / "roster.csv")
    return folder / "week", key


@pytest.fixture(scope="module", autouse=True)
def one_sandbox(course):
    """One for all tests of this file: to start one takes longer than all that they ask of it."""
    with Sandbox(course[0]) as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr(viva, "Sandbox", lambda *_: contextlib.nullcontext(place))
        yield patch


@pytest.fixture
def handed(tmp_path, course):
    """Hand in cells of lesson 01 as `ada`; returns the folder of submissions."""

    def hand_in(*cells):
        first = "from helpers.exercises import lesson01 as ex"
        notebook = new_notebook(cells=[new_code_cell(text) for text in (first, *cells)])
        folder = tmp_path / "in"
        folder.mkdir(exist_ok=True)
        (folder / "ada.ipynb").write_text(writes(notebook), "utf-8")
        return folder

    return hand_in


def answers(*names):
    """Cells with the right answers to some exercises of lesson 01."""
    exercises = release.lesson_of(1)[0].exercises
    return [exercises[name].source() for name in names]


def sides(page):
    """Front and back, each as the parts between its headings."""
    front, back = page.split("<section")
    return [re.split(r"<h2>\d\. ", side)[1:] for side in (front, back)]


GUESS = 'guess_nan = "low risk"\nex.guess_nan.check(guess_nan, sure=70)'


def test_three_kinds_of_question_about_what_was_handed_in(handed, course):
    folder = handed(*answers("people_in", "nearest_in"), GUESS)
    front, back = sides(viva.sheet("ada", folder, course[1], course[0]))
    assert ["return, and why?" in front[0], "Where do the two part?" in front[1]] == [True, True]
    assert "low risk" in front[2] and "70 % sure" in front[2] and "high risk" in back[2]
    assert {re.match(r"Lesson 1, <code>(\w+)", part)[1] for part in front[:2]} == {"people_in", "nearest_in"}
    assert not any("which is right" in part or "known mistake" in part for part in front)


def test_what_is_right_was_worked_out_from_the_students_own_code(handed, course):
    """Code that is wrong in a way nobody declared: its own answer stands on the back, and so does the right one."""
    folder = handed("def people_in(low_age, high_age, low_income, high_income):\n    return 123456789")
    front, back = sides(viva.sheet("ada", folder, course[1], course[0]))
    assert "return 123456789" in front[0] and "123456789" in back[0] and "The right one returns" in back[0]


def test_the_example_on_the_back_parts_the_two(handed, course):
    folder = handed(*answers("people_in"))
    _, back = sides(viva.sheet("ada", folder, course[1], course[0]))
    found = re.search(r"the other (.*?), their code (.*?), which is right", back[1])
    assert found and found[1] != found[2], back[1]


def test_somebody_who_made_a_mistake_is_not_shown_the_same_one(handed, course):
    exercise = release.lesson_of(1)[0].exercises["people_in"]
    for message, function in exercise.mistakes:
        folder = handed(viva._other(function).replace("other", "people_in", 1))
        front, back = sides(viva.sheet("ada", folder, course[1], course[0]))
        assert "Where do the two part?" in front[1] and message not in viva.html.unescape(back[1])


def test_the_same_student_gets_the_same_sheet_and_another_key_another_one(handed, course):
    folder = handed(*answers("people_in", "nearest_in", "path_of", "counterexamples"), GUESS)
    pages = [viva.sheet("ada", folder, course[1], course[0]) for _ in range(2)]
    assert pages[0] == pages[1]
    others = [release.Key(f"{n:032x}", "", [1], course[1].students) for n in range(3)]
    assert any(viva.sheet("ada", folder, other, course[0]) != pages[0] for other in others)


def test_nothing_that_was_handed_in_runs_here(handed, course, tmp_path):
    """The file would stand here if the cell had run in this process; behind the walls there is no such folder."""
    trace = tmp_path / "trace"
    folder = handed(f"try:\n    open({str(trace)!r}, 'w')\nexcept OSError:\n    pass", *answers("people_in"))
    assert "people_in" in viva.sheet("ada", folder, course[1], course[0])
    assert not trace.exists()


def test_code_and_names_can_be_no_markup(handed, course):
    evil = '</pre><script>alert("x")</script>'
    cell = f"def people_in(low_age, high_age, low_income, high_income):\n    return '''{evil}'''  # {evil}"
    page = viva.sheet("ada", handed(cell, "%matplotlib inline\n!ls"), course[1], course[0])
    assert "<script" not in page and "<b>Bold" not in page
    assert viva.html.escape(evil) in page and viva.html.escape("<b>Bold</b>") in page


def test_what_broke_or_is_blank_or_forged_leads_to_a_message(handed, course, tmp_path):
    blank = "def people_in(low_age, high_age, low_income, high_income):\n    # your code\n    ..."
    for cells, words in [([blank], "without an answer"), (["import os; os._exit(0)"], "ended itself")]:
        with pytest.raises(GradeError, match=words):
            viva.sheet("ada", handed(*cells), course[1], course[0])
    for student, words in [("bo", "bo handed in nothing"), ("zed", "nobody of that id")]:
        with pytest.raises(GradeError, match=words):
            viva.sheet(student, tmp_path / "in", course[1], course[0])
    (tmp_path / "in" / "ada.ipynb").write_text("not a notebook")
    with pytest.raises(GradeError, match=r"can't be read: ada\.ipynb is not a notebook"):
        viva.sheet("ada", tmp_path / "in", course[1], course[0])


def test_where_there_is_little_the_sheet_says_so(handed, course):
    page = viva.sheet("ada", handed(GUESS), course[1], course[0])
    assert "enough for 1 of 3" in page and len(sides(page)[0]) == 1


@pytest.mark.parametrize(
    "cells, shown",
    [
        (["def f(x):\n    return 1", "def f(x):\n    return 2", "def f(x):\n    ..."], "def f(x):\n    return 2"),
        (["%%time\nf = lambda x: x"], "f = lambda x: x"),
        (["f = (7\n    % 4)"], "f = (7\n    % 4)"),
(["def g(x):\n    return x", "f = lambda x: g(x)"], "def g(x):\n    return x\n\nf = lambda x: g(x)"),
        (["def g():\n    pass\n\n\ndef h():\n    return 1", "def f():\n    return h()"],
         "def h():\n    return 1\n\ndef f():\n    return h()"),
        (["def f(x) return x"], ""),
        (["f = " + "-" * 50_000 + "1", "f = " + "(" * 5000], ""),
        (["f = 1 #" + "x" * viva.LONGEST], ""),
    ],
)  # fmt: skip
def test_the_code_shown_is_what_counts(cells, shown):
    assert viva.code_of("f", viva._trees(cells)) == shown


def test_long_code_is_cut():
    lines = viva.code_of("f", viva._trees(["def f():\n" + "    1\n" * 500])).splitlines()
    assert len(lines) == viva.LINES + 1 and lines[-1] == f"# … and {501 - viva.LINES} lines more"


@pytest.mark.parametrize(
    "said, sure", [("70", 70), ("10**9", None), ("-1", None), ("101", None), ("True", None)]
)
def test_how_sure_they_said_they_were(said, sure):
    assert viva._sure("guess", viva._trees([f"ex.guess.check(guess, sure={said})"])) == sure


def test_the_command_writes_the_sheet_and_its_exit_codes_mean_something(
    handed, course, tmp_path, capsys, one_sandbox
):
    one_sandbox.setattr(viva, "Sandbox", Sandbox)
    folder = handed(*answers("people_in"))
    key = tmp_path / "key.json"
    key.write_text(json.dumps(vars(course[1])))
    rest = [str(folder), "--key", str(key), "--released", str(course[0]), "--out", str(tmp_path / "viva")]
    assert main(["viva", "ada", *rest]) == 0
    assert "people_in" in (tmp_path / "viva" / "ada.html").read_text("utf-8")
    assert main(["viva", "bo", *rest]) == 2
    assert "Nothing was done: bo handed in nothing" in capsys.readouterr().err
