"""The check engine: an exercise is a reference answer, questions to ask, and the mistakes people make.

An attempt is asked every question. It is *correct* where it answers like the reference, a *known mistake*
where it answers like exactly one of the mistakes that the author declared, and otherwise *wrong* or *crashed*.
The engine knows no model: questions and answers are plain data. `check` never raises, whatever the attempt does
in Python; it runs in the learner's own process, so it teaches and does not give marks.
"""

import ast
import base64
import copy
import dis
import functools
import html
import inspect
import textwrap
from dataclasses import dataclass, field, replace
from types import FunctionType

import numpy as np

from .plain import Odd, describe, gap, has_fraction, name_of, plain, show
from .quarantine import apart, ask

SECONDS = 5.0  # one check may take this long, all questions together


def is_blank(attempt):
    """Whether there is nothing in it yet: None, `...`, or a function with an empty body."""
    if attempt is None or attempt is ...:
        return True
    try:
        steps = list(dis.get_instructions(attempt.__code__)) if type(attempt) is FunctionType else []
    except Exception:
        return False
    harmless = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    constants = [step.argval for step in steps if "CONST" in step.opname]
    return (
        bool(steps)
        and {s.opname for s in steps} <= harmless
        and all(c is None or c is ... for c in constants[-1:])
    )


ERRORS = {
    "AssertionError": "An `assert` in your code did not hold.",
    "AttributeError": "The object before the dot has nothing of that name.",
    "IndexError": "A position that is not there (counting starts at 0), or one that is not a whole number.",
    "KeyError": "The dictionary has no such key.",
    "KeyboardInterrupt": "The run was interrupted.",
    "MemoryError": "The computer ran out of memory.",
    "NameError": "A name is used that was never given a value; look for a typing slip, or a cell not yet run.",
    "RecursionError": "The function calls itself without end.",
    "StopIteration": "`next` was called on something that has no more items.",
    "SystemExit": "Your code asked Python to quit; return an answer instead.",
    "TimeLimit": f"It was stopped after {SECONDS:g} seconds: a loop that never ends, or one that does too much.",
    "TypeError": "A value has the wrong type, or a function got the wrong number of arguments.",
    "UnboundLocalError": "A variable is used before it got a value inside the function.",
    "ValueError": "A value, or the shape of an array, does not suit the operation.",
    "ZeroDivisionError": "Something is divided by zero.",
}


# ---------------------------------------------------------------- exercises and lessons


@dataclass(frozen=True)
class Verdict:
    """What `check` shows: an outcome, the words for it, and the points."""

    name: str
    outcome: str  # not attempted | correct | known mistake | wrong | crashed
    message: str
    points: int = 0
    title: str = ""  # shown in place of the outcome

    def __repr__(self):
        return f"{self.name}: {self.title or self.outcome}. {self.message}"

    def _repr_html_(self):
        colour = {"correct": "#009E73", "not attempted": "#56B4E9"}.get(self.outcome, "#D55E00")
        text = html.escape(self.message)
        return (
            f'<div style="border-left: 4px solid {colour}; padding: 0.2em 0.8em; white-space: pre-wrap;">'
            f"<b>{html.escape(self.name)}: {self.title or self.outcome}.</b> {text}</div>"
        )


@dataclass(frozen=True)
class Note:
    """A hint or a solution on the page."""

    text: str
    code: bool = False

    def __repr__(self):
        return self.text

    def _repr_html_(self):
        if self.code:
            return f'<pre style="font-family: monospace">{html.escape(self.text)}</pre>'
        return f"<p>{html.escape(self.text)}</p>"


def _display(thing):
    from IPython.display import display  # late: `import helpers` costs numpy only

    display(thing)


