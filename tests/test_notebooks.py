"""Every notebook, held to the rules of the house; and every rule, held to faults that it must find.

A rule is a function that takes a notebook and returns a list of complaints. nbval, in the same pytest run,
compares what the notebooks print; here we prove that it does.
"""

import ast
import contextlib
import copy
import functools
import html
import io
import os
import re
import statistics
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbval.plugin import get_sanitize_patterns

from helpers import author, figures

SANITISER = author.ROOT / "tests" / "nbval_sanitize.cfg"
LESSONS = author.lessons()
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


# ---------------------------------------------------------------------------------------------------------
# reading a notebook


def code_cells(notebook):
    """Return (number, cell) of every code cell."""
    return [(n, cell) for n, cell in enumerate(notebook.cells) if cell.cell_type == "code"]


def markdown_cells(notebook):
    """Return (number, cell) of every Markdown cell that somebody wrote."""
    cells = enumerate(notebook.cells)
    return [(n, c) for n, c in cells if c.cell_type == "markdown" and "badges" not in author.tags(c)]


def tagged(notebook, tag):
    """Return (number, cell) of every cell with a tag."""
    return [(n, cell) for n, cell in enumerate(notebook.cells) if tag in author.tags(cell)]


def outputs(notebook):
    """Return (number of the cell, output) of every output."""
    return [(n, output) for n, cell in code_cells(notebook) for output in cell.outputs]


def words(markdown):
    """Return Markdown without code, formulas, pictures and the targets of links."""
    for pattern in (
        r"```.*?```",
        r"\$\$.*?\$\$",
        r"`[^`]*`",
        r"\$[^$\n]*\$",
        r"!\[[^\]]*\]\([^)]*\)",
        r"</?\w[^>]*>",
    ):
        markdown = re.sub(pattern, " ", markdown, flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)", "]", markdown)


def headings(notebook):
    """Return the text of every heading, in order."""
    text = "\n".join(re.sub(r"```.*?```", "", c.source, flags=re.DOTALL) for _, c in markdown_cells(notebook))
    return [found.strip() for found in re.findall(r"^#+ (.*)$", text, re.MULTILINE)]


def parsed(source):
    """Return the syntax tree of a code cell, magics included."""
    return ast.parse(TransformerManager().transform_cell(source))


def run(cells):
    """Run code cells in this process, which spares a kernel; yield (number, value of its last expression)."""
    names = {}
    for number, cell in enumerate(cells):
        if cell.cell_type == "code":
            tree, where = parsed(cell.source), f"cell {number}"
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(tree, where, "exec"), names)
                value = last and eval(compile(ast.Expression(last.value), where, "eval"), names)
            yield number, value


def texts(output):
    """Return what an output says in words: mimetype or stream name -> text, without the bytes of pictures."""
    data = dict(output.get("data", {}))
    if output.output_type == "stream":
        data[output.name] = output.text
    return {
        key: sanitised(value) for key, value in data.items() if not key.startswith(("image/", "application/"))
    }


def sanitised(text):
    """Return a text as nbval compares it."""
    for pattern, replacement in get_sanitize_patterns(SANITISER.read_text(encoding="utf-8")):
        text = re.sub(pattern, replacement, text)
    return text


# ---------------------------------------------------------------------------------------------------------
# the rules


def was_run_from_the_top(notebook):
    # nbval does not compare a cell that has no execution count and no outputs: this rule is what catches it.
    return [
        f"cell {n} has execution count {cell.execution_count}, not {expected}"
        for expected, (n, cell) in enumerate(code_cells(notebook), 1)
        if cell.execution_count != expected
    ]


def shows_no_errors(notebook):
    complaints = []
    for n, output in outputs(notebook):
        if output.output_type == "error" or output.get("name") == "stderr":
            complaints.append(f"cell {n} shows an error or writes to stderr")
        if any(" at 0x" in text for text in texts(output).values()):
            complaints.append(f"cell {n} shows a memory address")
    return complaints


