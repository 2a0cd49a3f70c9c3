"""Lesson 00, start here: reference answers, hints, questions and known mistakes.

A traffic light is a list of phases, (colour, seconds), that follow one another without end.
"""

import math

import numpy as np

from helpers.clocks import box
from helpers.clocks import hand as clock
from helpers.exercise import Lesson

lesson = Lesson(0)
LISTED = range(24)


@lesson.prediction(
    {
        3: "After 12 hours the hand is back at 0, and 3 hours are left.",
        4: "The marks go up to 11, and with 0 there are 12 of them. A round takes 12 hours, and 3 are left.",
        15: "There is no mark 15. After 11 comes 0 again: 12 hours make a round, and 3 are left.",
    }
)
def guess_mark():
    return int(clock(15))


# ---------------------------------------------------------------- exercise 1


@lesson.exercise(
    points=1,
    hints=[
        "How many minutes has one hour? And two?",
        "Twice as many hours have twice as many minutes: multiply.",
    ],
)
def minutes(hours):
    return 60 * hours


@minutes.questions
def _minutes_questions(rng):
    yield (0,)
    yield (1,)
    yield (24,)
    yield (0.5,)
    yield (0.01,)
    for _ in range(16):
        yield (int(rng.integers(2, 1000)),)


@minutes.mistake("You add 60 once. Every hour has 60 minutes of its own: 2 hours have 120, not 62.")
def _minutes_added(hours):
    return hours + 60


@minutes.mistake("You divide by 60: that turns minutes into hours. This is the other way round.")
def _minutes_divided(hours):
    return hours / 60


@minutes.mistake("You count 100 minutes to the hour. An hour has 60.")
def _minutes_decimal(hours):
    return 100 * hours


@minutes.mistake("These are seconds: 3600 to the hour. Minutes are asked for.")
def _minutes_seconds(hours):
    return 3600 * hours


@minutes.alternative
def _minutes_halves(hours):
    return hours * 2 * 30


# ---------------------------------------------------------------- exercise 2


@lesson.exercise(
    points=1,
    hints=[
        "`one[hour]` is what the first model answers at that hour. What must it be compared with?",
        "With what the other model answers at the same hour.",
    ],
)
def hours_that_differ(one, other):
    return [hour for hour in range(len(one)) if one[hour] != other[hour]]


@hours_that_differ.questions
def _differ_questions(rng):
    yield [], []
    yield [7], [7]
    yield [3], [4]
    yield [0, 1, 2, 3], [0, 1, 5, 3]
    yield [0, 1, 2], [1, 2, 0]
    yield [5, 5, 5], [6, 5, 5]
    yield [0] * 13 + [1], [0] * 13 + [2]  # hours go on where the dial begins again
    for _ in range(20):
        one = rng.integers(0, 12, int(rng.integers(3, 13)))
        changed = rng.random(len(one)) < 0.4
        yield one.tolist(), ((one + changed * rng.integers(1, 12, len(one))) % 12).tolist()


@hours_that_differ.mistake("You list the hours at which they are the same.")
def _differ_same(one, other):
    return [hour for hour in range(len(one)) if one[hour] == other[hour]]


@hours_that_differ.mistake("You list answers of the first model. The hours are asked for.")
def _differ_values(one, other):
    return [a for a, b in zip(one, other, strict=True) if a != b]


@hours_that_differ.mistake("You count the hours from 1. The first hour in the lists is hour 0.")
def _differ_from_one(one, other):
    return [hour + 1 for hour in range(len(one)) if one[hour] != other[hour]]


@hours_that_differ.mistake("You compare each hour of the one with the hour before of the other.")
def _differ_shifted(one, other):
    return [hour for hour in range(len(one)) if one[hour] != other[hour - 1]]


@hours_that_differ.mistake("You compare every answer with the first answer of the other model.")
def _differ_first(one, other):
    return [hour for hour in range(len(one)) if one[hour] != other[0]]


@hours_that_differ.mistake("You return how many hours there are, not which.")
def _differ_count(one, other):
    return sum(a != b for a, b in zip(one, other, strict=True))


@hours_that_differ.alternative
def _differ_zip(one, other):
    hours = []
    for hour, (a, b) in enumerate(zip(one, other, strict=True)):
        if a != b:
            hours.append(hour)
    return hours


# ---------------------------------------------------------------- predictions about the two models


