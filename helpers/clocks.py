"""Two boxes that answer one question: after so many hours, at which of its 12 marks does the hand of a clock stand?

`hand` is a clock: a pinion that turns once an hour pushes a wheel, and the hand sits on the wheel. `box` adds up
numbers. They give the same answers at hours 0 to 23. For that, `NUMBERS` were sought by least squares from a random
start, and rounded to what stands here; nobody chose what any of them should mean.
"""

import numpy as np

MARKS = 12
PINION, WHEEL = 10, 120  # teeth

NUMBERS = np.array(  # (parts, 3): a part adds c * squash(a * hours + b)
    [
        [0.34, -5.80, 3.78],
        [-0.34, 8.22, -7.88],
        [3.62, -41.65, 7.52],
        [-0.16, 1.00, -23.14],
        [-5.81, 66.76, 19.40],
        [0.32, 1.64, 6.43],
    ]
)


def hand(hours, pinion=PINION, wheel=WHEEL):
    """The mark at which the hand of a clock stands, or has last passed.

    Parameters
    ----------
    hours : int or int array, whole hours after midnight
    pinion, wheel : int, how many teeth they have; a pinion with 0 teeth pushes nothing

    Returns
    -------
    int or int array, 0 to 11

    Raises
    ------
    ValueError : for hours that are not whole, or teeth that no gear can have
    """
    hours = _whole(hours)
    if pinion != int(pinion) or wheel != int(wheel) or pinion < 0 or wheel < 1:
        raise ValueError(
            f"pinion needs 0 teeth or more, wheel 1 or more, both whole; got {pinion!r} and {wheel!r}"
        )
    return MARKS * (int(pinion) * hours % int(wheel)) // int(wheel)


def parts(hours):
    """What each part of the box adds to its answer: (parts,) floats, or (hours, parts) for many hours."""
    a, b, c = NUMBERS.T
    # squash, in a form that cannot overflow
    return c * (1 + np.tanh((_whole(hours)[..., None] * a + b) / 2)) / 2


def box(hours, without=None):
    """The answer of the box: the sum of its parts, to the nearest whole number.

    Parameters
    ----------
    hours : int or int array, whole hours after midnight
    without : int, the number of a part that adds 0 instead; None for the whole box

    Raises
    ------
    ValueError : for hours that are not whole, or a part that is not there
    """
    if without is not None and without not in range(len(NUMBERS)):
        raise ValueError(f"without must be a part from 0 to {len(NUMBERS) - 1}, or None; got {without!r}")
    added = parts(hours)
    if without is not None:
        added[..., without] = 0
    return np.rint(added.sum(axis=-1)).astype(int)


def _whole(hours):
    array = np.asarray(hours)
    if array.dtype.kind not in "iu":
        raise ValueError(f"hours must be whole numbers; got {hours!r}")
    return array
