"""The printed calibration pages: their texts are those of the code, and they name the command and the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reversal.calibration import fit_page, membrane_test_page, recording_page
from reversal.calibration.__main__ import main
from reversal.steps.rerun_digest import digest_of_script


@pytest.mark.parametrize(
    ("page", "numbers"),
    [
        (fit_page, (fit_page.REPEATS,)),
        (membrane_test_page, (4 * membrane_test_page.CELLS, membrane_test_page.SEED)),
        (recording_page, (4 * recording_page.CELLS, recording_page.SEED)),
    ],
    ids=["fit", "membrane", "recording"],
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
    assert "no such calibration: fits. Known: fit, membrane, recording, cases, constants." in capsys.readouterr().err


def test_each_page_has_the_digest_of_its_own_modules() -> None:
    digests = {digest_of_script(Path(page.__file__)) for page in (fit_page, membrane_test_page, recording_page)}
    assert len(digests) == 3