def has_cell_ids(notebook):
    ids = [cell.get("id") for cell in notebook.cells]
    return [f"the cell id {name} is not unique" for name in set(ids) if ids.count(name) > 1 or not name]


def is_normal(notebook):
    return [] if author.normalise(notebook) == notebook else ["it is not normalised: run `make notebooks`"]


def has_the_shape_of_a_lesson(notebook):
    complaints = []
    count, prose = len(notebook.cells), sum(cell.cell_type == "markdown" for cell in notebook.cells)
    if not 40 <= count <= 70:
        complaints.append(f"it has {count} cells, not 40 to 70")
    if not 0.45 <= prose / count <= 0.65:
        complaints.append(f"{prose / count:.0%} of its cells are prose, not 45 to 65 %")
    lengths = [
        sum(map(bool, cell.source.split("\n"))) for _, cell in code_cells(notebook)
    ]  # without empty lines
    complaints += [
        f"cell {n} is longer than 20 lines" for n, c in code_cells(notebook) if c.source.count("\n") > 19
    ]
    if statistics.median(lengths) >= 6:
        complaints.append(f"its median code cell has {statistics.median(lengths)} lines, not under 6")
    for tag in ("bootstrap", "setup", "badges", "core-ends"):
        if len(tagged(notebook, tag)) != 1:
            complaints.append(f"{len(tagged(notebook, tag))} cells are tagged {tag}, not one")
    for n, cell in tagged(notebook, "setup"):
        if cell.cell_type != "code" or cell.source.count("\n") > 4:
            complaints.append(f"the set-up, cell {n}, is not a code cell of at most 5 lines")
    for n, cell in tagged(notebook, "core-ends"):
        if cell.cell_type != "markdown":
            complaints.append(f"the end of the core, cell {n}, is not prose")
    if author.tags(notebook.cells[0]) or not re.match(r"# .+\n\n?[*_].+\?[*_]", notebook.cells[0].source):
        complaints.append("its first cell does not begin with a title and a question in italics")
    return complaints


def ends_as_every_lesson_does(notebook):
    closing = ["What this did not show", "Take it to work", "Recap", "Further reading"]
    found = [heading for heading in headings(notebook) if heading in closing]
    return [] if found == closing else [f"its closing headings are {found}, not {closing}"]


def has_every_heading_once(notebook):
    starts = [
        heading.partition(":")[0] if heading.startswith("Exercise ") else heading
        for heading in headings(notebook)
    ]
    return [f"the heading {start!r} stands twice" for start in sorted(set(starts)) if starts.count(start) > 1]


def reveals_every_prediction(notebook):
    complaints, revealed = [], 0
    for n, cell in reversed(list(enumerate(notebook.cells))):
        revealed += "reveal" in author.tags(cell)
        if cell.cell_type != "code":
            continue
        for name in re.findall(r"^(guess_\w+) *= *None\b", cell.source, re.MULTILINE):
            revealed -= 1
            if revealed < 0:
                complaints.append(
                    f"the prediction {name}, cell {n}, has no later cell tagged reveal of its own"
                )
                revealed = 0
    return complaints


def has_plain_code(notebook):
    complaints = []
    for n, cell in code_cells(notebook):
        for node in ast.walk(parsed(cell.source)):
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                complaints.append(f"cell {n} has a star import")
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.path":
                complaints.append(f"cell {n} touches sys.path")
            if isinstance(node, ast.Call) and "get_ipython()." in ast.unparse(node.func):
                if "bootstrap" not in author.tags(cell):
                    complaints.append(f"cell {n} has a magic or a shell command")
    return complaints


EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u26ff\ufe0f\u2705\u2728\u274c\u2b50]")
PHRASES = ["in this notebook we will", "let's", "simply", "obviously", "it's important to note"]


