"""The course as plain web pages, for reading where no kernel runs: `python -m helpers.site` writes `site/`.

The pages show what the notebooks hold; nothing is run. They fetch nothing and have no scripts.
"""

import html
import re
import shutil
import tomllib
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup
from nbconvert.filters import Highlight2HTML, ansi2html
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from pygments.formatters import HtmlFormatter

from helpers import author

NAME = "One Gear at a Time"
LONG = 60  # characters; a longer line of code scrolls in its box where the page is 640 pixels wide

# Both reach a contrast of 4.5:1 for every kind of word; most styles of Pygments do not.
LIGHT, DARK = (HtmlFormatter(style=style).get_style_defs(".highlight") for style in ("xcode", "lightbulb"))

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header><nav aria-label="The course">{top}</nav></header>
<main id="main" tabindex="-1">
{main}
</main>
<footer><nav aria-label="Where to go on">{bottom}</nav></footer>
</body>
</html>
"""


def page(title, main, before=None, after=None):
    """Return a whole page.

    Parameters
    ----------
    title, main : str, the title as text and the content as HTML
    before, after : (address, title) of the neighbours, or None
    """
    near = [link(words, address) for words, address in _neighbours(before, after)]
    contents = [
        link("Contents", "index.html"),
        link("All figures", "figures.html"),
        link("All terms", "terms.html"),
    ]
    return _PAGE.format(
        title=html.escape(title if title == NAME else f"{title} · {NAME}"),
        main=main,
        top=" ".join(contents[:1] + near + contents[1:]),
        bottom=" ".join(near + contents[:1]),
    )


def _neighbours(before, after):
    if before:
        yield f"← Previous: {before[1]}", before[0]
    if after:
        yield f"Next: {after[1]} →", after[0]


def link(words, address):
    """Return a link."""
    return f'<a href="{html.escape(address)}">{html.escape(words)}</a>'


# ---------------------------------------------------------------------------------------------------------
# a lesson


def lesson(notebook):
    """Return the content of a lesson's page: its cells as HTML, each under its own id."""
    parts = [f'<div class="cell" id="{cell.id}">\n{_cell(cell)}\n</div>' for cell in notebook.cells]
    parts.insert(1, _contents(parts))
    return "\n".join(parts)


def _cell(cell):
    tags = author.tags(cell)
    if "badges" in tags:
        buttons = re.findall(r"\[!\[([^]]*)\]\([^)]*\)\]\(([^)]*)\)", cell.source)
        return f"<p>{' · '.join(link(*button) for button in buttons)}</p>"
    if "bootstrap" in tags:
        return ""  # for Colab alone
    if cell.cell_type == "markdown":
        return markdown2html_mistune(cell.source)
    shown = "\n".join([Highlight2HTML()(cell.source), *map(_output, cell.outputs)])
    if "reveal" in tags:
        return f"<details><summary>Show the answer</summary>\n{shown}\n</details>"
    return shown


def _output(output):
    if output.output_type == "stream":
        shown = f"<pre>{ansi2html(output.text.rstrip())}</pre>"
    else:
        shown = output.data.get("text/html") or f"<pre>{html.escape(output.data['text/plain'])}</pre>"
    return f'<div class="output">{shown}</div>'


def _contents(parts):
    headings = BeautifulSoup("".join(part for part in parts if "<h2" in part), "html.parser").find_all("h2")
    links = [link(heading.text.removesuffix("¶"), f"#{heading['id']}") for heading in headings]
    rows = "".join(f"<li>{one}</li>" for one in links)
    return f'<nav aria-label="On this page"><details><summary>On this page</summary><ul>{rows}</ul></details></nav>'


# ---------------------------------------------------------------------------------------------------------
# all figures, and the start


def figures(notebooks):
    """Return the content of the page of all figures, from a dict of page names and notebooks."""
    parts = [
        "<h1>All figures</h1>",
        "<p>Every picture of the course, with its description and its place. A machine with knobs stands in its first "
        "setting. Some pictures answer a prediction of their lesson.</p>",
    ]
    for name, notebook in notebooks.items():
        parts.append(f'<h2 id="{name.removesuffix(".html")}">{html.escape(author.title(notebook))}</h2>')
        heading = author.title(notebook)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                headings = re.findall(r"^#+ (.*)$", cell.source, re.MULTILINE)
                heading = headings[-1] if headings else heading
            for picture, words in _pictures(cell):
                place = link(f"In the lesson, under “{heading}”", f"{name}#{cell.id}")
                said = (
                    f'<p aria-hidden="true">{html.escape(words)}</p><p>{place}</p>'  # the alt says it already
                )
                parts.append(f"<figure>{picture}<figcaption>{said}</figcaption></figure>")
    return "\n".join(parts)


