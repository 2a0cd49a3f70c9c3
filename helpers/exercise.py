"""The check engine: an exercise is a reference answer, questions to ask, and the mistakes people make.

An attempt is asked every question. It is *correct* where it answers like the reference, a *known mistake*
where it answers like exactly one of the mistakes that the author declared, and otherwise *wrong* or *crashed*.
The engine knows no model: questions and answers are plain data (None, numbers, strings, arrays, and
lists, tuples, dicts and sets of these). `check` never raises, whatever the attempt does in Python; it runs in the
learner's own process, so it teaches and does not give marks.
"""

import _thread
import ast
import base64
import contextlib
import dis
import functools
import html
import inspect
import io
import linecache
import signal
import sys
import textwrap
import threading
import warnings
from dataclasses import dataclass, field, replace

import numpy as np

SECONDS = 5.0  # one check may take this long, all questions together
PRINTED = 400  # so many characters of what the attempt prints are kept


# ---------------------------------------------------------------- plain data


@dataclass(frozen=True)
class Odd:
    """Stands for a value that is not plain data, so that it can be compared and described."""

    kind: str


def plain(value, depth=0):
    """A copy of `value` in plain data only; anything else becomes `Odd`.

    Arrays of any float type, pandas columns and numpy scalars are welcome. Subclasses are reduced to what
    they derive from, so that no method of a stranger's class runs when answers are compared.
    """
    if type(value) is int and value.bit_length() > 1023:
        return Odd("a number of more than 300 digits")
    if value is None or type(value) in (bool, int, float, complex, str, Odd):
        return value
    if depth > 20:
        return Odd("a list nested more than 20 deep")
    if type(value).__module__.partition(".")[0] == "pandas" and hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if isinstance(value, np.ndarray):
        value = np.array(value, subok=False)
        if value.dtype.kind in "biufc":
            return value
        return (
            plain(value.tolist(), depth + 1)
            if value.dtype.kind in "OU"
            else Odd(f"an array of {value.dtype}")
        )
    if isinstance(value, np.number) and not isinstance(value, np.timedelta64):
        return (
            complex(value)
            if np.iscomplexobj(value)
            else value.item()
            if value.dtype.kind in "iu"
            else float(value)
        )
    for kind in (np.bool_, str, int, float):
        if isinstance(value, kind):
            return plain({np.bool_: bool}.get(kind, kind)(value), depth + 1)
    if isinstance(value, (list, tuple, range)):
        items = [plain(item, depth + 1) for item in value]
        return tuple(items) if isinstance(value, tuple) else items
    if isinstance(value, dict):
        return {_key(plain(key, depth + 1)): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return frozenset(_key(plain(item, depth + 1)) for item in value)
    if inspect.iscoroutine(value):
        value.close()  # or Python warns later that nobody awaited it
    name = type(value).__name__
    return Odd(f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}")


def _key(value):
    """A plain value as a dictionary key: arrays and lists become tuples."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return tuple(_key(item) for item in value) if isinstance(value, (list, tuple)) else value


def gap(expected, got, tolerance):
    """How far two plain values are apart, in tolerances: at most 1 is equal, inf is another kind or shape of thing.

    A number x is compared to within `tolerance` · max(1, |x|). Lists, tuples and arrays of the same numbers
    are the same; NaN equals NaN; True is not 1.
    """
    a, b = _array(expected), _array(got)
    if a is not None and b is not None:
        if a.size == b.size == 0:  # nothing is nothing, whatever the shape that a mask left
            return 0.0
        if a.shape != b.shape or (a.dtype.kind == "b") != (b.dtype.kind == "b"):
            return np.inf
        if a.dtype.kind == "b":
            return 0.0 if np.array_equal(a, b) else np.inf
        with np.errstate(all="ignore"):
            apart = np.abs(a - b) / (tolerance * np.maximum(1.0, np.abs(a)))
        apart = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, apart)
        return float(np.where(np.isnan(apart), np.inf, apart).max())
    if a is not None or b is not None:
        return np.inf
    if isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)):
        if len(expected) != len(got):
            return np.inf
        return max((gap(x, y, tolerance) for x, y in zip(expected, got, strict=True)), default=0.0)
    if isinstance(expected, dict) and isinstance(got, dict):
        if expected.keys() != got.keys():
            return np.inf
        return max((gap(item, got[key], tolerance) for key, item in expected.items()), default=0.0)
    return 0.0 if type(expected) is type(got) and expected == got else np.inf


def _array(value):
    """Plain `value` as an array of numbers or booleans, or None where it is not one."""
    if not isinstance(value, (bool, int, float, complex, list, tuple, np.ndarray)):
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        return None
    return array if array.dtype.kind in "biufc" else None


def _is_float(value):
    """Whether a plain value holds a number with a fraction, which was compared to within a tolerance."""
    if isinstance(value, dict):
        return any(map(_is_float, value.values()))
    array = _array(value)
    if array is None:
        return isinstance(value, (list, tuple)) and any(map(_is_float, value))
    return array.dtype.kind in "fc" and bool(np.any(array != np.round(array)))


def describe(value):
    """The kind and shape of a plain value, in words."""
    array = _array(value)
    if array is not None and not array.size:
        return "an empty list"
    if array is not None and array.ndim:
        return f"{array.shape[0]} numbers" if array.ndim == 1 else f"numbers of shape {array.shape}"
    if array is not None:
        return "True or False" if array.dtype.kind == "b" else "a number"
    if isinstance(value, (list, tuple)):
        inside = ", ".join(describe(item).partition(" of ")[0] for item in value[:4])
        return f"a {type(value).__name__} of {len(value)} ({inside}{', …' if value[4:] else ''})"
    if isinstance(value, dict):
        return f"a dict with the keys {', '.join(map(show, value))}"
    if value is None:
        return "None (is a `return` missing?)"
    return value.kind if isinstance(value, Odd) else {str: "a string", frozenset: "a set"}[type(value)]


def show(value, digits=6, width=240):
    """A plain value as short text that is the same on every machine."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        text = "[{}]" if isinstance(value, list) else "({},)" if len(value) == 1 else "({})"
        text = text.format(
            ", ".join(show(item, digits, width) for item in value[:60]) + (", …" if value[60:] else "")
        )
    elif isinstance(value, dict):
        text = (
            "{"
            + ", ".join(f"{show(k)}: {show(item, digits, width)}" for k, item in list(value.items())[:60])
            + "}"
        )
    elif isinstance(value, frozenset):
        text = "{" + ", ".join(sorted(show(item, digits, width) for item in list(value)[:60])) + "}"
    elif isinstance(value, float):
        text = f"{value:.{digits}g}"
    else:
        text = (
            value.kind if isinstance(value, Odd) else repr(value[:width] if isinstance(value, str) else value)
        )
    return text if len(text) <= width else text[: width - 1] + "…"


# ---------------------------------------------------------------- asking a stranger's function


@dataclass(frozen=True)
class Answer:
    """What a function did with one question: a value, or an error; and which of its arguments it changed."""

    value: object = None
    error: str = ""  # name of the exception's class
    changed: tuple = ()
    says: str = ""  # the exception's message
    line: str = ""  # the learner's own line that led to it
    printed: str = ""


def apart(one, other, tolerance):
    """The gap between two answers; errors are equal where their class is."""
    if one.error != other.error or one.changed != other.changed:
        return np.inf
    return 0.0 if one.error else gap(one.value, other.value, tolerance)


class _Sink(io.TextIOBase):
    """Takes everything that is printed, keeps the beginning."""

    kept = ""

    def write(self, text):
        self.kept += str(text)[: PRINTED - len(self.kept)]
        return len(text)


def ask(function, questions, names, seconds=None):
    """Answer every question with `function`, in quarantine.

    Each call gets its own copy of the arguments. Output, warnings and exceptions of any kind are caught; after
    `seconds` (all questions together) a loop in Python is interrupted, as by the interrupt button, and the
    answers end there.
    """
    answers, late = [], threading.Event()
    stdout, stderr = sys.stdout, sys.stderr
    try:
        with _deadline(seconds, late), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for question in questions:
                sys.stdout = sys.stderr = sink = _Sink()
                answers.append(_call(function, question, names, sink))
                if answers[-1].error == "KeyboardInterrupt":
                    break
    except KeyboardInterrupt:  # it came between two calls
        answers.append(Answer(error="KeyboardInterrupt"))
    finally:
        sys.stdout, sys.stderr = stdout, stderr
    if late.is_set():
        answers = [a for a in answers if a.error != "KeyboardInterrupt"][: len(questions) - 1]
        answers.append(Answer(error="TimeLimit"))
    return answers


def _call(function, question, names, sink):
    try:
        value, given = _enter(function, plain(question))
        changed = tuple(
            n for n, old, new in zip(names, question, given, strict=False) if gap(old, new, 1e-12)
        )
        return Answer(value, changed=changed, printed=sink.kept)
    except BaseException as error:  # SystemExit too: nothing that an attempt does may end the notebook
        return Answer(
            error=type(error).__name__, says=_message(error), line=_line(function, error), printed=sink.kept
        )


def _enter(function, given):
    """The only frame above which a stranger's code runs: the deadline looks for it on the stack."""
    return plain(function(*given)), plain(given)


def _message(error):
    try:
        return str(error).strip().split("\n")[0][:200]
    except BaseException:
        return ""


def _line(function, error):
    """The last line of the learner's own code on the way to `error`, with its number in the cell."""
    home, found = getattr(getattr(function, "__code__", None), "co_filename", None), ""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == home:
            found = trace.tb_lineno
        trace = trace.tb_next
    text = linecache.getline(home, found).strip() if found else ""
    return f"line {found}: {text}" if text else ""


class _Again(int):
    """`_Again(signum).due` makes a signal due once more, at the next jump or call after the handler.

    A loop around `except: pass` swallows one interrupt inside its `try`; the second meets it outside. It is a
    property because Python looks for signals after a call, still inside the handler, but not after an attribute.
    """

    due = property(_thread.interrupt_main)


@contextlib.contextmanager
def _deadline(seconds, late):
    """Interrupt the main thread after `seconds`, until the stranger's code is left; in other threads do nothing."""
    nested = (
        getattr(signal.getsignal(signal.SIGINT), "__module__", "") == __name__
    )  # an attempt that calls `check`
    if seconds is None or nested or threading.current_thread() is not threading.main_thread():
        yield
        return
    done = threading.Event()

    def watch():
        if done.wait(seconds):
            return
        late.set()
        while not done.wait(0.25):
            if hasattr(signal, "pthread_kill"):  # wakes a sleeping thread too
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            else:
                _thread.interrupt_main()

    def interrupt(signum, frame):
        while frame is not None and frame.f_code is not _enter.__code__:
            frame = frame.f_back
        if late.is_set():
            if frame is None:  # the stranger's code is left already
                return
            _Again(signum).due  # noqa: B018
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        signal.signal(signal.SIGINT, before)


def _is_blank(attempt):
    """Whether there is nothing in it yet: None, `...`, or a function with an empty body."""
    if attempt is None or attempt is ...:
        return True
    try:
        steps = list(dis.get_instructions(attempt.__code__)) if inspect.isfunction(attempt) else []
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
    "IndexError": "You asked for a position that is not there; counting starts at 0.",
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

    def __init__(self, lesson, reference, points, hints, tolerance, options=None):
        self.lesson, self.reference, self.points, self.hints = lesson, reference, points, list(hints)
        self.name, self.task = reference.__name__, inspect.getdoc(reference) or ""
        self.tolerance, self.options = tolerance, options  # options: {choice: reply} of a prediction
        self.names = tuple(inspect.signature(reference).parameters)
        self.mistakes, self.alternatives, self._draw, self._hinted = [], [], None, 0

    # what the author declares

    def questions(self, draw):
        """Decorate `draw(rng)`, which yields tuples of arguments: edge cases first, then random ones."""
        self._draw = draw
        return draw

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

    # what the learner calls

    def check(self, attempt=None, sure=None):
        """Show what is right or wrong about `attempt`. For a prediction, `sure` is how sure you are, 0 to 100 %."""
        _display(self.judge(attempt, sure))

    def judge(self, attempt=None, sure=None):
        """The verdict on `attempt`, as `check` shows it; never raises."""
        try:
            verdict = self._judge(attempt)
            if self.options and verdict.outcome in ("correct", "known mistake"):
                verdict = self._committed(verdict, sure)
        except KeyboardInterrupt:
            verdict = self._verdict("crashed", ERRORS["KeyboardInterrupt"])
        except Exception as error:  # a gap in the engine must not stop the lesson
            verdict = self._verdict(
                "crashed", f"The check itself could not cope with this answer ({type(error).__name__})."
            )
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
            return f"{self.name} = {self.reference()!r}"
        text = textwrap.dedent(inspect.getsource(self.reference))
        node = ast.parse(text).body[0]
        code = "\n".join(text.split("\n")[node.lineno - 1 : node.end_lineno])
        return code if self.names else f"{code}\n\n\n{self.name} = {self.name}()"

    # how a verdict is found

    def _verdict(self, outcome, message):
        more = (
            f"\nA hint: ex.{self.name}.hint()"
            if self.hints and outcome in ("wrong", "crashed", "known mistake")
            else ""
        )
        return Verdict(self.name, outcome, message + more, self.points if outcome == "correct" else 0)

    def _judge(self, attempt):
        if _is_blank(attempt):
            return self._verdict(
                "not attempted", "Put your answer in place of the ... or None, and run the cell again."
            )
        if self.options:
            return self._choice(attempt)
        if not self.names:  # the answer is a value
            value, attempt = attempt, (attempt if inspect.isfunction(attempt) else lambda: value)
        elif not callable(attempt):
            kind = describe(ask(lambda: attempt, [()], ())[0].value)
            return self._verdict(
                "wrong", f"Hand over the function itself, ex.{self.name}.check({self.name}); this is {kind}."
            )
        answers = ask(attempt, self.asked, self.names, SECONDS)
        count = len(self.asked)
        gaps = [apart(want, got, self.tolerance) for want, got in zip(self.expected, answers, strict=False)]
        if len(gaps) == count and max(gaps) <= 1:
            many = f"{count} questions were asked; all answers agree" if self.names else "Yes"
            rounded = any(_is_float(answer.value) for answer in self.expected)
            return self._verdict("correct", f"{many}{f' (to {self.tolerance:g})' if rounded else ''}.")
        if any("ellipsis" in answer.says and "Error" in answer.error for answer in answers):
            return self._verdict(
                "not attempted", "There is still a ... in your code: put your own piece in its place."
            )
        for message, slip in self.slips:
            near = [apart(want, got, self.tolerance) for want, got in zip(slip, answers, strict=False)]
            if len(near) == count and max(near) <= 1:
                return self._verdict("known mistake", message)
        failed = [i for i, distance in enumerate(gaps) if distance > 1]
        return self._explain(
            min(failed, key=lambda i: (len(show(self.asked[i], width=9999)), i)), answers, len(failed)
        )

    def _explain(self, i, answers, failed):
        want, got, count = self.expected[i], answers[i], len(self.asked)
        if answers[-1].error in ("TimeLimit", "KeyboardInterrupt"):
            i, got = len(answers) - 1, answers[-1]
        call = ", ".join(
            f"{name}={show(value)}" for name, value in zip(self.names, self.asked[i], strict=True)
        )
        call = f"{self.name}({call})"
        printed = f"\nYour code printed: {got.printed.strip()[:PRINTED]}" if got.printed.strip() else ""
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
        asked = (
            f"{failed} of {count} answers differ. The smallest case:\n    {call}"
            if self.names
            else "Not this."
        )
        return self._verdict(
            "wrong", f"{asked}{_difference(want, got)}{printed}" if self.names else asked + printed
        )

    def _choice(self, attempt):
        options = {str(option).casefold(): option for option in self.options}
        value = ask(lambda: attempt, [()], ())[0].value
        chosen = options.get(str(value).strip().casefold() if isinstance(value, (str, int, float)) else None)
        if chosen is None:
            return self._verdict("wrong", f"Choose one of {', '.join(map(show, self.options))}.")
        if chosen == self.reference():
            return self._verdict("correct", self.options[chosen])
        return replace(self._verdict("known mistake", self.options[chosen]), title="not so")

    def _committed(self, verdict, sure):
        """Keep the first commitment for the calibration curve."""
        if sure is None:
            return verdict
        if type(sure) not in (int, float) or not (sure == 0 or 1 <= sure <= 100):
            return replace(
                verdict, message=f"{verdict.message}\n`sure` is in per cent, 0 to 100; it was not noted."
            )
        self.lesson.commitments.setdefault(self.name, (float(sure), verdict.outcome == "correct"))
        return verdict


def _difference(want, got):
    """Expected and got, on a line each: kind and shape first, then the values with as many digits as it takes."""
    kinds = ["raises " + a.error if a.error else describe(a.value) for a in (want, got)]
    if kinds[0] != kinds[1]:
        kinds = [
            kind + ("" if a.error or isinstance(a.value, (Odd, type(None))) else ": ")
            for kind, a in zip(kinds, (want, got), strict=True)
        ]
    else:
        kinds = ["", ""]
    digits = next((d for d in (6, 12) if show(want.value, d) != show(got.value, d)), 17)
    values = [
        "" if a.error or isinstance(a.value, (Odd, type(None))) else show(a.value, digits)
        for a in (want, got)
    ]
    return f"\n    expected: {kinds[0]}{values[0]}\n    got:      {kinds[1]}{values[1]}"


@dataclass
class Lesson:
    """The exercises of one lesson, and how far its learner got."""

    number: int
    exercises: dict = field(default_factory=dict)
    verdicts: dict = field(default_factory=dict)
    commitments: dict = field(
        default_factory=dict
    )  # {prediction: (sure in %, was it right)}, the first of each

    def exercise(self, points=1, hints=(), tolerance=1e-6):
        """Decorate a reference answer. Without parameters, the answer is the value that it returns."""

        def declare(reference):
            self.exercises[reference.__name__] = Exercise(self, reference, points, hints, tolerance)
            return self.exercises[reference.__name__]

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
