"""The bundle for a paper: what is in it, that it describes itself, and that it is the same each time."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from reversal.steps.export_bundle import BundleSettings, write_bundle


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle of a project with one cell."""
    for name, text in {
        "results/cohort/reversals.csv": "e_rev_mV\n-80\n",
        "results/cells/c1/iv.csv": "v\n",
        "results/cells/c1/recordings.h5": "large",
        "results/logs/x.log": "no",
        "reports/index.html": "<html>",
        "reports/figures/line.svg": "<svg>",
        "sheet.tsv": "recording\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    settings = BundleSettings(
        configuration={"raw_dir": "µ"}, inputs=(tmp_path / "sheet.tsv", tmp_path / "missing.yaml"), digest="abc"
    )
    for name in ("one.zip", "two.zip"):
        write_bundle(settings, tmp_path / "results", tmp_path / "reports", tmp_path / name)
    return tmp_path / "one.zip"


def test_the_bundle_has_tables_figures_settings_and_no_recordings(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        assert sorted(archive.namelist()) == [
            "SHA256SUMS", "config/config.json", "config/sheet.tsv", "reports/figures/line.svg", "reports/index.html",
            "results/cells/c1/iv.csv", "results/cohort/reversals.csv", "ro-crate-metadata.json", "versions.json",
        ]  # fmt: skip
        assert json.loads(archive.read("config/config.json")) == {"raw_dir": "µ"}
        assert json.loads(archive.read("versions.json"))["configuration_hash"] == "abc"


def test_every_file_has_its_checksum_and_its_description(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        sums = dict(reversed(line.split("  ")) for line in archive.read("SHA256SUMS").decode().splitlines())
        assert sums == {
            name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist() if name != "SHA256SUMS"
        }
        graph = {one["@id"]: one for one in json.loads(archive.read("ro-crate-metadata.json"))["@graph"]}
        parts = {part["@id"] for part in graph["./"]["hasPart"]}
        assert parts == set(archive.namelist()) - {"SHA256SUMS", "ro-crate-metadata.json"}
        for name in parts:
            assert graph[name]["sha256"] == sums[name]
            assert int(graph[name]["contentSize"]) == archive.getinfo(name).file_size
        assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}


def test_the_same_files_give_the_same_bytes(bundle: Path) -> None:
    assert bundle.read_bytes() == bundle.with_name("two.zip").read_bytes()
