"""Every picture of the course. A `draw_*` function returns a `Picture`: the drawing, and its description in words.

Drawings that explorers redraw are SVG, written by hand on a `Canvas`; statistical plots are matplotlib's.
Colours are those of Okabe and Ito, which people with the common colour-vision deficiencies can tell apart
(https://jfly.uni-koeln.de/color/), and never carry a meaning alone.
"""

import base64
import html
import io
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from . import clocks, fairness, importance, networks, probes, trees

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

    @property
    def caption(self):
        """The description as a line to be seen; a screen reader has it from the image already."""
        return f'<p aria-hidden="true">{html.escape(self.alt)}</p>'


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
            f'aria-label="{html.escape(alt)}" font-family="DejaVu Sans, Verdana, sans-serif" font-size="13" '
            'style="max-width: 100%; height: auto">'  # on a narrow page it shrinks as a whole
            f'<rect {size} fill="white"/>{"".join(self.shapes)}</svg>'
        )
        return Picture(svg.encode(), "svg+xml", alt)


def scale(low, high, start, end):
    """The straight map that takes `low` to pixel `start` and `high` to pixel `end`, clipped to those."""
    return lambda v: float(start + (end - start) * (min(max(v, low), high) - low) / (high - low))


def _histogram(canvas, x, values, ends, bottom, top):
    """Forty columns between two `ends`, from pixel `bottom` up to `top`; return the largest count and its scale."""
    counts, edges = np.histogram(values, bins=40, range=ends)
    y = scale(0, counts.max(), bottom, top)
    for count, left, right in zip(counts, edges[:-1], edges[1:], strict=True):
        if count:
            box = {"x": x(left), "y": y(count), "width": x(right) - x(left), "height": bottom - y(count)}
            canvas.add("rect", **box, fill=SKY, stroke=BLACK)
    return counts.max(), y


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


# ---------------------------------------------------------------- lesson 00: two boxes, and the map

COURSE = (  # number, title, question, and the lessons that it leans on; a test holds it to the notebooks
    ("00", "Start here", "How do I use this course?", ()),
    ("01", "Transparent rules", "What does it mean to understand a model completely?", ()),
    ("02", "Learned trees", "Can a model learned from data stay readable?", ("01",)),
    ("03", "A neuron by hand", "What does one neuron compute?", ("01",)),
    ("04", "A trained network", "What did the hidden neurons of a trained net learn?", ("03",)),
    ("05", "Cause and attribution", "Which activations cause the answer?", ("03", "04")),
    ("06", "Coefficients", "What does a regression table really say?", ("03",)),
    ("07", "Feature importance", "Which feature matters most, and is that a question?", ("02", "04", "06")),
    ("08", "Bias", "Where does the bias sit, and can we take it out?", ("04", "05", "06")),
    ("09", "Robustness", "What breaks when one sensor fails?", ("04", "05", "07")),
    ("10", "Debugging", "Which neuron is broken?", ("03", "04", "05")),
)


def draw_map():
    """The lessons of the course from top to bottom, and on the left an arc from each to those that lean on it."""
    canvas, row = Canvas(640, 20 + 56 * len(COURSE)), {number: i for i, (number, *_) in enumerate(COURSE)}
    for i, (_, _, _, leans) in enumerate(COURSE):
        for k in (row[earlier] for earlier in leans):
            start, end, out = 50 + 56 * k, 32 + 56 * i, 150 - 20 * (i - k)
            curve = f"M164 {start}C{out} {start} {out} {end} 156 {end}"
            canvas.add("path", d=curve, fill="none", stroke=BLUE, stroke_width=2)
            canvas.add("path", d=f"M166 {end}l-10 -5v10z", fill=BLUE)
    for i, (number, title, question, _) in enumerate(COURSE):
        here = number == "00"
        box = {"x": 166, "y": 16 + 56 * i, "width": 462, "height": 46, "rx": 6, "stroke": BLACK}
        canvas.add("rect", fill=YELLOW if here else "white", stroke_width=3 if here else 1, **box)
        canvas.text(180, 36 + 56 * i, f"{number} · {title}", font_weight="bold")
        canvas.text(180, 54 + 56 * i, question)
    canvas.text(150, 44, "you are here", text_anchor="end", font_weight="bold")
    words = [f"{number} {title}: {question}" for number, title, question, _ in COURSE]
    for i, (_, _, _, leans) in enumerate(COURSE):
        words[i] += f" Leans on {' and '.join(leans)}." if leans else " Leans on no other."
    return canvas.picture(f"{len(COURSE)} lessons from top to bottom. " + " ".join(words))


def draw_boxes(hours, pinion=clocks.PINION, wheel=clocks.WHEEL, without=None):
    """The clock and the box side by side, both open, with their answers; parameters as in `helpers.clocks`."""
    mark, teeth = int(clocks.hand(hours, pinion, wheel)), pinion * hours % wheel
    parts, answer = clocks.parts(hours), int(clocks.box(hours, without))
    canvas = Canvas(640, 372)
    canvas.text(160, 24, "the clock", text_anchor="middle", font_weight="bold")
    canvas.text(480, 24, "the box", text_anchor="middle", font_weight="bold")
    _draw_clock(canvas, 150, 160, pinion, wheel, teeth)
    canvas.text(160, 318, f"wheel: {teeth} of {wheel} teeth on", text_anchor="middle")
    _draw_parts(canvas, parts, without)
    total = sum(value for k, value in enumerate(parts) if k != without)
    canvas.text(480, 318, f"together: {_signed(total)}", text_anchor="middle")
    same = "the same" if mark == answer else "different"
    for x, text in ((160, f"{mark}"), (320, same), (480, f"{answer}".replace("-", "−"))):
        canvas.text(x, 354, text, text_anchor="middle", font_size=22 if x != 320 else 15, font_weight="bold")
    canvas.text(320, 24, f"hour {hours}", text_anchor="middle", font_weight="bold", font_size=15)
    said = ", ".join(
        f"part {k + 1} is taken out" if k == without else f"part {k + 1} adds {_signed(value)}"
        for k, value in enumerate(parts)
    )
    return canvas.picture(
        f"Hour {hours}. The clock: a pinion of {pinion} teeth has pushed the wheel {teeth} of its {wheel} teeth on, "
        f"and the hand says {mark}. The box: {said}, together {_signed(total)}, so it says "
        f"{str(answer).replace('-', '−')}. The two answers are {same}."
    )


def _draw_clock(canvas, x, y, pinion, wheel, teeth):
    """A wheel with its hand and a pinion at its right, true to scale."""
    radius, small = 0.9 * wheel, 0.9 * pinion  # pixels: a tooth is as wide on the one as on the other
    turned = {"transform": f"rotate({360 * teeth / wheel:.1f} {x} {y})"}
    canvas.add("polygon", points=_gear(x, y, radius, wheel), fill="#EEEEEE", stroke=GREY, **turned)
    if pinion:
        right = x + radius + small + 3
        canvas.add("polygon", points=_gear(right, y, small, pinion), fill=ORANGE, stroke=BLACK)
        canvas.text(right + small + 8, y + 5, "pinion")
    for k in range(clocks.MARKS):
        angle = 2 * np.pi * k / clocks.MARKS
        canvas.text(
            x + 0.8 * radius * np.sin(angle),
            y + 5 - 0.8 * radius * np.cos(angle),
            str(k),
            text_anchor="middle",
        )
    canvas.add("line", x1=x, y1=y, x2=x, y2=y - 0.66 * radius, stroke=BLACK, stroke_width=5, **turned)
    canvas.add("circle", cx=x, cy=y, r=6, fill=BLACK)


def _gear(x, y, radius, teeth):
    """The outline of a gear: out and in again, once for each tooth."""
    angles = 2 * np.pi * np.arange(4 * teeth) / (4 * teeth)
    outline = np.maximum(radius + np.tile([2.5, 2.5, -2.5, -2.5], teeth), 0)
    points = zip(x + outline * np.sin(angles), y - outline * np.cos(angles), strict=True)
    return " ".join(f"{p:.1f},{q:.1f}" for p, q in points)


def _draw_parts(canvas, parts, without):
    place = scale(-25, 25, 400, 580)
    for k, value in enumerate(parts):
        top, out = 50 + 40 * k, k == without
        ends = sorted((place(0), place(value)))
        colour = "none" if out else BLUE if value > 0 else ORANGE
        dashes = {"stroke_dasharray": "4 3"} if out else {}
        canvas.text(388, top + 20, f"part {k + 1}", text_anchor="end")
        box = {"x": ends[0], "y": top, "width": ends[1] - ends[0], "height": 28}
        canvas.add("rect", fill=colour, stroke=BLACK, **box, **dashes)
        canvas.text(632, top + 20, "out" if out else _signed(value), text_anchor="end")
    canvas.add("line", x1=place(0), x2=place(0), y1=44, y2=284, stroke=BLACK)


