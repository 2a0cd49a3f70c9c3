"""The check engine itself, and attempts that behave as badly as Python allows."""

import re
import signal
import sys
import time

import numpy as np
import pytest

from helpers import exercise as engine
from helpers import quarantine
from helpers.exercise import Lesson


@pytest.fixture
def lesson(monkeypatch):
    monkeypatch.setattr(engine, "SECONDS", 0.5)
    return Lesson(99)


@pytest.fixture
def silence(lesson):
    @lesson.exercise(points=2, hints=["Copy first.", "Then set one entry."])
    def silence(h, unit):
        """A copy of h with one activation set to 0."""
        h = np.array(h, dtype=float)
        h[unit] = 0
        return h

    @silence.questions
    def _questions(rng):
        yield [0.5, 0.7], 0
        for _ in range(5):
            yield rng.random(3), int(rng.integers(3))

    @silence.mistake("You return the activation that was there.")
    def _returns_old(h, unit):
        return h[unit]

    @silence.mistake("The first unit is number 0.")
    def _counts_from_one(h, unit):
        return silence.reference(h, unit - 1)

    @silence.mistake("You ask for a unit that is not there.")
    def _beyond(h, unit):
        return h[len(h)]

    return silence


class Stranger:
    """Says yes to every comparison, and quits when it is looked at."""

    def __eq__(self, other):
        return True

    def __array__(self, *args, **kwargs):
        raise SystemExit

    __repr__ = __len__ = __float__ = __iter__ = __array__
    __hash__ = None


class EndlessList(list):
    def __iter__(self):
        while True:
            yield 1


class Unspeakable(Exception):
    def __str__(self):
        raise SystemExit


def itself():
    value = []
    value.append(value)
    return value


def swallow_everything(h, unit):
    while True:
        try:
            while True:
                try:
                    while True:
                        time.sleep(0.01)
                except BaseException:
                    pass
                finally:
                    time.sleep(0.01)
        except BaseException:
            pass


def swallow_and_sleep(h, unit):  # Python 3.12 counts the jump of this loop to its `try`
    while True:
        try:
            time.sleep(0.001)
        except BaseException:
            pass


class Liar(type):
    def __eq__(cls, other):
        return True

    __hash__ = type.__hash__


class Listed(list, metaclass=Liar):
    def __len__(self):
        raise SystemExit


class Masked:
    @property
    def __class__(self):
        raise SystemExit


def spin(h, unit):
    while True:
        pass


def spin_and_swallow(h, unit):
    while True:
        try:
            pass
        except BaseException:
            pass


def recurse(h, unit):
    return recurse(h, unit)


def flood(h, unit):
    for _ in range(1000):
        print("x" * 1000)
    return h


def generate(h, unit):
    yield h


async def wait(h, unit):
    return h


def close_output(h, unit):
    sys.stdout.close()
    sys.stderr = None
    return h


def raise_(error):
    raise error


def change(h, unit):
    h[unit] = 0
    return h


def hide_in_argument(h, unit):
    if isinstance(h, list):
        h.append(Stranger())
    return 0


ODD = {
    "system exit": (lambda h, unit: sys.exit(), "crashed"),
    "interrupt": (lambda h, unit: raise_(KeyboardInterrupt), "crashed"),
    "generator exit": (lambda h, unit: raise_(GeneratorExit), "crashed"),
    "error without words": (lambda h, unit: raise_(Unspeakable), "crashed"),
    "too few parameters": (lambda h: h, "crashed"),
    "recursion": (recurse, "crashed"),
    "generator": (generate, "wrong"),
    "coroutine": (wait, "wrong"),
    "flood": (flood, "wrong"),
    "closed output": (close_output, "wrong"),
    "stranger": (lambda h, unit: Stranger(), "wrong"),
    "strangers": (lambda h, unit: [Stranger(), Stranger()], "wrong"),
    "stranger in a dict": (lambda h, unit: {"h": Stranger()}, "wrong"),
    "stranger's class": (lambda h, unit: Stranger, "wrong"),
    "contains itself": (lambda h, unit: itself(), "wrong"),
    "huge number": (lambda h, unit: 10**5000, "wrong"),
    "huge numbers": (lambda h, unit: [10**5000, 1], "wrong"),
    "text": (lambda h, unit: "[0, 0.7]", "wrong"),
    "times": (lambda h, unit: np.array(["2020-01-01"], dtype="datetime64[D]"), "wrong"),
    "objects": (lambda h, unit: np.array([None, print], dtype=object), "wrong"),
    "a row": (lambda h, unit: np.atleast_2d(h), "wrong"),
    "nothing": (lambda h, unit: print("hello"), "wrong"),
    "hides in its argument": (hide_in_argument, "wrong"),
    "calls the method itself": (lambda h, unit: "x".join, "wrong"),
    "endless list": (lambda h, unit: EndlessList(), "crashed"),
    "loop": (spin, "crashed"),
    "loop that swallows": (spin_and_swallow, "crashed"),
    "loop that swallows twice": (swallow_everything, "crashed"),
    "loop that swallows and sleeps": (swallow_and_sleep, "crashed"),
    "metaclass that lies": (lambda h, unit: Listed([0, 1]), "wrong"),
    "class that quits": (lambda h, unit: Masked(), "crashed"),
    "masked attempt": (Masked(), "wrong"),
    "lowest int": (lambda h, unit: [-(2**63) if i == unit else v for i, v in enumerate(h)], "wrong"),
    "large int": (lambda h, unit: 2**70, "wrong"),
    "surrogate": (lambda h, unit: print("\ud83d") or "\ud83d", "wrong"),
    "wide dict": (lambda h, unit: {f"key {i}": i for i in range(3000)}, "wrong"),
    "low recursion limit": (
        lambda h, unit: sys.setrecursionlimit(sys.getrecursionlimit() - 300) or h,
        "wrong",
    ),
    "trace": (lambda h, unit: sys.settrace(lambda *a: None) or h, "wrong"),
    "sleep": (lambda h, unit: time.sleep(1000), "crashed"),
    "not a function": (Stranger(), "wrong"),
    "a number": (5, "wrong"),
    "a class": (Stranger, "crashed"),
    "a module": (np, "wrong"),
}


