"""The office: tools for whoever writes lessons. Nothing in the course imports this module.

python -m helpers.author run [NOTEBOOK ...]      run again from the top, normalise, write
python -m helpers.author address [URL]           set the address in badges, Colab cells and README
python -m helpers.author claims [NOTEBOOK ...]   print every claim and whether it stands
"""

import argparse
import ast
import builtins
import copy
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_client import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from helpers.claims import KINDS

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = "https://github.com/OWNER/REPO"  # until a copy of the course knows where it lives


class Refused(Exception):
    """The task was refused, and no file was changed. The message says why."""


# ---------------------------------------------------------------------------------------------------------
# reading and writing


def lessons(root=ROOT):
    """Return the paths of all notebooks, in the order of the course."""
    return sorted((Path(root) / "notebooks").glob("*.ipynb"))


def read(path):
    """Return the notebook that stands at `path`."""
    return nbformat.read(path, as_version=4)


def as_text(notebook):
    """Return a notebook as the text of its file: keys sorted, indent 1, a newline at the end."""
    return nbformat.writes(notebook) + "\n"


def write(text, path):
    """Replace the file at `path` whole, or leave it as it was."""
    draft = path.with_name(path.name + ".tmp")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def tags(cell):
    """Return the tags of a cell."""
    return cell.metadata.get("tags", [])


# ---------------------------------------------------------------------------------------------------------
# normalising: what is kept of a run

_WHEN = re.compile(r"((?:Date|Time):(?:</?\w+>|[\s&}])*)(\w{3}, \d\d \w{3} \d{4}|\d\d:\d\d:\d\d)")
_WIDGET = "application/vnd.jupyter.widget-view+json"


def normalise(notebook):
    """Return a copy of a notebook without what changes from run to run or from machine to machine.

    Kept are the cells, their ids, tags and folded state, their outputs and the metadata `course`.
    """
    notebook = copy.deepcopy(notebook)
    course = {"course": notebook.metadata["course"]} if "course" in notebook.metadata else {}
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            **course,
        }
    )
    for cell in notebook.cells:
        folded = {k: v for k, v in cell.metadata.get("jupyter", {}).items() if k.endswith("_hidden")}
        kept = {"tags": tags(cell), "jupyter": folded}
        cell.metadata = nbformat.from_dict({key: value for key, value in kept.items() if value})
        if cell.cell_type == "code":
            cell.outputs = _normal_outputs(cell.outputs)
    return notebook


def _normal_outputs(outputs):
    normal = []
    for output in outputs:
        if "metadata" in output:
            output.metadata = nbformat.NotebookNode()
        data = output.get("data", {})
        if _WIDGET in data and "text/html" in data:
            del data[_WIDGET]  # without a kernel the widget is an empty box; the static picture is not
        for mimetype, value in data.items():
            if isinstance(value, str) and mimetype.startswith("text/"):
                data[mimetype] = _without_date(value)
        if output.output_type == "stream":
            if normal and normal[-1].output_type == "stream" and normal[-1].name == output.name:
                output.text = normal.pop().text + output.text
            output.text = _without_date(output.text)
        normal.append(output)
    return normal


def _without_date(text):
    """Blank the date and time of a statsmodels summary, at equal width so that its columns stay."""
    return _WHEN.sub(lambda found: found[1] + " " * len(found[2]), text)


# ---------------------------------------------------------------------------------------------------------
# running


