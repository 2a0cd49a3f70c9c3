"""Every exercise is proved: who is right passes, who is wrong is told why, and an independent oracle agrees."""

import importlib
import math
import os
import pkgutil
from pathlib import Path

import numpy as np
import pytest

import helpers.exercises
from helpers.coursework.practice import practised
from helpers.plain import Odd, plain
from helpers.quarantine import apart, ask

LESSONS = {
    module.name: importlib.import_module(f"helpers.exercises.{module.name}")
    for module in pkgutil.iter_modules(helpers.exercises.__path__)
}
ALL = [
    pytest.param(e, id=f"{name}-{e.name}") for name, m in LESSONS.items() for e in m.lesson.exercises.values()
]
WRITTEN = [p for p in ALL if not p.values[0].options]
CHOSEN = [p for p in ALL if p.values[0].options]
NAMES = [(name, m) for name, m in LESSONS.items()]


def attempt(exercise, function):
    """What a learner would hand over: the function, or for a value exercise its value."""
    return function if exercise.names else function()


@pytest.mark.parametrize("name, module", NAMES)
def test_lesson_has_enough_of_everything(name, module):
    written = [e for e in module.lesson.exercises.values() if not e.options]
    assert 4 <= len(written) <= 6, f"{name} has {len(written)} exercises, not 4 to 6"
    assert name == f"lesson{module.lesson.number:02d}"
    for e in module.lesson.exercises.values():
        if e.options:
            assert len(e.options) >= 3 and all(len(reply) > 20 for reply in e.options.values()), e.name
        else:
            assert len(e.mistakes) >= 3 and e.alternatives and len(e.hints) >= 2 and e.points > 0, e.name
            assert len({message for message, _ in e.mistakes}) == len(e.mistakes), e.name


@pytest.mark.parametrize("exercise", WRITTEN)
def test_reference_and_alternatives_are_correct(exercise):
    assert not any(answer.error and "Error" not in answer.error for answer in exercise.expected)
    for function in [exercise.reference, *exercise.alternatives]:
        assert exercise.judge(attempt(exercise, function)).outcome == "correct", function.__name__


@pytest.mark.parametrize("exercise", [p for p in WRITTEN if practised(p.values[0])])
def test_fresh_questions_tell_the_mistakes_apart_as_well(exercise):
    """Marks are given for questions that nobody has seen: those must be as telling, whatever the key."""
    for seed in range(1, int(os.environ.get("SEEDS", 2)) + 1):
        fresh = exercise.fresh(np.random.default_rng(seed))
        for function in exercise.alternatives:
            assert fresh.weigh(ask(function, fresh.asked, fresh.names))[0] == "correct", (
                seed,
                function.__name__,
            )
        for (message, function), (_, slip) in zip(exercise.mistakes, fresh.slips, strict=True):
            assert fresh.weigh(slip)[:2] == ("known mistake", message), (seed, function.__name__)


@pytest.mark.parametrize("exercise", WRITTEN)
def test_every_mistake_is_told_its_own_message(exercise):
    for message, function in exercise.mistakes:
        verdict = exercise.judge(attempt(exercise, function))
        assert verdict.outcome == "known mistake", (function.__name__, verdict)
        assert verdict.message.startswith(message), (
            f"{function.__name__} is taken for another mistake: {verdict}"
        )


@pytest.mark.parametrize("exercise", WRITTEN)
def test_questions_separate_every_pair_with_head_room(exercise):
    everyone = [("reference", exercise.expected), *exercise.slips]
    for i, (one, answers) in enumerate(everyone):
        for other, others in everyone[:i]:
            gaps = [apart(a, b, exercise.tolerance) for a, b in zip(answers, others, strict=True)]
            assert max(gaps) >= 1000, f"{one!r} and {other!r} are {max(gaps):.3g} tolerances apart"
    for function in exercise.alternatives:
        answers = ask(function, exercise.asked, exercise.names)
        assert (
            max(apart(a, b, exercise.tolerance) for a, b in zip(exercise.expected, answers, strict=True))
            <= 0.1
        )