@pytest.mark.parametrize("name", ODD)
def test_check_survives(name, silence, capsys):
    attempt, outcome = ODD[name]
    before = (sys.stdout, sys.stderr, signal.getsignal(signal.SIGINT))
    start = time.monotonic()
    verdict = silence.judge(attempt)
    assert verdict.outcome == outcome, verdict
    assert time.monotonic() - start < 30
    assert "cope" not in verdict.message, verdict
    assert (sys.stdout, sys.stderr, signal.getsignal(signal.SIGINT)) == before
    assert len(repr(verdict)) < 3000 and verdict._repr_html_()
    silence.check(attempt)


def test_an_attempt_that_checks_itself_is_stopped_too(silence):
    def attempt(h, unit):
        silence.check(attempt)
        return h

    before = signal.getsignal(signal.SIGINT)
    assert silence.judge(attempt).outcome in ("crashed", "wrong")
    assert signal.getsignal(signal.SIGINT) is before
    assert silence.judge(silence.reference).outcome == "correct"


def test_interrupts_that_interrupt_each_other_stay_inside(monkeypatch):
    """A thousand times as many as there are, so that they meet every step of ours."""
    monkeypatch.setattr(quarantine, "AGAIN", 0.00025)
    monkeypatch.setattr(sys, "unraisablehook", bool)  # pytest's would be interrupted as well

    def attempt(n):
        return quarantine.ask(attempt, [(n,)] * 2, ("n",), 0.2)[0].error

    for _ in range(8):
        assert quarantine.ask(attempt, [(1,)] * 2, ("n",), 0.01)[-1].error == "TimeLimit"
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_outside_the_main_thread_there_is_no_deadline_but_an_answer(silence):
    import threading

    found = []
    thread = threading.Thread(target=lambda: found.append(silence.judge(silence.reference)))
    thread.start()
    thread.join()
    assert found[0].outcome == "correct"


def test_what_the_learner_is_told(silence):
    def forgets(h, unit):
        print("unit", unit)
        return h

    text = silence.judge(forgets).message
    assert "6 of 6 answers differ" in text and "silence(h=[0.5, 0.7], unit=0)" in text
    assert re.search(r"expected: +\[0, 0.7\]\n +got: +\[0.5, 0.7\]", text), text
    assert "Your code printed: unit 0" in text and "ex.silence.hint()" in text
    shape = silence.judge(lambda h, unit: [list(h)]).message
    assert "expected: 2 numbers" in shape and "numbers of shape (1, 2)" in shape

    def crashes(h, unit):
        return h[unit] + missing_name  # noqa: F821

    text = silence.judge(crashes).message
    assert "NameError: name 'missing_name' is not defined" in text
    assert "return h[unit] + missing_name" in text and "never given a value" in text
    assert "`return`" in silence.judge(lambda h, unit: print()).message
    assert "changed its argument h" in silence.judge(change).message
    assert "Hand over the function itself" in silence.judge(5).message
    assert "after" in silence.judge(spin).message and "loop" in silence.judge(spin).message


def test_mistakes_by_value_and_by_exception(silence):
    assert silence.judge(lambda h, unit: h[unit]).message.startswith("You return the activation")
    assert silence.judge(lambda h, unit: raise_(IndexError("mine"))).message.startswith("You ask for a unit")

    def sometimes(h, unit):  # like the mistake on most questions, not on all
        return h[unit] if len(h) > 2 else h

    assert silence.judge(sometimes).outcome == "wrong"