class PrivateKernelManager(KernelManager):
    """A kernel that is reached over files of its own.

    By default it is over TCP ports, chosen before it starts; where kernels start side by side, as in our
    tests, another one may have taken a port by then, and the run hangs.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        if os.name != "nt":
            self.transport = "ipc"
            self.connection_file = str(Path(tempfile.gettempdir()) / f"kernel-{uuid.uuid4().hex}.json")


def execute(notebook, folder, kernel=None):
    """Run a notebook top to bottom and return it normalised.

    Parameters
    ----------
    notebook : the notebook; it is not changed
    folder : path, the working folder of its kernel
    kernel : a started KernelManager, which goes on running; by default the notebook gets a kernel of its own

    Raises
    ------
    Refused : if a cell raises, writes to stderr, or dies
    """
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata.pop("widgets", None)
    client = NotebookClient(
        notebook,
        kernel,
        timeout=600,
        kernel_name="python3",
        kernel_manager_class=PrivateKernelManager,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        _refuse_if_noisy(notebook)
        raise Refused(str(error)) from None
    finally:
        if kernel and client.kc:  # its own one, the client closes itself
            client.kc.stop_channels()
    _refuse_if_noisy(notebook)
    return normalise(notebook)


def _refuse_if_noisy(notebook):
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            _refuse_output(output, f"cell {number}", cell.source)
    # The callback of `interact` writes into a widget, where its errors are easily missed.
    widgets = notebook.metadata.get("widgets", {})
    for page in widgets.values():
        for widget in page["state"].values():
            for output in widget["state"].get("outputs", []):
                _refuse_output(nbformat.from_dict(output), "a widget", "")


def _refuse_output(output, where, source):
    if output.output_type == "error":
        raise Refused(f"{where} raised {output.ename}: {output.evalue}\n{source}".rstrip())
    if output.output_type == "stream" and output.name == "stderr":
        raise Refused(f"{where} wrote to stderr: {output.text}\n{source}".rstrip())


# ---------------------------------------------------------------------------------------------------------
# the address, and everything that is generated from it


def parse_address(url):
    """Return a GitHub address in its one plain form, from the https or ssh form that git uses.

    >>> parse_address("git@github.com:OWNER/REPO.git")
    'https://github.com/OWNER/REPO'
    """
    form = r"(?:https?://|ssh://)?(?:[^@/]+@)?github\.com[:/]([\w.-]+)/([\w.-]+?)(?:\.git)?/?"
    found = re.fullmatch(form, url.strip())
    if not found:
        hidden = re.sub(r"//[^@/]+@", "//", url.strip())  # never show a password that stood in the address
        raise Refused(f"{hidden!r} is not a GitHub address like {PLACEHOLDER}, which Colab and Binder need.")
    return f"https://github.com/{found[1]}/{found[2]}"


def read_address(root=ROOT):
    """Return the address of the course, from pyproject.toml."""
    project = tomllib.loads((Path(root) / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"]


def origin(root=ROOT):
    """Return the address of the git remote `origin`."""
    command = ["git", "remote", "get-url", "origin"]
    found = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if found.returncode:
        raise Refused("There is no git remote called origin. Give the address: make address URL=...")
    return found.stdout.strip()


def title(notebook):
    """Return the title of a lesson: the heading of its first cell."""
    return notebook.cells[0].source.splitlines()[0].lstrip("# ").strip()


def question(notebook):
    """Return the question of a lesson: the line after its title."""
    lines = [line for line in notebook.cells[0].source.splitlines() if line.strip()]
    return lines[1].strip(" *_") if len(lines) > 1 else ""


def badges(notebook, name, address):
    """Return the Markdown that opens the lesson `notebooks/{name}` in Colab and in Binder."""
    where = address.removeprefix("https://github.com/")
    return "\n".join(
        f"[![Open “{title(notebook)}” in {service}]({picture})]({link})"
        for service, picture, link in [
            (
                "Colab",
                "https://colab.research.google.com/assets/colab-badge.svg",
                f"https://colab.research.google.com/github/{where}/blob/main/notebooks/{name}",
            ),
            (
                "Binder",
                "https://mybinder.org/badge_logo.svg",
                f"https://mybinder.org/v2/gh/{where}/main?labpath=notebooks%2F{name}",
            ),
        ]
    )


_BOOTSTRAP = """\
# The lessons import a small package of their own, which Colab has to fetch.
try:
    import helpers  # noqa: F401
except ModuleNotFoundError:
    # --no-deps: Colab has everything else already, in versions that fit together.
    %pip install -q --no-deps "git+{address}\""""

_BOOTSTRAP_WITHOUT_ADDRESS = """\
# The lessons import a small package of their own, which Colab has to fetch.
try:
    import helpers  # noqa: F401
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "This copy of the course does not know its own address yet. On your computer, use `make lab`; "
        "to open it in Colab, the owner of the copy runs `make address` first."
    ) from None"""


def bootstrap(address):
    """Return the code of the cell that makes `import helpers` work on Colab."""
    return _BOOTSTRAP_WITHOUT_ADDRESS if address == PLACEHOLDER else _BOOTSTRAP.format(address=address)


def syllabus(notebooks, address):
    """Return the README's table of lessons, from a dict of file names and notebooks."""
    rows = ["| lesson | question | open it in |", "| --- | --- | --- |"]
    for name, notebook in notebooks.items():
        opens = badges(notebook, name, address).replace("\n", " ")
        rows.append(f"| [{title(notebook)}](notebooks/{name}) | *{question(notebook)}* | {opens} |")
    return "\n".join(rows)


