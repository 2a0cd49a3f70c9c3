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

from . import importance, networks, trees

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
        """Add one SVG element; `stroke_width=2` becomes `stroke-width="2"`, fractions are rounded to 0.1."""
        words = []
        for name, value in attributes.items():
            value = f"{value:.1f}" if isinstance(value, (float, np.floating)) else value
            words.append(f' {name.replace("_", "-")}="{value}"')
        self.shapes.append(f"<{tag}{''.join(words)}>{html.escape(text)}</{tag}>")

    def text(self, x, y, text, **attributes):
        """Write `text` with its left end (or what `text_anchor` says) at (x, y)."""
        self.add("text", text, x=x, y=y, **attributes)

    def picture(self, alt):
        """The finished drawing with its description."""
        size = f'width="{self.width}" height="{self.height}"'
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" {size} role="img" '
            f'aria-label="{html.escape(alt)}" font-family="DejaVu Sans, Verdana, sans-serif" font-size="13">'
            f'<rect {size} fill="white"/>{"".join(self.shapes)}</svg>'
        )
        return Picture(svg.encode(), "svg+xml", alt)


def scale(low, high, start, end):
    """The straight map that takes `low` to pixel `start` and `high` to pixel `end`, clipped to those."""
    return lambda v: float(start + (end - start) * (min(max(v, low), high) - low) / (high - low))


def plot(width=7.0, height=3.6):
    """A matplotlib figure in the course's style and its axes; sizes in inches. Finish it with `finish`."""
    import matplotlib
    from matplotlib.figure import Figure  # not pyplot: no global state, half the import

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.subplots()


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
        alt = (
            f"{_who(tree, person)} takes the path {' → '.join(map(str, path))} to {tree.label[path[-1]]}. "
            + alt
        )
    return alt


def _who(tree, person):
    return ", ".join(
        f"{name} {value:,.0f}".replace(",", " ") for name, value in zip(tree.names, person, strict=True)
    )


def _depth(tree, node):
    return (
        1 + max(_depth(tree, tree.below[node]), _depth(tree, tree.above[node]))
        if tree.feature[node] >= 0
        else 0
    )


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
        shape = {
            "x": xs[node] - width / 2,
            "y": y - 17,
            "width": width,
            "height": 34,
            "rx": 4 if question else 16,
        }
        canvas.add("rect", **shape, fill=fill, stroke=BLACK, stroke_width=4 if lit else 1)
        canvas.text(xs[node], y + 5, text, text_anchor="middle", font_weight="bold" if lit else "normal")

    place(0)
    draw(0, top)


def draw_plane(tree, person=None, moves=()):
    """The age × income plane with a box per leaf.

    `person` is marked by a dot; `moves` are further people, each joined to the dot by a dashed line.
    """
    canvas = Canvas(640, 400)
    _draw_plane(canvas, tree, person, moves, 400)
    return canvas.picture(_plane_alt(tree, person, moves))


def _plane_alt(tree, person, moves=()):
    boxes = trees.leaves(tree)
    alt = f"The plane of age and income in {len(boxes)} regions: "
    alt += "; ".join(f"{trees.in_words(leaf.box)} is {leaf.label}" for leaf in boxes) + "."
    for i, one in enumerate(([person] if person is not None else []) + list(moves)):
        words = "A dot at" if i == 0 else "A dashed line to"
        alt += f" {words} {_who(tree, one)}: {trees.predict(tree, [one])[0]}."
    return alt


def _draw_plane(canvas, tree, person, moves, height):
    """Draw the plane over the whole width of the canvas and down to `height`."""
    x, y = scale(0, 120, 70, canvas.width - 15), scale(0, 200_000, height - 50, 15)
    for leaf in trees.leaves(tree):
        (a0, a1), (i0, i1) = leaf.box["age"], leaf.box["income"]
        box = {"x": x(a0), "y": y(i1), "width": x(a1) - x(a0), "height": y(i0) - y(i1)}
        canvas.add("rect", **box, fill=RISK.get(leaf.label, "#EEEEEE"), fill_opacity=0.7, stroke=BLACK)
        if min(box["width"] / 90, box["height"] / 16) > 1:
            canvas.text(x(a0) + box["width"] / 2, y(i1) + 22, leaf.label, text_anchor="middle")
    for age in range(0, 121, 20):
        canvas.text(x(age), height - 32, str(age), text_anchor="middle", fill="#333333")
    for income in range(0, 200_001, 50_000):
        text = f"{income:,}".replace(",", " ")
        canvas.text(64, y(income) + 4, text, text_anchor="end", fill="#333333")
    canvas.text(x(60), height - 10, "age (years)", text_anchor="middle")
    canvas.text(74, 12, "income (dollars)")
    for move in moves:
        canvas.add(
            "line", x1=x(person[0]), y1=y(person[1]), x2=x(move[0]), y2=y(move[1]),
            stroke=BLACK, stroke_width=2, stroke_dasharray="5 4",
        )  # fmt: skip
        canvas.add("circle", cx=x(move[0]), cy=y(move[1]), r=5, fill="white", stroke=BLACK, stroke_width=2)
    if person is not None:
        canvas.add(
            "circle", cx=x(person[0]), cy=y(person[1]), r=7, fill=BLACK, stroke="white", stroke_width=2
        )


