"""How long from a key to its picture, in a real browser: our explorers against `interact` with `plt.show`.

Run it with `make bench`. Both draw the same shapes for the same values, in turn, in one JupyterLab: the ratio counts,
the milliseconds depend on the machine. The clock starts at the key's event in the page and stops when the page's
picture has changed.
"""

import statistics
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat

from tests.test_explorers import MACHINES

MOVES, ROUNDS = 20, 3
ANCHOR = {"start": "left", "middle": "center", "end": "right"}


def as_matplotlib(svg):
    """Draw the shapes of an explorer's SVG on a new matplotlib figure, as a learner's own `interact` would."""
    import matplotlib.pyplot as plt
    from matplotlib import patches

    root = ET.fromstring(svg)
    width, height = float(root.get("width")), float(root.get("height"))
    figure = plt.figure(figsize=(width / 100, height / 100), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    for shape in root.iter():
        tag, get = shape.tag.split("}")[-1], lambda name, shape=shape: float(shape.get(name, 0))
        paint = {
            "facecolor": shape.get("fill") or "black",
            "edgecolor": shape.get("stroke") or "none",
            "linewidth": 0.72 * float(shape.get("stroke-width", 1)),
        }
        if tag == "text":
            place = ANCHOR[shape.get("text-anchor", "start")]
            axes.text(get("x"), get("y"), shape.text or "", ha=place, fontsize=9, color=paint["facecolor"])
        elif tag == "line":
            ends = (get("x1"), get("x2")), (get("y1"), get("y2"))
            axes.plot(*ends, color=paint["edgecolor"], linewidth=paint["linewidth"])
        elif tag == "rect":
            axes.add_patch(patches.Rectangle((get("x"), get("y")), get("width"), get("height"), **paint))
        elif tag == "circle":
            axes.add_patch(patches.Circle((get("cx"), get("cy")), get("r"), **paint))
        elif tag in ("polyline", "polygon"):
            corners = [tuple(map(float, pair.split(","))) for pair in shape.get("points").split()]
            axes.add_patch(patches.Polygon(corners, closed=tag == "polygon", **paint))
        elif tag not in ("svg", "g"):
            assert tag == "path", f"a shape that this benchmark cannot draw: {tag}"  # an arrow's tip, a frame
    plt.show()


def notebook(name):
    """Two cells that draw the same machine: as the course does, and by `interact`."""
    start = f"""\
import sys
sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r})
from tests.benchmarks.explorers import MACHINES, as_matplotlib
from ipywidgets import interact
%matplotlib inline
machine = MACHINES[{name!r}]()"""
    peer = f"""\
other = MACHINES[{name!r}]()
interact(lambda **state: as_matplotlib(other.draw(**state).data.decode()), **other.controls);"""
    cells = [nbformat.v4.new_code_cell(source) for source in (start, "machine", peer)]
    return nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": ""}}
    )


CLOCK = """
cell => {
  const output = document.querySelectorAll(".jp-CodeCell")[cell].querySelector(".jp-OutputArea");
  const seen = () => { const p = output.querySelector("svg[role=img], img"); return p && (p.src || p.outerHTML); };
  const before = seen();
  window.turned = new Promise(resolve => {
    let start;
    addEventListener("keydown", () => { start = performance.now(); }, {capture: true, once: true});
    const look = new MutationObserver(() => {
      if (seen() && seen() !== before) { look.disconnect(); resolve(performance.now() - start); }
    });
    look.observe(output, {childList: true, subtree: true, attributes: true, characterData: true});
  });
}"""


def measure(page, cell):
    """Milliseconds from a key on the first control of a cell to its new picture, for each of MOVES moves."""
    control = page.locator(".jp-CodeCell").nth(cell).locator("[role=slider], select").first
    control.scroll_into_view_if_needed()
    control.focus()
    # as our explorers do: else an arrow key in a list leaves it for the next cell
    control.evaluate("control => control.setAttribute('data-lm-suppress-shortcuts', 'true')")
    listed = control.evaluate("control => control.tagName === 'SELECT'")
    there, back = ("ArrowDown", "ArrowUp") if listed else ("ArrowRight", "ArrowLeft")
    times = []
    for move in range(MOVES):
        page.evaluate(CLOCK, cell)
        page.keyboard.press(there if move % 2 == 0 else back)
        times.append(page.evaluate("window.turned"))
        page.wait_for_function("lab.ready")
    return times


def main(names):
    """Measure the explorers of some names, or all, and print one row for each."""
    from tests.browser import lab

    print("| explorer | `interact` + `plt.show`, ms | ours, ms | times faster |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) / "sources"
        sources.mkdir()
        with lab.running(Path(folder)) as browser:
            for name in names or MACHINES:
                nbformat.write(notebook(name), sources / f"{name}.ipynb")
                with browser.open(sources / f"{name}.ipynb") as opened:
                    times = {1: [], 2: []}
                    for _ in range(ROUNDS):  # in turn, so that a busy moment meets both
                        for cell in times:
                            times[cell] += measure(opened.page, cell)
                ours, peer = map(statistics.median, times.values())
                print(f"| {name} | {peer:.0f} | {ours:.0f} | {peer / ours:.1f} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
