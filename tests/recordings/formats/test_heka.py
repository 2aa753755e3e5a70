"""The trees of a HEKA bundle are checked before myokit reads them. Layout: HEKA, "FileFormat", Patchmaster."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from reversal.experiment.protocols import Protocol
from reversal.recordings.choices.channel_choice import channel_of
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.formats import heka
from reversal.recordings.recording.recording import RecordingRefused, Shape, Telegraph

PATH = Path("bundle.dat")


def tree(levels: int = 2, size: int = 16, children: tuple[int, ...] = (1, 0), order: str = "<") -> bytes:
    """A tree of records of one size; ``children`` of each record, in the order in which they follow each other."""
    magic = b"eerT" if order == "<" else b"Tree"
    records = b"".join(bytes(size) + struct.pack(order + "i", count) for count in children)
    return magic + struct.pack(f"{order}i{levels}i", levels, *[size] * levels) + records


def bundle(content: bytes, extension: bytes = b".pgf", item: int = 1) -> bytes:
    """A bundle whose item holds the content; items are 16 bytes each, from byte 64 on."""
    head = bytearray(b"DAT2".ljust(256, b"\0"))
    struct.pack_into("<ii8s", head, 64 + 16 * item, 256, len(content), extension)
    return bytes(head) + content


def refusal(content: bytes) -> str:
    with pytest.raises(RecordingRefused) as refused:
        heka.series_in(PATH, content)
    return str(refused.value)


@pytest.mark.parametrize("item", [0, 1, 5, 11])
@pytest.mark.parametrize("extension", [b".pul", b".pgf", b".amp"])
def test_a_damaged_tree_is_refused_at_every_position(item: int, extension: bytes) -> None:
    assert "no tree at byte 256" in refusal(bundle(b"oops" + tree()[4:], extension, item))


def test_other_items_and_empty_ones_are_not_trees() -> None:
    assert "HEKA file is damaged" not in refusal(bundle(b"oops", b".dat"))
    assert "HEKA file is damaged" not in refusal(bundle(b""))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("made", "found"),
    [
        ({"levels": 0, "children": ()}, "0 levels"),
        ({"levels": 9}, "9 levels"),
        ({"size": 15}, "records of (15, 15) bytes"),
        ({"size": 65537, "children": ()}, "records of (65537, 65537) bytes"),
        ({"children": (2, 0)}, "an incomplete tree"),
        ({"children": (1,)}, "an incomplete tree"),
        ({"children": (-1,)}, "-1 records"),
        ({"children": (100_001,)}, "100001 records"),
        ({"children": (1, 1, 0)}, "1 records"),
    ],
)
def test_impossible_trees_are_refused(made: dict[str, object], found: str, order: str) -> None:
    message = refusal(bundle(tree(**made, order=order)))  # type: ignore[arg-type]
    assert "the HEKA file is damaged" in message
    assert found in message


@pytest.mark.parametrize(
    "made",
    [
        {"levels": 1, "children": (0,)},
        {"levels": 8},
        {"children": (2, 0, 0)},
        {"children": (0,)},
        {"levels": 3, "children": (2, 1, 0, 2, 0, 0)},
        {"size": 65536},
    ],
)
def test_whole_trees_are_left_to_myokit(made: dict[str, object]) -> None:
    assert "HEKA file is damaged" not in refusal(bundle(tree(**made)))  # type: ignore[arg-type]


class Amplifier:
    def __init__(self, fraction: float, ljp: float, kHz: float) -> None:
        self._facts = fraction, ljp, kHz

    def r_series_fraction(self) -> float:
        return self._facts[0]

    def ljp(self) -> float:
        return self._facts[1]

    def filter2(self) -> tuple[str, float]:
        return "Bessel", self._facts[2]


def telegraph(rs: float = 10.0, cm: float = 20.0, amplifier: Amplifier | None = None) -> Telegraph:
    trace = SimpleNamespace(r_series=lambda: rs, c_slow=lambda: cm)
    return heka._telegraph(trace, amplifier, PATH)


def test_values_of_trace_and_amplifier_are_in_the_units_of_the_project() -> None:
    found = telegraph(amplifier=Amplifier(0.7, 12.5, 2.9))
    assert (found.rs_MOhm, found.rs_compensation, found.cm_pF) == (10.0, 0.7, 20.0)
    assert (found.lowpass_Hz, found.junction_mV) == (2900.0, 12.5)
    assert telegraph() == Telegraph(rs_MOhm=10.0, cm_pF=20.0)


def test_impossible_values_of_the_amplifier_are_not_known() -> None:
    found = telegraph(0.0, -1.0, Amplifier(1.2, float("nan"), 0.0))
    assert (found.rs_MOhm, found.rs_compensation, found.cm_pF, found.lowpass_Hz, found.junction_mV) == (None,) * 5
    assert telegraph(float("inf"), amplifier=Amplifier(-0.1, 0.0, 1.0)).rs_compensation is None
    assert telegraph(amplifier=Amplifier(0.0, 0.0, 1.0)).rs_compensation == 0.0
    assert telegraph(amplifier=Amplifier(1.0, 0.0, 1.0)).rs_compensation == 1.0


def test_a_date_before_patch_clamp_is_none() -> None:
    assert heka._start_time(dt.datetime(2019, 3, 4, 5, 6, 7, 89000)) == "2019-03-04T05:06:07.089"
    assert heka._start_time(dt.datetime(1980, 1, 1)) is not None
    assert heka._start_time(dt.datetime(1979, 12, 31)) is None
    assert heka._start_time(dt.datetime(2100, 1, 1)) is None  # 1963, with 2³² seconds less


def test_the_clock_of_patchmaster_can_have_more_seconds() -> None:
    """As myokit gives it for a public file whose name has its date, 190604."""
    assert heka._start_time(dt.datetime(2155, 7, 11, 9, 42, 36)) == "2019-06-04T03:14:20.000"


def segments(*counts: int, ramps: tuple[int, ...] = ()) -> list[heka.SegmentBySweep]:
    """Segments as long in both sweeps, levels −80, −60 … mV in the first and 5 mV more in the second."""
    return [
        heka.SegmentBySweep(np.array([n, n]), np.array([n, n]) / 1e4, np.array([0.0, 5.0]) - 80 + 20 * k, k in ramps)
        for k, n in enumerate(counts)
    ]


def test_a_ramp_starts_at_the_level_of_the_segment_before_it() -> None:
    """A segment without duration is none; a ramp that comes first starts at the holding potential."""
    found = heka._command(segments(10, 0, 30, 20, ramps=(2,)), 0, 60, -70.0, PATH)
    assert [(e.shape, e.from_mV, e.level_mV) for e in found.epochs] == [
        (Shape.STEP, -80.0, -80.0), (Shape.RAMP, -80.0, -40.0), (Shape.STEP, -20.0, -20.0),
    ]  # fmt: skip
    assert heka._command(segments(60, ramps=(0,)), 0, 60, -70.0, PATH).epochs[0].from_mV == -70.0


@pytest.mark.parametrize(
    ("voltages", "current", "expected"),
    [
        (("Vmon-1", "Vmon-2"), 0, 2),
        (("Vmon-1", "Vmon-2"), 1, 3),
        (("Vmon-1",), 1, None),
        (("Vmon",), 1, 2),
        (("Adc-1",), 0, None),
        ((), 0, None),
    ],
)
def test_the_voltage_of_an_amplifier_has_its_number(
    voltages: tuple[str, ...], current: int, expected: int | None
) -> None:
    channels = tuple(channel_of(name, "A") for name in ("Imon-1", "Imon-2"))
    channels += tuple(channel_of(name, "V") for name in voltages)
    assert heka._voltage_of(channels, current) == expected


class Series:
    """A series of two amplifiers, as myokit gives it."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def label(self) -> str:
        return "IV"