@lesson.prediction(
    {
        0: "The hand never moves, but its dial is still there. Some hours come to where it stands.",
        1: "Midnight is one of them. There is another, since the dial goes round twice a day.",
        2: "At midnight and at noon, without doing anything.",
    }
)
def guess_stopped():
    return sum(clock(hour, pinion=0) == clock(hour) for hour in LISTED)


@lesson.prediction(
    {
        "none": "Then the part would be of no use at all. Every one of them is needed somewhere.",
        "about 4": "So it would be if each of the 6 parts looked after 4 hours of its own. They overlap.",
        "12 or more": "Every part has a hand in half of the answers or more. None has only its own few hours.",
    }
)
def guess_parts():
    changed = [sum(box(hour, part) != box(hour) for hour in LISTED) for part in range(6)]
    return "12 or more" if min(changed) >= 12 else "none" if max(changed) == 0 else "about 4"


@lesson.prediction(
    {
        "the same": "Every box that was made to give these 24 answers gives them, whatever it does elsewhere.",
        "different": "Some boxes with these 24 answers are right at hour 24 too. The list does not say which this is.",
        "the list cannot say": "Some models that agree with the clock on the list agree at hour 24 too. Others do not.",
    }
)
def guess_next_day():
    models = [box, lambda hour: clock(hour, pinion=8, wheel=96)]
    assert all(model(hour) == clock(hour) for model in models for hour in LISTED)
    verdicts = {"the same" if model(24) == clock(24) else "different" for model in models}
    return "the list cannot say" if len(verdicts) == 2 else verdicts.pop()


# ---------------------------------------------------------------- exercise 3


@lesson.exercise(
    points=2,
    hints=[
        "Go through the hours one by one: `for hour in range(12 * wheel):`.",
        "At each hour compare `clock(hour, pinion, wheel)` with `clock(hour)`, and return the hour where they differ.",
        "If the loop comes to its end, no hour differed: return None after it, not inside.",
    ],
)
def first_wrong_hour(pinion, wheel):
    for hour in range(12 * wheel):
        if clock(hour, pinion, wheel) != clock(hour):
            return hour
    return None


@first_wrong_hour.questions
def _wrong_questions(rng):
    yield 10, 120
    yield 0, 120
    yield 10, 119
    yield 5, 120
    yield 8, 96
    yield 10, 121
    yield 20, 239  # wrong for the first time on day 10
    yield 1000, 11_999  # and here on day 500
    yield 50, 120  # back at 0 every 12 hours, and wrong in between
    yield 1, 13
    yield 1, 11
    yield (
        130,
        120,
    )  # a pinion that pushes the wheel on by a round and 10 teeth is as good as one that pushes 10
    for _ in range(6):
        pinion = int(rng.integers(2, 15))
        yield pinion, 12 * pinion
        yield pinion, 12 * pinion - 1
        yield pinion, int(rng.integers(20, 150))


@first_wrong_hour.mistake("You stop after one day. A clock can be right for a day and wrong later.")
def _wrong_one_day(pinion, wheel):
    return next((hour for hour in range(24) if clock(hour, pinion, wheel) != clock(hour)), None)


@first_wrong_hour.mistake("You compare with the hour itself. After 11 the dial begins again at 0.")
def _wrong_without_dial(pinion, wheel):
    return next((hour for hour in range(12 * wheel) if clock(hour, pinion, wheel) != hour), None)


@first_wrong_hour.mistake("You return the mark that the clock shows there. The hour is asked for.")
def _wrong_mark(pinion, wheel):
    hours = (hour for hour in range(12 * wheel) if clock(hour, pinion, wheel) != clock(hour))
    return next((int(clock(hour, pinion, wheel)) for hour in hours), None)


@first_wrong_hour.mistake("Where the clock is never wrong, you return -1. None is asked for.")
def _wrong_minus_one(pinion, wheel):
    return next((hour for hour in range(12 * wheel) if clock(hour, pinion, wheel) != clock(hour)), -1)


@first_wrong_hour.mistake(
    "This is the last hour at which it is right. One later is the first at which it is wrong."
)
def _wrong_too_early(pinion, wheel):
    return next((hour - 1 for hour in range(12 * wheel) if clock(hour, pinion, wheel) != clock(hour)), None)


@first_wrong_hour.mistake("You return all the hours at which it is wrong. Only the first is asked for.")
def _wrong_all(pinion, wheel):
    hours = np.arange(12 * wheel)
    return np.flatnonzero(clock(hours, pinion, wheel) != clock(hours))


