"""Hand lessons out: notebooks without outputs, and a package `helpers` without the answers. The key stays here."""

import ast
import copy
import csv
import hashlib
import hmac
import importlib
import importlib.util
import inspect
import json
import re
import secrets
import shutil
from dataclasses import dataclass, field
from importlib.metadata import requires
from pathlib import Path

import nbformat

import helpers
from helpers import author
from helpers.exercise import Lesson
from helpers.plain import pack
from helpers.setup_check import COURSE

from . import practice

HELPERS = Path(helpers.__file__).parent
ROOT = HELPERS.parent
OFFICE = ("coursework", "exercises", "author.py", "site.py", "__pycache__")  # what is not handed out as it is
EXAMPLE = 7  # the number that stands in a notebook until a student puts in their own
WITHHELD = (
    "# This cell would answer a graded question. It is in the course; your instructor has what it shows."
)
BOOTSTRAP = """\
# This notebook belongs to the folder that it was handed out in, with the package "helpers" beside it.
import helpers

if getattr(helpers, "RELEASE", None) != "{release}":
    raise ImportError("Open this notebook in its own folder: another package of the name helpers was found first.")
"""
NOTE = """\
*Handed out for marks.* `check` asks practice questions here; others are asked after you hand in. Predictions are \
noted and not answered. What the text says of hints and solutions does not hold: they stay with your instructor."""
README = """\
# {title}

Handed out from the course *One Gear at a Time*. Open the notebooks in JupyterLab, in this folder: the package `helpers`
beside them belongs to them. What they need is listed in requirements.txt.

- `check` asks practice questions. Marks come from other questions of the same kind, which are asked after you hand in.
- Predictions and answers that are a value are noted, not judged: you hear about them with your marks.
- Keep the name of each function and each answer. Cells can be added, moved and split as you like.
- Hand in the notebooks, nothing else.
"""


class ReleaseError(ValueError):
    """What was asked for can't be handed out."""


@dataclass(frozen=True)
class Key:
    """What the instructor keeps: the secret from which seeds and fresh questions are drawn, and who is in the class.

    Attributes
    ----------
    secret : str, 32 hexadecimal digits
    release : str, names the folder that was handed out
    lessons : list of int
    students : {id: {"name": str, "number": int}}, empty where no roster was given
    sources : {lesson: digest of its exercises}, by which a changed course is noticed
    bank : str, the folder of the instructor's own exercises, or empty
    """

    secret: str
    release: str
    lessons: list
    students: dict = field(default_factory=dict)
    sources: dict = field(default_factory=dict)
    bank: str = ""

    def draw(self, *words):
        """A whole number that only who holds the secret can work out from the words."""
        text = "\0".join(map(str, words)).encode()
        return int.from_bytes(hmac.digest(bytes.fromhex(self.secret), text, "sha256")[:7], "big")

    def seed(self, exercise, student):
        """The seed of a student's own variant of a personal exercise."""
        return self.draw("personal", exercise.name, student)

    def questions(self, exercise):
        """The seed of the fresh questions of an exercise."""
        return self.draw("questions", exercise.lesson.number, exercise.name)


def read_key(path):
    """The key in a file. ReleaseError for a file that is none."""
    try:
        return Key(**json.loads(Path(path).read_text("utf-8")))
    except FileNotFoundError:
        raise ReleaseError(
            f"there is no key at {path}: `release` wrote it beside the folder it made"
        ) from None
    except (TypeError, ValueError) as error:
        raise ReleaseError(f"{path} is not a key that `release` wrote ({error})") from None


