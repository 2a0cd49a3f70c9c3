"""Does every lesson work wherever people open it? Prints a matrix of lessons and places.

python -m tests.compat [PLACE ...]      all places, or those with a word that begins so

Each place has an environment of its own in .compat/, brought to exactly what the place asks for; the next run
changes only what is out of date. This needs the network, and the Pythons that the places name.
"""

import concurrent.futures
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import yaml
from bs4 import BeautifulSoup

from helpers import author

ROOT = author.ROOT
UV = Path(sys.executable).with_name("uv")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EVERYTHING = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
LOWEST = PROJECT["requires-python"].removeprefix(">=")
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
BINDER = next(name for name in CONDA if name.startswith("python=")).removeprefix("python=")

# What Colab's two images of August 2026 ship, of all that a lesson touches. Their ipywidgets is older than
# JupyterLab needs and pyproject.toml asks for: Colab shows it on a page of its own, and installs without dependencies.
_COLAB = [
    "matplotlib==3.10.0",
    "scipy==1.16.3",
    "statsmodels==0.14.6",
    "scikit-learn==1.6.1",
    "ipywidgets==7.7.1",
    "ipython==7.34.0",
    "ipykernel==6.17.1",
]
COLAB = {
    "3.12": ["numpy==2.0.2", "pandas==2.2.2", *_COLAB],
    "3.13": ["numpy==2.1.3", "pandas==2.2.3", *_COLAB],
}


class Failed(Exception):
    """A place could not be tried. The message says why."""


def run(*command, **options):
    """Run a command and return what it prints; raise `Failed` with the end of its words if it fails."""
    name = " ".join([Path(command[0]).name, *map(str, command[1:3])])
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    except OSError as error:  # there is no such program
        raise Failed(f"`{name} …` could not be started: {error.strerror}") from None
    if done.returncode:
        raise Failed(f"`{name} …` failed: {(done.stderr or done.stdout).strip()[-600:]}")
    return done.stdout


# ---------------------------------------------------------------------------------------------------------
# environments


def interpreters():
    """Return {"3.12": (version, path), ...}: the newest CPython of each minor, on PATH or kept by pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders = [folder for folder in os.environ["PATH"].split(os.pathsep) if Path(folder) != pyenv / "shims"]
    path = os.pathsep.join(
        [*folders, *map(str, pyenv.glob("versions/*/bin"))]
    )  # its shims answer for one only
    environ = {**os.environ, "PATH": path, "UV_PYTHON_DOWNLOADS": "never"}
    found = {}
    for python in json.loads(run(UV, "python", "list", "--output-format=json", env=environ)):
        stable = re.fullmatch(r"(\d+\.\d+)\.(\d+)", python["version"])
        if stable and python["implementation"] == "cpython" and python["variant"] == "default":
            this = ((*map(int, python["version"].split(".")),), python["path"])
            found[stable[1]] = max(this, found.get(stable[1], this), key=lambda pair: pair[0])
    return {minor: (".".join(map(str, version)), path) for minor, (version, path) in found.items()}


def environment(name, minor, requirements, package=None, resolution="highest"):
    """Bring an environment to exactly these requirements and what they need; return its Python.

    Parameters
    ----------
    name : str, of its folder in .compat/
    minor : str, such as "3.12"
    requirements : list of str
    package : list of str, or None; the course itself as pip would be told, installed without dependencies
    resolution : "highest" or "lowest-direct"
    """
    if minor not in (pythons := interpreters()):
        raise Failed(f"no Python {minor} here")
    version, base = pythons[minor]  # the version in the folder's name: a newer patch, a new environment
    home = ROOT / ".compat" / f"{name}-{version}"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        run(UV, "venv", "--clear", "--python", base, home)
    options = ["--resolution", resolution, "--no-header", "--quiet"]
    pinned = run(UV, "pip", "compile", "-", "--python", python, *options, input="\n".join(requirements))
    run(UV, "pip", "sync", "--python", python, "-", input=pinned)
    if package:
        run(UV, "pip", "install", "--python", python, "--no-deps", "--reinstall", *package)
    return python


def as_on_colab(python):
    """Have a module `google.colab` loaded in every kernel, as Colab has: by it the course knows where it is."""
    place = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    line = "import sys, types; sys.modules['google.colab'] = types.ModuleType('google.colab')\n"
    (Path(place) / "on_colab.pth").write_text(line, "utf-8")
    return python


def packages(python):
    """Return the set of (name, version) that an environment holds."""
    listed = json.loads(run(UV, "pip", "list", "--python", python, "--format=json"))
    return {(package["name"], package["version"]) for package in listed}


# ---------------------------------------------------------------------------------------------------------
# the comparison


def compare(notebooks, kernel, runner=sys.executable):
    """Run notebooks in a folder that holds nothing else and compare what they print with what they hold.

    Parameters
    ----------
    notebooks : dict, lesson -> notebook
    kernel : path of the Python that runs the cells
    runner : path of the Python that has pytest and nbval

    Returns
    -------
    dict : lesson -> complaint, "" where there is none
    """
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        shutil.copy(ROOT / "tests" / "conftest.py", scratch)
        (scratch / "lessons").mkdir()
        for lesson, notebook in notebooks.items():
            author.write(author.as_text(notebook), scratch / "lessons" / f"{lesson}.ipynb")
        (scratch / "kernels" / "place").mkdir(parents=True)
        launch = [str(kernel), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": launch, "display_name": "place", "language": "python"}
        (scratch / "kernels" / "place" / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
        command = [runner, "-m", "pytest", "lessons", "-p", "no:cacheprovider"]
        command += ["--nbval", "--nbval-kernel-name=place", "--nbval-cell-timeout=300"]
        command += [f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval_sanitize.cfg'}"]
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        cases = report(command, cwd=scratch, env={**environ, "JUPYTER_PATH": str(scratch)})
    return {lesson: verdict(cases, lesson, notebook) for lesson, notebook in notebooks.items()}


def report(command, **options):
    """Run pytest and return its test cases."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.xml"
        command = [*map(str, command), "--color=no", f"--junitxml={path}"]
        done = subprocess.run(command, capture_output=True, text=True, **options)
        if not path.exists():
            raise Failed(f"pytest wrote no report: {(done.stderr or done.stdout).strip()[-600:]}")
        return list(ElementTree.parse(path).iter("testcase"))


