"""``reversal scan`` on folders with a file for each sweep: one row for a recording, with the numbers of its files."""

from __future__ import annotations

import csv
import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

from reversal.cli.main import main
from reversal.cli.scan.scan_folder import scan_folder
from reversal.cli.scan.sweep_runs import sweeps_of
from reversal.experiment.protocols import Protocol
from tests.recordings.acq4_files import write_protocol, write_sweep
from tests.recordings.formats.test_igor import wave_2

IGOR = pytest.mark.skipif(not importlib.util.find_spec("igor2"), reason="Igor files need the extra 'igor'")
LEVELS = 5
STEPS = """
protocols:
  steps:
    holding_mV: -80
    epochs:
      - {step: -80, ms: 20}
      - {step: {from: -100, to: -20, by: 20}, ms: 60}
"""


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the recordings of a new project, which is the present folder."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "a rig"
    folder.mkdir()
    assert main(["init", "--recordings", str(folder)]) == 0
    return folder


def declare_steps(config: Path = Path("config/config.yaml")) -> None:
    """Add a protocol, and the rule that waves named ad0 are its sweeps."""
    rule = "scan:\n  protocol: {steps: [ad0]}\n"
    config.write_text(config.read_text(encoding="utf-8").replace("scan:\n", rule) + STEPS, encoding="utf-8")


def write_waves(folder: Path, numbers: range, name: str = "ad0") -> None:
    """A wave for each sweep: ohmic steps from -100 to -20 mV with the reversal at -60 mV, again and again."""
    folder.mkdir(parents=True, exist_ok=True)
    for n in numbers:
        v_mV = np.repeat([-80.0, -100.0 + 20.0 * ((n - numbers.start) % LEVELS), -80.0], [200, 600, 100])
        noise = np.random.default_rng(n).normal(0.0, 1e-12, v_mV.size)
        (folder / f"{name}_{n}.ibw").write_bytes(wave_2(name, (v_mV + 60.0) * 2e-12 + noise))


