"""The same work on a Dask cluster, for a course that outgrew one machine. The answers stay on this one.

A worker gets the released package, the cells and the questions; back comes what was answered, as JSON. Each worker
needs the course installed, and Linux. A worker that is lost takes nothing with it: Dask gives its jobs to another.
"""

import io
import json
import tarfile
import tempfile
import threading
from concurrent.futures import as_completed
from dataclasses import asdict
from pathlib import Path

from .sandbox import Run, Sandbox

_here = threading.local()  # each thread of a worker keeps a sandbox


class Cluster:
    """A Dask cluster, as a place to run submissions. Parameters: its scheduler's address, then as for `Sandbox`."""

    def __init__(self, address, handed_out, limits, protected):
        from distributed import Client  # late: only who has a cluster has it

        self.client, self.limits, self.protected = Client(address, timeout="30s"), limits, protected
        self.archive = io.BytesIO()
        with tarfile.open(fileobj=self.archive, mode="w:gz") as archive:
            archive.add(Path(handed_out) / "helpers", "helpers")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()

    def all_of(self, todo, papers):
        """(job, Run) of every job, as they end."""
        archive = self.client.scatter(self.archive.getvalue(), broadcast=True)
        with self.client.get_executor(pure=False) as pool:
            jobs = {}
            for job in todo:
                paper = papers[job[1].lesson]
                asked = (job[1].cells, paper.names, paper.questions)
                jobs[pool.submit(_run, archive, self.limits, self.protected, *asked)] = job
            for future in as_completed(jobs):
                run = json.loads(future.result())
                run["broken"] = tuple(map(tuple, run["broken"]))
                yield jobs[future], Run(**run)


def _run(archive, limits, protected, *asked):
    """On a worker: run one submission in this thread's sandbox."""
    settings = (hash(archive), limits, protected)
    if getattr(_here, "settings", None) != settings:
        if hasattr(_here, "sandbox"):
            _here.sandbox.close()
        with tempfile.TemporaryDirectory() as folder:
            with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
                packed.extractall(folder, filter="data")
            _here.sandbox, _here.settings = Sandbox(folder, limits, protected), settings
    return json.dumps(asdict(_here.sandbox.run(*asked)))
