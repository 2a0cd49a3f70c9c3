"""A car that reads its place in the lane off five sensors, and what can happen to a sensor.

The world is planted: a place, and five readings of it, each with noise of its own. One sensor is ten times as good as
the others, which is all that a network needs in order to rely on it alone (Geirhos et al., "Shortcut learning in deep
neural networks", Nature Machine Intelligence 2, 2020).
"""

import functools

import numpy as np

from . import networks
from .data import load

SENSORS = ("camera", "radar", "laser", "magnet", "satellite")
GOOD, POOR = 0.05, 0.5  # the spread of the noise
FAULTS = ("stuck", "noisy", "shifted")

LIMIT, BUDGET = 0.4, 6  # a car fails a test if it misses by more; a plan has so many tests at most
# Cars for the trial of a test plan: their seeds, the good sensor of each, and how it was trained. They were chosen
# from those that the seeds deal, so that each is clearly reliant or clearly sturdy (a fact test holds it). The garages
# are mixed differently, so that no pair of numbers is right for all.
TEN = [(seed, good, "plain") for good, seed in enumerate((900, 901, 902, 903, 904))]
TEN += [(seed, good, "dropout") for good, seed in enumerate((950, 921, 982, 968, 1004))]
GARAGES = [  # (the reliant cars, the sturdy ones)
    (TEN, [(926, 0, "replacement"), (930, 3, "replacement")]),
    ([(1100, 0, "dropout"), (1101, 1, "dropout")], [(1105, 0, "replacement")]),
    ([(1102, 2, "dropout")], [(1106, 1, "replacement"), (1114, 2, "replacement")]),
    ([(1103, 3, "dropout"), (1101, 1, "plain"), (1103, 3, "plain")], []),
    ([(1106, 4, "dropout")], [(1115, 3, "replacement"), (1116, 4, "replacement")]),
]


def drive(rows, seed=0, good=0):
    """Drive along: readings, and where the car really was.

    Parameters
    ----------
    rows : int
    seed : int, or a numpy Generator
    good : int, the sensor whose noise has spread `GOOD`; that of the others has spread `POOR`

    Returns
    -------
    X, y : (rows, 5) readings; (rows,) places, from −1, the left line, to 1, the right line, all equally likely
    """
    networks.whole("rows", rows)
    _sensor("good", good, len(SENSORS))
    rng = np.random.default_rng(seed)
    y = rng.uniform(-1, 1, rows)
    spread = np.where(np.arange(len(SENSORS)) == good, GOOD, POOR)
    return y[:, None] + spread * rng.normal(size=(rows, len(SENSORS))), y


def broken(X, sensor, fault, size, seed=0):
    """The readings as they are when one sensor fails.

    Parameters
    ----------
    X : (rows, sensors) array; it stays as it is
    sensor : int
    fault : "stuck", it reads `size` whatever happens; "noisy", noise of that spread comes on top; "shifted", it reads
        so much too high
    size : float
    seed : int, or a numpy Generator, for the noise

    Returns
    -------
    (rows, sensors) array

    Raises
    ------
    ValueError : for a sensor or a fault that is not there, or numbers that are not finite
    """
    X = networks.numbers("X", X)
    if X.ndim != 2:
        raise ValueError(f"X must have shape (rows, sensors); got {X.shape}")
    _sensor("sensor", sensor, X.shape[1])
    if networks.numbers("size", size).ndim:
        raise ValueError(f"size must be one number; got {size!r}")
    if fault == "stuck":
        X[:, sensor] = size
    elif fault == "noisy":
        X[:, sensor] += size * np.random.default_rng(seed).normal(size=len(X))
    elif fault == "shifted":
        X[:, sensor] += size
    else:
        raise ValueError(f"fault must be one of {', '.join(FAULTS)}; got {fault!r}")
    return X


def miss(net, X, y):
    """The mean absolute error of a net with one output: how far its answers are from y on average."""
    return float(np.abs(networks.logits(net, X)[:, 0] - y).mean())


def misses(net, X, y, faults, seed=0):
    """The mean absolute error with each sensor broken in turn, in each way.

    Parameters
    ----------
    net : networks.MLP with one output; X : (rows, sensors) array; y : (rows,) array
    faults : list of (fault, size)
    seed : int, for the noise

    Returns
    -------
    (sensors, faults) array
    """
    found = [[miss(net, broken(X, k, *fault, seed), y) for fault in faults] for k in range(np.shape(X)[1])]
    return np.array(found)


def dropped(X, rng):
    """Dropout at the inputs: each reading becomes 0 with a chance of 0.2."""
    return np.where(rng.random(X.shape) < 0.2, 0, X)


def dealt(X, rng):
    """Random replacement: each reading becomes that of another moment with a chance of 0.3."""
    return np.where(rng.random(X.shape) < 0.3, rng.permuted(X, axis=0), X)


@functools.cache
def car(seed, good=0, way="plain"):
    """A net that drives, as the lesson trains it."""
    X, y = drive(2000, seed, good)
    spoil = {"plain": None, "dropout": dropped, "replacement": dealt}[way]
    start = networks.mlp((5, 32, 1), seed)
    return networks.train(start, X, y, steps=600, seed=seed, loss="squared error", spoil=spoil)[0]


def try_plan(plan, garage=0):
    """Run a test plan on the cars of a garage, which the lesson has not shown.

    Parameters
    ----------
    plan : list of (sensor, fault, size), `BUDGET` at most
    garage : int from 0 to 4; in garage 0 are ten reliant cars and two sturdy ones

    Returns
    -------
    (int, int) : how many of the reliant cars, and how many of the sturdy ones, miss by more than `LIMIT` in a test of
        the plan

    Raises
    ------
    TypeError, ValueError : for a plan that is no such list, a test that cannot be run, or a garage that is not there
    """
    if plan is ...:
        raise TypeError("plan is still ..., an ellipsis")
    if not isinstance(plan, list | tuple) or not all(
        isinstance(test, tuple | list) and len(test) == 3 for test in plan
    ):
        raise TypeError(f"plan must be a list of tests (sensor, fault, size); got {plan!r}")
    if len(plan) > BUDGET:
        raise ValueError(f"plan must have at most {BUDGET} tests; got {len(plan)}")
    if isinstance(garage, bool) or garage not in range(len(GARAGES)):
        raise ValueError(f"garage must be a whole number from 0 to {len(GARAGES) - 1}; got {garage!r}")
    return tuple(sum(_fails(*one, plan) for one in cars) for cars in GARAGES[garage])


def air():
    """The complete days of airquality: sunlight, wind and temperature, (111, 3), and ozone, (111,)."""
    table = load("airquality")
    X, y = np.column_stack([table[name] for name in ("Solar.R", "Wind", "Temp")]), table["Ozone"]
    complete = np.isfinite(y) & np.isfinite(X).all(axis=1)
    return X[complete], y[complete]


def _fails(seed, good, way, plan):
    X, y = drive(500, seed + 5000, good)
    return any(miss(car(seed, good, way), broken(X, *test), y) > LIMIT for test in plan)


def _sensor(name, sensor, count):
    if isinstance(sensor, bool) or sensor not in range(count):
        raise ValueError(f"{name} must be a sensor from 0 to {count - 1}; got {sensor!r}")
