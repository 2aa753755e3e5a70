"""The house as a whole: what people read is true of what is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml
from pydantic import BaseModel

from reversal.experiment.fit_settings import Fitting
from reversal.experiment.measure_settings import Junction, Leak, Quality, Window
from reversal.steps.run_log import WITHOUT_JOB
from reversal.tables.results import ROW_OF


def test_the_examples_sheets_are_those_of_the_synthetic_night(root: Path, synthetic_night: Path) -> None:
    for name in ("recordings.tsv", "solutions.yaml"):
        assert (root / "config" / name).read_text(encoding="utf-8") == (synthetic_night / name).read_text(
            encoding="utf-8"
        )


def test_the_configuration_of_the_demo_is_the_example(root: Path) -> None:
    """With `make demo` and with `reversal demo`, the same night is analysed in the same way."""
    carried = root / "analysis" / "reversal" / "cli" / "project" / "demo.yaml"
    assert carried.read_text(encoding="utf-8") == (root / "config" / "config.yaml").read_text(encoding="utf-8")


def test_every_make_command_the_readme_names_exists(root: Path) -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    known = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= named <= known


def test_every_rule_with_a_job_has_a_log_and_fits_a_glance(root: Path) -> None:
    without_job = {"all"}
    for path in sorted((root / "workflow" / "rules").glob("*.smk")):
        for rule in re.split(r"^(?=rule )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            name = rule.split()[1].rstrip(":")
            if "    script:" in rule:
                assert "    log:" in rule, name
                assert f"../scripts/{name}.py" in rule, name
            else:
                without_job.add(name)
            assert len([line for line in rule.splitlines() if line.strip()]) <= 24, name
    assert without_job == set(WITHOUT_JOB)
    for script in (root / "workflow" / "scripts").glob("*.py"):
        assert len(script.read_text(encoding="utf-8").splitlines()) <= 25, script.name


def test_no_registry_address_in_the_lock(root: Path) -> None:
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert not re.search(r"https?://|--index|--find-links", lock)


QUOTED = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w.*-]+(/[\w.*-]*)+|[\w-]+\.(py|md|toml|lock|smk)")
PROSE = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/*.md",
    "docs/explanations/*.md",
    "docs/reference/*.md",
    "tests/real/*/*.md",
)


def test_every_path_that_contributing_names_exists(root: Path) -> None:
    quoted = QUOTED.findall((root / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    paths = {text for text in quoted if PATH.fullmatch(text)}
    assert len(paths) > 30
    assert [path for path in sorted(paths) if not _found(root, path)] == []


def _found(root: Path, path: str) -> bool:
    """Whether a path or a pattern leads to a file, from the top folder or from the package."""
    return any(any(base.glob(path.rstrip("/"))) for base in (root, root / "analysis" / "reversal"))


def test_ten_questions_of_the_design_have_one_existing_file_each(root: Path) -> None:
    text = (root / "docs" / "explanations" / "design.md").read_text(encoding="utf-8")
    questions = re.findall(r"^\| (.+\?) \| `(.+)` \|$", text.partition("## Ten questions")[2], re.MULTILINE)
    assert len(questions) == 10
    assert [path for _, path in questions if not (root / path).is_file()] == []


def test_every_link_of_the_docs_leads_to_a_file(root: Path) -> None:
    links = [
        (page.name, link)
        for page in _prose(root)
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).is_file()
    ]
    assert links == []


def test_every_table_that_the_docs_name_is_written(root: Path) -> None:
    quoted = {text for page in _prose(root) for text in QUOTED.findall(page.read_text(encoding="utf-8"))}
    named = {text.removesuffix(".csv") for text in quoted if re.fullmatch(r"\w+\.csv", text)}
    assert {"checks", "permeabilities"} <= named <= set(ROW_OF)
    assert not {"quality.json", "permeability.json", "nernst.json"} & quoted


def test_every_setting_that_the_docs_name_exists(root: Path) -> None:
    groups: dict[str, type[BaseModel]] = {
        "junction": Junction,
        "leak": Leak,
        "window": Window,
        "quality": Quality,
        "fitting": Fitting,
    }
    pattern = re.compile(rf"(?<!/)\b({'|'.join(groups)})\.(\w+)\b(?!\()")
    named = {found for page in _prose(root) for found in pattern.findall(page.read_text(encoding="utf-8"))}
    assert len(named) > 10
    assert [".".join(found) for found in sorted(named) if found[1] not in groups[found[0]].model_fields] == []


def _prose(root: Path) -> list[Path]:
    """The pages that people write and the reference pages."""
    return [page for pattern in PROSE for page in sorted(root.glob(pattern))]


def test_the_citation_names_the_version_and_the_license_of_the_package(root: Path) -> None:
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
