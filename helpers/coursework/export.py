"""Coursework elsewhere: a release as an assignment of nbgrader, and marks as Canvas and Moodle take them in."""

import csv
import inspect
import json
import re
import shutil
import tempfile
from pathlib import Path

import nbformat

from . import grade, practice, release

BEGIN, END = "### BEGIN {}", "### END {}"
CONFIG = """\
# Written by the export of the course. Run nbgrader in this folder.
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import ClearHiddenTests, GetGrades

c = get_config()  # noqa: F821
c.ClearSolutions.code_stub = {"python": ""}  # the blanks are in the cells already
c.OverwriteCells.add_missing_cells = True  # a student may have deleted a cell that marks
# Without the first of these, the feedback shows every question and its answer.
c.GenerateFeedback.preprocessors = [ClearHiddenTests, GetGrades, CSSHTMLHeaderPreprocessor]
"""
MARKS = ["student", "name"], ["total", "of", "remark"]  # how marks.csv begins and ends
PEOPLE = {  # the columns by which a platform knows people, and the marks.csv column that stands in for each
    "canvas": {"Student": "name", "ID": None, "SIS User ID": "student", "SIS Login ID": "student", "Section": None},
    "moodle": {"ID number": "student", "Username": None, "Email address": None},
}  # fmt: skip


class ExportError(ValueError):
    """What was asked for can't be exported."""


# ---------------------------------------------------------------- nbgrader


def to_nbgrader(numbers, key, out):
    """Write an assignment of nbgrader: what was handed out, with solutions, and a cell for each mark.

    The cells that mark ask the same fresh questions as `grade` and compare with the same answers. They carry both, and
    run in the student's own process: what nbgrader marks is safe from accidents, not from who wants to cheat.

    Parameters
    ----------
    numbers : list of int, the lessons; all that were handed out, if it is empty
    key : release.Key
    out : path of the folder of the nbgrader course; it may hold other assignments

    Returns
    -------
    str, the name of the assignment

    Raises
    ------
    ExportError : for a lesson that was not handed out, for an assignment that is there already, or where the course
        is no longer the one that was handed out
    """
    numbers = sorted(set(numbers)) or key.lessons
    if strange := sorted(set(numbers) - set(key.lessons)):
        raise ExportError(f"the key is for lessons {key.lessons}; got {strange}")
    name = "lesson-" + "-".join(f"{n:02d}" for n in numbers)
    folder = Path(out) / "source" / name
    if folder.exists():
        raise ExportError(f"{folder} is there already: name another folder, or remove it")
    with tempfile.TemporaryDirectory() as part:
        handed_out = _handed_out(key, Path(part))
        for path in handed_out.glob("*.ipynb"):
            number = int(path.name[:2])
            if number in numbers:
                notebook = nbformat.read(path, as_version=4)
                _source(notebook, grade.Paper(key, number))
                nbformat.write(notebook, path)
            else:
                path.unlink()
        shutil.copytree(handed_out, folder)
    config = Path(out) / "nbgrader_config.py"
    if not config.exists():
        config.write_text(CONFIG, "utf-8")
    return name


