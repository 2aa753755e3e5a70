"""The review answers its own pages only, shows what the next run measures, and saves it in the sheet."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reversal.experiment.project import load_project, read_configuration
from reversal.measure.measure_cell import measure_cell, measure_entry
from reversal.recordings.ingest_cell import ingest_cell
from reversal.tables.results import CellMeasures
from tests.review.made_project import CELL, HOSTILE, write_recordings

pytest.importorskip("flask", reason="the extra review is not installed")
from reversal.review.review_server import HEADERS, Review, review_app

TOKEN, HOST = "a-token", "127.0.0.1:8000"
HERE = f"http://{HOST}"
WINDOW = {"window_start_ms": 20.0, "window_stop_ms": 60.0}


class Page:
    """A browser that has the page of one recording open."""

    def __init__(self, config: Path, recording: str = "r_K5") -> None:
        self.review = Review(config, today=lambda: date(2026, 11, 20))
        self.client = review_app(self.review, TOKEN).test_client()
        self.recording = recording
        self._state = ""

    def load(self, path: str | None = None, **headers: str) -> str:
        answer = self.get(f"/{TOKEN}/recording/{self.recording}" if path is None else path, **headers)
        text: str = answer.get_data(as_text=True)
        found = re.search(r'"state": "(\w+)"', text)
        self._state = found[1] if found else self._state
        return text

    @property
    def state(self) -> str:
        """State of the project when the page was loaded."""
        if not self._state:
            self.load()
        return self._state

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, base_url=HERE, headers=headers)

    def post(self, what: str, wanted: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        path = f"/{TOKEN}/recording/{self.recording}/{what}"
        headers = {"Origin": HERE} if headers is None else headers
        return self.client.post(path, json={"state": self.state, "wanted": wanted}, base_url=HERE, headers=headers)


@pytest.fixture
def page(config: Path) -> Page:
    return Page(config)


@pytest.fixture(scope="module")
def unchanged(unchanged_config: Path) -> Page:
    """A page of a project that no test changes."""
    return Page(unchanged_config)


def measured_by_a_run(config: Path) -> CellMeasures:
    project = load_project(read_configuration(config), config)
    return measure_cell(list(ingest_cell(project.reading_settings(CELL))), project.measuring_settings(CELL))


def sheet_of(config: Path) -> str:
    return (config.parent / "recordings.csv").read_bytes().decode()


def e_rev_mV(answer: Any) -> float:
    found = re.search(r"Erev ([−\d.]+) mV", answer.get_json()["e_rev"])
    assert found is not None, answer.get_json()
    return float(found[1].replace("−", "-"))


def test_a_request_without_the_token_is_refused(unchanged: Page) -> None:
    assert unchanged.get(f"/{TOKEN}/").status_code == 200
    for path in ("/", "/other/", f"/{TOKEN}x/", "/other/recording/r_K5", "/other/cell.js", "/favicon.ico"):
        assert unchanged.get(path).status_code in (403, 404), path
        assert "K5" not in unchanged.get(path).get_data(as_text=True)


@pytest.mark.parametrize("host", ["evil.example:8000", "evil.example", "127.0.0.1.evil.example:8000", "0.0.0.0:8000"])
def test_another_name_of_the_host_is_refused(unchanged: Page, host: str) -> None:
    assert unchanged.get(f"/{TOKEN}/", Host=host).status_code in (400, 403)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:9999"}],
)
def test_a_request_of_another_page_neither_measures_nor_writes(
    unchanged: Page, unchanged_config: Path, headers: dict[str, str]
) -> None:
    before = sheet_of(unchanged_config)
    for what in ("try", "save"):
        assert unchanged.post(what, {"note": "x"}, headers).status_code == 403
    assert sheet_of(unchanged_config) == before


def test_a_form_of_another_page_cannot_write(unchanged: Page, unchanged_config: Path) -> None:
    path, before = f"/{TOKEN}/recording/r_K5/save", sheet_of(unchanged_config)
    answer = unchanged.client.post(path, data="{}", base_url=HERE, headers={"Origin": HERE}, content_type="text/plain")
    assert answer.status_code == 403
    assert unchanged.get(path).status_code in (403, 404, 405)
    assert sheet_of(unchanged_config) == before


def test_every_answer_forbids_foreign_scripts_frames_and_copies(unchanged: Page) -> None:
    for path in (f"/{TOKEN}/", f"/{TOKEN}/recording/r_K5", f"/{TOKEN}/review.js", "/"):
        assert dict(unchanged.get(path).headers).items() >= HEADERS.items()
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", unchanged.load())


def test_names_of_a_sheet_are_text(unchanged: Page, unchanged_config: Path) -> None:
    second = Page(unchanged_config, "r_K20")
    for text in (unchanged.load(f"/{TOKEN}/"), unchanged.load(), second.load()):
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text
    assert re.search(r'id="note" value="[^"]*&lt;script&gt;', second.load())


def test_a_row_with_a_hostile_name_is_listed_as_text_and_has_no_page(config: Path) -> None:
    sheet = config.parent / "recordings.csv"
    sheet.write_bytes(sheet.read_bytes().replace(b"r_K20\t", b"javascript:<b>\t"))
    page = Page(config)
    text = page.load(f"/{TOKEN}/")
    assert "javascript:&lt;b&gt;" in text
    assert not re.search(r'href="[^"]*javascript', text + page.load())
    assert page.get(f"/{TOKEN}/recording/javascript:<b>").status_code == 422


def test_a_trial_gives_what_the_next_run_measures_after_it_is_saved(page: Page, config: Path) -> None:
    before = measured_by_a_run(config)
    tried = page.post("try", {**WINDOW, "sweeps": list(range(3, 15))})
    assert measured_by_a_run(config) == before  # nothing is written by a trial
    assert page.post("save", {**WINDOW, "sweeps": list(range(3, 15))}).status_code == 200
    after = measured_by_a_run(config)
    old, new = (measures.reversals[0].e_rev_mV for measures in (before, after))
    assert old is not None
    assert new is not None
    assert abs(new - old) > 0.1
    assert e_rev_mV(tried) == pytest.approx(new, abs=0.051)
    windows = tried.get_json()["windows"]
    assert sorted(map(int, windows)) == list(range(3, 15))
    assert {(p.window_start_ms, p.window_stop_ms) for p in after.iv if p.recording == "r_K5"} == {
        tuple(window) for window in windows.values()
    }
    page.load()
    assert e_rev_mV(page.post("try", {})) == pytest.approx(new, abs=0.051)


def test_a_trial_measures_one_recording_and_takes_little_longer_than_that(unchanged: Page) -> None:
    """In processor time, in one run; a person waits a tenth of a second on a usual computer."""
    bench = unchanged.review._open.bench_of(CELL)
    entry = unchanged.review._open.entry_of("r_K5")
    recording, settings = bench.whole(entry), bench._settings
    unchanged.post("try", {})
    known = set(bench._measured)
    trials = [_seconds(unchanged.post, "try", {**WINDOW, "window_start_ms": 21.0 + n}) for n in range(3)]
    new = [key for key in bench._measured if key not in known]
    assert [json.loads(entry)["recording"] for entry, *_ in new] == ["r_K5"] * len(new) != []
    alone = [_seconds(measure_entry, entry, recording, settings) for _ in range(3)]
    assert min(trials) < 5 * min(alone)


def _seconds(work: Callable[..., object], *arguments: object) -> float:
    began = time.process_time()
    work(*arguments)
    return time.process_time() - began


def test_a_saved_recording_is_accepted_and_the_next_one_follows(page: Page, config: Path) -> None:
    before = sheet_of(config)
    answer = page.post("save", {"reviewed": True, "note": 'say "yes"'}).get_json()
    assert answer["next"] == "r_K20"
    assert "saved in" in answer["message"]
    lines, old = sheet_of(config).split("\r\n"), before.split("\r\n")
    assert lines[0] == f"{old[0]}\treviewed"
    assert lines[1] == old[1].replace('"say ""no"""', '"say ""yes"""') + "\t2026-11-20"
    assert lines[2:] == old[2:]
    backups = list(config.parent.glob("recordings.before_review_*.csv"))
    assert [path.read_bytes().decode() for path in backups] == [before]