def read_roster(path):
    """{id: name} from a CSV file with a column `id` and, if you like, a column `name`."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseError(f"the roster {path} can't be read as UTF-8 text ({error})") from None
    if not rows or "id" not in rows[0]:
        found = ", ".join(map(str, rows[0])) if rows else "no rows"
        raise ReleaseError(f"the roster must be a CSV file with a column id; got {found}")
    ids = [(row["id"] or "").strip() for row in rows]
    bad = [i for i in ids if not re.fullmatch(r"[\w.@+-]{1,80}", i) or i.startswith(".")]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if bad or twice:
        raise ReleaseError(
            f"each id of the roster must be one word, once; got {', '.join(map(repr, bad or twice))}"
        )
    return {i: (row.get("name") or "").strip() for i, row in zip(ids, rows, strict=True)}


def lesson_of(number, bank=""):
    """The exercises of a lesson, those of the instructor's bank among them, and its notebook.

    Those that build a tool of the course give no points here: what is handed out holds the tool.
    """
    found = sorted((ROOT / "notebooks").glob(f"{number:02d}_*.ipynb"))
    if not found:
        raise ReleaseError(f"there is no lesson {number}: the lessons are those in notebooks/")
    lesson = importlib.import_module(f"helpers.exercises.lesson{number:02d}").lesson
    own = _of_bank(number, bank)
    if twice := sorted(set(own) & set(lesson.exercises)):
        raise ReleaseError(
            f"the bank must have names of its own; lesson {number} has {', '.join(twice)}, too"
        )
    both = Lesson(number, {name: _free(e) if e.tool else e for name, e in lesson.exercises.items()} | own)
    for exercise in own.values():
        exercise.lesson = both
    return both, found[0]


def _free(exercise):
    other = copy.copy(exercise)
    other.points = 0
    return other


def _of_bank(number, bank):
    """{name: Exercise} of the instructor's own for a lesson: BANK/lessonNN.py, written as the course's are."""
    path = Path(bank) / f"lesson{number:02d}.py"
    if not bank or not path.is_file():
        return {}
    spec = importlib.util.spec_from_file_location(f"bank_lesson{number:02d}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, exercise in module.lesson.exercises.items():
        if not inspect.getdoc(exercise.reference):
            raise ReleaseError(f"{path}: {name} needs a docstring; it is the task that the student reads")
    return dict(module.lesson.exercises)


def source_digest(number, bank=""):
    """By what a lesson's exercises are known to be the same as when they were handed out."""
    folders = [HELPERS / "exercises", *([Path(bank)] if bank else [])]
    paths = [folder / f"lesson{number:02d}.py" for folder in folders]
    return hashlib.sha256(b"".join(p.read_bytes() for p in paths if p.is_file())).hexdigest()[:16]


def release(numbers, out, key, roster=None, bank=""):
    """Write the folder to hand out, and its key.

    Parameters
    ----------
    numbers : list of int, the lessons
    out : path of the folder, which must not be there yet
    key : path of the key; one that is there lends its secret, so that the same folder is written again
    roster : path of a CSV file, or None
    bank : folder with exercises of the instructor's own, lessonNN.py each

    Returns
    -------
    Key

    Raises
    ------
    ReleaseError : for a lesson that is not there, a roster that is none, a folder that is there already, or the key of
        other lessons
    """
    out, key, bank = Path(out), Path(key), str(Path(bank).resolve()) if bank else ""
    if out.exists():
        raise ReleaseError(f"{out} is there already: name another folder, or remove it")
    lessons = {number: lesson_of(number, bank) for number in sorted(set(numbers))}
    names = read_roster(roster) if roster else {}
    before = read_key(key) if key.exists() else Key(secrets.token_hex(16), "", [])
    if before.lessons and before.lessons != list(lessons):
        listed = " and ".join(map(str, before.lessons))
        raise ReleaseError(
            f"{key} is the key of lessons {listed}: name another key for others, or marks are lost"
        )
    secret = before.secret
    stored = {n: [practice.store(e) for e in lesson.exercises.values()] for n, (lesson, _) in lessons.items()}
    digest = hashlib.sha256(json.dumps([secret, stored, sorted(names)]).encode()).hexdigest()[:12]
    kept = Key(secret, digest, list(lessons), {}, {str(n): source_digest(n, bank) for n in lessons}, bank)
    kept.students.update(_numbered(kept, names))
    building = out.with_name(out.name + ".part")
    shutil.rmtree(building, ignore_errors=True)
    spoilers = {s for lesson, _ in lessons.values() for e in lesson.exercises.values() for s in e.spoilers}
    _package(building / "helpers", kept, lessons, stored, spoilers)
    for lesson, notebook in lessons.values():
        _handed(building / "helpers" / "handed", lesson, kept)
        own = [e for e in lesson.exercises.values() if e.lesson is lesson]  # those of the bank
        (building / notebook.name).write_text(student_version(notebook, digest, spoilers, own), "utf-8")
    (building / "requirements.txt").write_text("\n".join(_requirements()) + "\n", "utf-8")
    title = "Lesson " + ", ".join(map(str, lessons))
    (building / "README.md").write_text(README.format(title=title), "utf-8")
    key.parent.mkdir(parents=True, exist_ok=True)
    part = key.with_name(key.name + ".part")
    part.write_text(json.dumps(vars(kept), indent=1) + "\n", "utf-8")
    part.chmod(0o600)
    part.replace(key)
    building.rename(out)
    return kept


