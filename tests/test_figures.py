"""Every picture that the lessons and the machines show: its colours can be told apart, its words can be read.

Two marks whose colours somebody may take for one another need a second sign: another kind of shape, other dashes,
another width, or words on both. Asked of normal sight, of protanopia, deuteranopia and tritanopia (Machado, Oliveira
and Fernandes 2009, at full strength) and of a grey print. Distances are those of CAM02-UCS (Luo, Cui and Li 2006).
Not asked of the cells of a scale, which stand in a group of their own: their shade is a quantity. Nor of a ground
paler than a quarter, on which stand the marks that say the same.
"""

import itertools
import re
import xml.etree.ElementTree as ET
from collections import namedtuple
from functools import cache

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE
from matplotlib.colors import to_hex, to_rgb
from test_explorers import MACHINES, settings

from helpers import author, figures

APART = 15  # in CAM02-UCS, where black and white are 100 apart and 1 can just be seen
APART_IN_GREY = 10  # of 100 steps of lightness (L* of CIELAB)
SIGHTS = ["protanomaly", "deuteranomaly", "tritanomaly"]  # at severity 100: protanopia and so on

Mark = namedtuple("Mark", "shape dashes width colour labelled")


@cache
def confused(one, other):
    """Return who may take two colours, (r, g, b) from 0 to 1, for one another: a list of words."""
    pair, who = np.array([one, other]), []
    for sight in [None, *SIGHTS]:
        space = {"name": "sRGB1+CVD", "cvd_type": sight, "severity": 100}
        seen = np.clip(cspace_convert(pair, space, "sRGB1"), 0, 1) if sight else pair
        if deltaE(*seen, input_space="sRGB1") < APART:
            who.append(sight or "normal sight")
    if abs(np.subtract(*cspace_convert(pair, "sRGB1", "CIELab")[:, 0])) < APART_IN_GREY:
        who.append("grey")
    return who


def contrast(one, other):
    """Return the contrast of two colours as WCAG 2 defines it, from 1 to 21."""
    light = [
        np.dot([0.2126, 0.7152, 0.0722], cspace_convert(c, "sRGB1", "sRGB1-linear")) for c in (one, other)
    ]
    return (max(light) + 0.05) / (min(light) + 0.05)


def box(shape):
    """Return left, top, right and bottom of a rectangle or a circle."""
    at = {name: float(shape.get(name, 0)) for name in ("x", "y", "width", "height", "cx", "cy", "r")}
    if shape.tag == "circle":
        return at["cx"] - at["r"], at["cy"] - at["r"], at["cx"] + at["r"], at["cy"] + at["r"]
    return at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"]


def inside(point, shape):
    left, top, right, bottom = box(shape)
    return left <= point[0] <= right and top <= point[1] <= bottom


def middle(text):
    """Return a point where the letters of a text stand."""
    shift = {"end": -6, "middle": 0}.get(text.get("text-anchor"), 6)
    return float(text.get("x")) + shift, float(text.get("y")) - 4


def filled(shape, below=(1.0, 1.0, 1.0)):
    share = float(shape.get("fill-opacity", 1))
    mixed = zip(to_rgb(shape.get("fill")), below, strict=True)
    return tuple(share * over + (1 - share) * under for over, under in mixed)


def complaints(svg):
    """Return what is hard to tell apart or to read in a drawing of a `figures.Canvas`."""
    tree = ET.fromstring(svg)
    for shape in tree.iter():
        shape.tag = shape.tag.split("}")[1]
    shapes = list(tree)[1:]  # without the white ground
    texts, found, marks = [shape for shape in shapes if shape.tag == "text"], [], set()
    for shape in shapes:
        if shape.tag == "text":
            continue
        labelled = shape.tag in ("rect", "circle") and any(inside(middle(text), shape) for text in texts)
        line = (shape.get("stroke-dasharray"), float(shape.get("stroke-width", 1)))
        if shape.get("stroke", "none") != "none":
            marks.add(Mark(f"the line of a {shape.tag}", *line, to_rgb(shape.get("stroke")), labelled))
        if shape.get("fill", "none") != "none" and float(shape.get("fill-opacity", 1)) > 0.25:
            outline = re.sub(
                r"^M[^a-z]*|M.*$", "", shape.get("d", "")
            )  # of a path's first piece, wherever it is
            marks.add(Mark(f"{shape.tag} {outline}".strip(), None, 0, filled(shape), labelled))
    found += indistinct(marks)
    for number, text in enumerate(shapes):
        if text.tag == "text":
            ground = (1.0, 1.0, 1.0)
            for shape in shapes[:number]:
                if (
                    shape.tag in ("rect", "circle")
                    and shape.get("fill") != "none"
                    and inside(middle(text), shape)
                ):
                    ground = filled(shape, ground)
            ratio = contrast(to_rgb(text.get("fill", "black")), ground)
            if ratio < 4.5:
                found.append(f"the words {text.text!r} have a contrast of {ratio:.1f}")
    return found