def test_blanks(silence):
    def empty(h, unit): ...

    def with_docstring(h, unit):
        """Later."""

    def with_blank(h, unit):
        silent = np.array(h) * ...
        return silent

    def returns_blank(h, unit):
        return ...

    for attempt in (None, ..., empty, with_docstring, with_blank, returns_blank):
        assert silence.judge(attempt).outcome == "not attempted", attempt

    def right_with_ellipsis_index(h, unit):
        h = np.array(h)
        h[..., unit] = 0
        return h

    def wrong_with_ellipsis_index(h, unit):
        return np.array(h)[..., unit]

    assert silence.judge(right_with_ellipsis_index).outcome == "correct"
    assert silence.judge(wrong_with_ellipsis_index).outcome == "known mistake"

    def index_that_is_no_whole_number(h, unit):
        return np.array(h)[h[0]]

    verdict = silence.judge(index_that_is_no_whole_number)  # numpy's message names the ellipsis
    assert verdict.outcome == "known mistake"  # the one that raises an IndexError too


def test_what_else_is_wrong_is_said(lesson, silence):
    def in_place(h, unit):
        h[unit] = 1

    verdict = silence.judge(in_place)
    assert "got:      None (is a `return` missing?)" in verdict.message
    assert "also changed its argument h. Work on a copy." in verdict.message

    @lesson.exercise()
    def nobody():
        return {"a": None, "b": 2, "c": 3}

    assert "2 of 3 are right" in nobody.judge({"a": None, "b": 3, "c": 3}).message
    assert nobody.judge({"a": None}).message == nobody.judge(1).message == "Not this."

    @lesson.exercise()
    def half(n):
        return n // 2 if n % 2 == 0 else None  # so None is no sign of a missing return

    half.questions(lambda rng: ((n,) for n in range(4)))
    assert half.judge(lambda n: None if n else 0).message.endswith("got:      None")


def test_value_exercises(lesson):
    @lesson.exercise()
    def rank():
        return 2

    @rank.mistake("That is the number of columns.")
    def _columns():
        return 4

    assert rank.judge(2).outcome == rank.judge(np.float32(2)).outcome == "correct"
    assert rank.judge(4).message.startswith("That is the number of columns.")
    assert rank.judge(Stranger()).outcome == rank.judge([2]).outcome == rank.judge("2").outcome == "wrong"
    assert rank.judge(None).outcome == "not attempted"
    assert rank.judge(Stranger).outcome == "wrong"


def test_predictions_and_their_calibration(lesson):
    @lesson.prediction({1: "The louder one.", 2: "The other one.", "the same": "Neither."})
    def guess():
        return 2

    for value, outcome in [
        (1, "known mistake"),
        ("2", "correct"),
        (" The Same ", "known mistake"),
        (None, "not attempted"),
    ]:
        assert guess.judge(value).outcome == outcome
    for value in (3, "three", Stranger(), [2], True, float("nan")):
        assert guess.judge(value).outcome == "wrong"
    assert lesson.commitments == {}
    guess.judge(1, sure=90)
    guess.judge(2, sure=60)  # the second thought does not count
    assert lesson.commitments == {"guess": (90.0, False)}
    for sure in ("a lot", -1, 101, float("nan"), True, Stranger()):
        assert "not noted" in guess.judge(1, sure=sure).message
    report = engine.Report(lesson)
    assert "when you said 90 % you were right in 0 % of 1" in repr(report)
    assert 'alt="Calibration: said 90 %, right 0 % of 1"' in report._repr_html_()


def test_check_hint_solution_and_report_are_shown(silence, capsys):
    silence.check(silence.reference)
    silence.hint()
    silence.hint()
    silence.hint()
    silence.solution()
    silence.lesson.report()
    out = capsys.readouterr().out
    assert "silence: correct. 6 questions were asked" in out
    assert "Hint 1 of 2: Copy first." in out and out.count("Hint 2 of 2") == 2
    assert "def silence(h, unit):" in out and "@" not in out
    assert "2 of 2 points" in out


def test_an_exercise_of_ones_own_is_judged_by_ones_own_seed():
    lesson = Lesson(99)

    @lesson.exercise(points=3, hints=["Add.", "Ten."])
    def mine(seed):
        return seed + 10

    @mine.questions
    def _questions(rng):
        yield (0,)
        yield (1,)

    @mine.mistake("Ten too few.")
    def _too_few(seed):
        return seed

    assert (
        mine.personal and mine.judge(15, seed=5).outcome == "correct" and mine.judge(15, seed=5).points == 3
    )
    assert mine.judge(15, seed=6).outcome == "wrong" and "expected" not in mine.judge(15, seed=6).message
    assert mine.judge(6, seed=6).message.startswith("Ten too few.")
    assert mine.judge(None, seed=6).outcome == "not attempted"
    for seed in (-1, "6", 1.5, True):
        assert "`seed` is a number of your own" in mine.judge(15, seed=seed).message
    assert mine.judge(lambda seed: seed + 10).outcome == "correct"  # a whole program passes without a seed
    assert mine.source().endswith("mine = mine(seed)")
