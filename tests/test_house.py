"""The house: the address, the installation, the office, and every path that the pages name."""

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import author

ROOT = author.ROOT
HELPERS = ROOT / "helpers"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PAGES = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "INSTRUCTORS.md")), *author.lessons()]
FORK = "https://github.com/somebody/her-copy"


def files():
    """Return every file that git knows or would add, in the checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted({ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()})


def prose(page):
    """Return the Markdown of a page or a notebook."""
    if page.suffix == ".ipynb":
        cells = author.read(page).cells
        return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return page.read_text(encoding="utf-8") if page.exists() else ""


# ---------------------------------------------------------------------------------------------------------
# installing


def test_conda_and_pip_users_get_the_same():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    names = [entry for entry in environment if isinstance(entry, str)]
    assert sorted(set(names) - {"python=3.12", "pip"}) == sorted(PROJECT["dependencies"])
    assert {"pip": ["-e ."]} in environment


def test_importing_the_helpers_costs_numpy_at_most():
    heavy = {"matplotlib", "statsmodels", "scipy", "pandas", "sklearn", "ipywidgets", "IPython"}
    code = f"import sys, helpers; print(*sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


FLOORS = [  # as CONTRIBUTING.md draws the house, from the bottom
    "plain quarantine exercise claims data",
    "clocks trees networks sensors",
    "importance probes fairness interventions attribution faults",
    "figures",
    "explorers exercises",
    "author site server setup_check coursework",
]


def imports(path):
    """The rooms of helpers that a module imports, at the top or inside a function."""
    inside = path.relative_to(HELPERS).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = ["helpers", *inside][: len(inside) + 2 - node.level] if node.level else []
            names = [".".join([*base, node.module or ""]).rstrip(".")]
            names += [f"{names[0]}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from {n.split(".")[1] for n in names if n.startswith("helpers.")}


def test_a_room_imports_only_from_its_floor_and_below():
    level = {room: n for n, floor in enumerate(FLOORS) for room in floor.split()}
    found = set()
    for path in HELPERS.rglob("*.py"):
        room = path.relative_to(HELPERS).parts[0].removesuffix(".py")
        found.add(room)
        high = {other for other in imports(path) if level.get(other, 0) > level.get(room, 0)}
        assert not high, f"{path.name} imports {high}, from above"
    assert found == {"__init__", *level}


def test_the_wheel_carries_the_data(tmp_path):
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    inside = zipfile.ZipFile(wheel).namelist()
    for path in (ROOT / "data").rglob("*"):
        if path.is_file():
            assert f"helpers/data/{path.relative_to(ROOT / 'data').as_posix()}" in inside
    assert any(name.endswith(".csv") for name in inside)
    assert not [name for name in inside if name.startswith(("tests/", "notebooks/"))]


# ---------------------------------------------------------------------------------------------------------
# links, badges and paths


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    for target in re.findall(r"\]\(<?([^)\s>]+)|(?:src|href)=[\"']([^\"']+)", prose(page)):
        target = unquote("".join(target)).split("#")[0]
        if target and not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_named_in_code_spans_exist(page):
    text = re.sub(r"^```.*?^```", "", prose(page), flags=re.MULTILINE | re.DOTALL)
    for path in re.findall(r"`([\w.-]+(?:/[\w.-]+)*/?)`", text):
        looks_like_a_path = "/" in path or Path(path).suffix in {
            ".md",
            ".py",
            ".toml",
            ".yml",
            ".csv",
            ".ipynb",
        }
        stands_for_any = re.search(r"NN|NAME|OWNER", path)
        if looks_like_a_path and not stands_for_any:
            known = (ROOT / path).exists() or (page.parent / path).exists()
            alone = "/" not in path and path in {file.name for file in files()}
            made = f"{path.split('/')[0]}/" in (ROOT / ".gitignore").read_text().split()
            assert known or alone or made, f"{page.name} names {path}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_buttons_lead_to_this_course(page):
    where = PROJECT["urls"]["Repository"].removeprefix("https://github.com/")
    colab = f"https://colab.research.google.com/github/{where}/blob/main/"
    binder = f"https://mybinder.org/v2/gh/{where}/main?labpath="
    for link in re.findall(r"\]\((https://(?:colab|mybinder)[^)]*)\)", prose(page)):
        if not link.endswith(".svg"):
            assert link.startswith((colab, binder))
            assert (ROOT / unquote(link.removeprefix(colab).removeprefix(binder))).is_file()
    for link in re.findall(r"https://github\.com/[\w.-]+/[\w.-]+", prose(page)):
        if page.suffix != ".ipynb":  # lessons cite other people's repositories
            assert link == PROJECT["urls"]["Repository"]


# No machine's folders and no registry's host. The patterns name no host in full, or they would find it here.
PRIVATE = [
    r"(?<![\w./~-])/(?:home|Users|tmp|root)/\w",
    r"[A-Z]:\\\\?Users\\",
    r"\b(?:pypi|pythonhosted|npmjs|anaconda)\b\S*\.(?:org|com)",
]


def private(text):
    """Return what a text gives away about the machine that it was written on."""
    own = [re.escape(str(folder)) + r"\b" for folder in (ROOT, Path.home()) if len(folder.parts) > 2]
    return [found[0] for pattern in PRIVATE + own for found in re.finditer(pattern, text)]


def test_no_file_names_a_machine():
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or an array
        assert private(text) == [], path.name


@pytest.mark.parametrize(
    "text",
    [
        'File "/' + 'tmp/ipykernel_12/3.py"',
        "/" + "home/ada/course",
        "C:" + "\\Users\\ada",
        "https://py" + "pi.org/simple",
        str(ROOT / "notebooks"),
    ],
)
def test_what_names_a_machine_is_found(text):
    assert private(text) or len(ROOT.parts) <= 2


# ---------------------------------------------------------------------------------------------------------
# the address


def test_everything_generated_is_up_to_date():
    for path, text in author.addressed(author.read_address()).items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `make notebooks`"


@pytest.fixture
def copy_of_the_course(tmp_path):
    """Return a folder with pyproject.toml, README.md, all notebooks, and one more that carries the cells."""
    (tmp_path / "notebooks").mkdir()
    for path in [ROOT / "pyproject.toml", ROOT / "README.md", *author.lessons()]:
        (tmp_path / path.relative_to(ROOT)).write_bytes(path.read_bytes())
    cells = [
        new_markdown_cell("# 99 · A sample\n\n*Does it work?*\n\nNo OWNER/REPO here."),
        new_markdown_cell(metadata={"tags": ["badges"]}),
        new_code_cell(metadata={"tags": ["bootstrap"]}, execution_count=1),
    ]
    sample = author.normalise(new_notebook(cells=cells))
    (tmp_path / "notebooks" / "99_sample.ipynb").write_text(author.as_text(sample), encoding="utf-8")
    assert author.address_command(author.read_address(), tmp_path) == 0
    return tmp_path


def test_a_fork_rewrites_every_address_and_nothing_else(copy_of_the_course):
    folder = copy_of_the_course
    course = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    home = author.read_address(folder)

    assert author.address_command("git@github.com:somebody/her-copy.git", folder) == 0
    assert author.read_address(folder) == FORK
    for path in author.lessons(folder):
        for cell in author.read(path).cells:
            if {"badges", "bootstrap"} & set(author.tags(cell)):
                assert "somebody/her-copy" in cell.source
                assert home.removeprefix("https://github.com/") not in cell.source
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert f"git clone {FORK}" in readme and home not in readme
    assert "| *Does it work?* | [![Open “99 · A sample” in Colab]" in readme

    # The way back restores every byte: so nothing else was touched on the way there.
    assert author.address_command(home, folder) == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == course


def test_until_the_address_is_set_nothing_is_fetched(copy_of_the_course):
    assert "%pip" not in author.bootstrap(author.PLACEHOLDER)
    assert f'%pip install -q --no-deps "git+{FORK}"' in author.bootstrap(FORK)
    for address in (author.PLACEHOLDER, FORK):
        author.address_command(address, copy_of_the_course)
        sample = copy_of_the_course / "notebooks" / "99_sample.ipynb"
        for task in (["check"], ["format", "--check"]):
            command = [sys.executable, "-m", "ruff", *task, "--no-cache", str(sample)]
            assert subprocess.run(command, capture_output=True).returncode == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/somebody/her-copy",
        "https://github.com/somebody/her-copy.git",
        "https://github.com/somebody/her-copy/",
        "https://name:password@github.com/somebody/her-copy.git",
        "git@github.com:somebody/her-copy.git",
        "ssh://git@github.com/somebody/her-copy.git",
    ],
)
def test_every_form_of_an_address_is_understood(url):
    assert author.parse_address(url) == FORK


@pytest.mark.parametrize("url", ["", "../course", "https://example.org/a/b", "https://github.com/somebody"])
def test_other_addresses_are_refused_and_nothing_is_written(url, copy_of_the_course, capsys):
    before = (copy_of_the_course / "README.md").read_bytes()
    subprocess.run(["git", "init", "-q"], cwd=copy_of_the_course, check=True)  # without a remote
    assert author.address_command(url, copy_of_the_course) == 1
    assert capsys.readouterr().err
    assert (copy_of_the_course / "README.md").read_bytes() == before


def test_the_git_remote_is_the_default(copy_of_the_course):
    for command in (["init", "-q"], ["remote", "add", "origin", "git@github.com:somebody/her-copy.git"]):
        subprocess.run(["git", *command], cwd=copy_of_the_course, check=True)
    assert author.address_command(None, copy_of_the_course) == 0
    assert author.read_address(copy_of_the_course) == FORK


# ---------------------------------------------------------------------------------------------------------
# normalising and running

SUMMARY = """\
Dep. Variable:                  price   R-squared:                       1.000
Date:                Mon, 23 Nov 2026   Prob (F-statistic):           1.23e-10
Time:                        07:39:00   Log-Likelihood:                 100.00
"""
HTML = "<th>Date:</th>             <td>Mon, 23 Nov 2026</td> <th>  Prob (F-statistic):</th>"


def volatile():
    """Return a notebook with everything that must not be committed."""
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "1f"}, "text/plain": "Box()"}
    outputs = [
        new_output("stream", name="stdout", text="one\n"),
        new_output("stream", name="stdout", text=SUMMARY),
        new_output("display_data", data={**widget, "text/html": HTML}, metadata={"width": 7}),
        new_output("display_data", data=widget),
        new_output("stream", name="stdout", text="two\n"),
    ]
    state = {"tags": ["reveal"], "jupyter": {"outputs_hidden": True, "x": 1}, "execution": {"start": "07:39"}}
    cells = [
        new_markdown_cell("At 07:39:00 we begin.", metadata={"tags": [], "editable": False}),
        new_code_cell("f()", execution_count=1, outputs=outputs, metadata=state),
    ]
    metadata = {"course": {"title": "t", "extra": [1]}, "widgets": {"state": {}}, "toc": 1}
    metadata["kernelspec"] = {"name": "my-own", "display_name": "Mine"}
    return new_notebook(cells=cells, metadata=metadata)


def test_normalising_keeps_what_readers_see_and_nothing_volatile():
    before = volatile()
    after = author.normalise(before)
    assert after.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "course": {"title": "t", "extra": [1]},
    }
    assert [cell.id for cell in after.cells] == [cell.id for cell in before.cells]
    assert after.cells[0].source == before.cells[0].source and after.cells[0].metadata == {}
    assert after.cells[1].metadata == {"tags": ["reveal"], "jupyter": {"outputs_hidden": True}}
    stream, picture, widget, last = after.cells[1].outputs
    assert stream.text.startswith("one\nDep.") and last.text == "two\n"
    assert set(picture.data) == {"text/plain", "text/html"} and picture.metadata == {}
    assert len(widget.data) == 2  # it has no static picture: then the widget stays


def test_normalising_blanks_date_and_time_at_equal_width():
    stream, picture, *_ = author.normalise(volatile()).cells[1].outputs
    blank = SUMMARY.replace("Mon, 23 Nov 2026", " " * 16).replace("07:39:00", " " * 8)
    assert stream.text == "one\n" + blank
    assert picture.data["text/html"] == HTML.replace("Mon, 23 Nov 2026", " " * 16)


def test_normalising_twice_is_normalising_once():
    once = author.normalise(volatile())
    assert author.normalise(once) == once
    text = author.as_text(once)
    assert text.endswith("}\n") and text.startswith('{\n "cells"')
    assert author.as_text(nbformat.reads(text, as_version=4)) == text


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; print('oh', file=sys.stderr)", "stderr"),
        ("import warnings; warnings.warn('beware')", "beware"),
        (
            "import ipywidgets; ipywidgets.interact(lambda x: 1 / 0, x=3);",
            "a widget raised ZeroDivisionError",
        ),
    ],
)
def test_a_notebook_that_complains_is_refused_and_left_as_it_was(source, reason, tmp_path, capsys):
    path = tmp_path / "lesson.ipynb"
    text = author.as_text(new_notebook(cells=[new_code_cell("x = 1"), new_code_cell(source)]))
    path.write_text(text, encoding="utf-8")
    assert author.main(["run", str(path)]) == 1
    said = capsys.readouterr().err
    assert reason in said and "left as it was" in said
    assert path.read_text(encoding="utf-8") == text and os.listdir(tmp_path) == ["lesson.ipynb"]


def test_running_writes_the_notebook_in_its_normal_form(tmp_path):
    path = tmp_path / "lesson.ipynb"
    cells = [new_code_cell("import os; os.path.basename(os.getcwd())", execution_count=7)]
    path.write_text(author.as_text(new_notebook(cells=cells)), encoding="utf-8")
    assert author.main(["run", str(path)]) == 0
    (cell,) = author.read(path).cells
    assert cell.execution_count == 1
    assert cell.outputs[0].data["text/plain"] == repr(tmp_path.name)  # its own folder
    assert path.read_text(encoding="utf-8") == author.as_text(author.normalise(author.read(path)))


# ---------------------------------------------------------------------------------------------------------
# the ledger of claims


def claims(*sources, printed=""):
    """Return the ledger of a notebook whose last cell printed the given lines."""
    cells = [new_code_cell(source, execution_count=1) for source in sources]
    cells[-1].outputs = [new_output("stream", name="stdout", text=printed)]
    return author.ledger(new_notebook(cells=cells), "lesson")


def test_the_ledger_reads_kind_sentence_and_status():
    source = (
        'import x\nclaim("enumerated", "A.", x.a)\nfor n in x.all:\n    claim("intervened", f"B{n}.", x.b(n))'
    )
    printed = "holds · enumerated · A.\nholds · intervened · B1.\nDOES NOT HOLD · intervened · B2.\n"
    found = [(c.kind, c.sentence, c.status) for c in claims(source, printed=printed)]
    assert found == [
        ("enumerated", "A.", "holds"),
        ("intervened", "B1.", "holds"),
        ("intervened", "B2.", "DOES NOT HOLD"),
    ]


@pytest.mark.parametrize(
    ("sources", "printed", "status"),
    [
        (['claim("enumerated", "A.", f())'], "", "was not run"),
        (['claim("enumerated", "A.", f())'], "holds · enumerated · An older sentence.\n", "was not run"),
        (['print("holds")'], "holds · proved · It is so.\n", "has no claim behind it"),
        (['claim("enumerated", "A.")'], "", "is not claim(kind, sentence, condition)"),
    ],
)
def test_a_claim_that_does_not_stand_says_why(sources, printed, status):
    assert status in {claim.status for claim in claims(*sources, printed=printed)}


@pytest.mark.parametrize(
    "sources",
    [
        ["", "True"],
        ["", "1 < 2"],
        ["ok = True", "ok"],
        ["ok = True\nfine = ok", "fine and not False"],
        ["a: int = 1", "a == 1"],
        ["", 'len("abc") == 3'],
        ["", "all(x > 0 for x in (1, 2))"],
    ],
)
def test_a_claim_that_rests_on_a_constant_is_found(sources):
    setup, condition = sources
    (claim,) = claims(setup, f'claim("enumerated", "A.", {condition})', printed="holds · enumerated · A.\n")
    assert claim.status == "rests on a constant"


@pytest.mark.parametrize(
    "sources",
    [
        ["from helpers.trees import count", "count() == 4"],
        ["def f(x): return x", "f(1) == 1"],
        ["ok = True\nok = measure()", "ok"],
        ["ok = True\nfor x in data: ok = False", "ok"],
        ["n = 0\nfor x in data: n += 1", "n == 4"],
        ["seen = []\nseen.append(f())", "len(seen) == 1"],
        ["n = 3", "all(f(x) > 0 for x in range(n))"],
        ["if f():\n    ok = True", "ok"],
        ["%matplotlib inline\nhigh = f()", "high > 0.5"],
    ],
)
def test_a_claim_that_rests_on_a_measurement_holds(sources):
    setup, condition = sources
    (claim,) = claims(setup, f'claim("enumerated", "A.", {condition})', printed="holds · enumerated · A.\n")
    assert claim.status == "holds"


def test_the_command_fails_where_a_claim_does_not_stand(tmp_path, capsys):
    path = tmp_path / "lesson.ipynb"
    for printed, code in (("holds · enumerated · A.\n", 0), ("DOES NOT HOLD · enumerated · A.\n", 1)):
        output = new_output("stream", name="stdout", text=printed)
        cell = new_code_cell('claim("enumerated", "A.", f())', execution_count=1, outputs=[output])
        path.write_text(author.as_text(new_notebook(cells=[cell])), encoding="utf-8")
        assert author.main(["claims", str(path)]) == code
        assert "1 claims: 1 enumerated" in capsys.readouterr().out
