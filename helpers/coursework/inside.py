"""What runs inside: a process that has the libraries loaded, and a child of it for every submission.

This file is run by its path, in a process of its own that never sees an answer: it imports the released package and
nothing else of the course. It takes jobs from a socket, any number at a time. For each it forks a watcher, which says
how the job ended; this one forks a keeper, which walls itself in and forks the one who runs the student's code, into a
world with no network, no other processes, and nothing to read but Python, its libraries and the released package. The
keeper ends that world at the deadline.

A job is {"cells": [source, …], "names": {name: its parameters or null}, "limits": {…}}. On the job's own socket comes
back, a line each: {"broken": […]} when the cells have been run; then, for each line {"name": …, "questions": […]} that
is sent in, {"answers": […]}, or {"blank": true} where nothing of that name was answered.
"""

import contextlib
import ctypes
import gc
import json
import os
import resource
import signal
import socket
import sys
import types

PRIVATE, READ_ONLY, REMOUNT, BIND, RECURSIVE, DETACH = 1 << 18, 1, 32, 4096, 16384, 2  # of mount(2)
# of unshare(2)
MOUNTS, HOSTNAME, IPC, USER, PIDS, NETWORK = 1 << 17, 1 << 26, 1 << 27, 1 << 28, 1 << 29, 1 << 30
NO_NEW_PRIVILEGES, DIE_WITH_PARENT, DUMPABLE = 38, 1, 4  # of prctl(2)
SYSTEM = [
    "/usr/bin", "/usr/lib", "/usr/lib64", "/usr/share/fonts", "/usr/share/zoneinfo", "/bin", "/lib", "/lib64",
    "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime",
]  # fmt: skip
DEVICES = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"]
LATE, NO_WALLS = 100, 99  # exit codes of the keeper


class Line:
    """A socket that carries one JSON value a line; a line longer than `most` bytes is refused, if that is given."""

    def __init__(self, end, most=None):
        self.end, self.most, self.rest = end, most, b""

    def send(self, value):
        self.end.sendall(json.dumps(value).encode() + b"\n")

    def receive(self):
        """The next value; None at the end."""
        parts, length = [self.rest], len(self.rest)
        while b"\n" not in parts[-1]:
            parts.append(self.end.recv(2**16))
            if not parts[-1]:
                return None
            length += len(parts[-1])
            if self.most and length > self.most:
                raise ValueError(f"a line of more than {self.most} bytes")
        line, _, self.rest = b"".join(parts).partition(b"\n")
        return json.loads(line)


# ---------------------------------------------------------------- walls


def system(name, *values):
    """Call a function of the C library; OSError where it fails."""
    values = [value.encode() if isinstance(value, str) else value for value in values]
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*values) < 0:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def mount(source, target, kind=None, flags=0, options=None):
    system("mount", source, target, kind, ctypes.c_ulong(flags), options)


def show(path, root):
    """Let what stands at `path` be read below `root`, at the same place."""
    there = root + path
    if os.path.isdir(path):
        os.makedirs(there, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(there), exist_ok=True)
        os.close(os.open(there, os.O_CREAT))
    mount(path, there, flags=BIND)
    if path not in DEVICES:
        locked = os.statvfs(there).f_flag & 0b1110  # no devices, no programs and the like stay as they are
        mount(None, there, flags=BIND | REMOUNT | READ_ONLY | locked)


def write(proc, name, text):
    """Write a file of /proc, which is open at `proc`."""
    with open(os.open(name, os.O_WRONLY, dir_fd=proc), "w") as file:
        file.write(text)


def leave_users(proc, more=0):
    """Leave for a user namespace in which there is nobody else, and for more namespaces with it."""
    uid, gid = os.getuid(), os.getgid()
    system("unshare", USER | more)
    write(proc, "self/setgroups", "deny")
    write(proc, "self/uid_map", f"{uid} {uid} 1")
    write(proc, "self/gid_map", f"{gid} {gid} 1")


