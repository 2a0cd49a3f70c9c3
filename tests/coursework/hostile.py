"""Submissions that nobody wants, of lesson 00: broken, greedy, forged, nosy, and odd ones that are honest.

`SUBMISSIONS` maps the id of a student to a `Case`: how it is written into the folder of a class, the marks that it
deserves, and a word of what is said about it. Nearly all begin with the same honest answer, to `minutes`, which gives
1 point. "Honest" cases differ from a tidy notebook in form only, and deserve their marks without a word.
"""

import io
import json
import os
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

MINUTES = "def minutes(hours):\n    return 60 * hours"
DIFFER = "def hours_that_differ(one, other):\n    return [h for h in range(len(one)) if one[h] != other[h]]"
FIRST = "from helpers.exercises import lesson00 as ex"
ONE, NONE = {"minutes": 1}, {}
STILL, SELF, SENT = "was still running", "ended itself before", "sent back what can't be read"


@dataclass(frozen=True)
class Bait:
    """What lies about for a submission to find.

    Attributes
    ----------
    files : {"key", "other", "home", "tmp": path of a file that must be neither read nor changed}
    port : of a listener on the loopback address
    """

    files: dict
    port: int


@dataclass(frozen=True)
class Case:
    """One submission.

    Attributes
    ----------
    write : write(folder, student, bait), makes what was handed in
    marks : {exercise: points}, what it deserves; of others 0
    word : what the remark or the feedback says of it; "" where there is nothing to remark
    entry : the name that it is handed in under, if that is not the student's id
    """

    write: Callable
    marks: dict
    word: str
    entry: str = ""


SUBMISSIONS = {}


def write_all(folder, bait, names=None):
    """Write the submissions (all of them, or those of these names) into the folder of a class."""
    for name in names or SUBMISSIONS:
        case = SUBMISSIONS[name]
        case.write(folder, case.entry or name, bait)


def notebook(*cells, **more):
    """The text of a notebook with these code cells."""
    made = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"c{i}",
            "metadata": {},
            "outputs": [],
            "source": c,
        }
        for i, c in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | more)


def code(name, *cells, marks=ONE, word="", entry=""):
    """A notebook with an honest answer to `minutes`, then these cells; {…} of the bait is filled in."""

    def write(folder, entry, bait):
        prelude = f"BAIT, PORT = {bait.files!r}, {bait.port}"
        (folder / f"{entry}.ipynb").write_text(notebook(FIRST, MINUTES, prelude, *cells), "utf-8")

    SUBMISSIONS[name] = Case(write, marks, word, entry)


def data(name, made, marks=NONE, word="", suffix=".ipynb", entry=""):
    """A file with these bytes, or with those that a function makes."""

    def write(folder, entry, bait):
        content = made() if callable(made) else made
        (folder / (entry + suffix)).write_bytes(content if isinstance(content, bytes) else content.encode())

    SUBMISSIONS[name] = Case(write, marks, word, entry)


def folder_of(name, fill, marks=NONE, word=""):
    """A folder, which fill(folder, bait) fills."""

    def write(folder, entry, bait):
        (folder / entry).mkdir()
        fill(folder / entry, bait)

    SUBMISSIONS[name] = Case(write, marks, word)


# ---------------------------------------------------------------- it never ends, or ends too early

