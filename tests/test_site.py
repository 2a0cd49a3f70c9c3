"""The web pages of `make site`, read as files: links, order, words; nothing from the net. (tests/browser: as seen.)"""

import re
import shutil
from functools import cache

import pytest
from bs4 import BeautifulSoup

from helpers import author, site

LESSONS = {path.stem + ".html": author.read(path) for path in author.lessons()}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site.build(folder)
    return folder


@cache
def parsed(text):
    return BeautifulSoup(text, "html.parser")


def read(path):
    return parsed(path.read_text("utf-8"))


def places(soup):
    """{id: tag}; to find one tag alone takes a walk through the whole page."""
    return {tag["id"]: tag for tag in soup.find_all(id=True)}


def pages(folder):
    return {path: read(path) for path in sorted(folder.glob("*.html"))}


# ---------------------------------------------------------------------------------------------------------
# each rule returns its complaints about a folder of pages


def has_working_links(folder):
    soups, complaints = pages(folder), []
    known = {path: places(soup) for path, soup in soups.items()}
    for path, soup in soups.items():
        for tag in soup.find_all(href=True):
            address, _, place = tag["href"].partition("#")
            if re.match(r"(https?|data):", address):
                continue
            target = folder / address if address else path
            if not target.is_file():
                complaints.append(f"{path.name} links to {tag['href']}: no such file")
            elif place and target in known and place not in known[target]:
                complaints.append(f"{path.name} links to {tag['href']}: no such place")
    return complaints


def fetches_nothing(folder):
    style = (folder / "style.css").read_text("utf-8")
    complaints = ["style.css fetches"] if re.search(r"url\(|@import", style) else []
    for path, soup in pages(folder).items():
        complaints += [f"{path.name} has a script" for _ in soup.find_all("script")]
        sources = [tag["src"] for tag in soup.find_all(src=True)]
        sources += [tag["href"] for tag in soup.find_all("link")]
        complaints += [
            f"{path.name} fetches {source}"
            for source in sources
            if source != "style.css" and not source.startswith("data:")
        ]
    return complaints


def is_in_order(folder):
    complaints = []
    for path, soup in pages(folder).items():
        levels = [int(heading.name[1]) for heading in soup.find_all(re.compile("^h[1-6]$"))]
        if levels.count(1) != 1 or any(b - a > 1 for a, b in zip([0, *levels], levels, strict=False)):
            complaints.append(f"{path.name} has headings of levels {levels}")
        ids = [tag["id"] for tag in soup.find_all(id=True)]
        complaints += [f"{path.name} has the id {one} twice" for one in set(ids) if ids.count(one) > 1]
        if soup.html.get("lang") != "en" or len(soup.find_all("main")) != 1 or not soup.title.text.strip():
            complaints.append(f"{path.name} needs a language, a title and one main part")
    return complaints


def shows_every_picture(folder):
    complaints = []
    course = read(folder / "figures.html")
    figures = [(f.img["alt"], f.p.text, f.a["href"]) for f in course.find_all("figure")]
    for name, notebook in LESSONS.items():
        page = read(folder / name)
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                if {"image/png", "image/svg+xml"} & set(data):
                    said = data["text/plain"]
                    if (said, said, f"{name}#{cell.id}") not in figures:
                        complaints.append(f"figures.html lacks the picture of {name}, cell {cell.id}: {said}")
                    if said not in [image.get("alt") for image in page.find_all("img")]:
                        complaints.append(f"{name} lacks the picture of cell {cell.id}: {said}")
                    if "still picture" in data["text/html"] and said not in page.find(id=cell.id).text:
                        complaints.append(f"{name} does not say in words what the machine shows: {said}")
    for path, soup in pages(folder).items():
        alts = [image.get("alt", "") for image in soup.find_all("img")]
        complaints += [
            f"{path.name} has a picture without a number: {a!r}" for a in alts if not re.search(r"\d", a)
        ]
    return complaints


def shows_every_term(folder):
    soup = read(folder / "terms.html")
    shown = {dt.text: dt.find_next("dd").text for dt in soup.find_all("dt")}
    listed = [item for one in LESSONS.values() for item in one.metadata["course"]["introduces"].items()]
    complaints = [
        f"terms.html lacks {term}" for term, said in listed if not shown.get(term, "").startswith(said)
    ]
    if list(shown) != sorted(shown, key=str.lower):
        complaints.append("terms.html is not in the order of the alphabet")
    return complaints


