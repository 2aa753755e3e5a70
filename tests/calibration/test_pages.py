"""The printed calibration pages: their texts are those of the code, and they name the command and the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reversal.calibration import fit_page, kinds_page, leak_page, membrane_test_page, recording_page
from reversal.calibration.__main__ import PAGES, main
from reversal.calibration.page import WORDING, digest_of_page
from reversal.steps.rerun_digest import PACKAGE, code_files

WRITTEN = {
    "fit": fit_page,
    "kinds": kinds_page,
    "leak": leak_page,
    "membrane": membrane_test_page,
    "recording": recording_page,
}


@pytest.mark.parametrize(
    ("page", "numbers"),
    [
        (fit_page, (fit_page.REPEATS,)),
        (kinds_page, (kinds_page.CELLS, kinds_page.COHORTS)),
        (leak_page, (leak_page.CELLS, leak_page.SEED)),
        (membrane_test_page, (4 * membrane_test_page.CELLS, membrane_test_page.SEED)),
        (recording_page, (4 * recording_page.CELLS, recording_page.SEED)),
    ],
    ids=["fit", "kinds", "leak", "membrane", "recording"],
)
def test_a_page_starts_with_the_text_of_the_code_and_names_the_code_digest(
    root: Path, page: object, numbers: tuple[int, ...]
) -> None:
    printed = (root / page.PAGE).read_text(encoding="utf-8")  # type: ignore[attr-defined]
    digest = re.search(r"with the code of digest `([^`]+)`", printed)
    assert digest is not None
    expected = page.introduction(*numbers, digest.group(1))  # type: ignore[attr-defined]
    assert printed.startswith("\n".join(expected) + "\n")


def test_the_calibration_is_imported_without_the_tests(tmp_path: Path) -> None:
    program = "import sys, reversal.calibration.__main__; print([m for m in sys.modules if m.split('.')[0] == 'tests'])"
    found = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_an_unknown_calibration_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fits"]) == 2
    assert (
        "no such calibration: fits. Known: fit, kinds, leak, membrane, recording, cases, constants."
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("name", PAGES)
def test_the_figures_of_a_page_were_made_with_the_present_code(root: Path, name: str) -> None:
    page = WRITTEN[name]
    printed = (root / page.PAGE).read_text(encoding="utf-8") if (root / page.PAGE).is_file() else ""
    assert f"with the code of digest `{digest_of_page(Path(page.__file__))}`" in printed, (
        f"{page.PAGE} was not written with the present code: run python -m reversal.calibration {name}, or make "
        "calibrate for all pages"
    )


def test_each_page_has_the_digest_of_its_own_modules() -> None:
    assert len({digest_of_page(Path(page.__file__)) for page in WRITTEN.values()}) == len(WRITTEN)


def test_pages_depend_on_what_is_counted_and_not_on_reports() -> None:
    for page in WRITTEN.values():
        used = code_files(Path(page.__file__))
        assert used > WORDING
        assert not [file for file in used if file.is_relative_to(PACKAGE / "report")]
    assert PACKAGE / "measure/reversal/error_budget.py" in code_files(Path(leak_page.__file__))