def has_plain_words(notebook):
    complaints = []
    for n, cell in markdown_cells(notebook):
        text = words(cell.source).replace("’", "'")
        if "!" in text:
            complaints.append(f"cell {n} has an exclamation mark")
        for phrase in PHRASES:
            if re.search(rf"\b{phrase}\b", " ".join(text.lower().split())):
                complaints.append(f"cell {n} says {phrase!r}")
        twice = re.search(r"(\S.{30,}?)\s*\1", cell.source, re.DOTALL)
        complaints += [f"cell {n} says twice {twice[1]!r}"] if twice else []
    shown = [(n, cell.source) for n, cell in enumerate(notebook.cells)]
    shown += [(n, text) for n, output in outputs(notebook) for text in texts(output).values()]
    return complaints + [f"cell {n} has an emoji" for n, text in shown if EMOJI.search(text)]


def describes_its_pictures(notebook):
    complaints = []
    for n, output in outputs(notebook):
        data = output.get("data", {})
        images = re.findall(r"<img\b[^>]*>", data.get("text/html", ""))
        alts = [html.unescape("".join(re.findall(r'\balt="([^"]*)"', image))) for image in images]
        if not all(alt.strip() for alt in alts):
            complaints.append(f"cell {n} has an <img> without alt text")
        if {"image/png", "image/svg+xml"} & set(data):
            said = data.get("text/plain", "")
            if len(said) < 40 or not re.search(r"\d", said):
                complaints.append(
                    f"cell {n} has a picture without a description with its numbers: "
                    "show a `Picture` of helpers/figures.py"
                )
            if alts != [said]:
                complaints.append(f"cell {n} has a picture whose <img> does not say its description")
    return complaints


def states_its_course(notebook):
    course = notebook.metadata.get("course", {})
    complaints = []
    for key, kind in {"title": str, "minutes": int, "needs": list, "introduces": dict}.items():
        if not isinstance(course.get(key), kind):
            complaints.append(f"its metadata course has no {key} ({kind.__name__})")
    if not complaints and course["title"] not in author.title(notebook):
        complaints.append("its title is not the one of its metadata course")
    for term, definition in course.get("introduces", {}).items():
        if not str(definition).strip():
            complaints.append(f"the term {term} has no definition")
    return complaints


def claims_hold(notebook):
    claims = author.ledger(notebook, "lesson")
    complaints = [f"cell {c.cell}: {c.sentence!r} {c.status}" for c in claims if c.status != "holds"]
    return complaints + ([f"it makes {len(claims)} claims, not 6 or more"] if len(claims) < 6 else [])


RULES = [
    was_run_from_the_top,
    shows_no_errors,
    has_cell_ids,
    is_normal,
    has_the_shape_of_a_lesson,
    ends_as_every_lesson_does,
    has_every_heading_once,
    reveals_every_prediction,
    has_plain_code,
    has_plain_words,
    describes_its_pictures,
    states_its_course,
    claims_hold,
]


def terms_in_order(notebooks):
    """Complain of every term that the course uses before it explains it.

    Where one term is part of a longer one ("tree" of "decision tree"), only the longer one is read.
    """
    complaints, introduced_by = [], {}
    for lesson, notebook in enumerate(notebooks):
        course = notebook.metadata["course"]
        for term in course["needs"]:
            if term.lower() not in introduced_by:
                complaints.append(f"{course['title']} needs {term!r}, which no earlier lesson introduces")
        for term in course["introduces"]:
            if term.lower() in introduced_by:
                complaints.append(f"{course['title']} introduces {term!r} a second time")
            introduced_by.setdefault(term.lower(), lesson)
    if not introduced_by:
        return complaints
    any_term = "|".join(
        re.escape(t).replace(r"\ ", r"\s+") for t in sorted(introduced_by, key=len, reverse=True)
    )
    pattern = re.compile(rf"(\*\*)?(?<!\w)({any_term})(?!\w)(\*\*)?", re.IGNORECASE)
    met = set()
    for lesson, notebook in enumerate(notebooks):
        name = notebook.metadata["course"]["title"]
        stop = [n for n, _ in tagged(notebook, "core-ends")] or [len(notebook.cells)]
        in_core = 0
        for n, cell in markdown_cells(notebook):
            for before, found, after in pattern.findall(words(cell.source)):
                term = " ".join(found.lower().split())
                if term in met:
                    continue
                met.add(term)
                if introduced_by[term] != lesson:
                    complaints.append(f"{name}, cell {n}, uses {term!r} before a later lesson introduces it")
                elif not (before and after):
                    complaints.append(f"{name}, cell {n}, uses {term!r} before it stands in bold")
                in_core += n < stop[0]
        if in_core > 6:
            complaints.append(f"{name} introduces {in_core} terms in its core, not at most 6")
    complaints += [f"the term {term!r} is introduced but never used" for term in set(introduced_by) - met]
    return complaints