def draw_answers(answers, listed):
    """The answers of several boxes hour by hour, each with a mark of its own; a line where the listed hours end.

    Parameters
    ----------
    answers : {name: (hours,) array of whole numbers}, three boxes at most
    listed : int, how many hours were listed
    """
    count = len(next(iter(answers.values())))
    low = min(0, *(int(np.min(one)) for one in answers.values()))
    high = max(11, *(int(np.max(one)) for one in answers.values()))
    canvas, x, y = Canvas(640, 300), scale(0, count - 1, 60, 620), scale(low, high, 240, 60)
    for value in range(low, high + 1, 3):
        canvas.add("line", x1=52, x2=628, y1=y(value), y2=y(value), stroke="#E5E5E5")
        canvas.text(44, y(value) + 5, str(value).replace("-", "−"), text_anchor="end")
    for hour in range(0, count, 6):
        canvas.text(x(hour), 264, str(hour), text_anchor="middle")
    if listed < count:
        canvas.add("line", x1=x(listed - 0.5), x2=x(listed - 0.5), y1=36, y2=246, stroke=BLACK,
                   stroke_dasharray="5 4")  # fmt: skip
        canvas.text(x(listed - 0.5) - 8, 46, "listed", text_anchor="end")
        canvas.text(x(listed - 0.5) + 8, 46, "nobody asked")
    looks = [("circle", BLUE), ("cross", RED), ("square", BLACK)]
    for k, ((name, one), (shape, colour)) in enumerate(zip(answers.items(), looks, strict=False)):
        canvas.text(90 + 190 * k, 20, name)
        for px, py in [(74 + 190 * k, 15.0), *((x(hour), y(value)) for hour, value in enumerate(one))]:
            if shape == "cross":
                canvas.add(
                    "path", d=f"M{px - 5:.1f} {py - 5:.1f}l10 10m0 -10l-10 10", stroke=colour, stroke_width=2
                )
            elif shape == "circle":
                canvas.add("circle", cx=px, cy=py, r=5, fill="none", stroke=colour, stroke_width=2)
            else:
                canvas.add("rect", x=px - 7, y=py - 7, width=14, height=14, fill="none", stroke=colour)
    canvas.text(340, 288, "hours after midnight", text_anchor="middle")
    first, *others = answers
    words = []
    for name in others:
        apart = np.asarray(answers[name]) != np.asarray(answers[first])
        words.append(f"{name} differs at {int(apart[:listed].sum())} of the {listed} listed hours")
        if listed < count:
            words[-1] += f" and at {int(apart[listed:].sum())} of the {count - listed} after them"
        if apart.any():
            words[-1] += f", first at hour {int(np.argmax(apart))}"
    return canvas.picture(
        f"Answers at hours 0 to {count - 1}. Compared with {first}: " + "; ".join(words) + "."
    )


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


