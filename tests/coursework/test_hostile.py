"""A class of hostile students and a few honest ones is marked once: nobody gains, nobody else loses, nothing leaks."""

import csv
import ctypes
import hashlib
import html
import json
import os
import re
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import hostile
import pytest

from helpers.coursework import grade, release, sandbox
from helpers.plain import pack, show

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are made of Linux namespaces")

LIMITS = sandbox.Limits(seconds=5, cell=1, answer=1.5, memory=2 * 2**30, processes=24)
PATIENCE = 1800  # seconds after which a batch counts as one that hangs
SUBREAPER = 36  # of prctl(2)
SECRET = "BAIT-that-nobody-may-read"


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    """The class, marked: first the honest ones alone, then all of them."""
    top = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as listener:
        (top / "home").mkdir()
        patch.setenv("HOME", str(top / "home"))
        patch.setenv("BAIT", SECRET)
        (top / "home" / "diary.txt").write_text(SECRET)
        handle, outside = tempfile.mkstemp()
        os.write(handle, SECRET.encode())
        os.close(handle)
        calls = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        calls.bind(listener.getsockname())
        for end in (listener, calls):
            end.setblocking(False)
        honest = _honest()
        students = [*honest, *(s for s in hostile.SUBMISSIONS if s not in STRANGERS)]
        (top / "roster.csv").write_text("id\n" + "\n".join(students))
        key = release.release([0], top / "out", top / "out.key.json", top / "roster.csv")
        whole = json.loads(next((top / "out").glob("00_*.ipynb")).read_text("utf-8"))
        tidy = ["".join(c["source"]) for c in whole["cells"] if c["cell_type"] == "code"]
        for folder in ("alone", "class"):
            (top / folder).mkdir()
            for student, answers in honest.items():
                path = top / folder / f"{student}.ipynb"
                path.write_text(hostile.notebook(*tidy, *answers) + " " * len(SECRET) + "\n", "utf-8")
        files = {"key": top / "out.key.json", "other": top / "class" / "honest-reference.ipynb"}
        files |= {"home": top / "home" / "diary.txt", "tmp": Path(outside)}
        bait = hostile.Bait({what: str(path) for what, path in files.items()}, listener.getsockname()[1])
        children = _descendants()
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)  # who is left behind becomes a child of this process
        signal.signal(signal.SIGALRM, lambda *_: pytest.fail(f"the batch hung for {PATIENCE} seconds"))
        signal.alarm(PATIENCE)
        try:  # the first run also fills the caches of libraries in the home
            alone = grade.grade(top / "alone", key, top / "out", top / "marked-alone", limits=LIMITS, jobs=3)
            hostile.write_all(top / "class", bait)
            before = _state(top, files)
            group = grade.grade(top / "class", key, top / "out", top / "marked", limits=LIMITS, jobs=3)
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
        left = _left(children)
        ctypes.CDLL(None).prctl(SUBREAPER, 0, 0, 0, 0)
        yield SimpleNamespace(
            top=top, key=key, alone=alone, group=group, honest=honest, files=files, bait=bait, left=left,
            before=before, after=_state(top, files), listener=listener, calls=calls,
        )  # fmt: skip
        calls.close()
        os.unlink(outside)


STRANGERS = {*hostile.IDS, "not-in-bytes_"}  # whose names no roster holds


def _honest():
    """{student: cells that answer}: as the references do, by other ways, and with a mistake each."""
    exercises = release.lesson_of(0)[0].exercises.values()
    more = "import math\nimport numpy as np\nfrom helpers.clocks import hand as clock"
    colour = "def colour(light, second):\n    second %= sum(n for _, n in light)\n    for name, n in light:\n"
    colour += "        if second < n:\n            return name\n        second -= n"
    more += "".join(f"\n# {'HONEST-SENTENCES.' * (i % 9)} {i}" for i in range(300))  # for others to find
    right = [more, colour, *(e.source() for e in exercises)]
    slip = "def minutes(hours):\n    return hours / 60"
    other = "def minutes(hours):\n    return hours * 2 * 30"
    return {
        "honest-reference": right,
        "honest-alternative": [*right, other],
        "honest-mistake": [*right, slip],
    }


def _state(top, files):
    """What every file outside of OUT is like."""
    paths = [p for p in top.rglob("*") if not {"marked", "marked-alone"} & set(p.relative_to(top).parts)]
    paths += [files["tmp"]]
    return {
        p: hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else p.lstat().st_mode for p in paths
    }


