"""python -m helpers.coursework: hand lessons out, and mark them.

What the exit codes mean: 0, done; 1, done, but some submissions need a look (see the column remark of marks.csv);
2, nothing was done, and the message says why.
"""

import argparse
import csv
import sys
from datetime import datetime
from pathlib import Path


def main(words=None):
    """Do what the words of the command line say; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.coursework", description=__doc__.partition(": ")[2]
    )
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")

    def task(name, words, does):
        added = tasks.add_parser(name, help=words, description=_sentence(words))
        added.set_defaults(work=does)
        return added

    one = task("release", "write the folder to hand out, and its key", _release)
    one.add_argument(
        "lessons", nargs="+", type=int, metavar="LESSON", help="numbers of lessons, such as 3 10"
    )
    one.add_argument("--out", required=True, type=Path, help="the folder to write")
    one.add_argument("--class", dest="roster", type=Path, help="CSV file with a column id: the students")
    one.add_argument(
        "--bank", type=Path, default="", help="folder with exercises of your own, lessonNN.py each"
    )
    one.add_argument("--key", type=Path, help="where the key is kept (without it: OUT.key.json)")

    two = task("grade", "mark what was handed in", _grade)
    _marking(two)
    two.add_argument(
        "--jobs", type=int, help="how many run side by side (without it: as many as there are cores)"
    )
    two.add_argument("--scheduler", help="address of a Dask scheduler, to run them on its workers")
    two.add_argument("--seconds", type=int, default=120, help="for one notebook (120)")
    two.add_argument("--memory", type=float, default=4, help="in GiB, for one process of a submission (4)")
    two.add_argument("--unprotected", action="store_true", help="run without walls, where a system has none")

    three = task("regrade", "print why a student's marks are what they are", _regrade)
    three.add_argument("student")
    _marking(three)

    four = task("export", "write an nbgrader assignment, or marks for Canvas or Moodle", _export)
    four.add_argument("lessons", nargs="*", type=int, metavar="LESSON", help="for nbgrader (all in the key)")
    four.add_argument("--to", required=True, choices=["nbgrader", "canvas", "moodle"])
    four.add_argument("--out", required=True, type=Path, help="the nbgrader course, or the CSV file to write")
    four.add_argument("--key", type=Path, help="the key that release wrote; nbgrader and a bank need it")
    four.add_argument("--marks", type=Path, help="the marks.csv that grade wrote, for Canvas and Moodle")
    four.add_argument(
        "--roster", type=Path, help="the gradebook that the platform exports, with the ids in one column"
    )
    four.add_argument("--assignment", default="", help="the platform's name of what takes the total")

    five = task("viva", "write three questions about a student's own answers, to ask in person", _viva)
    five.add_argument("student", nargs="+", help="the id of one or more")
    _handed(five, "folder for the sheet")
    five.add_argument("--unprotected", action="store_true", help="run without walls, where a system has none")

    task("guide", "write the tables of INSTRUCTORS.md again, from the lessons", _guide)

    said = parser.parse_args(words)
    from .export import ExportError
    from .grade import GradeError
    from .release import ReleaseError
    from .sandbox import SandboxError

    try:
        return said.work(said)
    except KeyboardInterrupt:
        print("\nInterrupted. Nothing is lost: give the same command again, and it goes on.", file=sys.stderr)
        return 130
    except (ExportError, GradeError, ReleaseError, SandboxError) as error:
        print(f"Nothing was done: {error}", file=sys.stderr)
        if isinstance(error, SandboxError):
            print(WALLS, file=sys.stderr)
        return 2


def _sentence(words):
    return f"{words[0].upper()}{words[1:]}."


WALLS = """\
Submissions are strangers' programs. `grade` runs them where they can harm nobody, which takes Linux with user
namespaces (on Ubuntu 24.04: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0). With --unprotected they run
with all your rights: only do that on a machine that holds nothing else."""


def _handed(parser, out):
    parser.add_argument("submissions", type=Path, help="folder with one entry a student")
    parser.add_argument("--key", required=True, type=Path, help="the key that release wrote")
    parser.add_argument("--released", required=True, type=Path, help="the folder that was handed out")
    parser.add_argument("--out", required=True, type=Path, help=out)


def _marking(parser):
    _handed(parser, "folder for marks, feedback and the report")
    parser.add_argument("--marks", type=Path, help="marks.toml: credit, deadlines, extensions")
    parser.add_argument("--times", type=Path, help="CSV file: id, lesson, time (such as 2026-11-30T23:59:00)")


def _release(said):
    from .release import release

    key = said.key or said.out.with_name(said.out.name + ".key.json")
    kept = release(said.lessons, said.out, key, said.roster, said.bank)
    print(f"Hand out {said.out}. Keep {key} to yourself: marking needs it, and it gives the answers away.")
    if kept.students and (said.out / "helpers" / "handed").exists():  # something personal was dealt
        numbers = key.with_name(key.name.removesuffix(".json") + ".numbers.csv")
        with open(numbers, "w", encoding="utf-8", newline="") as file:
            rows = ([s, entry["name"], entry["number"]] for s, entry in kept.students.items())
            csv.writer(file, lineterminator="\n").writerows([["id", "name", "number"], *rows])
        print(f"{numbers} tells each of {len(kept.students)} students the number to write into a notebook.")
    return 0


def _grade(said):
    group = _marked(said, progress=_bar if sys.stderr.isatty() else None)
    print(
        f"Marks of {len(group.kept)} students: {said.out / 'marks.csv'}; see also {said.out / 'report.html'}."
    )
    return int(any(map(group.remark, group.kept)))


def _regrade(said):
    group = _marked(said, write=False)
    if said.student not in group.kept:
        from .grade import GradeError

        raise GradeError(f"there is no student {said.student!r}; there are {len(group.kept)} others")
    for number, marks in group.marks(said.student).items():
        print(f"Lesson {number}")
        for name, mark in marks.items():
            if mark.of:
                print(f"  {name}: {mark.points:g} of {mark.of}. {mark.why}. {mark.words}".rstrip())
    for line in filter(None, [group.remark(said.student), group.missing(said.student)]):
        print(_sentence(line))
    return 0


def _export(said):
    from . import export, release

    if not getattr(said, missing := "key" if said.to == "nbgrader" else "marks"):
        raise export.ExportError(f"--to {said.to} needs --{missing}")
    key = release.read_key(said.key) if said.key else None
    if said.to == "nbgrader":
        name = export.to_nbgrader(said.lessons, key, said.out)
        print(
            f"In {said.out}: nbgrader generate_assignment {name}. Keep the folder to yourself; it holds answers."
        )
    else:
        columns = export.to_platform(
            said.to, said.marks, said.out, said.roster, said.assignment, key.bank if key else ""
        )
        print(f"{said.out}: {', '.join(f'{column} of {points}' for column, points in columns.items())}")
    return 0


def _viva(said):
    from helpers import author

    from .viva import sheet

    key = _opened(said)
    for student in said.student:
        text = sheet(student, said.submissions, key, said.released, not said.unprotected)
        said.out.mkdir(parents=True, exist_ok=True)
        author.write(text, path := said.out / f"{student}.html")
        print(f"Questions for {student}, with the answers on the back: {path}")
    return 0


def _guide(said):
    from . import guide

    guide.GUIDE.write_text(guide.text(), "utf-8")
    print(f"{guide.GUIDE.name} says what the lessons and their exercises say.")
    return 0


def _opened(said):
    """The key, once it is known that the folders are there."""
    from . import grade, release

    for name in ("submissions", "released"):
        if not getattr(said, name).is_dir():
            raise grade.GradeError(f"{name} must be a folder; there is none at {getattr(said, name)}")
    return release.read_key(said.key)


def _marked(said, **how):
    from . import grade, release
    from .sandbox import Limits

    key = _opened(said)
    for number, before in key.sources.items():
        if release.source_digest(int(number), key.bank) != before:
            print(f"Lesson {number}: the exercises changed since they were handed out.", file=sys.stderr)
    limits = Limits(getattr(said, "seconds", 120), memory=int(getattr(said, "memory", 4) * 2**30))
    rules = grade.read_rules(said.marks) if said.marks else None
    times = _times(said.times) if said.times else None
    how |= {name: getattr(said, name) for name in ("jobs", "scheduler") if hasattr(said, name)}
    how["protected"] = not getattr(said, "unprotected", False)
    group = grade.grade(said.submissions, key, said.released, said.out, rules, times, limits, **how)
    if key.students and (strange := sorted({s for s, _ in times or ()} - set(group.kept))):
        print(f"{said.times} names who is not in the class: {', '.join(strange)}.", file=sys.stderr)
    return group


def _times(path):
    """{(student, lesson): datetime} from a CSV file."""
    from .grade import GradeError

    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            return {
                (row["id"], int(row["lesson"])): datetime.fromisoformat(row["time"]).replace(tzinfo=None)
                for row in csv.DictReader(file)
            }
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise GradeError(
            f"{path} must be a CSV file with the columns id, lesson and time ({error})"
        ) from None


def _bar(done, many):
    """Say on one line how many are done."""
    print(f"\r{done} of {many} notebooks", end="\n" if done == many else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
