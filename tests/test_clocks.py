"""The two boxes of lesson 00 against fractions, and against sums written out."""

import math
from fractions import Fraction

import numpy as np
import pytest

from helpers import clocks


def test_the_hand_stands_where_its_angle_says():
    rng = np.random.default_rng(0)
    for pinion, wheel in [(0, 1), (10, 120), *rng.integers(1, 150, (40, 2)).tolist()]:
        hours = rng.integers(0, 1000, 30)
        turns = [Fraction(pinion * int(hour), wheel) % 1 for hour in hours]
        assert clocks.hand(hours, pinion, wheel).tolist() == [math.floor(12 * turn) for turn in turns]


def test_the_box_is_its_sum():
    for hour in range(0, 200, 7):
        added = [c / (1 + math.exp(-max(a * hour + b, -700))) for a, b, c in clocks.NUMBERS]
        assert clocks.parts(hour) == pytest.approx(added, abs=1e-9)
        assert clocks.box(hour) == round(sum(added))
        assert clocks.box(hour, 3) == round(sum(added) - added[3])


def test_the_boxes_agree_for_a_day_with_room_to_spare_and_no_longer():
    hours = np.arange(48)
    assert np.abs(clocks.parts(hours[:24]).sum(axis=1) - hours[:24] % 12).max() < 0.12
    assert ((clocks.hand(hours) == clocks.box(hours)) == (hours < 24)).all()


def test_the_wheels_that_the_machine_is_said_to_leave_right():
    wheels = range(100, 141)  # as far as its slider goes
    right = {hour: [w for w in wheels if clocks.hand(hour, wheel=w) == hour % 12] for hour in (15, 47)}
    assert right[15] == list(range(113, 121)) and [w for w in right[15] if w in right[47]] == [118, 119, 120]
    assert all((clocks.hand(np.arange(1500), wheel=w) != np.arange(1500) % 12).any() for w in (118, 119))


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: clocks.hand(1.5), "hours must be whole"),
        (lambda: clocks.hand(float("nan")), "hours must be whole"),
        (lambda: clocks.box([]), "hours must be whole"),
        (lambda: clocks.hand(1, pinion=-1), "pinion needs 0 teeth or more"),
        (lambda: clocks.hand(1, wheel=0), "wheel 1 or more"),
        (lambda: clocks.hand(1, wheel=119.5), "both whole"),
        (lambda: clocks.box(1, without=6), "without must be a part from 0 to 5"),
    ],
)
def test_what_cannot_be_is_refused(call, complaint):
    with pytest.raises(ValueError, match=complaint):
        call()
