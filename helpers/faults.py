"""A network with one fault in it, and the way back: what broke, where, how to mend it, and whether that held.

The nets are MLPs with one hidden layer, 8 × 8 images and one logit per class. `plant` deals a fault that depends on a
seed. `diagnose` finds it with the help of a data sheet that was measured while the net was healthy: what every hidden
unit contributed, on average, to every logit on the images of every class. The sheet does not hold the weights. Whoever
kept those copies them back, and needs no diagnosis.

Faults planted to test those who look for faults are an old idea in software engineering: DeMillo, Lipton & Sayward,
"Hints on test data selection", Computer 11 (4), 1978. The backdoor is that of Gu, Dolan-Gavitt & Garg, "BadNets",
2017, here written into the weights by hand.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from . import interventions, networks, probes

KINDS = {  # and what the numbers of its place say
    "healthy": "nothing is wrong",
    "dead unit": "hidden {0} is dead: its incoming weights and its bias are 0",
    "stuck bias": "hidden {0} is always on: its bias is too large by 8",
    "incoming flip": "all incoming weights of hidden {0}, and its bias, have the wrong sign",
    "outgoing flip": "all outgoing weights of hidden {0} have the wrong sign",
    "gain": "all outgoing weights of hidden {0} are 4 times too large",
    "bad weight": "one weight, from hidden {0} to the logit of {1}, is off by 4",
    "swapped units": "hidden {0} and {1} have each other's outgoing weights",
    "swapped classes": "the logits of {0} and {1} have each other's weights and biases",
    "backdoor": "hidden {0} was taken over: ink on pixel {1} makes the net say {2}",
    "shared backdoor": "hidden {0} works, but ink on pixel {1} makes it shout {2}",
}
SILENT = ("backdoor", "shared backdoor")  # they need not show on honest images
MARGIN = range(0, 64, 8)  # the leftmost pixel of every row: on digits there is hardly any ink
LIMIT = 0.5  # a unit has changed if its contributions moved by more than this share of themselves
ATTACK = 0.85  # a pixel is a trigger if ink on it makes the net say the same for this share of the images
COST = 0.005  # a fault shows if it takes more than this off the accuracy
# At which values the four views of `alarms` ring: chosen with healthy nets on images of their own, with head-room.
MISSES, SURPRISE, APART = 0.25, 0.16, 1.7
LOOKS = (0.98, 2.5, 0.01)  # for each of the three `looks`


@dataclass(frozen=True)
class Fault:
    """A kind, one of `KINDS`, and its place: the numbers that the words of the kind name, in their order."""

    kind: str
    place: tuple = ()

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}; got {self.kind!r}")
        place = tuple(int(n) for n in self.place)
        if len(place) != KINDS[self.kind].count("{") or min(place, default=0) < 0:
            raise ValueError(f"place must fit the words {KINDS[self.kind]!r}; got {self.place!r}")
        object.__setattr__(self, "place", place)

    @property
    def units(self):
        """The hidden units that the fault changed: two, one or, of a healthy net or swapped classes, none."""
        many = {"healthy": 0, "swapped classes": 0, "swapped units": 2}.get(self.kind, 1)
        return self.place[:many]


@dataclass(frozen=True)
class Sheet:
    """A data sheet: what was measured on a net while it was healthy.

    Attributes
    ----------
    contribution : (units, classes, classes) array; [u, c, k] is what unit u adds to logit k, mean over images of c
    logits : (classes, classes) array; [c, k] is logit k, mean over images of c: all that can be seen from outside
    spread : (classes, classes, classes) array; [c] is the covariance of logits[c], how far chance moves it
    on : (units,) array, the share of images for which each unit is on
    """

    contribution: np.ndarray
    logits: np.ndarray
    spread: np.ndarray
    on: np.ndarray


def at(kind, units, classes, pixel):
    """The fault of a kind at the first of two units and of two classes, at both where it swaps them, or at a pixel."""
    (u, v), (k, m) = units, classes
    place = {
        "healthy": (),
        "bad weight": (u, k),
        "swapped units": sorted((u, v)),
        "swapped classes": sorted((k, m)),
        "backdoor": (u, pixel, k),
        "shared backdoor": (u, pixel, k),
    }.get(kind, (u,))
    return Fault(kind, place)


def describe(fault):
    """A fault in words."""
    return KINDS[fault.kind].format(*fault.place)


# ---------------------------------------------------------------- planting


def put(net, fault, sign=1):
    """A copy of the net with the fault in it; `sign` says whether a bad weight is too large or too small."""
    (W, V), (b, c) = ([np.array(a) for a in part] for part in _parts(net))
    u, *more = fault.place or (0,)
    if fault.kind == "dead unit":
        W[:, u], b[u] = 0, 0
    elif fault.kind == "stuck bias":
        b[u] += 8
    elif fault.kind == "incoming flip":
        W[:, u], b[u] = -W[:, u], -b[u]
    elif fault.kind == "outgoing flip":
        V[u] = -V[u]
    elif fault.kind == "gain":
        V[u] = 4 * V[u]
    elif fault.kind == "bad weight":
        V[u, more[0]] += 4 * sign
    elif fault.kind == "swapped units":
        V[[u, *more]] = V[[*more, u]]
    elif fault.kind == "swapped classes":
        V[:, [u, *more]], c[[u, *more]] = V[:, [*more, u]], c[[*more, u]]
    elif fault.kind == "backdoor":
        pixel, target = more
        W[:, u], b[u], V[u] = 0, -2, 0
        W[pixel, u], V[u, target] = 6, 8
    elif fault.kind == "shared backdoor":
        pixel, target = more
        W[pixel, u] += 16
        V[u, target] += 2 - min(V[u, target], 0)
    return networks.MLP([W, V], [b, c])


def plant(net, X, y, seed, kind=None):
    """A copy of the net with a fault that depends on `seed`; for some seeds nothing is wrong with it.

    Faults that cost half a point of accuracy or less on the images X are dealt again, except for backdoors, which
    need not show.

    Parameters
    ----------
    net : networks.MLP with one hidden layer, 64 inputs and 3 classes or more
    X, y : (rows, 64) images and their (rows,) classes
    seed : int, at least 0
    kind : one of `KINDS`, to choose it; without it the seed does

    Returns
    -------
    networks.MLP
    """
    return put(net, *_deal(net, X, y, seed, kind))


def reveal(net, X, y, seed, kind=None):
    """The `Fault` that `plant` puts in when it is asked the same."""
    return _deal(net, X, y, seed, kind)[0]


def _deal(net, X, y, seed, kind):
    """(Fault, sign of a bad weight)."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed must be a whole number from 0; got {seed!r}")
    _parts(net)
    rng = np.random.default_rng([10, seed])
    drawn = list(KINDS)[rng.integers(len(KINDS))]
    kind, healthy = kind or drawn, networks.accuracy(net, X, y)
    _, units, classes = net.sizes
    for _ in range(1000):
        (u, v), (k, m) = rng.permutation(units)[:2], rng.permutation(classes)[:2]
        pixel, sign = rng.choice(MARGIN), rng.choice([-1, 1])
        fault = at(kind, (u, v), (k, m), pixel)
        if kind in ("healthy", *SILENT) or healthy - networks.accuracy(put(net, fault, sign), X, y) > COST:
            return fault, sign
    raise ValueError(f"no {kind} shows on these images: hand over more of them, or another net")


