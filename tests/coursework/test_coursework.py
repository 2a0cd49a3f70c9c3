"""Coursework from end to end: what is handed out holds no answer, and everybody gets the marks they deserve."""

import ast
import csv
import filecmp
import importlib
import inspect
import json
import os
import pkgutil
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from datetime import datetime
from pathlib import Path

import nbformat
import numpy as np
import pytest
from distributed import LocalCluster

import helpers
from helpers import attribution, importance, networks
from helpers.coursework import grade, practice, release
from helpers.coursework.__main__ import main
from helpers.coursework.sandbox import Limits, Sandbox
from helpers.plain import pack
from helpers.quarantine import apart, ask
from tests.coursework import simulate

LESSONS = [int(p.name[:2]) for p in sorted((release.ROOT / "notebooks").glob("*.ipynb"))]
STUDENTS = [f"s{i}" for i in range(6)]
SECRET = "00112233445566778899aabbccddeeff"
BANK = '''
from helpers.exercise import Lesson

lesson = Lesson(1)


@lesson.exercise(points=4)
def hidden_double(number):
    """Return twice the `number`. Example: `hidden_double(3)` is `6`."""
    return 2 * number


@hidden_double.questions
def _hidden_double_questions(rng):
    yield (0,)
    for number in rng.integers(1, 10**9, 5):
        yield (int(number),)


@hidden_double.mistake("You square it.")
def _hidden_double_square(number):
    return number**2
'''


def files(folder):
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(Path(folder).rglob("*")) if p.is_file()
    }


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory):
    """A class of six, and lessons 0 and 1 with a bank, handed out: (folder with all of it, key)."""
    home = tmp_path_factory.mktemp("class")
    (home / "roster.csv").write_text("id,name\n" + "".join(f"{s},Student {s}\n" for s in STUDENTS))
    (home / "bank").mkdir()
    (home / "bank" / "lesson01.py").write_text(BANK)
    (home / "key.json").write_text(json.dumps(vars(release.Key(SECRET, "", []))))
    key = release.release([1, 0], home / "out", home / "key.json", home / "roster.csv", home / "bank")
    return home, key


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """All lessons, handed out to a class of two."""
    home = tmp_path_factory.mktemp("all")
    (home / "roster.csv").write_text("id\nada\nbob\n")
    return home, release.release(LESSONS, home / "out", home / "key.json", home / "roster.csv")


@pytest.fixture(scope="module")
def marked(handed_out):
    """The class after it handed in and was marked, and what each deserved."""
    home, key = handed_out
    deserved = {n: simulate.hand_in(home / "in", home / "out", n, STUDENTS, seed=5) for n in (0, 1)}
    return grade.grade(home / "in", key, home / "out", home / "marks"), deserved


# ---------------------------------------------------------------- what is handed out


def test_the_same_inputs_give_the_same_folder_byte_for_byte(handed_out, tmp_path):
    home, key = handed_out
    again = release.release([0, 1], tmp_path / "out", home / "key.json", home / "roster.csv", home / "bank")
    assert again == key
    assert files(tmp_path / "out") == files(home / "out")


def code_lines(function):
    """The telling lines of a function: long enough to be nobody else's."""
    try:
        lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    except (OSError, TypeError):
        return []
    lines = [line.strip() for line in lines]
    return [
        line
        for line in lines
        if len(line) > 25 and not line.startswith(("@", "def ", '"', "with np.errstate"))
    ]


def test_a_release_holds_no_code_hint_or_solution(everything):
    home, _ = everything
    handed = files(home / "out")
    assert not [name for name in handed if name.endswith(".pyc")]
    package = "\n".join(data.decode() for name, data in handed.items() if name.startswith("helpers/"))
    notebooks = "\n".join(data.decode() for name, data in handed.items() if name.endswith(".ipynb"))
    for number in LESSONS:
        lesson, _ = release.lesson_of(number)
        for e in lesson.exercises.values():
            for function in [e.reference, *e.alternatives, *(f for _, f in e.mistakes)]:
                lines = code_lines(function)
                shown = [line for line in lines if line in package]
                assert len(shown) < max(2, len(lines)), (
                    f"{e.name}: {function.__name__} is in the package: {shown}"
                )
            for hint in e.hints:
                assert hint not in package and json.dumps(hint)[1:-1] not in notebooks, f"{e.name}: a hint"
            for choice, reply in (e.options or {}).items():
                assert reply not in package, f"{e.name}: the reply to {choice} says whether it is right"