def draw_decision(tree, person):
    """The plane on top, the tree below it, and one person in both."""
    plane, path = 320, trees.trace(tree, person)
    canvas = Canvas(640, plane + 70 + 90 * _depth(tree, 0))
    _draw_plane(canvas, tree, person, (), plane)
    _draw_tree(canvas, tree, path, plane + 30)
    rule = next(leaf for leaf in trees.leaves(tree) if leaf.node == path[-1])
    because = trees.in_words(rule.box)
    return canvas.picture(
        f"{_who(tree, person)}: {rule.label}, because {because}. Path {' → '.join(map(str, path))}."
    )


# ---------------------------------------------------------------- lesson 02: learned trees

SHAPES = (
    "m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0",
    "m0 -5.5l5 9.5h-10z",
    "m-4 -4h8v8h-8z",
    "m0 -6l6 6l-6 6l-6 -6z",
)


def _kinds(tree):
    """{label: (colour, outline of its mark)} of a grown tree."""
    colours = [RISK[k] for k in tree.labels] if set(tree.labels) <= set(RISK) else [ORANGE, PINK, BLUE, GREEN]
    if len(tree.labels) > len(SHAPES):
        raise ValueError(f"tree must have at most {len(SHAPES)} labels to be drawn; got {len(tree.labels)}")
    return dict(zip(tree.labels, zip(colours, SHAPES, strict=False), strict=False))


def _grown_alt(tree):
    rows = tree.counts.sum(axis=1)
    leaf = tree.feature < 0
    alt = f"A tree with {leaf.sum()} {'leaf' if leaf.sum() == 1 else 'leaves'}, grown from {rows[0]} rows; "
    alt += (
        f"a row is asked {rows[~leaf].sum() / rows[0]:.2f} questions on average, at most {_depth(tree, 0)}."
    )
    return alt + (" " + "; ".join(trees.rules(tree)) + "." if leaf.sum() <= 7 else "")


def draw_grown(tree):
    """A grown tree with the counts of its labels in every node. With more than 7 leaves there is no room for words."""
    canvas = Canvas(640, 100 + min(104 * _depth(tree, 0), 420))
    _draw_grown(canvas, tree, 8, canvas.height - 8)
    kinds = ", ".join(map(str, tree.labels))
    return canvas.picture(f"{_grown_alt(tree)} Counts ({kinds}) at the root: {_counted(tree, 0)}.")


def _counted(tree, node):
    return " · ".join(map(str, tree.counts[node]))


def _draw_grown(canvas, tree, top, bottom):
    """Draw a grown tree between two heights; in words where there is room, else as marks."""
    leaves, kinds = int((tree.feature < 0).sum()), _kinds(tree)
    wordy, depth = leaves <= 7, _depth(tree, 0)
    canvas.text(6, top + 12, "in every node, counts of: " + " · ".join(tree.labels), fill="#333333")
    half = 25 if wordy else 7
    start = top + 26 + half
    step = min(104.0, (bottom - start - half - 2) / max(depth, 1))
    columns, x = iter(np.linspace(0, canvas.width, 2 * leaves + 1)[1::2]), {}

    def place(node):
        asks = tree.feature[node] >= 0
        ends = (
            [place(int(child)) for child in (tree.below[node], tree.above[node])] if asks else [next(columns)]
        )
        x[node] = float(np.mean(ends))
        return x[node]

    def draw(node, y):
        says = tree.labels[tree.counts[node].argmax()]
        asks, colour = tree.feature[node] >= 0, kinds[says][0]
        if asks:
            for child, word, side in ((int(tree.below[node]), "yes", -1), (int(tree.above[node]), "no", 1)):
                canvas.add("line", x1=x[node], y1=y, x2=x[child], y2=y + step, stroke=GREY)
                if wordy:
                    at = (x[node] + x[child]) / 2 + 8 * side, y + step / 2 + 6
                    canvas.text(*at, word, text_anchor="end" if side < 0 else "start")
                draw(child, y + step)
        if not wordy:
            if asks:
                canvas.add("circle", cx=x[node], cy=y, r=4, fill="white", stroke=BLACK)
            else:
                canvas.add("path", d=f"M{x[node]:.1f} {y:.1f}{kinds[says][1]}", fill=colour, stroke=BLACK)
            return
        lines = [_counted(tree, node)]
        lines = (
            [f"{tree.names[tree.feature[node]]}", f"< {tree.threshold[node]:,.6g} ?", *lines]
            if asks
            else [says, *lines]
        )
        width = min(14 + 8.3 * max(map(len, lines[:-1])), canvas.width / leaves * (2 if asks else 1) - 2)
        width = max(width, 14 + 7 * len(lines[-1]))
        high = 17 * len(lines) + 6
        box = {
            "x": x[node] - width / 2,
            "y": y - high / 2,
            "width": width,
            "height": high,
            "rx": 4 if asks else 14,
        }
        canvas.add("rect", **box, fill="white", stroke="none")
        canvas.add("rect", **box, fill="white" if asks else colour, fill_opacity=0.45, stroke=BLACK)
        for i, line in enumerate(lines):
            last = i == len(lines) - 1
            canvas.text(
                x[node], y - high / 2 + 16 + 17 * i, line.replace(",", " "), text_anchor="middle",
                font_size=12 if last else 13, font_weight="normal" if last else "bold",
            )  # fmt: skip

    place(0)
    draw(0, start)


