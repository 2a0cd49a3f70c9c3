"""The web pages in a real browser: no fault of accessibility, light and dark, wide and at 200 % zoom, and offline.

`site` pages are those of `make site`; `plain` ones are what `jupyter nbconvert --to html` makes of a lesson.
"""

import re
import shutil
from functools import cache

import pytest
from lab import CONTRAST, axe
from nbconvert import HTMLExporter
from nbformat.v4 import new_notebook, new_output

from helpers import author, site

LESSONS = [path.stem for path in author.lessons()]
PAGES = ["index", "figures", "terms", *LESSONS]

# Parts that nbconvert's own template colours, some below 4.5:1, whatever the notebook holds: code, and In [1], Out [1].
TEMPLATE = [".highlight", ".jp-InputPrompt", ".jp-OutputPrompt"]

# What no lesson should say.
TROUBLE = ("Traceback (most recent call last)", "Error displaying widget")

WIDE = """() => {
  const page = document.documentElement
  return page.scrollWidth > page.clientWidth ? [`${page.scrollWidth} pixels in ${page.clientWidth}`] : []
}"""
BOXES = """() => [...document.querySelectorAll("body *")]
  .filter(box => box.scrollWidth > box.clientWidth && box.tabIndex < 0 && box.clientWidth
                 && ["auto", "scroll"].includes(getComputedStyle(box).overflowX))
  .map(box => box.textContent.slice(0, 60))"""
PICTURES = """() => [...document.images]
  .filter(image => !image.naturalWidth || !/[0-9]/.test(image.alt)).map(image => image.alt || "(no alt)")"""
LINES = """() => [...document.querySelectorAll("main p, main li")].map(p => {
  const range = document.createRange()
  range.selectNodeContents(p)
  const lines = new Set([...range.getClientRects()].map(box => Math.round(box.bottom / 10))).size
  return [p.textContent.length / lines, lines, p.textContent.slice(0, 60)]
}).filter(([letters, lines]) => lines > 2 && letters > 80).map(([letters, lines, text]) => text)"""
# Most elements of a page are tokens of code. Their class colours them: one of each halves axe's time, and more.
ONE_OF_EACH = """() => {
  const seen = new Set()
  for (const token of document.querySelectorAll(".highlight span[class]"))
    seen.has(token.className) ? token.replaceWith(token.textContent) : seen.add(token.className)
}"""

# Give a page of nbconvert's the head of another one, and with it the other's theme.
DRESS = """text => {
  const other = new DOMParser().parseFromString(text, "text/html")
  document.head.replaceWith(other.head)
  for (const {name, value} of other.body.attributes) document.body.setAttribute(name, value)
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site.build(folder)
    return folder


@pytest.fixture(scope="module")
def context(browser):
    """Where all pages are opened, one after the other: a process that read the last one has axe ready for the next."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    context.new_page()  # keeps the process
    return context


def read(context, path):
    """Open a page without a network, every fold unfolded; return it and the addresses that it asked for."""
    tab, asked = context.new_page(), []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(path.as_uri(), wait_until="load")
    tab.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    return tab, [url for url in asked if not url.startswith(("file:", "data:"))]


def barriers(tab, ignored=(), options=None):
    """Return what axe-core finds serious or critical, but not in the elements of the selectors `ignored`."""
    where = {"exclude": [[selector] for selector in ignored]} if ignored else None
    tab.evaluate(ONE_OF_EACH)
    return [
        f"axe: {fault['id']} in {len(fault['nodes'])} elements: {fault['nodes'][0]['html'][:200]}"
        for fault in axe(tab, where, options)
    ]


def complaints(context, path):
    tab, asked = read(context, path)
    found = [f"network: {url}" for url in asked]
    for scheme, width in ("light", 1280), ("dark", 640):  # 640: 200 % of 1280
        tab.emulate_media(color_scheme=scheme)
        tab.set_viewport_size({"width": width, "height": 900})
        for kind, script in {"sideways": WIDE, "box": BOXES, "picture": PICTURES, "long line": LINES}.items():
            found += [f"{kind}: {text}, {scheme}, {width} pixels" for text in tab.evaluate(script)]
        found += [f"{barrier}, {scheme}, {width} pixels" for barrier in barriers(tab)]
    tab.close()
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_site_has_no_barriers(context, folder, name):
    assert complaints(context, folder / f"{name}.html") == []


def test_the_first_tab_stop_leads_to_the_text(context, folder):
    tab, _ = read(context, folder / f"{LESSONS[0]}.html")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to the text"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
    tab.close()


