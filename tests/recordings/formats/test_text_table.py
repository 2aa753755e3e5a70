"""Text tables with titles: units and names are read, used, and compared with what is declared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reversal.experiment.protocols import Protocol
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.formats.column_titles import column_titles
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Evidence, RecordingRefused

SAMPLES, RATE_HZ = 1000, 10000.0
TIME_S = np.arange(SAMPLES) / RATE_HZ
RAMP_mV = np.full(SAMPLES, -80.0)
RAMP_mV[200:800] = np.linspace(-100, 60, 600)
CURRENT_pA = 2.0 * (RAMP_mV + 84.5) + np.random.default_rng(1).normal(0, 3, SAMPLES)
ARRAY: dict[str, Any] = {"sample_rate_Hz": RATE_HZ, "current_unit": "pA"}
RAMP: dict[str, Any] = {
    "holding_mV": -80,
    "epochs": [{"step": -80, "ms": 20}, {"ramp": {"from": -100, "to": 60}, "ms": 60}],
}


def declared(**changes: Any) -> ReadingOptions:
    return ReadingOptions(protocol=Protocol.model_validate({**RAMP, **changes}))


def table(folder: Path, titles: str, *columns: np.ndarray, delimiter: str = ",") -> Path:
    path = folder / "table.csv"
    rows = "\n".join(delimiter.join(f"{value:.7g}" for value in row) for row in np.column_stack(columns))
    path.write_text(f"{titles}\n{rows}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("title", "name", "unit", "role"),
    [
        ("Im (nA)", "Im", "nA", "current"),
        ("Im [pA]", "Im", "pA", "current"),
        ("Im / µA", "Im", "uA", "current"),
        ("current in pA", "current", "pA", "current"),
        ("I_nA", "I", "nA", "current"),
        ("I_A", "I", "A", "current"),
        ("Im (NA)", "Im", "nA", "current"),
        ("nA", "", "nA", "current"),
        ("Trace #1 (pA)", "Trace #1", "pA", "current"),
        ("Sweep A", "Sweep A", "", ""),
        ("A", "A", "", ""),
        ("-80 mV", "-80 mV", "", ""),
        ("Vm (mV)", "Vm", "mV", "voltage"),
        ("Vcmd_V", "Vcmd", "V", "voltage"),
        ("Vm", "Vm", "", "voltage"),
        ("Membrane potential", "Membrane potential", "", "voltage"),
        ("Time (s)", "Time", "s", "time"),
        ("t [ms]", "t", "ms", "time"),
        ("Time (sec)", "Time", "s", "time"),
        ("time", "time", "", "time"),
        ("Temperature (°C)", "Temperature", "°C", "other"),
    ],
)
def test_a_title_gives_name_unit_and_role(title: str, name: str, unit: str, role: str) -> None:
    _, found = column_titles([["Time (s)", title]])
    assert (found.name, found.unit, found.role) == (name, unit, role)


def test_a_second_line_can_have_the_units() -> None:
    found = column_titles([["Time", "Im", "Vm"], ["(s)", "nA", "[mV]"]])
    assert [(title.name, title.unit) for title in found] == [("Time", "s"), ("Im", "nA"), ("Vm", "mV")]


@pytest.mark.parametrize(
    ("titles", "to_file", "delimiter"),
    [
        ("Time (s),Im (nA),Vm (mV)", (1.0, 1e-3, 1.0), ","),
        ("Time (ms);Im (pA);Vm (mV)", (1e3, 1.0, 1.0), ";"),
        ("# Time [us]\tIm [fA]\tVm [V]", (1e6, 1e3, 1e-3), "\t"),
        ("exported on Monday\nt,I,Vm\ns,A,mV", (1.0, 1e-12, 1.0), ","),
        ("Time (s)  Im (nA)  Vm (mV)", (1.0, 1e-3, 1.0), " "),
        ('"Time (s)","Im, cell 3 (nA)","Vm (mV)"', (1.0, 1e-3, 1.0), ","),
        ("Time (s),Im (nA),Vm (mV)\n----------\n", (1.0, 1e-3, 1.0), ","),
        ("a,b,c\nTime (s),Im (nA),Vm (mV)\nx,y,z", (1.0, 1e-3, 1.0), ","),
    ],
)
def test_a_voltage_column_is_the_command_and_units_are_used(
    tmp_path: Path, titles: str, to_file: tuple[float, float, float], delimiter: str
) -> None:
    columns = (values * factor for values, factor in zip((TIME_S, CURRENT_pA, RAMP_mV), to_file, strict=True))
    path = table(tmp_path, titles, *columns, delimiter=delimiter)
    for options in (ReadingOptions(), declared(sample_rate_Hz=RATE_HZ), declared()):
        found = read_recording(path, options)
        (sweep,) = found.sweeps
        assert found.sample_rate_Hz == pytest.approx(RATE_HZ)
        np.testing.assert_allclose(sweep.i_pA, CURRENT_pA, rtol=1e-5, atol=1e-3)
        np.testing.assert_allclose(sweep.v_mV, RAMP_mV, rtol=1e-5)
    assert read_recording(path).command.evidence is Evidence.MONITOR
    assert read_recording(path).command.sweeps[0].epochs[1].shape.value == "ramp"


@pytest.mark.parametrize(
    ("titles", "changes", "factor"),
    [
        ("Time (s),Im (pA)", {"scale": -1}, -1.0),
        ("Time (s),Im", {"scale": 1000, "current_unit": "pA"}, 1000.0),
    ],
)
def test_a_sign_is_inverted_and_a_current_without_unit_has_the_declared_factor(
    tmp_path: Path, titles: str, changes: dict[str, Any], factor: float
) -> None:
    found = read_recording(table(tmp_path, titles, TIME_S, CURRENT_pA), declared(**changes))
    np.testing.assert_allclose(found.sweeps[0].i_pA, factor * CURRENT_pA, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize(
    ("titles", "changes", "reason"),
    [
        ("Time (s),Im (nA)", {"current_unit": "pA"}, r"nA in the file, current_unit: pA in the protocol"),
        ("Time (s),Im (nA),Vm (mV)", {"current_unit": "pA"}, r"nA in the file, current_unit: pA"),
        ("currents in nA\nTime,trace", {"current_unit": "pA", "sample_rate_Hz": RATE_HZ}, r"nA in the file"),
        ("Time (s),Im (nA)", {"scale": 1000}, r"nA in the file, scale: 1000 in the protocol"),
        ("Time (s),Im (nA),Vm (mV)", {"scale": -0.5, "current_unit": "nA"}, r"nA in the file, scale: -0.5 in the"),
        ("Time,Im\ns,pA", {"scale": 2}, r"pA in the file, scale: 2 in the protocol"),
        ("Time (s),Im (nA)", {"sample_rate_Hz": 2 * RATE_HZ}, r"time column and the declared sampling rate disagree"),
        ("Time (ms),Im (nA)", {"sample_rate_Hz": RATE_HZ}, r"time column and the declared sampling rate disagree"),
        ("Time (s),Im", {}, r"column 'Im': a column of current has no unit"),
        ("Time,Im (pA)", {}, r"time column has no unit"),
        ("Time (s),Im (pA),Vm", {}, r"column 'Vm': a column of voltage has no unit"),
        ("Im (pA),Vm (mV)\n,,", ARRAY, r"titles do not fit the columns of the table"),
        ("Im (pA)", {}, r"no time column, and no sampling rate"),
        ("Time (s),Vm (mV)", {}, r"no column is a current"),
        ("Time (s),Im (pA),Ref (pA)", {}, r"several current signals. Found: 'Im, Ref'"),
        ("Time (s),IN 0 (pA),IN 1 (pA)", {}, r"several current signals. Found: 'IN 0, IN 1'"),
        ("Time (s),Sweep 1 (pA),Sweep 2 (pA),Vm 1 (mV),Vm 2 (mV),Vm 3 (mV)", {}, r"not clear which voltage"),
    ],
)
def test_titles_that_contradict_the_protocol_or_are_not_clear_are_refused(
    tmp_path: Path, titles: str, changes: dict[str, Any], reason: str
) -> None:
    count = titles.splitlines()[-1].count(",") + 1
    columns = [CURRENT_pA] if count == 1 else [TIME_S, *[CURRENT_pA] * (count - 1)]
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(table(tmp_path, titles, *columns), declared(**changes))


@pytest.mark.parametrize("titles", ["V (mV),I (pA)", "V_mV,I_pA"])
def test_a_measured_iv_is_not_a_recording(tmp_path: Path, titles: str) -> None:
    """One row for each of the five declared levels."""
    levels = np.linspace(-80.0, 0.0, 5)
    options = ReadingOptions(
        protocol=Protocol(
            holding_mV=-60.0,
            epochs=[{"step": list(levels), "ms": 10.0}],
            sample_rate_Hz=1000.0,
            current_unit="pA",
        )
    )
    with pytest.raises(RecordingRefused, match=r"an I–V that was measured before.*5 rows"):
        read_recording(table(tmp_path, titles, levels, 2.0 * levels), options)


def test_a_recorded_voltage_must_agree_with_the_declared_command(tmp_path: Path) -> None:
    path = table(tmp_path, "Time (s),Im (pA),Vm (mV)", TIME_S, CURRENT_pA, RAMP_mV + 10.0)
    with pytest.raises(CommandUnknown, match=r"recorded voltage 'Vm' differs from the command by \+10.0 mV"):
        read_recording(path, declared())


def test_each_sweep_has_its_voltage_or_all_have_one(tmp_path: Path) -> None:
    titles = "Time (s),Sweep 1 (pA),Sweep 2 (pA),Sweep 1 (mV),Sweep 2 (mV)"
    first, second = read_recording(
        table(tmp_path, titles, TIME_S, CURRENT_pA, -CURRENT_pA, RAMP_mV, RAMP_mV[::-1])
    ).sweeps
    np.testing.assert_allclose(second.v_mV, RAMP_mV[::-1], rtol=1e-5)
    np.testing.assert_allclose(second.i_pA, -CURRENT_pA, rtol=1e-5, atol=1e-3)
    shared = read_recording(
        table(tmp_path, "Time (s),S 1 (pA),S 2 (pA),Vm (mV)", TIME_S, CURRENT_pA, CURRENT_pA, RAMP_mV)
    )
    assert [sweep.v_mV is not None for sweep in shared.sweeps] == [True, True]
    np.testing.assert_array_equal(first.v_mV, shared.sweeps[1].v_mV)


def test_one_of_several_signals_can_be_named(tmp_path: Path) -> None:
    path = table(tmp_path, "Time (s),Im (pA),Ref (nA)", TIME_S, CURRENT_pA, CURRENT_pA / 500)
    for name, factor in (("Im", 1.0), ("ref", 2.0)):
        found = read_recording(path, ReadingOptions(name, declared().protocol))
        np.testing.assert_allclose(found.sweeps[0].i_pA, factor * CURRENT_pA, rtol=1e-5, atol=1e-2)
        assert "columns that are not used" in " ".join(found.warnings)
    with pytest.raises(RecordingRefused, match="no current column 'Iz'"):
        read_recording(path, ReadingOptions("Iz", declared().protocol))


def test_other_columns_are_left_out_and_named(tmp_path: Path) -> None:
    path = table(tmp_path, "Time (s),Im (pA),Temp (°C)", TIME_S, CURRENT_pA, np.full(SAMPLES, 22.0))
    found = read_recording(path, declared())
    assert len(found.sweeps) == 1
    assert "columns that are not used: Temp (°C)" in found.warnings


def test_sweeps_end_to_end_keep_their_voltage(tmp_path: Path) -> None:
    twice = [np.tile(values, 2) for values in (CURRENT_pA, RAMP_mV)]
    path = table(tmp_path, "Time (s),Im (pA),Vm (mV)", np.arange(2 * SAMPLES) / RATE_HZ, *twice)
    found = read_recording(path, declared(sweep_samples=SAMPLES))
    assert len(found.sweeps) == 2
    np.testing.assert_allclose(found.sweeps[1].v_mV, RAMP_mV, rtol=1e-5)


@pytest.mark.parametrize("to_file", [1.0, 1e-3])
def test_a_voltage_without_a_title_is_not_a_sweep(tmp_path: Path, to_file: float) -> None:
    """Columns of a table and rows of an array without titles; the voltage in mV or in V."""
    voltage = RAMP_mV * to_file
    path = table(tmp_path, "", TIME_S, CURRENT_pA, voltage)
    np.save(tmp_path / "rows.npy", np.stack([CURRENT_pA, voltage]))
    for file in (path, tmp_path / "rows.npy"):
        (sweep,) = read_recording(file, declared(**ARRAY)).sweeps
        np.testing.assert_allclose(sweep.i_pA, CURRENT_pA, rtol=1e-5)
        np.testing.assert_allclose(sweep.v_mV, RAMP_mV, rtol=1e-5)
    one_of_three = table(tmp_path, "", TIME_S, CURRENT_pA, voltage, CURRENT_pA)
    with pytest.raises(RecordingRefused, match=r"sweep 1: .*it is a recorded voltage, not a current"):
        read_recording(one_of_three, declared(**ARRAY))
    model_cell = table(tmp_path, "", TIME_S, RAMP_mV, RAMP_mV)  # 1 GΩ: 1 pA per mV
    assert len(read_recording(model_cell, declared(**ARRAY)).sweeps) == 2


@pytest.mark.parametrize("axis", [0, 1])
def test_time_in_an_array_is_not_a_sweep(tmp_path: Path, axis: int) -> None:
    np.save(tmp_path / "a.npy", np.stack([TIME_S, CURRENT_pA, CURRENT_pA], axis=axis))
    found = read_recording(tmp_path / "a.npy", declared(**ARRAY, sweep_samples=SAMPLES))
    assert len(found.sweeps) == 2
    np.testing.assert_allclose(found.sweeps[0].i_pA, CURRENT_pA)


def test_a_time_with_few_digits_is_not_a_sweep(tmp_path: Path) -> None:
    path = table(tmp_path, "", np.round(np.arange(SAMPLES) / 30.0, 2), CURRENT_pA)
    assert (
        len(read_recording(path, declared(**{**ARRAY, "sample_rate_Hz": 30000.0}, epochs=RAMP["epochs"][:1])).sweeps)
        == 1
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"current_unit": "nA"}, r"current_unit of the declared protocol.*nA in the protocol.*pA, as in the file"),
        ({"sample_rate_Hz": 2 * RATE_HZ}, r"sample_rate_Hz of the declared protocol.*10000.0, as in the file"),
        ({"scale": -1}, r"scale of the declared protocol"),
    ],
)
def test_a_file_of_an_amplifier_must_agree_with_the_declared_facts(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    from tests.recordings.atf_files import atf_text

    rows = np.column_stack([TIME_S * 1e3, CURRENT_pA])
    (tmp_path / "a.atf").write_text(atf_text(["IN 0"], ["Trace #1 (pA)"], rows))
    assert read_recording(tmp_path / "a.atf", declared(current_unit="pA", sample_rate_Hz=RATE_HZ))
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(tmp_path / "a.atf", declared(**changes))