def draw_territories(tree, X, y):
    """The plane of a grown tree's two features: a box for each leaf, a mark for each row.

    Parameters
    ----------
    X : (n, 2) array; y : (n,) labels
    """
    canvas = Canvas(640, 400)
    alt = _draw_territories(canvas, tree, np.asarray(X, dtype=float), np.asarray(y), 400)
    return canvas.picture(f"{alt} {_grown_alt(tree)}")


def _draw_territories(canvas, tree, X, y, height):
    """Draw the plane over the whole width of the canvas and down to `height`; return what is seen."""
    if len(tree.names) != 2:
        raise ValueError(f"tree must ask for two features to be drawn in a plane; got {len(tree.names)}")
    kinds = _kinds(tree)
    ends = [
        (low - 0.04 * (high - low), high + 0.04 * (high - low))
        for low, high in zip(X.min(0), X.max(0), strict=True)
    ]
    to_x, to_y = scale(*ends[0], 60, canvas.width - 15), scale(*ends[1], height - 50, 34)
    names = []
    for leaf in trees.leaves(tree):
        (a0, a1), (b0, b1) = leaf.box.values()
        box = {"x": to_x(a0), "y": to_y(b1), "width": to_x(a1) - to_x(a0), "height": to_y(b0) - to_y(b1)}
        canvas.add("rect", **box, fill=kinds[leaf.label][0], fill_opacity=0.22, stroke=BLACK)
        if box["width"] > 9 * len(leaf.label) and box["height"] > 40:
            names.append((box["x"] + box["width"] - 6, box["y"] + 17, leaf.label))
    left = 60.0
    for label, (colour, mark) in kinds.items():
        rows = X[y == label]
        spots = "".join(f"M{to_x(a):.0f} {to_y(b):.0f}{mark}" for a, b in rows)
        canvas.add("path", d=spots, fill=colour, stroke=BLACK, stroke_width=0.7)
        canvas.add("path", d=f"M{left + 6:.0f} 16{mark}", fill=colour, stroke=BLACK)
        canvas.text(left + 17, 21, f"{label} ({len(rows)})")
        left += 45 + 8 * len(f"{label} ({len(rows)})")
    halo = {"stroke": "white", "stroke_width": 4, "paint_order": "stroke"}
    for x, y_, label in names:
        canvas.text(x, y_, label, text_anchor="end", font_weight="bold", **halo)
    for value in _round_numbers(*ends[0]):
        canvas.text(
            to_x(value), height - 32, f"{value:,.6g}".replace(",", " "), text_anchor="middle", fill="#333333"
        )
    for value in _round_numbers(*ends[1]):
        canvas.text(54, to_y(value) + 4, f"{value:,.6g}".replace(",", " "), text_anchor="end", fill="#333333")
    canvas.text((60 + canvas.width - 15) / 2, height - 10, tree.names[0], text_anchor="middle")
    turned = f"rotate(-90 14 {height / 2:.0f})"
    canvas.text(14, height / 2, tree.names[1], text_anchor="middle", transform=turned)
    right = int((trees.predict(tree, X) == y).sum())
    return f"{right} of {len(X)} marks stand in a box of their own label."


def _round_numbers(low, high):
    """Some four to eight round numbers between `low` and `high`."""
    step = 10.0 ** np.floor(np.log10((high - low) / 2))
    step *= next(k for k in (0.2, 0.5, 1, 2, 5) if (high - low) / (k * step) < 8)
    return np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step