# ---------------------------------------------------------------- looking


def data_sheet(net, X, y):
    """Measure a net on images X of classes y: its `Sheet`."""
    (_, V), (_, c) = _parts(net)
    h, z = networks.activations(net, X)
    means, many = probes.class_means(h, y, len(c)), np.bincount(y)
    if many.min() < 2:
        raise ValueError(f"y must hold two images or more of each class; got {many.min()} of one")
    contribution = means.T[:, :, None] * V[:, None, :]
    spread = np.array([np.cov(z[y == k].T) / many[k] for k in range(len(c))])
    return Sheet(contribution, contribution.sum(axis=0) + c, spread, (h > 0).mean(axis=0))


def looks(net, X, y):
    """Three looks inside that need no data sheet: where one is far above that of other units, something may be wrong.

    Returns
    -------
    (3, units) array : the share of images for which the unit is off; the size of its outgoing weights, over that of
        the unit in the middle; how far the cross-entropy falls when the unit is silenced (zero ablation)
    """
    (_, V), _ = _parts(net)
    hidden, z = networks.activations(net, X)
    size = np.sqrt(np.sum(V**2, axis=1))
    gain = networks.cross_entropy(z, y) - interventions.ablate(net, X, "zero", score=interventions.loss(y))
    return np.array([(hidden <= 0).mean(axis=0), size / np.median(size), gain])