def test_an_excluded_recording_still_shows_its_numbers(page: Page) -> None:
    sentence = page.post("try", {}).get_json()["e_rev"]
    assert page.post("save", {"exclude": "seal lost", "reviewed": True}).status_code == 200
    assert "Excluded: seal lost" in page.load()
    assert page.post("try", {}).get_json()["e_rev"] == sentence


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("recordings.csv", "KL", "other person"),
        ("config.yaml", "title", "experiments: {default: {ion: Na}}\ntitle"),
        ("solutions.yaml", "K5:\n", "K5:\n  pH: 7.0\n"),
    ],
)
def test_a_file_of_the_project_that_changed_meanwhile_is_noticed(
    page: Page, config: Path, file: str, old: str, new: str
) -> None:
    page.load()
    path = config.parent / file
    text = path.read_bytes()
    assert old.encode() in text
    path.write_bytes(text.replace(old.encode(), new.encode(), 1))
    before = sheet_of(config)
    answer = page.post("save", {"note": "mine"})
    assert answer.status_code == 409
    assert "changed after this page was loaded" in answer.get_json()["message"]
    assert sheet_of(config) == before


def test_another_row_that_changed_meanwhile_is_kept(page: Page, config: Path) -> None:
    page.load()
    sheet = config.parent / "recordings.csv"
    more = b"r_9\tcell09\tlater.abf\tK5\tKglu\t22\ttheirs\tKL\r\n"
    sheet.write_bytes(sheet.read_bytes() + more)
    assert page.post("save", {"note": "mine"}).status_code == 200
    assert sheet.read_bytes().endswith(more)


