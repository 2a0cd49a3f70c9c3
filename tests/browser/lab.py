"""A real JupyterLab in a real browser, used as a learner uses it: with keys.

Nothing here waits for a time. It waits for a condition; `PATIENCE` only says when a test gives up.
The checks raise `AssertionError`; `test_lab.py` shows each of them a fault that it must find.
"""

import contextlib
import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import time

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import sync_playwright

from helpers import author, explorers
from tests.test_notebooks import run

PATIENCE = 300_000  # milliseconds


# ---------------------------------------------------------------------------------------------------------
# a server and a browser


def chromium():
    """Return the path of a Chromium on this machine, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    return next(filter(None, map(shutil.which, names)), None)


@contextlib.contextmanager
def running(folder):
    """Start JupyterLab over `folder` and a browser; yield a `Lab`.

    The server shares no settings with the user of this machine.
    """
    own = folder / ".own"
    settings = own / "config" / "labconfig" / "default_setting_overrides.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}))
    places = {f"JUPYTER_{name}_DIR": own / name.lower() for name in ("CONFIG", "DATA", "RUNTIME")}
    places |= {f"JUPYTERLAB_{name}_DIR": own / name.lower() for name in ("SETTINGS", "WORKSPACES")}
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--IdentityProvider.token=t",
    ]
    command += ["--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={folder}"]
    # as `make lab` does
    command += ["--ServerApp.kernel_websocket_connection_class=helpers.server.Connection"]
    if sys.platform == "linux":  # no two kernels can want one port; see PrivateKernelManager
        command += ["--KernelManager.transport=ipc"]
    # A port of its own: two servers that look for a free one at the same moment find the same.
    with socket.create_server(("127.0.0.1", 0)) as free:
        command += [f"--ServerApp.port={free.getsockname()[1]}"]
    environ = os.environ | {name: str(place) for name, place in places.items()} | {"HOME": str(own)}
    with (
        (own / "log").open("w") as log,
        subprocess.Popen(command, env=environ, stdout=log, stderr=log) as server,
        browsing() as browser,
    ):
        try:
            yield Lab(folder, f"http://127.0.0.1:{_port(server, own)}/lab?token=t&reset", browser)
        finally:
            server.terminate()


@contextlib.contextmanager
def browsing():
    """Start a browser that reaches nothing beyond this machine; yield it."""
    # Without a graphics card and with two cores, a process and threads that emulate one only cost time. So does a
    # process for each page.
    arguments = ["--disable-gpu", "--js-flags=--single-threaded", "--disable-quic", "--process-per-site"]
    arguments += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium(), args=arguments)


def _port(server, own):
    """Wait until the server has written down its port, and return it."""
    while True:
        with contextlib.suppress(StopIteration, ValueError):  # not there yet, or not whole
            return json.loads(next((own / "runtime").glob("jpserver-*.json")).read_text())["port"]
        assert server.poll() is None, f"JupyterLab did not start:\n{(own / 'log').read_text()[-3000:]}"
        time.sleep(0.05)


class Lab:
    """A running JupyterLab on a page 1280 pixels wide. After a failure, the notebook is still open on it."""

    def __init__(self, folder, address, browser):
        self.folder = folder
        self.page = browser.new_page(viewport={"width": 1280, "height": 800})
        self.page.set_default_timeout(PATIENCE)
        self.page.add_init_script(SCRIPT)
        self.page.goto(address, wait_until="domcontentloaded")
        self.page.wait_for_function("window.jupyterapp?.restored.then(() => true)")

    @contextlib.contextmanager
    def open(self, path):
        """Open a copy of a notebook alone on the page, wait for its kernel, and run it; yield it."""
        shutil.copy(path, self.folder)
        notebook = Notebook(self.page, path)
        notebook.start()
        yield notebook
        notebook.close()


# ---------------------------------------------------------------------------------------------------------
# axe

AXE = r"""async ([where, options]) => {
  const within = (element, selectors) => selectors.some(([selector]) => element.closest(selector))
  const ours = element => (!where?.include || within(element, where.include)) && !within(element, where?.exclude ?? [])
  const words = element => [...element.childNodes].some(node => node.nodeType === 3 && /[\p{L}\p{N}]/u.test(node.data))
  const onPage = ({right, bottom}) => right > 0 && bottom > 0  // a link that is shown when it has the focus is not
  const grounds = element => {
    if (!element) return []
    const {backgroundColor, backgroundImage, opacity} = getComputedStyle(element)
    const own = [backgroundColor, backgroundImage, opacity].filter(x => !["rgba(0, 0, 0, 0)", "none", "1"].includes(x))
    return [...grounds(element.parentElement), ...own]
  }
  const kinds = new Map()
  for (const element of document.querySelectorAll("body *")) {
    element.removeAttribute("data-kind")
    if (!words(element) || !ours(element) || !element.checkVisibility({visibilityProperty: true})) continue
    if (!onPage(element.getBoundingClientRect())) continue
    const {color, fontSize, fontWeight, textShadow} = getComputedStyle(element)
    const kind = [color, fontSize, fontWeight, textShadow, ...grounds(element)].join(" ")
    if (!kinds.has(kind)) kinds.set(kind, element)
  }
  for (const [kind, element] of kinds) element.setAttribute("data-kind", kind)
  axe.configure({rules: [{id: "color-contrast", selector: "[data-kind]"}]})
  const how = {...options, elementRef: true, selectors: false}
  const {violations, passes, incomplete} = await axe.run(where ?? document, how)
  const looks = [...violations, ...passes, ...incomplete].filter(rule => rule.id === "color-contrast")
  const seen = new Set(looks.flatMap(rule => rule.nodes.map(node => node.element)))
  const faults = violations.filter(({impact}) => ["serious", "critical"].includes(impact))
  const told = ({html, failureSummary}) => ({html, failureSummary})
  return [
    faults.map(({id, impact, nodes}) => ({id, impact, nodes: nodes.map(told)})),
    [...kinds.values()].filter(element => !seen.has(element)).map(element => element.outerHTML.slice(0, 300)),
  ]
}"""

CONTRAST = {"runOnly": ["color-contrast"]}  # as `options`, for a page of which nothing but the colours is new


def axe(page, where=None, options=None):
    """The serious and critical faults that axe-core finds on a page; `where` and `options` are those of `axe.run`.

    Contrast hangs on a text's colours, size and weight. axe looks at each text for long, so it is shown one of each
    kind; that it has seen all of these is asserted.
    """
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    faults, missed = page.evaluate(AXE, [where, options or {}])
    assert not missed, "axe did not see " + "\n".join(missed)
    return faults


# ---------------------------------------------------------------------------------------------------------
# a notebook

SCRIPT = """
window.lab = {
  get panel() { return jupyterapp.shell.currentWidget },
  get context() { return lab.panel?.sessionContext },
  get notebook() { return lab.panel.content },
  get ready() {
    const kernel = lab.context?.isReady && lab.context.session?.kernel
    return kernel && kernel.connectionStatus === "connected" && kernel.status === "idle"
  },
  open(path) {
    for (const left of [...jupyterapp.shell.widgets("main")]) left.dispose()  // a launcher, or what a failure left
    jupyterapp.shell.collapseLeft()
    jupyterapp.commands.execute("docmanager:open", {path})
  },
  run() {
    // All that the kernel says, in or out of a cell: an exception in a widget's callback shows nowhere on the page.
    lab.heard = []
    lab.asked = new Set()
    lab.context.session.kernel.anyMessage.connect((_, {msg, direction}) => {
      if (direction === "send" && msg.channel === "shell") lab.asked.add(msg.header.msg_id)
      if (msg.header.msg_type === "status" && msg.content.execution_state === "idle")
        lab.asked.delete(msg.parent_header.msg_id)
    })
    lab.context.iopubMessage.connect((_, {header, content}) => {
      if (header.msg_type === "error") lab.heard.push(`${content.ename}: ${content.evalue}`)
      // JupyterLab asks every kernel for its widgets; one that has not imported ipywidgets says "No such comm".
      if (header.msg_type === "stream" && content.name === "stderr" && !content.text.startsWith("No such comm"))
        lab.heard.push(`on stderr: ${content.text}`)
    })
    lab.ran = false
    jupyterapp.commands.execute("runmenu:run-all").finally(() => { lab.ran = true })
  },
  get shown() {  // JupyterLab puts a widget on the page when it finds the time, or says there that it can't
    const view = "application/vnd.jupyter.widget-view+json"
    const outputs = ({model}) => model.type === "code" ? model.outputs.toJSON() : []
    const cells = lab.notebook.widgets.filter(cell => outputs(cell).some(({data}) => data?.[view]))
    return cells.every(cell => cell.node.querySelector(".jupyter-widgets"))
  },
  // A widget's values go to a thread of their own in the kernel (a subshell, JEP 91): no order binds them to cells.
  // So every message to the kernel is kept until the kernel says that it has done with it. While it has a value of a
  // widget, the page keeps newer ones back and sends the newest then: hence a few pictures more without a message.
  async settle() {
    await lab.context.session.kernel.requestExecute({code: "", silent: true}).done  // after all cells
    for (let quiet = 0; quiet < 4; quiet = lab.asked.size ? 0 : quiet + 1) await new Promise(requestAnimationFrame)
    return true
  },
  async painted() {
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame)
    return true
  },
}
"""

# What an explorer shows: its picture's description, then of each control the words to be read and those to be heard.
SHOWN = """([cell, knobs]) => {
  const picture = document.querySelector(`.jp-Cell[data-windowed-list-index="${cell}"] .explorer-picture :is(svg, img)`)
  const said = ([knob, readout]) =>
    readout ? [readout.textContent, knob.getAttribute("aria-valuetext")] : [knob.selectedOptions[0].label]
  return [picture.getAttribute("aria-label") || picture.getAttribute("alt"), ...knobs.map(said)]
}"""


class Notebook:
    """A notebook open in JupyterLab, run from top to bottom."""

    def __init__(self, page, path):
        self.page, self.path, self.broken = page, path, []

    def start(self):
        self.page.on("pageerror", self._hear)
        self.page.evaluate("name => lab.open(name)", self.path.name)
        # asked ten times a second: at every frame, there would have to be frames
        self.page.wait_for_function("lab.ready", polling=100)
        self.page.evaluate("lab.run()")
        self.page.wait_for_function("lab.ran", polling=100)
        self.page.wait_for_function("lab.shown")  # and this may need them
        self.settle()

    def close(self):
        self.page.remove_listener("pageerror", self._hear)
        self.page.set_viewport_size({"width": 1280, "height": 800})
        self.page.evaluate("lab.context.shutdown().then(() => lab.panel.dispose())")

    def _hear(self, error):
        self.broken.append(f"in the page: {error}")

    def settle(self):
        """Wait until the kernel has done all that it was asked, and the page shows it."""
        self.page.wait_for_function("lab.settle()")

    def cell(self, number):
        """The cell of a number, counted from 0, as a locator."""
        return self.page.locator(f'.jp-Cell[data-windowed-list-index="{number}"]')

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def select(self, number):
        """Make a cell the active one, as a click beside it does."""
        self.page.evaluate(
            """async number => {
              lab.notebook.activeCellIndex = number
              lab.notebook.mode = "command"
              await lab.notebook.scrollToItem(number)
              lab.notebook.node.focus()
            }""",
            number,
        )

    def write(self, text):
        """Put `text` in place of what the active cell holds, run it with Shift+Enter, and return what it shows."""
        number = self.page.evaluate("lab.notebook.activeCellIndex")
        self.press("Enter", "Control+a")
        self.page.keyboard.insert_text(text)
        written = self.page.evaluate(
            "number => lab.notebook.widgets[number].model.sharedModel.source", number
        )
        assert written == text, f"typed into cell {number}: {text!r}, and it holds {written!r}"
        self.press("Shift+Enter")
        self.settle()
        return self.cell(number).locator(".jp-OutputArea-output").text_content()

    def write_below(self, number, text):
        """The same in a new cell below another."""
        self.select(number)
        self.press("b")
        return self.write(text)

    # ------------------------------------------------------------------------------------------ the checks

    def check_quiet(self):
        """Nobody complained so far: no error, no warning, nothing on stderr, in cells or in callbacks."""
        heard = self.page.evaluate("lab.heard") + self.broken
        assert not heard, "\n".join(heard)

    def check_run(self):
        """All code cells ran once, in order."""
        cells = "lab.notebook.widgets.filter(cell => cell.model.type === 'code')"
        counts = self.page.evaluate(f"{cells}.map(cell => cell.model.executionCount)")
        assert counts == list(range(1, len(counts) + 1)), f"the execution counts are {counts}"

    def check_explorers(self):
        """Every explorer, moved by keys to both ends of every slider and through every list, and back.

        At each stop its picture's description and its controls say what Python says in the same state.
        """
        twins = explorers_of(self.path)
        self.page.evaluate(
            "lab.notebook.mode = 'command'"
        )  # in which arrows and letters are shortcuts of JupyterLab
        controls = "[role=slider], select, input, button, textarea"
        found = self.page.locator(f".jp-OutputArea .jupyter-widgets :is({controls})").count()
        known = sum(len(twin.controls) for twin in twins.values())
        assert found == known, f"the page has {found} controls, the explorers own {known}"
        for number, twin in twins.items():
            self.cell(number).scroll_into_view_if_needed()
            # Asked for by their roles and names, as a screen reader does: once, for it takes long.
            knobs = {name: self._knob(number, control) for name, control in twin.controls.items()}
            self._compare(number, twin, knobs)
            for name, control in twin.controls.items():
                knobs[name][0].focus()
                for keys, trait, value in _moves(control):
                    self.press(*keys)
                    self.settle()
                    self.check_quiet()
                    setattr(control, trait, value)
                    self._compare(number, twin, knobs)

    def _knob(self, number, control):
        """The elements of a control: the one that keys move, and a slider's readout."""
        roles = ("combobox",) if hasattr(control, "options") else ("slider", "textbox")
        cell = self.cell(number)
        return [cell.get_by_role(r, name=control.description, exact=True).element_handle() for r in roles]

    def _compare(self, number, twin, knobs):
        picture, *shown = self.page.evaluate(SHOWN, [number, list(knobs.values())])
        told = twin.draw(**twin.state()).alt
        assert picture == told, (
            f"cell {number} at {twin.state()}: the picture says {picture!r}, Python says {told!r}"
        )
        for (name, control), said in zip(twin.controls.items(), shown, strict=True):
            if hasattr(control, "options"):
                told = control.options[control.index][0]
            else:
                told = format(control.value, control.readout_format).replace("-", "−")
            said = [text.replace("\N{NO-BREAK SPACE}", " ") for text in said]
            assert set(said) == {told}, f"cell {number}, {name}: the page says {said}, Python says {told!r}"

    def check_accessible(self):
        """axe-core finds no serious or critical fault in what we wrote; light and dark, all text has contrast.

        That is rendered Markdown and outputs. Prompts, editors and the panel around them are JupyterLab's own, the
        same in every notebook; so are the colours in which it shows code within Markdown.
        """
        ours = {
            "include": [[".jp-Notebook .jp-RenderedMarkdown"], [".jp-Notebook .jp-OutputArea-output"]],
            "exclude": [[".jp-RenderedMarkdown pre code"]],
        }
        faults = []
        now, other = ("Dark", "Light") if self._theme() == "JupyterLab Dark" else ("Light", "Dark")
        with self._in_full_view():
            for theme, options in ((now, {}), (other, CONTRAST)):
                self._change_theme(f"JupyterLab {theme}")
                faults += [
                    f"{theme}: {fault['id']} ({fault['impact']}): {node['html'][:300]}\n    {node['failureSummary']}"
                    for fault in axe(self.page, ours, options)
                    for node in fault["nodes"]
                ]
        assert not faults, "\n".join(faults)

    @contextlib.contextmanager
    def _in_full_view(self):
        """A screen as tall as the notebook: what has to be scrolled into view is hidden to axe (its issue 3883)."""
        size = self.page.viewport_size
        everything = ".jp-Cell {content-visibility: visible !important}"
        everything += "body, .jp-LabShell {overflow: visible !important}"
        style = self.page.add_style_tag(content=everything)
        # Editors are not ours, and most of what axe would walk through: they are put aside.
        aside = self.page.evaluate_handle("""() => {
          const boxes = [...document.querySelectorAll(".jp-InputArea-editor")]
          return boxes.map(box => [box, [...box.childNodes], box.replaceChildren()])
        }""")
        height = self.page.evaluate("lab.notebook.outerNode.scrollHeight")
        # What is painted is of no use here: let it have a tenth of the pixels, each way.
        screen = {"width": size["width"], "height": height + 200, "deviceScaleFactor": 0.1, "mobile": False}
        emulated = self.page.context.new_cdp_session(self.page)
        emulated.send("Emulation.setDeviceMetricsOverride", screen)
        self.page.wait_for_function("height => lab.notebook.outerNode.clientHeight >= height", arg=height)
        self.page.evaluate("lab.notebook.outerNode.scrollTop = 0; lab.painted()")
        try:
            yield
        finally:
            aside.evaluate("boxes => boxes.forEach(([box, nodes]) => box.replaceChildren(...nodes))")
            style.evaluate("style => style.remove()")
            emulated.detach()
            self.page.set_viewport_size(size)

    def _theme(self):
        return self.page.evaluate("document.body.dataset.jpThemeName")

    def _change_theme(self, name):
        if name == self._theme():  # to ask for it again would take as long
            return
        self.page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", name)
        self.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)
        self.page.wait_for_function("!document.querySelector('#jupyterlab-splash')")  # it covers the change
        self.page.evaluate("lab.painted()")

    def check_width(self, width):
        """Nothing that we wrote needs sideways scrolling in a window of a width in pixels.

        Editors do: JupyterLab does not break lines of code.
        """
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.wait_for_function("width => lab.notebook.node.clientWidth <= width", arg=width)
        wide = self.page.evaluate(
            """() => {
              const panel = lab.notebook.outerNode
              const edge = panel.getBoundingClientRect().left + panel.clientWidth
              const ours = [...panel.querySelectorAll(".jp-RenderedMarkdown, .jp-OutputArea-output")]
              const scrolls = e => e.clientWidth && e.scrollWidth > e.clientWidth + 1
              const beyond = ours.filter(e => e.getBoundingClientRect().right > edge + 1)
              const inside = ours.flatMap(e => [...e.querySelectorAll("*")])
                .filter(e => ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
              return [...beyond, ...ours.filter(scrolls), ...inside.filter(scrolls)]
                .map(e => `${e.scrollWidth} pixels in ${e.clientWidth}: ${e.outerHTML.slice(0, 300)}`)
            }"""
        )
        assert not wide, f"in a window of {width} pixels:\n" + "\n".join(wide)


