"""A person reviews recordings with the keyboard: E_rev changes with the window, and the sheet has what was saved."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_core_python
import pytest

from reversal.experiment.project import load_project, read_configuration
from tests.review.made_project import make_project

AXE = Path(axe_core_python.__file__).with_name("axe.min.js")
pytest.importorskip("flask", reason="the extra review is not installed")
PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Path:
    """A project, made only if there is a browser to look at it."""
    assert browser
    return make_project(tmp_path_factory.mktemp("reviewed"))


@pytest.fixture(scope="module")
def address(made: Path) -> Iterator[str]:
    """Address of the review of the project, as the command prints it."""
    program = "import sys; from reversal.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "review", "--config", str(made)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split(": ")[1].strip()
        process.terminate()


@pytest.fixture(autouse=True)
def sheet(made: Path) -> Iterator[Path]:
    """The sheet; what a test writes into it is undone after it."""
    path = made.parent / "recordings.csv"
    kept = shutil.copyfile(path, path.with_suffix(".kept"))
    yield path
    shutil.copyfile(kept, path)


def wait(browser: Any, condition: str) -> Any:
    """Value of a JavaScript expression as soon as it is something."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        time.sleep(0.03)
        if found := browser.value(condition):
            return found
    raise TimeoutError(condition)


def press(browser: Any, key: str, shift: bool = False) -> None:
    """Press a key where the focus is; a letter or a sign is also written."""
    text = key if len(key) == 1 else {"Enter": "\r"}.get(key, "")
    keys = {"key": key, "text": text, "modifiers": 8 if shift else 0}
    browser.ask("Input.dispatchKeyEvent", type="keyDown", **keys)
    browser.ask("Input.dispatchKeyEvent", type="keyUp", **{**keys, "text": ""})


def write(browser: Any, words: str) -> None:
    browser.ask("Input.insertText", text=words)


E_REV = "document.getElementById('e-rev')?.textContent"
STATUS = "document.getElementById('status')?.textContent"
AT = "location.pathname.split('/').pop()"


def test_a_changed_window_changes_e_rev_and_is_saved(browser: Any, address: str, made: Path, sheet: Path) -> None:
    page_log = browser.open(f"{address}recording/r_K5")
    first, before = browser.value(E_REV), sheet.read_bytes().decode()
    assert "−" in first
    press(browser, "Q", shift=True)
    wait(browser, f"{E_REV} !== {first!r} && document.getElementById('before') !== null")
    assert browser.value("document.getElementById('before').textContent") == f"As saved: {first}"
    changed = browser.value(E_REV)
    assert changed in browser.value(STATUS)
    assert sheet.read_bytes().decode() == before
    press(browser, "s")
    assert "saved in" in wait(browser, f"{STATUS}?.includes('saved') && !document.getElementById('before') && {STATUS}")
    assert browser.value(E_REV) == changed
    lines, old = sheet.read_bytes().decode().split("\r\n"), before.split("\r\n")
    assert lines[0] == f"{old[0]}\twindow_start_ms\twindow_stop_ms"
    assert lines[1].startswith(f"{old[1]}\t")
    assert lines[2:] == old[2:]
    entry = load_project(read_configuration(made), made).sheet_rows[0].entry
    assert entry is not None
    start, stop = (
        float(browser.value(f"document.querySelector('[data-part={end}]').value")) for end in ("start", "stop")
    )
    epoch = browser.value("JSON.parse(document.getElementById('review-data').textContent).epoch")
    assert (entry.window_start_ms, entry.window_stop_ms) == pytest.approx((start - epoch, stop - epoch), abs=1e-3)
    sweeps_are_switched_off_and_on_again(browser)
    assert page_log.errors == []
    assert all(one.startswith((address, "data:")) for one in page_log.requests)
    theirs = sheet.read_bytes().replace(b"\tKL", b"\tother person", 1)
    sheet.write_bytes(theirs)
    press(browser, "a")
    assert "changed after this page was loaded" in wait(browser, STATUS)
    assert sheet.read_bytes() == theirs


def sweeps_are_switched_off_and_on_again(browser: Any) -> None:
    """The I–V has fewer points without a sweep, and those of the sheet after the change is discarded."""
    points = "document.querySelectorAll('#numbers circle').length"
    first = browser.value(points)
    drawn = "document.querySelector('canvas').toDataURL()"
    fields = "[...document.querySelectorAll('.viewer input')].map(field => [field.value, field.checked].join())"
    without, entered = browser.value(drawn), browser.value(fields)
    browser.value("document.querySelector('#numbers circle').dispatchEvent(new MouseEvent('click', {bubbles: true}))")
    assert browser.value(drawn) != without  # the sweep of the point is marked
    assert browser.value(fields) == entered
    browser.value("document.querySelector('[data-part=sweeps] input').click()")
    assert wait(browser, f"{points} !== {first} && {points}") < first
    press(browser, "z")
    assert (
        wait(browser, f"document.readyState === 'complete' && !document.getElementById('before') && {points}") == first
    )


def test_a_night_is_reviewed_with_the_keyboard_alone(browser: Any, address: str, sheet: Path) -> None:
    browser.open(address)
    press(browser, "j")
    wait(browser, f"{AT} === 'r_K5' && document.readyState === 'complete'")
    press(browser, "n")
    browser.value("document.activeElement.select()")
    write(browser, "small, stable")
    press(browser, "Enter")
    press(browser, "j")
    assert browser.value(STATUS).startswith("Not saved: press s")
    press(browser, "a")
    wait(browser, f"{AT} === 'r_K20' && document.readyState === 'complete'")
    press(browser, "x")
    press(browser, "Enter")
    assert browser.value(STATUS) == "Write the reason to exclude this recording."
    write(browser, "seal lost")
    press(browser, "Enter")
    wait(browser, "document.title.startsWith('Review') && document.readyState === 'complete'")
    assert "0 of 2 recordings" in browser.value("document.querySelector('h1 + p').textContent")
    header, one, two, _ = (line.split("\t") for line in sheet.read_bytes().decode().split("\r\n"))
    assert header[-2:] == ["reviewed", "exclude"]
    assert (one[6], len(one[8]), one[9:]) == ("small, stable", len("2026-11-20"), [])
    assert two[8:] == [one[8], "seal lost"]


@pytest.mark.parametrize(
    ("width", "scheme", "page"),
    [
        (400, "dark", "recording/r_K20"),
        (1400, "light", ""),
        pytest.param(400, "dark", "", marks=pytest.mark.long),
        pytest.param(1400, "light", "recording/r_K20", marks=pytest.mark.long),
    ],
)
def test_the_pages_fit_the_window_and_have_names_for_screen_readers(
    browser: Any, address: str, width: int, scheme: str, page: str
) -> None:
    browser.look(width, scheme)
    try:
        page_log = browser.open(f"{address}{page}")
        assert page_log.errors == []
        assert browser.value("document.documentElement.scrollWidth") <= width
        assert browser.value("!document.querySelector('script:not([src]):not([type])')")
        nodes = browser.ask("Accessibility.getFullAXTree")["nodes"]
        parts = [one for one in nodes if one.get("role", {}).get("value") in ("button", "textbox", "checkbox", "link")]
        assert parts
        assert [one for one in parts if not one.get("name", {}).get("value")] == []
        browser.value("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        browser.value(AXE.read_text(encoding="utf-8") + "; 1")
        passed, faults = browser.value(
            "axe.run(document).then(result => [result.passes.length, result.violations"
            ".map(one => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 200), one.nodes[0].failureSummary])])"
        )
        assert faults == []
        assert passed >= 15
    finally:
        browser.look(1280, "light")