code("endless", "while True: pass", word="CellTimeout")
code(
    "endless-stubborn",
    "import signal\nsignal.signal(signal.SIGPROF, signal.SIG_IGN)\nwhile True: pass",
    marks=NONE,
    word=STILL,
)
code("endless-in-c", "sum(range(10**12))", marks=NONE, word=STILL)
code("sleeps", "import time\ntime.sleep(10**6)", marks=NONE, word=STILL)
code("awaits", "import asyncio\nawait asyncio.sleep(10**6)", marks=NONE, word=STILL)
code("stops-itself", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", marks=NONE, word=STILL)
code(
    "stops-the-clock",
    "import signal\nsignal.setitimer(signal.ITIMER_PROF, 0)\nwhile True: pass",
    marks=NONE,
    word=STILL,
)
code("answers-never", "def first_difference(one, other):\n    return sum(range(10**12))", word=STILL)
code("answers-in-a-loop", "def hours_that_differ(one, other):\n    while True: pass", word="TimeLimit")
code("exits", "import sys\nsys.exit()", word="SystemExit")
code("interrupts", "raise KeyboardInterrupt", word="KeyboardInterrupt")
code("generator-exit", "raise GeneratorExit", word="GeneratorExit")
code("exits-hard", "import os\nos._exit(0)", marks=NONE, word=SELF)
for number in (99, 100, 137, 255):  # some are what the grader itself says with
    code(f"exits-with-{number}", f"import os\nos._exit({number})", marks=NONE, word=SELF)
code("exits-as-it-answers", "import os\ndef first_difference(one, other):\n    os._exit(0)", word=SELF)
code("quits-as-it-answers", "def hours_that_differ(one, other):\n    raise SystemExit", word="SystemExit")
code("killed", "import os\nos.kill(os.getpid(), 9)", marks=NONE, word="SIGKILL")
code("killed-by-a-nameless-signal", "import os\nos.kill(os.getpid(), 40)", marks=NONE, word="signal 40")
code("crashes", "import ctypes\nctypes.string_at(0)", marks=NONE, word="SIGSEGV")
code("aborts", "import os\nos.abort()", marks=NONE, word="SIGABRT")
code("bash-kills-all", "%%bash\nkill -9 -1", marks=NONE, word="SIGKILL")
code("input", "input()", word="EOFError")
code("breakpoint", "breakpoint()", word="BdbQuit")
code("recurses", "def f(): f()\nf()", word="RecursionError")
code("too-many-brackets", "x = " + "(" * 10**4, word="SyntaxError")
code("a-surrogate", "x = '\ud800'", word="UnicodeEncodeError")
code("a-null", "x = '\0'", word="SyntaxError")

# ---------------------------------------------------------------- greed

code("fork-bomb", "import os, time\nwhile os.fork(): pass\ntime.sleep(10**6)", word="BlockingIOError")
code(
    "fork-bomb-stubborn",
    "import os, time\nwhile True:\n    try: os.fork()\n    except OSError: time.sleep(0.1)",
    marks=NONE,
    word=STILL,
)
code("fork-and-answer", "import os\nos.fork(), os.fork()")
code("memory-bomb", "x = [0] * 10**10", word="MemoryError")
code("memory-by-and-by", "x = []\nwhile True: x.append(bytes(2**26))", word="MemoryError")
code(
    "more-memory-please",
    "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    word="ValueError",
)
code(
    "threads",
    "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=[99]).start()",
    word="RuntimeError",
)
code("huge-output", "print('x' * 10**8)", word="printed more than it may")
code("endless-output", "while True: print('x' * 10**5)", word="printed more than it may")
code("big-file", "with open('x', 'wb') as f:\n    while True: f.write(bytes(2**20))", word="File too large")
code(
    "fills-the-disk",
    "for i in range(10**4):\n    with open(f'file{i}', 'wb') as f: f.write(bytes(2**22))",
    word="No space left",
)
code("a-million-files", "for i in range(10**6): open(f'file{i}', 'w').close()", word="No space left")
code("handles", "x = []\nwhile True: x.append(open('x', 'w'))", word="Too many open files")
code(
    "huge-answer",
    "import numpy as np\ndef hours_that_differ(one, other):\n    return np.zeros(10**5)",
    word=SENT,
)
code("huge-text", "def hours_that_differ(one, other):\n    return 'x' * 10**6", word=SENT)
code(
    "deep-answer",
    "def hours_that_differ(one, other):\n    x = []\n    for _ in range(3000): x = [x]\n    return x",
    word="answers differ",
)
code(
    "answer-in-itself",
    "def hours_that_differ(one, other):\n    x = []\n    x.append(x)\n    return x",
    word="answers differ",
)
code("huge-number", "def hours_that_differ(one, other):\n    return 10**100_000", word="answers differ")
code("nan", "def hours_that_differ(one, other):\n    return float('nan')", word="answers differ")

# ---------------------------------------------------------------- it bends what it is judged by

code(
    "says-yes-to-all",
    "class Yes(list):\n    __eq__ = lambda self, other: True\n"
    "    __ne__ = __lt__ = __gt__ = lambda self, other: False\n"
    "    __hash__ = lambda self: 0\n    __len__ = lambda self: 0\n    __iter__ = lambda self: iter([self])\n"
    "def hours_that_differ(one, other):\n    return Yes()",
    word="answers differ",
)
code(
    "says-yes-as-an-array",
    "import numpy as np\nclass Yes(np.ndarray):\n    __eq__ = lambda self, other: True\n"
    "def hours_that_differ(one, other):\n    return np.zeros(3).view(Yes)",
    word="answers differ",
)
code(
    "tiny-zero",
    "class Zero(float):\n    __sub__ = __rsub__ = lambda *_: 0.0\ndef first_wrong_hour(a, b):\n    return Zero()",
    word="answers differ",
)
code(
    "replaces-check",
    "import helpers.exercise, helpers.practice, helpers.quarantine\n"
    "helpers.practice.Practice.judge = lambda *_, **__: print('correct')\n"
    "helpers.exercise.Exercise.weigh = lambda *_: ('correct', '', [])\nhelpers.quarantine.apart = lambda *_: 0.0\n"
    "helpers.quarantine.gap = lambda *_: 0.0\nex.hours_that_differ.points = 10**9\n"
    "def hours_that_differ(one, other):\n    return one\nex.hours_that_differ.check(hours_that_differ)",
    word="answers differ",
)
code(
    "patches-numpy",
    "import builtins, numpy as np\nnp.isnan = np.array_equal = np.any = np.all = lambda *_, **__: True\n"
    "np.abs = lambda *_, **__: 0.0\nbuiltins.max = builtins.abs = lambda *_, **__: 0\n"
    "def hours_that_differ(one, other):\n    return one",
    marks=NONE,  # it breaks its own answer to `minutes` too
    word="answers differ",
)
code(
    "patches-what-packs",
    "import helpers.plain\nhelpers.plain.pack = lambda value: {'odd': True}\n"
    "run = __import__('sys')._getframe\nframe = run()\nwhile frame.f_back: frame = frame.f_back\n"
    "frame.f_globals.update(pack=lambda value: {'odd': True})\ndef hours_that_differ(one, other):\n    return one",
    word="answers differ",
)
code(
    "changes-the-question",
    "def hours_that_differ(one, other):\n    other[:] = one\n    return []",
    word="answers differ",
)
code("replaces-the-shell", "get_ipython().run_cell = None", DIFFER, word="TypeError")
code(
    "an-error-that-lies",
    "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E",
    word="ended in E",
)
code(
    "practised",  # what is asked here is asked again, but not only that
    "import json\ndef from_table(name):\n    e = getattr(ex, name)\n"
    "    table = {repr(q): a.value for q, a in zip(e.asked, e.expected)}\n"
    "    return lambda *given: table.get(repr(given))",
    *(
        f"def {name}({names}):\n    return from_table('{name}')({names})"
        for name, names in (
            ("hours_that_differ", "one, other"),
            ("first_wrong_hour", "pinion, wheel"),
            ("first_difference", "one, other"),
        )
    ),
    word="answers differ",
)
code(
    "practised-from-the-file",
    "import glob, json, helpers\nfrom helpers.plain import unpack\n"
    "kept = json.load(open(glob.glob(helpers.__path__[0] + '/exercises/*.json')[0]))\n"
    "one = next(e for e in kept if e['name'] == 'hours_that_differ')\n"
    "table = {repr(q): unpack(a[0]) for q, a in zip(unpack(one['asked']), one['expected'])}\n"
    "def hours_that_differ(one, other):\n    return table.get(repr((one, other)), [])",
    word="answers differ",
)
code(
    "knows-when-it-is-graded",
    "graded = not hasattr(get_ipython(), 'kernel')\ndef hours_that_differ(one, other):\n"
    "    return ex.hours_that_differ.reference(one, other) if graded else []",
    word="ended in AttributeError",
)

# ---------------------------------------------------------------- it forges what is sent back

FORGE = r"""import os, socket, json, stat
ends = []
for fd in range(3, 256):
    try:
        if stat.S_ISSOCK(os.fstat(fd).st_mode): ends.append(socket.socket(fileno=fd))
    except OSError: pass
def send(*lines):
    for end in ends:
        end.setblocking(True)
        for line in lines: end.sendall((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n")
def leave():
    for end in ends:  # wait until it was read, so that it counts
        while end.recv(2**16): pass
    os._exit(0)
DONE = {"broken": [], "full": False}
"""


def forge(name, *lines, word, marks=NONE):
    code(name, FORGE, f"send({', '.join(lines)})\nleave()", marks=marks, word=word)


forge("forges-noise", "b'noise'", word=SENT)
forge("forges-a-number", "5", word=SENT)
forge("forges-a-list", "['broken']", *["{'answers': []}"] * 9, word=SENT)
forge("forges-depth", "b'[' * 10**5", word=SENT)
forge("forges-broken", "{'broken': 5, 'full': 1}", *["{'answers': []}"] * 9, word=SENT)
forge("forges-40-megabytes", "b'1' * 40_000_000", word=SENT)
forge("forges-the-walls", "{'walls': 'gone'}", word=SENT)
forge(
    "forges-errors",
    r"{'broken': [[0, '=1+1<script>alert(1)</script>\ud800\n', '\x00\u202e<img src=x>'], [10**30, 'x', 'y'], "
    "[-1, 'x', 'y']] * 10**4, 'full': 0}",
    *["{'answers': []}"] * 9,
    word="code cell 1 ended in =1+1<script>",
)
forge("forges-counts", "DONE", *["{'answers': [[0, '', [], '']] * 10**4}"] * 9, word="answers differ")
forge("forges-too-few", "DONE", *["{'answers': []}"] * 9, word="It answered 0 of")
forge(
    "forges-shapes",
    "DONE",
    *["{'answers': {'a': 1}}", "{'answers': 'abcd'}", "{'answers': [[1]]}", "[]"],
    word=SENT,
)
forge("forges-nan", "DONE", *["{'answers': [[float('nan'), '', [], '']] * 60}"] * 9, word="answers differ")
forge(
    "forges-odd-numbers", "DONE", *["{'answers': [[10**4000, '', [], '']] * 60}"] * 9, word="answers differ"
)
forge(
    "forges-arrays", "DONE",
    *["{'answers': [[{'array': ['<f8', [0, 10**18], '']}, '', [], '']] * 60}"] * 4,
    *["{'answers': [[{'array': ['<O8', [1], 'AAAAAAAAAAA=']}, '', [], '']] * 60}"] * 4,
    "{'answers': [[{'array': ['<f8', [-7], 'AAAA']}, '', [], '']] * 60}",
    word="could not be read",
)  # fmt: skip
forge(
    "forges-deep-answers",
    "DONE",
    *["{'answers': [[eval('[' * 90 + ']' * 90), '', [], '']] * 60}"] * 9,
    word="answers differ",
)
forge(
    "forges-keys",
    "DONE",
    *["{'answers': [[{'dict': [[{'dict': []}, 1]]}, '', [], '']] * 60}"] * 9,
    word="could not be read",
)
forge(
    "forges-errors-of-answers",
    "DONE",
    *[r"{'answers': [[None, '<b>\ud800' * 99, ['one'], 'ellipsis']] * 60}"] * 9,
    word="ended in another error",
)
code(
    "forges-its-end",  # 99 would say that no walls could be built, and nobody would be marked
    "import os, stat\nfor fd in range(256):\n    try:\n"
    "        if stat.S_ISFIFO(os.fstat(fd).st_mode): os.write(fd, b'99')\n    except OSError: pass",
)
code("closes-the-line", "import os\nos.closerange(3, 256)", marks=NONE, word=SELF)
code(
    "spells-the-question",  # the page that it gets back must not tell what was asked
    "def hours_that_differ(one, other):\n    raise type(f'Asked_{one}_{other}', (Exception,), {})(f'Asked_{one}')",
    "def first_wrong_hour(pinion, wheel):\n    raise type(f'Asked_{pinion}_{wheel}', (ValueError,), {})",
    word="ended in another error",
)
code(
    "forges-the-question",
    FORGE,
    "send(DONE)\nrest = b''\nfor _ in range(9):\n    while b'\\n' not in rest: rest += ends[0].recv(2**16)\n"
    "    line, _, rest = rest.partition(b'\\n')\n"
    "    send({'answers': [['Asked', 'Asked_' + str(q), ['Asked'], 'Asked'] for q in json.loads(line)['questions']]})\n"
    ""
    "os._exit(0)",
    marks=NONE,
    word="ended in another error",
)

# ---------------------------------------------------------------- it looks around

LIBC = """import ctypes, gc, os
C = ctypes.CDLL(None, use_errno=True)
C.process_vm_readv.argtypes = [ctypes.c_int, *[ctypes.c_void_p, ctypes.c_ulong] * 2, ctypes.c_ulong]
C.ptrace.argtypes = [ctypes.c_long] * 4
C.sbrk.restype = ctypes.c_void_p
room = ctypes.create_string_buffer(2**20)
def must(result):
    if result < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
def read(pid, place, many=2**20):
    here, there = (ctypes.c_void_p * 2)(ctypes.addressof(room), many), (ctypes.c_void_p * 2)(place, many)
    return must(C.process_vm_readv(pid, here, 1, there, 1, 0))
"""
READ = "with open(BAIT['{0}']) as f: text = f.read()\nraise AssertionError('STOLEN ' + text[:150])"
for what in ("key", "other", "home", "tmp"):
    code(f"reads-{what}", READ.format(what), word="FileNotFoundError")
code(
    "reads-what-is-open",
    "import os\nfor fd in range(256):\n    try: os.listdir(fd)\n    except OSError: continue\n"
    "    raise AssertionError('STOLEN')\nraise OSError('no folder')",
    word="no folder",
)
code(
    "reads-environment",
    "import os, ctypes\nassert not any('BAIT' in k for k in os.environ), 'STOLEN ' + str(os.environ)\n"
    "getenv = ctypes.CDLL(None).getenv\ngetenv.restype = ctypes.c_char_p\n"
    "assert getenv(b'BAIT') is None, 'STOLEN'\nraise KeyError('BAIT')",
    word="KeyError",
)
code("reads-proc", "open('/proc/1/environ').read()", word="FileNotFoundError")
code("reads-own-proc", "open('/proc/self/mem', 'rb').read(1)", word="FileNotFoundError")
code("reads-the-machine", "open('/dev/mem', 'rb').read(1)", word="FileNotFoundError")
code("reads-passwords", "open('/etc/shadow').read()", word="FileNotFoundError")
code(
    "searches-everywhere",
    "import subprocess\n"
    # all but the system's own folders, which are the same without a course and would take most of the time
    "system = '-path /proc -prune -o -path /usr -prune -o'.split()\n"
    "names = '*.key.json marks.csv lesson00.py inside.py *.ipynb'.split()\n"
    "asked = ' -o '.join(f'-name {n}' for n in names).split()\n"
    "said = subprocess.run(['find', '/', *system, '(', *asked, ')', '-print'], capture_output=True, text=True)\n"
    "said = said.stdout.split()\n"
    "found = [path for path in said if not path.endswith('/course/helpers/exercises/lesson00.py')]\n"
    "assert said and not found, f'STOLEN {found}'\nraise LookupError('nothing')",
    word="LookupError",
)
code(
    "searches-what-others-left",  # in memory that was freed, and came along with the fork
    LIBC,
    """mark = b"SECNETNES-TSENOH"[::-1]  # the other way round: or it finds itself
places = {id(thing) >> 20 for thing in gc.get_objects()} | {(C.sbrk(0) >> 20) - i for i in range(64)}
found = seen = 0
for place in places:
    for start, many in [(place << 20, 2**20)] + [((place << 20) + 4096 * i, 4096) for i in range(256)]:
        try: read(os.getpid(), start, many)
        except OSError: continue
        seen += many
        found += (mark + b".") in ctypes.string_at(room, many)
        if many > 4096: break
assert seen > 10**7, "could not read"
assert not found, f"STOLEN from {found} places"
raise LookupError("nothing")""",
    word="LookupError",
)
code(
    "searches-its-memory",
    "import gc, sys\nassert 'helpers.coursework' not in sys.modules, 'STOLEN'\n"
    "found = [m for m in gc.get_objects() if type(m).__name__ in ('Key', 'Paper') and hasattr(m, 'questions')]\n"
    "assert not found, f'STOLEN {found}'\nraise LookupError('nothing')",
    word="LookupError",
)
code(
    "a-link-to-the-key",
    "import os\nos.symlink(BAIT['key'], 'key')\nraise AssertionError('STOLEN ' + open('key').read()[:99])",
    word="FileNotFoundError",
)
code(
    "a-helper-of-its-own",
    "import subprocess, sys\nassert not subprocess.run(['cat', BAIT['key']]).returncode, 'no key'",
    word="no key",
)

# ---------------------------------------------------------------- it reaches out, or for the walls

for what in ("key", "other", "home", "tmp"):  # /tmp is there, but it is another
    there = "" if what == "tmp" else "FileNotFoundError"
    code(f"writes-{what}", f"with open(BAIT['{what}'], 'w') as f: f.write('was here')", word=there)
code(
    "writes-beside-itself",
    "import os\nfor at in ('..', '/', '/tmp'):\n    try: os.makedirs(at + '/feedback', exist_ok=True)\n"
    "    except OSError: continue\n    open(at + '/marks.csv', 'w').write('student,total\\nall,99')",
)
code("writes-the-course", "import helpers\nopen(helpers.__file__, 'a').write('RELEASE = 0')", word="[Errno")
code("writes-libraries", "import numpy\nopen(numpy.__file__, 'a').write('x = 0')", word="[Errno")
code("calls-the-listener", "import socket\nsocket.create_connection(('127.0.0.1', PORT), 2)", word="OSError")
code(
    "calls-by-datagram",
    "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'hello', ('127.0.0.1', PORT))",
    word="OSError",
)
code("looks-a-name-up", "import socket\nsocket.getaddrinfo('localhost.invalid', 80)", word="gaierror")
CALLS = {
    "unshares-users": "C.unshare(1 << 28)",
    "unshares-mounts": "C.unshare(1 << 17)",
    "mounts": "C.mount(b'none', b'/tmp', b'tmpfs', 0, None)",
    "remounts": "C.mount(None, b'/usr/lib', None, ctypes.c_ulong(4096 | 32), None)",
    "unmounts": "C.umount2(b'/usr/lib', 2)",
    "pivots": "C.pivot_root(b'/tmp', b'/tmp')",
    "becomes-root": "C.setuid(0)",
    "traces": "C.ptrace(16, 1, 0, 0)",
    "reads-memory-of-others": "read(1, ctypes.addressof(room), 8)",
    "makes-a-device": "C.mknod(b'mem', 0o020666, 0x101)",
    "names-the-machine": "C.sethostname(b'hostile', 7)",
    "sets-the-clock": "C.settimeofday(ctypes.byref((ctypes.c_long * 2)(0, 0)), None)",
}  # fmt: skip
SAID = {
    "unshares-users": "No space left",
    "becomes-root": "Invalid argument",
}  # no room for users, and none of them root
for what, call in CALLS.items():
    code(what, LIBC, f"must({call})", word=SAID.get(what, "ended in PermissionError"))
code(
    "changes-root",
    "import os\nos.makedirs('a')\nos.chroot('a')\nfor _ in range(99): os.chdir('..')\nos.chroot('.')",
    word="PermissionError",
)
code(
    "climbs",
    "import os\nos.chdir('../../../../../../..')\nassert os.path.exists(BAIT['key']), 'no way up'",
    word="no way up",
)
code(
    "signals-all",  # kill(0, …) goes to a group of processes, whatever the walls between them
    "import os, signal\n"
    "for s in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(s, signal.SIG_IGN)\n"
    "for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):\n    for pid in (0, 1):\n        os.kill(pid, s)\n"
    "    for pid in range(3, 40_000):\n        try: os.kill(pid, s)\n"
    "        except ProcessLookupError: pass\nos.kill(-1, signal.SIGTERM)",
    word="ProcessLookupError",
)
code("kills-its-group", "import os, signal\nos.killpg(0, signal.SIGKILL)", marks=NONE, word="SIGKILL")
code(
    "kills-the-first",
    "import os, signal\nfor s in signal.valid_signals(): os.kill(1, s)\nraise LookupError('nothing happened')",
    word="LookupError",
)
code(
    "outlives-its-cell",
    "import threading, time, os\nthreading.Thread(target=time.sleep, args=[10**6]).start()\n"
    "threading.Thread(target=time.sleep, args=[10**6], daemon=True).start()\n"
    "if not os.fork():\n    os.setsid()\n    if not os.fork(): time.sleep(10**6)\n    os._exit(0)\n"
    "raise LookupError('daemons')",
    word="LookupError",
)
code("outlives-in-bash", "%%bash\nnohup sleep 1000000 > /dev/null 2>&1 &")
code(
    "forges-results",
    "import json, os\nos.makedirs('work')\n"
    "for at in ('marks.csv', 'work/forges-results-00.json', 'printed'):\n"
    "    open(at, 'w').write(json.dumps({'verdicts': {'hours_that_differ': ['correct', '']}}))",
)
code(
    "a-package-of-its-own",
    "import os\nos.makedirs('helpers')\nopen('helpers/__init__.py', 'w').write('raise SystemExit')\n"
    "open('numpy.py', 'w').write('raise SystemExit')",
)

# ---------------------------------------------------------------- no notebook

IMAGE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
data("empty", b"", word="is empty")
data("blank", b" \r\n\t\n", word="is empty")
data("a-picture", IMAGE, word="is not UTF-8")
data("utf-16", notebook(FIRST, MINUTES).encode("utf-16"), word="is not UTF-8")
data(
    "latin-1", notebook(FIRST, MINUTES, "#").replace("#", "# caf\xe9").encode("latin-1"), word="is not UTF-8"
)
data("a-letter", "Dear teacher, my dog ate it.", word="is not a notebook")
data("a-python-file", MINUTES, word="is not a notebook")
data("cut-off", notebook(FIRST, MINUTES)[:-40], word="is not a notebook")
data("merge-conflict", notebook(FIRST, MINUTES) + "\n<<<<<<< HEAD\n", word="is not a notebook")
WRONG = {
    "null": None,
    "list": [],
    "number": 5,
    "text": "cells",
    "cells-null": {"cells": None},
    "cells-object": {"cells": {"a": 1}},
    "cells-of-lists": {"cells": [["code", "x"]]},
    "cells-of-numbers": {"cells": [1, 2]},
    "source-number": {"cells": [{"cell_type": "code", "source": 5}]},
    "source-of-lists": {"cells": [{"cell_type": "code", "source": [["x"]]}]},
    "version-3": {"worksheets": [{"cells": []}], "nbformat": 3},
}
for name, value in WRONG.items():
    data(f"json-{name}", json.dumps(value), word="is not a notebook")
data("json-deep", lambda: '{"cells":' + "[" * 10**6, word="is not a notebook")
data("json-long-number", '{"cells": [], "n": ' + "9" * 10**5 + "}", word="is not a notebook")
data("no-cells", notebook(), word="does not say which lesson")
data("50-megabytes", lambda: notebook(FIRST, MINUTES) + " " * 50 * 2**20, word="more than 20 MB")
data("too-many-cells", lambda: notebook(FIRST, *["x = 1"] * 1001), word="1002 code cells")
data("ten-million-lines", lambda: notebook("\n" * 10**7), word="does not say which lesson")
data("grows-on-the-way", lambda: notebook(FIRST, MINUTES, "# @").replace("@", "é" * 6 * 10**6), marks=ONE)
data("wrong-lesson", notebook(FIRST.replace("00", "05"), MINUTES), word="does not say which lesson")


def _link(folder, entry, bait):
    (folder / f"{entry}.ipynb").symlink_to(bait.files["key"])


def _pipe(folder, entry, bait):
    os.mkfifo(folder / f"{entry}.ipynb")


def _deep(folder, bait):
    deep = folder / "/".join("d" * 60)
    deep.mkdir(parents=True)
    (deep / "00.ipynb").write_text(notebook(FIRST, MINUTES))


SUBMISSIONS["link-to-the-key"] = Case(_link, NONE, "is a link")
SUBMISSIONS["a-pipe"] = Case(_pipe, NONE, "no file of its own")
folder_of("empty-folder", lambda folder, bait: None, word="no notebook in it")
folder_of("deep-folder", _deep, word="lie in one another")
folder_of(
    "linked-notebook",
    lambda folder, bait: (folder / "00_a.ipynb").symlink_to(bait.files["other"]),
    word="is a link",
)
folder_of("linked-folder", lambda folder, bait: (folder / "b").symlink_to(folder.parent), word="is a link")
folder_of(
    "two-that-differ",
    lambda folder, bait: [(folder / f"{n}.ipynb").write_text(notebook(FIRST, MINUTES, n)) for n in "ab"],
    word="2 notebooks of lesson 0, and they differ",
)
folder_of(
    "the-same-twice",
    lambda folder, bait: [(folder / f"{n}.ipynb").write_text(notebook(FIRST, MINUTES)) for n in "ab"],
    ONE,
)
folder_of(
    "one-of-three-can-be-read",
    lambda folder, bait: [(folder / f"{n}.ipynb").write_text(text)
                          for n, text in (("a", ""), ("b", notebook(FIRST, MINUTES)), ("c", "{"))],
    ONE,
    word="Not everything could be read: a.ipynb is empty; c.ipynb is not a notebook",
)  # fmt: skip
folder_of(
    "many-that-are-broken",
    lambda folder, bait: [(folder / f"{n:02d}.ipynb").touch() for n in range(90)],
    word="02.ipynb is empty; and 87 more",
)


def zipped(files, method=zipfile.ZIP_DEFLATED):
    """The bytes of a ZIP file of {name: text}."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def _zipped_link():
    out, info = io.BytesIO(), zipfile.ZipInfo("00_a.ipynb")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, "../key.json")
    return out.getvalue()


def _liar():
    """A ZIP file that says it holds 10 bytes, and holds 100 MB."""
    made = bytearray(zipped({"00_a.ipynb": bytes(100 * 2**20)}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = made.index(mark) + at
        made[start : start + 4] = struct.pack("<I", 10)
    return bytes(made)


def _spoilt(offset, value):
    """A ZIP file with one byte of its data, or of its lists, changed."""
    made = bytearray(zipped({"00_a.ipynb": notebook(FIRST, MINUTES)}))
    made[offset] = value
    return bytes(made)


def _locked():
    made = bytearray(zipped({"00_a.ipynb": notebook(FIRST, MINUTES)}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(mark) + at] |= 1
    return bytes(made)


HONEST = {"00_a.ipynb": notebook(FIRST, MINUTES)}
CLOSED = "is a ZIP file that can't be opened"
data(
    "zip-bomb", lambda: zipped({"00_a.ipynb": bytes(300 * 2**20)}), word="unpacks to more than", suffix=".zip"
)
data("zip-that-lies", _liar, word=CLOSED, suffix=".zip")
data("zip-in-zip", lambda: zipped({"work.zip": zipped(HONEST)}), word="no notebook in it", suffix=".zip")
data("zip-of-nothing", lambda: zipped({}), word="is not", suffix=".zip")
data("zip-cut-off", lambda: zipped(HONEST)[:-30], word=CLOSED, suffix=".zip")
data("zip-spoilt", lambda: _spoilt(60, 0xFF), word=CLOSED, suffix=".zip")
data("zip-locked", _locked, word=CLOSED, suffix=".zip")
data("zip-of-a-link", _zipped_link, word="holds a link", suffix=".zip")
data("zip-unusual", lambda: zipped(HONEST, zipfile.ZIP_LZMA), word="unusual way", suffix=".zip")
data(
    "zip-of-two",
    lambda: zipped(HONEST | {"b/00_b.ipynb": notebook(FIRST)}),
    word="2 notebooks",
    suffix=".zip",
)
data(
    "zip-of-many",
    lambda: zipped({f"{i}.txt": "" for i in range(20_000)}),
    word="no notebook in it",
    suffix=".zip",
)

# ---------------------------------------------------------------- names that lead astray

IDS = {
    "_1_1_cmd": "=1+1;cmd",
    "_img_src_x_onerror_alert_1__": "<img src=x onerror=alert(1)>",
    "_._._evil": "\\.\\.\\evil",
    "two_lines": "two\nlines",
    "é" * 50: "é" * 120,
}  # fmt: skip
IDS = {"_1+1_cmd" if n == "_1_1_cmd" else n: e for n, e in IDS.items()}
for name, entry in IDS.items():
    code(name, entry=entry, word="nobody in the class has this id")
code("not-in-bytes_", entry="not-in-bytes\udcff", word="nobody in the class has this id")
code("someone", DIFFER, marks={"minutes": 1, "hours_that_differ": 1}, entry="someone_12_honest-alternative")

# ---------------------------------------------------------------- odd, and honest

code("honest-await", "import asyncio\nawait asyncio.sleep(0)")
code(
    "honest-run-cell", f"_ = get_ipython().run_cell({DIFFER!r})", marks={"minutes": 1, "hours_that_differ": 1}
)
code("honest-blank-later", "minutes = ...", "minutes = None", "def minutes(hours):\n    ...")
code("wrong-later", "def minutes(hours):\n    return hours / 60", marks=NONE, word="You divide by 60")
code("honest-script", "%%bash\necho hello")
data("honest-byte-order-mark", b"\xef\xbb\xbf" + notebook(FIRST, MINUTES).encode(), marks=ONE)
data("honest-line-ends", notebook(FIRST, MINUTES.replace("\n", "\r\n")).replace(", ", ",\r\n"), marks=ONE)
data("honest-old-line-ends", notebook(FIRST, MINUTES.replace("\n", "\r")), marks=ONE)
data("honest-reordered", notebook(DIFFER, MINUTES, FIRST), marks={"minutes": 1, "hours_that_differ": 1})
data(
    "honest-duplicated",
    notebook(FIRST, MINUTES, MINUTES, FIRST, DIFFER, MINUTES, DIFFER),
    marks={"minutes": 1, "hours_that_differ": 1},
)
data("honest-missing", notebook(MINUTES), marks=ONE, entry="honest-missing_00_a")
data(
    "honest-stripped",
    json.dumps({"cells": [{"cell_type": "code", "source": c} for c in (FIRST, MINUTES)]}),
    marks=ONE,
)
data("honest-same-ids", notebook(FIRST, MINUTES).replace('"c1"', '"c0"'), marks=ONE)
data("honest-nan", notebook(FIRST, MINUTES, metadata={"widgets": float("nan")}), marks=ONE)
data(
    "honest-lines",
    json.dumps({"cells": [{"cell_type": "code", "source": c.splitlines(True)} for c in (FIRST, MINUTES)]}),
    marks=ONE,
)
data("honest-zip", lambda: zipped(HONEST), marks=ONE, suffix=".zip")
data("honest-zip-by-another-name", lambda: zipped(HONEST), marks=ONE)
data(
    "honest-zip-that-climbs",
    lambda: zipped({"../../../../tmp/00_climbed.ipynb": HONEST["00_a.ipynb"]}),
    marks=ONE,
    suffix=".zip",
)
folder_of(
    "honest-beside-another",
    lambda folder, bait: [
        (folder / "00_a.ipynb").write_text(HONEST["00_a.ipynb"]),
        (folder / "05_b.ipynb").write_text(notebook("x = 1")),
    ],
    marks=ONE,
)