class Exercise:
    """One exercise, made by `Lesson.exercise` or `Lesson.prediction`; the decorated function is the reference."""

    def __init__(self, lesson, reference, points, hints, tolerance, options=None, spoilers=(), tool=""):
        self.lesson, self.reference, self.points, self.hints = lesson, reference, points, list(hints)
        self.name = reference.__name__
        self.tolerance, self.options = tolerance, options  # options: {choice: reply} of a prediction
        self.spoilers = tuple(spoilers)  # "module.function" of helpers that give the answer: not handed out
        self.tool = tool  # the one that does the same, and stays: nobody is marked on what can be looked up
        self.names = tuple(inspect.signature(reference).parameters)
        self.mistakes, self.alternatives, self._draw, self._deal, self._hinted = [], [], None, None, 0

    # what the author declares

    def questions(self, draw):
        """Decorate `draw(rng)`, which yields tuples of arguments: edge cases first, then random ones."""
        self._draw = draw
        return draw

    def deal(self, function):
        """Decorate `function(seed)`, which returns what the learner with this number is handed, as plain data."""
        self._deal = function
        return function

    def mistake(self, message):
        """Decorate a function that makes a mistake which learners make; `message` tells them which."""
        return lambda function: self.mistakes.append((message, function)) or function

    def alternative(self, function):
        """Decorate another right way."""
        self.alternatives.append(function)
        return function

    # what the engine works out once

    def draw(self, rng):
        """The questions that `rng` leads to: a list of tuples of plain data."""
        return [plain(tuple(question)) for question in self._draw(rng)] if self._draw else [()]

    @functools.cached_property
    def asked(self):
        return self.draw(np.random.default_rng(0))

    @functools.cached_property
    def expected(self):
        return ask(self.reference, self.asked, self.names)

    @functools.cached_property
    def slips(self):
        """(message, answers) of every declared mistake."""
        return [(message, ask(function, self.asked, self.names)) for message, function in self.mistakes]

    @functools.cached_property
    def right(self):
        """The right option of a prediction."""
        return plain(self.reference())

    @property
    def personal(self):
        """Whether it is another exercise for every learner."""
        return self.names == ("seed",)

    @property
    def by_function(self):
        """Whether the answer is a function, which is asked questions; else it is a value."""
        return bool(self.names) and not self.personal

    def fresh(self, rng):
        """The same exercise with the questions that `rng` leads to."""
        other = copy.copy(self)
        for worked_out in ("expected", "slips"):
            other.__dict__.pop(worked_out, None)
        other.asked = self.draw(rng)
        return other

    def own(self, seed):
        """The exercise as the learner with this number has it: one question, answered by a value."""

        def bound(function):
            def answer():
                return function(seed)

            answer.__name__ = function.__name__
            return answer

        mine = Exercise(self.lesson, bound(self.reference), self.points, self.hints, self.tolerance)
        mine.mistakes = [(message, bound(function)) for message, function in self.mistakes]
        return mine

    def handed(self, seed):
        """What the learner with the number `seed` is dealt, as plain data."""
        if type(seed) is not int or seed < 0:
            raise ValueError(f"seed is a number of your own, a whole one, from 0; got {seed!r}")
        return plain(self._deal(seed))

    # what the learner calls

    def check(self, attempt=None, sure=None, seed=None):
        """Show what is right or wrong about `attempt`. For a prediction, `sure` is how sure you are, 0 to 100 %.

        For an exercise that is another one for every learner, `attempt` is a value and `seed` the learner's number.
        """
        _display(self.judge(attempt, sure, seed))

    def judge(self, attempt=None, sure=None, seed=None):
        """The verdict on `attempt`, as `check` shows it; never raises."""
        try:
            if seed is not None and (type(seed) is not int or seed < 0):
                verdict = self._verdict("wrong", "`seed` is a number of your own: a whole one, from 0.")
            else:
                verdict = (self if seed is None else self.own(seed))._judge(attempt)
            if self.options and verdict.outcome in ("correct", "known mistake"):
                verdict = self._committed(verdict, sure)
        except KeyboardInterrupt:
            verdict = self._verdict("crashed", ERRORS["KeyboardInterrupt"])
        except BaseException as error:  # a gap in the engine must not stop the lesson
            said = f"The check itself could not cope with this answer ({name_of(type(error))})."
            verdict = self._verdict("crashed", said)
        best = self.lesson.verdicts.get(self.name)
        if best is None or best.outcome != "correct":  # who was right once may try what else would be
            self.lesson.verdicts[self.name] = verdict
        return verdict

    def hint(self):
        """Show the next hint."""
        if not self.hints:
            return _display(Note("There is no hint for this one: commit yourself, then look."))
        self._hinted = min(self._hinted + 1, len(self.hints))
        last = "" if self._hinted < len(self.hints) else " (This was the last hint.)"
        _display(Note(f"Hint {self._hinted} of {len(self.hints)}: {self.hints[self._hinted - 1]}{last}"))

    def solution(self):
        """Show the reference answer."""
        _display(Note(self.source(), code=True))

    def source(self):
        """The reference as a learner would write it: its code without the decorator."""
        if self.options:
            return f"{self.name} = {self.right!r}"
        text = textwrap.dedent(inspect.getsource(self.reference))
        node = ast.parse(text).body[0]
        code = "\n".join(text.split("\n")[node.lineno - 1 : node.end_lineno])
        call = f"\n\n\n{self.name} = {self.name}({', '.join(self.names)})"
        return code + call if self.personal or not self.names else code

    # how a verdict is found

    def _verdict(self, outcome, message):
        more = (
            f"\nA hint: ex.{self.name}.hint()"
            if self.hints and outcome in ("wrong", "crashed", "known mistake")
            else ""
        )
        message = (
            (message[:2000] + more).encode("utf-8", "replace").decode()
        )  # a lone surrogate can't be printed
        return Verdict(self.name, outcome, message, self.points if outcome == "correct" else 0)

    def _judge(self, attempt):
        if is_blank(attempt):
            return self._verdict(
                "not attempted", "Put your answer in place of the ... or None, and run the cell again."
            )
        if self.options:
            return self._choice(attempt)
        if not self.names:  # the answer is a value
            value, attempt = attempt, (attempt if type(attempt) is FunctionType else lambda: value)
        elif not callable(attempt):
            looked = ask(lambda: attempt, [()], (), SECONDS)[0]
            kind = "something that can't be looked at" if looked.error else describe(looked.value)
            return self._verdict(
                "wrong", f"Hand over the function itself, ex.{self.name}.check({self.name}); this is {kind}."
            )
        self.expected, self.slips  # noqa: B018  all that is compared with is worked out before a stranger changes anything
        answers = ask(attempt, self.asked, self.names, SECONDS)
        outcome, message, failed = self.weigh(answers)
        if outcome != "wrong":
            return self._verdict(outcome, message)
        return self._explain(
            min(failed, key=lambda i: (len(show(self.asked[i], width=9999)), i)), answers, len(failed)
        )

    def weigh(self, answers):
        """What answers to `asked` are worth: an outcome, the words for it, and which of the questions failed.

        Parameters
        ----------
        answers : list of quarantine.Answer, one for each question; fewer, if time ran out

        Returns
        -------
        (outcome, message, failed) : of "wrong" the message is empty, and `failed` lists the numbers of the questions
        """
        count, expected = len(self.asked), self.expected
        gaps = [apart(want, got, self.tolerance) for want, got in zip(expected, answers, strict=False)]
        if len(gaps) == count and max(gaps) <= 1:
            many = f"{count} questions were asked; all answers agree" if self.names else "Yes"
            rounded = any(has_fraction(answer.value) for answer in expected)
            return "correct", f"{many}{f' (to {self.tolerance:g})' if rounded else ''}.", []
        # numpy's own word for a wrong index names the ellipsis in brackets, among what an index can be
        blank = [
            a for a in answers if "Error" in a.error and "ellipsis" in a.says and "ellipsis (" not in a.says
        ]
        if blank:
            return "not attempted", "There is still a ... in your code: put your own piece in its place.", []
        for message, slip in self.slips:
            near = [apart(want, got, self.tolerance) for want, got in zip(slip, answers, strict=False)]
            if len(near) == count and max(near) <= 1:
                return "known mistake", message, []
        return "wrong", "", [i for i, distance in enumerate(gaps) if distance > 1]

    def _explain(self, i, answers, failed):
        want, got, count = self.expected[i], answers[i], len(self.asked)
        if answers[-1].error in ("TimeLimit", "KeyboardInterrupt"):
            i, got = len(answers) - 1, answers[-1]
        call = ", ".join(
            f"{name}={show(value)}" for name, value in zip(self.names, self.asked[i], strict=True)
        )
        call = f"{self.name}({call})"
        printed = f"\nYour code printed: {got.printed.strip()}" if got.printed.strip() else ""
        if got.error and not (want.error and want.error == got.error):
            where = f"\n    {got.line}" if got.line else ""
            said = f": {got.says}" if got.says else ""
            meaning = ERRORS.get(got.error, "")
            text = f"{call} ended in {got.error}{said}{where}\n{meaning}".rstrip()
            return self._verdict("crashed", text + printed)
        if got.changed and gap(want.value, got.value, self.tolerance) <= 1:
            changed = " and ".join(got.changed)
            text = f"The value is right, but the call changed its argument {changed}. Work on a copy."
            return self._verdict("wrong", text + printed)
        if got.changed:
            printed = (
                f"\nThe call also changed its argument {' and '.join(got.changed)}. Work on a copy." + printed
            )
        if self.names:
            asked = f"{failed} of {count} answers differ. The smallest case:\n    {call}"
            silent = any(answer.value is None and not answer.error for answer in self.expected)
            return self._verdict("wrong", f"{asked}{_difference(want, got, silent)}{printed}")
        both = (
            isinstance(want.value, dict)
            and isinstance(got.value, dict)
            and want.value.keys() == got.value.keys()
        )
        if both:  # how many, not which
            right = [gap(value, got.value[key], self.tolerance) <= 1 for key, value in want.value.items()]
            return self._verdict("wrong", f"Not this: {sum(right)} of {len(right)} are right.{printed}")
        return self._verdict("wrong", f"Not this.{printed}")

    def chosen(self, value):
        """The option of a prediction that a plain value names, in whatever case; None if it names none."""
        options = {str(option).casefold(): option for option in self.options}
        return options.get(str(value).strip().casefold() if isinstance(value, (str, int, float)) else None)

    def _choice(self, attempt):
        chosen = self.chosen(ask(lambda: attempt, [()], (), SECONDS)[0].value)
        if chosen is None:
            return self._verdict("wrong", f"Choose one of {', '.join(map(show, self.options))}.")
        if chosen == self.right:
            return self._verdict("correct", self.options[chosen])
        return replace(self._verdict("known mistake", self.options[chosen]), title="not so")

    def _committed(self, verdict, sure):
        """Keep the first commitment for the calibration curve."""
        if sure is None:
            return verdict
        if (type(sure) is not int and type(sure) is not float) or not (sure == 0 or 1 <= sure <= 100):
            return replace(
                verdict, message=f"{verdict.message}\n`sure` is in per cent, 0 to 100; it was not noted."
            )
        self.lesson.commitments.setdefault(self.name, (float(sure), verdict.outcome == "correct"))
        return verdict


