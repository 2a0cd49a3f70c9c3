"""Exercises as they are handed out: stored questions to practise on, where the course has its answers.

A release carries this file as `helpers/practice.py`. What was practised on gives no marks; the questions that do, and
the answers to them, stay with the instructor.
"""

import json
from pathlib import Path

import numpy as np

from helpers.exercise import Exercise, Lesson, Verdict, is_blank
from helpers.plain import pack, plain, show, unpack
from helpers.quarantine import Answer

HERE = Path(__file__).parent
KEPT = "Hints and answers stay with your instructor."


class Practice(Exercise):
    """An exercise without its reference: what `store` made of it."""

    def __init__(self, lesson, stored):
        self.lesson, self.hints, self.mistakes, self.alternatives, self._hinted = lesson, [], [], [], 0
        self.name, self.points, self.tolerance = stored["name"], stored["points"], stored["tolerance"]
        self.names, self.options = tuple(stored["names"]), dict.fromkeys(map(unpack, stored["options"]), "")
        if stored["asked"] is not None:
            self.asked = unpack(stored["asked"])
            self.expected = [_answer(a) for a in stored["expected"]]
            self.slips = [(message, [_answer(a) for a in answers]) for message, answers in stored["slips"]]

    def judge(self, attempt=None, sure=None, seed=None):
        if "asked" in self.__dict__:
            return super().judge(attempt, sure, seed)
        if is_blank(attempt):
            verdict = self._verdict("not attempted", "Put your answer in place of the ... or None.")
        elif self.options and self.chosen(plain(attempt)) is None:
            verdict = self._verdict("wrong", f"Choose one of {', '.join(map(show, self.options))}.")
        else:
            verdict = Verdict(
                self.name, "noted", f"{show(plain(attempt))}. It is marked when you hand it in."
            )
        self.lesson.verdicts[self.name] = verdict
        return verdict

    def hint(self):
        self.solution()

    def source(self):
        return KEPT

    def handed(self, seed):
        """What the learner with the number `seed` was dealt, as plain data."""
        file = HERE / "handed" / f"{self.name}-{seed}.json"
        if not file.is_file():
            raise ValueError(f"seed must be your own number, as your instructor gave it to you; got {seed!r}")
        return unpack(json.loads(file.read_text()))


def packed(answers):
    """Answers as JSON can hold them; `_answer` reads one."""
    return [[pack(a.value), a.error, list(a.changed)] for a in answers]


def _answer(stored):
    value, error, changed = stored
    return Answer(unpack(value), error, tuple(changed))


def practised(exercise):
    """Whether there are questions to practise on beside those that are marked: not where they are always the same."""
    if not exercise.by_function:
        return False
    one, other = (
        json.dumps([pack(q) for q in exercise.draw(np.random.default_rng(seed))]) for seed in (0, 1)
    )
    return one != other


def store(exercise, whole=False):
    """An exercise as a release holds it: with questions and answers to practise on, where there are others to mark.

    `whole` stores them in any case: that is not for students.
    """
    ready = whole or practised(exercise)
    return {
        "name": exercise.name,
        "points": exercise.points,
        "tolerance": exercise.tolerance,
        "names": list(exercise.names),
        "options": [pack(option) for option in exercise.options or ()],
        "asked": pack(exercise.asked) if ready else None,
        "expected": packed(exercise.expected) if ready else None,
        "slips": [[message, packed(slip)] for message, slip in exercise.slips] if ready else None,
    }


def stored(number):
    """The lesson with this number, as its release holds it."""
    kept = json.loads((HERE / "exercises" / f"lesson{number:02d}.json").read_text())
    lesson = Lesson(number)
    lesson.exercises |= {one["name"]: Practice(lesson, one) for one in kept}
    return lesson
