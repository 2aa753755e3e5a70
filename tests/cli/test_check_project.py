"""``reversal check``: everything at once, the worst first, each cause once, and never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from reversal.cli.main import main

HEADER = "recording\tcell\tfile\tbath\tpipette\ttemperature_C\n"
SOLUTIONS = "K5: {salts_mM: {NaCl: 140, KCl: 5}}\nin: {salts_mM: {KCl: 140}}\n"


def checked(
    folder: Path, capsys: pytest.CaptureFixture[str], rows: str, solutions: str = SOLUTIONS, config: str = ""
) -> list[str]:
    """Faults of a project, in order."""
    (folder / "raw").mkdir(exist_ok=True)
    (folder / "raw" / "r1.abf").write_bytes(b"ABF2")
    (folder / "sheet.tsv").write_text(HEADER + rows, encoding="utf-8")
    (folder / "solutions.yaml").write_text(solutions, encoding="utf-8")
    text = f"raw_dir: {folder}/raw\nrecordings: {folder}/sheet.tsv\nsolutions: {folder}/solutions.yaml\n{config}"
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    code = main(["check", "--config", str(folder / "config.yaml"), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert code == bool(found["faults"])
    faults: list[str] = found["faults"]
    return faults


def test_faults_of_all_files_are_listed_at_once_the_worst_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"r{n}\tc1\tr1.abf\tK10\tin\t22\n" for n in range(1, 5)) + "r5\tc2\tr1.abf\tK5\tin\tRT\n"
    solutions = f"{SOLUTIONS}K10: {{salts_mM: {{KCl2: 10}}}}\nunused: {{ions_mM: {{K: 5}}}}\n"
    config = "strct: true\nexperiments: {default: {ion: Kalium}}\n"
    faults = checked(tmp_path, capsys, rows, solutions, config)
    parts = ["strct: unknown key", "unknown ion. Found: 'Kalium'", "the salt is not known", "temperature_C is 'RT'"]
    assert [part in fault for part, fault in zip(parts, faults, strict=False)] == [True] * 4
    assert "It concerns rows 2, 3, 4, 5 of" in faults[2]
    assert "No row uses it" in faults[4]
    assert len(faults) == 5


def test_a_faulty_experiment_or_protocol_is_not_a_fault_of_the_rows_that_use_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = "experiments: {default: {permeants: [K]}}\nprotocols: {p: {holding: 0}}\n"
    faults = checked(tmp_path, capsys, "r1\tc1\tr1.abf\tK5\tin\t22\n", config=config)
    assert len(faults) == 4  # an unknown key each, and two missing values of the protocol
    assert all("config.yaml" in fault for fault in faults)


@pytest.mark.parametrize(
    ("file", "cell", "message"),
    [
        ("x" * 300 + ".abf", "c1", "the name of the file is too long"),
        ("r1.abf/x", "c1", "the file is missing"),
        ("\\x00.abf", "c1", "the file is missing"),
        ("r1.abf", "ab" * 25, "cell is not a valid name"),
        ("r1.abf", "c" * 101, "cell is not a valid name"),
        ("=cmd()", "c1", "the file is missing"),
        ("../../etc/passwd", "c1", "must be inside raw_dir"),
    ],
)
def test_a_hostile_row_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, cell: str, message: str
) -> None:
    (fault,) = checked(tmp_path, capsys, f"r1\t{cell}\t{file}\tK5\tin\t22\n")
    assert message in fault


@pytest.mark.parametrize("text", ["? [a]\n: b\n", "a: b: c\n", "- 1\n", "\t", "raw_dir: [1]\n", "5\n"])
def test_a_hostile_configuration_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(text, encoding="utf-8")
    assert main(["check", "--config", str(config), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["faults"]


def test_a_folder_is_no_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(tmp_path)]) == 1
    assert "the configuration is not a file" in capsys.readouterr().err


def test_reading_finds_what_would_fail_at_night(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "r1\tc1\tr1.abf\tK5\tin\t22\n"
    assert checked(tmp_path, capsys, rows) == []
    assert main(["check", "--config", str(tmp_path / "config.yaml"), "--read"]) == 1
    printed = capsys.readouterr().out
    assert "sheet.tsv, row 2: " in printed.splitlines()[0]
    assert printed.splitlines()[-1].endswith("1 fault")


def test_reading_warns_of_a_declared_protocol_that_the_current_contradicts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Levels declared 20 mV too low; each jump is that of the recorded step."""
    config = (
        "protocols: {iv: {holding_mV: -80, sample_rate_Hz: 10000, current_unit: pA, epochs: [{step: -80, ms: 20}, "
        "{step: {from: -140, to: 0, by: 10}, ms: 100}, {step: -80, ms: 20}]}}\n"
    )
    recorded_mV = np.full((15, 1400), -80.0)
    recorded_mV[:, 200:1200] = np.arange(-120.0, 30.0, 10.0)[:, None]
    charging_pA = 100.0 * np.diff(recorded_mV, axis=1, prepend=-80.0)
    noise_pA = np.random.default_rng(4).normal(0.0, 2.0, recorded_mV.shape)
    header = HEADER.replace("\n", "\tprotocol\n")
    rows = "r1\tc1\tr.npy\tK5\tin\t22\tiv\nr2\tc1\tr.npy\tK5\tin\t22\tiv\n"
    checked(tmp_path, capsys, "r1\tc1\tr1.abf\tK5\tin\t22\n", config=config)
    (tmp_path / "sheet.tsv").write_text(header + rows, encoding="utf-8")
    np.save(tmp_path / "raw" / "r.npy", charging_pA + recorded_mV + 80.0 + noise_pA)
    assert main(["check", "--config", str(tmp_path / "config.yaml"), "--read"]) == 0
    warning = next(line for line in capsys.readouterr().out.splitlines() if "vanishes" in line)
    assert warning.startswith("Warning: ")
    assert "rows 2, 3: The declared levels" in warning
    assert "vanishes for a declared step of -20.0 ± 0." in warning