# ---------------------------------------------------------------------------------------------------------
# the notebooks, held to the rules


@functools.cache
def committed(path):
    return author.read(path)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@every_lesson
def test_lesson(path, rule):
    complaints = rule(committed(path))
    assert not complaints, "\n".join(complaints)


def test_terms_are_explained_before_they_are_used():
    complaints = terms_in_order([committed(path) for path in LESSONS])
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("entry", figures.COURSE, ids=lambda entry: entry[0])
def test_the_map_names_the_lessons_as_they_name_themselves(entry):
    number, title, question, leans = entry
    found = [committed(path) for path in LESSONS if path.name.startswith(number)]
    assert len(found) == 1, f"the map names lesson {number}; there are {len(found)} of it"
    assert author.title(found[0]) == f"{number} · {title}"
    assert author.question(found[0]).replace("*", "") == question
    assert all(earlier < number for earlier in leans)


@every_lesson
def test_the_map_leads_to_all_that_a_lesson_needs(path):
    arrows = {number: set(leans) for number, _, _, leans in figures.COURSE}
    teaches = {t.lower(): p.name[:2] for p in LESSONS for t in committed(p).metadata["course"]["introduces"]}
    number, prose = path.name[:2], "\n".join(cell.source for _, cell in markdown_cells(committed(path)))
    named = set(re.findall(r"\d\d", " ".join(re.findall(r"[Ll]essons?((?:[ ,]|and|\d\d)+)", prose))))
    needed = {teaches[term.lower()] for term in committed(path).metadata["course"]["needs"]}
    reached = set(arrows[number])
    while more := {k for earlier in reached for k in arrows[earlier]} - reached:
        reached |= more
    # The lesson itself speaks of those that it leans on, and whoever follows the arrows has met every term.
    assert arrows[number] <= named and needed <= reached


@every_lesson
def test_the_file_is_written_as_the_author_writes_it(path):
    assert path.read_text(encoding="utf-8") == author.as_text(committed(path)), "run `make notebooks`"


def drift(old, new):
    """Return the cells that differ in anything but the bytes of pictures and outputs tagged as changing."""
    return [n for n, (a, b) in enumerate(zip(old.cells, new.cells, strict=True)) if essence(a) != essence(b)]


def essence(cell):
    cell = dict(cell)
    if "nbval-ignore-output" in author.tags(nbformat.from_dict(cell)):
        del cell["outputs"]
    if "outputs" in cell:
        cell["outputs"] = [(o.output_type, texts(o), sorted(o.get("data", []))) for o in cell["outputs"]]
    return cell


# ---------------------------------------------------------------------------------------------------------
# the rules, held to a sample lesson in order and to the same lesson with one fault planted

PICTURE = "A line that rises from 0 at the left to 25 at the right."


def picture(said=PICTURE, alt=PICTURE):
    tag = f'<img alt="{html.escape(alt)}" src="data:image/png;base64,iVBORw0KGgo=">'
    return new_output(
        "display_data", data={"image/png": "iVBORw0KGgo=", "text/plain": said, "text/html": tag}
    )