@pytest.mark.parametrize("exercise", WRITTEN)
def test_other_seeds_ask_other_questions_and_separate_as_well(exercise):
    if not exercise.names:
        return
    for seed in (1, 2):
        asked = exercise.draw(np.random.default_rng(seed))
        expected = ask(exercise.reference, asked, exercise.names)
        for _, function in exercise.mistakes:
            answers = ask(function, asked, exercise.names)
            furthest = max(apart(a, b, exercise.tolerance) for a, b in zip(expected, answers, strict=True))
            assert furthest >= 1000, (
                f"seed {seed}: {function.__name__} is {furthest:.3g} tolerances from the reference"
            )
    assert len(exercise.asked) >= 5, "ask at least 5 questions"


@pytest.mark.parametrize("exercise", WRITTEN)
def test_nonsense_is_rejected(exercise):
    first = exercise.expected[0].value
    constants = [
        0,
        1,
        -1,
        0.5,
        math.nan,
        math.inf,
        True,
        False,
        "",
        [],
        {},
        (),
        np.zeros((3, 3, 3)),
        first,
        [first],
        (first,),
    ]
    for value in [*constants, exercise.reference if not exercise.names else object()]:
        made = (lambda *given, value=value: value) if exercise.names else value
        if not exercise.names and (
            value is exercise.reference
            or apart(exercise.expected[0], ask(lambda v=value: v, [()], ())[0], exercise.tolerance) <= 1
        ):
            continue  # the constant is the answer
        assert exercise.judge(made).outcome in ("wrong", "known mistake", "crashed"), value
    if exercise.names:
        for made in (
            lambda *given: given,
            lambda *given: given[0],
            lambda *given: given[-1],
            lambda: 0,
            lambda *given: 1 / 0,
        ):
            assert exercise.judge(made).outcome in ("wrong", "known mistake", "crashed")

        def yields(*given):
            yield exercise.reference(*given)

        for made in (yields, lambda *given: object(), lambda *given: exercise.reference, 7, "text"):
            assert exercise.judge(made).outcome == "wrong"


@pytest.mark.parametrize("exercise", ALL)
def test_blank_is_not_attempted(exercise):
    def stub(*given): ...

    for blank in (None, ..., stub):
        assert exercise.judge(blank).outcome == "not attempted"


@pytest.mark.parametrize("exercise", CHOSEN)
def test_predictions_have_one_right_option_and_a_reply_to_each(exercise):
    right = exercise.right
    for option, reply in exercise.options.items():
        verdict = exercise.judge(option, sure=70)
        assert verdict.message == reply
        assert verdict.outcome == ("correct" if option == right else "known mistake")
    assert right in exercise.options
    assert exercise.judge("something else").outcome == "wrong"
    assert "not noted" in exercise.judge(right, sure="very").message


@pytest.mark.parametrize("exercise", WRITTEN)
def test_questions_and_answers_are_plain_data(exercise):
    def odd(value):
        if isinstance(value, (list, tuple, frozenset)):
            return any(map(odd, value))
        return any(map(odd, value.values())) if isinstance(value, dict) else isinstance(value, Odd)

    assert not any(odd(plain(question)) for question in exercise.asked)
    assert not any(odd(answer.value) for answer in exercise.expected)
    assert not any(answer.changed for answer in exercise.expected)


@pytest.mark.parametrize("exercise", WRITTEN)
def test_an_independent_oracle_agrees(exercise):
    path = Path(__file__).parent / "oracles" / f"lesson{exercise.lesson.number:02d}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    oracles = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(oracles)
    assert hasattr(oracles, exercise.name), f"{path.name} has no oracle for {exercise.name}"
    answers = ask(getattr(oracles, exercise.name), exercise.asked, exercise.names)
    for question, want, got in zip(exercise.asked, exercise.expected, answers, strict=True):
        assert apart(want, got, exercise.tolerance) <= 1, (question, want, got)
