"""The house as a whole: what people read is true of what is there."""

from __future__ import annotations

import re
from pathlib import Path


def test_the_examples_sheets_are_those_of_the_synthetic_night(root: Path, synthetic_night: Path) -> None:
    for name in ("recordings.tsv", "solutions.yaml"):
        assert (root / "config" / name).read_text(encoding="utf-8") == (synthetic_night / name).read_text(
            encoding="utf-8"
        )


def test_every_make_command_the_readme_names_exists(root: Path) -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    known = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= named <= known


def test_every_rule_has_a_log_and_fits_a_glance(root: Path) -> None:
    for path in sorted((root / "workflow" / "rules").glob("*.smk")):
        for rule in re.split(r"^(?=rule )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            name = rule.split()[1].rstrip(":")
            assert "    log:" in rule, name
            assert f"../scripts/{name}.py" in rule, name
            assert len([line for line in rule.splitlines() if line.strip()]) <= 24, name
    for script in (root / "workflow" / "scripts").glob("*.py"):
        assert len(script.read_text(encoding="utf-8").splitlines()) <= 25, script.name


def test_no_registry_address_in_the_lock(root: Path) -> None:
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert not re.search(r"https?://|--index|--find-links", lock)
