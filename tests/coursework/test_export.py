"""Coursework elsewhere: nbgrader marks as we do, and Canvas and Moodle get the columns that they read."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from helpers.coursework import export, grade, release
from helpers.coursework.__main__ import main
from tests.coursework import simulate

PYTHON = os.environ.get(
    "NBGRADER_PYTHON", ""
)  # an interpreter that has nbgrader; `make nbgrader` names its own
STUDENTS = ["ada", "bob", "cyd"]
NOTEBOOK, ASSIGNMENT = "01_transparent_rules.ipynb", "lesson-01"
BOOK = (release.HELPERS / "exercises" / "lesson01.py").read_text("utf-8")
TAKE = """\
import json, sys
cells, tries = json.load(sys.stdin)
for name, code in tries:
    world = {}
    exec(code, world)
    try:
        exec(cells[name], world)
        print(json.dumps("correct"))
    except Exception as error:
        print(json.dumps(str(error)))
"""


def has_nbgrader():
    there = [PYTHON, "-c", "import nbgrader"]
    return (
        bool(shutil.which(PYTHON)) and subprocess.run(there, capture_output=True, check=False).returncode == 0
    )


def nbgrader(course, *words):
    """Run one of nbgrader's commands in its course."""
    path = os.pathsep.join([str(Path(PYTHON).absolute().parent), os.environ["PATH"]])
    command = [Path(PYTHON).absolute(), "-m", "nbgrader", *words]
    done = subprocess.run(
        command, cwd=course, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


def kind(cell):
    """What nbgrader knows of a cell."""
    return cell.metadata.get("nbgrader", {})


def hand_out(home, students):
    """Lesson 1, released and exported to a class: its key."""
    (home / "roster.csv").write_text("id\n" + "\n".join(students) + "\n")
    key = release.release([1], home / "out", home / "key.json", home / "roster.csv")
    assert export.to_nbgrader([], key, home / "course") == ASSIGNMENT
    return key


def hand_in(home, students):
    """The same notebooks, of simulated students, for nbgrader and for us; the second deleted the cells that mark."""
    handed_out = nbformat.read(home / "course" / "release" / ASSIGNMENT / NOTEBOOK, as_version=4)
    lesson, _ = release.lesson_of(1)
    for i, student in enumerate(students):
        rng, mine = np.random.default_rng(i), nbformat.from_dict(handed_out)
        answers = {name: simulate.plan(exercise, rng)[0] for name, exercise in lesson.exercises.items()}
        for cell in mine.cells:
            if kind(cell).get("solution"):
                cell.source += f"\n{answers[kind(cell)['grade_id']]}"
        mine.cells = [c for c in mine.cells if i != 1 or not kind(c).get("grade")]
        mine.cells.insert(0, nbformat.v4.new_code_cell(simulate.BOOK.format(source=BOOK)))
        for folder in (home / "course" / "submitted" / student / ASSIGNMENT, home / "in" / student):
            folder.mkdir(parents=True)
            nbformat.write(mine, folder / NOTEBOOK)


def marks_of_nbgrader(course):
    """{student: {exercise: points}} in its gradebook."""
    code = f"""
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    print(json.dumps({{s.student.id: {{g.name.removeprefix("mark-"): g.score for n in s.notebooks for g in n.grades}}
                       for s in book.assignment_submissions("{ASSIGNMENT}")}}))
"""
    done = subprocess.run(
        [Path(PYTHON).absolute(), "-c", code], cwd=course, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def marks_of_ours(group):
    """The same of ours."""
    return {
        student: {name: mark.points for name, mark in group.marks(student)[1].items() if mark.of}
        for student in group.kept
    }


# ---------------------------------------------------------------- nbgrader


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    home = tmp_path_factory.mktemp("course")
    return home, hand_out(home, STUDENTS)


def test_what_students_get_is_what_a_release_holds(course):
    home, key = course
    source = home / "course" / "source" / ASSIGNMENT
    for path in (home / "out").rglob("*"):
        if path.is_file() and path.suffix != ".ipynb":
            assert (source / path.relative_to(home / "out")).read_bytes() == path.read_bytes()
    cells = nbformat.read(source / NOTEBOOK, as_version=4).cells
    for cell, before in zip(cells, nbformat.read(home / "out" / NOTEBOOK, as_version=4).cells, strict=False):
        cleared = re.sub(r"### BEGIN SOLUTION\n.*### END SOLUTION", "", cell.source, flags=re.DOTALL)
        assert cleared == before.source
    assert sum("BEGIN SOLUTION" in cell.source for cell in cells) == 6
    hidden = [c.source for c in cells if kind(c).get("grade")]
    points = [kind(c)["points"] for c in cells if kind(c).get("grade")]
    assert points == [e.points for e in grade.Paper(key, 1).exercises.values() if e.points]
    for source in hidden:
        assert re.fullmatch(
            r"# \w+, \d points: [^\n]*\n### BEGIN HIDDEN TESTS\n.*\n### END HIDDEN TESTS", source, re.DOTALL
        )
        assert "exercises" not in source, "it must not look for answers in the package"


def taken(home, student, cells, tries):
    """What the cells say of each try, (exercise, code), in the folder where nbgrader runs them."""
    here = home / student / ASSIGNMENT
    done = subprocess.run([sys.executable, "-c", TAKE], cwd=here, input=json.dumps([cells, tries]),
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [(name, json.loads(line)) for (name, _), line in zip(tries, done.stdout.splitlines(), strict=True)]


def test_the_cells_know_right_answers_mistakes_and_blanks(course, tmp_path):
    home, _ = course
    shutil.copytree(home / "out", tmp_path / "ada" / ASSIGNMENT)
    source = nbformat.read(home / "course" / "source" / ASSIGNMENT / NOTEBOOK, as_version=4)
    cells = {
        kind(c)["grade_id"].removeprefix("mark-"): c.source for c in source.cells if kind(c).get("grade")
    }
    tries, wanted = [], []
    for exercise in (e for e in release.lesson_of(1)[0].exercises.values() if e.points):
        name, get = (
            exercise.name,
            f"{simulate.BOOK.format(source=BOOK)}\n{exercise.name} = made[{exercise.name!r}]",
        )
        codes = {
            "": "not attempted",
            f"{name} = 'no answer at all'": "wrong. ",
            f"{get}.reference": "correct",
        }
        codes |= {f"{get}.alternatives[{i}]": "correct" for i in range(len(exercise.alternatives))}
        for i, (words, _) in enumerate(exercise.mistakes):
            codes[f"{get}.mistakes[{i}][1]"] = f"known mistake. {words}"
        tries += [(name, code) for code in codes]
        wanted += [(name, outcome) for outcome in codes.values()]
    assert {name for name, _ in wanted} == set(cells)
    assert taken(tmp_path, "ada", cells, tries) == wanted


def test_a_personal_answer_is_right_for_its_own_student_only(course, tmp_path):
    home, _ = course
    exercise = release.lesson_of(10)[0].exercises["my_fault"]
    key = release.Key("00112233445566778899aabbccddeeff", "", [10], {s: {} for s in STUDENTS})
    answers = [exercise.reference(key.seed(exercise, s)) for s in STUDENTS]
    assert len(set(answers)) > 1
    cells = {"my_fault": export._marking_cell(exercise, key)}
    tries = [("my_fault", f"my_fault = {answer!r}") for answer in answers]
    for student, own in zip(STUDENTS, answers, strict=True):
        shutil.copytree(home / "out", tmp_path / student / ASSIGNMENT)
        said = [words == "correct" for _, words in taken(tmp_path, student, cells, tries)]
        assert said == [answer == own for answer in answers]
    shutil.copytree(home / "out", tmp_path / "eve" / ASSIGNMENT)
    assert taken(tmp_path, "eve", cells, tries[:1]) == [("my_fault", "nothing was handed to eve")]


def test_an_export_that_can_not_be_right_is_refused(course, tmp_path, monkeypatch, capsys):
    home, key = course
    with pytest.raises(export.ExportError, match=r"the key is for lessons \[1\]; got \[2\]"):
        export.to_nbgrader([1, 2], key, tmp_path)
    with pytest.raises(export.ExportError, match="is there already"):
        export.to_nbgrader([1], key, home / "course")
    assert main(["export", "--to", "nbgrader", "--out", str(tmp_path / "a")]) == 2
    assert "--to nbgrader needs --key" in capsys.readouterr().err
    exercise = release.lesson_of(1)[0].exercises["people_in"]
    monkeypatch.setattr(exercise, "mistakes", exercise.mistakes[1:])
    monkeypatch.delitem(exercise.__dict__, "slips", raising=False)
    with pytest.raises(export.ExportError, match="the course changed since it was handed out"):
        export.to_nbgrader([1], key, tmp_path)
    monkeypatch.delitem(exercise.__dict__, "slips", raising=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not has_nbgrader(), reason="NBGRADER_PYTHON names no interpreter that has nbgrader")
def test_nbgrader_gives_the_same_marks_and_shows_no_question(course):
    home, key = course
    nbgrader(home / "course", "generate_assignment", ASSIGNMENT)
    handed_out = (home / "course" / "release" / ASSIGNMENT / NOTEBOOK).read_text("utf-8")
    assert "_kept" not in handed_out and "SOLUTION" not in handed_out
    hand_in(home, STUDENTS)
    nbgrader(home / "course", "autograde", ASSIGNMENT)
    ours = marks_of_ours(grade.grade(home / "in", key, home / "out", home / "marks"))
    assert marks_of_nbgrader(home / "course") == ours
    assert {points > 0 for marks in ours.values() for points in marks.values()} == {True, False}
    nbgrader(home / "course", "generate_feedback", ASSIGNMENT)
    for student in STUDENTS:
        page = (
            (home / "course" / "feedback" / student / ASSIGNMENT / NOTEBOOK)
            .with_suffix(".html")
            .read_text("utf-8")
        )
        assert page.count("questions are asked here") == 6
        assert "_kept" not in page and "HIDDEN" not in page and "_mark(" not in page


# ---------------------------------------------------------------- Canvas and Moodle

HEADER = "student,name,01 path_of,01 people_in,total,of,remark\n"
ROWS = "ada,Ada L,1,0,1,3,\n'-bob,Bob,0.5,2,2.5,3,lesson 1: it printed more than it may\n"
GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Quiz (9)
    Points Possible,,,,,10
"L, Ada",101,S-7,ada,Autumn,
"B, Bob",102,S-8,-bob,Autumn,
"""


@pytest.fixture
def marks(tmp_path):
    (tmp_path / "marks.csv").write_text(HEADER + ROWS)
    (tmp_path / "gradebook.csv").write_text(GRADEBOOK)
    return tmp_path


def exported(folder, *words):
    """The rows of what `export` writes."""
    assert (
        main(["export", "--marks", str(folder / "marks.csv"), "--out", str(folder / "to.csv"), *words]) == 0
    )
    with open(folder / "to.csv", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_canvas_reads_the_marks(marks, capsys):
    people = [
        "Student",
        "ID",
        "SIS User ID",
        "SIS Login ID",
        "Section",
    ]  # in this order, and an assignment last
    assert exported(marks, "--to", "canvas") == [
        [*people, "01 path_of", "01 people_in"],
        ["    Points Possible", "", "", "", "", "1", "2"],
        ["Ada L", "", "ada", "ada", "", "1", "0"],
        ["Bob", "", "-bob", "-bob", "", "0.5", "2"],
    ]
    assert "01 path_of of 1, 01 people_in of 2" in capsys.readouterr().out
    total = ["--assignment", "Lesson 1 (4711)", "--roster", str(marks / "gradebook.csv")]
    assert exported(marks, "--to", "canvas", *total) == [
        [*people, "Lesson 1 (4711)"],
        ["    Points Possible", "", "", "", "", "3"],
        ["L, Ada", "101", "S-7", "ada", "Autumn", "1"],
        ["B, Bob", "102", "S-8", "-bob", "Autumn", "2.5"],
    ]


def test_moodle_reads_the_marks(marks):
    assert exported(marks, "--to", "moodle") == [
        ["ID number", "01 path_of", "01 people_in"], ["ada", "1", "0"], ["-bob", "0.5", "2"],
    ]  # fmt: skip
    (marks / "people.csv").write_text("Username,Email address\n-bob,bob@example.org\nada,ada@example.org\n")
    assert exported(
        marks, "--to", "moodle", "--assignment", "Lesson 1", "--roster", str(marks / "people.csv")
    ) == [
        ["ID number", "Username", "Email address", "Lesson 1"],
        ["ada", "ada", "ada@example.org", "1"],
        ["-bob", "-bob", "bob@example.org", "2.5"],
    ]


def test_what_grade_writes_can_be_exported(tmp_path):
    (tmp_path / "roster.csv").write_text("id,name\nada,Ada L\n")
    key = release.release([0, 1], tmp_path / "out", tmp_path / "key.json", tmp_path / "roster.csv")
    (tmp_path / "in").mkdir()
    grade.grade(tmp_path / "in", key, tmp_path / "out", tmp_path)
    first, points, (name, *zeros) = exported(tmp_path, "--to", "canvas")
    exercises = {f"{n:02d} {e.name}": str(e.points) for n in (0, 1)
                 for e in release.lesson_of(n)[0].exercises.values() if e.points}  # fmt: skip
    assert (first[5:], points[5:]) == (list(exercises), list(exercises.values()))
    assert name == "Ada L" and zeros[4:] == ["0"] * len(exercises)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,name\nada,Ada\n", "must be a marks.csv, with the columns student, name, NN exercise"),
        (HEADER.replace("01 path_of", "path_of") + ROWS, "must be a marks.csv"),
        ("", "got none"),
        (HEADER, "must hold a row for each student"),
        (HEADER + "ada,Ada,1,good,1,3,\n", "row 2: 01 people_in must be a number; got 'good'"),
        (HEADER + "ada,Ada,1\n", "row 2: 01 people_in must be a number; got None"),
        ((HEADER + ROWS).replace("01 path_of", "01 path_off"), "neither the course nor the key's bank"),
        ("\udcff", "can't be read as a CSV file"),
    ],
)
def test_what_is_no_marks_csv_is_refused(marks, capsys, text, words):
    (marks / "marks.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert (
        main(
            ["export", "--to", "moodle", "--marks", str(marks / "marks.csv"), "--out", str(marks / "to.csv")]
        )
        == 2
    )
    assert words in capsys.readouterr().err
    assert not (marks / "to.csv").exists()


def test_a_roster_that_misses_somebody_and_totals_that_differ_are_refused(marks):
    (marks / "gradebook.csv").write_text(GRADEBOOK.replace("-bob", "rob"))
    with pytest.raises(export.ExportError, match="misses 1 of 2: -bob"):
        export.to_platform("canvas", marks / "marks.csv", marks / "to.csv", marks / "gradebook.csv")
    (marks / "marks.csv").write_text(HEADER + ROWS.replace("1,3,", "1,2,"))
    with pytest.raises(export.ExportError, match="leave --assignment out"):
        export.to_platform("canvas", marks / "marks.csv", marks / "to.csv", assignment="Lesson 1 (4711)")
    assert not (marks / "to.csv").exists()