def wall_in(world):
    """Leave for a world with a user, mounts, a network and, for what is forked next, processes of its own.

    `world` says what can be seen of this one: "shown", folders to read; "hidden", folders among them that are empty;
    "root", an empty folder to build it in; "room", how many bytes can be written there, all in memory.
    """
    super_user, proc = os.getuid() == 0, os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    write(proc, "self/oom_score_adj", "1000")  # where memory runs out, this goes first
    apart = MOUNTS | PIDS | NETWORK | IPC | HOSTNAME
    system("unshare", apart) if super_user else leave_users(proc, apart)
    root = world["root"]
    mount("none", "/", flags=RECURSIVE | PRIVATE)
    mount("none", root, "tmpfs", options=f"size={world['room']},nr_inodes=10000,mode=755")
    for path in [*SYSTEM, *DEVICES, *world["shown"]]:
        if os.path.islink(path):
            os.makedirs(os.path.dirname(root + path), exist_ok=True)
            os.symlink(os.readlink(path), root + path)
        elif os.path.exists(path) and not os.path.exists(root + path):
            show(path, root)
    for path in world["hidden"]:
        mount("none", root + path, "tmpfs", READ_ONLY, "size=4k")
    for path in ("/home", "/tmp", "/old"):
        os.makedirs(root + path, exist_ok=True)
        os.chmod(root + path, 0o777)
    system("pivot_root", root, root + "/old")
    os.chdir("/home")
    system("umount2", "/old", DETACH)
    os.rmdir("/old")
    if super_user:  # root has no limit on processes, and could look around: be nobody, another one each time
        nobody = 2**20 + os.getpid()
        os.setgroups([])
        os.setresgid(nobody, nobody, nobody)
        os.setresuid(nobody, nobody, nobody)
        system("prctl", DUMPABLE, 1, 0, 0, 0)  # or what is in /proc/self belongs to root
        with contextlib.suppress(OSError):  # where root alone may do it, nobody inside can either
            leave_users(proc)
    # A user namespace inside could mount room for itself. (/proc/sys can be read-only.)
    with contextlib.suppress(OSError):
        write(proc, "sys/user/max_user_namespaces", "0")
    os.close(proc)
    # no rights over this world either: its walls stay where they are
    system("capset", (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)())
    system("prctl", DUMPABLE, 0, 0, 0, 0)  # the processes of this world can't look into one another
    system("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def watch(end, over):
    """The watcher's part: have the job done that comes from the socket `end`; say in the pipe `over` how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if sys.platform == "linux":
        system("prctl", DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    line = Line(socket.socket(fileno=end))
    keeper = os.fork()
    if not keeper:
        os.close(over)  # where a stranger's code runs, nobody can say how it ended
        os._exit(keep(line.receive(), line))
    line.end.close()
    code = os.waitstatus_to_exitcode(os.waitpid(keeper, 0)[1])
    os.write(over, json.dumps(code).encode())
    os._exit(0)


def keep(job, line):
    """The keeper's part: build the world, let the job run in it, and end it in time. Returns an exit code."""
    try:
        if job["world"]:
            wall_in(job["world"])
            system("prctl", DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)  # last: another user would lose it
        else:
            os.chdir(job["folder"])
    except OSError as error:
        line.send({"walls": str(error)})
        return NO_WALLS
    first = os.fork()
    if not first:
        os._exit(lead(job, line))
    line.end.close()
    late = []

    def end(*_):
        late.append(True)
        os.kill(first, signal.SIGKILL)

    signal.signal(signal.SIGALRM, end)
    signal.alarm(job["limits"]["seconds"])
    code = os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])
    if not job["world"]:
        with contextlib.suppress(OSError):
            os.killpg(first, signal.SIGKILL)
    # a student's own exit code says nothing: it could be one of ours
    return LATE if late else 128 - code if code < 0 else code if code > 128 else 0