def addressed(url, root=ROOT):
    """Return what every file that depends on the address has to say.

    Parameters
    ----------
    url : str, the address of the course
    root : path of the checkout

    Returns
    -------
    dict : path -> text, for pyproject.toml, README.md and every notebook
    """
    address, old, root = parse_address(url), read_address(root), Path(root)
    texts, notebooks = {}, {}
    for path in lessons(root):
        notebook = notebooks[path.name] = read(path)
        for cell in notebook.cells:
            if "badges" in tags(cell):
                cell.source = badges(notebook, path.name, address)
            if "bootstrap" in tags(cell):
                cell.source = bootstrap(address)
        texts[path] = as_text(notebook)
    pyproject, readme = root / "pyproject.toml", root / "README.md"
    texts[pyproject] = re.sub(
        r'(?m)^(Repository = )".*"$', rf'\1"{address}"', pyproject.read_text(encoding="utf-8")
    )
    text = readme.read_text(encoding="utf-8").replace(old, address)  # the line with `git clone`
    if text.count("<!-- badges -->") != 1 or text.count("<!-- /badges -->") != 1:
        raise Refused("README.md needs one <!-- badges --> and, after it, one <!-- /badges -->.")
    before, rest = text.split("<!-- badges -->")
    after = rest.split("<!-- /badges -->")[1]
    table = syllabus(notebooks, address)
    texts[readme] = f"{before}<!-- badges -->\n{table}\n<!-- /badges -->{after}"
    return texts


# ---------------------------------------------------------------------------------------------------------
# the ledger of claims

_LINE = re.compile(r"^(holds|DOES NOT HOLD) · (.+?) · (.*)$", re.MULTILINE)
_LOOPS = (ast.For, ast.While, ast.comprehension, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)


@dataclass(frozen=True)
class Claim:
    """One claim of a lesson; it stands only if its status is "holds"."""

    lesson: str
    cell: int
    kind: str
    sentence: str
    status: str


def ledger(notebook, lesson):
    """Return every claim of a notebook, in order, as its source states it and its outputs confirm it.

    A claim that was not run, does not hold or rests on a constant has a status that says so, and so has a
    printed line that looks like a claim without being one.
    """
    trees = {
        number: ast.parse(TransformerManager().transform_cell(cell.source))
        for number, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
    }
    constants = _constants(trees.values())
    claims = []
    for number, tree in trees.items():
        printed = _printed(notebook.cells[number])
        for call, in_loop in _calls(tree):
            if len(call.args) != 3 or not isinstance(call.args[0], ast.Constant):
                unread = "is not claim(kind, sentence, condition)"
                claims.append(Claim(lesson, number, "?", ast.unparse(call), unread))
                continue
            kind, (stated, pattern) = call.args[0].value, _sentence(call.args[1])
            heard = [line for line in printed if line[1] == kind and re.fullmatch(pattern, line[2])]
            heard = heard if in_loop else heard[:1]
            for line in heard:
                printed.remove(line)
            if _is_constant(call.args[2], constants):
                heard = [("rests on a constant", kind, stated)]
            elif not heard:
                heard = [("was not run", kind, stated)]
            claims += [Claim(lesson, number, kind, text, status) for status, kind, text in heard]
        claims += [Claim(lesson, number, kind, text, "has no claim behind it") for _, kind, text in printed]
    return claims


def _printed(cell):
    """Return (status, kind, sentence) for every line in a cell's output that a claim could have printed."""
    texts = [output.text for output in cell.outputs if output.output_type == "stream"]
    return _LINE.findall("".join(texts))


