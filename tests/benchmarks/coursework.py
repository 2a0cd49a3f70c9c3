"""How much computing a submission takes to mark, against nbgrader's autograde on the same notebooks.

Run it with `make nbgrader`, which installs nbgrader in an environment of its own. Both mark the same class in turn,
started from the command line, one submission at a time; all the seconds of CPU count, those of every child among them.
What the notebooks' own cells take is measured apart, in a process that has the libraries loaded. The marks must agree.
The ratios count, the seconds depend on the machine.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

from helpers.coursework import grade
from tests.coursework import test_export as course

MANY = int(os.environ.get("MANY", 40))  # with few, the libraries that ours loads once weigh more
BARS = {"in all": 3, "beyond the notebook's own cells": 10}
CELLS = """\
import contextlib, io, json, resource, sys
import matplotlib
matplotlib.use("agg")
import IPython.display, ipywidgets, matplotlib.pyplot, sklearn.tree, statsmodels.api
from helpers import explorers, figures, practice, trees
world, used = {"__name__": "__main__"}, lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
start = used()
with contextlib.redirect_stdout(io.StringIO()):
    for cell in json.load(sys.stdin):
        with contextlib.suppress(Exception):
            exec(compile(cell, "cell", "exec"), world)
print(used() - start)
"""


def cpu(work, *given):
    """The seconds of CPU that the children of a call take, and all that these start."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work(*given)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def own_cells(home, student):
    """The seconds of CPU that the cells of one notebook take."""
    notebook = nbformat.read(home / "in" / student / course.NOTEBOOK, as_version=4)
    cells = json.dumps([cell.source for cell in notebook.cells if cell.cell_type == "code"])
    done = subprocess.run([sys.executable, "-c", CELLS], cwd=home / "out", input=cells,
                          capture_output=True, text=True, check=True)  # fmt: skip
    return float(done.stdout)


def ours(home, out):
    """Mark the class as an instructor does."""
    command = [sys.executable, "-m", "helpers.coursework", "grade", home / "in", "--key", home / "key.json",
               "--released", home / "out", "--out", out, "--jobs", "1"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr


def main():
    students = [f"s{i}" for i in range(MANY)]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        key = course.hand_out(home, students)
        course.nbgrader(home / "course", "generate_assignment", course.ASSIGNMENT)
        course.hand_in(home, students)
        theirs = cpu(course.nbgrader, home / "course", "autograde", course.ASSIGNMENT) / MANY
        mine = cpu(ours, home, home / "marks") / MANY
        cells = sum(own_cells(home, student) for student in students) / MANY
        group = grade.grade(home / "in", key, home / "out", home / "marks")  # the marks that were kept
        same = course.marks_of_nbgrader(home / "course") == course.marks_of_ours(group)
    print(f"{MANY} submissions of lesson 1, CPU seconds each: their own cells take {cells:.2f}")
    print(f"{'':34}{'nbgrader':>10}{'ours':>8}{'ratio':>8}{'bar':>6}")
    missed = 0
    for (words, bar), own in zip(BARS.items(), (0.0, cells), strict=True):
        ratio = (theirs - own) / (mine - own)
        missed += ratio < bar
        print(f"{words:34}{theirs - own:10.2f}{mine - own:8.2f}{ratio:8.1f}{bar:6}")
    print(f"The marks are {'the same' if same else 'NOT the same'}.")
    return int(missed > 0 or not same)


if __name__ == "__main__":
    sys.exit(main())
