"""The set-up check: silent where all is there, one clear line for each thing that is not."""

import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata

import pytest

from helpers import author, data, setup_check

PROJECT = tomllib.loads((author.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CHECKED = [asked for asked in PROJECT["dependencies"] if not asked.startswith("jupyterlab")]


def test_where_all_is_there_it_says_so_and_no_version(capsys):
    setup_check.check()
    assert capsys.readouterr().out == "Everything is there.\n"


def test_with_python_and_the_course_alone_it_names_every_package_once(tmp_path):
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(author.ROOT)).build(directory=str(tmp_path), versions=["standard"])
    zipfile.ZipFile(wheel).extractall(tmp_path / "alone")
    code = f"import sys; sys.path.insert(0, {str(tmp_path / 'alone')!r})\n"
    code += "from helpers import setup_check; setup_check.check()"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert sorted(line.split()[0] for line in lines) == sorted(asked.split(">=")[0] for asked in CHECKED)
    for asked in CHECKED:
        name, lowest = asked.split(">=")
        said = f'{name} is missing; the course needs {lowest} or newer. In a new cell: %pip install "{asked}"'
        assert said in lines


def test_what_is_too_old_is_named_with_both_versions(monkeypatch):
    installed = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "1.26.4" if name == "numpy" else installed(name))
    (line,) = setup_check.missing()
    assert line.startswith("numpy 1.26.4 is too old; the course needs ") and '%pip install "numpy>=' in line


def test_an_old_python_is_named(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 1, "final", 0))
    (line,) = setup_check.missing()
    lowest = PROJECT["requires-python"].removeprefix(">=")
    assert line == f"Python 3.9.1 is too old; the course needs {lowest} or newer. Install a newer Python."


def test_every_data_file_that_is_missing_or_damaged_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(data, "PLACES", (tmp_path,))
    first, *others = data.TABLES
    (tmp_path / f"{first}.csv").write_text("nonsense\n", encoding="utf-8")
    lines = setup_check.missing()
    assert [line.split()[0] for line in lines] == [f"data/{name}.csv" for name in (first, *others)]
    assert "must have the columns" in lines[0] and all("is missing" in line for line in lines[1:])


def test_a_course_that_is_not_installed_is_the_only_line(monkeypatch):
    monkeypatch.setattr(setup_check, "COURSE", "no-such-course")
    (line,) = setup_check.missing()
    assert "make lab" in line


def test_a_package_without_a_bound_needs_only_to_be_there(monkeypatch):
    asked = ["numpy", "no-such-package", "no-such-tool; extra == 'test'"]
    monkeypatch.setattr(metadata, "requires", lambda name: asked)
    assert setup_check.missing() == [
        'no-such-package is missing; the course needs it. In a new cell: %pip install "no-such-package"'
    ]


@pytest.mark.parametrize(
    ("older", "newer"),
    [("2.0.1", "2.0.2"), ("2.9", "2.10"), ("3.9.18", "3.11"), ("1.26.4", "2"), ("", "0.1")],
)
def test_versions_are_compared_by_their_numbers(older, newer):
    assert setup_check._release(older) < setup_check._release(newer)
    assert setup_check._release(f"{newer}.0") == setup_check._release(newer)
    assert setup_check._release(f"{newer}rc1+local.5") == setup_check._release(newer)


def test_colab_keeps_its_widgets_and_jupyterlab_does_not(monkeypatch):
    installed = metadata.version
    monkeypatch.setattr(
        metadata, "version", lambda name: "7.7.1" if name == "ipywidgets" else installed(name)
    )
    (line,) = setup_check.missing()
    assert line.startswith("ipywidgets 7.7.1 is too old")
    monkeypatch.setitem(sys.modules, "google.colab", object())
    assert setup_check.missing() == []