def draw_growth(tree, X, y, words=""):
    """The plane of a grown tree on top, the tree below it; `words` are set between the two and said first."""
    canvas = Canvas(640, 740)
    alt = _draw_territories(canvas, tree, np.asarray(X, dtype=float), np.asarray(y), 360)
    canvas.text(320, 384, words, text_anchor="middle", font_weight="bold", font_size=14)
    _draw_grown(canvas, tree, 398, 734)
    return canvas.picture(f"{words} {alt} {_grown_alt(tree)}".strip())


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
    share = importance.r_squared(y, constant + slope * x)
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
        f"the mean, {np.mean(y):.1f}. Thin strokes join each point to the line. It explains {share:.0%} of the "
        "variation.",
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
    return canvas.picture(
        f"{said}. The interval reaches across zero for {', '.join(across) or 'none of them'}."
    )


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
    _intervals(
        canvas,
        (95, 44, 310, 236),
        ["column 1", "column 2"],
        coefficients,
        halves,
        limits,
        RED,
        "coefficients",
    )
    _intervals(canvas, (400, 44, 615, 236), names, predicted, margins, limits, BLUE, "predictions")
    one, two = (f"{c:.2f} ± {h:.2f}" for c, h in zip(coefficients + 0.0, halves, strict=True))
    return canvas.picture(
        f"Column 1: {one}. Column 2: {two}. The widest of {len(predicted)} predictions: ± {margins.max():.3f}. "
        f"Variance inflation factor: {factor:.1f}."
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
    place, high = scale(-20, 20, 70, 330), scale(0, 50, 214, 40)
    canvas.text(200, 26, "coefficients", text_anchor="middle", font_weight="bold")
    canvas.text(510, 26, "answers", text_anchor="middle", font_weight="bold")
    for i, (name, value) in enumerate(zip(names, b, strict=True)):
        top = 44 + 44 * i
        colour = GREEN if value >= 0 else ORANGE
        ends = sorted((place(0), place(value)))
        canvas.text(56, top + 20, name, text_anchor="end")
        canvas.add("rect", x=ends[0], y=top, width=ends[1] - ends[0], height=30, fill=colour, stroke=BLACK)
        canvas.text(378, top + 20, f"{round(value, 2) + 0.0:.2f}", text_anchor="end")
    canvas.add("line", x1=place(0), x2=place(0), y1=38, y2=218, stroke=BLACK)
    for value in (-20, 0, 20):
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
    said = ", ".join(f"{name} {value:.2f}" for name, value in zip(names, b.round(2) + 0.0, strict=True))
    fit = "A perfect fit" if miss < 1e-6 else f"The fit misses by up to {miss:.2f}"
    answers = ", ".join(f"{value:.1f}" for value in predicted.round(1) + 0.0)
    return canvas.picture(
        f"Coefficients: {said}. Answers: {answers}. {fit}: dots in their circles are right answers."
    )


# ---------------------------------------------------------------- lesson 07: feature importance

LINES = [(BLUE, "none"), (RED, "9 4"), (GREEN, "3 3"), (BLACK, "12 3 3 3"), (PINK, "6 2"), (ORANGE, "1 4")]


def draw_rankings(names, measures):
    """How several measures rank the same columns: a line for each column, first place on top.

    Parameters
    ----------
    names : list of str, the columns
    measures : {name of the measure: array, shape (columns,)}; the larger in size, the better the place
    """
    count, bottom = len(names), 60 + 40 * len(names)
    canvas = Canvas(640, bottom + 16)
    x = np.linspace(175, 575, max(len(measures), 2))
    places = np.array([_places(values) for values in measures.values()])  # (measures, columns), 0 is first
    for place in range(count):
        canvas.text(632, 69 + 40 * place, f"{place + 1}.", text_anchor="end", fill=GREY)
    for i, (at, name) in enumerate(zip(x, measures, strict=False)):
        high = 14 if len(measures) > 4 and i % 2 else 32  # many names stand on two lines
        canvas.text(at, high, name, text_anchor="middle", font_size=12, font_weight="bold")
    for j, (name, (colour, dash)) in enumerate(zip(names, LINES, strict=False)):
        heights = 64.0 + 40 * places[:, j]
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, heights, strict=False))
        canvas.add("polyline", points=line, fill="none", stroke=colour, stroke_width=3, stroke_dasharray=dash)
        for at, high in zip(x, heights, strict=False):
            canvas.add("circle", cx=at, cy=high, r=11, fill="white", stroke=colour, stroke_width=3)
            canvas.text(at, high + 4, name[:2], text_anchor="middle", font_size=12)
        canvas.text(155, heights[0] + 4, name, text_anchor="end")
    said = (
        f"{measure}: " + ", ".join(names[j] for j in np.argsort(order))
        for measure, order in zip(measures, places, strict=True)
    )
    return canvas.picture(f"The order of {count} columns by {len(measures)} measures. {'; '.join(said)}.")


def _places(values):
    """0 for the value that is largest in size, 1 for the next, and so on."""
    return np.argsort(np.argsort(-np.abs(values), kind="stable"))


def draw_measures(names, measures):
    """A bar for each measure, cut into the shares that it gives to the columns.

    Parameters
    ----------
    names : list of str, the columns
    measures : {name of the measure: array, shape (columns,)}; their sizes are shared out, whatever their sign
    """
    canvas = Canvas(640, 60 + 40 * len(measures))
    fills = [
        (BLUE, "white"),
        (SKY, BLACK),
        (YELLOW, BLACK),
        ("#DDDDDD", BLACK),
        (ORANGE, BLACK),
        (PINK, BLACK),
    ]
    for j, (name, (fill, _)) in enumerate(zip(names, fills, strict=False)):
        canvas.add("rect", x=150 + 118 * j, y=12, width=18, height=18, fill=fill, stroke=BLACK)
        canvas.text(174 + 118 * j, 26, name)
    said = []
    for i, (measure, values) in enumerate(measures.items()):
        shares, top = np.abs(values) / np.sum(np.abs(values)), 46 + 40 * i
        edges = 150 + 470 * np.append(0, np.cumsum(shares))
        canvas.text(140, top + 20, measure, text_anchor="end")
        for j, (share, (fill, ink)) in enumerate(zip(shares, fills, strict=False)):
            width = edges[j + 1] - edges[j]
            canvas.add("rect", x=edges[j], y=top, width=width, height=30, fill=fill, stroke=BLACK)
            label = f"{names[j]} {share:.0%}" if width > 34 + 8 * len(names[j]) else f"{share:.0%}"
            if width > 34:
                canvas.text(edges[j] + width / 2, top + 20, label, text_anchor="middle", fill=ink)
        said.append(f"{measure}: " + ", ".join(f"{n} {s:.0%}" for n, s in zip(names, shares, strict=True)))
    return canvas.picture(f"Shares by {len(measures)} measures. {'; '.join(said)}.")