def prints(text):
    return [new_output("stream", name="stdout", text=text)]


def sample(title="A sample", needs=(), introduces=("leaf",)):
    """Return a lesson of 41 cells that keeps every rule, as if it had been run."""
    cells = [
        new_markdown_cell(f"# 99 · {title}\n\n*Does it work?*\n\nAbout 10 minutes."),
        new_markdown_cell("badges", metadata={"tags": ["badges"]}),
        new_code_cell(author.bootstrap(author.PLACEHOLDER), metadata={"tags": ["bootstrap"]}),
        new_code_cell("import numpy as np", metadata={"tags": ["setup"]}),
        *[
            new_markdown_cell(f"A **{term}** is explained here; $n!$ and `a != b` are no shouting.")
            for term in introduces
        ],
        new_code_cell("guess_1 = None"),
        new_code_cell("print(7)", metadata={"tags": ["reveal"]}, outputs=prints("7\n")),
        new_code_cell("draw(line)", outputs=[picture()]),
        new_markdown_cell("The core ends here.", metadata={"tags": ["core-ends"]}),
    ]
    for n in range(6):
        outputs = prints(f"holds · enumerated · Sentence {n}.\n")
        cells.append(new_code_cell(f'claim("enumerated", "Sentence {n}.", f({n}))', outputs=outputs))
        cells.append(new_markdown_cell("So it is, *here*."))
    for n in range(8):
        cells += [new_markdown_cell("And then?"), new_code_cell(f"x = {n}")]
    for heading in ("What this did not show", "Take it to work", "Recap", "Further reading"):
        cells.append(new_markdown_cell(f"## {heading}\n\nA few words."))
    count = 0
    for n, cell in enumerate(cells):
        cell.id = f"cell-{n}"
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
    definitions = {term: "what it means" for term in introduces}
    course = {"title": title, "minutes": 10, "needs": list(needs), "introduces": definitions}
    return author.normalise(new_notebook(cells=cells, metadata={"course": course}))


def where(notebook, source):
    """Return the first cell of the sample whose source contains a text."""
    return next(cell for cell in notebook.cells if source in cell.source)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_lesson_in_order_has_no_complaints(rule):
    assert rule(sample()) == []


def add(notebook, cell, place=6):
    notebook.cells.insert(place, cell)


