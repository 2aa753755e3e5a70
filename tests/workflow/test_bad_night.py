"""A night with all kinds of faulty declarations and recordings, and one good cell."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

RESULTS, REPORTS = "results {x}", "reports {"  # braces in names must not be wildcards of Snakemake
ODD_NAME = 'it\'s {cell} $(touch hacked) & "<b>".abf'  # a file name may contain any characters


@dataclass(frozen=True)
class Outcome:
    """Files and messages of the run."""

    folder: Path
    messages: str

    def rows(self, table: str) -> list[dict[str, str]]:
        with (self.folder / RESULTS / "cohort" / table).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def reason(self, recording: str) -> str:
        (row,) = [row for row in self.rows("recordings.csv") if row["recording"] == recording]
        assert row["status"] == "failed", row
        return row["reason"]


@pytest.fixture(scope="module")
def night(tmp_path_factory, run_pipeline, synthetic_night) -> Outcome:
    """Five recordings of a good cell, a cell with all kinds of faults, and a cell with an unusual file name."""
    folder = tmp_path_factory.mktemp("bad night")
    shutil.copytree(synthetic_night, folder / "raw")
    with (folder / "raw/recordings.tsv").open(encoding="utf-8", newline="") as stream:
        sound = [row for row in csv.DictReader(stream, delimiter="\t") if row["cell"] == "cell01"]
    solutions = yaml.safe_load((folder / "raw/solutions.yaml").read_text(encoding="utf-8"))
    solutions["{unbalanced}"] = {"ions_mM": {"K": 5, "Cl": 145}}
    (folder / "solutions.yaml").write_text(yaml.safe_dump(solutions), encoding="utf-8")
    whole = folder / "raw" / sound[0]["file"]
    shutil.copy(whole, folder / "raw" / ODD_NAME)
    (folder / "raw/short.abf").write_bytes(whole.read_bytes()[:100_000])
    (folder / "raw/text.abf").write_text("I keep notes in here\n", encoding="utf-8")
    faults = [
        {"recording": "no_bath", "bath": "K55"},
        {"recording": "no_temperature", "temperature_C": ""},
        {"recording": "twice"},
        {"recording": "twice"},
        {"recording": "not_neutral", "bath": "{unbalanced}"},
        {"recording": "no_file", "file": "nowhere.abf"},
        {"recording": "cut_short", "file": "short.abf"},
        {"recording": "a_text", "file": "text.abf"},
        {"recording": "no_cell", "cell": "../../etc"},
        {"recording": "braces", "cell": "{x}"},
    ]
    rows = sound + [{**sound[1], "cell": "bad", **fault} for fault in faults]
    quoted = '"' + ODD_NAME.replace('"', '""') + '"'
    rows.append({**sound[0], "recording": "odd", "cell": "odd", "file": quoted})
    lines = ["\t".join(sound[0]), *("\t".join(row.values()) for row in rows)]
    (folder / "recordings.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    paths = {"raw_dir": "raw", "recordings": "recordings.tsv", "solutions": "solutions.yaml"}
    paths |= {"results_dir": RESULTS, "reports_dir": REPORTS}
    config = {name: str(folder / path) for name, path in paths.items()}
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return Outcome(folder, run_pipeline(folder / "config.yaml").stderr)


def test_the_good_cell_is_analysed(night: Outcome) -> None:
    rows = [row for row in night.rows("reversals.csv") if row["cell"] == "cell01"]
    assert [row["crossing"] for row in rows] == ["bracketed"] * 5
    assert (night.folder / REPORTS / "cells/cell01.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("recording", "message"),
    [
        ("no_bath", "bath 'K55' is not in"),
        ("no_temperature", "temperature_C is missing"),
        ("not_neutral", "solution '{unbalanced}' is not electroneutral. Found: 'net charge -140 mM'"),
        ("no_file", "nowhere.abf: the file is missing"),
        ("cut_short", "short.abf"),
        ("a_text", "text.abf"),
        ("no_cell", "cell is not a valid name. Found: '../../etc'"),
        ("braces", "cell is not a valid name. Found: '{x}'"),
    ],
)
def test_a_fault_is_a_row_with_a_reason(night: Outcome, recording: str, message: str) -> None:
    assert message in night.reason(recording)


def test_a_truncated_file_is_reported(night: Outcome) -> None:
    assert "the header refers to bytes outside the file. Found: '100000 bytes'" in night.reason("cut_short")


def test_a_text_file_named_abf_is_reported(night: Outcome) -> None:
    assert "the file is text without a table of numbers. Found: b'I keep" in night.reason("a_text")


def test_every_failed_row_of_the_sheet_has_a_finding(night: Outcome) -> None:
    failed = {row["recording"] for row in night.rows("recordings.csv") if row["status"] == "failed"}
    found = [row for row in night.rows("findings.csv") if row["table"] == "recordings"]
    assert failed == {row["recording"] for row in found if row["severity"] == "failure"}
    assert {row["cell"] for row in found if row["recording"] in ("no_cell", "braces")} == {"../../etc", "{x}"}


def test_both_rows_of_a_duplicated_recording_fail(night: Outcome) -> None:
    rows = [row for row in night.rows("recordings.csv") if row["recording"] == "twice"]
    assert [row["status"] for row in rows] == ["failed", "failed"]
    assert all("recording 'twice' is in rows 9, 10" in row["reason"] for row in rows)


def test_last_lines_and_morning_page_list_every_failure(night: Outcome) -> None:
    failures = json.loads((night.folder / RESULTS / "cohort/summary.json").read_text(encoding="utf-8"))["failures"]
    failed = {failure["recording"] for failure in failures if failure["table"] == "recordings"}
    assert len(failed) == 9
    page = (night.folder / REPORTS / "index.html").read_text(encoding="utf-8")
    for recording in failed:
        assert recording in night.messages
        assert recording in page


def test_a_file_name_is_not_interpreted_by_shell_or_path(night: Outcome, root: Path) -> None:
    (row,) = [row for row in night.rows("recordings.csv") if row["recording"] == "odd"]
    assert (row["file"], row["status"] == "failed") == (ODD_NAME, False)
    assert not (root / "hacked").exists()
    assert not (night.folder / "hacked").exists()
    assert "<b>" not in (night.folder / REPORTS / "cells/odd.html").read_text(encoding="utf-8")


def test_without_changes_nothing_runs_again(night: Outcome, run_pipeline) -> None:
    assert "Nothing to do" in (again := run_pipeline(night.folder / "config.yaml", "-n")).stdout + again.stderr


def test_strict_run_with_a_failure_has_a_non_zero_exit_code(night: Outcome, run_pipeline) -> None:
    result = run_pipeline(night.folder / "config.yaml", "--config", "strict=true", expect=None)
    assert result.returncode != 0
    assert "configuration is strict" in result.stdout + result.stderr


def test_a_file_that_cannot_be_read_has_a_hash(night: Outcome) -> None:
    (row,) = [row for row in night.rows("recordings.csv") if row["recording"] == "a_text"]
    assert row["sha256"] == hashlib.sha256(b"I keep notes in here\n").hexdigest()


def test_raw_files_are_not_changed(night: Outcome) -> None:
    assert (night.folder / "raw/text.abf").read_text(encoding="utf-8") == "I keep notes in here\n"
    assert (night.folder / "raw/short.abf").stat().st_size == 100_000


def test_a_faulty_configuration_stops_before_any_work(night: Outcome, run_pipeline, tmp_path: Path) -> None:
    config = yaml.safe_load((night.folder / "config.yaml").read_text(encoding="utf-8"))
    config |= {"reports_dri": "x", "results_dir": str(tmp_path / "results")}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    result = run_pipeline(tmp_path / "config.yaml", expect=None)
    assert result.returncode != 0
    assert "reports_dri" in result.stderr
    assert "Nearest: 'reports_dir'" in result.stderr
    assert not (tmp_path / "results").exists()