def shows_every_cell(folder):
    complaints = []
    for name, notebook in LESSONS.items():
        boxes = places(read(folder / name))
        for cell in notebook.cells:
            box, tags = boxes.get(cell.id), author.tags(cell)
            if cell.cell_type == "code" and "bootstrap" not in tags:
                folded = box is not None and box.details is not None and not box.details.has_attr("open")
                if ("reveal" in tags) != folded:
                    complaints.append(f"{name}, cell {cell.id}: an answer is folded, and nothing else")
                shown = box.details.text if folded else box.text if box else ""
                texts = [cell.source, *(out.text for out in cell.outputs if out.output_type == "stream")]
                if not all(" ".join(text.split()) in " ".join(shown.split()) for text in texts):
                    complaints.append(f"{name} does not show cell {cell.id}")
            if "badges" in tags:
                links = [tag["href"] for tag in box.find_all("a")] if box else []
                if [bool(re.search("colab|mybinder", one)) for one in links] != [True, True]:
                    complaints.append(f"{name} does not offer Colab and Binder")
    return complaints


def leads_through_the_course(folder):
    complaints, names = [], list(LESSONS)
    for name, before, after in zip(names, [None, *names], [*names[1:], None], strict=False):
        soup = read(folder / name)
        links = [tag["href"] for tag in soup.footer.find_all("a")]
        wanted = [one for one in (before, after) if one] + ["index.html"]
        if links != wanted:
            complaints.append(f"{name} leads to {links}, not to {wanted}")
    start = read(folder / "index.html").text
    for name, notebook in LESSONS.items():
        course = notebook.metadata["course"]
        for words in (
            author.title(notebook), author.question(notebook), f"{course['minutes']} minutes", *course["introduces"]
        ):  # fmt: skip
            if words not in start:
                complaints.append(f"index.html does not say {words!r} of {name}")
    return complaints


RULES = [
    has_working_links,
    fetches_nothing,
    is_in_order,
    shows_every_picture,
    shows_every_term,
    shows_every_cell,
    leads_through_the_course,
]


@pytest.mark.parametrize("rule", RULES)
def test_the_site(rule, built):
    assert rule(built) == []


*_, LAST = LESSONS
FIRST = "01_transparent_rules.html"


@pytest.mark.parametrize(
    ("rule", "page", "old", "new"),
    [
        (has_working_links, "index.html", f'href="{FIRST}"', 'href="nowhere.html"'),
        (has_working_links, FIRST, 'id="Recap"', 'id="recap"'),
        (fetches_nothing, FIRST, "</main>", '<script src="https://192.0.2.1/x.js"></script></main>'),
        (fetches_nothing, FIRST, "</main>", '<img alt="1" src="https://192.0.2.1/x.png"></main>'),
        (fetches_nothing, "style.css", "body {", "body { background: url(https://192.0.2.1/x.png);"),
        (is_in_order, FIRST, "</main>", "<h4>Deep</h4></main>"),
        (is_in_order, FIRST, "</main>", '<p id="Recap"></p></main>'),
        (is_in_order, FIRST, 'lang="en"', ""),
        (shows_every_picture, "figures.html", "<figcaption>", "<figcaption><p>Some picture</p>"),
        (shows_every_picture, FIRST, ' alt="', ' title="'),
        (shows_every_term, "terms.html", "<dt>leaf</dt>", "<dt>leaves</dt>"),
        (shows_every_term, "terms.html", "<dl>", "<dl><dt>zero</dt><dd>0</dd>"),
        (shows_every_picture, FIRST, 'alt="The plane of', 'alt="A plane of'),
        (shows_every_picture, FIRST, '<p aria-hidden="true">age', '<p aria-hidden="true">old'),
        (shows_every_cell, FIRST, "Show the answer", "Show the answer</summary></details><summary>"),
        (
            shows_every_cell,
            FIRST,
            "<details><summary>Show the answer",
            "<details open><summary>Show the answer",
        ),
        (shows_every_cell, FIRST, "of 500 testers met the spot", "met"),
        (shows_every_cell, FIRST, "mybinder", "binder"),
        (leads_through_the_course, LAST, "<footer>", '<footer><a href="index.html">Contents</a>'),
        (leads_through_the_course, "index.html", "75 minutes", "An hour"),
    ],
)
def test_a_planted_fault_is_found(rule, page, old, new, built, tmp_path):
    folder = shutil.copytree(built, tmp_path / "site")
    text = (folder / page).read_text("utf-8")
    assert old in text
    (folder / page).write_text(text.replace(old, new), "utf-8")
    assert rule(folder) != []


def test_a_link_to_a_file_brings_the_file_and_one_to_a_lesson_its_page(tmp_path):
    (tmp_path / "notebooks").mkdir()
    text = '<a href="../data/README.md#longley">data</a> <a href="03_x.ipynb#Recap">03</a> <a href="https://x.y/a.ipynb">x</a>'
    text, files = site.finished(text, tmp_path / "notebooks")
    assert re.findall('href="(.*?)"', text) == [
        "files/data/README.md#longley", "03_x.html#Recap", "https://x.y/a.ipynb",
    ]  # fmt: skip
    assert files == {"files/data/README.md": (tmp_path / "data" / "README.md").resolve()}
