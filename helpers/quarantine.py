"""Asking a stranger's function questions, whatever it does in Python: in this process, and without letting it out.

Output, warnings and exceptions of any kind are caught, arguments are copies, and a loop in Python is interrupted at a
deadline. It protects a lesson from accidents; it is no wall against somebody who wants to break out.
"""

import _thread
import contextlib
import enum
import io
import linecache
import signal
import sys
import threading
import warnings
from dataclasses import dataclass

import numpy as np

from .plain import gap, name_of, plain

# What else is on the stack is a stranger's.
OURS = {__file__, plain.__code__.co_filename, *(module.__file__ for module in (contextlib, enum, signal))}
AGAIN = 0.25  # seconds from one interrupt to the next, until a stranger's code is left
PRINTED = 400  # so many characters of what the function prints are kept


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

    Each call gets its own copy of the arguments. After `seconds` (all questions together) a loop in Python is
    interrupted, as by the interrupt button, and the answers end there, the last one with the error TimeLimit.
    """
    found, late = [], []
    with _undisturbed() as restore, _deadline(seconds, late):
        for question in questions:
            sys.stdout = sys.stderr = sink = _Sink()
            try:
                answer = _call(function, question, names)
            except BaseException as error:  # even our own steps fail at a lowered recursion limit
                answer = {"error": name_of(type(error))}
            restore()
            found.append(answer | {"printed": sink.kept})
            if late or answer.get("error") == "KeyboardInterrupt":
                break
    # Not before: an interrupt would take the making of an Answer for a stranger's code.
    answers = [Answer(**answer) for answer in found]
    return [*answers[:-1], Answer(error="TimeLimit")] if late else answers


def _call(function, question, names):
    """What there is to say of one call, by the names of an Answer's fields."""
    try:
        given = plain(question)
        value = plain(function(*given))
        pairs = zip(names, question, plain(given), strict=False)
        return {"value": value, "changed": tuple(name for name, old, new in pairs if gap(old, new, 1e-12))}
    except BaseException as error:  # SystemExit too: nothing that a stranger does may end the notebook
        kind = name_of(type(error))
        try:  # its words can be a stranger's code as well
            return {"error": kind, "says": _message(error), "line": _line(function, error)}
        except BaseException:
            return {"error": kind}


def _message(error):
    return str.strip(str(error)).split("\n")[0][:200]


def _line(function, error):
    """The last line of the learner's own code on the way to `error`, with its number in the cell."""
    home, found = getattr(getattr(function, "__code__", None), "co_filename", None), ""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == home:
            found = trace.tb_lineno
        trace = trace.tb_next
    text = linecache.getline(home, found).strip() if found else ""
    return f"line {found}: {text[:200]}" if text else ""


@contextlib.contextmanager
def _undisturbed():
    """Silence warnings, and put back what a stranger can change in the interpreter; yields what puts it back."""
    streams, limit = (sys.stdin, sys.stdout, sys.stderr), sys.getrecursionlimit()
    tracer, profiler = sys.gettrace(), sys.getprofile()

    def restore():
        sys.setrecursionlimit(limit)
        sys.stdin, sys.stdout, sys.stderr = streams
        if sys.gettrace() is not tracer:
            sys.settrace(tracer)
        if sys.getprofile() is not profiler:
            sys.setprofile(profiler)

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            yield restore
        finally:
            restore()


class _Again(int):
    """`_Again(signum).due` makes a signal due once more, at the next jump or call after the handler.

    A loop around `except: pass` swallows one interrupt inside its `try`; the second meets it outside. It is a
    property because Python looks for signals after a call, still inside the handler, but not after an attribute.
    """

    due = property(_thread.interrupt_main)


@contextlib.contextmanager
def _deadline(seconds, late):
    """Interrupt a stranger's code after `seconds`, until it is left. In other threads than the main one do nothing."""
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
    elif hasattr(signal, "setitimer"):
        yield from _alarm(seconds, late)
    else:  # Windows: one interrupt, as by the button
        timer = threading.Timer(seconds, lambda: late.append(True) or _thread.interrupt_main())
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _alarm(seconds, late):
    if getattr(signal.getsignal(signal.SIGALRM), "__module__", "") == __name__:
        yield  # an attempt that calls `check`: the outer deadline holds
        return
    rings = 0

    def ring(signum, frame):
        nonlocal rings
        inside = below = False
        while frame is not None:
            code, frame = frame.f_code, frame.f_back
            below |= code is ask.__code__
            # in a call, or in what a stranger left behind, such as a __del__
            inside |= code is _call.__code__ or (not below and code.co_filename not in OURS)
        if inside and below:
            late.append(True)  # not an Event: its lock waits for ever when a ring interrupts a ring
            rings += 1
            _Again(signum).due  # noqa: B018
            if (
                rings % 5
            ):  # now and then one instruction later: Python 3.12 counts a loop's jump to the `try` it leads to
                raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
