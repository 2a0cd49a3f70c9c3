"""Plain data: None, numbers, strings, arrays, and lists, tuples, dicts and sets of these.

What a stranger's function returns is turned into plain data before anything looks at it, so that it can be compared,
described and stored without running a stranger's methods.
"""

import base64
import inspect
import re
from collections import deque
from collections.abc import KeysView, ValuesView
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Odd:
    """Stands for a value that is not plain data, so that it can be compared and described."""

    kind: str


SCALARS = (
    (np.bool_, bool), (np.floating, float), (np.complexfloating, complex), (np.integer, int),
    (str, str), (int, int), (float, float),
)  # fmt: skip


# By identity: a stranger's class can say that it equals another.
SIMPLE = {id(kind) for kind in (bool, int, float, complex, str, type(None), Odd)}


def plain(value, depth=0):
    """A copy of `value` in plain data only; anything else becomes `Odd`.

    Arrays of any float type, pandas columns, numpy scalars and the views of a dict are welcome. Subclasses are reduced
    to what they derive from, so that nothing of a stranger's class is left when answers are compared.
    """
    if type(value) is int and value.bit_length() > 1023:
        return Odd("a number of more than 300 digits")
    if id(type(value)) in SIMPLE:
        return value
    if depth > 20:
        return Odd("a list nested more than 20 deep")
    if type(value).__module__.partition(".")[0] == "pandas" and hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if isinstance(value, np.ndarray):
        value = np.array(value, subok=False)
        if value.dtype.kind in "OU":
            return plain(value.tolist(), depth + 1)
        return value if value.dtype.kind in "biufc" else Odd(f"an array of {value.dtype}")
    for kind, make in SCALARS:
        if isinstance(value, kind) and not isinstance(value, np.timedelta64):
            return plain(make(value), depth + 1)
    if isinstance(value, (list, tuple, range, deque, KeysView, ValuesView)):
        items = [plain(item, depth + 1) for item in value]
        return tuple(items) if isinstance(value, tuple) else items
    if isinstance(value, dict):
        return {_key(plain(key, depth + 1)): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return frozenset(_key(plain(item, depth + 1)) for item in value)
    if inspect.iscoroutine(value):
        value.close()  # or Python warns later that nobody awaited it
    name = name_of(type(value))
    return Odd(f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}")


def pack(value):
    """A plain value as JSON can hold it, exactly; `unpack` makes it plain again."""
    if isinstance(value, np.ndarray):
        return {"array": [value.dtype.str, list(value.shape), base64.b64encode(value.tobytes()).decode()]}
    if isinstance(value, list):
        return [pack(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [pack(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[pack(key), pack(item)] for key, item in value.items()]}
    if isinstance(value, frozenset):
        return {"set": sorted(map(pack, value), key=repr)}
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    return {"odd": value.kind} if isinstance(value, Odd) else value


def unpack(packed):
    """What `pack` was given. ValueError for anything that it does not make; it may come from a stranger."""
    if packed is None or isinstance(packed, bool | int | float | str):
        return packed
    if isinstance(packed, list):
        return [unpack(item) for item in packed]
    try:
        ((kind, inside),) = packed.items()
        if kind == "array":
            dtype, shape, numbers = inside
            if not re.fullmatch(r"[<>|][biufc]\d+", dtype):
                raise ValueError(dtype)
            return np.frombuffer(base64.b64decode(numbers), dtype).reshape(shape).copy()
        if kind == "tuple":
            return tuple(unpack(item) for item in inside)
        if kind == "dict":
            return {_key(unpack(key)): unpack(item) for key, item in inside}
        if kind == "set":
            return frozenset(_key(unpack(item)) for item in inside)
        return {"complex": lambda: complex(*inside), "odd": lambda: Odd(str(inside))}[kind]()
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"this is not packed plain data: {str(packed)[:60]}") from error


def printable(text):
    """A stranger's words on one line, and of what can be printed."""
    return "".join(c if c.isprintable() else " " for c in text)


def name_of(kind):
    """The name of a class, whatever its metaclass says."""
    return type.__dict__["__name__"].__get__(kind)[:60]


def _key(value):
    """A plain value as a dictionary key: arrays and lists become tuples."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return tuple(_key(item) for item in value) if isinstance(value, (list, tuple)) else value


EXACT = (int, bool, str, type(None))


def gap(expected, got, tolerance):
    """How far two plain values are apart, in tolerances: at most 1 is equal, inf is another kind or shape of thing.

    Where a number x with a fraction is expected, `tolerance` · max(1, |x|) is allowed, beside a whole number of type
    int only `tolerance`. Lists, tuples and arrays of the same numbers
    are the same; NaN equals NaN; True is not 1.
    """
    if type(expected) is type(got) and type(expected) in EXACT:  # most of what is compared
        return 0.0 if expected == got else np.inf
    a, b = _array(expected), _array(got)
    if a is not None and b is not None:
        if a.shape[:1] == b.shape[:1] == (0,):  # nothing is nothing, whatever the shape that a mask left
            return 0.0
        if a.shape != b.shape or (a.dtype.kind == "b") != (b.dtype.kind == "b"):
            return np.inf
        if a.dtype.kind + b.dtype.kind in ("bb", "ii", "iu", "ui", "uu"):
            return 0.0 if np.array_equal(a, b) else np.inf
        unit = tolerance * (np.maximum(1.0, np.abs(a)) if a.dtype.kind in "fc" else 1.0)
        with np.errstate(all="ignore"):  # as floats: the difference of two ints can overflow
            apart = np.abs(a * 1.0 - b * 1.0) / unit
        apart = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, apart)
        return float(np.where(np.isnan(apart), np.inf, apart).max(initial=0.0))
    if a is not None or b is not None:
        return np.inf
    if isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)):
        if len(expected) != len(got):
            return np.inf
        return max((gap(x, y, tolerance) for x, y in zip(expected, got, strict=True)), default=0.0)
    if isinstance(expected, dict) and isinstance(got, dict):
        if expected.keys() != got.keys():
            return np.inf
        return max((gap(item, got[key], tolerance) for key, item in expected.items()), default=0.0)
    return 0.0 if type(expected) is type(got) and expected == got else np.inf


def _array(value):
    """Plain `value` as an array of numbers or booleans, or None where it is not one."""
    if not isinstance(value, (bool, int, float, complex, list, tuple, np.ndarray)):
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        return None
    return array if array.dtype.kind in "biufc" else None


def has_fraction(value):
    """Whether a plain value holds a number with a fraction, which was compared to within a tolerance."""
    if isinstance(value, dict):
        return any(map(has_fraction, value.values()))
    array = _array(value)
    if array is None:
        return isinstance(value, (list, tuple)) and any(map(has_fraction, value))
    return array.dtype.kind in "fc" and bool(np.any(array != np.round(array)))


def describe(value):
    """The kind and shape of a plain value, in words."""
    array = _array(value)
    if array is not None and not array.size:
        return "an empty list"
    if array is not None and array.ndim:
        return f"{array.shape[0]} numbers" if array.ndim == 1 else f"numbers of shape {array.shape}"
    if array is not None:
        return "True or False" if array.dtype.kind == "b" else "a number"
    if isinstance(value, (list, tuple)):
        inside = ", ".join(describe(item).partition(" of ")[0] for item in value[:4])
        return f"a {type(value).__name__} of {len(value)} ({inside}{', …' if value[4:] else ''})"
    if isinstance(value, dict):
        return f"a dict with the keys {show(list(value))}"
    if value is None:
        return "None"
    if isinstance(value, Odd):
        return value.kind
    return {str: "a string", frozenset: "a set"}.get(type(value), "a number")


def show(value, digits=6, width=240):
    """A plain value as short text that is the same on every machine."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        text = "[{}]" if isinstance(value, list) else "({},)" if len(value) == 1 else "({})"
        text = text.format(
            ", ".join(show(item, digits, width) for item in value[:60]) + (", …" if value[60:] else "")
        )
    elif isinstance(value, dict):
        text = (
            "{"
            + ", ".join(f"{show(k)}: {show(item, digits, width)}" for k, item in list(value.items())[:60])
            + "}"
        )
    elif isinstance(value, frozenset):
        text = "{" + ", ".join(sorted(show(item, digits, width) for item in list(value)[:60])) + "}"
    elif isinstance(value, float):
        text = f"{value:.{digits}g}"
    else:
        text = (
            value.kind if isinstance(value, Odd) else repr(value[:width] if isinstance(value, str) else value)
        )
    return text if len(text) <= width else text[: width - 1] + "…"
