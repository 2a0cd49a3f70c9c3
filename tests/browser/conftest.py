"""One JupyterLab and one browser for each file of tests; a failing test leaves a picture of its page."""

import os
import tempfile
from pathlib import Path

import lab as harness
import pytest

SCREENSHOTS = Path(__file__).parent / "screenshots"


@pytest.fixture(scope="module")
def lab():
    if not harness.chromium():
        missing = "there is no Chromium here (on Debian: apt install chromium); the browser tests need one"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    with tempfile.TemporaryDirectory() as folder, harness.running(Path(folder)) as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    page = getattr(item.funcargs.get("lab"), "page", None)
    if report.failed and page and not page.is_closed():
        SCREENSHOTS.mkdir(exist_ok=True)
        path = SCREENSHOTS / f"{item.name}.png"
        page.screenshot(path=path)
        report.sections.append(("screenshot", str(path)))
    return report