FAULTS = [
    (has_every_heading_once, "'Recap' stands twice", lambda nb: add(nb, new_markdown_cell("## Recap"))),
    (
        has_every_heading_once,
        "'Exercise 1' stands twice",
        lambda nb: add(nb, new_markdown_cell("### Exercise 1: one\n\n### Exercise 1: other")),
    ),
    (was_run_from_the_top, "count None", lambda nb: where(nb, "x = 3").update(execution_count=None)),
    (was_run_from_the_top, "count 99, not", lambda nb: where(nb, "x = 3").update(execution_count=99)),
    (was_run_from_the_top, "not 4", lambda nb: nb.cells.insert(5, nb.cells.pop(6))),
    (
        shows_no_errors,
        "an error",
        lambda nb: where(nb, "x = 3").outputs.append(new_output("error", ename="E")),
    ),
    (shows_no_errors, "stderr", lambda nb: where(nb, "print(7)").outputs[0].update(name="stderr")),
    (
        shows_no_errors,
        "address",
        lambda nb: where(nb, "x = 3").update(outputs=prints("<function f at 0x7f3b>")),
    ),
    (has_cell_ids, "cell-3", lambda nb: nb.cells[4].update(id="cell-3")),
    (is_normal, "make notebooks", lambda nb: nb.metadata.update(widgets={})),
    (is_normal, "make notebooks", lambda nb: nb.cells[4].metadata.update(collapsed=True)),
    (has_the_shape_of_a_lesson, "39 cells", lambda nb: nb.cells.__delitem__(slice(30, 32))),
    (has_the_shape_of_a_lesson, "71 cells", lambda nb: nb.cells.extend([new_markdown_cell("More.")] * 30)),
    (
        has_the_shape_of_a_lesson,
        "% of its cells",
        lambda nb: nb.cells.extend([new_markdown_cell("More.")] * 20),
    ),
    (has_the_shape_of_a_lesson, "% of its cells", lambda nb: nb.cells.extend([new_code_cell("x")] * 20)),
    (has_the_shape_of_a_lesson, "20 lines", lambda nb: where(nb, "x = 3").update(source="x\n" * 20 + "x")),
    (has_the_shape_of_a_lesson, "median", lambda nb: [c.update(source="x\n" * 7) for _, c in code_cells(nb)]),
    (
        has_the_shape_of_a_lesson,
        "5 lines",
        lambda nb: where(nb, "import numpy").update(source="x\n" * 5 + "x"),
    ),
    (has_the_shape_of_a_lesson, "tagged core-ends", lambda nb: where(nb, "core ends").metadata.clear()),
    (has_the_shape_of_a_lesson, "tagged setup", lambda nb: add(nb, nb.cells[3])),
    (
        has_the_shape_of_a_lesson,
        "question",
        lambda nb: nb.cells[0].update(source="# A sample\n\nNo question."),
    ),
    (ends_as_every_lesson_does, "Recap", lambda nb: where(nb, "## Recap").update(source="Recap")),
    (ends_as_every_lesson_does, "Recap", lambda nb: nb.cells.insert(0, where(nb, "## Recap"))),
    (reveals_every_prediction, "guess_1", lambda nb: where(nb, "print(7)").metadata.clear()),
    (reveals_every_prediction, "guess_1", lambda nb: nb.cells.insert(3, nb.cells.pop(6))),
    (reveals_every_prediction, "guess_0", lambda nb: add(nb, new_code_cell("guess_0 = None  # 1 or 2"), 5)),
    (has_plain_code, "star", lambda nb: add(nb, new_code_cell("from numpy import *"))),
    (has_plain_code, "sys.path", lambda nb: add(nb, new_code_cell("import sys\nsys.path.append('..')"))),
    (has_plain_code, "magic", lambda nb: add(nb, new_code_cell("%matplotlib inline"))),
    (has_plain_code, "magic", lambda nb: add(nb, new_code_cell("if x:\n    !ls"))),
    (has_plain_code, "magic", lambda nb: add(nb, new_code_cell("%%time\nx = 1"))),
    (has_plain_words, "exclamation", lambda nb: add(nb, new_markdown_cell("See `a != b`: great!"))),
    (
        has_plain_words,
        "twice",
        lambda nb: add(nb, new_markdown_cell("A sentence that somebody put in.\n" * 2)),
    ),
    (has_plain_words, "let's", lambda nb: add(nb, new_markdown_cell("Let’s go."))),
    (has_plain_words, "we will", lambda nb: add(nb, new_markdown_cell("In this\nnotebook we will see."))),
    (has_plain_words, "emoji", lambda nb: add(nb, new_markdown_cell("Done \U0001f389"))),
    (has_plain_words, "emoji", lambda nb: where(nb, "print(7)").update(outputs=prints("\u2705"))),
    (
        describes_its_pictures,
        "numbers",
        lambda nb: where(nb, "draw").update(outputs=[picture("A line.", "A line.")]),
    ),
    (
        describes_its_pictures,
        "not say",
        lambda nb: where(nb, "draw").update(outputs=[picture(alt="Other: 5")]),
    ),
    (describes_its_pictures, "not say", lambda nb: where(nb, "draw").outputs[0].data.pop("text/html")),
    (describes_its_pictures, "without alt", lambda nb: where(nb, "draw").update(outputs=[picture(alt="")])),
    (states_its_course, "minutes", lambda nb: nb.metadata.course.pop("minutes")),
    (states_its_course, "title", lambda nb: nb.metadata.course.update(title="Another")),
    (states_its_course, "leaf", lambda nb: nb.metadata.course.introduces.update(leaf="")),
    (
        claims_hold,
        "DOES NOT",
        lambda nb: where(nb, "e 3.").outputs[0].update(text="DOES NOT HOLD · enumerated · Sentence 3."),
    ),
    (claims_hold, "not run", lambda nb: where(nb, "e 3.").update(outputs=[])),
    (claims_hold, "5 claims", lambda nb: nb.cells.remove(where(nb, "e 3."))),
]