def verdict(cases, lesson, notebook):
    """Say what is wrong with a lesson by the test cases of its cells: "" if all ran and none complains."""
    mine = [case for case in cases if case.get("classname").endswith(f"{lesson}.ipynb")]
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    too_few = "" if len(mine) == cells else f"{len(mine)} of {cells} cells were compared"
    return first_complaint(mine) or too_few


def first_complaint(cases):
    """Return the name and the words of the first test case that did not pass, or ""."""
    for case in cases:
        for child in case:
            if child.tag in ("failure", "error", "skipped"):
                said = re.sub(r"\x1b\[\d*m", "", child.text or child.get("message", ""))
                errors = re.findall(
                    r"^E (.*)", said, flags=re.MULTILINE
                )  # of pytest; nbval's stands at the end
                return (
                    f"{case.get('name').split('::')[-1]}: {flat(' '.join(errors))[:400] or flat(said)[-400:]}"
                )
    return ""


# ---------------------------------------------------------------------------------------------------------
# the places: each takes the lessons (name -> notebook) and returns the Python used and the complaints


def lab(lessons):
    """Pass the browser tests of every lesson."""
    return sys.executable, browse(lessons, sys.executable)


def lab_lowest(lessons):
    """Pass them with the lowest versions too: whether a page shows controls is no question of text."""
    python = environment("lab-lowest", LOWEST, EVERYTHING, ["-e", ROOT], "lowest-direct")
    return python, browse(lessons, python)


def browse(lessons, python):
    """Return the first complaint of the browser tests about each lesson."""
    tests = ROOT / "tests" / "browser" / "test_lab.py"
    if not tests.exists():
        return dict.fromkeys(lessons, "not here: there are no browser tests yet")
    cases = report([python, "-m", "pytest", tests, "-o", "addopts=", "-p", "no:cacheprovider"], cwd=ROOT)
    mine = {lesson: [case for case in cases if lesson in case.get("name")] for lesson in lessons}
    return {
        lesson: first_complaint(mine[lesson]) if mine[lesson] else "no test names it" for lesson in lessons
    }


