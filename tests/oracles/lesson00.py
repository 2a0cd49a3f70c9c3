"""Lesson 00 answered by other means: fractions instead of remainders, lights written out second by second."""

import math
from fractions import Fraction
from itertools import accumulate, chain, repeat

import numpy as np


def minutes(hours):
    return hours * 86_400 / 24 / 60  # by way of the seconds of a day


def hours_that_differ(one, other):
    return np.flatnonzero(np.subtract(one, other))


def first_wrong_hour(pinion, wheel):
    turns = ((hour, Fraction(pinion * hour, wheel)) for hour in range(math.lcm(12, wheel)))  # of the hand
    wrong = [hour for hour, turn in turns if not 0 <= (turn - Fraction(hour % 12, 12)) % 1 < Fraction(1, 12)]
    return min(wrong, default=None)


def first_difference(one, other):
    def written_out(light, seconds):
        colours = list(chain.from_iterable(repeat(name, length) for name, length in light))
        return np.resize(colours, seconds)

    rounds = [list(accumulate(length for _, length in light))[-1] for light in (one, other)]
    # Fine and Wilf (1965): two periodic words that agree this far agree for ever
    enough = sum(rounds) - math.gcd(*rounds)
    apart = np.flatnonzero(written_out(one, enough) != written_out(other, enough))
    return int(apart[0]) if len(apart) else None