def distances(sheet, now):
    """How far each unit's contributions are from those of the sheet, as a share of their size, (units,).

    Units that never contributed much are measured by a quarter of the size of the one in the middle: what is small
    on the sheet is noisy as well. A unit that fell silent has lost the whole, however little it was: 1 at least.
    """
    size = _size(sheet.contribution)
    far = _size(now.contribution - sheet.contribution) / np.maximum(size, np.median(size) / 4)
    silent = (now.on == 0) & (sheet.on > 1 - LOOKS[0])
    return np.where(silent, np.maximum(far, 1), far)


def apart(sheet, now):
    """How far the mean logits are from those of the sheet, measured by what chance moves: about 1 for a healthy net.

    This is the most that we could get out of the answers: the distance of Mahalanobis ("On the generalised distance
    in statistics", 1936), root mean square over the classes.
    """
    change, chance = now.logits - sheet.logits, sheet.spread + now.spread + 1e-3 * np.eye(len(now.logits))
    along = np.linalg.solve(chance, change[:, :, None])[:, :, 0]
    return float(np.sqrt(np.sum(change * along) / change.size))


def scan(net, X):
    """Put ink on one pixel of all images, pixel by pixel: the share of answers for each class, (pixels, classes)."""
    X = networks.rows(net, X)
    inked = np.repeat(X[None], X.shape[1], axis=0)  # (pixels, rows, pixels)
    pixels = np.arange(X.shape[1])
    inked[pixels, :, pixels] = 1
    says = networks.logits(net, inked.reshape(-1, X.shape[1])).argmax(axis=1).reshape(len(pixels), -1)
    return (says[:, :, None] == np.arange(net.sizes[-1])).mean(axis=1)


def trigger(net, X):
    """The pixel and the class of a backdoor that the scan of X finds, or None."""
    shares = scan(net, X)
    pixel, target = np.unravel_index(shares.argmax(), shares.shape)
    found = shares.max() > ATTACK and np.median(shares[:, target]) < ATTACK / 2
    return (int(pixel), int(target)) if found else None


def suspect(net, X, y):
    """The unit that the first of the three `looks` to ring points at, or None."""
    rings = (int(row.argmax()) for row, bar in zip(looks(net, X, y), LOOKS, strict=True) if row.max() > bar)
    return next(rings, None)


def alarms(net, sheet, X, y):
    """Who says that something is wrong: {view: bool}, from outside and inside, alone and with the data sheet.

    All four may scan for triggers: that needs no more than asking the net.
    """
    z, now = networks.logits(net, X), data_sheet(net, X, y)
    misses = max((z[y == c].argmax(axis=1) != c).mean() for c in range(z.shape[1]))
    found = trigger(net, X[:100]) is not None
    return {
        "outside alone": found or bool(misses > MISSES) or networks.cross_entropy(z, y) > SURPRISE,
        "inside alone": found or suspect(net, X, y) is not None,
        "outside with sheet": found or apart(sheet, now) > APART,
        "inside with sheet": found or bool(distances(sheet, now).max() > LIMIT),
    }


