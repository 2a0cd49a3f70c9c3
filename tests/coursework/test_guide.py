"""INSTRUCTORS.md says what the lessons say, and its commands print what it quotes."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from helpers import author
from helpers.coursework import grade, guide, release
from helpers.coursework.__main__ import main
from helpers.coursework.sandbox import Limits
from helpers.coursework.submissions import Notebook
from helpers.figures import COURSE

PAGE = guide.GUIDE.read_text("utf-8")
SECRET = "00112233445566778899aabbccddeeff"  # of the class in the page
SYLLABI = re.findall(r"^### (One workshop|Four weeks|A term)\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)


def test_the_tables_are_those_of_the_lessons():
    assert guide.text() == PAGE, "run `python -m helpers.coursework guide`"


def test_a_mistake_that_was_added_or_reworded_is_missed_in_the_page(monkeypatch):
    exercise = release.lesson_of(3)[0].exercises["flips"]
    (message, function), *others = exercise.mistakes
    for mistakes in [[(message + " Really.", function), *others], others]:
        monkeypatch.setattr(exercise, "mistakes", mistakes)
        assert guide.text() != PAGE


def test_the_command_writes_the_tables_again_and_nothing_else(monkeypatch, tmp_path):
    path = tmp_path / "INSTRUCTORS.md"
    path.write_text(re.sub(r"(?s)(<!-- lessons -->).*?(<!-- /lessons -->)", r"\1 old \2", PAGE), "utf-8")
    monkeypatch.setattr(guide, "GUIDE", path)
    assert main(["guide"]) == 0 and path.read_text("utf-8") == PAGE
    path.write_text(PAGE.replace("<!-- /lessons -->", ""), "utf-8")
    assert main(["guide"]) == 2


def test_the_exercises_without_points_are_named():
    named = re.search(r"Nor do ten exercises .*? \((.*?)\)", PAGE)[1].replace("`", "").split(", ")
    exercises = [e for number in range(11) for e in release.lesson_of(number)[0].exercises.values()]
    assert named == [e.name for e in exercises if not e.options and not e.points] and len(named) == 10


@pytest.mark.parametrize("path", author.lessons(), ids=lambda path: path.stem)
def test_the_minutes_in_the_metadata_are_those_of_the_core(path):
    assert author.read(path).metadata.course.minutes == guide.minutes(path)[0] < guide.minutes(path)[1]


@pytest.mark.parametrize("cell", ["Takes a while.", "About 5 minutes to the stop; about 6 more."])
def test_a_lesson_that_says_too_little_is_refused(cell, tmp_path, monkeypatch):
    monkeypatch.setattr(guide, "_opening", lambda path: cell)
    with pytest.raises(release.ReleaseError, match="does not say"):
        guide.minutes(tmp_path), guide.teaches(tmp_path)


def test_the_syllabi_go_along_the_arrows():
    assert [name for name, _ in SYLLABI] == ["One workshop", "Four weeks", "A term"]
    for name, text in SYLLABI:
        rows = [
            re.findall(r"\b[01]\d\b", row.split("|")[2]) for row in text.splitlines() if row.startswith("|")
        ]
        order = [number for row in rows for number in row]
        assert len(order) == len(set(order)) >= 3, name
        for number, _, _, leans in COURSE:
            early = set(order[: order.index(number)]) if number in order else set(leans)
            assert set(leans) <= early, f"{name}: {number} leans on {', '.join(leans)}"


def test_the_rubric_has_the_case_of_every_lesson():
    rubric = PAGE.split("## Marking the open questions")[1].split("\n## ")[0]
    cases = re.findall(r"^\*\*(\d\d)\*\* “(.+?)”", rubric, re.MULTILINE)
    assert [number for number, _ in cases] == [number for number, *_ in COURSE]
    for (number, case), path in zip(cases, author.lessons(), strict=True):
        asked = [c.source for c in author.read(path).cells if "change your mind?\n" in c.source]
        assert any(case in text for text in asked), f"lesson {number} does not ask about “{case}”"


def test_a_mended_exercise_is_marked_anew(monkeypatch):
    paper = grade.Paper(release.Key(SECRET, "", [1], sources={"1": "as it was"}), 1)
    before = grade.digest(paper, "ada", Notebook(1, []), Limits())
    assert grade.digest(paper, "ada", Notebook(1, []), Limits()) == before
    monkeypatch.setattr(release, "source_digest", lambda number, bank: "as it is now")
    assert grade.digest(paper, "ada", Notebook(1, []), Limits()) != before


@pytest.mark.parametrize(
    "name",
    ["class/roster.csv", "class/in/ada.ipynb", "week1.key.json", "week1.key.numbers.csv", "roster.csv",
     "submissions/ada.ipynb", "marked/marks.csv"],
)  # fmt: skip
def test_what_belongs_to_a_class_is_not_committed(name):
    assert subprocess.run(["git", "check-ignore", "-q", name], cwd=release.ROOT).returncode == 0


# ---------------------------------------------------------------- the class in the page


def blocks(page):
    """(kind, path, text) of every block of code."""
    return re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def hand_in(folder, handed_out, key):
    """What three of the class hand in: ada all right, bo one mistake and a blank, cy a file that is no notebook."""
    for student, lessons in {"ada": [1, 10], "bo": [1]}.items():
        for number in lessons:
            lesson, path = release.lesson_of(number)
            notebook = author.read(handed_out / path.name)
            for cell in notebook.cells:
                name = re.search(r"^ex\.(\w+)\.check", cell.source, re.MULTILINE)
                exercise = lesson.exercises[name[1]] if name else None
                if not exercise or (student, exercise.name) == ("bo", "nearest_in"):
                    continue
                answer = exercise.source()
                if exercise.personal:
                    answer = f"{exercise.name} = {exercise.reference(key.seed(exercise, student))!r}"
                if (student, exercise.name) == ("bo", "people_in"):
                    answer = re.sub(r"max\(0, (.*?)\)", r"\1", answer)  # an empty range counts below zero
                cell.source = f"{answer}\n\n\n{cell.source[name.start() :]}"
            (folder / student).mkdir(parents=True, exist_ok=True)
            (folder / student / path.name).write_text(author.as_text(notebook), "utf-8")
    (folder / "cy").mkdir()
    (folder / "cy" / "01_transparent_rules.ipynb").write_text("see my e-mail")


def rehearse(page, folder, printed):
    """Do in `folder` what the page says, command by command; yields (command, what it quotes, what came out)."""
    (folder / "class").mkdir()
    seed = release.Key(SECRET, "", [])
    (folder / "class" / "week1.key.json").write_text(json.dumps(vars(seed)))
    for kind, path, text in blocks(page):
        if path:
            (folder / path).write_text(text, "utf-8")
        for command, quoted in (
            re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n?)*)", text, re.MULTILINE) if kind == "console" else ()
        ):
            words = shlex.split(command)
            if words[:3] == ["python", "-m", "helpers.coursework"]:
                if words[3] == "grade" and not (folder / "class/in").exists():
                    key = release.read_key(folder / "class/week1.key.json")
                    hand_in(folder / "class/in", folder / "class/week1", key)
                main(words[3:])
                came = printed()
            else:
                assert words[0] == "cat", command
                came = (folder / words[1]).read_text("utf-8")
            yield command, quoted, came


def test_the_commands_print_what_is_quoted(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    seen = []
    for command, quoted, came in rehearse(PAGE, Path(), lambda: capsys.readouterr().out):
        assert came == quoted, command
        seen.append(command.split()[3:4])
    assert [["release"], ["grade"], ["regrade"], ["viva"]] == [s for s in seen if s][:4]