def _pictures(cell):
    """Yield the <img> and the description of every picture that a cell shows."""
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if any(kind.startswith("image/") for kind in data):
            yield re.search(r"<img\b[^>]*>", data["text/html"])[0], data["text/plain"]


def terms(notebooks):
    """Return the content of the page of all terms, by the alphabet: what each means, and which lesson introduces it."""
    found = [
        (term, said, name, author.title(notebook))
        for name, notebook in notebooks.items()
        for term, said in notebook.metadata["course"]["introduces"].items()
    ]
    rows = [
        f"<dt>{html.escape(term)}</dt><dd>{html.escape(said)} ({link(title, name)})</dd>"
        for term, said, name, title in sorted(found, key=lambda one: one[0].lower())
    ]
    return "\n".join(["<h1>All terms</h1>", "<dl>", *rows, "</dl>"])


def start(notebooks, about):
    """Return the content of the first page: the syllabus."""
    parts = [
        f"<h1>{NAME}</h1>",
        f"<p>{html.escape(about)}</p>",
        "<p>These pages are for reading. To turn the knobs, to answer and to be told what went wrong, open the "
        "notebook of a lesson in JupyterLab, Colab or Binder.</p>",
        "<ol class='lessons'>",
    ]
    for name, notebook in notebooks.items():
        course = notebook.metadata["course"]
        terms = "".join(
            f"<dt>{html.escape(term)}</dt><dd>{html.escape(said)}</dd>"
            for term, said in course["introduces"].items()
        )
        parts.append(
            f"<li><h2>{link(author.title(notebook), name)}</h2>"
            f"<p><em>{html.escape(author.question(notebook))}</em></p>"
            f"<p>{course['minutes']} minutes to the end of the core.</p>"
            f"<details><summary>Introduces {html.escape(', '.join(course['introduces']))}</summary><dl>{terms}</dl>"
            "</details></li>"
        )
    return "\n".join([*parts, "</ol>"])


# ---------------------------------------------------------------------------------------------------------
# the folder


def finished(text, notebooks):
    """Return a page for reading on its own, and the files of the course that it links to.

    Parameters
    ----------
    text : str, a page whose links are those of the notebooks
    notebooks : path, the folder of the notebooks

    Returns
    -------
    text : str, a link to a notebook now leads to its page, and one to a file to the copy of that file
    files : dict, address in the site -> path of the file
    """
    soup, files = BeautifulSoup(text, "html.parser"), {}
    for anchor in soup.find_all("a", href=True):
        address, mark, place = anchor["href"].partition("#")
        if address.endswith(".ipynb") and "/" not in address:
            anchor["href"] = address.removesuffix(".ipynb") + ".html" + mark + place
        elif address and not re.match(r"[a-z]+:", address) and not address.endswith(".html"):
            path = (notebooks / unquote(address)).resolve()
            copied = "files/" + path.relative_to(notebooks.parent.resolve()).as_posix()
            files[copied], anchor["href"] = path, copied + mark + place
        if "anchor-link" in anchor.get("class", []):
            anchor["aria-label"] = f"Link to {anchor.parent.text.removesuffix('¶')}"
    for box in soup.find_all("pre"):
        if max(map(len, box.text.splitlines()), default=0) > LONG:
            box.attrs |= {"tabindex": "0", "role": "group", "aria-label": "a box that scrolls sideways"}
    for table in soup.find_all("table"):
        table.wrap(soup.new_tag("div", attrs={"class": "wide"}))
    return str(soup), files


def build(folder, root=author.ROOT):
    """Write the site of the course at `root` into `folder`; return the paths of its pages."""
    folder, root = Path(folder), Path(root)
    notebooks = {path.stem + ".html": author.read(path) for path in author.lessons(root)}
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pages = {
        "index.html": page(NAME, start(notebooks, project["description"])),
        "figures.html": page("All figures", figures(notebooks)),
        "terms.html": page("All terms", terms(notebooks)),
    }
    course = [(name, author.title(notebook)) for name, notebook in notebooks.items()]
    around = zip([None, *course], notebooks.items(), [*course[1:], None], strict=False)
    for before, (name, notebook), after in around:
        pages[name] = page(author.title(notebook), lesson(notebook), before, after)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        text, files = finished(text, root / "notebooks")
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        for copied, path in files.items():
            (folder / copied).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / copied)
    style = Path(__file__).with_name("site.css").read_text(encoding="utf-8")
    dark = f"@media (prefers-color-scheme: dark) {{\n{DARK}\n}}"
    (folder / "style.css").write_text("\n".join([LIGHT, dark, style]), encoding="utf-8", newline="\n")
    return [folder / name for name in pages]


def main():
    """Write the site anew."""
    folder = author.ROOT / "site"
    shutil.rmtree(folder, ignore_errors=True)
    pages = build(folder)
    print(f"{len(pages)} pages; begin with {(folder / 'index.html').relative_to(author.ROOT)}")


if __name__ == "__main__":
    main()