def lead(job, line):
    """Process 1 of the world: when the one who runs the code has ended, all that it started ends with it."""
    if job["world"]:
        system("prctl", DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    os.setsid()  # kill(0, …) reaches the whole group of processes, through all walls: be a group of one's own
    runner = os.fork()
    if not runner:
        try:
            run(job, line)
        finally:
            os._exit(0)
    line.end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one signal that Python would let in
    while True:
        ended, status = os.wait()
        if ended == runner:
            return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


# ---------------------------------------------------------------- the student's code


def run(job, line):
    """Run the cells, then answer questions with what they defined."""
    limits = job["limits"]
    for what, most in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_FSIZE, limits["file"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    from helpers.exercise import is_blank
    from helpers.plain import name_of, pack, plain, unpack
    from helpers.quarantine import _message, ask

    printed = os.open("printed", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(printed, stream)
    os.environ.clear()
    os.environ |= {"HOME": os.getcwd(), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    shell, names, found, broken, me = SHELL, job["names"], {}, [], os.getpid()
    shell.user_ns["__name__"] = "__main__"
    signal.signal(signal.SIGPROF, _stop)  # not the alarm: a check in a cell sets that for itself
    for number, cell in enumerate(job["cells"]):
        signal.setitimer(signal.ITIMER_PROF, limits["cell"], 1.0)
        try:
            result = shell.run_cell(cell)
            signal.setitimer(signal.ITIMER_PROF, 0)
            error = result.error_before_exec or result.error_in_exec
        except BaseException as beyond:  # of IPython itself, or of what a cell made of it
            signal.setitimer(signal.ITIMER_PROF, 0)
            error = beyond
        if os.getpid() != me:
            os._exit(0)  # what a cell forked is not the one that answers
        if error is not None:
            try:
                words = _message(error)
            except BaseException:  # its words are a stranger's code
                words = ""
            broken.append([number, name_of(type(error)), words])
        for name in names:
            if not is_blank(shell.user_ns.get(name)):
                found[name] = shell.user_ns[name]
    line.send({"broken": broken, "full": os.fstat(printed).st_size >= limits["file"]})
    while (asked := line.receive()) is not None:
        name, parameters = asked["name"], names[asked["name"]]
        if name not in found:
            line.send({"blank": True})
            continue
        attempt, value = found[name], found[name]
        if parameters is None and type(attempt) is not types.FunctionType:
            attempt = lambda value=value: value  # noqa: E731
        answers = ask(attempt, unpack(asked["questions"]), parameters or (), limits["answer"])
        packed = [[pack(plain(a.value)), a.error, list(a.changed), a.says] for a in answers]
        line.send({"answers": packed})


class CellTimeout(KeyboardInterrupt):
    """A cell took longer than it may."""


def _stop(signum, frame):
    raise CellTimeout("it computed longer than a cell may, and was stopped; what stands before it counts")


def make_shell():
    """An IPython that runs cells as a notebook does, and draws and writes nothing."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.ast_node_interactivity = "none"
    config.InteractiveShell.colors = "NoColor"
    shell = InteractiveShell.instance(config=config)
    shell.showtraceback = shell.showsyntaxerror = shell.showindentationerror = lambda *_, **__: None
    shell.display_formatter.active_types = ["text/plain"]
    shell.display_pub.publish = lambda *_, **__: None
    return shell


def main(folder, control):
    """Load what lessons load, then take jobs until the socket `control` (its file descriptor) is closed."""
    global SHELL
    sys.path.insert(0, folder)
    import importlib
    import pkgutil

    import matplotlib

    matplotlib.use("agg")
    import helpers

    for name in (
        "matplotlib.pyplot",
        "statsmodels.api",
        "sklearn.tree",
        "sklearn.linear_model",
        "ipywidgets",
    ):
        importlib.import_module(name)
    for module in pkgutil.walk_packages(helpers.__path__, "helpers."):
        importlib.import_module(module.name)
    SHELL = make_shell()
    gc.freeze()  # a collection in a fork would touch, and so copy, all that was loaded here
    control = socket.socket(fileno=int(control))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a watcher
    while True:
        message, ends, _, _ = socket.recv_fds(control, 1, 2)
        if not message:
            os._exit(0)  # without the goodbyes of libraries whose folder is gone
        if not os.fork():  # the job is read there: what is read here, all later ones could find in memory
            control.close()
            watch(*ends)
        for end in ends:
            os.close(end)


if __name__ == "__main__":
    main(*sys.argv[1:])
