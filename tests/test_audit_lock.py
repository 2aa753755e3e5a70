"""Locked libraries are compared with a copy of the advisories; without any record, nothing is called safe."""

from __future__ import annotations

import json
import runpy
import zipfile
from pathlib import Path
from typing import Any

import pytest

LOCK = "numpy==2.1.0 \\\n    --hash=sha256:00\nPyYAML==6.0.2 ; sys_platform != 'x'\nscipy==1.14.1\n"


def record(name: str, number: str = "PYSEC-1", ecosystem: str = "PyPI", **affected: Any) -> dict[str, Any]:
    package = {"package": {"name": name, "ecosystem": ecosystem}}
    return {"id": number, "summary": "runs code", "affected": [package | affected]}


def between(*events: dict[str, str]) -> list[dict[str, Any]]:
    return [{"type": "ECOSYSTEM", "events": list(events)}]


@pytest.fixture
def audited(root: Path, tmp_path: Path):
    def audit(*records: dict[str, Any], packed: bool = False) -> tuple[list[str], int]:
        place = tmp_path / "copy"
        place.mkdir()
        for number, one in enumerate(records):
            (place / f"{number}.json").write_text(json.dumps(one), encoding="utf-8")
        if packed:
            with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
                for path in place.iterdir():
                    archive.write(path, path.name)
            place = tmp_path / "all.zip"
        found: tuple[list[str], int] = runpy.run_path(str(root / "workflow/audit_lock.py"))["audit"](LOCK, place)
        return found

    return audit


@pytest.mark.parametrize("packed", [True, False])
def test_an_advisory_about_a_locked_version_is_printed(audited, packed: bool) -> None:
    found = audited(record("pyyaml", versions=["5.0", "6.0.2"]), packed=packed)
    assert found == (["pyyaml 6.0.2: PYSEC-1 runs code"], 1)


@pytest.mark.parametrize(
    ("events", "applies"),
    [
        ([{"introduced": "0"}], True),
        ([{"introduced": "0"}, {"fixed": "2.1.0"}], False),
        ([{"introduced": "0"}, {"fixed": "2.1.1"}], True),
        ([{"introduced": "2.2"}], False),
        ([{"introduced": "0"}, {"last_affected": "2.1.0"}], True),
        ([{"introduced": "0"}, {"last_affected": "2.0.9"}], False),
        ([{"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "2.0"}, {"fixed": "3.0"}], True),
    ],
)
def test_ranges_of_versions_are_read(audited, events: list[dict[str, str]], applies: bool) -> None:
    found, about = audited(record("NumPy", ranges=between(*events)))
    assert (bool(found), about) == (applies, 1)


def test_other_packages_other_ecosystems_and_withdrawn_records_do_not_count(audited) -> None:
    withdrawn = record("scipy", versions=["1.14.1"]) | {"withdrawn": "2026-01-01T00:00:00Z"}
    found, about = audited(
        record("other", versions=["1"]), record("scipy", ecosystem="npm", versions=["1.14.1"]), withdrawn
    )
    assert (found, about) == ([], 1)


def test_a_copy_without_any_record_about_the_lock_is_no_pass(root: Path, tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(LOCK, encoding="utf-8")
    (tmp_path / "copy").mkdir()
    main = runpy.run_path(str(root / "workflow/audit_lock.py"))["main"]
    assert main(str(tmp_path / "lock"), str(tmp_path / "copy")) == 2