def test_check_asks_for_the_zeroing_bath_and_the_ground_where_they_matter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bare Ag/AgCl ground moves by RT/F ln(150/50) = 27.9 mV at 22 °C; less the change of the assumed bridge."""
    solutions = (
        "Cl150: {ions_mM: {K: 5, Na: 145, Cl: 150}}\n"
        "Cl50: {ions_mM: {K: 5, Na: 145, Cl: 50, gluconate: 100}}\n"
        "in: {ions_mM: {K: 140, Cl: 20, gluconate: 120}}\n"
    )
    rows = "a\tc0\tr1.abf\tCl150\tin\t22\nb\tc1\tr1.abf\tCl150\tin\t22\nc\tc1\tr1.abf\tCl50\tin\t22\n"
    checked(tmp_path, capsys, rows, solutions)
    main(["check", "--config", str(tmp_path / "config.yaml")])
    zeroing, ground = (line for line in capsys.readouterr().out.splitlines() if "is not declared" in line)
    assert "rows 3, 4: The zeroing bath is not declared" in zeroing  # lines of the sheet, whose header is line 1
    assert "column `zeroing_bath`" in zeroing
    assert "rows 3, 4: The ground is not declared, and chloride changes" in ground
    assert "E_rev is wrong by 26.8 mV" in ground
    declared = "experiments: {default: {junction: {reference_electrode: ag_agcl}}}\n"
    checked(tmp_path, capsys, rows, solutions, declared)
    header = HEADER.replace("\n", "\tzeroing_bath\n")
    (tmp_path / "sheet.tsv").write_text(header + rows.replace("\t22\n", "\t22\tCl150\n"), encoding="utf-8")
    main(["check", "--config", str(tmp_path / "config.yaml")])
    assert "is not declared" not in capsys.readouterr().out