def said(mark):
    return f"{mark.shape} {to_hex(mark.colour)}"


def indistinct(marks):
    """Return the pairs of marks whose colours may be confused, and that have no second sign."""
    return [
        f"{said(one)} and {said(other)}: the same for {', '.join(who)}"
        for one, other in itertools.combinations(sorted(marks, key=str), 2)
        if one.colour != other.colour and one[:2] == other[:2] and abs(one.width - other.width) < 2
        if not (one.labelled and other.labelled) and (who := confused(one.colour, other.colour))
    ]  # fmt: skip


def in_lessons():
    for path in author.lessons():
        for cell in author.read(path).cells:
            for output in cell.get("outputs", []):
                if "image/svg+xml" in output.get("data", {}):
                    yield pytest.param(output.data["image/svg+xml"], id=f"{path.stem}-{cell.id}")


@pytest.mark.parametrize("svg", list(in_lessons()))
def test_a_picture_of_a_lesson_can_be_told_apart_and_read(svg):
    assert complaints(svg) == []


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_can_be_told_apart_and_read_at_every_end(name):
    machine = MACHINES[name]()
    for control in machine.controls.values():
        before = control.value
        for value in settings(control):
            control.value = value
            assert complaints(machine.draw(**machine.state()).data.decode()) == []
        control.value = before


def test_the_marks_of_a_plot_can_be_told_apart(monkeypatch):
    plots = []
    monkeypatch.setattr(figures, "finish", lambda figure, alt: plots.append(figure))
    figures.draw_line_fit(np.arange(5.0), np.array([1, 3, 2, 5, 4.0]), (1.0, 1.0))
    (ax,) = plots[0].axes
    marks = {
        Mark(
            line.get_marker() + line.get_linestyle(),
            None,
            line.get_linewidth(),
            to_rgb(line.get_color()),
            False,
        )
        for line in ax.lines
    }
    strokes = ax.collections[0]
    marks.add(Mark("None-", None, float(strokes.get_linewidths()[0]), to_rgb(strokes.get_colors()[0]), False))
    assert len(marks) == 4 and indistinct(marks) == []


RED, GREEN = "#CC3311", "#887711"  # told apart by most, not with deuteranopia


@pytest.mark.parametrize(
    ("draw", "complaint"),
    [
        (lambda c: dots(c, RED, GREEN), "deuteranomaly"),
        (lambda c: dots(c, figures.SKY, figures.ORANGE), "the same for grey"),
        (lambda c: dots(c, figures.SKY, "#60B4E9"), "normal sight"),
        (lambda c: dots(c, figures.ORANGE, figures.PINK), "tritanomaly"),
        (lambda c: dots(c, figures.BLUE, figures.PINK), "protanomaly"),
        (lambda c: lines(c, figures.BLUE, figures.RED), "the same for grey"),
        (lambda c: c.text(20, 20, "pale", fill="#999999"), "'pale' have a contrast of 2.8"),
        (lambda c: (dots(c, figures.BLUE), c.text(50, 54, "9", text_anchor="middle")), "'9' have a contrast of 4.0"),
        (lambda c: dots(c, figures.SKY, figures.ORANGE, words="ab"), None),
        (lambda c: dots(c, figures.BLUE, figures.ORANGE), None),
        (lambda c: lines(c, figures.BLUE, figures.RED, stroke_dasharray="9 5"), None),
        (lambda c: lines(c, figures.BLUE, figures.RED, stroke_width=5), None),
    ],
)  # fmt: skip
def test_bad_colours_are_found_and_a_second_sign_is_seen(draw, complaint):
    canvas = figures.Canvas(300, 100)
    draw(canvas)
    found = complaints(canvas.picture("two marks").data.decode())
    assert (found == []) if complaint is None else any(complaint in one for one in found), found


def dots(canvas, *colours, words="", **extra):
    for k, colour in enumerate(colours):
        canvas.add("circle", cx=50 + 100 * k, cy=50, r=20, fill=colour, **(extra if k else {}))
    for k, word in enumerate(words):
        canvas.text(50 + 100 * k, 54, word, text_anchor="middle")


def lines(canvas, one, other, **extra):
    canvas.add("line", x1=0, x2=90, y1=20, y2=20, stroke=one)
    canvas.add("line", x1=0, x2=90, y1=50, y2=50, stroke=other, **extra)