@pytest.mark.parametrize(
    ("kind", "planted"),
    [
        ("axe: color-contrast", '<p style="color: #999; background: #fff">Hardly to be read</p>'),
        ("axe: color-contrast", '<div class="highlight"><pre>if <span style="color: #999">faint</span></pre></div>'),
        ("axe: color-contrast", '<style>@media (prefers-color-scheme: dark) {i {color: #333}}</style><i>faint</i>'),
        ("axe: image-alt", '<img src="data:image/png;base64,iVBORw0KGgo=">'),
        ("axe: button-name", "<button></button>"),
        ("sideways", '<p style="width: 1400px; max-width: none">Too wide</p>'),
        ("sideways", '<p style="width: 900px; max-width: none">Too wide for 640</p>'),
        ("box", f"<div class='wide'><table><tr><td>{'wide' * 300}</td></tr></table></div>"),
        ("picture", '<img alt="A curve rises" src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22/>">'),
        ("network", '<img alt="3" src="http://192.0.2.1/3.png">'),
        ("long line", f'<p style="max-width: none">{"ten times " * 90}</p>'),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(context, folder, tmp_path, kind, planted):
    head, text = (folder / "index.html").read_text(encoding="utf-8").split("</h1>")
    foot = text[text.index("</main>") :]
    shutil.copy(folder / "style.css", tmp_path)
    # nothing else of the page: axe is quick then
    (tmp_path / "index.html").write_text(f"{head}</h1>{planted}{foot}", encoding="utf-8")
    found = complaints(context, tmp_path / "index.html")
    assert any(complaint.startswith(kind) for complaint in found), found


def test_a_text_that_axe_passes_over_is_told(context):
    tab = context.new_page()
    tab.set_content('<p>Seen</p><p style="color: #123; height: 0; overflow: hidden">Not seen</p>')
    with pytest.raises(AssertionError, match=r"axe did not see <p style=[^<]*>Not seen"):
        axe(tab)
    tab.close()


@cache
def exporter(theme):
    return HTMLExporter(template_name="lab", theme=theme)


def plain(notebook, theme="light"):
    """What nbconvert makes of a notebook, without the scripts that it would fetch from the net."""
    text, _ = exporter(theme).from_notebook_node(notebook)
    return re.sub(r'<script[^>]*src="[^"]*"></script>', "", text)


def ours(context, path, notebook):
    path.write_text(plain(notebook), encoding="utf-8")
    tab, _ = read(context, path)
    pictures = [alt for alt in tab.evaluate(PICTURES) if not re.match("Open “.*” in (Colab|Binder)$", alt)]
    found = [f"picture: {alt}" for alt in pictures]  # the buttons come from the net
    text = tab.inner_text("body")
    found += [f"its page says {trouble!r}" for trouble in TROUBLE if trouble in text]
    found += [f"{barrier}, light" for barrier in barriers(tab, TEMPLATE)]
    tab.evaluate(DRESS, plain(new_notebook(), "dark"))
    found += [f"{barrier}, dark" for barrier in barriers(tab, TEMPLATE, CONTRAST)]
    tab.close()
    return found


@pytest.mark.parametrize("name", LESSONS)
def test_what_nbconvert_makes_has_no_barriers_of_ours(context, tmp_path, name):
    notebook = author.read(author.ROOT / "notebooks" / f"{name}.ipynb")
    assert ours(context, tmp_path / "page.html", notebook) == []


def test_the_themes_of_nbconvert_differ_in_the_head_alone():
    notebook = author.read(author.ROOT / "notebooks" / f"{LESSONS[0]}.ipynb")
    (light, body), (dark, same), (empty, _) = (
        page.split("\n<main>\n", 1)
        for page in (plain(notebook), plain(notebook, "dark"), plain(new_notebook(), "dark"))
    )
    assert body == same and dark == empty != light


def test_a_barrier_planted_in_a_lesson_is_found(context, tmp_path):
    notebook = author.read(author.ROOT / "notebooks" / f"{LESSONS[0]}.ipynb")
    notebook.cells[0].source += '\n\n<p style="color: #aaa; background: #fff">Hardly to be read</p>'
    notebook.cells[1].source += '\n\n<p style="color: #222">For the light</p>'
    notebook.cells[2].outputs = [new_output("stream", text=" ".join(TROUBLE))]
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            page = output.get("data", {}).get("text/html", "")
            if "<img" in page:
                output.data["text/html"] = re.sub(' alt="[^"]*"', "", page)
    found = " ".join(ours(context, tmp_path / "page.html", notebook))
    assert "axe: color-contrast in 1 " in found and "axe: color-contrast in 2 " in found, found
    assert "picture: No description" in found
    assert all(trouble in found for trouble in TROUBLE)