def _intervals(canvas, box, names, centres, halves, limits, title):
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
        canvas.add("line", x1=ends[0], x2=ends[1], y1=y, y2=y, stroke=BLUE, stroke_width=3)
        for value, x in zip((centre - half, centre + half), ends, strict=True):
            if limits[0] <= value <= limits[1]:
                canvas.add("line", x1=x, x2=x, y1=y - 6, y2=y + 6, stroke=BLUE, stroke_width=2)
            else:  # it goes on beyond the edge
                tip = 8 if value > limits[1] else -8
                canvas.add("path", d=f"M{x:.1f} {y - 7:.1f}l{tip} 7l{-tip} 7z", fill=BLUE)
        if limits[0] <= centre <= limits[1]:
            canvas.add("circle", cx=place(centre), cy=y, r=5, fill=BLUE)
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
    ax.plot(ends, constant + slope * ends, color=RED, linewidth=3, label="the fitted line")
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
    _intervals(canvas, (130, 40, 610, bottom), names, coefficients, halves, limits, title)
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
    columns = ["column 1", "column 2"]
    _intervals(canvas, (95, 44, 310, 236), columns, coefficients, halves, limits, "coefficients")
    _intervals(canvas, (400, 44, 615, 236), names, predicted, margins, limits, "predictions")
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
        ("white", BLACK),
        (BLACK, "white"),
    ]
    apart = min(118, 480 // len(names))
    for j, (name, (fill, _)) in enumerate(zip(names, fills, strict=False)):
        canvas.add("rect", x=150 + apart * j, y=12, width=18, height=18, fill=fill, stroke=BLACK)
        canvas.text(174 + apart * j, 26, name)
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
            ink = {"fill": "white" if share > 0.9 else BLACK}
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


# ---------------------------------------------------------------- lesson 08: bias

TWO = (
    (BLUE, {}),
    (ORANGE, {"stroke_dasharray": "4 2"}),
)  # two groups: a colour, and how their outline is drawn


def draw_shadow(h, d):
    """A point of the plane, its shadow on a direction, and what is left of it without the shadow.

    Parameters
    ----------
    h, d : (2,) arrays, the point and the direction
    """
    h, d = np.asarray(h, float), np.asarray(d, float)
    shadow = (h @ d) / (d @ d) * d
    reach = 1.5 * max(np.abs([h, d, shadow, h - shadow]).max(), 1e-9)
    canvas, x, y = Canvas(640, 320), scale(-reach, reach, 20, 300), scale(-reach, reach, 300, 20)
    canvas.add("rect", x=20, y=20, width=280, height=280, fill="white", stroke=GREY)
    far = reach * d / np.abs(d).max()  # where the line of the direction meets the frame
    ends = {"x1": x(-far[0]), "y1": y(-far[1]), "x2": x(far[0]), "y2": y(far[1])}
    canvas.add("line", **ends, stroke=GREY, stroke_dasharray="5 4")
    for name, vector, colour, width in (
        ("direction", d, BLACK, 2), ("shadow", shadow, ORANGE, 7), ("row", h, BLUE, 3), ("rest", h - shadow, BLACK, 3),
    ):  # fmt: skip
        canvas.add(
            "line", x1=x(0), y1=y(0), x2=x(vector[0]), y2=y(vector[1]), stroke=colour, stroke_width=width
        )
        canvas.add("circle", cx=x(vector[0]), cy=y(vector[1]), r=5, fill=colour)
        _tag(canvas, x(vector[0]), y(vector[1]) + (18 if name == "shadow" else -14), name)
    canvas.add(
        "line", x1=x(h[0]), y1=y(h[1]), x2=x(shadow[0]), y2=y(shadow[1]), stroke=BLACK, stroke_dasharray="2 3"
    )
    lines = [
        f"direction  ({_number(d[0])}, {_number(d[1])})",
        f"row  ({_number(h[0])}, {_number(h[1])})",
        f"shadow  ({_number(shadow[0])}, {_number(shadow[1])})",
        f"rest = row − shadow  ({_number(h[0] - shadow[0])}, {_number(h[1] - shadow[1])})",
        f"rest · direction = {_number((h - shadow) @ d)}",
    ]
    for k, text in enumerate(lines):
        canvas.text(330, 90 + 34 * k, text)
    return canvas.picture("An arrow, its shadow on a direction and the rest. " + "; ".join(lines) + ".")


def draw_departments(admitted, applied, letters="ABCDEF"):
    """The share admitted in each department and over all, for two groups; the larger a mark, the more applied.

    Parameters
    ----------
    admitted, applied : {group: (departments,) array}, two groups; the first is drawn as squares, the other as dots
    letters : names of the departments
    """
    canvas, x = Canvas(640, 90 + 42 * (len(letters) + 1)), scale(0, 1, 160, 610)
    most = max(np.max(one) for one in applied.values())
    bottom, said = 50 + 42 * (len(letters) + 1), []
    for k, (name, (colour, _)) in enumerate(zip(applied, TWO, strict=True)):
        shape = {"x": 120 + 190 * k, "y": 10, "width": 14, "height": 14}
        canvas.add("rect", **shape, rx=7 * k, fill=colour, fill_opacity=0.8, stroke=BLACK)
        canvas.text(142 + 190 * k, 22, f"{name} ({int(np.sum(applied[name]))})")
    for v in (0, 0.25, 0.5, 0.75, 1):
        canvas.add("line", x1=x(v), x2=x(v), y1=36, y2=bottom - 6, stroke="#E5E5E5")
        canvas.text(x(v), bottom + 14, f"{v:.0%}", text_anchor="middle")
    for i, letter in enumerate([*letters, "all six"]):
        y, whole = 58 + 42 * i, i == len(letters)
        if whole:
            canvas.add("line", x1=20, x2=620, y1=y - 21, y2=y - 21, stroke=GREY)
        canvas.text(24, y + 5, letter, font_weight="bold" if whole else "normal")
        numbers = []
        for k, (name, (colour, _)) in enumerate(zip(applied, TWO, strict=True)):
            many = np.sum(applied[name]) if whole else applied[name][i]
            rate = float((np.sum(admitted[name]) if whole else admitted[name][i]) / many)
            size = 12.0 if whole else float(4 + 10 * np.sqrt(many / most))
            box = {"x": x(rate) - size, "y": y - size, "width": 2 * size, "height": 2 * size}
            canvas.add("rect", **box, rx=size * k, fill=colour, fill_opacity=0.8, stroke=BLACK)
            numbers.append((rate, size, many, name))
        numbers.sort()
        for (rate, size, many, _), side in zip(numbers, (-1, 1), strict=True):
            at, anchor = x(rate) + side * (size + 5), "end" if side < 0 else "start"
            canvas.text(at, y + 4, f"{rate:.0%} of {int(many)}", text_anchor=anchor, font_size=12)
        words = " and ".join(f"{name} {rate:.0%} of {int(many)}" for rate, _, many, name in numbers)
        said.append(f"{letter}: {words}")
    canvas.text(385, bottom + 34, "admitted", text_anchor="middle")
    return canvas.picture("Share admitted by department. " + "; ".join(said) + ".")


def draw_spread(values, marks, what):
    """Many numbers as columns, and some marked by dashed lines.

    Parameters
    ----------
    values : (many,) array
    marks : {name: value}, from left to right
    what : str, what the numbers are
    """
    values = np.asarray(values, float)
    low, high = min(values.min(), *marks.values()), max(values.max(), *marks.values())
    low, high = low - 0.06 * (high - low), high + 0.06 * (high - low)
    canvas, x = Canvas(640, 240), scale(low, high, 40, 620)
    _histogram(canvas, x, values, (low, high), 190, 80)
    canvas.add("line", x1=40, x2=620, y1=190, y2=190, stroke=BLACK)
    for v in _round_numbers(low, high):
        canvas.add("line", x1=x(v), x2=x(v), y1=190, y2=196, stroke=BLACK)
        canvas.text(x(v), 211, _number(v), text_anchor="middle")
    for k, (name, value) in enumerate(marks.items()):
        top, right = 20 + 22 * k, x(value) > 400
        line = {"stroke": RED, "stroke_width": 3, "stroke_dasharray": "5 4"}
        canvas.add("line", x1=x(value), x2=x(value), y1=top - 8, y2=190, **line)
        anchor = {"text_anchor": "end"} if right else {}
        canvas.text(x(value) + (-7 if right else 7), top + 4, f"{name}: {_number(value, 3)}", **anchor)
    canvas.text(330, 232, what, text_anchor="middle")
    said = "; ".join(f"{name} {_number(value, 3)}" for name, value in marks.items())
    low, middle, high = (_number(v, 3) for v in (values.min(), np.median(values), values.max()))
    return canvas.picture(
        f"{len(values)} numbers, {what}: from {low} to {high}, the middle one {middle}. Marked: {said}."
    )


def draw_thresholds(score, deserves, group, cuts):
    """The scores of two groups, a threshold in each, and what the two groups get.

    Parameters
    ----------
    score : (rows,) array, from 0 to 1
    deserves : (rows,) array of 0 and 1
    group : (rows,) array of two names
    cuts : {group: threshold}; a score that equals it is a yes
    """
    names = sorted(cuts)
    says = score >= np.where(group == names[0], cuts[names[0]], cuts[names[1]])
    found = fairness.error_rates(says, deserves, group)
    canvas, x = Canvas(640, 350), scale(0, 1, 30, 320)
    for k, (name, (colour, _)) in enumerate(zip(names, TWO, strict=True)):
        bottom, here = 150 + 160 * k, group == name
        counts = [np.histogram(score[here & (deserves == v)], bins=20, range=(0, 1))[0] for v in (1, 0)]
        tall = scale(0, max(1, (counts[0] + counts[1]).max()), 0, 110)
        for i in range(20):
            yes, no = tall(counts[0][i]), tall(counts[1][i])
            box = {"x": 30 + 14.5 * i, "width": 14.5, "stroke": BLACK}
            canvas.add("rect", y=bottom - yes, height=yes, fill=colour, **box)
            canvas.add("rect", y=bottom - yes - no, height=no, fill="white", **box)
        canvas.text(
            30, bottom - 118, f"{name}: {found[name].base_rate:.0%} deserve a yes", font_weight="bold"
        )
        canvas.add(
            "line",
            x1=x(cuts[name]),
            x2=x(cuts[name]),
            y1=bottom - 112,
            y2=bottom + 4,
            stroke=RED,
            stroke_width=4,
        )
        for v in (0, 0.5, 1):
            canvas.text(x(v), bottom + 18, _number(v), text_anchor="middle")
    canvas.text(175, 345, "score (filled: deserves a yes)", text_anchor="middle")
    titles = {
        "selection_rate": "get a yes, of all",
        "false_negative_rate": "refused, of the deserving",
        "false_positive_rate": "get a yes, of the undeserving",
        "precision": "deserve it, of those with a yes",
    }
    bar, apart = scale(0, 1, 360, 580), []
    for i, (field, title) in enumerate(titles.items()):
        top = 40 + 76 * i
        canvas.text(360, top - 6, title, font_size=12)
        both = [getattr(found[name], field) for name in names]
        for k, (value, (colour, dash)) in enumerate(zip(both, TWO, strict=True)):
            nobody = np.isnan(value)
            width = 0.0 if nobody else bar(value) - 360
            canvas.add(
                "rect", x=360, y=top + 19 * k, width=width, height=16, fill=colour, stroke=BLACK, **dash
            )
            text = "nobody" if nobody else f"{value:.0%}"
            canvas.text(366 + width, top + 13 + 19 * k, f"{names[k]} {text}", font_size=12)
        if np.isnan(both).any():
            apart.append(f"{title}: nobody in one group")
        else:
            words = " and ".join(f"{name} {value:.1%}" for name, value in zip(names, both, strict=True))
            apart.append(f"{title}: {words}")
    at = " and ".join(f"{name} {_number(cuts[name])}" for name in names)
    return canvas.picture(f"Thresholds {at}. " + "; ".join(apart) + ".")


def draw_rare(shares, errors, images):
    """The share of wrong answers for two styles, against how common the second one is in training.

    Parameters
    ----------
    shares : (many,) array, from 0 to 1
    errors : {style: (many,) array}, two styles
    images : two (64,) arrays, an example of each style
    """
    figure, ax = plot(6.4, 3.2)
    for k, (name, image) in enumerate(zip(errors, images, strict=True)):
        inset = ax.inset_axes([0.4 + 0.17 * k, 0.58, 0.14, 0.34])
        inset.imshow(np.reshape(image, (8, 8)), cmap="gray_r", vmin=0, vmax=1)
        inset.set(xticks=[], yticks=[], title=name)
    for (name, values), mark, colour in zip(errors.items(), ("s-", "o--"), (BLUE, RED), strict=True):
        ax.plot(shares, values, mark, color=colour, label=name)
    ax.set(xscale="log", xlabel="share of chalk in training", ylabel="wrong answers", ylim=(0, None))
    ax.set_xticks(shares, [f"{share:.0%}" for share in shares])
    ax.minorticks_off()
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
    ax.legend()
    rows = zip(shares, *errors.values(), strict=True)
    one, other = errors
    said = "; ".join(f"at {share:.0%}, {one} {a:.1%} and {other} {b:.1%}" for share, a, b in rows)
    return finish(
        figure, f"Wrong answers on held-out images against the share of {other} in training: {said}."
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
                share = 0.86 if level == 0.5 else 0.14  # at the other end, where the lines are close together
                p, q = (1 - share) * np.array(ends[0]) + share * np.array(ends[1])
                _tag(canvas, min(max(to_x(p), left + 22), left + side - 22), to_y(q), f"{level:g}")
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
        canvas.text(
            to_x(limit / 2), 48 + side, "x1", text_anchor="middle", fill="#333333", font_style="italic"
        )
        canvas.text(
            left - 6, to_y(limit / 2) + 4, "x2", text_anchor="end", fill="#333333", font_style="italic"
        )
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
    canvas.add("rect", x=x - width / 2, y=y - 9, width=width, height=18, fill="white", rx=3)
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
        here, letter = (one == a) & (other == b), "ABCD"[k]
        for p in np.unique(inputs[here, 0]):  # one rectangle for each run in a column
            column = np.sort(inputs[here & (inputs[:, 0] == p), 1])
            for run in np.split(column, np.flatnonzero(np.diff(column) > 1.5 * cell) + 1):
                canvas.add(
                    "rect", x=to_x(p) - width / 2, y=to_y(run[-1]) - width / 2, width=width + 0.3,
                    height=to_y(run[0]) - to_y(run[-1]) + width, fill=colour,
                )  # fmt: skip
        canvas.add("rect", x=395, y=60 + 50 * k, width=26, height=26, fill=colour, stroke=BLACK)
        canvas.text(430, 78 + 50 * k, f"{text} ({here.mean():.1%})")
        words.append(f"{letter}, {text}, at {here.mean():.1%}")
        if here.mean() > 0.03:  # written into the picture as well
            centre = inputs[here].mean(axis=0)
            inside = inputs[here][np.abs(inputs[here] - centre).sum(axis=1).argmin()]
            canvas.text(to_x(inside[0]), to_y(inside[1]) + 4, letter, text_anchor="middle", font_weight="bold",
                        fill="white" if k == 3 else BLACK)  # fmt: skip
        canvas.text(
            408,
            78 + 50 * k,
            letter,
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
    canvas, x = Canvas(640, 210), scale(0, 1, 50, 610)
    most, high = _histogram(canvas, x, shares, (0, 1), 160, 40)
    canvas.add("line", x1=50, y1=160, x2=610, y2=160, stroke=BLACK)
    for value in (0, 0.25, 0.5, 0.75, 1):
        canvas.add("line", x1=x(value), y1=160, x2=x(value), y2=166, stroke=BLACK)
        canvas.text(x(value), 181, f"{value:.0%}", text_anchor="middle")
    line = {"stroke": RED, "stroke_width": 3, "stroke_dasharray": "5 4"}
    canvas.add("line", x1=x(mark), y1=26, x2=x(mark), y2=160, **line)
    side = -1 if mark > 0.5 else 1  # where there is room for the words
    canvas.text(x(mark) + 6 * side, 32, f"{marked}: {mark:.1%}", text_anchor="end" if side < 0 else "start")
    canvas.text(44, 26, "cases", text_anchor="end")
    for count in (0, most):
        canvas.text(44, high(count) + 4, f"{count}", text_anchor="end")
    canvas.text(330, 203, what, text_anchor="middle")
    low, middle, top = np.percentile(shares, [5, 50, 95])
    return canvas.picture(
        f"{len(shares)} cases, {what}: 90% of them from {low:.0%} to {top:.0%}, the middle one at "
        f"{middle:.0%}. Marked, {marked} at {mark:.1%}: {np.mean(shares < mark):.0%} of the cases lie below it."
    )


# ---------------------------------------------------------------- lesson 04: a trained network


def _grid(canvas, left, top, side, values, limit=None):
    """64 values as 8 × 8 cells, or rows of 64 side by side: ink from 0 to 1; or, with a `limit`, signed numbers.

    Signed cells are blue where positive and red where negative; those over half the limit carry + or −.
    """
    cell, boxes, signs, values = side / 8, {}, [], np.atleast_2d(values)
    for k in range(len(values)):
        frame = {"x": left + 11 * cell * k, "y": top, "width": side, "height": side}
        canvas.add("rect", **frame, fill="white", stroke=GREY)
    for k, value in enumerate(values.ravel().tolist()):
        fill, share = (BLACK, value) if limit is None else (BLUE if value > 0 else RED, abs(value) / limit)
        if share > 0.005:
            x, y = k % 8 + 11 * (k // 64), k % 64 // 8  # in cells; neighbours are three cells apart
            paint = f'fill="{fill}" fill-opacity="{share:.2f}"'
            boxes[paint] = (
                boxes.get(paint, "") + f"M{x} {y}h1v1h-1z"
            )  # one shape for each ink is drawn sooner
            if limit and share > 0.5 and cell > 15:
                words = {"fill": "white" if share > 0.65 else BLACK, "font_weight": "bold"}
                place = left + cell * (x + 0.5), top + cell * (y + 0.5) + 5
                signs.append((*place, "+" if value > 0 else "−", words))
    before = len(canvas.shapes)
    cells = "".join(f'<path d="{d}" {paint}/>' for paint, d in boxes.items())
    canvas.shapes.append(f'<g transform="translate({left:.1f} {top:.1f}) scale({cell:.3f})">{cells}</g>')
    for x, y, sign, words in signs:
        canvas.text(x, y, sign, text_anchor="middle", **words)
    canvas.shapes[before:] = [f"<g>{''.join(canvas.shapes[before:])}</g>"]


def _bars(canvas, box, values, title, digits=1):
    """One column for each digit 0 to 9 in `box` (left, top, right, bottom), blue above zero and red below."""
    left, top, right, bottom = box
    high, low = max(0.0, np.max(values)), min(0.0, np.min(values))
    place, step = scale(low, high if high > low else 1.0, bottom, top), (right - left) / len(values)
    canvas.text(left, top - 22, title, font_weight="bold")
    for k, value in enumerate(values):
        x, ends = left + (k + 0.2) * step, sorted((place(value), place(0)))
        canvas.add(
            "rect", x=x, y=ends[0], width=0.6 * step, height=ends[1] - ends[0],
            fill=SKY if value > 0 else RED, stroke=BLACK, stroke_width=1,
        )  # fmt: skip
        text = f"{round(float(value), digits) + 0.0:.{digits}f}".replace("-", "−")  # + 0.0: no −0.0
        y = ends[0] - 4 if value >= 0 else ends[1] + 13
        canvas.text(left + (k + 0.5) * step, y, text, text_anchor="middle", font_size=12)
        canvas.text(left + (k + 0.5) * step, bottom + (16 if low == 0 else 30), str(k), text_anchor="middle")
    canvas.add("line", x1=left, x2=right, y1=place(0), y2=place(0), stroke=BLACK)


def draw_images(images, captions, across=10):
    """Images of 8 × 8 pixels in rows, with a caption under each.

    Parameters
    ----------
    images : (n, 64) array of ink from 0 to 1
    captions : n strings
    across : int, how many stand in a row
    """
    images = np.asarray(images, float)
    step = 620 / across
    side = min(step - 10, 88)
    canvas = Canvas(640, 10 + int((side + 32) * -(-len(images) // across)))
    for k, (image, caption) in enumerate(zip(images, captions, strict=True)):
        left, top = 10 + step * (k % across), 8 + (side + 32) * (k // across)
        _grid(canvas, left + (step - side) / 2, top, side, image)
        canvas.text(left + step / 2, top + side + 17, caption, text_anchor="middle")
    ink = images.mean(axis=1)
    return canvas.picture(
        f"{len(images)} images of 8 × 8 pixels, from {ink.min():.0%} to {ink.max():.0%} of them ink: "
        + "; ".join(captions)
        + "."
    )


def draw_descent(weights, losses, path, path_losses):
    """The loss as a curve over one weight, and the steps of a descent as dots on it."""
    low, high = min(weights), max(weights)
    x, y = scale(low, high, 60, 615), scale(0, max(losses), 215, 20)
    canvas = Canvas(640, 262)
    points = " ".join(f"{x(w):.1f},{y(v):.1f}" for w, v in zip(weights, losses, strict=True))
    canvas.add("polyline", points=points, fill="none", stroke=BLUE, stroke_width=3)
    steps = list(zip(path, path_losses, strict=True))
    for (w1, l1), (w2, l2) in pairwise(steps):
        canvas.add("line", x1=x(w1), y1=y(l1), x2=x(w2), y2=y(l2), stroke=RED, stroke_dasharray="4 3")
    for k, (w, value) in enumerate(steps):
        canvas.add("circle", cx=x(w), cy=y(value), r=6, fill=RED, stroke="white", stroke_width=2)
        if k < 4:
            canvas.text(x(w) + 10, y(value) - 6, f"after {k}" if k else "start")
    for w in np.linspace(low, high, 5):
        canvas.text(x(w), 234, _signed(w, 1).lstrip("+"), text_anchor="middle")
    for value in (0, max(losses)):
        canvas.text(54, y(value) + 5, f"{value:.1f}", text_anchor="end")
    canvas.text(338, 256, "the weight", text_anchor="middle")
    canvas.text(66, 14, "loss")
    start, end = (f"weight {_number(path[k])} with loss {path_losses[k]:.2f}" for k in (0, -1))
    return canvas.picture(
        f"A bowl: the loss over one weight from {_number(low)} to {_number(high)}. {len(path) - 1} steps lead down it, "
        f"from {start} to {end}; the first step is {abs(path[1] - path[0]):.2f} long, the last "
        f"{abs(path[-1] - path[-2]):.2f}."
    )


def draw_losses(losses, know_nothing):
    """The loss of each batch while a network is trained, and their average over 20 batches.

    `know_nothing` is the loss of somebody who knows nothing, a dashed line.
    """
    losses = np.asarray(losses, float)
    smooth = np.convolve(losses, np.ones(20) / 20, mode="valid")
    x, y = scale(0, len(losses), 60, 610), scale(0, max(losses.max(), know_nothing), 215, 24)
    canvas = Canvas(640, 262)
    for at, values, style in (
        (0, losses, {"stroke": SKY, "stroke_width": 1}),
        (10, smooth, {"stroke": BLACK, "stroke_width": 3}),
    ):
        points = " ".join(f"{x(at + k):.1f},{y(v):.1f}" for k, v in enumerate(values))
        canvas.add("polyline", points=points, fill="none", **style)
    line = {"stroke": RED, "stroke_width": 2, "stroke_dasharray": "6 4"}
    canvas.add("line", x1=60, x2=610, y1=y(know_nothing), y2=y(know_nothing), **line)
    canvas.text(604, y(know_nothing) - 6, f"knows nothing: {know_nothing:.2f}", text_anchor="end")
    canvas.text(330, y(0.9), "thin: each batch; thick: average of 20")
    for step in np.linspace(0, len(losses), 5):
        canvas.text(x(step), 234, f"{step:.0f}", text_anchor="middle")
    for value in (0, 1, 2):
        canvas.text(54, y(value) + 5, str(value), text_anchor="end")
    canvas.text(335, 256, "step", text_anchor="middle")
    canvas.text(66, 14, "loss")
    below = int(np.flatnonzero(smooth < 0.2)[0]) if (smooth < 0.2).any() else None
    when = f"It is below 0.2 from step {below} on. " if below is not None else ""
    return canvas.picture(
        f"The loss over {len(losses)} steps falls steeply and then slowly: {smooth[0]:.2f} on average at the "
        f"first 20 batches, {smooth[-1]:.3f} at the last 20. {when}A dashed line at {know_nothing:.2f} is the "
        "loss of somebody who knows nothing."
    )


def draw_parts(image, weights, bias):
    """An image, the weights of one neuron, and their product pixel by pixel: the parts of its weighted sum."""
    image, weights = np.asarray(image, float), np.asarray(weights, float)
    parts = image * weights
    canvas, side = Canvas(640, 268), 176
    panels = [("the image", image, None), ("× weights", weights, np.abs(weights).max()),
              ("= parts of the sum", parts, np.abs(parts).max())]  # fmt: skip
    for k, (title, values, limit) in enumerate(panels):
        left = 18 + 213 * k
        canvas.text(left + side / 2, 20, title, text_anchor="middle", font_weight="bold")
        _grid(canvas, left, 32, side, values, limit)
        if limit is not None:
            darkest = f"darkest: ±{limit:.2f}"
            canvas.text(left + side / 2, 228, darkest, text_anchor="middle")
    plus, minus = parts[parts > 0].sum(), parts[parts < 0].sum()
    words = f"{plus:.2f} from positive parts, {minus:.2f} from negative ones, bias {bias:.2f}: "
    words = (words + f"weighted sum {plus + minus + bias:.2f}").replace("-", "−")
    canvas.text(320, 256, words, text_anchor="middle")
    top = int(parts.argmax())
    where = f"row {top // 8}, column {top % 8}"
    return canvas.picture(f"{words}. The largest part, {parts.max():.2f}, comes from the pixel in {where}.")


def draw_neuron(net, unit, X, y, name="trained"):
    """One hidden neuron of a network that reads 8 × 8 digits: what comes in, what goes out, what it responds to.

    Parameters
    ----------
    net : MLP with 64 inputs and 10 classes
    unit : int, a neuron of the first layer
    X, y : (rows, 64) images and their digits
    name : str, how the network is called
    """
    h = networks.activations(net, X)[0][:, unit]
    means = probes.class_means(h[:, None], y, 10)
    prefers, on = float(probes.selectivity(means)[0]), float((h > 0).mean())
    means, weights, votes = means[:, 0], net.weights[0][:, unit], net.weights[1][unit]
    strongest = [int(k) for k in np.argsort(-h, kind="stable")[:8] if h[k] > 0]
    canvas = Canvas(640, 432)
    title = f"{name}, hidden neuron {unit}: on for {on:.0%} of {len(X)} images, selectivity {prefers:.2f}"
    canvas.text(16, 22, title, font_weight="bold", font_size=14)
    canvas.text(16, 56, "weights from the pixels", font_weight="bold")
    _grid(canvas, 16, 66, 192, weights, np.abs(weights).max())
    canvas.text(16, 278, f"darkest: ±{np.abs(weights).max():.2f}")
    _bars(canvas, (240, 78, 630, 150), means, "mean activation for each digit")
    _bars(canvas, (240, 222, 630, 276), votes, "weight to the score of each digit")
    strong = "the images it responds to most" if strongest else "no image makes it respond"
    canvas.text(16, 336, strong, font_weight="bold")
    _grid(canvas, 16, 346, 57.6, X[strongest])
    for place, k in enumerate(strongest):
        canvas.text(16 + 79.2 * place + 28.8, 422, f"{y[k]}: {h[k]:.1f}", text_anchor="middle")
    order = np.argsort(-means, kind="stable")
    votes_for = np.argsort(-votes, kind="stable")[:3]
    alt = f"{title}. "
    if strongest:
        alt += (
            f"Mean activation is highest for the digit {order[0]} ({means[order[0]]:.2f}), then {order[1]} "
        )
        alt += f"({means[order[1]]:.2f}), and lowest for {order[-1]} ({means[order[-1]]:.2f}). The strongest "
        alt += f"images are the digits {', '.join(str(y[k]) for k in strongest)}. "
    alt += (
        "The largest outgoing weights go to " + ", ".join(f"{k} ({votes[k]:+.2f})" for k in votes_for) + "."
    )
    return canvas.picture(alt.replace("-", "−"))


def draw_selectivities(groups):
    """Neurons as dots: how often each is on, and how selective it is.

    Parameters
    ----------
    groups : {name: (on, selectivity)}, two arrays, one value per neuron; two groups, filled dots and open squares
    """
    canvas, x, y = Canvas(640, 372), scale(0, 1, 60, 615), scale(0, 1, 300, 44)
    for value in (0, 0.25, 0.5, 0.75, 1):
        canvas.add("line", x1=60, x2=615, y1=y(value), y2=y(value), stroke="#E5E5E5")
        canvas.text(54, y(value) + 5, f"{value:g}", text_anchor="end")
        canvas.text(x(value), 320, f"{value:.0%}", text_anchor="middle")
    words = []
    for k, (name, (on, prefers)) in enumerate(groups.items()):
        for at_x, at_y in zip(on, prefers, strict=True):
            if k == 0:
                canvas.add("circle", cx=x(at_x), cy=y(at_y), r=6, fill=BLUE)
            else:
                box = {"x": x(at_x) - 5, "y": y(at_y) - 5, "width": 10, "height": 10}
                canvas.add("rect", **box, fill="white", fill_opacity=0.4, stroke=RED, stroke_width=2)
        if k == 0:
            canvas.add("circle", cx=70, cy=16, r=6, fill=BLUE)
        else:
            canvas.add("rect", x=235, y=11, width=10, height=10, fill="white", stroke=RED, stroke_width=2)
        canvas.text(84 if k == 0 else 254, 21, f"{name} ({len(on)} neurons)")
        choosy = np.sum(np.asarray(prefers) > 0.6)
        words.append(
            f"{name}: {len(on)} neurons, the middle one on for {np.median(on):.0%} with selectivity "
            f"{np.median(prefers):.2f}, {choosy} above 0.6, the highest {np.max(prefers):.2f}"
        )
    line = {"stroke": BLACK, "stroke_dasharray": "5 4"}
    canvas.add("line", x1=60, x2=615, y1=y(0.6), y2=y(0.6), **line)
    canvas.text(612, y(0.6) - 6, "0.6", text_anchor="end")
    canvas.text(338, 344, "share of images for which the neuron is on", text_anchor="middle")
    canvas.text(
        338, 364, "height: selectivity; the rarer a neuron is on, the more selective", text_anchor="middle"
    )
    return canvas.picture("; ".join(words) + ".")


def draw_probes(readings, chance, what="images"):
    """How well a linear probe reads a label off each layer, beside what it reads off when the labels are shuffled.

    Parameters
    ----------
    readings : {layer: (accuracy, accuracy with shuffled labels)}
    chance : float, the accuracy of guessing, a dashed line
    what : str, what the rows are
    """
    bottom = 40 + 44 * len(readings)
    canvas, x = Canvas(640, bottom + 44), scale(0, 1, 220, 590)
    canvas.add("line", x1=x(chance), x2=x(chance), y1=30, y2=bottom, stroke=GREY, stroke_dasharray="5 4")
    canvas.text(x(chance), 22, f"guessing: {chance:.0%}", text_anchor="middle")
    for k, (layer, (real, shuffled)) in enumerate(readings.items()):
        top = 44 + 44 * k
        canvas.text(210, top + 20, layer, text_anchor="end")
        canvas.add("rect", x=x(0), y=top, width=x(real) - x(0), height=16, fill=BLUE)
        box = {"x": x(0), "y": top + 17, "width": x(shuffled) - x(0), "height": 11}
        canvas.add("rect", **box, fill="white", stroke=RED, stroke_width=2)
        canvas.text(x(real) + 6, top + 13, f"{real:.0%}", font_weight="bold")
        canvas.text(x(shuffled) + 6, top + 28, f"{shuffled:.0%} shuffled", font_size=12)
    for value in (0, 0.5, 1):
        canvas.text(x(value), bottom + 18, f"{value:.0%}", text_anchor="middle")
    canvas.text(x(0.5), bottom + 38, f"held-out {what} read rightly", text_anchor="middle")
    said = "; ".join(f"{layer} {real:.0%}, shuffled {s:.0%}" for layer, (real, s) in readings.items())
    return canvas.picture(
        f"Held-out {what} that a linear probe reads rightly: {said}. Guessing: {chance:.0%}."
    )


# ---------------------------------------------------------------- lesson 05: cause and attribution


def draw_planted(net, x, inputs):
    """A small MLP at one input: every neuron with its activation, every weight that is not 0 on its line.

    Parameters
    ----------
    net : networks.MLP
    x : (inputs,) array
    inputs : names of the inputs
    """
    columns = [np.asarray(x, float), *networks.activations(net, x)]
    tall = max(map(len, columns))
    canvas, across = Canvas(640, 20 + 92 * tall), np.linspace(64, 576, len(columns))
    place = [
        [(across[k], 46 + 92 * (i + (tall - len(values)) / 2)) for i in range(len(values))]
        for k, values in enumerate(columns)
    ]
    labels, lines = [], {}
    for k, W in enumerate(net.weights):
        for (i, j), w in np.ndenumerate(W):
            (x1, y1), (x2, y2) = place[k][i], place[k + 1][j]
            if w == 0 and (k == 0 or W[i].any()):
                continue  # only a neuron to which nobody listens shows its zeros
            style = {"stroke": BLUE} if w > 0 else {"stroke": RED, "stroke_dasharray": "9 5"}
            style = style if w else {"stroke": GREY, "stroke_dasharray": "2 4"}
            canvas.add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke_width=1 + 1.5 * abs(w), **style)
            labels.append((x1 + 0.4 * (x2 - x1), y1 + 0.4 * (y2 - y1), _signed(w)))
            lines.setdefault((k + 1, j), []).append((_planted_name(net, inputs, k, i), _signed(w)))
    for at_x, at_y, text in labels:
        _tag(canvas, at_x, at_y - 4, text)
    words = []
    for k, values in enumerate(columns):
        for i, value in enumerate(values):
            name, bias = _planted_name(net, inputs, k, i), net.biases[k - 1][i] if k else None
            at_x, at_y = place[k][i]
            shade = float(np.clip(abs(value) / 4, 0, 0.6))
            shape = {"fill": "white", "stroke": BLACK}
            for more in ({}, {"fill": ORANGE, "fill_opacity": shade}):
                if k:
                    canvas.add("circle", cx=at_x, cy=at_y, r=23, **shape | more)
                else:
                    canvas.add("rect", x=at_x - 24, y=at_y - 20, width=48, height=40, **shape | more)
            canvas.text(at_x, at_y + 5, _number(value), text_anchor="middle", font_size=15)
            canvas.text(at_x, at_y - 29, name, text_anchor="middle", font_weight="bold", font_size=12)
            if k:
                canvas.text(at_x, at_y + 37, f"bias {_signed(bias)}", text_anchor="middle", font_size=12)
            sums = [f"{source} by {weight}" for source, weight in lines.get((k, i), [])]
            sums += [f"bias {_signed(bias)}"] if k else []
            words.append(f"{name} is {_number(value)}" + (f" ({'; '.join(sums)})" if k else ""))
    return canvas.picture(f"A network with {len(labels)} weights drawn. " + ", ".join(words) + ".")


def _planted_name(net, inputs, layer, unit):
    if layer == 0:
        return inputs[unit]
    if layer == len(net.weights):
        return "answer"
    return f"hidden {unit + 1 + sum(net.sizes[1:layer])}"


def _number(value, digits=2):
    """A number as short as it can be: 1, 0.25, −2."""
    return f"{round(float(value), digits) + 0.0:g}".replace("-", "−")


def draw_two_bars(names, left, right, titles):
    """Two rows of bars side by side, one pair for each name, with their numbers: what was seen, what was done.

    Parameters
    ----------
    names : list of str
    left, right : arrays, shape (len(names),)
    titles : (str, str), the two questions that were asked
    """
    canvas = Canvas(640, 60 + 36 * len(names))
    for numbers, title, start in ((left, titles[0], 110), (right, titles[1], 390)):
        reach = max(1e-9, np.abs(numbers).max())
        low, high = min(0.0, np.min(numbers)), max(0.0, np.max(numbers))
        place = scale(low, high if high > low else low + reach, start + 20, start + 170)
        write = _signed if low < 0 else _number
        canvas.text(start + 95, 24, title, text_anchor="middle", font_weight="bold")
        canvas.add("line", x1=place(0), x2=place(0), y1=38, y2=48 + 36 * len(names), stroke=BLACK)
        for i, value in enumerate(numbers):
            top, ends = 44 + 36 * i, sorted((place(0), place(value)))
            colour = {"fill": SKY} if value >= 0 else {"fill": RED}
            box = {"x": ends[0], "y": top, "width": ends[1] - ends[0], "height": 24}
            canvas.add("rect", **box, stroke=BLACK, **colour)
            canvas.text(start + 232, top + 17, write(value), text_anchor="end")
    for i, name in enumerate(names):
        canvas.text(98, 61 + 36 * i, name, text_anchor="end")
    rows = zip(names, left, right, strict=True)
    said = "; ".join(f"{name}: {_number(a)} and {_number(b)}" for name, a, b in rows)
    return canvas.picture(f"{titles[0]}, and {titles[1]}: {said}.")


def draw_held(net, X, cases, selectivity, unit=None, value=0.0):
    """A planted net with one hidden layer and one answer, over all its cases, with one neuron held at a value.

    On the left the selectivity of each neuron, on the right the answer to each case: a ring as the net gives it, a
    dot as it is with the neuron held. Answers right of the dashed line, above 0, are a yes.

    Parameters
    ----------
    net : networks.MLP; X : (cases, inputs) array; cases : names of the cases
    selectivity : (neurons,) array, from 0 to 1
    unit : int or None, the neuron that is held; value : float
    """
    hidden, before = networks.activations(net, X)
    held = hidden.copy()
    if unit is not None:
        held[:, unit] = value
    before = before[:, 0]
    after = before + (held - hidden) @ net.weights[1][:, 0]
    canvas, bar, x = Canvas(640, 270), scale(0, 1, 100, 230), scale(-6, 6, 380, 620)
    canvas.text(170, 24, "selectivity", text_anchor="middle", font_weight="bold")
    canvas.text(500, 24, "answer, held (dot) and own (ring)", text_anchor="middle", font_weight="bold")
    for i, share in enumerate(selectivity):
        y = 44 + 50 * i
        if i == unit:
            canvas.add("rect", x=4, y=y - 6, width=284, height=44, fill="none", stroke=BLACK, stroke_width=3)
        canvas.text(88, y + 21, f"hidden {i + 1}", text_anchor="end")
        canvas.add("rect", x=bar(0), y=y + 4, width=bar(share) - bar(0), height=24, fill=SKY, stroke=BLACK)
        canvas.text(bar(share) + 8, y + 21, _number(share))
    canvas.add("line", x1=bar(0), x2=bar(0), y1=40, y2=240, stroke=BLACK)
    canvas.add("line", x1=x(0), x2=x(0), y1=36, y2=240, stroke=BLACK, stroke_dasharray="5 4")
    for i, (name, old, new) in enumerate(zip(cases, before, after, strict=True)):
        y, turned = 66 + 50 * i, (old > 0) != (new > 0)
        canvas.text(368, y + 5, name, text_anchor="end")
        canvas.add("line", x1=x(-6), x2=x(6), y1=y, y2=y, stroke="#DDDDDD")
        canvas.add(
            "line",
            x1=x(old),
            x2=x(new),
            y1=y,
            y2=y,
            stroke=RED if turned else GREY,
            stroke_width=5 if turned else 3,
        )
        canvas.add("circle", cx=x(old), cy=y, r=9, fill="none", stroke=BLACK, stroke_width=2)
        canvas.add("circle", cx=x(new), cy=y, r=6, fill=BLUE)
        if turned:
            canvas.text(x(6), y - 10, "turned", text_anchor="end", font_size=12)
    for v in (-6, 0, 6):
        canvas.text(x(v), 258, _signed(v), text_anchor="middle", fill=GREY)
    canvas.text(x(-3), 258, "no", text_anchor="middle")
    canvas.text(x(3), 258, "yes", text_anchor="middle")
    who = (
        "Nobody is held"
        if unit is None
        else f"Hidden {unit + 1} (selectivity {_number(selectivity[unit])}) is held at {_number(value)}"
    )
    said = ", ".join(f"{name} {_signed(a)}" for name, a in zip(cases, after, strict=True))
    turned = int(((before > 0) != (after > 0)).sum())
    return canvas.picture(f"{who}: {turned} of {len(cases)} answers turn. Answers: {said}.")


def draw_selectivity(selectivity, rises):
    """One line for each neuron of a trained net: its selectivity, and how far the loss rises without it.

    Parameters
    ----------
    selectivity : (neurons,) array
    rises : {"mean": …, "zero": …}, (neurons,) arrays, the rise of the loss under these ablations
    """
    by_mean, by_zero = rises["mean"], rises["zero"]
    figure, ax = plot(6.4, 3.8)
    ax.vlines(selectivity, by_mean, by_zero, color=GREY, linewidth=1)
    ax.plot(selectivity, by_zero, "o", mfc="white", mec=RED, label="set to 0")
    ax.plot(selectivity, by_mean, "o", color=BLUE, label="held at its mean")
    top = int(np.argmax(selectivity))
    ax.plot(selectivity[top], by_mean[top], "s", ms=14, mfc="none", mec=BLACK, label="the most selective one")
    ax.set(xlabel="selectivity", ylabel="rise of the loss without it")
    ax.legend(loc="upper left")
    place = 1 + int(np.sum(by_mean > by_mean[top]))
    best = [int(np.argmax(by)) for by in (by_mean, by_zero)]
    return finish(
        figure,
        f"{len(by_mean)} neurons. Held at its mean, a neuron raises the loss by {by_mean.mean():.3f} on average and "
        f"{by_mean.max():.3f} at most (that one has selectivity {selectivity[best[0]]:.2f}); set to 0, by "
        f"{by_zero.mean():.3f} and {by_zero.max():.3f} (selectivity {selectivity[best[1]]:.2f}). The most selective "
        f"one ({selectivity[top]:.2f}) is number {place} when held at its mean.",
    )


def draw_residuals(steps, missing):
    """How much of the answer integrated gradients miss, against the number of steps, for many nets.

    Parameters
    ----------
    steps : (counts,) array; missing : (nets, counts) array
    """
    missing = np.abs(missing)
    middle, low, high = np.median(missing, axis=0), *np.percentile(missing, [10, 90], axis=0)
    figure, ax = plot(6.4, 3.4)
    ax.fill_between(steps, low, high, color=SKY, alpha=0.4, label="8 in 10 of the nets")
    ax.plot(steps, middle, "o-", color=BLUE, label="the middle one")
    ax.set(xscale="log", yscale="log", xlabel="steps", ylabel="missing")
    ax.legend()
    said = "; ".join(
        f"{n} steps {m:.1g} ({a:.1g} to {b:.1g})" for n, m, a, b in zip(steps, middle, low, high, strict=True)
    )
    return finish(figure, f"{len(missing)} random nets, what is missing: {said}.")


def draw_maps(maps, titles):
    """Pictures of 8 × 8 numbers as squares: the larger the number, the larger the square; negative ones are hollow.

    Parameters
    ----------
    maps : list of (64,) arrays, each drawn on a scale of its own
    titles : list of str, one for each
    """
    side, step = 120, 155
    canvas = Canvas(25 + step * len(maps), 170)
    for k, (numbers, title) in enumerate(zip(maps, titles, strict=True)):
        left, reach = 25 + step * k, np.abs(numbers).max() or 1.0
        canvas.text(left + side / 2, 24, title, text_anchor="middle", font_size=12)
        canvas.add("rect", x=left, y=36, width=side, height=side, fill="white", stroke=BLACK)
        for i, value in enumerate(numbers):
            size = 13 * np.sqrt(abs(value) / reach)
            if size < 1:
                continue
            at = {"x": left + 15 * (i % 8) + 7.5 - size / 2, "y": 36 + 15 * (i // 8) + 7.5 - size / 2}
            style = {"fill": BLUE} if value > 0 else {"fill": "white", "stroke": RED, "stroke_width": 1.5}
            canvas.add("rect", **at, width=float(size), height=float(size), **style)
    said = []
    for numbers, title in zip(maps, titles, strict=True):
        best = int(np.abs(numbers).argmax())
        said.append(
            f"{title}: largest in row {best // 8 + 1}, column {best % 8 + 1} ({_signed(numbers[best])})"
        )
    return canvas.picture(f"{len(maps)} maps of 8 × 8 squares. " + "; ".join(said) + ".")


# ---------------------------------------------------------------- lesson 09: robustness


def draw_misses(tables, clean, sensors, faults, limit):
    """How far off cars are with each sensor broken in turn, in each way: one panel of numbers per car, darker is worse.

    Parameters
    ----------
    tables : {car: (sensors, faults) array}, mean absolute errors; three cars at most
    clean : {car: float}, the same with nothing broken
    sensors : names of the sensors
    faults : list of (fault, size)
    limit : float, larger errors get a frame
    """
    left, top, gap = 80, 84, 16
    wide = (640 - left - gap * len(tables)) / (len(tables) * len(faults))
    canvas, words = Canvas(640, top + 30 * len(sensors) + 12), []
    for i, sensor in enumerate(sensors):
        canvas.text(left - 8, top + 20 + 30 * i, sensor, text_anchor="end")
    for k, (name, table) in enumerate(tables.items()):
        start = left + k * (wide * len(faults) + gap)
        middle = start + wide * len(faults) / 2
        title = f"{name}: {clean[name]:.2f} with none broken" if len(tables) == 1 else name
        canvas.text(middle, 18, title, text_anchor="middle", font_weight="bold")
        if len(tables) > 1:
            canvas.text(middle, 36, f"none broken: {clean[name]:.2f}", text_anchor="middle")
        for j, (fault, size) in enumerate(faults):
            for line, text in ((58, fault[:5]), (74, _number(size))):
                canvas.text(start + (j + 0.5) * wide, line, text, text_anchor="middle", font_size=12)
        for (i, j), value in np.ndenumerate(table):
            box = {"x": start + j * wide + 1, "y": top + 30 * i + 1, "width": wide - 2, "height": 28.0}
            canvas.add("rect", **box, fill=ORANGE, fill_opacity=float(np.clip(0.85 * value, 0, 0.85)))
            if value > limit:
                canvas.add("rect", **box, fill="none", stroke=BLACK, stroke_width=2)
            at = start + (j + 0.5) * wide, top + 20 + 30 * i
            canvas.text(*at, f"{value:.2f}", text_anchor="middle", font_size=12)
        rows = [
            f"{sensor} "
            + ", ".join(f"{f} {_number(s)}: {v:.2f}" for (f, s), v in zip(faults, row, strict=True))
            for sensor, row in zip(sensors, table, strict=True)
        ]
        words.append(
            f"{name}, {clean[name]:.2f} with none broken, above {limit:g} in {int((table > limit).sum())} of "
            f"{table.size}. " + "; ".join(rows)
        )
    return canvas.picture("Mean absolute errors. " + ". ".join(words) + ".")


def draw_board(readings, places, states, misses, clean, lost):
    """The sensor board: what each sensor says on a short drive, and how far off each car is.

    Parameters
    ----------
    readings : (moments, sensors) array, as the sensors are now; places : (moments,) array, where the car is
    states : {sensor: its state in words}
    misses, clean : {car: float}, mean absolute errors, now and with nothing broken
    lost : float, the error of a car that always says 0
    """
    canvas, along, high = Canvas(640, 340), scale(0, len(places) - 1, 158, 356), scale(-2, 2, 44, 0)
    canvas.text(158, 18, "the place (line), the readings (dots)", font_size=12)
    way = [f"{along(t):.0f} {high(place):.1f}" for t, place in enumerate(places)]
    for k, (sensor, state) in enumerate(states.items()):
        top, fine = 30 + 60 * k, state == "fine"
        canvas.text(8, top + 20, sensor, font_weight="bold")
        canvas.text(8, top + 38, state, font_size=12)
        box = {"x": 150, "y": top, "width": 214, "height": 50}
        canvas.add("rect", **box, fill="white", stroke=GREY if fine else BLACK, stroke_width=1 if fine else 3)
        lines = {"fill": "none", "transform": f"translate(0 {top + 3})"}
        canvas.add("path", d="M" + "L".join(way), stroke=GREY, stroke_width=2, **lines)
        dots = "".join(f"M{along(t):.0f} {high(v):.1f}h0" for t, v in enumerate(readings[:, k]))
        colour, wide, ends = (BLUE, 6, "round") if fine else (RED, 8, "square")
        canvas.add("path", d=dots, stroke=colour, stroke_width=wide, stroke_linecap=ends, **lines)
    x = scale(0, 1.5, 400, 586)
    canvas.text(400, 18, "mean absolute error", font_weight="bold", font_size=12)
    canvas.text(x(lost), 300, f"always 0: {lost:.2f}", text_anchor="middle", font_size=12)
    for k, (name, value) in enumerate(misses.items()):
        top = 52 + 78 * k
        canvas.text(400, top, name)
        line = {"x1": x(lost), "x2": x(lost), "y1": top + 6, "y2": top + 64}
        canvas.add("line", stroke=BLACK, stroke_dasharray="5 4", **line)
        canvas.add("rect", x=400, y=top + 8, width=x(value) - 400, height=26, fill=ORANGE, stroke=BLACK)
        canvas.add(
            "line", x1=x(clean[name]), x2=x(clean[name]), y1=top + 4, y2=top + 38, stroke=BLUE, stroke_width=4
        )
        canvas.text(x(value) + 6, top + 27, f"{value:.2f}", font_weight="bold")
    canvas.text(400, 322, "blue mark: with none broken", font_size=12)
    said = ", ".join(f"{sensor} {state}" for sensor, state in states.items())
    off = "; ".join(
        f"{name} {value:.2f}, with none broken {clean[name]:.2f}" for name, value in misses.items()
    )
    return canvas.picture(
        f"Sensors: {said}. Mean absolute errors: {off}. Always saying 0 misses by {lost:.2f}."
    )


def draw_nudges(sizes, curves):
    """The share of images read rightly, against the size of a nudge: one line for each way of nudging.

    Parameters
    ----------
    sizes : (sizes,) array; curves : {way: (sizes,) array}, three at most
    """
    figure, ax = plot(6.4, 3.4)
    for (name, right), mark, colour in zip(
        curves.items(), ("o-", "s--", "^:"), (BLUE, RED, BLACK), strict=False
    ):
        ax.plot(sizes, right, mark, color=colour, label=name)
    ax.set(xlabel="size of the nudge, of each pixel", ylabel="read rightly", ylim=(0, 1.03))
    ax.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    ax.legend()
    words = [
        f"{name}: " + ", ".join(f"{size:g} {share:.0%}" for size, share in zip(sizes, right, strict=True))
        for name, right in curves.items()
    ]
    return finish(figure, "Read rightly, by the size of the nudge. " + "; ".join(words) + ".")


# ---------------------------------------------------------------- lesson 10: debugging


def draw_bench(rows, words, bars=None, marked=()):
    """One strip of columns per look, a column for every hidden unit, and what stands out in each.

    Parameters
    ----------
    rows : {title: (units,) array}; what is below 0 is drawn as 0
    words : str, the headline
    bars : {title: float}, a dashed line where the alarm rings
    marked : units to mark with a triangle under their column
    """
    units, height, bars = len(next(iter(rows.values()))), 92, bars or {}
    canvas, step, said = Canvas(640, 62 + height * len(rows)), 576 / units, []
    canvas.text(10, 22, words, font_weight="bold")
    for k, (title, values) in enumerate(rows.items()):
        top, most = 66 + height * k, int(np.argmax(values))
        bottom, high = top + 46, max(float(np.max(values)), bars.get(title, 0.0), 1e-9)
        y = scale(0, high, bottom, top)
        for unit, value in enumerate(values):
            look = {"fill": RED, "stroke": BLACK} if unit == most else {"fill": SKY, "stroke": "none"}
            canvas.add(
                "rect", x=40 + step * unit + 2, y=y(value), width=step - 4, height=bottom - y(value), **look
            )
        canvas.add("line", x1=40, x2=616, y1=bottom, y2=bottom, stroke=BLACK)
        if title in bars:
            line = {"x1": 40, "x2": 616, "y1": y(bars[title]), "y2": y(bars[title])}
            canvas.add("line", stroke=BLACK, stroke_dasharray="5 4", **line)
        for unit in sorted({most, *marked}):
            x, low = 40 + step * (unit + 0.5), 10 if unit in marked else 0
            if unit in marked:
                canvas.add("path", d=f"M{x - 6:.1f} {bottom + 11}h12l-6 -8z", fill=BLACK)
            canvas.text(x, bottom + 14 + low, str(unit), font_size=12, text_anchor="middle")
        canvas.text(40, top - 8, f"{title}: most at hidden {most}, {_number(values[most])}")
        ring = f", alarm from {_number(bars[title])}" if title in bars else ""
        said.append(f"{title}: most at hidden {most}, {_number(values[most])}{ring}")
    at = f" Marked: hidden {' and '.join(map(str, marked))}." if len(marked) else ""
    return canvas.picture(f"{words}. {'; '.join(said)}.{at}")


def draw_tables(tables, titles, axes, signed=False):
    """One or two square tables side by side, with a number in every cell that does not round to 0.

    Parameters
    ----------
    tables : list of (classes, classes) arrays; titles : as many str
    axes : (str, str), what a row is and what a column is
    signed : bool; blue for above 0 and red for below, else only ink
    """
    tables = [np.asarray(table, float) for table in tables]
    canvas, high, said = Canvas(640, 372), max(np.abs(table).max() for table in tables), []
    for k, (table, title) in enumerate(zip(tables, titles, strict=True)):
        left, top, cell = 46 + 310 * k, 62, 27
        canvas.text(left, 22, title, font_weight="bold")
        canvas.text(left, 44, f"row: {axes[0]}; column: {axes[1]}", font_size=12)
        for (i, j), value in np.ndenumerate(table):
            share, x, y = abs(value) / high, left + cell * j, top + cell * i
            fill = (BLUE if value > 0 else RED) if signed else BLUE
            canvas.add("rect", x=x, y=y, width=cell, height=cell, fill=fill, fill_opacity=f"{0.6 * share:.2f}",
                       stroke="#E5E5E5")  # fmt: skip
            text = f"{value:.0f}".replace("-", "−")
            if text.strip("−") != "0":
                canvas.text(x + cell / 2, y + 18, text, text_anchor="middle", font_size=12)
        for i in range(len(table)):
            canvas.text(left - 8, top + cell * i + 18, str(i), text_anchor="end", fill=GREY)
            canvas.text(
                left + cell * (i + 0.5), top + cell * len(table) + 18, str(i), text_anchor="middle", fill=GREY
            )
        off = np.where(np.eye(len(table), dtype=bool) & (not signed), 0, np.abs(table))
        i, j = np.unravel_index(off.argmax(), off.shape)
        where = "" if signed else " off the diagonal"
        said.append(f"{title}: largest{where} at row {i}, column {j}, {_number(table[i, j], 1)}")
    return canvas.picture(f"Tables, row {axes[0]} and column {axes[1]}. {'; '.join(said)}.")


def draw_contest(kinds, views, shares):
    """A table of shares from 0 to 1: a row per kind of fault, a column per view; a disc grows with the share."""
    canvas, step = Canvas(640, 66 + 30 * len(kinds)), 460 / len(views)
    for j, view in enumerate(views):
        for line, word in enumerate(view.split(" ", 1)):
            canvas.text(
                172 + step * (j + 0.5), 20 + 18 * line, word, text_anchor="middle", font_weight="bold"
            )
    said = []
    for i, (kind, row) in enumerate(zip(kinds, shares, strict=True)):
        y = 66 + 30 * i
        canvas.text(160, y + 5, kind, text_anchor="end")
        canvas.add("line", x1=10, x2=632, y1=y + 15, y2=y + 15, stroke="#E5E5E5")
        for j, share in enumerate(row):
            x = 172 + step * (j + 0.5)
            canvas.add("circle", cx=x - 18, cy=y, r=12, fill="none", stroke=GREY)
            canvas.add("circle", cx=x - 18, cy=y, r=float(12 * np.sqrt(share)), fill=BLUE)
            canvas.text(x + 40, y + 5, f"{share:.0%}", text_anchor="end")
        said.append(f"{kind} {', '.join(f'{share:.0%}' for share in row)}")
    return canvas.picture(f"Shares, for {', '.join(views)}: {'; '.join(said)}.")
