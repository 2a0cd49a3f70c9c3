"""Is everything there that the course needs? Standard library only: this must run where the rest is missing."""

import re
import sys
from importlib import metadata

COURSE = "one-gear-at-a-time"  # the course as a package: what it asks for is read from it, not copied here
OPENS_NOTEBOOKS = {"jupyterlab"}  # whoever reads the answer has a notebook open, in JupyterLab or elsewhere
FOR_JUPYTERLAB = {"ipywidgets"}  # JupyterLab asks for its version; Colab shows an older one, and pins it


def missing():
    """What is missing or too old, a line for each: Python, packages, data files, in this order.

    Returns
    -------
    list of str : empty where all is there
    """
    try:
        asked = [("Python", metadata.metadata(COURSE)["Requires-Python"])]
        asked += map(_parts, metadata.requires(COURSE))
    except metadata.PackageNotFoundError:
        return ["The course is not installed. In its folder, run `make lab` or `pip install -e .`"]
    lines = [_package(name, lowest) for name, lowest in asked if lowest is not None]
    return [line for line in lines if line] + _data()


def check():
    """Print what is missing, or that nothing is."""
    print("\n".join(missing()) or "Everything is there.")


def _parts(requirement):
    """("numpy", ">=2.0.2") of "numpy>=2.0.2"; the bound is None for what only developers need."""
    name, bound, marker = re.fullmatch(r"([\w.-]+)\s*((?:>=[\d.]+)?)[^;]*(;.*)?", requirement).groups()
    return name, None if marker or name in OPENS_NOTEBOOKS else bound


def _package(name, bound):
    """The line about one package, or "" where it is as it should be."""
    lowest = bound.removeprefix(">=")
    wanted = f"the course needs {lowest} or newer" if lowest else "the course needs it"
    try:
        here = ".".join(map(str, sys.version_info[:3])) if name == "Python" else metadata.version(name)
    except metadata.PackageNotFoundError:
        return f'{name} is missing; {wanted}. In a new cell: %pip install "{name}{bound}"'
    if _release(here) >= _release(lowest) or (name in FOR_JUPYTERLAB and _elsewhere()):
        return ""
    mend = f'In a new cell: %pip install "{name}{bound}"' if name != "Python" else "Install a newer Python."
    return f"{name} {here} is too old; {wanted}. {mend}"


def _elsewhere():
    """Whether something else than JupyterLab shows this notebook."""
    try:
        metadata.version("jupyterlab")
    except metadata.PackageNotFoundError:
        return True
    return "google.colab" in sys.modules


def _release(version):
    """The numbers of a version, to compare: (2, 0, 2, 0) of "2.0.2rc1"."""
    numbers = re.match(r"[\d.]*", version)[0].strip(".").split(".")
    return tuple(int(number or 0) for number in (numbers + ["0"] * 4)[:4])


def _data():
    """A line for every data file that cannot be read."""
    try:
        from helpers import data
    except ModuleNotFoundError:  # numpy, of which there is a line already
        return []
    lines = []
    for name in data.TABLES:
        try:
            data.load(name)
        except (FileNotFoundError, ValueError) as error:
            lines.append(str(error))
    return lines