def exported_html(lessons):
    """Become a page that holds every text and every description of the notebook."""
    with tempfile.TemporaryDirectory() as folder:
        for lesson, notebook in lessons.items():
            author.write(author.as_text(notebook), Path(folder) / f"{lesson}.ipynb")
        jupyter = Path(sys.executable).with_name("jupyter")
        names = [f"{lesson}.ipynb" for lesson in lessons]
        run(jupyter, "nbconvert", "--to", "html", *names, cwd=folder)
        pages = {lesson: (Path(folder) / f"{lesson}.html").read_text("utf-8") for lesson in lessons}
    return sys.executable, {lesson: missing(lessons[lesson], page) for lesson, page in pages.items()}


def missing(notebook, page):
    """Return the first output of a notebook whose words are not on its page, or ""."""
    said = words(page)
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            data = output.get("data", {"text/plain": output.get("text", "")})
            for wanted in words(data["text/html"]) if "text/html" in data else [flat(data["text/plain"])]:
                if not any(wanted in text for text in said):
                    return f"cell {number} shows what the page does not: {wanted[:200]}"
    return ""


def words(html):
    """Return the text of some HTML, then what its pictures and controls say to a screen reader."""
    soup = BeautifulSoup(html, "html.parser")
    spoken = [tag[name] for name in ("alt", "aria-label") for tag in soup.find_all(attrs={name: True})]
    return [flat(soup.get_text(" ")), *map(flat, spoken)]


def flat(text):
    """Return a text with single spaces."""
    return " ".join(text.split())


def lowest(lessons):
    """Run on the lowest versions that pyproject.toml admits, under the lowest Python."""
    python = environment("lowest", LOWEST, EVERYTHING, ["-e", ROOT], "lowest-direct")
    return python, compare(lessons, python, runner=python)


def newest(lessons):
    """Run on the newest of everything, under the newest Python that is here."""
    minor = max(interpreters(), key=lambda minor: (*map(int, minor.split(".")),))
    python = environment("newest", minor, EVERYTHING, ["-e", ROOT])
    return python, compare(lessons, python, runner=python)


def colab(minor):
    """Return the place that is one of Colab's images: its versions, and nothing that it has not."""

    def place(lessons):
        python = as_on_colab(environment("colab", minor, COLAB[minor], ["-e", ROOT]))
        return python, compare(lessons, python)

    return place


def colab_bootstrap(lessons):
    """Fetch the course by the cell that a reader runs on Colab, and leave all other packages as they were."""
    minor = max(COLAB)
    python = as_on_colab(environment("bootstrap", minor, [*COLAB[minor], "pip"]))
    ours = (PROJECT["name"], PROJECT["version"])
    complaints = {}
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder) / "course.git"
        run("git", "init", "--bare", "--initial-branch=main", repository)
        git = ["git", f"--git-dir={repository}", f"--work-tree={ROOT}", "-c", "user.name=compat"]
        run(*git, "add", "--all", cwd=ROOT)  # the course as it stands here, committed or not
        run(*git, "-c", "user.email=", "commit", "--quiet", "--no-gpg-sign", "--message=The course", cwd=ROOT)
        for lesson, notebook in lessons.items():
            run(UV, "pip", "uninstall", "--python", python, PROJECT["name"])
            before = packages(python)
            complaints[lesson] = compare({lesson: fetching(notebook, repository.as_uri())}, python)[lesson]
            after = packages(python)
            if before - after or after - before != {ours}:
                moved = f"gone {sorted(before - after)}, new {sorted(after - before)}"
                complaints[lesson] = complaints[lesson] or f"expected only {ours} to be new; {moved}"
    return python, complaints


def fetching(notebook, address):
    """Return a notebook whose bootstrap cell fetches the course from this address."""
    notebook = author.nbformat.from_dict(notebook)
    (cell,) = (cell for cell in notebook.cells if "bootstrap" in author.tags(cell))
    cell.source = author.bootstrap(address)
    cell.metadata.tags = [*author.tags(cell), "nbval-ignore-output"]  # pip may say that it is out of date
    return notebook