def draw_places(names, values):
    """How often each column comes first, second and so on, over many resamples.

    Parameters
    ----------
    names : list of str, the columns
    values : array, shape (draws, columns); the larger in size, the better the place
    """
    values = np.asarray(values, float)
    draws, count = values.shape
    places = np.argsort(np.argsort(-np.abs(values), axis=1, kind="stable"), axis=1)
    shares = np.array([np.bincount(column, minlength=count) for column in places.T]) / draws
    wide = 460 / count
    canvas = Canvas(640, 50 + 38 * count)
    for k in range(count):
        canvas.text(160 + wide * (k + 0.5), 28, f"{k + 1}.", text_anchor="middle", font_weight="bold")
    for j, name in enumerate(names):
        canvas.text(148, 63 + 38 * j, name, text_anchor="end")
        for k, share in enumerate(shares[j]):
            box = {"x": 160 + wide * k, "y": 40 + 38 * j, "width": wide, "height": 38}
            canvas.add("rect", **box, fill=BLUE, fill_opacity=f"{share:.2f}", stroke=GREY)
            ink = {"fill": "white" if share > 0.7 else BLACK}
            canvas.text(box["x"] + wide / 2, box["y"] + 24, f"{share:.0%}", text_anchor="middle", **ink)
    said = "; ".join(
        f"{name} {', '.join(f'{share:.0%}' for share in row)}"
        for name, row in zip(names, shares, strict=True)
    )
    return canvas.picture(f"Places 1 to {count} in {draws} resamples. {said}.")


def draw_scrambled(rows, panels, names, limit):
    """Two columns as they are (dots) and with one of them shuffled (squares), a panel for each way to shuffle.

    Parameters
    ----------
    rows : array, shape (rows, 2)
    panels : {title: array, shape (any, 2)}, the shuffled rows
    names : (name of the column that goes right, name of the column that goes up)
    limit : float, more than which the two cannot add up to: a dashed line
    """
    canvas, said = Canvas(640, 320), []
    for i, (title, moved) in enumerate(panels.items()):
        left = 60 + 315 * i
        x, y = scale(0, 100, left, left + 240), scale(0, 100, 270, 30)
        canvas.add("path", d=f"M{left} 30V270H{left + 240}", fill="none", stroke=GREY)
        line = {"x1": x(0), "y1": y(limit), "x2": x(limit), "y2": y(0), "stroke_dasharray": "6 4"}
        canvas.add("line", **line, stroke=BLACK, stroke_width=2)
        for a, b in np.clip(moved, 0, 100):
            canvas.add(
                "rect", x=x(a) - 4, y=y(b) - 4, width=8, height=8, fill="none", stroke=RED, stroke_width=1.5
            )
        for a, b in rows:
            canvas.add("circle", cx=x(a), cy=y(b), r=5, fill=BLUE)
        for value in (0, 50, 100):
            canvas.text(x(value), 288, f"{value}", text_anchor="middle", fill="#333333")
            canvas.text(left - 8, y(value) + 4, f"{value}", text_anchor="end", fill="#333333")
        canvas.text(left + 120, 18, title, text_anchor="middle", font_weight="bold")
        canvas.text(left + 120, 310, names[0], text_anchor="middle")
        canvas.text(left + 40, 42, names[1])
        beyond = np.mean(np.sum(moved, axis=1) > limit)
        said.append(f"{title}: {beyond:.0%} of {len(moved)} squares lie above the dashed line")
    high = np.max(np.sum(rows, axis=1))
    return canvas.picture(
        f"{len(rows)} rows as dots, {names[0]} to the right and {names[1]} upwards; their sum is {high:g} at most. "
        f"The dashed line is a sum of {limit:g}. {'; '.join(said)}."
    )


# ---------------------------------------------------------------- lesson 03: networks


def draw_logistic(points=()):
    """The logistic curve from -6 to 6, with a dot for each weighted sum in `points`."""
    canvas = Canvas(640, 250)
    x, y = scale(-6, 6, 60, 620), scale(0, 1, 200, 20)
    for value in (0, 0.5, 1):
        canvas.add("line", x1=60, y1=y(value), x2=620, y2=y(value), stroke="#CCCCCC", stroke_dasharray="5 4")
        canvas.text(52, y(value) + 4, f"{value:g}", text_anchor="end")
    for z in range(-6, 7, 2):
        canvas.text(x(z), 219, f"{z:g}".replace("-", "−"), text_anchor="middle")
    curve = " ".join(f"{x(z):.1f},{y(networks.sigmoid(z)):.1f}" for z in np.linspace(-6, 6, 121))
    canvas.add("polyline", points=curve, fill="none", stroke=BLUE, stroke_width=3)
    for z in points:
        canvas.add("circle", cx=x(z), cy=y(networks.sigmoid(z)), r=5, fill=ORANGE, stroke=BLACK)
    canvas.text(340, 242, "weighted sum", text_anchor="middle")
    canvas.text(66, 38, "activation")
    marks = ", ".join(f"{networks.sigmoid(z):.3f} at {_signed(z)}" for z in (-6, -2, 0, 2, 6))
    alt = f"The logistic curve rises from left to right and stays between 0 and 1: {marks}."
    if len(points):
        alt += " Dots: " + ", ".join(f"{networks.sigmoid(z):.3f} at {_signed(z)}" for z in points) + "."
    return canvas.picture(alt)


