"""Asking a stranger's function questions, whatever it does in Python: in this process, and without letting it out.

Output, warnings and exceptions of any kind are caught, arguments are copies, and a loop in Python is interrupted at a
deadline. It protects a lesson from accidents; it is no wall against somebody who wants to break out.
"""

import _thread
import contextlib
import io
import linecache
import signal
import sys
import threading
import warnings
from dataclasses import dataclass

import numpy as np

from .plain import gap, plain

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