def _descendants():
    """The processes that descend from this one."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, _, rest = stat.read_text().partition(" (")
        except OSError:
            continue
        parents[int(pid)] = int(rest.rpartition(")")[2].split()[1])

    def ours(pid):
        return pid == os.getpid() or (pid in parents and ours(parents[pid]))

    return {pid for pid in parents if ours(parents[pid])}


def _left(children):
    """The descendants that are more than before, when the ones that have ended are waited for."""
    for _ in range(50):
        left = _descendants() - children
        for pid in left:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                pass
        if not left:
            break
        time.sleep(0.1)
    return left


def _pages(batch):
    """{path: text} of all that marking wrote for somebody to read, as a reader sees it."""
    out = batch.top / "marked"
    paths = [out / "marks.csv", out / "report.html", *(out / "feedback").iterdir()]
    return {p: html.unescape(p.read_text("utf-8")) for p in paths}


def test_there_are_many():
    assert len(hostile.SUBMISSIONS) >= 60


@pytest.mark.parametrize("student", hostile.SUBMISSIONS)
def test_it_gets_what_it_deserves_and_hears_why(batch, student):
    case = hostile.SUBMISSIONS[student]
    marks = {name: m.points for name, m in batch.group.marks(student)[0].items() if m.points}
    remark = batch.group.remark(student)
    page = html.unescape((batch.top / "marked" / "feedback" / f"{student}.html").read_text("utf-8"))
    assert marks == case.marks, (remark, page)
    if case.word:
        assert case.word in remark + page, (remark, page)
    else:
        assert not remark, remark


def test_the_honest_lose_nothing(batch):
    """Their rows, their pages and what is kept of them are those of a class without the others."""
    full = sum(e.points for e in release.lesson_of(0)[0].exercises.values())
    rows = {row[0]: row for row in batch.group.table()}
    for row in batch.alone.table():
        if row[0] in (*batch.honest, "student"):
            assert rows[row[0]] == row
    totals = {s: float(rows[s][-3]) for s in batch.honest}
    assert totals == {"honest-reference": full, "honest-alternative": full, "honest-mistake": full - 1}
    for student in batch.honest:
        for place in (f"feedback/{student}.html", f"work/{student}-00.json"):
            one, other = ((batch.top / at / place).read_text() for at in ("marked-alone", "marked"))
            if place.startswith("feedback"):
                assert one == other
            else:
                assert json.loads(one)["verdicts"] == json.loads(other)["verdicts"]


def test_there_is_a_row_and_a_page_for_everybody_and_no_other_file(batch):
    out, everybody = batch.top / "marked", {*batch.honest, *hostile.SUBMISSIONS}
    rows = list(csv.reader((out / "marks.csv").read_text("utf-8").splitlines()))
    assert {row[0] for row in rows[1:]} == everybody and len(rows) == len(everybody) + 1
    assert not [cell for row in rows for cell in row if re.match(r"[=+\-@\t\r]", cell)]
    assert {p.name for p in (out / "feedback").iterdir()} == {f"{s}.html" for s in everybody}
    assert {p.name for p in out.iterdir()} == {"feedback", "marks.csv", "report.html", "work"}


def test_nothing_outside_was_touched(batch):
    assert batch.after == batch.before


def test_nobody_called(batch):
    with pytest.raises(BlockingIOError):
        batch.listener.accept()
    with pytest.raises(BlockingIOError):
        batch.calls.recv(1)


def test_no_process_is_left(batch):
    assert not batch.left


def test_no_page_tells_what_was_asked_or_found(batch):
    told = {SECRET, batch.key.secret, "STOLEN", "Asked"}
    for exercise in batch.group.papers[0].exercises.values():
        if exercise.names:
            secret = [*exercise.asked, *(v for q in exercise.asked for v in q)]
            secret += [a.value for a in exercise.expected]
            told |= {form(v) for v in secret for form in (show, repr, lambda v: json.dumps(pack(v)))}
    told = {words for words in told if len(words) >= 5}
    assert len(told) > 100
    for path, text in _pages(batch).items():
        assert not [words for words in told if words in text], path


def test_no_page_runs_what_a_submission_says(batch):
    for path in (batch.top / "marked").rglob("*.html"):
        assert not re.search(r"<script|onerror=alert\(1\)>|<b>", path.read_text("utf-8")), path


def test_the_bait_can_be_found_without_walls(batch):
    """So what is behind them is what keeps it."""
    paper = batch.group.papers[0]
    with sandbox.Sandbox(batch.top / "out", LIMITS, protected=False) as place:
        for what, path in batch.files.items():
            source = f"BAIT = {batch.bait.files!r}\n" + hostile.READ.format(what)
            run = place.run([source], paper.names, {})
            assert "STOLEN" in run.broken[0][2], (path, run)