def _signed(value, digits=2):
    """A number with its sign as printed in a picture: +0.60, −1.20, 0."""
    text = (
        f"{value:+.{digits}f}".rstrip("0").rstrip(".")
        if float(value).is_integer()
        else f"{value:+.{digits}f}"
    )
    return "0" if text in ("+0", "-0") else text.replace("-", "−")


def draw_net(net, x, ablate=None):
    """The network at one input: edge widths are the sizes of weights, a node's fill is its activation.

    Positive weights are solid and blue, negative ones dashed and red, zero dotted and grey; every number is written.
    Neurons in `ablate`, {unit: value}, are crossed out and have that value instead of their own.
    """
    run, ablate = networks.forward(net, x, ablate), ablate or {}
    count = max(net.W1.shape)
    canvas = Canvas(640, 30 + 125 * count)
    middle, widest = 30 + 62.5 * count, max(2.0, np.abs(net.W1).max(), np.abs(net.w2).max())
    place = [
        [(at, middle + 125 * (k - (n - 1) / 2)) for k in range(n)]
        for at, n in zip((70, 320, 570), (*net.W1.shape, 1), strict=True)
    ]
    labels = []
    for weights, starts, ends in ((net.W1, *place[:2]), (net.w2[:, None], *place[1:])):
        for (i, j), w in np.ndenumerate(weights):
            (x1, y1), (x2, y2) = starts[i], ends[j]
            style = {"stroke": BLUE} if w > 0 else {"stroke": RED, "stroke_dasharray": "9 5"}
            style = style if w else {"stroke": GREY, "stroke_dasharray": "2 4"}
            canvas.add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke_width=1 + 9 * abs(w) / widest, **style)
            at = 0.36 if len(ends) > 1 else 0.5  # not where edges cross
            labels.append((x1 + at * (x2 - x1), y1 + at * (y2 - y1), _signed(w)))
    for at_x, at_y, text in labels:
        width = 10 + 8 * len(text)
        canvas.add("rect", x=at_x - width / 2, y=at_y - 10, width=width, height=20, fill="white", rx=4)
        canvas.text(at_x, at_y + 5, text, text_anchor="middle")
    for i, (at_x, at_y) in enumerate(place[0]):
        canvas.add("rect", x=at_x - 34, y=at_y - 24, width=68, height=48, fill="white", stroke=BLACK)
        canvas.text(
            at_x,
            at_y + 6,
            f"{np.asarray(x, float)[i]:.2f}".replace("-", "−"),
            text_anchor="middle",
            font_size=16,
        )
        canvas.text(at_x, at_y - 32, f"x{i + 1}", text_anchor="middle")
    named = [(f"hidden {j + 1}", h, b) for j, (h, b) in enumerate(zip(run.hidden, net.b1, strict=True))]
    for j, (name, value, bias) in enumerate([*named, ("output", run.output, net.b2)]):
        at_x, at_y = (place[1] + place[2])[j]
        silent = j in ablate and j < len(net.b1)
        canvas.add("circle", cx=at_x, cy=at_y, r=32, fill="white", stroke="none")
        canvas.add(
            "circle", cx=at_x, cy=at_y, r=32, fill=ORANGE, fill_opacity=float(np.clip(value, 0, 1)),
            stroke=BLACK, stroke_width=2, stroke_dasharray="4 4" if silent else "none",
        )  # fmt: skip
        if silent:
            for away in (-1, 1):
                canvas.add(
                    "line",
                    x1=at_x - 23,
                    y1=at_y - 23 * away,
                    x2=at_x + 23,
                    y2=at_y + 23 * away,
                    stroke="#CCCCCC",
                    stroke_width=3,
                )
        canvas.text(at_x, at_y + 6, f"{value:.3f}".replace("-", "−"), text_anchor="middle", font_size=16)
        canvas.text(at_x, at_y - 39, name, text_anchor="middle", font_weight="bold")
        canvas.text(
            at_x,
            at_y + 49,
            f"silenced: {ablate[j]:.3g}" if silent else f"bias {_signed(bias)}",
            text_anchor="middle",
        )
    return canvas.picture(_net_alt(net, x, run, ablate))


def _net_alt(net, x, run, ablate):
    alt = (
        "Input "
        + ", ".join(f"x{i + 1} = {_signed(v).lstrip('+')}" for i, v in enumerate(np.asarray(x, float)))
        + ". "
    )
    for j, value in enumerate(run.hidden):
        weights = ", ".join(map(_signed, net.W1[:, j]))
        alt += f"Hidden {j + 1} (weights {weights}; bias {_signed(net.b1[j])}) "
        alt += f"is set to {ablate[j]:.3f}" if j in ablate else f"has activation {value:.3f}"
        alt += f" and goes out with weight {_signed(net.w2[j])}. "
    return f"{alt}Output (bias {_signed(net.b2)}): {run.output:.3f}."