@first_wrong_hour.mistake(
    "You stop at hour 0 whatever it shows: a `return` in the first turn of the loop ends it."
)
def _wrong_at_once(pinion, wheel):
    for hour in range(12 * wheel):
        return hour if clock(hour, pinion, wheel) != clock(hour) else None


@first_wrong_hour.alternative
def _wrong_while(pinion, wheel):
    hour = 0
    while hour < math.lcm(12, wheel):
        if 12 * (pinion * hour % wheel) // wheel != hour % 12:
            return hour
        hour += 1


# ---------------------------------------------------------------- exercise 4


def colour(light, second):
    second %= sum(length for _, length in light)
    for name, length in light:
        if second < length:
            return name
        second -= length


@lesson.exercise(
    points=3,
    hints=[
        "It is the loop of exercise 3, with `colour(one, second)` and `colour(other, second)`.",
        "How far must you look? When both lights begin a new round in the same second, everything repeats.",
        "Rounds of 4 and of 6 seconds both begin anew after 24 seconds, and already after 12. Their product will do.",
    ],
)
def first_difference(one, other):
    rounds = sum(length for _, length in one) * sum(length for _, length in other)
    for second in range(rounds):
        if colour(one, second) != colour(other, second):
            return second
    return None


def _random_light(rng):
    names = ["green", "amber", "red", "blue"]
    at = int(rng.integers(0, 4))
    return [(names[(at + k) % 4], int(rng.integers(1, 9))) for k in range(int(rng.integers(1, 4)))]


@first_difference.questions
def _difference_questions(rng):
    yield [("red", 5)], [("red", 5)]
    yield [("red", 5)], [("red", 3)]
    yield [("red", 5)], [("green", 5)]
    yield [("green", 3), ("red", 3)], [("green", 1), ("green", 2), ("red", 3)]
    yield [("green", 3), ("red", 3)], [("green", 3), ("red", 4)]
    yield [("green", 2), ("red", 2)], [("green", 2), ("red", 2), ("green", 2)]  # first apart in a later round
    yield [("green", 2), ("red", 2), ("green", 2)], [("green", 2), ("red", 2)]
    yield [("green", 2), ("red", 2)], [("green", 2), ("red", 2), ("green", 2), ("red", 1), ("amber", 1)]
    yield [("green", 599), ("red", 1)], [("green", 599), ("red", 1), ("green", 1)]
    yield [("green", 0), ("red", 2)], [("red", 7)]
    yield [("green", 19_999), ("red", 1)], [("green", 1)]  # no number of rounds of the short one will do
    for _ in range(8):
        light = _random_light(rng)
        name, length = light[0]
        split = [(name, length - length // 2), (name, length // 2), *light[1:]]
        yield light, split  # other phases, same colours for ever
        yield light, [*light, *split]
        yield light, [*light, (name, length), *light[1:], (light[-1][0], 1)]
        yield light, _random_light(rng)


def _differing(one, other, seconds):
    return (second for second in range(seconds) if colour(one, second) != colour(other, second))


def _round(light):
    return sum(length for _, length in light)


@first_difference.mistake("You stop after one round of the first light. They can part later.")
def _difference_one_round(one, other):
    return next(_differing(one, other, _round(one)), None)


@first_difference.mistake("You stop after the longer of the two rounds. They can part in a later round.")
def _difference_longer_round(one, other):
    return next(_differing(one, other, max(_round(one), _round(other))), None)


@first_difference.mistake("You compare the phases. A phase may be cut in two, and nobody sees a difference.")
def _difference_of_phases(one, other):
    if one == other:
        return None
    for k, (phase, rival) in enumerate(zip(one, other, strict=False)):
        if phase != rival:
            return sum(length for _, length in one[:k]) + (
                min(phase[1], rival[1]) if phase[0] == rival[0] else 0
            )
    return min(_round(one), _round(other))


@first_difference.mistake("Where they never differ, you return -1. None is asked for.")
def _difference_minus_one(one, other):
    return next(_differing(one, other, _round(one) + _round(other)), -1)


@first_difference.mistake("You count the seconds from 1. The first second is 0.")
def _difference_from_one(one, other):
    return next((second + 1 for second in _differing(one, other, _round(one) + _round(other))), None)


@first_difference.alternative
def _difference_common(one, other):
    return next(_differing(one, other, math.lcm(_round(one), _round(other))), None)


report = lesson.report