@pytest.mark.parametrize(("rule", "complaint", "plant"), FAULTS)
def test_a_planted_fault_is_found(rule, complaint, plant):
    notebook = sample()
    plant(notebook)
    assert any(complaint in said for said in rule(notebook)), rule(notebook)


def test_terms_in_order_have_no_complaints():
    second = sample("Second", needs=["leaf"], introduces=["decision tree", "tree"])
    assert terms_in_order([sample("First"), second]) == []


@pytest.mark.parametrize(
    ("complaint", "lessons"),
    [
        ("needs 'root'", [sample("First", needs=["root"])]),
        ("needs 'root'", [sample("First", needs=["root"]), sample("Second", introduces=["root"])]),
        ("second time", [sample("First"), sample("Second")]),
        ("before a later lesson", [sample("First about the root"), sample("Second", introduces=["Root"])]),
        ("before it stands in bold", [sample("One leaf")]),
        ("7 terms", [sample("First", introduces=list("abcdefg"))]),
        ("never used", [sample("First", introduces=["leaf", "$x$"])]),
    ],
)
def test_a_term_out_of_order_is_found(complaint, lessons):
    assert any(complaint in said for said in terms_in_order(lessons)), terms_in_order(lessons)


@pytest.mark.parametrize("changes", [{"source": "print(8)"}, {"outputs": prints("8\n")}, {"outputs": []}])
def test_drift_is_found(changes):
    changed = sample()
    where(changed, "print(7)").update(changes)
    assert drift(sample(), changed) == [6]


def test_the_bytes_of_a_picture_are_no_drift_and_its_words_are():
    changed = sample()
    data = where(changed, "draw").outputs[0].data
    data["image/png"], data["text/html"] = "AAAA", data["text/html"].replace("iVBORw0KGgo=", "AAAA")
    assert drift(sample(), changed) == []
    data["text/html"] = data["text/html"].replace("25", "26")
    assert drift(sample(), changed) == [7]


@pytest.mark.parametrize(
    "text",
    [
        "Date:                Mon, 23 Nov 2026   Prob (F-statistic):           1.23e-10",
        "Time:                        07:39:00   Log-Likelihood:                 100.00",
        "<th>Date:</th>             <td>Mon, 23 Nov 2026</td> <th>  Prob (F-statistic):</th>",
    ],
)
def test_the_sanitiser_sees_no_difference_where_a_date_was_blanked(text):
    blanked = author._without_date(text)
    assert blanked != text and sanitised(blanked) == sanitised(text)
    assert sanitised(text.replace("100.00", "101.00").replace("Prob", "Pr")) != sanitised(text)


# ---------------------------------------------------------------------------------------------------------
# nbval bites: a copy of a notebook that ends in spoilt cells must fail in these, and in no other

SMALL = [
    "import numpy as np",
    f"""class Picture:
    def _repr_mimebundle_(self, include=None, exclude=None):
        html = '<img alt="{PICTURE}" src="data:image/png;base64,iVBORw0KGgo=">'
        return {{"image/png": "iVBORw0KGgo=", "text/plain": "{PICTURE}", "text/html": html}}""",
    "Picture()",
    'print("The sum is", np.arange(4).sum())',
]


