"""The kernels in which nbval runs notebooks are started like those of `make notebooks`; and the table of evidence."""

import os
from pathlib import Path

# Workers and their kernels share the processors already. It must be said before numpy is imported.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

import nbval.kernel
import numpy as np
import pytest

from helpers.author import PrivateKernelManager

nbval.kernel.KernelManager = PrivateKernelManager

TABLE = Path(__file__).parent / "evidence.md"
MANY = "SEEDS" in os.environ  # as `make evidence` sets it
ENOUGH = 0.95  # of the many seeds

INTRODUCTION = """\
# What the lessons say of chance, over {seeds} seeds

`make evidence` wrote this table. `make test` holds every number within its bounds for ten seeds; they leave
head-room to what the lesson says. Where a lesson speaks of means or of many nets, one seed stands for one such group.

| lesson | what was measured | lowest | median | highest | bounds | within them |
| --- | --- | --- | --- | --- | --- | --- |
"""


@pytest.fixture
def measured(request, record_property):
    """Hold a number, or the lowest and highest of some, between `above` and `below`; keep it for the table.

    With many seeds a few may be outside, and the table says how many.
    """
    lesson = request.node.name.split("_")[1]

    def hold(words, value, above=None, below=None):
        low, high = float(np.min(value)), float(np.max(value))
        record_property("measured", [lesson, words, low, high, above, below])
        if not MANY:
            assert above is None or low > above, f"{words}: {low:.4g} is not above {above}"
            assert below is None or high < below, f"{words}: {high:.4g} is not below {below}"

    return hold


def pytest_terminal_summary(terminalreporter):
    """Write the table of all that was measured with many seeds."""
    if "PYTEST_XDIST_WORKER" in os.environ:  # it has seen a part of them
        return
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.getreports(kind)]
    rows = {}
    for report in reports if MANY else []:
        for name, (*row, low, high, above, below) in report.user_properties:
            if name == "measured":
                rows.setdefault((*row, above, below), []).append((low, high))
    if not rows:
        return
    lines, poor = [], []
    for (lesson, words, above, below), values in sorted(rows.items(), key=str):
        low, high = np.array(values).T
        inside = np.mean(
            (low > (-np.inf if above is None else above)) & (high < (np.inf if below is None else below))
        )
        bounds = ", ".join(
            f"{word} {bar:g}" for word, bar in (("above", above), ("below", below)) if bar is not None
        )
        three = " | ".join(
            f"{v:.3g}".replace("-", "−") for v in (low.min(), np.median([low, high]), high.max())
        )
        lines.append(
            f"| {lesson} | {words} | {three} | {bounds.replace('-', '−')} | {inside:.0%} of {len(low)} |"
        )
        poor += [lines[-1]] * int(inside < ENOUGH)
    TABLE.write_text(INTRODUCTION.format(seeds=os.environ["SEEDS"]) + "\n".join(lines) + "\n")
    terminalreporter.write_line(TABLE.read_text())
    if poor:
        raise pytest.UsageError("within their bounds in fewer than 95 % of the seeds:\n" + "\n".join(poor))
