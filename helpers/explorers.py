"""The machines with the lid off: a few controls, one picture, redrawn at every turn of a knob.

An explorer draws SVG with `figures`, so that a turn is answered at once, and uses only what ipywidgets 7 (Colab)
and 8 share. Without a kernel its output is the picture of its first state, with its description under it.
"""

import numpy as np

from . import figures, importance, networks

# A slider of ipywidgets has a label for the eye only. This gives its handle and its readout the same name, which a
# screen reader speaks, has the handle say its value as the readout does (its own words are 0.7999999999999998), and
# has a changed picture's description read out. And it keeps JupyterLab's shortcuts away from the controls: an arrow
# key in a list would leave it for the next cell. (ipywidgets 8 also leaves a label the hover text "null", and
# ipywidgets 7 calls the handle by another class.)
_NAMES = {
    "output_type": "display_data",
    "metadata": {},
    "data": {
        "text/html": """<script>
if (!window.explorersNamed) {
  window.explorersNamed = new MutationObserver(() => {
    for (const slider of document.querySelectorAll(".widget-slider")) {
      const label = slider.querySelector(".widget-label");
      label.removeAttribute("title");
      for (const part of slider.querySelectorAll("[role=slider], .ui-slider-handle, .widget-readout"))
        part.setAttribute("aria-label", label.textContent);
      const readout = slider.querySelector(".widget-readout");
      readout?.setAttribute("role", "textbox");
      slider.querySelector("[role=slider]")?.setAttribute("aria-valuetext", readout?.textContent);
    }
    for (const picture of document.querySelectorAll(".explorer-picture .widget-html-content")) {
      picture.setAttribute("aria-live", "polite");
      for (const control of picture.closest(".widget-vbox").querySelectorAll("select, [role=slider]"))
        control.setAttribute("data-lm-suppress-shortcuts", "true");
    }
  });
  window.explorersNamed.observe(document.body, {childList: true, subtree: true});
}
</script>"""
    },
}

_STILL = (
    "<p><em>This is a still picture of the machine. Its knobs turn where the notebook runs: "
    "in JupyterLab, Colab or Binder.</em></p>"
)


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
        self.picture.add_class("explorer-picture")
        names = widgets.Output(outputs=(_NAMES,), layout=widgets.Layout(display="none"))
        self.box = widgets.VBox([*controls.values(), self.picture, names])
        for control in controls.values():
            control.observe(self._redraw, names="value")
        self._redraw()

    def state(self):
        """The controls' present values by name."""
        return {name: control.value for name, control in self.controls.items()}

    def _redraw(self, change=None):
        try:
            picture = self.draw(**self.state())
            self.picture.value = picture.data.decode() + picture.caption
        except Exception as error:  # an exception in a callback would show nowhere
            self.picture.value = f"<p>This setting could not be drawn ({type(error).__name__}).</p>"
            raise

    def _repr_mimebundle_(self, include=None, exclude=None):
        still = self.draw(**self.state())
        bundle = still._repr_mimebundle_()
        bundle["text/html"] += still.caption + _STILL  # shown where there is no widget
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return bundle | {"application/vnd.jupyter.widget-view+json": view}


def slider(description, value, low, high, step, digits=None):
    """A slider with its name and a readout of `digits` decimals (an integer slider where there are none)."""
    import ipywidgets as widgets

    kind, readout = (widgets.IntSlider, "d") if digits is None else (widgets.FloatSlider, f".{digits}f")
    return kind(
        value=value, min=low, max=high, step=step, description=description, readout_format=readout,
        continuous_update=True, style={"description_width": "9em"}, layout=widgets.Layout(width="32em"),
    )  # fmt: skip


def choice(description, options):
    """A drop-down list with its name; `options` are (words, value) pairs. (Words whose value is None would vanish.)"""
    import ipywidgets as widgets

    return widgets.Dropdown(
        options=options,
        description=description,
        style={"description_width": "9em"},
        layout=widgets.Layout(width="32em"),
    )


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
        return figures.draw_net(changed, (x1, x2), {} if silence == "nobody" else {silence: 0.0})

    def start(change):
        value.value = own[change["new"]]

    parameter.observe(start, names="value")
    return Explorer(
        draw,
        x1=slider("x1", x[0], -3.0, 3.0, 0.1, 1),
        x2=slider("x2", x[1], -3.0, 3.0, 0.1, 1),
        parameter=parameter,
        value=value,
        silence=choice("silence", [("nobody", "nobody"), *units]),
    )