def rows() -> list[dict[str, str]]:
    with Path("config/recordings.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def left_out() -> list[str]:
    return Path("config/left_out.tsv").read_text(encoding="utf-8").splitlines()[1:]


def write_acq4_day(raw: Path) -> None:
    """Two cells with two families each, and a protocol of one sweep that was repeated."""
    day = raw / "2020.09.13_000" / "slice_000"
    for n, family in enumerate(("cell_000/IV_000", "cell_000/IV_001", "cell_001/IV_000", "cell_001/IV_001")):
        write_protocol(day / family, WholeCellCompCap=1.2e-11 + 1e-14 * n)
    for n in range(9, 12):
        write_sweep(day / "cell_001" / f"test_{n:03d}" / "Clamp1.ma", -60.0, n)


def test_the_numbered_folders_of_acq4_are_one_recording(raw: Path) -> None:
    write_acq4_day(raw)
    assert main(["scan"]) == 0
    found = rows()
    assert [(row["sweeps"], row["sweeps_in_file"]) for row in found] == [("0-2", "3")] * 4
    assert [row["cell"] for row in found] == [f"2020_09_13_cell_{name}" for name in ("000", "000", "001", "001")]
    assert all("sweeps" in row["guessed"].split(", ") for row in found)
    assert "sweeps: 3 sweeps in numbered folders" in found[0]["evidence"]
    assert len(left_out()) == 3  # folders with a name and a number are repetitions, not sweeps
    before = Path("config/recordings.tsv").read_bytes()
    assert main(["scan"]) == 0
    assert Path("config/recordings.tsv").read_bytes() == before


def test_two_headstages_are_two_cells_and_the_reason_names_the_faulty_sweep(raw: Path) -> None:
    write_protocol(raw / "cell_000" / "IV_000")
    for n, level_mV in enumerate((-100.0, -60.0, -20.0)):
        write_sweep(raw / "cell_000" / "IV_000" / f"{n:03d}" / "Clamp2.ma", level_mV, n + 1)
        write_sweep(raw / "cell_001" / "IV_000" / f"{n:03d}" / "Clamp1.ma", level_mV, n, mode="VC" if n < 2 else "IC")
    assert main(["scan"]) == 0
    assert [(Path(row["file"]).name, row["cell"]) for row in rows()] == [
        ("Clamp1.ma", "2020_09_13_cell_000"),
        ("Clamp2.ma", "2020_09_13_cell_000_1"),
    ]
    (left,) = left_out()
    assert "\tcell_001/IV_000/002/Clamp1.ma: the recording is not in voltage clamp" in left


def test_example_recipes_and_gaps_of_many_rows_are_said(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_acq4_day(raw)
    capsys.readouterr()
    assert main(["scan", "-n"]) == 0
    said = capsys.readouterr().out
    assert "config/solutions.yaml still has the example recipes of `reversal init`: replace them by yours" in said
    assert "Rules fill many rows at once: write scan.bath or scan.fill into config/config.yaml" in said
    with Path("config/solutions.yaml").open("a", encoding="utf-8") as stream:
        stream.write("# mine\n")
    (raw / "2020.09.13_000").rename(raw / "K5 not K10, 22 °C")  # a rule fills no row whose texts contradict each other
    assert main(["scan", "-n"]) == 0
    said = capsys.readouterr().out
    assert "the texts do not agree on one bath (folder: K5, K10)" in said
    assert [words in said for words in ("example recipes", "Rules fill")] == [False, False]


def test_a_family_waits_until_its_last_sweep_is_written(raw: Path) -> None:
    path = write_protocol(raw / "cell_000" / "IV_000")
    old, new = 1_600_000_000.0, 1_600_001_000.0
    for n in range(3):
        time_s = new if n == 2 else old
        os.utime(path.parents[1] / f"{n:03d}" / "Clamp1.ma", (time_s, time_s))
    config = Path("config/config.yaml")
    assert scan_folder(config, written_before=old + 1).rows == ()
    assert [row.values["sweeps"] for row in scan_folder(config, written_before=new + 1).rows] == ["0-2"]


@IGOR
def test_igor_waves_in_a_row_are_cut_by_the_sweeps_of_their_protocol(raw: Path) -> None:
    declare_steps()
    write_waves(raw / "cell1", range(8, 18))
    write_waves(raw / "cell1", range(30, 35))
    write_waves(raw / "cell2", range(7))  # one family and two sweeps more: nobody knows which
    assert main(["scan"]) == 0
    assert [(row["file"], row["sweeps"]) for row in rows()] == [
        ("cell1/ad0_8.ibw", "8-12"),
        ("cell1/ad0_13.ibw", "13-17"),
        ("cell1/ad0_30.ibw", "30-34"),
    ]
    (left,) = left_out()
    assert "7 files of one sweep each, and the protocol has 5 sweeps. Found: sweeps 0-6." in left
    assert "10 files in a row, the protocol has 5 sweeps" in rows()[0]["evidence"]


@IGOR
def test_rows_of_a_person_decide_which_waves_belong_together(raw: Path) -> None:
    declare_steps()
    write_waves(raw / "cell2", range(2, 7))
    for n in range(2):
        (raw / "cell2" / f"ad0_{n}.ibw").write_bytes(wave_2("ad0", np.full(900, n * 1e-12)))
    sheet = Path("config/recordings.tsv")
    assert main(["scan"]) == 0
    assert rows() == []
    titles = sheet.read_text(encoding="utf-8").splitlines()[0].split("\t")
    values = {"recording": "mine", "cell": "c", "file": "cell2\\ad0_3.ibw", "sweeps": "2-6"}
    sheet.write_text("\n".join("\t".join(line) for line in (titles, [values.get(name, "") for name in titles])) + "\n")
    assert main(["scan"]) == 0
    assert [row["recording"] for row in rows()] == ["mine"]
    assert ["2 files of one sweep each" in line for line in left_out()] == [True]


@IGOR
def test_waves_without_a_protocol_are_one_line_of_what_is_left_out(raw: Path) -> None:
    write_waves(raw, range(12))
    write_waves(raw, range(5), name="ad1")
    assert main(["scan", "--json"]) == 0
    assert sorted(line.split("\t")[0] for line in left_out()) == ["ad0_0.ibw", "ad1_0.ibw"]
    assert "12 files of one sweep each, and no protocol of the configuration is known for them" in left_out()[0]
    assert rows() == []


@IGOR
def test_damaged_and_repeated_numbers_are_not_joined_over(raw: Path) -> None:
    declare_steps()
    write_waves(raw / "a", range(5))
    (raw / "a" / "ad0_3.ibw").write_bytes(b"\x05\x00")
    write_waves(raw / "b", range(4))
    (raw / "b" / "ad0_003.ibw").write_bytes((raw / "b" / "ad0_3.ibw").read_bytes())
    assert main(["scan"]) == 0
    assert rows() == []
    assert [line.split("\t")[0] for line in left_out()] == ["a/ad0_0.ibw", "b/ad0_0.ibw"]
    assert "several files of sweep 3" in left_out()[1]


def test_the_longest_list_of_levels_is_the_number_of_sweeps() -> None:
    one = {"holding_mV": -80, "epochs": [{"step": -80, "ms": 20}, {"ramp": {"from": -100, "to": 60}, "ms": 60}]}
    many = {"holding_mV": -80, "epochs": [{"step": [1, 2], "ms": 20}, {"ramp": {"from": [1, 2], "to": 60}, "ms": 60}]}
    assert [sweeps_of(Protocol.model_validate(protocol)) for protocol in (one, many)] == [1, 2]