def _numbered(key, names):
    """Each student's number, which they write into a notebook: of six digits, and nobody else's."""
    students, taken = {}, set()
    for student, name in sorted(names.items()):
        tries = (100_000 + key.draw("number", student, again) % 900_000 for again in range(1000))
        number = next(n for n in tries if n not in taken)
        taken.add(number)
        students[student] = {"name": name, "number": number}
    return students


def _package(folder, key, lessons, stored, spoilers):
    """The package `helpers` as it is handed out."""
    shutil.copytree(HELPERS, folder, ignore=lambda at, names: [n for n in names if n in OFFICE])
    if not (folder / "data").exists():
        shutil.copytree(ROOT / "data", folder / "data")
    shutil.copy(practice.__file__, folder / "practice.py")
    with open(folder / "__init__.py", "a", encoding="utf-8") as file:
        file.write(f'\nRELEASE = "{key.release}"\n')
    for module in sorted({s.partition(".")[0] for s in spoilers}):
        hidden = {s.partition(".")[2] for s in spoilers if s.startswith(module + ".")}
        path = folder / f"{module}.py"
        path.write_text(_without(path.read_text("utf-8"), hidden), "utf-8")
    exercises = folder / "exercises"
    exercises.mkdir()
    (exercises / "__init__.py").write_text('"""Exercises to practise on, lesson by lesson."""\n', "utf-8")
    for number, (lesson, _) in lessons.items():
        lines = [
            f'"""Lesson {number}: questions to practise on."""',
            "",
            "from helpers.practice import stored",
            "",
        ]
        lines += [f"lesson = stored({number})", "report = lesson.report"]
        lines += [f'{name} = lesson.exercises["{name}"]' for name in lesson.exercises]
        (exercises / f"lesson{number:02d}.py").write_text("\n".join(lines) + "\n", "utf-8")
        (exercises / f"lesson{number:02d}.json").write_text(json.dumps(stored[number]) + "\n", "utf-8")


def _without(source, names):
    """The source without its functions of these names."""
    lines = source.splitlines(keepends=True)
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            del lines[first - 1 : node.end_lineno]
    return "".join(lines)


def _handed(folder, lesson, key):
    """Write what each student is dealt in the lesson's personal exercises, one file a student, and an example."""
    for exercise in (e for e in lesson.exercises.values() if e.personal):
        folder.mkdir(exist_ok=True)
        seeds = {entry["number"]: key.seed(exercise, student) for student, entry in key.students.items()}
        for number, seed in (seeds | {EXAMPLE: EXAMPLE}).items():
            dealt = pack(exercise.handed(seed))
            file = folder / f"{exercise.name}-{number}.json"
            file.write_text(json.dumps(dealt) + "\n", "utf-8")


def student_version(path, release, spoilers, bank):
    """The text of a notebook as it is handed out: no outputs, no badges, tied to its folder; with the bank's tasks."""
    notebook = author.read(path)
    calls = re.compile("|".join(rf"\b{re.escape(s)}\b" for s in sorted(spoilers)) or r"(?!)")
    cells = []
    for cell in notebook.cells:
        tags = author.tags(cell)
        if "badges" in tags:
            continue
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            if "bootstrap" in tags:
                cell.source = BOOTSTRAP.format(release=release).strip()
            elif calls.search(cell.source):
                cell.source = WITHHELD
            if cell.source.strip() == "ex.report()":
                for exercise in bank:
                    cells += _task(exercise)
        cells.append(cell)
    cells.insert(1, nbformat.v4.new_markdown_cell(NOTE, id="handed-out"))
    notebook.cells = cells
    return author.as_text(notebook)


def _task(exercise):
    """The cells of an exercise of the bank: the task, and a place for the answer."""
    name = exercise.name
    cells = [nbformat.v4.new_markdown_cell(f"### {name}\n\n{inspect.getdoc(exercise.reference)}")]
    if exercise.by_function:
        stub = f"def {name}({', '.join(exercise.names)}):\n    ...\n\n\nex.{name}.check({name})"
    else:
        stub = f"{name} = None\n\nex.{name}.check({name})"
    cells.append(nbformat.v4.new_code_cell(stub))
    for cell, kind in zip(cells, ("task", "answer"), strict=True):
        cell.id = f"{kind}-{name}"[:64].replace(
            "_", "-"
        )  # not a random one: the folder is the same each time
    return cells


def _requirements():
    return sorted(line for line in requires(COURSE) or () if "extra ==" not in line)