def draw_directions(net, x=None, limit=3.0):
    """Each hidden neuron of a net with two inputs, as shading of the input plane from -limit to limit.

    The thick line is where its activation is 0.5, the thin ones where it is 0.25 and 0.75; the arrow points the
    way of its weights. The input `x` is marked.
    """
    if len(net.W1) != 2:
        raise ValueError(f"net must have two inputs to be drawn in a plane; got {len(net.W1)}")
    hidden, side = len(net.w2), 250
    canvas, alts = Canvas(60 + 300 * hidden, side + 90), []
    for j in range(hidden):
        w, b = net.W1[:, j], net.b1[j]
        left = 50 + 300 * j
        to_x, to_y = scale(-limit, limit, left, left + side), scale(-limit, limit, 30 + side, 30)
        square = [(-limit, -limit), (limit, -limit), (limit, limit), (-limit, limit)]
        canvas.add("rect", x=left, y=30, width=side, height=side, fill="white", stroke=GREY)
        for level in (0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9):
            part = _half_plane(square, w, b - np.log(level / (1 - level)))
            canvas.add(
                "polygon",
                points=" ".join(f"{to_x(p):.1f},{to_y(q):.1f}" for p, q in part),
                fill=ORANGE,
                fill_opacity=0.12,
            )
        for level, line in (
            (0.25, {"stroke_dasharray": "3 4"}),
            (0.5, {"stroke_width": 3}),
            (0.75, {"stroke_dasharray": "8 4"}),
        ):
            ends = _line_in_square(w, b - np.log(level / (1 - level)), limit)
            if ends:
                (p1, q1), (p2, q2) = ends
                canvas.add("line", x1=to_x(p1), y1=to_y(q1), x2=to_x(p2), y2=to_y(q2), stroke=BLACK, **line)
                p, q = 0.86 * np.array(ends[0]) + 0.14 * np.array(ends[1])
                _tag(canvas, max(to_x(p), left + 22), to_y(q), f"{level:g}")
        length = float(np.hypot(*w))
        if length > 0:
            foot = np.clip(-b * w / length**2, -limit, limit)  # the point of the line nearest to (0, 0)
            _arrow(canvas, to_x(foot[0]), to_y(foot[1]), *(np.array([1, -1]) * w / length), 34)
        for value in (-limit, 0, limit):
            canvas.text(to_x(value), 48 + side, _signed(value).lstrip("+"), text_anchor="middle")
            canvas.text(left - 6, to_y(value) + 4, _signed(value).lstrip("+"), text_anchor="end")
        canvas.text(left + side / 2, 20, f"hidden {j + 1}", text_anchor="middle", font_weight="bold")
        canvas.text(
            left + side / 2,
            70 + side,
            f"weights ({_signed(w[0])}, {_signed(w[1])}), bias {_signed(b)}",
            text_anchor="middle",
        )
        canvas.text(left + side - 12, 48 + side, "x1", text_anchor="end", fill="#333333", font_style="italic")
        canvas.text(left - 6, 62, "x2", text_anchor="end", fill="#333333", font_style="italic")
        alt = f"Hidden {j + 1}: activation is 0.5 on the line {_signed(w[0])}·x1 {_signed(w[1])}·x2 {_signed(b)} = 0"
        if length > 0:
            alt += f" and rises in the direction ({_signed(w[0] / length)}, {_signed(w[1] / length)})"
            alt += f"; from 0.25 to 0.75 it is {2 * np.log(3) / length:.2f} across"
        if x is not None:
            value = networks.forward(net, x).hidden[j]
            canvas.add("circle", cx=to_x(x[0]), cy=to_y(x[1]), r=6, fill=BLUE, stroke="white", stroke_width=2)
            _tag(canvas, to_x(x[0]) + 34, to_y(x[1]) + 4, f"{value:.3f}")
            alt += f"; at the marked input ({x[0]:g}, {x[1]:g}) it is {value:.3f}"
        alts.append(alt + ".")
    return canvas.picture(" ".join(alts))


def _half_plane(square, w, b):
    """The part of a polygon where w · point + b >= 0."""
    part, sums = [], [float(np.dot(w, p) + b) for p in square]
    for k, p in enumerate(square):
        q, here, there = square[k - 1], sums[k], sums[k - 1]
        if (here >= 0) != (there >= 0):
            part.append(tuple(np.array(q) + (np.array(p) - np.array(q)) * there / (there - here)))
        if here >= 0:
            part.append(p)
    return part


def _line_in_square(w, b, limit):
    """Where the line w · point + b = 0 enters and leaves the square, or None."""
    square = [(-limit, -limit), (limit, -limit), (limit, limit), (-limit, limit)]
    ends = [p for p in _half_plane(square, w, b) if p not in square]
    return sorted(ends) if len(ends) == 2 else None


def _tag(canvas, x, y, text):
    width = 6 + 8 * len(text)
    canvas.add(
        "rect", x=x - width / 2, y=y - 9, width=width, height=18, fill="white", fill_opacity=0.85, rx=3
    )
    canvas.text(x, y + 5, text, text_anchor="middle", font_size=12)


def _arrow(canvas, x, y, dx, dy, length):
    tip, side = np.array([x + length * dx, y + length * dy]), np.array([-dy, dx])
    back = tip - 12 * np.array([dx, dy])
    canvas.add("line", x1=x, y1=y, x2=back[0], y2=back[1], stroke=BLUE, stroke_width=4)
    corners = (tip, back + 7 * side, back - 7 * side)
    canvas.add("polygon", points=" ".join(f"{p:.1f},{q:.1f}" for p, q in corners), fill=BLUE)


