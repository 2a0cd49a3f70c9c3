"""A place to run strangers' notebooks: their code goes in, plain data comes out.

One `Sandbox` holds one process with the libraries loaded, and forks it for every run (see inside.py); several threads
can run something in it at a time. The answers to the questions never enter it: they are compared out here.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import helpers
from helpers.plain import printable

from . import inside
from .inside import Line

PYTHON = ("bin", "lib", "lib64", "pyvenv.cfg")  # shown below its prefix, where a course may lie as well
MOST = 2**23  # bytes of the answers to one exercise


class SandboxError(RuntimeError):
    """The walls could not be built on this machine."""


@dataclass(frozen=True)
class Limits:
    """Of one submission.

    Attributes
    ----------
    seconds : of the clock, for all of it
    cell : seconds of computing for one cell
    answer : seconds for the answers to one exercise's questions
    memory : bytes for one process
    file : bytes of a file that it writes, its printed output among them
    processes : how many there can be at a time
    """

    seconds: int = 120
    cell: float = 30.0
    answer: float = 20.0
    memory: int = 4 * 2**30
    file: int = 8 * 2**20
    processes: int = 64


@dataclass(frozen=True)
class Run:
    """What came back: why it ended early, the cells that broke, and the answers as JSON values, by name."""

    ended: str = ""  # or what ended it
    broken: tuple = ()  # (number of the cell, name of the error, its message)
    answers: dict = None  # {name: list, or None where nothing was answered}
    full: bool = False  # whether it printed more than it may


class Sandbox:
    """A place to run notebooks that were handed out with the released package in `folder`.

    Parameters
    ----------
    folder : the released folder, which holds the package `helpers`
    limits : Limits
    protected : bool, whether walls are built; without them a submission can do what you can
    secret : paths that must not be seen, beside the course's own, even where they lie below what is shown
    """

    def __init__(self, folder, limits=None, protected=True, secret=()):
        self.limits, self.protected = limits or Limits(), protected
        if protected and not sys.platform.startswith("linux"):
            raise SandboxError("the walls are made of Linux namespaces, which this system does not have")
        self.stage = tempfile.TemporaryDirectory(prefix="coursework-")
        stage = Path(self.stage.name)
        shutil.copytree(Path(folder) / "helpers", stage / "course" / "helpers")
        for name in ("root", "folder"):
            (stage / name).mkdir()
        for path in (stage, *stage.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        prefixes = {*map(os.path.realpath, (sys.prefix, sys.base_prefix)), sys.prefix}
        shown = [os.path.join(p, part) for p in sorted(prefixes) for part in PYTHON] + [str(stage / "course")]
        package = Path(helpers.__file__).parent
        secret = [package, package.parent / "notebooks", package.parent / "tests", *secret]
        secret = {os.path.realpath(p) for p in secret if os.path.exists(p)}
        hidden = [p for p in secret if any(Path(p).is_relative_to(s) for s in (*shown, *inside.SYSTEM))]
        room = 64 * 2**20
        self.world = {"root": str(stage / "root"), "shown": shown, "hidden": hidden, "room": room}
        ours, theirs = socket.socketpair()
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        kept = {name: os.environ[name] for name in ("HOME", "PATH", "LANG") if name in os.environ}
        kept["IPYTHONDIR"] = str(stage / "folder")  # or it makes one in the home
        command = [sys.executable, "-I", inside.__file__, str(stage / "course"), str(theirs.fileno())]
        self.process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], env=kept | one, cwd=stage / "folder",
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, process_group=0,  # Ctrl+C is for us alone
        )  # fmt: skip
        theirs.close()
        self.control, self.folder = ours, stage / "folder"

    def run(self, cells, names, questions):
        """Run the cells, then ask what they defined.

        Parameters
        ----------
        cells : list of str
        names : {name: names of its parameters, or None where the answer is a value}
        questions : {name: packed list of questions}

        Returns
        -------
        Run

        Raises
        ------
        SandboxError : where no walls can be built
        """
        ours, theirs = socket.socketpair()
        over, end = os.pipe()
        ours.settimeout(self.limits.seconds + 60)
        # one byte: no two threads' messages can be read as one
        socket.send_fds(self.control, [b"!"], [theirs.fileno(), end])
        theirs.close()
        os.close(end)
        line, run, answers = Line(ours, MOST), {}, dict.fromkeys(questions)
        job = {"cells": cells, "names": names, "limits": asdict(self.limits), "world": None}
        job |= {"world": self.world} if self.protected else {"folder": tempfile.mkdtemp(dir=self.folder)}
        said = ""
        try:
            line.send(job)
            run = line.receive() or {}
            for name, asked in questions.items() if "broken" in run else ():
                line.send({"name": name, "questions": asked})
                got = line.receive()
                if got is None:
                    said = "it ended itself before all questions were asked"
                    break
                answers[name] = got.get("answers")
        except TimeoutError:
            said = "it kept us waiting"
        except ConnectionError:
            said = "it ended itself before all questions were asked"
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            said = "it sent back what can't be read"
        finally:
            ours.close()
        with open(over, "rb") as pipe:
            ended = pipe.read()
        if not ended:
            raise SandboxError("the process with the libraries ended, or the one that watched this run")
        code = json.loads(ended)
        if code == inside.NO_WALLS:
            raise SandboxError(f"no walls could be built here: {run.get('walls', '')}")
        if code == inside.LATE:
            said = f"it was still running after {self.limits.seconds} seconds"
        elif code > 128:
            by = code - 128
            named = by in set(signal.Signals)
            said = f"it was ended by {signal.Signals(by).name if named else f'signal {by}'}"
        elif not run:
            said = said or "it ended itself before its last cell"
        try:
            broken = tuple(
                (n, printable(str(kind)[:60]), printable(str(words)[:200]))
                for n, kind, words in run["broken"]
                if type(n) is int and n in range(len(cells))
            )
            return Run(said, broken[: len(cells)], answers, bool(run["full"]))
        except (KeyError, TypeError, ValueError):
            return Run(said or "it sent back what can't be read", (), answers)

    def close(self):
        """End the process, and remove what it was started with."""
        self.control.close()
        self.process.wait()
        self.stage.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