def beginning(notebook):
    """Return a notebook up to the first cell that prints a number: enough to spoil that."""
    for n, cell in code_cells(notebook):
        printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
        if re.search(r"\d", printed) and "nbval-ignore-output" not in author.tags(cell):
            return new_notebook(cells=copy.deepcopy(notebook.cells[: n + 1]), metadata=notebook.metadata)
    raise AssertionError("no cell prints a number")


def with_another_number(cell):
    output = next(o for o in cell.outputs if re.search(r"\d", o.get("text", "")))
    output.text = re.sub(r"\d(?=\D*\Z)", lambda digit: str((int(digit[0]) + 1) % 10), output.text)


def with_a_cleared_count(cell):
    cell.execution_count = None


def without_its_outputs(cell):
    cell.outputs = []


def stripped(cell):
    cell.update(execution_count=None, outputs=[])


def with_a_raising_callback(cell):
    source = "from ipywidgets import interact\n\ninteract(lambda x: 1 / 0, x=3)"
    cell.update(new_code_cell(source, execution_count=99, metadata={"tags": ["nbval-ignore-output"]}))


def with_another_description(cell):
    cell.outputs[0].data["text/html"] = cell.outputs[0].data["text/html"].replace("25", "26")


def with_other_bytes(cell):
    data = cell.outputs[0].data
    data["image/png"], data["text/html"] = "AAAA", data["text/html"].replace("iVBORw0KGgo=", "AAAA")


BITES = {
    with_another_number: True,
    with_a_cleared_count: True,
    without_its_outputs: True,
    stripped: False,  # nbval lets it pass: was_run_from_the_top does not (FAULTS, above)
    with_a_raising_callback: True,
}
BITES_OF_PICTURES = {with_another_description: True, with_other_bytes: False}


def spoil(notebook, cell, bites):
    """Add a spoilt copy of a cell for each of `bites`; return the numbers, of code cells, of those that must fail."""
    must = []
    for plant, fails in bites.items():
        must += [len(code_cells(notebook))] * fails
        notebook.cells.append(copy.deepcopy(cell))
        notebook.cells[-1].id = plant.__name__
        plant(notebook.cells[-1])
    return must


@pytest.fixture(scope="module")
def bitten(tmp_path_factory):
    """Run nbval over two notebooks and their spoilt copies; return which code cells failed, and which must."""
    folder, must = tmp_path_factory.mktemp("bites"), {}
    small = author.execute(new_notebook(cells=[new_code_cell(source) for source in SMALL]), folder)
    for name, notebook in {"small": small, LESSONS[0].stem: beginning(committed(LESSONS[0]))}.items():
        (folder / f"{name}.ipynb").write_text(author.as_text(notebook), encoding="utf-8")
        must[name] = spoil(notebook, notebook.cells[-1], BITES)
        if name == "small":
            must[name] += spoil(notebook, where(notebook, "Picture()"), BITES_OF_PICTURES)
        (folder / f"{name}-spoilt.ipynb").write_text(author.as_text(notebook), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "--nbval-current-env",
        "--color=no",
        "-p",
        "no:xdist",
    ]
    command += [f"--nbval-sanitize-with={SANITISER}", "--junitxml=report.xml", f"--rootdir={folder}", "."]
    environment = {**os.environ, "PYTHONPATH": str(SANITISER.parent)}  # where conftest is
    subprocess.run(command, cwd=folder, env=environment, capture_output=True)
    failed = {path.stem: [] for path in folder.glob("*.ipynb")}
    for case in ElementTree.parse(folder / "report.xml").iter("testcase"):
        if len(case):
            failed[case.get("classname").removesuffix(".ipynb")].append(int(case.get("name").split()[-1]))
    return failed, must


@pytest.mark.parametrize("name", ["small", LESSONS[0].stem])
def test_nbval_bites(bitten, name):
    failed, must = bitten
    assert failed[name] == []
    assert failed[f"{name}-spoilt"] == must[name] != []