def test_a_trace_of_a_series_is_chosen_by_its_path() -> None:
    known = [("E-1/1", (0, 0), Series(("Imon-1", "Imon-2"))), ("E-1/2", (0, 1), Series(("Imon",)))]
    assert heka._chosen_series(known, "E-1/1/Imon-2", PATH)[3] == "Imon-2"
    assert heka._chosen_series(known, "E-1/2", PATH)[0] == "E-1/2"
    assert heka._chosen_series(known, "E-1/2", PATH)[3] is None
    with pytest.raises(RecordingRefused, match="no series 'E-1/3/Imon'"):
        heka._chosen_series(known, "E-1/3/Imon", PATH)
    two = tuple(channel_of(name, "A") for name in ("Imon-1", "Imon-2"))
    with pytest.raises(RecordingRefused, match=r"currents of several amplifiers.*E-1/1/Imon-1, E-1/1/Imon-2"):
        heka._refuse_several_currents("E-1/1", two, PATH)


class Output:
    """An output of a stimulus, as myokit gives it."""

    def __init__(self, unit: str = "[V]", *, is_used: bool = True, classes: tuple[str, ...] = ("Constant",)) -> None:
        self._unit, self._use_stim_scale, self._use_file_template, self._classes = unit, is_used, False, classes

    def unit(self) -> str:
        return self._unit

    def __iter__(self) -> Iterator[Any]:
        return iter(
            [SimpleNamespace(segment_class=lambda name=name: SimpleNamespace(name=name)) for name in self._classes]
        )


