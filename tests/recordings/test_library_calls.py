"""An exception of an external library is damage of the file; one of this package is a bug and is never hidden."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from reversal.errors import ProgramError
from reversal.recordings.axon import samples
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.files.library_calls import library_call
from reversal.recordings.formats import array_files, hdf5, heka, heka_trees, nwb, nwb_series, plain_arrays, winwcp
from reversal.recordings.formats import neo as neo_reader
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import RecordingRefused
from tests.recordings.formats.test_heka import bundle, tree
from tests.recordings.formats.test_plain_arrays import PROTOCOL, SWEEPS_nA
from tests.recordings.nwb_files import Made, write_nwb
from tests.recordings.wcp_files import family_mV, wcp_content

FILE = Path("rec.dat")
VOLTAGES_mV = family_mV([-60.0, -40.0, -20.0])


class Planted(Exception):
    """A bug in this package."""


def bug(*_: object, **__: object) -> Any:
    raise Planted


def test_an_exception_of_a_library_is_a_refusal_with_its_name() -> None:
    with pytest.raises(RecordingRefused, match=r"rec.dat: it cannot be read. Found: \"KeyError: 'x'\". Copy it again"):
        library_call(lambda: {}["x"], "it cannot be read", FILE, "copy it again")
    assert library_call(lambda: 7, "it cannot be read", FILE) == 7


class FakeTrace:
    """A trace of current as myokit gives it."""

    def __init__(self, name: str = "Imon-1", unit: str = "[A]", level_A: float = 1e-12, place: int = 0) -> None:
        self.label, self.value_unit = lambda: name, lambda: unit
        self._data_pos, self._n, self._data_type, self._data_scale = place, 100, np.float64, level_A
        self._data_interleave_size = self._data_interleave_skip = 0
        self.count_samples, self.duration = lambda: 100, lambda: 0.01
        self.r_series, self.c_slow = lambda: 10.0, lambda: 20.0


class FakeSweep(list[FakeTrace]):
    def time(self) -> datetime:
        return datetime(2026, 11, 1, tzinfo=UTC)


class FakeSegment:
    def samples(self, count: int, _: float) -> np.ndarray:
        return np.full(count, 50)

    def values(self, count: int, *_: object) -> np.ndarray:
        return np.linspace(-0.08, -0.06, count)

    def durations(self, count: int) -> np.ndarray:
        return np.full(count, 0.005)

    def segment_class(self) -> Any:
        return SimpleNamespace(name="Constant")


class FakeChannel(list[FakeSegment]):
    _holding, _use_relative = -0.08, False
    _use_stim_scale, _use_file_template = True, False

    def unit(self) -> str:
        return "[V]"


class FakeStimulus(list[FakeChannel]):
    def sweep_count(self) -> int:
        return 2


class FakeSeries(list[FakeSweep]):
    def label(self) -> str:
        return "IV"

    def time(self) -> datetime:
        return datetime(2026, 11, 1, tzinfo=UTC)

    def amplifier_state(self) -> None:
        return None

    def stimulus(self) -> Any:
        return FakeStimulus([FakeChannel([FakeSegment(), FakeSegment()])])


class FakeGroup(list[FakeSeries]):
    def label(self) -> str:
        return "E-1"


class FakeBundle(list[FakeGroup]):
    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def heka_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle whose content myokit gives as one series of two sweeps, each with a current and a leak trace."""
    myokit_heka = pytest.importorskip("myokit.formats.heka")
    records = tree(levels=5, size=96, children=(1, 1, 2, 2, 0, 0, 2, 0, 0))
    content = bytearray(bundle(records, b".pul"))
    first_record = 256 + 8 + 4 * 5
    for record in (5, 8):  # root, group, series, sweep, trace, leak trace, sweep, trace, leak trace
        content[first_record + record * 100 + heka_trees.KIND_OFFSET] = 0b1011
    path = tmp_path / "bundle.dat"
    path.write_bytes(bytes(content) + (1.0 + np.arange(100.0)).tobytes())
    traces = [FakeTrace(place=len(content)), FakeTrace("Leak-1", level_A=1e-9, place=len(content))]
    group = FakeGroup([FakeSeries([FakeSweep(traces), FakeSweep(traces)])])
    monkeypatch.setattr(myokit_heka, "PatchMasterFile", lambda _: FakeBundle([group]))
    return path


