"""The declared protocol shows the dimensions of an array, and which of its traces are the recorded voltage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reversal.experiment.protocols import Protocol
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Evidence, RecordingRefused

LEVELS_mV = (-100.0, -80.0, -20.0)
SAMPLES = 400
V_mV = np.stack([np.repeat([-80.0, level, -80.0], (100, 200, 100)) for level in LEVELS_mV])
I_pA = np.stack([10.0 * n + np.arange(SAMPLES) % 7 for n in range(3)])


def declared(**changes: Any) -> ReadingOptions:
    epochs = [{"step": -80, "ms": 10}, {"step": list(LEVELS_mV), "ms": 20}]
    values = {"holding_mV": -80, "epochs": epochs, "sample_rate_Hz": 10_000, "current_unit": "pA"}
    channel = changes.pop("channel", None)
    return ReadingOptions(protocol=Protocol.model_validate({**values, **changes}), channel=channel)


def written(folder: Path, array: np.ndarray) -> Path:
    np.save(folder / "a.npy", array)
    return folder / "a.npy"


@pytest.mark.parametrize("array", [I_pA, I_pA.T])
def test_sweeps_are_found_whether_they_are_rows_or_columns(tmp_path: Path, array: np.ndarray) -> None:
    found = read_recording(written(tmp_path, array), declared())
    np.testing.assert_array_equal([sweep.i_pA for sweep in found.sweeps], I_pA)


@pytest.mark.parametrize("to_file", [1.0, 1e-3])
@pytest.mark.parametrize(
    "array",
    [np.vstack([I_pA, V_mV]), np.vstack([V_mV, I_pA]), np.stack([I_pA, V_mV], axis=1).reshape(6, SAMPLES).T],
    ids=["halves", "voltages first", "one after the other"],
)
def test_the_half_with_the_declared_command_is_the_voltage(tmp_path: Path, array: np.ndarray, to_file: float) -> None:
    scaled = np.where(np.isin(array, V_mV), array * to_file, array)
    found = read_recording(written(tmp_path, scaled), declared())
    np.testing.assert_array_equal([sweep.i_pA for sweep in found.sweeps], I_pA)
    np.testing.assert_allclose([sweep.v_mV for sweep in found.sweeps], V_mV)
    assert found.command.evidence is Evidence.DECLARED


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_third_dimension_has_the_channels(tmp_path: Path, order: tuple[int, ...]) -> None:
    path = written(tmp_path, np.transpose(np.stack([I_pA, V_mV]), order))
    found = read_recording(path, declared())
    np.testing.assert_array_equal([sweep.i_pA for sweep in found.sweeps], I_pA)
    assert found.sweeps[0].v_mV is not None
    assert read_recording(path, declared(channel="1")).sweeps[0].v_mV is None
    with pytest.raises(RecordingRefused, match="several channels"):
        read_recording(path, declared(channel="3"))


def test_what_does_not_fit_or_is_not_clear_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandUnknown, match="different numbers of sweeps"):
        read_recording(written(tmp_path, I_pA[:2].T), declared())
    with pytest.raises(CommandUnknown, match="different numbers of sweeps"):
        read_recording(written(tmp_path, np.vstack([I_pA, V_mV + 20.0])), declared())
    square = {"epochs": [{"step": -80, "ms": 1}, {"step": -20, "ms": 1}]}
    with pytest.raises(RecordingRefused, match="which dimension"):
        read_recording(written(tmp_path, I_pA[:, :300].reshape(30, 30)), declared(**square))


@settings(max_examples=30)
@given(st.integers(1, 6), st.integers(30, 60), st.booleans())
def test_any_family_is_found_in_either_orientation(
    tmp_path_factory: pytest.TempPathFactory, sweeps: int, samples: int, is_turned: bool
) -> None:
    currents = np.random.default_rng(samples).normal(0, 5, (sweeps, samples))
    levels = [-100.0 + 10 * n for n in range(sweeps)]
    epochs = [{"step": -80, "ms": 1}, {"step": levels if sweeps > 1 else levels[0], "ms": 1}]
    path = written(tmp_path_factory.mktemp("array"), currents.T if is_turned else currents)
    found = read_recording(path, declared(epochs=epochs))
    np.testing.assert_array_equal([sweep.i_pA for sweep in found.sweeps], currents)


@pytest.mark.parametrize(
    ("separator", "encoding", "has_point"),
    [(";", "utf-8", False), ("\t", "utf-16", False), (" ", "cp1252", False), (",", "utf-16", True)],
)
def test_decimal_commas_and_encodings(tmp_path: Path, separator: str, encoding: str, has_point: bool) -> None:
    rows = [separator.join(f"{value:.4f}" for value in row) for row in np.vstack([np.arange(400) / 10, I_pA]).T]
    text = "\n".join(rows) + "\n"
    path = tmp_path / "table.txt"
    path.write_bytes((text if has_point else text.replace(".", ",")).encode(encoding))
    found = read_recording(path, declared())
    np.testing.assert_allclose([sweep.i_pA for sweep in found.sweeps], I_pA, atol=1e-4)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_rows_can_end_with_a_separator(tmp_path: Path, separator: str) -> None:
    titles = separator.join(("Time (ms)", "Im (pA)", "Vm (mV)", ""))
    columns = np.stack([np.arange(400) / 10, I_pA[0], V_mV[2]]).T
    rows = "\n".join(separator.join(f"{value:.4f}" for value in row) + separator for row in columns)
    path = tmp_path / "table.csv"
    path.write_text(f"{titles}\n{rows}\n", encoding="utf-8")
    (sweep,) = read_recording(path).sweeps
    np.testing.assert_allclose(sweep.i_pA, I_pA[0], atol=1e-4)
    np.testing.assert_allclose(sweep.v_mV, V_mV[2], atol=1e-4)


def test_a_table_of_whole_numbers_with_commas_has_two_columns(tmp_path: Path) -> None:
    """``80,160`` could be one number; a comma without another separator divides columns."""
    path = tmp_path / "table.csv"
    path.write_text("\n".join(f"{n},{n % 7}" for n in range(60)) + "\n", encoding="utf-8")
    steps = {"epochs": [{"step": -80, "ms": 1}, {"step": -20, "ms": 1}], "sample_rate_Hz": 1000}
    assert read_recording(path, declared(**steps)).sweeps[0].i_pA[:8].tolist() == [0, 1, 2, 3, 4, 5, 6, 0]
