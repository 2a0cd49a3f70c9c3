"""A class of simulated students: each answers every exercise in a known quality, from the exercises' own references,
alternatives, mistakes and blanks.

python -m tests.coursework.simulate 300 1 --in FOLDER     a class of 300 for lesson 1, released and graded, and compared
"""

import argparse
import sys
import time
from pathlib import Path

import nbformat
import numpy as np

from helpers.coursework import grade, release

BOOK = """\
import types

book = types.ModuleType("book")
exec({source!r}, book.__dict__)
made = book.lesson.exercises
"""


HALF_DONE = {"minutes"}  # what is handed out is an answer already, with a mistake to mend


def plan(exercise, rng):
    """(code of a cell that answers in some quality, the outcome it deserves, the words for it)."""
    name = exercise.name
    kind = rng.choice(["right", "right", "mistake", "mistake", "blank"])
    if kind == "blank" and name not in HALF_DONE:
        return "", "not attempted", ""
    if exercise.options:
        truth = exercise.reference()
        others = [option for option in exercise.options if option != truth]
        chosen = truth if kind == "right" else others[rng.integers(len(others))]
        outcome = "correct" if kind == "right" else "known mistake"
        return f"{name} = {chosen!r}", outcome, exercise.options[chosen]
    if kind == "right":
        ways = ["reference", *(f"alternatives[{i}]" for i in range(len(exercise.alternatives)))]
        return f"{name} = made[{name!r}].{ways[rng.integers(len(ways))]}", "correct", ""
    i = int(rng.integers(len(exercise.mistakes)))
    return f"{name} = made[{name!r}].mistakes[{i}][1]", "known mistake", exercise.mistakes[i][0]


def hand_in(folder, handed_out, number, students, seed=0):
    """Write a notebook for each student; return {student: {exercise: (outcome, words)}}, what each deserves."""
    lesson, _ = release.lesson_of(number)
    book = (release.HELPERS / "exercises" / f"lesson{number:02d}.py").read_text("utf-8")
    notebook = nbformat.read(next(Path(handed_out).glob(f"{number:02d}_*.ipynb")), as_version=4)
    deserved = {}
    for i, student in enumerate(students):
        rng, cells, deserved[student] = np.random.default_rng([seed, i]), [BOOK.format(source=book)], {}
        for name, exercise in lesson.exercises.items():
            code, *deserved[student][name] = plan(exercise, rng)
            cells.append(code)
        mine = nbformat.from_dict(notebook)
        mine.cells = [*notebook.cells, *map(nbformat.v4.new_code_cell, cells)]
        (Path(folder) / student).mkdir(parents=True, exist_ok=True)
        nbformat.write(mine, Path(folder) / student / f"{number:02d}.ipynb")
    return deserved


def differences(group, number, deserved):
    """Every exercise whose outcome, words or points are not what the submission was made to deserve."""
    for student, wanted in deserved.items():
        marks = group.marks(student)[number]
        for name, (outcome, words) in wanted.items():
            got = marks[name]
            said = words if got.outcome == "not attempted" else got.words  # how it was found blank is free
            points = got.of if outcome == "correct" else 0
            if (got.outcome, said, got.points) != (outcome, words, points):
                yield student, name, (outcome, words), got


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("many", type=int)
    parser.add_argument("lesson", type=int)
    parser.add_argument("--in", dest="folder", type=Path, required=True)
    said = parser.parse_args()
    said.folder.mkdir(parents=True)
    students = [f"s{i:03d}" for i in range(said.many)]
    roster = said.folder / "roster.csv"
    roster.write_text("id\n" + "\n".join(students) + "\n")
    key = release.release([said.lesson], said.folder / "out", said.folder / "key.json", roster)
    deserved = hand_in(said.folder / "in", said.folder / "out", said.lesson, students)
    start = time.perf_counter()
    group = grade.grade(said.folder / "in", key, said.folder / "out", said.folder / "marks")
    wrong = list(differences(group, said.lesson, deserved))
    for line in wrong:
        print(*line)
    print(
        f"{said.many} submissions in {time.perf_counter() - start:.0f} s, {len(wrong)} marks not as deserved"
    )
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
