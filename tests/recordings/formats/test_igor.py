"""An Igor binary wave is read with Neo. The file contains no command, so a protocol must be declared.

Layout of version 2 from WaveMetrics' technical note 003: BinHeader2 (16 bytes), WaveHeader2 (110 bytes and 16 of
padding), samples.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from reversal.experiment.protocols import Protocol
from reversal.recordings.read_recording import read_recording
from reversal.recordings.reading_options import ReadingOptions
from reversal.recordings.recording import CommandUnknown, Evidence, RecordingRefused

SAMPLES_A = (np.arange(1000) % 50) * 1e-12
RATE_HZ = 10_000.0


@pytest.fixture
def wave(tmp_path: Path) -> Path:
    """One wave of current in A at 10 kHz."""
    points = (b"", b"current", 0, 0, b"", b"A", b"s", SAMPLES_A.size, 0, 1.0 / RATE_HZ, 0.0)
    flags = (0, 0, 0, 0.0, 0.0, b"\0", b"\0", 0, 0, 0, b"", 0, b"")
    header = struct.pack("<h4s20shh4s4s4sihddhhhddccii i2si4s".replace(" ", ""), 2, *points, *flags)
    samples = SAMPLES_A.astype("<f4").tobytes()
    start = struct.pack("<hiii", 2, len(header) + 16 + len(samples), 0, 0)
    words = struct.unpack(f"<{(len(start) + len(header)) // 2}h", start + header)
    path = tmp_path / "wave.ibw"
    path.write_bytes(start + struct.pack("<H", -sum(words) & 0xFFFF) + header + samples + b"\0" * 16)
    return path


def test_an_igor_wave_is_read_with_a_declared_protocol(wave: Path) -> None:
    pytest.importorskip("igor2", reason="Igor files need the extra 'igor'")
    protocol = Protocol.model_validate({"holding_mV": -80, "epochs": [{"step": -100, "ms": 60}]})
    found = read_recording(wave, ReadingOptions(protocol=protocol))
    assert (found.format, found.sample_rate_Hz) == ("Igor", pytest.approx(RATE_HZ))
    assert found.sweeps[0].i_pA == pytest.approx(SAMPLES_A * 1e12, abs=1e-4)
    assert found.command.evidence is Evidence.DECLARED
    assert found.command.sweeps[0].epochs[0].level_mV == -100.0


def test_an_igor_wave_without_a_protocol_is_refused(wave: Path) -> None:
    pytest.importorskip("igor2", reason="Igor files need the extra 'igor'")
    with pytest.raises(CommandUnknown, match="neither a protocol nor a recorded voltage"):
        read_recording(wave)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("units", [-1, 1, 11_665_408])
def test_a_part_longer_than_the_file_is_refused_before_memory_is_allocated(
    order: str, units: int, tmp_path: Path
) -> None:
    path = tmp_path / "wave.ibw"  # BinHeader5: version, checksum, sizes of wave, formula, note, 5 of units, 4 of labels
    path.write_bytes(struct.pack(f"{order}hh13i2i", 5, 0, 340, 0, 0, 0, units, *[0] * 10) + bytes(340))
    with pytest.raises(RecordingRefused, match="shorter than its header states"):
        read_recording(path)