@pytest.mark.parametrize(
    ("outputs", "currents", "reason"),
    [
        ([Output(), Output()], 1, "not clear which output"),
        ([Output(is_used=False)], 1, "not clear which output"),
        ([Output()], 2, "not clear which output"),
        ([Output(classes=("Constant", "Continuous"))], 1, "neither constant nor ramps"),
        ([Output("[nA]")], 1, "current-clamp series"),
    ],
)
def test_a_stimulus_that_is_not_clear_is_refused(outputs: list[Output], currents: int, reason: str) -> None:
    channels = tuple(channel_of(f"Imon-{n}", "A") for n in range(currents))
    with pytest.raises(RecordingRefused, match=reason):
        heka._stimulus_channel(outputs, "IV", channels, PATH)


def test_an_output_that_is_switched_off_does_not_count() -> None:
    used = Output(classes=("Constant", "Ramp"))
    assert heka._stimulus_channel([Output(is_used=False), used], "IV", (channel_of("Imon", "A"),), PATH) is used


def test_segments_are_epochs_and_those_not_stored_are_none() -> None:
    found = heka._command(segments(10, 0, 30, 20), 1, 60, -70.0, PATH)
    assert [(e.name, e.start, e.stop, e.level_mV) for e in found.epochs] == [
        ("A", 0, 10, -75.0), ("C", 10, 40, -35.0), ("D", 40, 60, -15.0),
    ]  # fmt: skip


@pytest.mark.parametrize(("samples", "fits"), [(58, False), (59, True), (60, True), (61, True), (62, False)])
def test_a_stimulus_may_differ_by_one_sample_from_its_sweep(samples: int, fits: bool) -> None:
    if fits:
        assert heka._command(segments(10, 50), 0, samples, -70.0, PATH).epochs[-1].stop == min(60, samples)
    else:
        with pytest.raises(heka.CommandUnknown, match="different lengths"):
            heka._command(segments(10, 50), 0, samples, -70.0, PATH)


class Timed(list[Any]):
    """A bundle, group, series or sweep as myokit gives it: a list with a label and a time."""

    def label(self) -> str:
        return "name"

    def time(self) -> dt.datetime:
        return dt.datetime(2020, 1, 1)

    def amplifier_state(self) -> None:
        return None

    def close(self) -> None:
        pass


def trace(unit: str, values: np.ndarray, place: int) -> SimpleNamespace:
    """A trace of myokit; ``place`` : of its samples in the file."""
    facts = {"label": f"trace in {unit}", "value_unit": f"[{unit}]", "count_samples": values.size}
    facts |= {"duration": values.size / 10_000, "r_series": 0.0, "c_slow": 0.0}
    stored = {"_data_pos": place, "_n": values.size, "_data_type": values.dtype, "_data_scale": 1.0}
    stored |= {"_data_interleave_size": 0, "_data_interleave_skip": 0}
    return SimpleNamespace(**{name: (lambda value=value: value) for name, value in facts.items()}, **stored)


@pytest.mark.parametrize(("kind", "recorded"), [(None, True), ("virtual", False), ("leak", False)])
def test_a_computed_voltage_is_not_the_recorded_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str | None, recorded: bool
) -> None:
    current, voltage = np.full(1000, 50e-12), np.full(1000, -0.06)
    traces = [trace("A", current, 64), trace("V", voltage, 64 + current.nbytes)]
    bundle, content = Timed([Timed([Timed([Timed(traces)])])]), bytes(64) + current.tobytes() + voltage.tobytes()
    monkeypatch.setattr("myokit.formats.heka.PatchMasterFile", lambda _: bundle)
    monkeypatch.setattr(heka, "marked_traces", lambda *_: {} if kind is None else {(0, 0, 0, 1): kind})
    protocol = Protocol.model_validate({"holding_mV": -60, "epochs": [{"step": -60, "ms": 50}]})
    found = heka.read_heka(tmp_path / "bundle.dat", content, ReadingOptions(protocol=protocol))
    (sweep,) = found.sweeps
    np.testing.assert_allclose(sweep.i_pA, 50.0)
    assert (sweep.v_mV is not None) is recorded
    if sweep.v_mV is not None:
        np.testing.assert_allclose(sweep.v_mV, -60.0)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"_data_pos": 70}, "is not in its file"),
        ({"_data_pos": -1}, "is not in its file"),
        ({"_n": 0}, "is not in its file"),
        ({"_data_interleave_size": 8, "_data_interleave_skip": 16}, "are interleaved"),
    ],
)
def test_a_trace_outside_its_file_or_interleaved_is_refused(changes: dict[str, int], match: str) -> None:
    values = np.arange(4.0)
    place = trace("A", values, 64)
    content = bytes(64) + values.tobytes()
    np.testing.assert_array_equal(heka._samples(place, "A", content, Path("b.dat"))[:], values * 1e12)
    vars(place).update(changes)
    with pytest.raises(RecordingRefused, match=match):
        heka._samples(place, "A", content, Path("b.dat"))