def _calls(node, in_loop=False):
    """Yield every call of `claim` below a node, in order, and whether it stands in a loop."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and "claim" in (
            getattr(child.func, "id", None),
            getattr(child.func, "attr", None),
        ):
            yield child, in_loop
        yield from _calls(child, in_loop or isinstance(child, _LOOPS))


def _sentence(node):
    """Return the sentence of a claim as its source states it, and a pattern for it as printed."""
    pieces = node.values if isinstance(node, ast.JoinedStr) else [node]
    pattern = "".join(re.escape(p.value) if isinstance(p, ast.Constant) else ".*" for p in pieces)
    return (node.value if isinstance(node, ast.Constant) else ast.unparse(node)), pattern


def _constants(trees):
    """Return the names that are only ever bound, outside loops and branches, to a literal constant."""
    bound = {}  # name -> every value that it is given; None where that is anything but a plain expression
    for tree in trees:
        plain = {}
        for statement in tree.body:
            if isinstance(statement, ast.Assign):
                plain |= {id(t): statement.value for t in statement.targets if isinstance(t, ast.Name)}
            if isinstance(statement, ast.AnnAssign):
                plain[id(statement.target)] = statement.value
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                bound.setdefault(node.id, []).append(plain.get(id(node)))
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                bound.setdefault(node.name, []).append(None)
            elif isinstance(node, ast.alias):
                bound.setdefault((node.asname or node.name).split(".")[0], []).append(None)
    constants = set(dir(builtins)) - set(bound)  # len("abc") == 3 measures nothing
    growing = True
    while growing:  # a = True, then b = a: until no name joins any more
        new = {
            name
            for name, values in bound.items()
            if all(v is not None and not _can_be_filled(v) and _is_constant(v, constants) for v in values)
        }
        growing = not new <= constants
        constants |= new
    return constants


def _can_be_filled(value):
    """Say whether a value starts as a literal but may hold measurements later, such as `found = []`."""
    filled = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.Call)
    return any(isinstance(node, filled) for node in ast.walk(value))


def _is_constant(expression, constants):
    names = [node for node in ast.walk(expression) if isinstance(node, ast.Name)]
    own = {node.id for node in names if not isinstance(node.ctx, ast.Load)}  # the x of `for x in ...`
    return all(node.id in constants | own for node in names)


# ---------------------------------------------------------------------------------------------------------
# the three commands


def run_command(paths):
    """Run notebooks again and write them; return how many were refused."""
    refused = 0
    for path in paths:
        try:
            notebook = execute(read(path), path.parent)
            write(as_text(notebook), path)
            print(f"{path.name}: ran, normalised, written")
            for claim in ledger(notebook, path.stem):
                if claim.status != "holds":
                    print(
                        f"  cell {claim.cell}: a claim that {claim.status}: {claim.sentence}", file=sys.stderr
                    )
        except Refused as reason:
            refused += 1
            print(f"{path.name}: refused, and left as it was. {reason}", file=sys.stderr)
    return refused


def address_command(url, root=ROOT):
    """Set the address everywhere; return 0, or 1 if it was refused."""
    try:
        texts = addressed(url or origin(root), root)
    except Refused as reason:
        print(reason, file=sys.stderr)
        return 1
    for path, text in texts.items():
        if text != path.read_text(encoding="utf-8"):
            write(text, path)
            print(f"{path.relative_to(root)}: rewritten")
    print(f"The course lives at {read_address(root)}")
    return 0


def claims_command(paths):
    """Print the ledger of claims; return how many do not stand."""
    claims = [claim for path in paths for claim in ledger(read(path), path.stem)]
    lesson = None
    for claim in claims:
        if claim.lesson != lesson:
            lesson = claim.lesson
            print(f"\n{lesson}")
        print(f"  {claim.kind:11}  {claim.status:5}  {claim.sentence}")
    kinds = Counter(claim.kind for claim in claims)
    fallen = sum(claim.status != "holds" for claim in claims)
    print(f"\n{len(claims)} claims: " + ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS))
    print(f"claims that do not stand: {fallen}" if fallen else "all of them stand")
    return fallen


def main(arguments=None):
    """Read the command line, carry out one task, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m helpers.author", description="Tools for lesson authors.")
    tasks = parser.add_subparsers(dest="task", required=True)
    run = tasks.add_parser("run", help="run notebooks again from the top, normalise and write them")
    address = tasks.add_parser("address", help="set the address in badges, Colab cells and README")
    claims = tasks.add_parser("claims", help="print every claim, its kind and whether it stands")
    address.add_argument("url", nargs="?", help=f"such as {PLACEHOLDER}; else the git remote")
    for task in (run, claims):
        task.add_argument("notebook", nargs="*", type=Path, help="notebook files; else the whole course")
    chosen = parser.parse_args(arguments)
    if chosen.task == "address":
        return address_command(chosen.url)
    if chosen.task == "run" and not chosen.notebook:
        address_command(read_address())  # a new lesson gets its buttons, and its row in the README
    paths = chosen.notebook or lessons()
    return min(1, run_command(paths) if chosen.task == "run" else claims_command(paths))


if __name__ == "__main__":
    sys.exit(main())