def test_released_exercises_have_nothing_to_look_at(everything):
    home, _ = everything
    code = """
import importlib, json, sys
from helpers.practice import KEPT
for number in map(int, sys.argv[1:]):
    lesson = importlib.import_module(f"helpers.exercises.lesson{number:02d}").lesson
    for e in lesson.exercises.values():
        ready = "asked" in vars(e)
        assert not hasattr(e, "reference") and not e.mistakes and not e.alternatives and not e.hints, e.name
        assert e.source() == KEPT
        assert ready or not {"expected", "slips"} & set(vars(e)), e.name
        assert not ready or e.names and not e.options and e.names != ("seed",), e.name
        if not ready:
            e.check(next(iter(e.options or [1])))
            assert lesson.verdicts[e.name].outcome == "noted"
    lesson.report()
print("looked")
"""
    command = [sys.executable, "-c", code, *map(str, LESSONS)]
    done = subprocess.run(command, cwd=home / "out", capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.endswith("looked\n"), done.stderr


def test_no_answer_to_a_graded_question_is_handed_out(everything):
    home, key = everything
    for number in LESSONS:
        lesson, _ = release.lesson_of(number)
        for e in lesson.exercises.values():
            if not practice.practised(e):
                assert not e.names or e.personal or e.options or e.name in ALWAYS_THE_SAME
                continue
            practised = {json.dumps(pack(q)) for q in e.asked}
            fresh = e.fresh(np.random.default_rng(key.questions(e)))
            new = [q for q in fresh.asked if json.dumps(pack(q)) not in practised]
            assert len(new) >= 5, f"{e.name}: {len(new)} of {len(fresh.asked)} questions are not practised on"
    truth = release.lesson_of(10)[0].exercises["my_fault"]
    for student in key.students:
        dealt = (
            home / "out" / "helpers" / "handed" / f"my_fault-{key.students[student]['number']}.json"
        ).read_text()
        assert truth.reference(key.seed(truth, student))[0] not in dealt
        assert str(key.seed(truth, student)) not in "".join(map(str, files(home / "out").values()))


def test_no_function_of_the_package_answers_an_exercise(everything):
    """Nor does one call with the arguments put in another order, except where a lesson hands out a tool once it was
    built by hand: such an exercise says so, and gives no points."""
    home, _ = everything
    public = []
    for module in pkgutil.iter_modules(helpers.__path__):
        if (home / "out" / "helpers" / f"{module.name}.py").is_file():
            loaded = importlib.import_module(f"helpers.{module.name}")
            handed = {n.name for n in ast.parse((home / "out" / "helpers" / f"{module.name}.py").read_text()).body
                      if isinstance(n, ast.FunctionDef)}  # fmt: skip
            public += [getattr(loaded, name) for name in sorted(handed) if not name.startswith("_")]
    found, declared = [], []
    for number in LESSONS:
        for e in release.lesson_of(number)[0].exercises.values():
            if not e.by_function:
                continue
            if e.tool:
                assert e.points == 0
                declared.append(f"{e.name}: helpers.{e.tool}")
            for function in [*public, *filter(None, [ONE_CALL.get(e.name)])]:
                if len(inspect.signature(function).parameters) >= len(e.names):
                    (last,) = ask(function, e.asked[-1:], e.names, 5)
                    right = apart(e.expected[-1], last, e.tolerance) <= 1  # for most it ends here
                    if right and e.weigh(ask(function, e.asked, e.names, 5))[0] == "correct":
                        named = f"helpers.{e.tool}" if function is ONE_CALL.get(e.name) else ""
                        found.append(f"{e.name}: {named or f'{function.__module__}.{function.__name__}'}")
    assert found == declared and declared


def _run_net(x, W1, b1, w2, b2):
    run = networks.forward(networks.Network(W1, b1, w2, b2), x)
    return run.hidden, run.output


def _input_slopes(x, W1, b1, w2, b2):
    return networks.gradients(networks.Network(W1, b1, w2, b2), x).x


def _output_without(x, W1, b1, w2, b2, unit):
    return networks.forward(networks.Network(W1, b1, w2, b2), x, {unit: 0}).output


def _integrate(x, start, W, b, w, steps):
    net = networks.MLP([W, np.asarray(w)[:, None]], [b, [0.0]])
    return attribution.integrated_gradients(net, x, start, 0, steps)[0]


ONE_CALL = {
    "run_net": _run_net,
    "input_slopes": _input_slopes,
    "output_without": _output_without,
    "integrate": _integrate,
    "loss_without": lambda X, y, j: importance.drop_column(X, y)[j],
}


ALWAYS_THE_SAME = ["caught"]  # its questions are five garages full of cars: nothing is left to practise on


def test_spoilers_are_gone_and_the_cells_that_call_them(everything):
    home, _ = everything
    spoilers = [s for n in LESSONS for e in release.lesson_of(n)[0].exercises.values() for s in e.spoilers]
    assert spoilers
    text = "".join(
        data.decode() for name, data in files(home / "out").items() if name.endswith((".py", ".ipynb"))
    )
    for spoiler in spoilers:
        module, name = spoiler.split(".")
        assert hasattr(importlib.import_module(f"helpers.{module}"), name)
        assert f"def {name}(" not in text
        cells = [c.source for p in (home / "out").glob("*.ipynb") for c in nbformat.read(p, 4).cells
                 if c.cell_type == "code"]  # fmt: skip
        assert not [c for c in cells if spoiler in c] and release.WITHHELD in cells


def test_a_notebook_takes_nothing_from_the_exercises_but_exercises():
    """What else it takes would be missing from a release."""
    for number in LESSONS:
        lesson, path = release.lesson_of(number)
        text = "\n".join(c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code")
        taken = set(re.findall(r"\bex\.(\w+)", text)) - set(lesson.exercises) - {"report"}
        assert not taken and not re.findall(r"from helpers\.exercises\.lesson.*", text), (number, taken)


def test_a_notebook_fails_away_from_its_folder(handed_out, tmp_path):
    home, _ = handed_out
    notebook = nbformat.read(home / "out" / "01_transparent_rules.ipynb", as_version=4)
    boot = next(c.source for c in notebook.cells if "bootstrap" in c.metadata.get("tags", []))
    here = subprocess.run(
        [sys.executable, "-c", boot], cwd=home / "out", capture_output=True, text=True, check=False
    )
    assert here.returncode == 0, here.stderr
    there = subprocess.run(
        [sys.executable, "-c", boot], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert there.returncode != 0 and "in its own folder" in there.stderr


# ---------------------------------------------------------------- the round trip


def test_everybody_gets_what_they_deserve(marked):
    group, deserved = marked
    assert len(group.kept) == len(STUDENTS)
    for number, wanted in deserved.items():
        assert not list(simulate.differences(group, number, wanted))
        outcomes = {outcome for one in wanted.values() for outcome, _ in one.values()}
        assert outcomes == {"correct", "known mistake", "not attempted"}, (
            "the class is too small to show anything"
        )
    assert not any(map(group.remark, group.kept))


def test_what_is_written(handed_out, marked):
    (home, _), (group, deserved) = handed_out, marked
    with open(home / "marks" / "marks.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["student"] for row in rows] == STUDENTS and rows[0]["name"] == "Student s0"
    for row in rows:
        points = [float(row[c]) for c in row if re.match(r"\d\d ", c)]
        assert float(row["total"]) == sum(points)
        page = (home / "marks" / "feedback" / f"{row['student']}.html").read_text()
        for number, one in deserved.items():
            for name, (outcome, _words) in one[row["student"]].items():
                if outcome == "known mistake" and group.papers[number].exercises[name].options:
                    outcome = "came out otherwise"
                assert f"<code>{name}</code></td><td>{outcome}</td>" in page
    report = (home / "marks" / "report.html").read_text()
    assert report.count("<svg") + report.count("<img") >= 15 and "not attempted" in report


def test_marking_again_writes_the_same_and_runs_nothing(handed_out, marked, monkeypatch):
    (home, key), _ = handed_out, marked
    before = files(home / "marks")
    monkeypatch.setattr(grade, "Sandbox", None)  # who would need one fails
    grade.grade(home / "in", key, home / "out", home / "marks")
    assert files(home / "marks") == before


def test_a_killed_run_goes_on_and_ends_the_same(handed_out, marked, tmp_path):
    (home, _), _ = handed_out, marked
    words = [
        "grade",
        home / "in",
        "--key",
        home / "key.json",
        "--released",
        home / "out",
        "--out",
        tmp_path / "m",
    ]
    command = [sys.executable, "-m", "helpers.coursework", *map(str, words), "--jobs", "1"]
    process = subprocess.Popen(command, cwd=release.ROOT)
    while not list((tmp_path / "m" / "work").glob("*.json")) and process.poll() is None:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    done = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "m" / "work").glob("*.json")}
    assert 0 < len(done) < 2 * len(STUDENTS) and not (tmp_path / "m" / "marks.csv").exists()
    assert main([*map(str, words)]) == 0
    assert {name: (tmp_path / "m" / "work" / name).stat().st_mtime_ns for name in done} == done
    assert files(tmp_path / "m") == files(home / "marks")


def test_only_what_changed_is_marked_again(handed_out, marked, tmp_path):
    (home, key), (group, _) = handed_out, marked
    for name in ("in", "marks"):
        subprocess.run(["cp", "-rp", str(home / name), str(tmp_path / name)], check=True)
    path = tmp_path / "in" / "s3" / "01.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("def hidden_double(number):\n    return number + number"))
    nbformat.write(notebook, path)
    seen, many = [], len(list((home / "marks" / "work").iterdir()))
    after = grade.grade(
        tmp_path / "in", key, home / "out", tmp_path / "marks", progress=lambda *said: seen.append(said)
    )
    assert seen == [(many, many)]  # all but one were done
    assert after.marks("s3")[1]["hidden_double"].points == 4
    assert {s: after.marks(s) for s in STUDENTS if s != "s3"} == {
        s: group.marks(s) for s in STUDENTS if s != "s3"
    }
    unchanged = filecmp.cmp(
        home / "marks" / "feedback" / "s2.html", tmp_path / "marks" / "feedback" / "s2.html", False
    )
    assert unchanged


def test_a_cluster_gives_the_same_marks_and_loses_nothing(handed_out, marked, tmp_path):
    """Two workers with a process each; one is killed when it has begun."""
    (home, key), _ = handed_out, marked
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        killed = []

        def kill(done, many):
            if not killed:
                killed.append(next(iter(cluster.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)

        address = cluster.scheduler_address
        grade.grade(home / "in", key, home / "out", tmp_path / "m", progress=kill, scheduler=address)
    assert killed and files(tmp_path / "m") == files(home / "marks")


# ---------------------------------------------------------------- personal exercises


def test_a_personal_fault_is_marked_by_its_owner(everything, tmp_path):
    home, key = everything
    exercise = release.lesson_of(10)[0].exercises["my_fault"]
    truth = {s: exercise.reference(key.seed(exercise, s)) for s in key.students}
    assert truth["ada"] != truth["bob"]
    for student in key.students:  # both hand in ada's
        cell = nbformat.v4.new_code_cell(
            f"from helpers.exercises import lesson10 as ex\nmy_fault = {truth['ada']!r}"
        )
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / f"{student}.ipynb")
    group = grade.grade(tmp_path, key, home / "out", tmp_path / ".marks")
    assert group.marks("ada")[10]["my_fault"].points == 3
    assert group.marks("bob")[10]["my_fault"].points == 0
    page = (tmp_path / ".marks" / "feedback" / "bob.html").read_text()
    assert truth["bob"][0] not in page or truth["bob"][0] == truth["ada"][0]


def test_variants_differ_and_are_equally_hard(everything):
    """Every kind is dealt, none to most of a class, and the protocol of the lesson finds what was dealt."""
    _, key = everything
    exercise = release.lesson_of(10)[0].exercises["my_fault"]
    seeds = [key.seed(exercise, f"student {i}") for i in range(60)]
    truths = [exercise.reference(seed) for seed in seeds]
    assert len(set(truths)) > 40 and len({t[0] for t in truths}) >= 9
    protocol = exercise.alternatives[0]
    assert np.mean([protocol(seed) == truth for seed, truth in zip(seeds, truths, strict=True)]) >= 0.95


# ---------------------------------------------------------------- marks


def marks_of(tmp_path, text):
    (tmp_path / "marks.toml").write_text(text)
    return grade.read_rules(tmp_path / "marks.toml")


def test_rules_give_credit_take_off_and_drop(handed_out, tmp_path):
    _, key = handed_out
    paper = grade.Paper(key, 1)
    kept = {"verdicts": {"path_of": ["known mistake", "So."], "hidden_double": ["correct", ""]}}
    rules = marks_of(
        tmp_path,
        'late_per_day = 0.25\ndrop_lowest = 1\n[credit]\n"known mistake" = 0.5\n'
        '[deadlines]\n"1" = 2026-11-30T12:00:00\n[extensions.s1]\n"1" = 2026-12-02T12:00:00\n',
    )
    on_time, late = datetime(2026, 11, 30, 12), datetime(2026, 12, 1, 12, 1)
    points = {
        (s, t): [m.points for n, m in grade.mark(paper, kept, s, rules, t).items() if n in kept["verdicts"]]
        for s in ("s0", "s1") for t in (on_time, late)
    }  # fmt: skip
    assert points["s0", on_time] == points["s1", late] == [0.5, 4]
    assert points["s0", late] == [0.25, 2]  # a day and a minute: two days begun
    assert "2 days late" in grade.mark(paper, kept, "s0", rules, late)["hidden_double"].why
    marks = {n: {"e": grade.Mark(p, 4, "", "", "")} for n, p in enumerate((1.0, 3.0, 2.0))}
    assert grade.total(marks, 0) == (6.0, 12) and grade.total(marks, 1) == (5.0, 8)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[credit]\nperfect = 1", "perfect = 1"),
        ("[credit]\ncorrect = 2", "a share from 0 to 1; got correct = 2"),
        ("late_per_day = 'much'", "late_per_day must be a share"),
        ("drop_lowest = 1.5", "drop_lowest must be a whole number"),
        ("[deadlines]\n1 = 'Monday'", "must hold lines such as"),
        ("leave_out = 'flips'", "leave_out must be a list"),
        ("bonus = 3", "got bonus"),
        ("[credit", "can't be read as TOML"),
    ],
)
def test_rules_that_mean_nothing_are_refused(tmp_path, text, said):
    with pytest.raises(grade.GradeError, match=re.escape(said)):
        marks_of(tmp_path, text)


def test_what_is_left_out_does_not_count_and_what_was_cut_is_said(handed_out, marked, tmp_path):
    (home, key), (group, _) = handed_out, marked
    text = 'leave_out = ["path_of", "minutes"]\nlate_per_day = 0.1\n[deadlines]\n1 = 2026-11-30T12:00:00\n'
    times = {("s1", 1): datetime(2026, 11, 30, 13)}
    shutil.copytree(home / "marks", tmp_path / "m")
    (tmp_path / "m" / "feedback" / "gone.html").touch()
    after = grade.grade(home / "in", key, home / "out", tmp_path / "m", marks_of(tmp_path, text), times)
    head, *rows = after.table()
    assert "01 path_of" not in head and "00 minutes" not in head and "01 people_in" in head
    before = {row[0]: row for row in group.table()}
    assert all(row[-2] == before[row[0]][-2] - 2 for row in rows)  # a point each
    right = [m for m in after.marks("s1")[1].values() if m.outcome == "correct" and m.of]
    page = (tmp_path / "m" / "feedback" / "s1.html").read_text()
    assert right and page.count("1 day late: 90% of that.)") >= len(right)
    assert not (tmp_path / "m" / "feedback" / "gone.html").exists()


def test_who_is_in_the_class_and_what_is_missing(handed_out, marked, tmp_path, capsys):
    (home, key), _ = handed_out, marked
    shutil.copytree(home / "marks", tmp_path / "m")
    shutil.copytree(home / "in", tmp_path / "in")
    (tmp_path / "in" / "s2" / "00.ipynb").unlink()
    shutil.rmtree(tmp_path / "in" / "s4")
    shutil.copytree(tmp_path / "in" / "s3", tmp_path / "in" / "x9")
    (tmp_path / "times.csv").write_text("id,lesson,time\ns1,1,2026-11-30T12:00\ns55,1,2026-11-30T12:00\n")
    words = ["--key", str(home / "key.json"), "--released", str(home / "out"), "--out", str(tmp_path / "m")]
    words = ["grade", str(tmp_path / "in"), *words, "--times", str(tmp_path / "times.csv")]
    assert main(words) == 1
    assert "names who is not in the class: s55." in capsys.readouterr().err
    rows = {row["student"]: row for row in csv.DictReader((tmp_path / "m" / "marks.csv").open())}
    said = {student: row["remark"] for student, row in rows.items()}
    assert said["s2"] == "no notebook of lesson 0" and said["s4"] == "nothing handed in"
    assert said["x9"] == "nobody in the class has this id" and said["s3"] == ""
    for text, wrong in (
        ('leave_out = ["flip"]', "leave_out names flip"),
        ("[extensions.s55]", "names s55: nobody"),
    ):
        with pytest.raises(grade.GradeError, match=wrong):
            grade.grade(tmp_path / "in", key, home / "out", tmp_path / "m", marks_of(tmp_path, text))


def test_a_key_is_that_of_its_lessons(handed_out, tmp_path):
    home, key = handed_out
    with pytest.raises(release.ReleaseError, match="is the key of lessons 0 and 1: name another"):
        release.release([0, 1, 2], tmp_path / "out", home / "key.json", home / "roster.csv", home / "bank")
    assert not (tmp_path / "out").exists() and release.read_key(home / "key.json") == key
    (tmp_path / "other").mkdir()
    with pytest.raises(grade.GradeError, match="holds no lesson 0"):
        grade.grade(home / "in", key, tmp_path / "other", tmp_path / "m")


# ---------------------------------------------------------------- the command line


@pytest.mark.parametrize(
    ("roster", "said"),
    [
        ("name\nada\n", "a column id; got name"),
        ("", "a column id; got no rows"),
        ("id\nada\nada\n", "one word, once; got 'ada'"),
        ("id\n../up\n", "one word, once; got '../up'"),
        (b"\xff\xfe", "can't be read as UTF-8"),
    ],
)
def test_a_roster_that_is_none(tmp_path, capsys, roster, said):
    (tmp_path / "r.csv").write_bytes(roster if isinstance(roster, bytes) else roster.encode())
    assert main(["release", "1", "--out", str(tmp_path / "out"), "--class", str(tmp_path / "r.csv")]) == 2
    assert said in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_what_cannot_begin_says_why(tmp_path, capsys, handed_out):
    home, _ = handed_out
    assert main(["release", "99", "--out", str(tmp_path / "out")]) == 2
    assert "there is no lesson 99" in capsys.readouterr().err
    assert main(["release", "1", "--out", str(home / "out")]) == 2
    assert "is there already" in capsys.readouterr().err
    words = ["grade", str(tmp_path), "--released", str(home / "out"), "--out", str(tmp_path / "m"), "--key"]
    assert main([*words, str(tmp_path / "none.json")]) == 2
    assert "there is no key" in capsys.readouterr().err
    (tmp_path / "bad.json").write_text("{}")
    assert main([*words, str(tmp_path / "bad.json")]) == 2
    assert "is not a key" in capsys.readouterr().err


def test_regrade_says_why(handed_out, marked, capsys):
    (home, _), (group, _) = handed_out, marked
    words = [str(home / "in"), "--key", str(home / "key.json"), "--released", str(home / "out"), "--out"]
    (home / "mild.toml").write_text('[credit]\n"not attempted" = 1')
    before = files(home / "marks")
    assert main(["regrade", "s1", *words, str(home / "marks"), "--marks", str(home / "mild.toml")]) == 0
    assert files(home / "marks") == before, "regrade asks what would be; it writes no marks"
    assert "not attempted: 100%" in capsys.readouterr().out
    assert main(["regrade", "s1", *words, str(home / "marks")]) == 0
    said = capsys.readouterr().out
    for marks in group.marks("s1").values():
        assert all(m.why in said for m in marks.values() if m.of)
    assert main(["regrade", "nobody", *words, str(home / "marks")]) == 2


# ---------------------------------------------------------------- the sandbox


def test_every_released_notebook_runs_unattempted(everything):
    """Shown for those from which cells were withheld, and one other."""
    home, key = everything
    with Sandbox(home / "out", Limits(seconds=300)) as sandbox:
        for number in (1, 10):
            paper = grade.Paper(key, number)
            path = next((home / "out").glob(f"{number:02d}_*.ipynb"))
            cells = [c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
            run = sandbox.run(cells, paper.names, paper.questions)
            assert not run.ended and not run.broken
            assert {paper.judge(n, a, "ada")[0] for n, a in run.answers.items()} == {"not attempted"}


def test_practice_stores_what_the_course_would_say():
    """A release says of the known mistakes what the course says of them."""
    lesson, _ = release.lesson_of(1)
    for e in (e for e in lesson.exercises.values() if e.names):
        handed = practice.Practice(lesson, json.loads(json.dumps(practice.store(e))))
        for function in [e.reference, *e.alternatives, *(f for _, f in e.mistakes)]:
            want, got = e._judge(function), handed._judge(function)
            assert got.outcome == want.outcome and got.message == want.message.replace(
                f"\nA hint: ex.{e.name}.hint()", ""
            )
