"""Three questions about a student's own answers, to ask in person: the front of the sheet asks, the back answers.

The student's code is read here and never run here: what it answers comes out of the sandbox.
"""

import ast
import builtins
import contextlib
import functools
import html
import inspect
import itertools
import re
import textwrap
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers import author
from helpers.exercise import Exercise
from helpers.plain import show
from helpers.quarantine import apart

from . import practice, release, submissions
from .grade import PAGE, GradeError, answers_of, asked_in
from .sandbox import Sandbox

COUNT = 3
LINES = 60  # of somebody's code are shown; half as many, where there is a choice
LONGEST = 10**5  # characters of a cell that is looked at
LEGIBLE = 240  # characters of a question that can be answered by hand


@dataclass(frozen=True)
class Piece:
    """What a student handed in for one exercise."""

    lesson: int
    exercise: Exercise
    code: str  # the statements that define the answer; empty where they are not found
    asks: str  # the paragraph before it in the lesson
    sure: object  # how sure they were of a prediction, in per cent, or None
    answers: list  # of quarantine.Answer, to the practice questions; for a value, the one
    truth: object = None  # of a personal exercise: the answer to this student's own variant

    @property
    def title(self):
        return f"Lesson {self.lesson}, <code>{html.escape(self.exercise.name)}</code>"

    @functools.cached_property
    def legible(self):
        """The numbers of the practice questions that a person can answer by hand."""
        if not practice.practised(self.exercise):
            return []
        texts = [_text(question) for question in self.exercise.asked[: len(self.answers)]]
        return [i for i, text in enumerate(texts) if len(text) <= LEGIBLE and "…" not in text]


# ---------------------------------------------------------------- what was handed in


def sheet(student, folder, key, handed_out, protected=True, limits=None):
    """The page with three questions for one student, and the answers to them on its back.

    Parameters
    ----------
    student : str, an id
    folder : of the submissions, as for `grade`
    key : release.Key; its secret and the student's id decide which questions are drawn
    handed_out : the released folder
    protected, limits : as for `Sandbox`

    Returns
    -------
    str, an HTML page

    Raises
    ------
    GradeError : where there is nothing of the student to ask about
    """
    handed = submissions.submissions(folder, key.students)
    if student not in handed:
        known = (
            "" if student in key.students or not key.students else ", and nobody of that id is in the class"
        )
        raise GradeError(f"{student} handed in nothing in {folder}{known}")
    notebooks, complaints = submissions.read(handed[student], key.lessons)
    if not notebooks:
        raise GradeError(f"what {student} handed in can't be read: {'; '.join(complaints)}")
    secret = [folder, *filter(None, [key.bank])]
    pieces, ended = [], ""
    with Sandbox(handed_out, limits, protected, secret) as place:
        for notebook in notebooks:
            some, end = _pieces(place, notebook, key, student, handed_out)
            pieces, ended = pieces + some, ended or end
    drawn = draw(pieces, np.random.default_rng(key.draw("viva", student)))
    if not drawn:
        why = f" ({ended})" if ended else ""
        raise GradeError(f"{student} handed in notebooks without an answer to ask about{why}")
    return page(student, key.students.get(student, {}).get("name", ""), drawn)


def _pieces(place, notebook, key, student, handed_out):
    """(what was answered in a notebook, why its run ended early)."""
    lesson, path = release.lesson_of(notebook.lesson, key.bank)
    exercises, prose = lesson.exercises, _prose(Path(handed_out) / path.name)
    run, trees, found = place.run(notebook.cells, *asked_in(exercises)), _trees(notebook.cells), []
    for name, exercise in exercises.items():
        try:
            answers = answers_of(run.answers[name])
        except (TypeError, ValueError, RecursionError):  # nothing, or what can't be read
            continue
        if answers:
            truth = exercise.own(key.seed(exercise, student)).expected[0].value if exercise.personal else None
            code = code_of(name, trees)
            asked = prose.get(name, ""), _sure(name, trees)
            found.append(Piece(notebook.lesson, exercise, code, *asked, answers, truth))
    return found, run.ended


def _prose(path):
    """{exercise: the last paragraph of the text before its check} of a lesson."""
    before, found = "", {}
    for cell in author.read(path).cells:
        if cell.cell_type == "markdown":
            before = cell.source.strip().split("\n\n")[-1].replace("*", "")
        for name in re.findall(r"^ex\.(\w+)\.check\(", cell.source, re.MULTILINE):
            found[name] = before
    return found


def _trees(cells):
    """(source, syntax tree) of every cell that is Python, if need be without the lines for IPython alone."""
    trees = []
    for cell in cells:
        for source in (cell, re.sub(r"(?m)^([ \t]*)[%!].*$", r"\1pass", cell)):
            with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                if len(source) < LONGEST:
                    with warnings.catch_warnings(action="ignore"):
                        trees.append((source, ast.parse(source)))
                    break
    return trees


