"""Mark what was handed in: run it behind walls, ask fresh questions, compare the answers out here.

What is known of a submission is kept in one small file, `work/STUDENT-LESSON.json`: a run that was interrupted goes on
where it stopped, and what did not change is not run again. Marks are made from these files and from marks.toml.
"""

import csv
import hashlib
import html
import io
import json
import os
import tomllib
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np

from helpers import author
from helpers.exercise import ERRORS
from helpers.figures import Canvas
from helpers.plain import pack, plain, unpack
from helpers.quarantine import Answer

from . import release, submissions
from .cluster import Cluster
from .sandbox import Limits, Sandbox

OUTCOMES = ("correct", "known mistake", "wrong", "crashed", "not attempted", "not marked")


class GradeError(ValueError):
    """The marking can't begin; the message says what was expected."""


# ---------------------------------------------------------------- what is asked


def asked_in(exercises):
    """What a `Sandbox` has to know of {name: exercise}: the names of their parameters, and their questions."""
    names = {name: list(e.names) if e.by_function else None for name, e in exercises.items()}
    asked = {name: e.asked if e.by_function else [()] for name, e in exercises.items()}
    return names, {name: [pack(question) for question in questions] for name, questions in asked.items()}


def answers_of(sent):
    """What a `Sandbox` sent back for one exercise, as Answers; TypeError, ValueError or RecursionError if none."""
    return [Answer(plain(unpack(v)), str(e), tuple(map(str, c)), str(s)) for v, e, c, s in sent]


class Paper:
    """What is asked about one lesson: fresh questions, drawn from the key's secret, and the answers to them."""

    def __init__(self, key, number):
        lesson, _ = release.lesson_of(number, key.bank)
        self.key, self.number = key, number
        self.exercises = {}
        for name, exercise in lesson.exercises.items():
            if exercise.by_function:
                exercise = exercise.fresh(np.random.default_rng(key.questions(exercise)))
            self.exercises[name] = exercise
        self.names, self.questions = asked_in(self.exercises)

    def judge(self, name, answers, student):
        """(outcome, words for the student) of what came back for one exercise; the words hold no question."""
        exercise = self.exercises[name]
        if answers is None:
            return "not attempted", ""
        try:
            answers = answers_of(answers)
        except (TypeError, ValueError, RecursionError):
            return "wrong", "The answers could not be read."
        if exercise.options:
            verdict = exercise._judge(answers[0].value if answers else None)
            return verdict.outcome, verdict.message
        if exercise.personal:
            exercise = exercise.own(self.key.seed(exercise, student))
        outcome, words, failed = exercise.weigh(answers)
        if outcome != "wrong":
            return outcome, "" if outcome == "correct" else words
        errors = {answers[i].error for i in failed if i < len(answers) and answers[i].error}
        # what an error is called could spell a question
        errors = sorted({e if e in ERRORS else "another error" for e in errors})
        asked = len(exercise.asked)
        if any(
            exercise.expected[i].error not in errors and answers[i].error for i in failed if i < len(answers)
        ):
            return "crashed", f"{len(failed)} of {asked} questions ended in {' or '.join(errors)}."
        if len(answers) < asked:
            return "crashed", f"It answered {len(answers)} of {asked} questions, then it was stopped."
        return "wrong", f"{len(failed)} of {asked} answers differ." if exercise.names else "Not this."


# ---------------------------------------------------------------- one submission


def digest(paper, student, notebook, limits):
    """Changes when the submission does, or what is asked about it."""
    source = release.source_digest(paper.number, paper.key.bank)
    asked = [paper.key.secret, source, student, asdict(notebook), asdict(limits)]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def record(paper, student, known, run):
    """What is kept of a run: how it went, and a verdict on each exercise."""
    verdicts = {name: paper.judge(name, answers, student) for name, answers in run.answers.items()}
    if run.ended:
        verdicts = {n: ("not marked", "") if v[0] == "not attempted" else v for n, v in verdicts.items()}
    return {"digest": known, "ended": run.ended, "full": run.full, "broken": run.broken, "verdicts": verdicts}


# ---------------------------------------------------------------- marks


