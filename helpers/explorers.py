"""The machines with the lid off: a few controls, one picture, redrawn at every turn of a knob.

An explorer draws SVG with `figures`, so that a turn is answered at once, and uses only what ipywidgets 7 (Colab)
and 8 share. Without a kernel its output is the picture of its first state, with its description under it.
"""

import numpy as np

from . import clocks, faults, figures, importance, networks, sensors, trees

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


# ---------------------------------------------------------------- lesson 02: learned trees


def growth_explorer(X, y, names, group):
    """Lesson 02: how deep may a tree grow, and how few rows may a leaf hold? Plane, tree and accuracies follow.

    Parameters
    ----------
    X : (n, 2) array; y : (n,) labels; names : of the two features
    group : (n,) array, the groups of the cross-validation; its accuracies are worked out once, here
    """
    deepest, sizes = 8, range(1, 42, 5)
    held_out = {size: trees.cross_validate(X, y, names, group, deepest, size).mean(axis=0) for size in sizes}

    def draw(depth, fewest):
        tree = trees.grow(X, y, names, max_depth=depth, min_leaf=fewest)
        training = (trees.predict(tree, X) == y).mean()
        leaves = int((tree.feature < 0).sum())
        words = f"{leaves} {'leaf' if leaves == 1 else 'leaves'} · right on the training set: {training:.1%}"
        return figures.draw_growth(tree, X, y, f"{words} · cross-validated: {held_out[fewest][depth]:.1%}.")

    return Explorer(
        draw,
        depth=slider("most questions", 2, 0, deepest, 1),
        fewest=slider("fewest in a leaf", sizes[0], sizes[0], sizes[-1], sizes.step),
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


# ---------------------------------------------------------------- lesson 07: feature importance


def twin_explorer():
    """A cause, a twin of it that causes nothing, another cause and a column of dice, judged by six measures.

    The truth is harvest = 2 rain + sun + noise in 200 plots. At step k the gauge differs from the rain by
    10^(−k/4) of the rain's spread.
    """
    names = ["rain", "gauge", "sun", "dice"]

    def draw(alike, unit, redraw):
        rain, own, sun, dice, noise = np.random.default_rng(6 + redraw).normal(size=(5, 200))
        X = np.column_stack([rain, rain + 10 ** (-alike / 4) * own, unit * sun, dice])
        y = 2 * rain + sun + noise
        fit = importance.least_squares(np.column_stack([np.ones(200), X]), y)
        constant, *weights = fit.coefficients
        measures = {
            "coefficient": weights,
            "standardised": importance.standardised(X, y),
            "t": fit.t[1:],
            "drop-column": importance.drop_column(X, y),
            "permutation": importance.permutation_linear(weights, constant, X, y, 10).mean(axis=0),
            "LMG": importance.lmg(X, y),
        }
        return figures.draw_measures(names, measures)

    return Explorer(
        draw,
        alike=slider("how alike", 2, 0, 12, 1),
        unit=choice("unit of sun", [("hours", 1.0), ("minutes", 60.0), ("days", 1 / 24)]),
        redraw=slider("redraw the plots", 1, 1, 40, 1),
    )


# ---------------------------------------------------------------- lesson 08: bias


def threshold_explorer(score, deserves, group):
    """Lesson 08: a threshold for each of two groups; who gets a yes, and which errors fall on whom.

    Parameters
    ----------
    score : (rows,) array, from 0 to 1
    deserves : (rows,) array of 0 and 1
    group : (rows,) array of two names
    """
    one, other = np.unique(group).tolist()
    return Explorer(
        lambda first, second: figures.draw_thresholds(score, deserves, group, {one: first, other: second}),
        first=slider(f"threshold of {one}", 0.5, 0.0, 1.0, 0.05, digits=2),
        second=slider(f"threshold of {other}", 0.5, 0.0, 1.0, 0.05, digits=2),
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


# ---------------------------------------------------------------- lesson 04: a trained network


def neuron_explorer(nets, X, y, unit=0):
    """Lesson 04: a hidden neuron of one of several networks; what comes in, what goes out, what it responds to.

    Parameters
    ----------
    nets : {name: MLP}, networks with 64 inputs and 10 classes and equally many hidden neurons
    X, y : (rows, 64) images and their digits
    unit : int, the neuron to start with
    """
    (hidden,) = {net.sizes[1] for net in nets.values()}
    return Explorer(
        lambda unit, which: figures.draw_neuron(nets[which], unit, X, y, which),
        unit=slider("hidden neuron", unit, 0, hidden - 1, 1),
        which=choice("network", [(name, name) for name in nets]),
    )


# ---------------------------------------------------------------- lesson 05: cause and attribution


def hold_explorer(net, X, cases, selectivity):
    """Lesson 05: hold one hidden neuron of a planted net at a value, and see which answers move, in all cases at once.

    A newly chosen neuron starts at its mean over the cases.
    """
    means = networks.activations(net, X)[0].mean(axis=0)
    units = [(f"hidden {unit + 1}", unit) for unit in range(len(means))]
    unit = choice("hold", [("nobody", "nobody"), *units])
    value = slider("at the activation", 0.0, 0.0, 3.0, 0.25, 2)

    def start(change):
        if change["new"] != "nobody":
            value.value = float(means[change["new"]])

    unit.observe(start, names="value")

    def draw(unit, value):
        held = None if unit == "nobody" else unit
        return figures.draw_held(net, X, cases, selectivity, held, value)

    return Explorer(draw, unit=unit, value=value)


# ---------------------------------------------------------------- lesson 09: robustness


def sensor_board(cars, X, y, moments=24):
    """Lesson 09: break any of the sensors, in any way, and see at once how far off each car is.

    Parameters
    ----------
    cars : {name: MLP}, networks with five inputs and one output
    X, y : (rows, 5) readings and the places; the first `moments` of them, in order of their place, are drawn
    """
    clean = {name: sensors.miss(net, X, y) for name, net in cars.items()}
    shown, lost = np.argsort(y[:moments]), float(np.abs(y).mean())
    words = {
        "fine": "fine",
        "stuck": "stuck at {:g}",
        "noisy": "noise {:g} on top",
        "shifted": "shifted by {:g}",
    }

    def draw(size, **faults):
        now = X
        for k, fault in enumerate(faults.values()):
            if fault != "fine":
                now = sensors.broken(now, k, fault, size, seed=k)
        states = {name: words[fault].format(size) for name, fault in faults.items()}
        misses = {name: sensors.miss(net, now, y) for name, net in cars.items()}
        return figures.draw_board(now[shown], y[shown], states, misses, clean, lost)

    options = [(fault, fault) for fault in ("fine", *sensors.FAULTS)]
    return Explorer(
        draw,
        **{name: choice(name, options) for name in sensors.SENSORS},
        size=slider("size of the faults", 1.0, 0.0, 2.0, 0.25, 2),
    )


# ---------------------------------------------------------------- lesson 10: debugging


def bench_explorer(net, sheet, X, y):
    """Lesson 10, the fault bench: plant a fault of a chosen kind in a chosen place, and see who would find it.

    Parameters
    ----------
    net : networks.MLP, healthy, with one hidden layer
    sheet : faults.Sheet of it
    X, y : (rows, 64) images to look at it with, and their digits
    """
    _, units, classes = net.sizes
    kinds = [kind for kind in faults.KINDS if kind != "swapped classes"]

    def draw(kind, unit, digit):
        others = (unit + 1) % units, (digit + 1) % classes
        fault = faults.at(kind, (unit, others[0]), (digit, others[1]), 8 * (digit % 8))
        broken = faults.put(net, fault)
        off, size, better = faults.looks(broken, X, y)
        rows = {
            "share of images for which it is off": off,
            "size of outgoing weights": size,
            "better when silenced": better,
            "distance from the data sheet": faults.distances(sheet, faults.data_sheet(broken, X, y)),
        }
        bars = dict(zip(rows, (*faults.LOOKS, faults.LIMIT), strict=True))
        right = networks.accuracy(broken, X, y)
        attack = faults.scan(broken, X[:40]).max()
        words = f"{kind}: right on {right:.1%}, ink on one pixel forces at most {attack:.0%} of the answers"
        return figures.draw_bench(rows, words, bars, fault.units)

    return Explorer(
        draw,
        kind=choice("fault", [(kind, kind) for kind in kinds]),
        unit=slider("hidden unit", 5, 0, units - 1, 1),
        digit=slider("digit", 7, 0, classes - 1, 1),
    )