def draw_verdicts(inputs, one, other, names=("louder", "stronger")):
    """Two verdicts at every input of a square grid, 0 for hidden 1 and 1 for hidden 2: where do they agree?

    Parameters
    ----------
    inputs : (n * n, 2) array, a grid as `np.meshgrid` or two nested loops give it
    one, other : (n * n,) arrays of 0 and 1
    names : the names of the two verdicts
    """
    inputs, one, other = np.asarray(inputs, float), np.asarray(one), np.asarray(other)
    if not len(inputs) == len(one) == len(other):
        raise ValueError(
            f"inputs, one and other must be equally long; got {len(inputs)}, {len(one)}, {len(other)}"
        )
    low, high = inputs.min(), inputs.max()
    cell = (high - low) / (np.sqrt(len(inputs)) - 1)
    canvas, side = Canvas(640, 380), 310
    to_x, to_y = scale(low - cell, high + cell, 60, 60 + side), scale(low - cell, high + cell, 20 + side, 20)
    width = to_x(low + cell) - to_x(low)
    kinds = [
        (0, 0, SKY, "both say hidden 1"),
        (1, 1, YELLOW, "both say hidden 2"),
        (0, 1, "#FFFFFF", f"{names[0]}: 1, {names[1]}: 2"),
        (1, 0, "#444444", f"{names[0]}: 2, {names[1]}: 1"),
    ]
    words = []
    for k, (a, b, colour, text) in enumerate(kinds):
        here = (one == a) & (other == b)
        for p in np.unique(inputs[here, 0]):  # one rectangle for each run in a column
            column = np.sort(inputs[here & (inputs[:, 0] == p), 1])
            for run in np.split(column, np.flatnonzero(np.diff(column) > 1.5 * cell) + 1):
                canvas.add(
                    "rect", x=to_x(p) - width / 2, y=to_y(run[-1]) - width / 2, width=width + 0.3,
                    height=to_y(run[0]) - to_y(run[-1]) + width, fill=colour,
                )  # fmt: skip
        canvas.add("rect", x=395, y=60 + 50 * k, width=26, height=26, fill=colour, stroke=BLACK)
        canvas.text(430, 78 + 50 * k, f"{text} ({here.mean():.1%})")
        words.append(f"{text} at {here.mean():.1%}")
        if here.mean() > 0.03:  # written into the picture as well
            centre = inputs[here].mean(axis=0)
            inside = inputs[here][np.abs(inputs[here] - centre).sum(axis=1).argmin()]
            canvas.text(to_x(inside[0]), to_y(inside[1]) + 4, "ABCD"[k], text_anchor="middle", font_weight="bold",
                        fill="white" if k == 3 else BLACK)  # fmt: skip
        canvas.text(
            408,
            78 + 50 * k,
            "ABCD"[k],
            text_anchor="middle",
            font_weight="bold",
            fill="white" if k == 3 else BLACK,
        )
    canvas.add("rect", x=60, y=20, width=side, height=side, fill="none", stroke=BLACK)
    for value in (low, (low + high) / 2, high):
        canvas.text(to_x(value), 38 + side, _signed(value).lstrip("+"), text_anchor="middle")
        canvas.text(54, to_y(value) + 4, _signed(value).lstrip("+"), text_anchor="end")
    canvas.text(60 + side / 2, 60 + side, "x1", text_anchor="middle", font_style="italic")
    canvas.text(24, 24 + side / 2, "x2", text_anchor="middle", font_style="italic")
    return canvas.picture(
        f"{len(inputs)} inputs from {_signed(low)} to {_signed(high)}: " + "; ".join(words) + "."
    )


def draw_shares(shares, mark, marked, what):
    """Many shares between 0 and 1 as columns, and one of them marked.

    Parameters
    ----------
    shares : array, shape (cases,)
    mark : float, the share to compare with; `marked` is its name
    what : str, what is shared
    """
    shares = np.asarray(shares, float)
    counts, edges = np.histogram(shares, bins=40, range=(0, 1))
    canvas, x = Canvas(640, 210), scale(0, 1, 50, 610)
    high = scale(0, counts.max(), 160, 40)
    for count, left, right in zip(counts, edges[:-1], edges[1:], strict=True):
        if count:
            box = {"x": x(left), "y": high(count), "width": x(right) - x(left), "height": 160 - high(count)}
            canvas.add("rect", **box, fill=SKY, stroke=BLACK)
    canvas.add("line", x1=50, y1=160, x2=610, y2=160, stroke=BLACK)
    for value in (0, 0.25, 0.5, 0.75, 1):
        canvas.add("line", x1=x(value), y1=160, x2=x(value), y2=166, stroke=BLACK)
        canvas.text(x(value), 181, f"{value:.0%}", text_anchor="middle")
    line = {"stroke": RED, "stroke_width": 3, "stroke_dasharray": "5 4"}
    canvas.add("line", x1=x(mark), y1=26, x2=x(mark), y2=160, **line)
    canvas.text(x(mark) - 6, 32, f"{marked}: {mark:.1%}", text_anchor="end")
    canvas.text(330, 203, what, text_anchor="middle")
    low, middle, top = np.percentile(shares, [5, 50, 95])
    return canvas.picture(
        f"{len(shares)} cases, {what}: 90% of them from {low:.0%} to {top:.0%}, the middle one at "
        f"{middle:.0%}. Marked, {marked} at {mark:.1%}: {np.mean(shares < mark):.0%} of the cases lie below it."
    )
