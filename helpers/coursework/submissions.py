"""Taking in what students hand in, whatever it is: a broken file gets a reason and stops nothing."""

import io
import json
import os
import re
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path

from helpers.plain import printable

MOST = 20 * 2**20  # bytes of one notebook, or of one file with notebooks in it
CELLS = 1000
DEEP = 8  # folders in one another
SAID = 3  # complaints about one student's files


class Unreadable(ValueError):
    """A submission that can't be read; the message is for the student."""


class OtherLesson(Unreadable):
    """A notebook of a lesson that is not marked, or of none."""


@dataclass(frozen=True)
class Notebook:
    """The code of a notebook that was handed in.

    Attributes
    ----------
    lesson : int
    cells : list of str, its code cells in their order
    """

    lesson: int
    cells: list


def submissions(folder, students=()):
    """What was handed in by whom: {student: [path, …]}.

    In `folder` stands one entry a student: a notebook, a ZIP file, or a folder with notebooks. Its name begins with
    the student's id, or, where a roster is known, holds an id of the roster as a word of its own, as the downloads of
    learning platforms do.
    """
    found = {}
    for entry in sorted(Path(folder).iterdir()):
        if entry.name.startswith("."):
            continue
        found.setdefault(_student(entry.name, students), []).append(entry)
    return found


def _student(name, students):
    """Whose it is: the first id of the roster in the name, since what comes last is the student's own name for it."""
    stem = re.sub(r"\.(ipynb|zip)$", "", name)
    at = {s: re.search(rf"(?:^|[\s_]){re.escape(s)}(?:$|[\s_])", stem) for s in students}
    known = sorted((found.start(), -len(s), s) for s, found in at.items() if found)
    if known:
        return known[0][2]
    strange = stem if students else re.split(r"[\s_]+", stem)[0] or stem
    name = re.sub(r"[^\w.@+-]", "_", strange)  # it becomes the name of files
    return name.encode()[:100].decode(errors="ignore")


def read(paths, lessons):
    """The notebooks among a student's files, and what is wrong with the others: one broken file spoils only itself.

    Parameters
    ----------
    paths : list of Path
    lessons : the lessons that are marked; notebooks of others are left out

    Returns
    -------
    notebooks : list of Notebook, at most one a lesson; of two that differ, none
    complaints : list of str, for the student; not empty where there is no notebook
    """
    notebooks, complaints, others = {}, [], ["there is no notebook in it"]
    for name, data in (file for path in paths for file in _files(path)):
        try:
            if isinstance(data, Exception):
                raise data
            notebook = parse(name, data, lessons)
        except OtherLesson as error:
            others.append(str(error))
        except Unreadable as error:
            complaints.append(str(error))
        except OSError as error:
            complaints.append(f"{name} can't be opened ({error.strerror})")
        else:
            notebooks.setdefault(notebook.lesson, []).append(notebook)
    for number, found in sorted(notebooks.items()):
        if any(notebook != found[0] for notebook in found):
            complaints.append(
                f"there are {len(found)} notebooks of lesson {number}, and they differ: hand in one"
            )
            del notebooks[number]
    if not notebooks and not complaints:
        complaints.append(others[-1])
    if len(complaints) > SAID:
        complaints[SAID:] = [f"and {len(complaints) - SAID} more"]
    # the words can hold a file's name, which can hold anything
    return [notebooks[n][0] for n in sorted(notebooks)], [printable(words) for words in complaints]


def _files(path, depth=0):
    """(name, bytes) of every notebook at a path, or in place of the bytes why there are none."""
    try:
        yield from _opened(path, depth)
    except (Unreadable, OSError) as error:
        yield path.name, error


def _opened(path, depth):
    """The same; it raises where it can't go on. Links are not followed."""
    kind = path.lstat().st_mode
    if stat.S_ISDIR(kind):
        if depth > DEEP:
            raise Unreadable(f"its folders lie in one another, more than {DEEP} deep")
        for entry in sorted(path.iterdir()):
            if not entry.name.startswith((".", "__MACOSX")):
                inside = stat.S_ISDIR(entry.lstat().st_mode)
                if inside or entry.suffix in (".ipynb", ".zip") or entry.is_symlink():
                    yield from _files(entry, depth + 1)
    elif not stat.S_ISREG(kind):
        raise Unreadable(f"{path.name} is a link or something else that is no file of its own")
    elif path.stat().st_size > MOST:
        raise Unreadable(
            f"{path.name} has more than {MOST // 2**20} MB; clear its outputs and hand it in again"
        )
    else:
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
            data = file.read(MOST + 1)
        if data[:4] == b"PK\x03\x04":
            yield from _unzipped(path.name, data)
        else:
            yield path.name, data


def _unzipped(name, data):
    """The notebooks in a ZIP file, read in memory: where its paths would lead does not matter."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [
                i
                for i in archive.infolist()
                if i.filename.endswith(".ipynb") and "__MACOSX" not in i.filename
            ]
            if sum(i.file_size for i in inside) > MOST:
                raise Unreadable(f"{name} unpacks to more than {MOST // 2**20} MB")
            for info in inside:
                if stat.S_ISLNK(info.external_attr >> 16):
                    raise Unreadable(f"{name} holds a link in place of a notebook")
                if info.compress_type not in (
                    zipfile.ZIP_STORED,
                    zipfile.ZIP_DEFLATED,
                ):  # others ask for memory
                    raise Unreadable(f"{name} is packed in an unusual way: make an ordinary ZIP file")
                with archive.open(info) as file:
                    data = file.read(MOST + 1)
                if len(data) > MOST:
                    raise Unreadable(f"{name} unpacks to more than {MOST // 2**20} MB")
                yield Path(info.filename).name, data
    except Unreadable:
        raise
    except Exception as error:  # zlib.error, struct.error and more: the library checks little
        raise Unreadable(f"{name} is a ZIP file that can't be opened ({error})") from None


def parse(name, data, lessons):
    """The code cells of a notebook's bytes. Metadata and outputs are not looked at."""
    if not data.strip():
        raise Unreadable(f"{name} is empty")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"{name} is not UTF-8 text: hand in the file as JupyterLab saved it") from None
    try:
        cells = json.loads(text)["cells"]
        code = [_text(c["source"]) for c in cells if c["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unreadable(f"{name} is not a notebook: hand in the file as JupyterLab saved it") from None
    if len(code) > CELLS:
        raise Unreadable(f"{name} has {len(code)} code cells, more than {CELLS}")
    imported = re.findall(
        r"^[ \t]*from helpers\.exercises import lesson(\d\d)\b", "\n".join(code), re.MULTILINE
    )
    named = re.findall(r"(?<!\d)(\d\d)_", name)
    number = next((int(n) for n in [*imported, *named] if int(n) in lessons), None)
    if number is None:
        wanted = " or ".join(f"{n:02d}" for n in lessons)
        raise OtherLesson(
            f"{name} does not say which lesson it is ({wanted}): keep its name and its first cells"
        )
    return Notebook(number, code)


def _text(source):
    text = source if isinstance(source, str) else "".join(source)
    return text.replace("\r\n", "\n").replace("\r", "\n")
