"""The tables of INSTRUCTORS.md: what each lesson teaches, and which mistakes its exercises know."""

import re

from helpers import author
from helpers.figures import COURSE
from helpers.plain import show

from .release import ROOT, ReleaseError, lesson_of

GUIDE = ROOT / "INSTRUCTORS.md"


def text():
    """INSTRUCTORS.md as the lessons want it: what stands between the markers is made from them."""
    page = GUIDE.read_text("utf-8")
    for name, table in (("lessons", lessons), ("misconceptions", misconceptions)):
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
            raise ReleaseError(f"{GUIDE.name} needs one {begin} and, after it, one {end}")
        before, after = page.split(begin)[0], page.split(end)[1]
        page = f"{before}{begin}\n{table()}\n{end}{after}"
    return page


def lessons():
    """A row a lesson: what one can do afterwards, how long it takes, what it leans on, how many points it gives."""
    rows = [
        "| lesson | afterwards one can | core, min | whole, min | leans on | points |",
        "|---|---|---|---|---|---|",
    ]
    for number, title, _, leans in COURSE:
        lesson, path = lesson_of(int(number))
        core, whole = minutes(path)
        points = sum(e.points for e in lesson.exercises.values())
        aims = f"| {number} · {title} | {teaches(path)} "
        rows.append(f"{aims}| {core} | {whole} | {', '.join(leans) or 'none'} | {points} |")
    return "\n".join(rows)


def minutes(path):
    """(to the marked stop, in all) as the lesson's first cell says."""
    found = re.search(r"about (\d+) minutes .*?(\d+) more", _opening(path), re.IGNORECASE)
    if not found:
        raise ReleaseError(f"{path.name} does not say in its first cell how long it takes")
    return int(found[1]), int(found[1]) + int(found[2])


def teaches(path):
    """What the lesson's first cell promises, as one line."""
    found = re.search(
        r"\*\*Afterwards you can\*\* (.+)\.|You will be able to\n\n((?:- .+\n)+)", _opening(path)
    )
    if not found:
        raise ReleaseError(f"{path.name} does not say in its first cell what one can do afterwards")
    return found[1] or "; ".join(line.removeprefix("- ") for line in found[2].splitlines())


def _opening(path):
    return author.read(path).cells[0].source


def misconceptions():
    """For each lesson, folded: what the check replies to the mistakes that it knows, and to wrong predictions."""
    parts = []
    for number, title, _, _ in COURSE:
        exercises = lesson_of(int(number))[0].exercises.values()
        written, guessed = [e for e in exercises if not e.options], [e for e in exercises if e.options]
        count = sum(len(e.mistakes) for e in written)
        parts.append(
            f"<details><summary>{number} · {title}: {len(written)} exercises that know {count} mistakes, "
            f"{len(guessed)} predictions</summary>\n"
        )
        for exercise in exercises:
            if exercise.options:
                right = exercise.right
                parts.append(f"`{exercise.name}` (prediction; it is {show(right)})\n")
                lines = [
                    f"{option!r}: {said}" for option, said in exercise.options.items() if option != right
                ]
            else:
                plural = "s" if exercise.points != 1 else ""
                parts.append(f"`{exercise.name}` ({exercise.points or 'no'} point{plural})\n")
                lines = [message for message, _ in exercise.mistakes]
            parts += [*(f"- {line}" for line in lines), ""]
        parts.append("</details>\n")
    return "\n".join(parts).rstrip()
