"""A claim is a line of code: a sentence, the kind of evidence for it, and the condition that decides it."""

import numpy as np

KINDS = {
    "enumerated": "all cases were counted",
    "constructed": "we planted or compiled it ourselves",
    "intervened": "a part was ablated or patched, on a stated distribution",
    "reproduced": "a published or certified number came out again",
    "associated": "two things were seen together",
}


def claim(kind, sentence, condition):
    """Print a claim, its kind of evidence and whether it holds.

    Parameters
    ----------
    kind : one of `KINDS`
    sentence : str, what is claimed, as a full sentence
    condition : bool, computed by the lesson from the model or the data

    Raises
    ------
    ValueError, TypeError : for an unknown kind, or a condition that is not True or False
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}; got {kind!r}")
    if not isinstance(condition, (bool, np.bool_)):
        raise TypeError(f"the condition of a claim must be True or False; got {type(condition).__name__}")
    print(f"{'holds' if condition else 'DOES NOT HOLD'} · {kind} · {sentence}")