def test_a_leak_trace_is_not_a_current_of_the_cell(heka_file: Path) -> None:
    found = read_recording(heka_file)
    assert [channel.name for channel in found.channels] == ["Imon-1", "Leak-1 (leak)"]
    assert found.current_channel.name == "Imon-1"
    np.testing.assert_allclose(found.sweeps[1].i_pA, 1.0 + np.arange(100.0))
    chosen = read_recording(heka_file, ReadingOptions(sweeps=(range(1, 2),)))
    assert chosen.command.sweeps == found.command.sweeps[1:]


@pytest.mark.parametrize(
    "name", ["_sweeps", "_commands", "_command", "_telegraph", "_channel", "_start_time", "_chosen_series"]
)
def test_a_bug_in_the_heka_reader_is_not_damage(heka_file: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(heka, name, bug)
    with pytest.raises(ProgramError, match="this program has an error here: Planted"):
        read_recording(heka_file)


@pytest.mark.parametrize("name", ["label", "value_unit", "r_series", "count_samples"])
def test_any_call_of_myokit_can_fail(heka_file: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    class Damaged(FakeTrace):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            setattr(self, name, bug)

    sweep = FakeSweep([Damaged()])
    myokit_heka = pytest.importorskip("myokit.formats.heka")
    group = FakeGroup([FakeSeries([sweep, sweep])])
    monkeypatch.setattr(myokit_heka, "PatchMasterFile", lambda _: FakeBundle([group]))
    with pytest.raises(RecordingRefused, match=r"myokit cannot read the HEKA file.*Planted"):
        read_recording(heka_file)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (nwb_series, "_series"),
        (nwb_series, "_timing"),
        (nwb_series, "_scaled"),
        (nwb_series, "_natural"),
        (nwb, "_runs"),
        (nwb, "telegraph_of"),
        (hdf5, "_plain"),
    ],
)
def test_a_bug_in_the_nwb_reader_is_not_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    path = tmp_path / "cell.nwb"
    write_nwb(path, [Made(f"s{n}", "e", 2.0 * n, v + 50.0, v) for n, v in enumerate(VOLTAGES_mV)])
    monkeypatch.setattr(module, name, bug)
    with pytest.raises(ProgramError, match="this program has an error here: Planted"):
        read_recording(path)


@pytest.mark.parametrize("name", ["_channels", "_sweep", "NeoSignal"])
def test_a_bug_in_the_neo_reader_is_not_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    import neo.io
    import quantities

    signal = neo.AnalogSignal(np.zeros((50, 1)), units="pA", sampling_rate=10 * quantities.kHz)
    block, segment = neo.Block(), neo.Segment()
    segment.analogsignals.append(signal)
    block.segments.append(segment)
    monkeypatch.setattr(
        neo.io, "AxographIO", lambda _: SimpleNamespace(read_block=lambda **_: block, support_lazy=False)
    )
    monkeypatch.setattr(neo_reader, name, bug)
    path = tmp_path / "rec.axgx"
    path.write_bytes(b"axgx" + bytes(100))
    with pytest.raises(ProgramError, match="this program has an error here: Planted"):
        read_recording(path)


def test_a_bug_in_the_readers_of_arrays_and_winwcp_is_not_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez(tmp_path / "rows.npz", current=SWEEPS_nA)
    (tmp_path / "rec.wcp").write_bytes(wcp_content(VOLTAGES_mV, VOLTAGES_mV))
    monkeypatch.setattr(array_files, "_npy", bug)
    monkeypatch.setattr(winwcp, "_samples", bug)
    for name in ("rows.npz", "rec.wcp"):
        with pytest.raises(ProgramError, match="this program has an error here: Planted"):
            read_recording(tmp_path / name, ReadingOptions(protocol=PROTOCOL))
    np.save(tmp_path / "rows.npy", SWEEPS_nA)
    monkeypatch.setattr(plain_arrays, "_traces_of", bug)
    with pytest.raises(ProgramError, match="this program has an error here: Planted"):
        read_recording(tmp_path / "rows.npy", ReadingOptions(protocol=PROTOCOL))


def test_only_library_calls_catch_every_exception() -> None:
    """No other handler of every exception is in the readers."""
    folder = Path(samples.__file__).parents[1]
    callers = [path.name for path in folder.rglob("*.py") if "except Exception" in path.read_text(encoding="utf-8")]
    assert callers == ["library_calls.py"]
