"""Every picture of the course. A `draw_*` function returns a `Picture`: the drawing, and its description in words.

Drawings that explorers redraw are SVG, written by hand on a `Canvas`; statistical plots are matplotlib's.
Colours are those of Okabe and Ito, which people with the common colour-vision deficiencies can tell apart
(https://jfly.uni-koeln.de/color/), and never carry a meaning alone.
"""

import base64
import html
import io
from dataclasses import dataclass

import numpy as np

from . import trees

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PINK = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
GREY = "#767676"

STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E5E5E5",
    "font.size": 11,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "axes.axisbelow": True,
}


@dataclass(frozen=True)
class Picture:
    """A drawing as it reaches the page, with the words that say what is seen.

    The words are the text form of the output, so that nbval compares them, and the `alt` of the image, which
    JupyterLab and nbconvert show to a screen reader (they drop the alt of `IPython.display.Image`).
    """

    data: bytes
    kind: str  # "png" or "svg+xml"
    alt: str

    def __repr__(self):
        return self.alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        code = base64.b64encode(self.data).decode()
        image = code if self.kind == "png" else self.data.decode()
        tag = f'<img alt="{html.escape(self.alt)}" src="data:image/{self.kind};base64,{code}">'
        return {"text/plain": self.alt, "text/html": tag, f"image/{self.kind}": image}


class Canvas:
    """A drawing in SVG, shape by shape; y grows downwards, units are pixels."""

    def __init__(self, width, height):
        self.width, self.height, self.shapes = width, height, []

    def add(self, tag, text="", **attributes):
        """Add one SVG element; `stroke_width=2` becomes `stroke-width="2"`, numbers are rounded to 0.1."""
        words = "".join(
            f' {name.strip("_").replace("_", "-")}="{f"{value:.1f}" if isinstance(value, (float, np.floating)) else value}"'
            for name, value in attributes.items()
        )
        self.shapes.append(f"<{tag}{words}>{html.escape(text)}</{tag}>")

    def text(self, x, y, text, **attributes):
        self.add("text", text, x=x, y=y, **attributes)

    def picture(self, alt):
        """The finished drawing with its description."""
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'height="{self.height}" role="img" aria-label="{html.escape(alt)}" font-family="DejaVu Sans, Verdana, sans-serif" '
            f'font-size="13"><rect width="{self.width}" height="{self.height}" fill="white"/>{"".join(self.shapes)}</svg>'
        )
        return Picture(svg.encode(), "svg+xml", alt)


def scale(low, high, start, end):
    """The straight map that takes `low` to pixel `start` and `high` to pixel `end`, clipped to those."""
    return lambda v: float(start + (end - start) * (min(max(v, low), high) - low) / (high - low))


def plot(width=7.0, height=3.6, columns=1, **options):
    """A matplotlib figure in the course's style and its axes; sizes in inches. Finish it with `finish`."""
    import matplotlib
    from matplotlib.figure import Figure  # not pyplot: no global state, half the import

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.subplots(1, columns, **options)