def _handed_out(key, part):
    """The folder that was handed out, written once more."""
    with open(part / "roster.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "name"], *([s, e["name"]] for s, e in key.students.items())])
    (part / "key.json").write_text(json.dumps(vars(key)), "utf-8")
    roster = part / "roster.csv" if key.students else None
    again = release.release(key.lessons, part / "out", part / "key.json", roster, key.bank)
    if again.release != key.release or again.sources != key.sources:
        raise ExportError("the course changed since it was handed out: export it from the course as it was")
    return part / "out"


def _source(notebook, paper):
    """Put solutions into the cells of a notebook, and at its end, where the last answer holds, the cells that mark."""
    for name, exercise in paper.exercises.items():
        if not exercise.points:
            continue
        (cell,) = (c for c in notebook.cells if c.cell_type == "code" and f"ex.{name}.check(" in c.source)
        *lines, check = cell.source.split("\n")
        # in place of an empty line: what is left without the solution is what was handed out
        lines = lines[:-1] if lines and not lines[-1].strip() else lines
        lines += [BEGIN.format("SOLUTION"), exercise.source(), END.format("SOLUTION"), check]
        cell.source = "\n".join(lines)
        cell.metadata["nbgrader"] = _kind(name, solution=True)
        mark = nbformat.v4.new_code_cell(_marking_cell(exercise, paper.key), id=f"mark-{name}"[:64])
        mark.metadata["nbgrader"] = _kind(f"mark-{name}", grade=True, locked=True, points=exercise.points)
        notebook.cells.append(mark)


def _kind(name, **kind):
    """What nbgrader has to know of a cell."""
    other = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    return other | kind | {"grade_id": name, "schema_version": 3}


def _marking_cell(exercise, key):
    """The source of the cell that marks an exercise; all of it but the first line is hidden from students."""
    if exercise.personal:
        own = {student: exercise.own(key.seed(exercise, student)) for student in key.students}
        kept = {student: practice.store(one, whole=True) for student, one in own.items()}
    else:
        kept = practice.store(exercise, whole=True)
    return "\n".join([
        f"# {exercise.name}, {exercise.points} points: questions are asked here when it is marked.",
        BEGIN.format("HIDDEN TESTS"),
        f"_kept = {json.dumps(kept)!r}",
        "",
        "",
        inspect.getsource(_mark),
        "",
        f"_mark({exercise.name!r}, _kept, {exercise.personal})",
        END.format("HIDDEN TESTS"),
    ])  # fmt: skip


def _mark(name, kept, personal):
    """Raise unless the answer of this name is right. The source of this runs in each cell that marks."""
    import json
    from pathlib import Path
    from types import FunctionType

    from helpers.exercise import Lesson, is_blank
    from helpers.practice import Practice
    from helpers.quarantine import ask

    class NoPoints(Exception):
        def _render_traceback_(self):  # a traceback would show the lines around, and the answers with them
            return [str(self)]

    kept, attempt, student = json.loads(kept), globals().get(name), Path.cwd().parent.name
    if is_blank(attempt):
        raise NoPoints("not attempted")
    if personal and student not in kept:
        raise NoPoints(f"nothing was handed to {student}")
    exercise = Practice(Lesson(0), kept[student] if personal else kept)
    value = not exercise.names and type(attempt) is not FunctionType
    answers = ask((lambda: attempt) if value else attempt, exercise.asked, exercise.names, 5.0)
    outcome, words, _ = exercise.weigh(answers)
    if outcome != "correct":
        raise NoPoints(f"{outcome}. {words}")


# ---------------------------------------------------------------- Canvas and Moodle


def to_platform(platform, marks, out, roster=None, assignment="", bank=""):
    """Write marks as a platform takes them in.

    Parameters
    ----------
    platform : "canvas" or "moodle"
    marks : path of the marks.csv that `grade` wrote
    out : path of the file to write
    roster : path of a CSV file that says how the platform knows people, such as the gradebook that it exported; one of
        its columns holds the ids of marks.csv, and columns of the platform's names (for Canvas, say, ID and Section)
        are taken over
    assignment : str, the platform's name of the one assignment that takes the total; for Canvas with its number, as in
        "Lesson 1 (4711)". If it is empty, each exercise becomes a column.
    bank : folder of the instructor's own exercises, as in the key

    Returns
    -------
    {column: points possible}

    Raises
    ------
    ExportError : for a file that is no marks.csv, or a roster that misses somebody
    """
    rows, exercises = _read_marks(marks, bank)
    if assignment:
        most = {row["of"] for row in rows}
        if len(most) > 1:
            raise ExportError(
                "the totals are of different numbers of points (lessons were dropped): leave --assignment out"
            )
        columns = {assignment: ("total", next(iter(most)))}
    else:
        columns = {column: (column, points) for column, points in exercises.items()}
    known = _people(roster, [row["student"] for row in rows]) if roster else {}
    people = {column: [known.get(row["student"], {}).get(column) or row.get(stand_in, "") for row in rows]
              for column, stand_in in PEOPLE[platform].items()}  # fmt: skip
    if platform == "moodle":  # it takes the columns that it is told to; an empty one is of no use
        people = {column: cells for column, cells in people.items() if any(cells)}
    table = [[*people, *columns]]
    if platform == "canvas":
        table.append(
            ["    Points Possible", *[""] * (len(people) - 1), *(points for _, points in columns.values())]
        )
    for *person, row in zip(*people.values(), rows, strict=True):
        table.append([*person, *(row[column] for column, _ in columns.values())])
    with open(out, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)
    return {column: points for column, (_, points) in columns.items()}


def _rows(path, what):
    """(header, rows as dicts) of a CSV file."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="")
            return reader.fieldnames or [], list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ExportError(f"{what} {path} can't be read as a CSV file ({error})") from None


def _read_marks(path, bank):
    """(rows, {column of an exercise: its points}) of a marks.csv."""
    header, rows = _rows(path, "the marks")
    first, last = MARKS
    columns = header[len(first) : -len(last)]
    strange = [column for column in columns if not re.fullmatch(r"\d\d \w+", column)]
    if header[: len(first)] != first or header[-len(last) :] != last or strange:
        wanted = ", ".join([*first, "NN exercise, …", *last])
        raise ExportError(
            f"{path} must be a marks.csv, with the columns {wanted}; got {', '.join(header) or 'none'}"
        )
    if not rows:
        raise ExportError(f"{path} must hold a row for each student; it has none")
    for number, row in enumerate(rows, 2):
        for column in (*columns, "total", "of"):
            if not re.fullmatch(r"\d+(\.\d+)?", row[column] or ""):
                raise ExportError(f"{path}, row {number}: {column} must be a number; got {row[column]!r}")
        if re.fullmatch(r"'[=+@-][\w.@+-]*", row["student"]):
            row["student"] = row["student"][1:]  # the mark that keeps a spreadsheet from reckoning with it
    return rows, {column: _points(path, column, bank) for column in columns}


def _points(path, column, bank):
    number, _, name = column.partition(" ")
    try:
        return release.lesson_of(int(number), bank)[0].exercises[name].points
    except (KeyError, release.ReleaseError):
        words = "and neither the course nor the key's bank has such an exercise"
        raise ExportError(f"{path} has a column {column}, {words}") from None


def _people(path, students):
    """{student: row of the roster}, by the column that knows most of them."""
    header, rows = _rows(path, "the roster")
    by = [{(row[column] or "").strip(): row for row in rows} for column in header]
    known = max(by, key=lambda found: sum(s in found for s in students), default={})
    if missing := [s for s in students if s not in known]:
        raise ExportError(
            f"a column of the roster {path} must hold the id of every student in the marks; the nearest misses "
            f"{len(missing)} of {len(students)}: {', '.join(missing[:5])}{', …' if missing[5:] else ''}"
        )
    return known