@dataclass(frozen=True)
class Rules:
    """What marks.toml says; without one, only right answers count and nothing is late.

    Attributes
    ----------
    credit : {outcome: share of the points}
    deadlines : {lesson: datetime}
    extensions : {student: {lesson: datetime}}
    late : share of the points that every day begun after the deadline takes away
    drop : how many of the lowest lessons, in shares of their points, are left out of the total
    leave_out : names of exercises that are neither marked nor counted
    """

    credit: dict = field(default_factory=lambda: {"correct": 1.0})
    deadlines: dict = field(default_factory=dict)
    extensions: dict = field(default_factory=dict)
    late: float = 0.0
    drop: int = 0
    leave_out: tuple = ()


def read_rules(path):
    """The rules in a marks.toml. GradeError for what it can't mean."""
    try:
        said = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GradeError(f"{path} can't be read as TOML ({error})") from None
    known = {"credit", "deadlines", "extensions", "late_per_day", "drop_lowest", "leave_out"}
    if strange := sorted(set(said) - known):
        raise GradeError(f"{path} may hold {', '.join(sorted(known))}; got {', '.join(strange)}")
    credit = {"correct": 1.0} | said.get("credit", {})
    for outcome, share in credit.items():
        if outcome not in OUTCOMES or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise GradeError(
                f"[credit] gives {', '.join(OUTCOMES)} a share from 0 to 1; got {outcome} = {share!r}"
            )
    late, drop = said.get("late_per_day", 0.0), said.get("drop_lowest", 0)
    if not isinstance(late, int | float) or not 0 <= late <= 1:
        raise GradeError(f"late_per_day must be a share from 0 to 1; got {late!r}")
    if type(drop) is not int or drop < 0:
        raise GradeError(f"drop_lowest must be a whole number from 0; got {drop!r}")
    leave_out = said.get("leave_out", [])
    if not isinstance(leave_out, list) or not all(isinstance(name, str) for name in leave_out):
        raise GradeError(f'leave_out must be a list of exercises, such as ["flips"]; got {leave_out!r}')
    deadlines = _moments(said.get("deadlines", {}), f"{path}, [deadlines]")
    extensions = {
        student: _moments(table, f"{path}, [extensions.{student}]")
        for student, table in said.get("extensions", {}).items()
    }
    return Rules(credit, deadlines, extensions, float(late), drop, tuple(leave_out))


def _moments(table, where):
    if not isinstance(table, dict) or not all(isinstance(v, datetime) for v in table.values()):
        raise GradeError(f'{where} must hold lines such as "10" = 2026-11-30T23:59:00; got {table!r}')
    return {str(int(lesson)): moment.replace(tzinfo=None) for lesson, moment in table.items()}


@dataclass(frozen=True)
class Mark:
    """Of one exercise of one student: points, out of how many, and why."""

    points: float
    of: int
    outcome: str
    words: str
    why: str