def _moves(control):
    """[(keys, trait, value)]: to every stop of a control and back, and what the control then holds."""
    kind = type(control).__name__
    if kind == "Dropdown":
        start, last = control.index, len(control.options) - 1
        down = [(["ArrowDown"], "index", i) for i in range(1, last + 1)]
        up = [(["ArrowUp"], "index", i) for i in range(last - 1, start - 1, -1)]
        return [(["Home"], "index", 0), *down, *up]
    assert kind in ("IntSlider", "FloatSlider"), f"nobody has said here how keys move a {kind}"
    steps = round((control.value - control.min) / control.step)
    ends = [(["End"], "value", control.max), (["Home"], "value", control.min)]
    pages, rest = divmod(steps - 1, 5)  # PageUp is five steps
    back = ["ArrowUp", *["PageUp"] * pages, *["ArrowRight"] * rest] if steps else []
    return [*ends, (back, "value", control.value)]


def explorers_of(path):
    """{number of the cell: Explorer}: a notebook's explorers, made by its own code in this process."""
    cells = author.read(path).cells
    kept = [n for n, cell in enumerate(cells) if "still picture" in str(cell.get("outputs"))]
    shown = run(cells[: kept[-1] + 1] if kept else cells)  # what comes after the last explorer need not run
    found = {number: value for number, value in shown if isinstance(value, explorers.Explorer)}
    for explorer in found.values():
        explorer.draw = functools.lru_cache(1)(explorer.draw)  # at each stop its control asks, and so do we
    return found
