"""Plain data: what is let in, what is the same, and how it is said."""

import json

import numpy as np
import pandas as pd
import pytest

from helpers.plain import Odd, describe, gap, pack, plain, show, unpack


@pytest.mark.parametrize(
    "value, expected",
    [
        (np.float32(0.5), 0.5),
        (np.int8(3), 3),
        (np.True_, True),
        (np.str_("a"), "a"),
        (pd.Series([1.0, 2.0]), np.array([1.0, 2.0])),
        (pd.DataFrame({"a": [1.0]}), np.array([[1.0]])),
        (range(3), [0, 1, 2]),
        ({"a": (1, 2)}, {"a": (1, 2)}),
        ({1, 2}, frozenset({1, 2})),
        (np.array(["a", "b"]), ["a", "b"]),
        (np.longdouble(0.5), 0.5),
        (np.ma.array([1.0, 2.0]), np.array([1.0, 2.0])),
        (object(), Odd("an object")),
        (b"a", Odd("a bytes")),
    ],
)
def test_plain(value, expected):
    assert gap(expected, plain(value), 1e-6) == 0
    assert type(plain(value)) is type(expected)


@pytest.mark.parametrize(
    "one, other",
    [
        ([1, 2], np.array([1.0, 2.0])),
        ((1, 2), [1, 2]),
        (0.5, np.array(0.5)),
        ([[1, 2], [3, 4]], np.array([[1, 2], [3, 4]])),
        (float("nan"), float("nan")),
        ([float("inf")], [float("inf")]),
        (1e9, 1e9 + 1),
        (0.0, 1e-7),
        ([], ()),
        ([], np.zeros((0, 2))),
        ([1, [2, 3]], (1, np.array([2, 3]))),
        (["a", 1], ("a", 1)),
    ],
)
def test_same(one, other):
    assert gap(one, other, 1e-6) <= 1


@pytest.mark.parametrize(
    "one, other",
    [
        (1, True),
        ([1, 0], [True, False]),
        (1, [1]),
        (None, 0),
        ("1", 1),
        ("a", "b"),
        ([1, 2], [1, 2, 3]),
        ([1, [2, 3]], [1, 2]),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 2}),
        (float("nan"), 0.0),
        (float("inf"), -float("inf")),
        (float("inf"), 1e300),
        (1, 1 + 1j),
        (0.0, 3e-6),
        (frozenset({1}), frozenset({2})),
        ([1], Odd("a generator")),
    ],
)
def test_different(one, other):
    assert gap(one, other, 1e-6) > 1 and gap(other, one, 1e-6) > 1


def test_words():
    assert describe(np.zeros((2, 3))) == "numbers of shape (2, 3)"
    assert describe([1, [2, 3]]) == "a list of 2 (a number, 2 numbers)"
    assert describe("a") == "a string" and describe(True) == "True or False"
    assert show(0.1 + 0.2) == "0.3" and show(np.array([1.0, 2.5])) == "[1, 2.5]"
    assert len(show(list(range(10**5)))) <= 240 and show((1,)) == "(1,)"
    assert show({"b": 1.0, "a": [None]}) == "{'b': 1, 'a': [None]}"


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        2.5,
        float("nan"),
        float("-inf"),
        1 + 2j,
        "word",
        [1, [2.0, "x"], ()],
        (1,),
        {"a": [1], (1, 2): np.arange(3)},
        frozenset({1, (2, 3)}),
        np.arange(6.0).reshape(2, 3),
        np.zeros((0, 4), bool),
        np.array(1 + 1j),
        Odd("a generator"),
    ],
)
def test_packed_data_come_back_as_they_were(value):
    back = unpack(json.loads(json.dumps(pack(value))))
    assert type(back) is type(value) and show(back, 17) == show(value, 17)
    if isinstance(value, np.ndarray):
        assert back.dtype == value.dtype and back.shape == value.shape and back.flags.writeable
    assert isinstance(value, Odd) or gap(value, back, 1e-15) == 0


@pytest.mark.parametrize(
    "packed",
    [
        {},
        {"a": 1, "b": 2},
        {"strange": 1},
        {"array": ["O", [1], ""]},
        {"array": ["<f8", [3], "AAAA"]},
        {"array": 3},
        {"dict": [[1]]},
        {"dict": [[{"dict": []}, 1]]},
        {"complex": ["x", 1]},
        object(),
    ],
)
def test_what_is_not_packed_is_refused(packed):
    with pytest.raises(ValueError, match="not packed plain data"):
        unpack(packed)