def test_a_changed_recording_is_noticed(page: Page, config: Path) -> None:
    page.load()
    path = config.parent / "raw" / "K5.abf"
    path.write_bytes(path.read_bytes() + b"\0")
    assert page.post("try", WINDOW).status_code == 409


@pytest.mark.parametrize(
    "wanted",
    [{"sweeps": []}, {"window_start_ms": 60, "window_stop_ms": 20}, {"cell": "c2"}, {"note": 5}, "x", {"sweeps": [99]}],
)
def test_what_cannot_be_saved_is_refused_in_words(unchanged: Page, unchanged_config: Path, wanted: Any) -> None:
    before = sheet_of(unchanged_config)
    answer = unchanged.post("save", wanted)
    assert answer.status_code == 422
    assert answer.get_json()["message"]
    assert sheet_of(unchanged_config) == before


def test_a_window_outside_of_the_epoch_is_shown_as_the_fault_that_a_run_would_report(unchanged: Page) -> None:
    answer = unchanged.post("try", {"window_start_ms": 20.0, "window_stop_ms": 5000.0})
    assert answer.status_code == 200
    assert "the window does not fit the measured epoch" in answer.get_json()["html"]


def test_a_file_that_cannot_be_read_has_a_page_with_the_reason(config: Path) -> None:
    (config.parent / "raw" / "K5.abf").write_bytes(b"no recording at all")
    page = Page(config)
    assert "There are no sweeps" in page.load()
    assert page.post("save", {"exclude": "damaged", "reviewed": True}).status_code == 200
    assert "\tdamaged\t2026-11-20" in sheet_of(config)


def test_a_broken_configuration_gives_a_page_with_the_reason(page: Page, config: Path) -> None:
    page.load()
    config.write_text("experiments: [", encoding="utf-8")
    assert "is not YAML" in page.load(f"/{TOKEN}/")
    assert page.post("save", {"note": "x"}).status_code == 422


@pytest.mark.parametrize(("separator", "encoding", "decimal"), [(";", "utf-16", ","), (",", "utf-8-sig", ".")])
def test_sheets_of_laboratories_are_saved_as_they_were_written(
    config: Path, separator: str, encoding: str, decimal: str
) -> None:
    sheet = config.parent / "recordings.csv"
    write_recordings(config.parent, separator, encoding, decimal)
    before = sheet.read_bytes().decode(encoding)
    page = Page(config)
    assert page.post("save", {"window_start_ms": 20.5, "window_stop_ms": 60, "note": "a; b, c"}).status_code == 200
    after = sheet.read_bytes()
    lines, old = (text.split("\r\n") for text in (after.decode(encoding), before))
    assert lines[0] == separator.join([old[0], "window_start_ms", "window_stop_ms"])
    assert lines[1] == separator.join([old[1].replace('"say ""no"""', '"a; b, c"'), f"20{decimal}5", "60"])
    assert lines[2:] == old[2:]
    entry = load_project(read_configuration(config), config).sheet_rows[0].entry
    assert entry is not None
    assert (entry.window_start_ms, entry.window_stop_ms, entry.note) == (20.5, 60.0, "a; b, c")
    assert HOSTILE.replace('"', "") in after.decode(encoding)