def _difference(want, got, silent):
    """Expected and got, on a line each: kind and shape first, then the values with as many digits as it takes.

    `silent` says that None is the right answer to some question, so that one is no sign of a missing return.
    """
    kinds = ["raises " + a.error if a.error else describe(a.value) for a in (want, got)]
    if got.value is None and not got.error and want.value is not None and not silent:
        kinds[1] += " (is a `return` missing?)"
    digits = next((d for d in (6, 12) if show(want.value, d) != show(got.value, d)), 17)
    lines = []
    for answer, kind in zip((want, got), kinds, strict=True):
        bare = answer.error or answer.value is None or isinstance(answer.value, Odd)  # its kind says it all
        parts = [kind] if kinds[0] != kinds[1] else []
        lines.append(": ".join(parts if bare else [*parts, show(answer.value, digits)]))
    return f"\n    expected: {lines[0]}\n    got:      {lines[1]}"


@dataclass
class Lesson:
    """The exercises of one lesson, and how far its learner got."""

    number: int
    exercises: dict = field(default_factory=dict)
    verdicts: dict = field(default_factory=dict)
    commitments: dict = field(
        default_factory=dict
    )  # {prediction: (sure in %, was it right)}, the first of each

    def exercise(self, points=1, hints=(), tolerance=1e-6, spoilers=(), tool=""):
        """Decorate a reference answer. Without parameters, the answer is the value that it returns.

        `spoilers` are the functions of helpers, "module.function", that give the answer to who calls them.
        `tool` is the one that the lesson hands out once it was built by hand.
        """

        def declare(reference):
            made = Exercise(self, reference, points, hints, tolerance, spoilers=spoilers, tool=tool)
            self.exercises[made.name] = made
            return made

        return declare

    def prediction(self, options):
        """Decorate a function that works out the right one of `options`, {choice: what to reply to it}."""

        def declare(reference):
            self.exercises[reference.__name__] = Exercise(self, reference, 0, (), 0.0, options)
            return self.exercises[reference.__name__]

        return declare

    def report(self):
        """Show the lesson's progress, and how well you knew what you knew."""
        _display(Report(self))


