"""A car that reads its place in the lane off five sensors, and what can happen to a sensor.

The world is planted: a place, and five readings of it, each with noise of its own. One sensor is ten times as good as
the others, which is all that a network needs in order to rely on it alone (Geirhos et al., "Shortcut learning in deep
neural networks", Nature Machine Intelligence 2, 2020).
"""

import numpy as np

from . import networks

SENSORS = ("camera", "radar", "laser", "magnet", "satellite")
GOOD, POOR = 0.05, 0.5  # the spread of the noise
FAULTS = ("stuck", "noisy", "shifted")


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
    if isinstance(rows, bool) or not isinstance(rows, int | np.integer) or rows < 1:
        raise ValueError(f"rows must be a whole number above 0; got {rows!r}")
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


def _sensor(name, sensor, count):
    if isinstance(sensor, bool) or sensor not in range(count):
        raise ValueError(f"{name} must be a sensor from 0 to {count - 1}; got {sensor!r}")