def code_of(name, trees):
    """The statement that binds a name last to something not blank, after the functions of the cells that it uses."""
    places = {}
    for source, tree in trees:
        for node in tree.body:
            for bound in _bound(node):
                if not _blank(node):
                    places[bound] = (ast.get_source_segment(source, node), node)
    if name not in places:
        return ""
    wanted, todo = {}, [name]
    while todo:
        if (one := todo.pop()) not in wanted:
            wanted[one], node = places[one]
            used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
            todo += [n for n in sorted(used) if n in places and isinstance(places[n][1], ast.FunctionDef)]
    lines = "\n\n".join(dict.fromkeys(reversed(wanted.values()))).splitlines()
    return "\n".join(lines[:LINES] + [f"# … and {len(lines) - LINES} lines more"] * (len(lines) > LINES))


def _bound(node):
    """The names that a statement of a cell binds."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def _blank(node):
    """Whether a statement is still as it was handed out: a function with an empty body, or a name set to None."""
    if isinstance(node, ast.FunctionDef):
        return all(
            isinstance(n, ast.Pass | ast.Expr) and _nothing(getattr(n, "value", None)) for n in node.body
        )
    return isinstance(node, ast.Assign) and _nothing(node.value)


def _nothing(value):
    return value is None or (
        isinstance(value, ast.Constant) and (value.value in (None, ...) or type(value.value) is str)
    )


def _sure(name, trees):
    """How sure they said they were of a prediction, in the last check of it; None where they did not say."""
    said = None
    for call in (node for _, tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)):
        of = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "check" else None
        if isinstance(of, ast.Attribute) and of.attr == name:
            given = [k.value for k in call.keywords if k.arg == "sure" and isinstance(k.value, ast.Constant)]
            numbers = [g.value for g in given if type(g.value) in (int, float) and 0 <= g.value <= 100]
            said = numbers[0] if numbers else said
    return said


# ---------------------------------------------------------------- what is asked


def draw(pieces, rng):
    """At most three (title, front, back): one of each kind, and what is left over where a kind is missing."""
    order, drawn, used = [pieces[i] for i in rng.permutation(len(pieces))], [], set()
    for kinds in [(_returns,), (_parts,), (_stood, _found), *[(_returns, _parts, _stood, _found)] * COUNT]:
        if len(drawn) == COUNT:
            break
        tried = sorted(order, key=lambda p: (p.exercise.name in used, p.code.count("\n") > LINES / 2))
        fits = ((p, kind) for p in tried for kind in kinds if (kind, p.exercise.name) not in used)
        made = ((p, kind, sides) for p, kind in fits if (sides := kind(p, rng)))
        for piece, kind, sides in itertools.islice(made, 1):
            drawn.append((piece.title, *sides))
            used |= {piece.exercise.name, (kind, piece.exercise.name)}
    return drawn


def _returns(piece, rng):
    """What does your own code return, and why?"""
    if not piece.code or not piece.legible:
        return None
    exercise, slips = piece.exercise, [slip for _, slip in piece.exercise.slips]
    far = {i: [apart(exercise.expected[i], s[i], exercise.tolerance) for s in slips] for i in piece.legible}
    telling = [i for i, gaps in far.items() if max(gaps, default=0) > 1]  # some mistake answers it otherwise
    i = int(rng.choice(telling or piece.legible))
    front = f"<p>This is your code.</p>{_code(piece.code)}<p>What does {_call(piece, i)} return, and why?</p>"
    back = f"<p>{_call(piece, i)}: their code {_answer(piece.answers[i])}{_right(piece, i)}</p>"
    return front, back


def _parts(piece, rng):
    """Where does your code part from another, which makes a known mistake?"""
    exercise, legible = piece.exercise, piece.legible
    if not piece.code or not legible:
        return None
    known = [  # (the other code, what the mistake is, its answers, where it parts from the student's)
        (_other(function), message, slip, where)
        for (message, function), (_, slip) in zip(exercise.mistakes, exercise.slips, strict=True)
        if (where := [i for i in legible if apart(slip[i], piece.answers[i], exercise.tolerance) > 1])
    ]
    if not known:
        return None
    shown = [mistake for mistake in known if mistake[0]] or known
    other, message, slip, where = shown[rng.integers(len(shown))]
    i = min(where, key=lambda i: len(_text(exercise.asked[i])))
    told = f"Somebody else wrote this.</p>{_code(other)}<p>" if other else (
        f"Somebody else's code was told: <em>{html.escape(message)}</em> "
    )  # fmt: skip
    front = (
        f"<p>This is your code.</p>{_code(piece.code)}<p>{told}Where do the two part? Name an input, and say what each "
        "returns for it.</p>"
    )
    back = (
        f"<p>The other makes a known mistake: {html.escape(message)}</p><p>For example {_call(piece, i)}: the other "
        f"{_answer(slip[i])}, their code {_answer(piece.answers[i])}{_right(piece, i)} Of the practice questions that "
        f"can be done by hand, the two part in {len(where)} of {len(legible)}.</p>"
    )
    return front, back


def _stood(piece, rng):
    """What did you expect, what came out, what would change your mind?"""
    exercise = piece.exercise
    chosen = exercise.chosen(piece.answers[0].value) if exercise.options else None
    if chosen is None or piece.answers[0].error:
        return None
    sure = "" if piece.sure is None else f", and were {piece.sure:g} % sure"
    asks = piece.asks if "?" in piece.asks else inspect.getdoc(exercise.reference) or ""
    front = (
        f"<p>The lesson asked: <em>{html.escape(asks)}</em></p><p>Of {', '.join(map(_text, exercise.options))} "
        f"you said {_text(chosen)}{sure}. Why did you expect that? What came out? What would have to come out to "
        "change your mind?</p>"
    )
    right = exercise.right
    replies = [chosen, right] if chosen != right else [right]
    said = "".join(
        f"<li>To {_text(option)}: {html.escape(exercise.options[option])}</li>" for option in replies
    )
    return front, f"<p>What came out: {_text(right)}. What the lesson replies:</p><ul>{said}</ul>"


def _found(piece, rng):
    """How did you find this value, and what did you rule out?"""
    if piece.exercise.options or piece.exercise.by_function:
        return None
    truth = piece.truth if piece.exercise.personal else piece.exercise.expected[0].value
    front = (
        f"<p>Your answer was {_text(piece.answers[0].value, 400)}. How did you find it? What did you look at first, "
        "and what could you rule out by that? Which test could have shown that you were wrong?</p>"
    )
    return front, f"<p>The right answer: {_text(truth)}.</p>"


# ---------------------------------------------------------------- in words


def _text(value, width=9999):
    return html.escape(show(value, 12, width))


def _call(piece, i):
    pairs = zip(piece.exercise.names, piece.exercise.asked[i], strict=True)
    return (
        f"<code>{piece.exercise.name}({', '.join(f'{name}={_text(value)}' for name, value in pairs)})</code>"
    )


def _answer(answer):
    said = (
        f"ends in {html.escape(answer.error)}"
        if answer.error
        else f"returns <code>{_text(answer.value, 400)}</code>"
    )
    return said + (
        f" and changes its argument {html.escape(' and '.join(answer.changed))}" if answer.changed else ""
    )


def _right(piece, i):
    want = piece.exercise.expected[i]
    agrees = apart(want, piece.answers[i], piece.exercise.tolerance) <= 1
    return ", which is right." if agrees else f". The right one {_answer(want)}."


def _other(function):
    """A declared mistake as somebody would have written it; empty where it leans on what the reader can't see."""
    try:
        text = textwrap.dedent(inspect.getsource(function))
        node = ast.parse(text).body[0]
    except (SyntaxError, TypeError, OSError):
        return ""
    if not isinstance(node, ast.FunctionDef):
        return ""
    names = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n not in node.decorator_list]
    own = {n.id for n in names if isinstance(n.ctx, ast.Store)} | {
        a.arg for a in ast.walk(node) if isinstance(a, ast.arg)
    }
    used = {n.id for body in node.body for n in ast.walk(body) if isinstance(n, ast.Name)}
    if used - own - {"np", "math"} - set(dir(builtins)):
        return ""
    lines = text.split("\n")[node.lineno - 1 : node.end_lineno]
    return re.sub(r"def \w+", "def other", "\n".join(lines), count=1)


def _code(text):
    style = "white-space: pre-wrap; line-height: 1.3; border-left: 3px solid #ccc; padding-left: 1em"
    return f'<pre style="{style}">{html.escape(text)}</pre>'


def page(student, name, drawn):
    """The sheet: questions in front; answers behind, where the printer turns the page."""
    who = html.escape(f"{name} ({student})" if name else student)
    few = f"<p>There is enough for {len(drawn)} of {COUNT} questions.</p>" if len(drawn) < COUNT else ""
    front, back = (
        "".join(f"<h2>{i}. {part[0]}</h2>{part[side]}" for i, part in enumerate(drawn, 1)) for side in (1, 2)
    )
    body = (
        '<div style="font-size: 85%; line-height: 1.35">'
        f"<p>Three minutes a question. Think aloud; a pencil is allowed, a computer is not.</p>{front}"
        f'<section style="break-before: page"><h1>For the examiner: {who}</h1>{few}'
        "<p>Give a point for a right answer, and another for a reason that comes from this code, or from what was "
        f"measured. Do not hand out this side.</p>{back}</section></div>"
    )
    text = PAGE.format(title=f"Questions for {who}", body=body)
    return text.encode("utf-8", "backslashreplace").decode()