@dataclass(frozen=True)
class Report:
    """Progress in one lesson: a line for each exercise, and the calibration of the predictions."""

    lesson: Lesson

    def rows(self):
        for name, exercise in self.lesson.exercises.items():
            verdict = self.lesson.verdicts.get(name)
            outcome = verdict.title or verdict.outcome if verdict else "not attempted"
            points = f"{verdict.points if verdict else 0} of {exercise.points}" if exercise.points else ""
            yield name, outcome, points

    def calibration(self):
        """(sure in %, share right in %, how many) for every degree of confidence that was stated."""
        said = sorted({sure for sure, _ in self.lesson.commitments.values()})
        for sure in said:
            right = [r for s, r in self.lesson.commitments.values() if s == sure]
            yield sure, 100 * sum(right) / len(right), len(right)

    def __repr__(self):
        width = max(map(len, self.lesson.exercises))
        got = sum(v.points for v in self.lesson.verdicts.values())
        lines = [
            f"Lesson {self.lesson.number}: {got} of {sum(e.points for e in self.lesson.exercises.values())} points"
        ]
        lines += [
            f"  {name:{width}}  {outcome:14}  {points}".rstrip() for name, outcome, points in self.rows()
        ]
        for sure, right, many in self.calibration():
            lines.append(f"  when you said {sure:g} % you were right in {right:.0f} % of {many}")
        return "\n".join(lines)

    def _repr_html_(self):
        return f'<pre style="font-family: monospace">{html.escape(repr(self))}</pre>{self._curve()}'

    def _curve(self):
        points = list(self.calibration())
        if not points:
            return ""
        alt = "Calibration: " + "; ".join(f"said {s:g} %, right {r:.0f} % of {n}" for s, r, n in points)
        dots = "".join(
            f'<circle cx="{40 + 1.6 * s:.1f}" cy="{180 - 1.6 * r:.1f}" r="{3 + 2 * n}" fill="#0072B2"/>'
            for s, r, n in points
        )
        labels = "".join(
            f'<text x="{40 + 1.6 * v}" y="196" text-anchor="middle">{v}</text>'
            f'<text x="34" y="{184 - 1.6 * v}" text-anchor="end">{v}</text>'
            for v in (0, 50, 100)
        )
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="260" height="220" font-family="sans-serif" font-size="11">'
            '<rect width="260" height="220" fill="white"/><path d="M40 20V180H200" fill="none" stroke="#888"/>'
            f'<path d="M40 180L200 20" stroke="#888" stroke-dasharray="4 3"/>{dots}{labels}'
            '<text x="120" y="212" text-anchor="middle">how sure you were (%)</text>'
            '<text x="206" y="24">right (%)</text></svg>'
        )
        return f'<img alt="{alt}" src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}">'