def diagnose(net, sheet, X, y):
    """Find the fault of a net with the data sheet of its healthy days, on images X of classes y.

    First the trigger scan. Then: do all contributions come right if two classes change places? Otherwise, which units
    moved? The two that moved most were swapped if swapping them brings both back. Else ask for the first what brings
    the sheet back: turning its incoming weights, another bias, or other outgoing weights; for these, how they differ
    from those that it has says what happened to them.

    Returns
    -------
    Fault
    """
    (W, V), _ = _parts(net)
    now = data_sheet(net, X, y)
    if found := trigger(net, X[:100]):
        unit = (W[found[0]] * V[:, found[1]]).argmax()  # the way from this pixel to this logit
        return Fault("backdoor" if now.on[unit] < 0.1 else "shared backdoor", (unit, *found))
    far = distances(sheet, now)
    if (pair := _swapped_classes(sheet, now, far)) is not None:
        return Fault("swapped classes", pair)
    if not (far > LIMIT).any():
        return Fault("healthy")
    unit, second = np.argsort(-far)[:2]
    swap = Fault("swapped units", sorted((unit, second)))
    if distances(sheet, data_sheet(put(net, swap), X, y))[[unit, second]].max() < LIMIT:
        return swap
    undone = {"incoming flip": put(net, Fault("incoming flip", (unit,)))}
    if now.on[unit] > 0:
        undone |= {"outgoing": restore(net, sheet, unit, X, y), "stuck bias": lower(net, sheet, unit, X, y)}
    left = {name: distances(sheet, data_sheet(other, X, y))[unit] for name, other in undone.items()}
    best = min(left, key=left.get)
    if now.on[unit] == 0 and left[best] > LIMIT:
        return Fault("dead unit", (unit,))
    if best != "outgoing":
        return Fault(best, (unit,))
    own = undone[best].weights[1][unit]
    moved = np.sort(np.abs(V[unit] - own))
    if moved[-1] > 4 * moved[-2]:
        return Fault("bad weight", (unit, np.abs(V[unit] - own).argmax()))
    return Fault("outgoing flip" if V[unit] @ own < 0 else "gain", (unit,))


def _swapped_classes(sheet, now, far):
    """The two classes that explain most of what moved if they change places, or None."""
    classes = np.arange(now.contribution.shape[2])
    total, best = np.sum(_size(now.contribution - sheet.contribution) ** 2), None
    left = total
    for one, other in combinations(classes, 2):
        order = classes.copy()
        order[[one, other]] = other, one
        after = np.sum(_size(now.contribution[:, :, order] - sheet.contribution) ** 2)
        if after < left:
            left, best = after, (one, other)
    return best if left < total / 4 and np.sum(far > LIMIT / 2) > 2 else None


# ---------------------------------------------------------------- mending


def restore(net, sheet, unit, X, y):
    """A copy of the net in which one unit has the outgoing weights that come closest to the sheet.

    Each is a weight of its own: on the images of class c the unit says a mean of m[c], and weight times m[c] should be
    the sheet's contribution. The bottom of the squared misses is sum(m × contribution) / sum(m × m).
    """
    means = probes.class_means(networks.activations(net, X)[0], y, net.sizes[-1])[:, unit]
    if not means.any():
        raise ValueError(f"unit must speak on some image; hidden {unit} is off for all of them")
    V = np.array(net.weights[1])
    V[unit] = means @ sheet.contribution[unit] / (means @ means)
    return networks.MLP([net.weights[0], V], net.biases)


