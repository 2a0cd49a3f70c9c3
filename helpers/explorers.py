"""The machines with the lid off: a few controls, one picture, redrawn at every turn of a knob.

An explorer draws SVG with `figures`, so that a turn is answered at once, and uses only what ipywidgets 7 (Colab)
and 8 share. Without a kernel its output is the picture of its first state.
"""

import html

import numpy as np

from . import clocks, figures, importance, networks


class Explorer:
    """Controls, and a function that draws what they say.

    Parameters
    ----------
    draw : callable, takes the controls' values by name and returns a `figures.Picture`
    controls : {name: ipywidgets control}, in the order of the page
    """

    def __init__(self, draw, **controls):
        import ipywidgets as widgets

        self.draw, self.controls = draw, controls
        self.picture = widgets.HTML()
        self.box = widgets.VBox([*controls.values(), self.picture])
        for control in controls.values():
            control.observe(self._redraw, names="value")
        self._redraw()

    def state(self):
        """The controls' present values by name."""
        return {name: control.value for name, control in self.controls.items()}

    def _redraw(self, change=None):
        try:
            picture = self.draw(**self.state())
            self.picture.value = f"{picture.data.decode()}<p>{html.escape(picture.alt)}</p>"
        except Exception as error:  # an exception in a callback would show nowhere
            self.picture.value = f"<p>This setting could not be drawn ({type(error).__name__}).</p>"
            raise

    def _repr_mimebundle_(self, include=None, exclude=None):
        still = self.draw(**self.state())._repr_mimebundle_()
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return still | {"application/vnd.jupyter.widget-view+json": view}


def slider(description, value, low, high, step, digits=None):
    """A slider with its name and a readout of `digits` decimals (an integer slider where there are none)."""
    import ipywidgets as widgets

    kind, readout = (widgets.IntSlider, "d") if digits is None else (widgets.FloatSlider, f".{digits}f")
    return kind(
        value=value, min=low, max=high, step=step, description=description, readout_format=readout,
        continuous_update=True, style={"description_width": "9em"}, layout=widgets.Layout(width="32em"),
    )  # fmt: skip


def choice(description, options):
    """A drop-down list with its name; `options` are (words, value) pairs."""
    import ipywidgets as widgets

    return widgets.Dropdown(
        options=options,
        description=description,
        style={"description_width": "9em"},
        layout=widgets.Layout(width="32em"),
    )


# ---------------------------------------------------------------- lesson 00: two boxes


def boxes_explorer():
    """The clock and the box, both open: turn the hours, change the gears, take a part out of the box."""
    return Explorer(
        lambda hours, pinion, wheel, out: figures.draw_boxes(hours, pinion, wheel, out - 1 if out else None),
        hours=slider("hours", 15, 0, 47, 1),
        pinion=slider("pinion (teeth)", clocks.PINION, 0, 20, 1),
        wheel=slider("wheel (teeth)", clocks.WHEEL, 100, 140, 1),
        out=slider("box without part", 0, 0, len(clocks.NUMBERS), 1),
    )


# ---------------------------------------------------------------- lesson 01: trees


def person_explorer(tree):
    """Lesson 01: two sliders move a person through the age × income plane and light the path through the tree."""
    return Explorer(
        lambda age, income: figures.draw_decision(tree, (age, income)),
        age=slider("age (years)", 22, 0, 120, 1),
        income=slider("income (dollars)", 40_000, 0, 200_000, 1_000),
    )


# ---------------------------------------------------------------- lesson 06: coefficients


def null_space_explorer():
    """The seed's regression: choose two coefficients freely; the other two follow, and the fit stays perfect."""
    X = np.array([[1, 1, 2, 3], [1, 4, 5, 6], [1, 7, 8, 9], [1, 10, 11, 12]])
    y = np.array([10, 20, 30, 40])

    def draw(x2, x3, off):
        # every perfect answer has x1 + x2 + x3 = 10/3 and const + x2 + 2 x3 = 20/3
        b = np.array([20 / 3 - x2 - 2 * x3 + off, 10 / 3 - x2 - x3, x2, x3])
        return figures.draw_null_space(b, X, y)

    return Explorer(
        draw,
        x2=slider("coefficient of x2", 1.0, -3.0, 3.0, 0.5, digits=1),
        x3=slider("coefficient of x3", 2.0, -3.0, 3.0, 0.5, digits=1),
        off=slider("add to const", 0.0, -3.0, 3.0, 0.5, digits=1),
    )


def collinearity_explorer():
    """Two columns made ever more alike: their coefficients lose all certainty, the predictions none.

    The truth is y = column 1 + column 2, with 1 % noise, in 30 rows. At step k the columns differ by 10^(−k/4)
    of their spread.
    """
    first, other = np.random.default_rng(0).normal(size=(2, 30))

    def draw(alike, redraw):
        columns = np.column_stack([first, first + 10 ** (-alike / 4) * other])
        X, truth = np.column_stack([np.ones(30), columns]), columns.sum(axis=1)
        y = truth + 0.01 * truth.std() * np.random.default_rng(redraw).normal(size=30)
        fit = importance.least_squares(X, y)
        noise = np.sqrt(np.sum((y - fit.predicted) ** 2) / (30 - 3))
        leverage = np.sum(X * np.linalg.pinv(X).T, axis=1)  # how much a row's own noise enters its prediction
        margins = 2 * noise * np.sqrt(leverage)
        factor = importance.vif(columns)[0]
        return figures.draw_collinearity(
            fit.coefficients[1:], 2 * fit.errors[1:], fit.predicted[:6], margins[:6], factor
        )

    return Explorer(
        draw,
        alike=slider("how alike", 8, 0, 12, 1),
        redraw=slider("redraw the noise", 1, 1, 40, 1),
    )


# ---------------------------------------------------------------- lesson 03: networks


def net_explorer(net, x=(0.5, 0.8)):
    """Lesson 03: two inputs, one parameter at a time, and a hidden neuron to silence; the net is drawn at every turn.

    The other parameters stay as they are in `net`. A newly chosen parameter starts at its own value.
    """
    own = networks.parameters(net)
    first = next(iter(own))
    reach = max(3.0, *map(abs, own.values()))
    value = slider("its value", own[first], -reach, reach, 0.1, 1)
    parameter = choice("parameter", [(f"{name} = {number:g}", name) for name, number in own.items()])
    units = [(f"hidden {unit + 1}", unit) for unit in range(len(net.w2))]

    def draw(x1, x2, parameter, value, silence):
        changed = networks.with_parameter(net, parameter, value)
        return figures.draw_net(changed, (x1, x2), {} if silence is None else {silence: 0.0})

    def start(change):
        value.value = own[change["new"]]

    parameter.observe(start, names="value")
    return Explorer(
        draw,
        x1=slider("x1", x[0], -3.0, 3.0, 0.1, 1),
        x2=slider("x2", x[1], -3.0, 3.0, 0.1, 1),
        parameter=parameter,
        value=value,
        silence=choice("silence", [("nobody", None), *units]),
    )