def finish(figure, alt, dpi=100):
    """The figure as a `Picture`."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return Picture(buffer.getvalue(), "png", alt)


# ---------------------------------------------------------------- lesson 01: trees

RISK = {"low risk": SKY, "medium risk": YELLOW, "high risk": ORANGE}


def draw_tree(tree, person=None):
    """The tree as boxes and branches; with a `person` (a value per feature), their path stands out."""
    path = trees.trace(tree, person) if person is not None else []
    canvas = Canvas(640, 60 + 90 * _depth(tree, 0))
    _draw_tree(canvas, tree, path, 30)
    return canvas.picture(_tree_alt(tree, person, path))


def _tree_alt(tree, person, path):
    alt = f"A tree with {int((tree.feature < 0).sum())} leaves. " + "; ".join(trees.rules(tree)) + "."
    if person is not None:
        alt = f"{_who(tree, person)} takes the path {' → '.join(map(str, path))} to {tree.label[path[-1]]}. " + alt
    return alt


def _who(tree, person):
    return ", ".join(f"{name} {value:,.0f}".replace(",", " ") for name, value in zip(tree.names, person, strict=True))


def _depth(tree, node):
    return 1 + max(_depth(tree, tree.below[node]), _depth(tree, tree.above[node])) if tree.feature[node] >= 0 else 0


def _draw_tree(canvas, tree, path, top):
    """Draw the tree with its root at height `top`; every leaf gets a column of its own."""
    columns = iter(np.linspace(0, canvas.width, 2 * int((tree.feature < 0).sum()) + 1)[1::2])
    xs = {}

    def place(node):
        if tree.feature[node] < 0:
            xs[node] = float(next(columns))
        else:
            xs[node] = (place(int(tree.below[node])) + place(int(tree.above[node]))) / 2
        return xs[node]

    def draw(node, y):
        text, question = str(tree.label[node]), tree.feature[node] >= 0
        if question:
            text = f"{tree.names[tree.feature[node]]} < {tree.threshold[node]:,.0f} ?".replace(",", " ")
            for child, word, side in ((int(tree.below[node]), "yes", -1), (int(tree.above[node]), "no", 1)):
                thick = {"stroke": BLACK, "stroke_width": 4} if child in path else {"stroke": GREY}
                canvas.add("line", x1=xs[node], y1=y + 17, x2=xs[child], y2=y + 73, **thick)
                middle, anchor = (xs[node] + xs[child]) / 2 + 10 * side, "end" if side < 0 else "start"
                canvas.text(middle, y + 42, word, text_anchor=anchor)
                draw(child, y + 90)
        width, lit = 18 + 8 * len(text), node in path
        fill = "white" if question else RISK.get(text, "#EEEEEE")
        shape = {"x": xs[node] - width / 2, "y": y - 17, "width": width, "height": 34, "rx": 4 if question else 16}
        canvas.add("rect", **shape, fill=fill, stroke=BLACK, stroke_width=4 if lit else 1)
        canvas.text(xs[node], y + 5, text, text_anchor="middle", font_weight="bold" if lit else "normal")

    place(0)
    draw(0, top)


def draw_plane(tree, person=None, moves=(), ages=(0, 80), incomes=(0, 120_000)):
    """The age × income plane with a box per leaf.

    `person` is marked by a dot; `moves` are further people, each joined to the dot by a dashed line.
    """
    canvas = Canvas(640, 400)
    _draw_plane(canvas, tree, person, moves, ages, incomes, 0, 640, 400)
    return canvas.picture(_plane_alt(tree, person, moves))


def _plane_alt(tree, person, moves=()):
    boxes = trees.leaves(tree)
    alt = f"The plane of age and income in {len(boxes)} regions: "
    alt += "; ".join(f"{trees.in_words(leaf.box)} is {leaf.label}" for leaf in boxes) + "."
    for i, one in enumerate(([person] if person is not None else []) + list(moves)):
        words = "A dot at" if i == 0 else "A dashed line to"
        alt += f" {words} {_who(tree, one)}: {trees.predict(tree, [one])[0]}."
    return alt


def _draw_plane(canvas, tree, person, moves, ages, incomes, left, width, height):
    x, y = scale(*ages, left + 70, left + width - 15), scale(*incomes, height - 50, 15)
    for leaf in trees.leaves(tree):
        (a0, a1), (i0, i1) = leaf.box["age"], leaf.box["income"]
        box = {"x": x(a0), "y": y(i1), "width": x(a1) - x(a0), "height": y(i0) - y(i1)}
        canvas.add("rect", **box, fill=RISK.get(leaf.label, "#EEEEEE"), fill_opacity=0.7, stroke=BLACK)
        if min(box["width"] / 90, box["height"] / 16) > 1:
            canvas.text(x(a0) + box["width"] / 2, y(i1) + 22, leaf.label, text_anchor="middle")
    for age in range(ages[0], ages[1] + 1, 10):
        canvas.text(x(age), height - 32, str(age), text_anchor="middle", fill="#333333")
    for income in range(incomes[0], incomes[1] + 1, 25_000):
        text = f"{income:,}".replace(",", " ")
        canvas.text(left + 64, y(income) + 4, text, text_anchor="end", fill="#333333")
    canvas.text((x(ages[0]) + x(ages[1])) / 2, height - 10, "age (years)", text_anchor="middle")
    canvas.text(left + 74, 12, "income (dollars)")
    for move in moves:
        canvas.add(
            "line", x1=x(person[0]), y1=y(person[1]), x2=x(move[0]), y2=y(move[1]),
            stroke=BLACK, stroke_width=2, stroke_dasharray="5 4",
        )  # fmt: skip
        canvas.add("circle", cx=x(move[0]), cy=y(move[1]), r=5, fill="white", stroke=BLACK, stroke_width=2)
    if person is not None:
        canvas.add("circle", cx=x(person[0]), cy=y(person[1]), r=7, fill=BLACK, stroke="white", stroke_width=2)


def draw_decision(tree, person):
    """The plane on top, the tree below it, and one person in both."""
    plane, path = 320, trees.trace(tree, person)
    canvas = Canvas(640, plane + 70 + 90 * _depth(tree, 0))
    _draw_plane(canvas, tree, person, (), (0, 80), (0, 120_000), 0, 640, plane)
    _draw_tree(canvas, tree, path, plane + 30)
    rule = next(leaf for leaf in trees.leaves(tree) if leaf.node == path[-1])
    because = trees.in_words(rule.box)
    return canvas.picture(f"{_who(tree, person)}: {rule.label}, because {because}. Path {' → '.join(map(str, path))}.")


# ---------------------------------------------------------------- lesson 06: coefficients


def _intervals(canvas, box, names, centres, halves, limits, colour, title):
    """Draw one row for each name in `box` (left, top, right, bottom): a dot, its interval, its numbers."""
    left, top, right, bottom = box
    place = scale(*limits, left, right)
    step = (bottom - top) / len(names)
    canvas.text((left + right) / 2, top - 12, title, text_anchor="middle", font_weight="bold")
    canvas.add("line", x1=place(0), x2=place(0), y1=top, y2=bottom, stroke=GREY, stroke_dasharray="4 3")
    for i, (name, centre, half) in enumerate(zip(names, centres, halves, strict=True)):
        y = top + (i + 0.5) * step
        ends = place(centre - half), place(centre + half)
        canvas.text(left - 16, y + 5, name, text_anchor="end")
        canvas.add("line", x1=ends[0], x2=ends[1], y1=y, y2=y, stroke=colour, stroke_width=3)
        for value, x in zip((centre - half, centre + half), ends, strict=True):
            if limits[0] <= value <= limits[1]:
                canvas.add("line", x1=x, x2=x, y1=y - 6, y2=y + 6, stroke=colour, stroke_width=2)
            else:  # it goes on beyond the edge
                tip = 8 if value > limits[1] else -8
                canvas.add("path", d=f"M{x:.1f} {y - 7:.1f}l{tip} 7l{-tip} 7z", fill=colour)
        if limits[0] <= centre <= limits[1]:
            canvas.add("circle", cx=place(centre), cy=y, r=5, fill=colour)
    for value in (limits[0], 0, limits[1]):
        canvas.text(place(value), bottom + 18, f"{value:g}", text_anchor="middle", fill=GREY)


def draw_line_fit(x, y, coefficients, x_name="x", y_name="y"):
    """Points, the line fitted to them, and the mean that it has to beat.

    Parameters
    ----------
    x, y : arrays, shape (rows,)
    coefficients : the constant and the slope of the line
    """
    constant, slope = coefficients
    share = 1 - np.sum((y - constant - slope * x) ** 2) / np.sum((y - np.mean(y)) ** 2)
    figure, ax = plot(6.4, 3.4)
    ends = np.array([np.min(x), np.max(x)])
    ax.vlines(x, constant + slope * x, y, color=GREY, linewidth=1)
    ax.plot(x, y, "o", color=BLUE, label="a row of the data")
    ax.plot(ends, constant + slope * ends, color=RED, linewidth=2, label="the fitted line")
    ax.axhline(np.mean(y), color=BLACK, linestyle="--", linewidth=1, label="the mean, a flat line")
    ax.set(xlabel=x_name, ylabel=y_name)
    ax.legend(loc="upper left", fontsize=10)
    return finish(
        figure,
        f"{len(x)} points. A line rises by {slope:.2f} {y_name} for each {x_name}; a dashed flat line stands at "
        f"the mean, {np.mean(y):.1f}. Thin strokes join each point to the line: it explains {share:.0%} of the variation.",
    )


def draw_coefficients(names, coefficients, halves, limits, title="coefficients"):
    """One row for each coefficient: a dot, and an interval of ± `halves` around it.

    Parameters
    ----------
    names : list of str
    coefficients, halves : arrays, shape (len(names),)
    limits : (low, high), the ends of the scale; an interval that goes on beyond them ends in an arrow
    """
    bottom = 44 + 34 * len(names)
    canvas = Canvas(640, bottom + 32)
    _intervals(canvas, (130, 40, 610, bottom), names, coefficients, halves, limits, BLUE, title)
    rows = zip(names, coefficients, halves, strict=True)
    said = "; ".join(f"{name} {c:.2f} ± {h:.2f}" for name, c, h in rows)
    across = [name for name, c, h in zip(names, coefficients, halves, strict=True) if abs(c) < h]
    return canvas.picture(f"{said}. The interval reaches across zero for {', '.join(across) or 'none of them'}.")


def draw_collinearity(coefficients, halves, predicted, margins, factor):
    """Two panels on one scale: intervals of two coefficients, and intervals of a few predictions.

    Parameters
    ----------
    coefficients, halves : arrays, shape (2,), of the two columns
    predicted, margins : arrays, shape (rows,), of a few rows
    factor : float, the variance inflation factor of the two columns
    """
    canvas, limits = Canvas(640, 268), (-4, 6)
    names = [f"row {i + 1}" for i in range(len(predicted))]
    _intervals(canvas, (95, 44, 310, 236), ["column 1", "column 2"], coefficients, halves, limits, RED, "coefficients")
    _intervals(canvas, (400, 44, 615, 236), names, predicted, margins, limits, BLUE, "predictions")
    one, two = (f"{c:.2f} ± {h:.2f}" for c, h in zip(coefficients + 0.0, halves, strict=True))
    return canvas.picture(
        f"Column 1: {one}. Column 2: {two}. The widest of {len(predicted)} predictions: ± {margins.max():.3f}. "
        f"Variance inflation factor: {factor:.3g}."
    )


def draw_null_space(b, X, y):
    """The coefficients `b` of a small design as bars, and the answers that they give beside the true ones.

    Parameters
    ----------
    b : array, shape (columns,); X : array, shape (rows, columns); y : array, shape (rows,)
    """
    b, y = np.asarray(b, float), np.asarray(y, float)
    predicted = np.asarray(X, float) @ b
    miss = np.abs(predicted - y).max()
    canvas, names = Canvas(640, 250), ["const"] + [f"x{i}" for i in range(1, len(b))]
    place, high = scale(-30, 30, 70, 330), scale(0, 50, 214, 40)
    canvas.text(200, 26, "coefficients", text_anchor="middle", font_weight="bold")
    canvas.text(510, 26, "answers", text_anchor="middle", font_weight="bold")
    for i, (name, value) in enumerate(zip(names, b, strict=True)):
        top = 44 + 44 * i
        colour = GREEN if value >= 0 else ORANGE
        ends = sorted((place(0), place(value)))
        canvas.text(56, top + 20, name, text_anchor="end")
        canvas.add("rect", x=ends[0], y=top, width=ends[1] - ends[0], height=30, fill=colour, stroke=BLACK)
        canvas.text(378, top + 20, f"{value + 0.0:.2f}".replace("-0.00", "0.00"), text_anchor="end")
    canvas.add("line", x1=place(0), x2=place(0), y1=38, y2=218, stroke=BLACK)
    for value in (-30, 0, 30):
        canvas.text(place(value), 240, f"{value}", text_anchor="middle", fill=GREY)
    canvas.add("path", d="M430 34V214H620", fill="none", stroke=GREY)
    for value in (0, 25, 50):
        canvas.text(422, high(value) + 5, f"{value}", text_anchor="end", fill=GREY)
    for i, (wanted, got) in enumerate(zip(y, predicted, strict=True)):
        x = 455 + 45.0 * i
        canvas.add("line", x1=x, x2=x, y1=high(wanted), y2=high(got), stroke=RED, stroke_width=2)
        canvas.add("circle", cx=x, cy=high(wanted), r=9, fill="none", stroke=BLACK, stroke_width=2)
        canvas.add("circle", cx=x, cy=high(got), r=5, fill=BLUE)
        canvas.text(x, 234, f"row {i + 1}", text_anchor="middle", fill=GREY, font_size=12)
    said = ", ".join(f"{name} {value + 0.0:.2f}".replace(" -0.00", " 0.00") for name, value in zip(names, b, strict=True))
    fit = "A perfect fit" if miss < 1e-6 else f"The fit misses by up to {miss:.2f}"
    answers = ", ".join(f"{value + 0.0:.1f}" for value in predicted)
    return canvas.picture(f"Coefficients: {said}. Answers: {answers}. {fit}: dots in their circles are right answers.")