def installed_wheel(lessons):
    """Run from a wheel that was built from the sdist, with no checkout near."""
    dist = ROOT / ".compat" / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    run(UV, "build", "--python", sys.executable, "--out-dir", dist, ROOT)  # the wheel from the sdist
    (sdist,), (wheel,) = dist.glob("*.tar.gz"), dist.glob("*.whl")
    expected = {path.relative_to(ROOT / "data").as_posix() for path in (ROOT / "data").rglob("*.*")}
    for names, folder in (
        (tarfile.open(sdist).getnames(), f"{sdist.name.removesuffix('.tar.gz')}/data/"),
        (zipfile.ZipFile(wheel).namelist(), "helpers/data/"),
    ):
        held = {name.removeprefix(folder) for name in names if name.startswith(folder)}
        if held != expected:
            raise Failed(f"expected {sorted(expected)} in {folder}; it holds {sorted(held)}")
    python = environment("wheel", BINDER, [str(wheel)], [wheel])
    where = run(python, "-c", "import helpers; print(helpers.__file__)", cwd=dist).strip()
    if python.parent.parent not in Path(where).parents:
        raise Failed(f"helpers came from {where}, not from the wheel")
    return python, compare(lessons, python)


def binder_plan(lessons):
    """Be planned by Binder's own builder as environment.yml means it. No container is built."""
    python = environment("binder", BINDER, ["jupyter-repo2docker"])
    builder = python.with_name("jupyter-repo2docker")
    command = [str(builder), "--no-build", "--debug", "--user-id=1000", "--user-name=reader", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    return python, dict.fromkeys(lessons, plan_fault(done.stdout + done.stderr, BINDER))


def plan_fault(plan, minor):
    """Say what is wrong with a Dockerfile of repo2docker, or ""."""
    install = plan.find('env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"')
    copy = plan.find(" src/ ${REPO_DIR}/")
    if install < 0 or copy < 0:
        return f"expected a plan that installs environment.yml; got: {plan.strip()[-300:]}"
    if f"building conda environment for python={minor}\n" not in plan.lower():
        return f"expected Python {minor}, as environment.yml says; the plan takes another"
    if copy > install:
        return "environment.yml is installed before the course is copied: `-e .` finds nothing there"
    if re.findall(r"^WORKDIR (.*)$", plan[:install], flags=re.MULTILINE)[-1:] != ["${REPO_DIR}"]:
        return "environment.yml is not installed in the folder of the course, where `-e .` looks"
    return ""


PLACES = {
    "Lab": lab,
    "Lab, lowest": lab_lowest,
    "Colab bootstrap": colab_bootstrap,
    "Colab 3.12": colab("3.12"),
    "Colab 3.13": colab("3.13"),
    "lowest": lowest,
    "newest": newest,
    "installed wheel": installed_wheel,
    "exported HTML": exported_html,
    "Binder plan": binder_plan,
}


# ---------------------------------------------------------------------------------------------------------
# the matrix


def try_out(place, lessons):
    """Return (version of Python, complaints, seconds) of one place."""
    start = time.perf_counter()
    try:
        python, complaints = PLACES[place](lessons)
        version = run(python, "-c", "import platform; print(platform.python_version())").strip()
    except Failed as reason:
        version, complaints = "–", dict.fromkeys(lessons, str(reason))
    return version, complaints, time.perf_counter() - start


def main(wanted):
    """Try the places side by side, print the matrix and the reasons, and return the exit code."""
    lessons = {path.stem: author.read(path) for path in author.lessons()}
    starts = re.compile("|".join(rf"\b{re.escape(word)}" for word in wanted), re.IGNORECASE)
    chosen = [place for place in PLACES if starts.search(place)]
    if not chosen:
        print(f"No place is called {' or '.join(wanted)}. There are: {', '.join(PLACES)}", file=sys.stderr)
        return 1
    print(f"{'place':16} {'Python':8}", *(f"{lesson[:2]:>4}" for lesson in lessons), " seconds", flush=True)
    rows = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        tried = pool.map(lambda place: try_out(place, lessons), chosen)
        for place, (version, complaints, seconds) in zip(chosen, tried, strict=True):
            rows[place] = complaints
            marks = [f"{'NO' if complaints[lesson] else 'ok':>4}" for lesson in lessons]
            print(f"{place:16} {version:8}", *marks, f"{seconds:8.0f}", flush=True)
    reasons = {}  # what is said of several lessons is printed once
    for place, complaints in rows.items():
        for lesson, complaint in complaints.items():
            if complaint:
                reasons.setdefault((place, complaint), []).append(lesson[:2])
    for (place, complaint), numbers in reasons.items():
        print(f"\n{place}, {', '.join(numbers)}: {complaint}")
    return min(1, len(reasons))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    sys.exit("interrupted")