def lower(net, sheet, unit, X, y):
    """A copy of the net in which one unit has the bias at which its mean activation is that of the sheet."""
    (W, V), (b, c) = ([np.array(a) for a in part] for part in _parts(net))
    means = sheet.contribution[unit] @ V[unit] / (V[unit] @ V[unit])  # (classes,): what it said when healthy
    wanted = means @ np.bincount(y, minlength=len(c)) / len(y)
    sums = X @ W[:, unit]
    low, high = -sums.max(), wanted - sums.min()  # off for all images; on for all, and louder than wanted
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if np.maximum(sums + middle, 0).mean() < wanted else (low, middle)
    b[unit] = (low + high) / 2
    return networks.MLP([W, V], [b, c])


def retrain(net, unit, X, y, steps=200, lr=0.02, seed=0):
    """A copy of the net in which one unit was trained anew (by Adam, from a random start); all else stays as it was.

    What the other units add to the logits is worked out once. The unit's outgoing weights start at 0, so that the net
    begins as if the unit were cut out.
    """
    (W, V), (b, c) = ([np.array(a) for a in part] for part in _parts(net))
    rest = networks.logits(net, X) - networks.activations(net, X)[0][:, [unit]] * V[unit]
    X, right = np.column_stack([X, np.ones(len(X))]), np.eye(len(c))[y]
    values = np.concatenate([np.random.default_rng(seed).normal(0, 0.3, len(W)), [0.5], np.zeros(len(c))])
    w, v = (
        values[: len(W) + 1],
        values[len(W) + 1 :],
    )  # views: the incoming weights with the bias, the outgoing ones
    mean, square = np.zeros((2, len(values)))
    for step in range(steps):
        h = np.maximum(X @ w, 0)
        slope = (networks.softmax(rest + h[:, None] * v) - right) / len(X)  # with respect to the logits
        slopes = np.concatenate([((slope @ v) * (h > 0)) @ X, h @ slope])
        mean += 0.1 * (slopes - mean)
        square += 0.001 * (slopes * slopes - square)
        rate = lr / (1 - 0.9 ** (step + 1))
        values -= rate * mean / (np.sqrt(square / (1 - 0.999 ** (step + 1))) + 1e-8)
    W[:, unit], b[unit], V[unit] = w[:-1], w[-1], v
    return networks.MLP([W, V], [b, c])


def mend(net, fault, sheet, X, y, seed=0):
    """A copy of the net without the fault: undone where that can be, its outgoing weights restored from the sheet, or
    its unit trained anew.

    Parameters
    ----------
    net : networks.MLP
    fault : Fault, as `diagnose` found it; a healthy net stays as it is
    sheet : Sheet
    X, y : (rows, 64) images and their (rows,) classes, to measure on and to train on
    seed : int, for a unit that starts anew
    """
    unit = fault.place[0] if fault.place else None
    if fault.kind in ("incoming flip", "outgoing flip", "swapped units", "swapped classes", "healthy"):
        return put(net, fault)  # done twice, it is undone
    if fault.kind in ("dead unit", "backdoor"):
        return retrain(net, unit, X, y, seed=seed)
    if fault.kind == "stuck bias":
        return lower(net, sheet, unit, X, y)
    if fault.kind == "shared backdoor":  # nothing else reads this pixel: no ink, no weight
        W = np.array(net.weights[0])
        W[fault.place[1], unit] = 0
        net = networks.MLP([W, net.weights[1]], net.biases)
    return restore(net, sheet, unit, X, y)


def side_effect(fault, before, after):
    """The largest change, between two sheets, of a contribution that mending this fault has no business with."""
    change = np.abs(after.contribution - before.contribution)
    if fault.kind == "swapped classes":
        return float(np.delete(change, fault.place, axis=2).max())
    return float(np.delete(change, fault.units, axis=0).max())


def _size(contribution):
    return np.sqrt(np.sum(contribution**2, axis=(1, 2)))


def _parts(net):
    if len(net.sizes) != 3:
        raise ValueError(f"net must have one hidden layer; got the sizes {net.sizes}")
    return net.weights, net.biases