def mark(paper, kept, student, rules, handed_in=None):
    """{exercise: Mark} of what is kept of one submission; nothing kept is nothing handed in."""
    lesson, marks = str(paper.number), {}
    deadline = rules.extensions.get(student, {}).get(lesson) or rules.deadlines.get(lesson)
    days = 0
    if deadline and handed_in and handed_in > deadline:
        days = -(-(handed_in - deadline).total_seconds() // 86400)
    keeps = max(0.0, 1 - rules.late * days)
    for name, exercise in paper.exercises.items():
        if name in rules.leave_out:
            continue
        outcome, words = kept["verdicts"].get(name, ("not marked", "")) if kept else ("not attempted", "")
        share = rules.credit.get(outcome, 0.0)
        why = f"{outcome}: {share:.0%} of {exercise.points} point{'s' * (exercise.points != 1)}"
        why += f", handed in {days:g} day{'s' * (days > 1)} late: {keeps:.0%} of that" if keeps < 1 else ""
        marks[name] = Mark(round(exercise.points * share * keeps, 3), exercise.points, outcome, words, why)
    return marks


def total(marks, drop):
    """(points, of how many) over {lesson: {exercise: Mark}}; the `drop` lowest lessons, by share, do not count."""
    sums = [(sum(m.points for m in one.values()), sum(m.of for m in one.values())) for one in marks.values()]
    sums = sorted(sums, key=lambda s: s[0] / s[1] if s[1] else 1.0)[min(drop, len(sums) - 1) :]
    return round(sum(s[0] for s in sums), 3), sum(s[1] for s in sums)


# ---------------------------------------------------------------- the batch


def grade(
    folder, key, handed_out, out, rules=None, times=None, limits=None, *, jobs=None, protected=True, scheduler=None,
    progress=None, write=True,
):  # fmt: skip
    """Mark every submission in a folder.

    Parameters
    ----------
    folder : of the submissions, one entry a student (see `submissions`)
    key : release.Key
    handed_out : the released folder
    out : the folder for marks.csv, feedback/, report.html and work/
    rules : Rules
    times : {(student, lesson): datetime}, when each was handed in
    limits, protected : as for `Sandbox`
    jobs : how many run side by side; all cores if it is not given
    scheduler : address of a Dask scheduler, for a class that outgrew one machine; or None
    progress : callable(done, many), called when a notebook was marked; or None
    write : bool, whether the marks, the pages and the report are written; `out`/work is in any case

    Returns
    -------
    Class

    Raises
    ------
    GradeError : for rules that name nobody of the class or no exercise, or a folder of other lessons than the key's
    """
    rules, limits, times, out = rules or Rules(), limits or Limits(), times or {}, Path(out)
    papers = {number: Paper(key, number) for number in key.lessons}
    for number in key.lessons:
        if not list(Path(handed_out).glob(f"{number:02d}_*.ipynb")):
            raise GradeError(
                f"{handed_out} holds no lesson {number}, but the key does: name the key's own folder"
            )
    exercises = {name for paper in papers.values() for name in paper.exercises}
    if strange := sorted(set(rules.leave_out) - exercises):
        raise GradeError(f"leave_out names {', '.join(strange)}: no exercise")
    if key.students and (strange := sorted(set(rules.extensions) - set(key.students))):
        raise GradeError(f"[extensions] names {', '.join(strange)}: nobody in the class")
    (out / "work").mkdir(parents=True, exist_ok=True)
    handed = submissions.submissions(folder, key.students)
    group = Class(key, papers, rules, times, {s: {} for s in sorted({*key.students, *handed})})
    todo = []
    for student, paths in handed.items():
        notebooks, complaints = submissions.read(paths, key.lessons)
        if complaints:
            group.problems[student] = "; ".join(complaints)
        for notebook in notebooks:
            paper = papers[notebook.lesson]
            known = digest(paper, student, notebook, limits)
            kept = _kept(out, student, notebook.lesson, known)
            if kept is None:
                todo.append((student, notebook, known))
            else:
                group.kept[student][notebook.lesson] = kept
    many = len(todo) + sum(map(len, group.kept.values()))
    if todo:
        if scheduler:
            places = Cluster(scheduler, handed_out, limits, protected)
        else:
            secret = [folder, out, *filter(None, [key.bank])]
            jobs = min(jobs or os.cpu_count() or 1, len(todo))
            places = _Here(jobs, handed_out, limits, protected, secret)
        with places:
            runs = enumerate(places.all_of(todo, papers), start=many - len(todo) + 1)
            for done, ((student, notebook, known), run) in runs:
                kept = json.dumps(record(papers[notebook.lesson], student, known, run), indent=1)
                author.write(kept + "\n", _place(out, student, notebook.lesson))
                group.kept[student][notebook.lesson] = json.loads(kept)
                if progress:
                    progress(done, many)
    if write:
        group.write(out)
    return group


class _Here:
    """A sandbox on this machine, and so many threads that wait for a run in it."""

    def __init__(self, jobs, *settings):
        self.jobs, self.sandbox = jobs, Sandbox(*settings)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sandbox.close()

    def all_of(self, todo, papers):
        """(job, Run) of every job, as they end."""

        def one(job):
            paper = papers[job[1].lesson]
            return job, self.sandbox.run(job[1].cells, paper.names, paper.questions)

        with ThreadPoolExecutor(self.jobs) as pool:
            waiting = {pool.submit(one, job) for job in todo}
            try:
                while waiting:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield future.result()
            finally:
                for future in waiting:
                    future.cancel()


def _place(out, student, lesson):
    return Path(out) / "work" / f"{student}-{lesson:02d}.json"


def _kept(out, student, lesson, known):
    """What is kept of a submission, if it is the one that was marked."""
    try:
        kept = json.loads(_place(out, student, lesson).read_text("utf-8"))
        return kept if kept["digest"] == known else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


# ---------------------------------------------------------------- what is written


@dataclass
class Class:
    """All that is known of a class after marking.

    Attributes
    ----------
    kept : {student: {lesson: record}}
    problems : {student: what could not be read, and why}
    """

    key: release.Key
    papers: dict
    rules: Rules
    times: dict
    kept: dict
    problems: dict = field(default_factory=dict)

    def marks(self, student):
        """{lesson: {exercise: Mark}}."""
        return {
            n: mark(paper, self.kept[student].get(n), student, self.rules, self.times.get((student, n)))
            for n, paper in self.papers.items()
        }

    def remark(self, student):
        """What the instructor should know of a student's submissions, in a line; empty if all went well."""
        stranger = self.key.students and student not in self.key.students
        said = ["nobody in the class has this id"] if stranger else []
        said += [self.problems[student]] if student in self.problems else []
        for number, kept in sorted(self.kept[student].items()):
            if kept["ended"]:
                said.append(f"lesson {number}: {kept['ended']}")
            if kept["full"]:
                said.append(f"lesson {number}: it printed more than it may")
            if kept["broken"]:
                cell, kind, _ = kept["broken"][0]
                said.append(f"lesson {number}: code cell {cell + 1} ended in {kind}")
        return "; ".join(said)

    def absent(self, student):
        """Whether nothing was handed in, readable or not."""
        return not self.kept[student] and student not in self.problems

    def missing(self, student):
        """Which lessons there is nothing of, in a line; empty if there is something of each."""
        if not self.kept[student]:
            return "nothing handed in" if self.absent(student) else ""
        return ", ".join(f"no notebook of lesson {n}" for n in self.papers if n not in self.kept[student])

    def table(self):
        """The rows of marks.csv: one a student, one column an exercise that gives points."""
        blank = {n: mark(paper, None, "", self.rules) for n, paper in self.papers.items()}
        columns = [(n, name) for n, marks in blank.items() for name, m in marks.items() if m.of]
        yield ["student", "name", *(f"{n:02d} {name}" for n, name in columns), "total", "of", "remark"]
        for student in self.kept:
            marks = self.marks(student)
            name = self.key.students.get(student, {}).get("name", "")
            points, of = total(marks, self.rules.drop)
            row = [_number(marks[n][exercise].points) for n, exercise in columns]
            said = "; ".join(filter(None, [self.remark(student), self.missing(student)]))
            yield [_cell(student), _cell(name), *row, _number(points), of, _cell(said)]

    def write(self, out):
        """Write marks.csv, a feedback page a student, and the report on the class."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(self.table())
        author.write(text.getvalue(), out / "marks.csv")
        (out / "feedback").mkdir(exist_ok=True)
        for page in (out / "feedback").glob("*.html"):
            if page.stem not in self.kept:  # of an entry that is no longer there
                page.unlink()
        for student in self.kept:
            author.write(self.feedback(student), out / "feedback" / f"{student}.html")
        author.write(self.report(), out / "report.html")

    def feedback(self, student):
        """The page that a student gets: the kind of every mistake, and no question."""
        name, parts = self.key.students.get(student, {}).get("name", ""), []
        marked = self.marks(student)
        points, of = total(marked, self.rules.drop)
        if student in self.problems:
            parts.append(f"<p>Not everything could be read: {html.escape(self.problems[student])}.</p>")
        for number, marks in marked.items():
            kept = self.kept[student].get(number)
            parts.append(f"<h2>Lesson {number}</h2>")
            if not kept:
                parts.append("<p>There was no notebook of this lesson to mark.</p>")
                continue
            if kept["ended"]:
                parts.append(f"<p>Your notebook was not run to its end: {html.escape(kept['ended'])}.</p>")
            if kept["full"]:
                parts.append(
                    "<p>Your notebook printed more than it may, and was not allowed to print on.</p>"
                )
            if kept["broken"]:
                lines = "".join(
                    f"<li>code cell {cell + 1}: {html.escape(kind)}: {html.escape(words)}</li>"
                    for cell, kind, words in kept["broken"][:10]
                )
                parts.append(f"<p>These cells ended in an error:</p><ul>{lines}</ul>")
            rows = "".join(
                f"<tr><td><code>{html.escape(exercise)}</code></td>"
                f"<td>{_called(self.papers[number].exercises[exercise], m.outcome)}</td>"
                f"<td>{f'{_number(m.points)} of {m.of}' if m.of else ''}</td><td>{html.escape(_why(m))}</td></tr>"
                for exercise, m in marks.items()
            )
            head = "<tr><th>exercise</th><th>outcome</th><th>points</th><th>why</th></tr>"
            parts.append(f"<table>{head}{rows}</table>")
        return PAGE.format(
            title=html.escape(f"Marks of {name} ({student})" if name else f"Marks of {student}"),
            body=f"<p>{_number(points)} of {of} points.</p>{''.join(parts)}",
        )

    def report(self):
        """The page for the instructor: how each exercise went, and which known mistakes were made how often."""
        totals = sorted(total(self.marks(s), self.rules.drop)[0] for s in self.kept if self.kept[s])
        parts = [f"<p>{len(self.kept)} students, {len(totals)} with something marked.</p>"]
        if totals:
            low, middle, high = (_number(totals[round(q * (len(totals) - 1))]) for q in (0, 0.5, 1))
            parts.append(f"<p>Their totals go from {low} to {high}; the middle one is {middle}.</p>")
        for number, paper in self.papers.items():
            parts.append(f"<h2>Lesson {number}</h2>")
            for name in paper.exercises:
                met = [
                    self.kept[s][number]["verdicts"].get(name) for s in self.kept if number in self.kept[s]
                ]
                met = [m for m in met if m]
                if not met:
                    continue
                counts = Counter(outcome for outcome, _ in met)
                slips = Counter(words for outcome, words in met if outcome == "known mistake")
                others = {o: counts[o] for o in OUTCOMES if counts[o] and o != "known mistake"}
                slipped = _called(paper.exercises[name], "known mistake")
                picture = _bars(others | {slipped: counts["known mistake"]}, len(self.kept))
                said = "".join(
                    f"<li>{n} × {html.escape(words)}</li>"
                    for words, n in sorted(slips.items(), key=lambda item: (-item[1], item[0]))
                )
                parts.append(f"<h3><code>{html.escape(name)}</code></h3>{picture}<ul>{said}</ul>")
        troubled = [(s, words) for s in self.kept if (words := self.remark(s))]
        lines = "".join(f"<li>{html.escape(s)}: {html.escape(words)}</li>" for s, words in troubled)
        missing = [s for s in self.kept if self.absent(s)]
        named = f": {html.escape(', '.join(missing))}" if missing else ""
        parts.append(f"<h2>To look at</h2><ul>{lines}</ul><p>Nothing handed in: {len(missing)}{named}.</p>")
        return PAGE.format(title="Report on the class", body="".join(parts))


def _called(exercise, outcome):
    """An outcome in words; a prediction is no mistake."""
    return "came out otherwise" if exercise.options and outcome == "known mistake" else outcome


def _why(mark):
    """What a student reads about a mark: the mistake, and what became of the points."""
    cut = mark.of and mark.points < mark.of and mark.outcome in ("correct", "known mistake")
    return " ".join(filter(None, [mark.words, f"({mark.why}.)" if cut else ""]))


def _bars(counts, most):
    """How often each outcome among `most`, as a picture."""
    canvas = Canvas(640, 24 * len(counts) + 8)
    for i, (words, n) in enumerate(counts.items()):
        canvas.text(150, 24 * i + 20, words, text_anchor="end")
        canvas.add("rect", x=158, y=24 * i + 6, width=420 * n / most, height=18, fill="#0072B2")
        canvas.text(164 + 420 * n / most, 24 * i + 20, str(n))
    return canvas.picture(", ".join(f"{words}: {n}" for words, n in counts.items()))._repr_mimebundle_()[
        "text/html"
    ]


def _number(points):
    return f"{points:.3f}".rstrip("0").rstrip(".")


def _cell(text):
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font-family: sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em; line-height: 1.5 }}
table {{ border-collapse: collapse }}
th, td {{ text-align: left; vertical-align: top; padding: 0.3em 0.8em; border-bottom: 1px solid #ccc }}
td:nth-child(2), td:nth-child(3) {{ white-space: nowrap }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""
