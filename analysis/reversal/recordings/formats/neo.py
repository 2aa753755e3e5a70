"""WinWCP, WinEDR, AxoGraph, Spike2, Igor and others through Neo: samples, units and times.

No command is in them as far as Neo tells, so a recorded voltage or a declared protocol has to give it. Formats whose
first bytes tell nothing are known by the ending of the name alone; whether the file is one, Neo judges.

Seen: WinWCP 9 with and without records. The others are read as Neo gives them and were never seen here.
"""

from __future__ import annotations

import hashlib
import struct
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from reversal.recordings.channel_choice import current_channel, described, voltage_input
from reversal.recordings.command.choose import command_of
from reversal.recordings.recording import Recording, RecordingRefused, Sweep, Tag
from reversal.recordings.request import Reading
from reversal.recordings.units import factor_to_fixed

MOST_RECORDS = 100_000
IGOR_5_HEADER = 64  # bytes; the sizes of its thirteen parts start at byte 4

BY_ENDING = {
    ".edf": ("EDF", "EDFIO"),
    ".ncs": ("Neuralynx", "NeuralynxIO"),
    ".nex": ("NeuroExplorer", "NeuroExplorerIO"),
    ".nix": ("NIX", "NixIO"),
    ".ns5": ("Blackrock", "BlackrockIO"),
    ".ns6": ("Blackrock", "BlackrockIO"),
    ".plx": ("Plexon", "PlexonIO"),
    ".rhd": ("Intan", "IntanIO"),
    ".rhs": ("Intan", "IntanIO"),
    ".smrx": ("Spike2, 64 bit", "CedIO"),
    ".trc": ("Micromed", "MicromedIO"),
    ".vhdr": ("BrainVision", "BrainVisionIO"),
}


def neo_format(path: Path, content: bytes) -> tuple[str, str] | None:
    """Name of a format, and of the Neo class that reads it; None for none of these."""
    head = content[:1024]
    if head.startswith(b"VER=") and b"NR=" in head and b"NBH=" in head:
        return "WinWCP", "WinWcpIO"
    if head.startswith(b"VER=") and b"NP=" in head:
        return "WinEDR", "WinEdrIO"
    if head[:4] in (b"AxGr", b"axgx", b"axgd"):
        return "AxoGraph", "AxographIO"
    if b"(C) CED 87" in head[:32]:
        return "Spike2", "Spike2IO"
    if head[:2] in (b"\x05\x00", b"\x00\x05", b"\x02\x00", b"\x00\x02"):
        return "Igor", "IgorIO"
    return BY_ENDING.get(path.suffix.lower())


def read_with_neo(path: Path, content: bytes, how: Reading, name: str, reader: str) -> Recording:
    """Read a file of one of these formats. Raises RecordingRefused and CommandUnknown."""
    if name == "WinWCP":
        _wcp_must_be_whole(content, path)
    if name == "Igor":
        _igor_must_be_whole(content, path)
    segments, tags = _segments(path, name, reader)
    if not segments:
        raise RecordingRefused(f"this {name} file has no record in it", file=path, remedy="Leave it out of the sheet")
    channels = tuple(described(signal["name"], signal["unit"]) for signal in segments[0])
    index = current_channel(channels, how.channel, path)
    voltage = voltage_input(channels, None)
    used = segments[0][index]
    begin = min(signals[0]["start_s"] for signals in segments)
    sweeps = tuple(_sweep(signals, index, voltage, channels, begin, path) for signals in segments)
    command, said = command_of(sweeps, None if voltage is None else channels[voltage], used["rate_Hz"], how, path)
    return Recording(
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        format=name,
        sample_rate_Hz=used["rate_Hz"],
        sweeps=sweeps,
        command=command,
        current_channel=channels[index],
        channels=channels,
        tags=tags,
        warnings=said,
    )


def _segments(path: Path, name: str, reader: str) -> tuple[list[list[dict[str, Any]]], tuple[Tag, ...]]:
    """Signals of every segment: name, unit, rate, start and samples."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import neo.io

            block = getattr(neo.io, reader)(str(path)).read_block(lazy=False)
            segments = [
                [part for signal in segment.analogsignals for part in _channels(signal)] for segment in block.segments
            ]
            tags = tuple(
                Tag(float(time.rescale("s")), str(label))
                for segment in block.segments
                for event in segment.events
                for time, label in zip(event.times, event.labels, strict=False)
            )
    except Exception as fault:  # a foreign parser can raise anything on damaged bytes; nothing of ours runs inside
        raise RecordingRefused(
            f"Neo cannot read this {name} file",
            file=path,
            found=f"{type(fault).__name__}: {fault}",
            remedy="It may be damaged: copy it again from the rig",
        ) from fault
    return [signals for signals in segments if signals], tags


def _channels(signal: Any) -> list[dict[str, Any]]:
    names = signal.array_annotations.get("channel_names", [signal.name] * signal.shape[1])
    return [
        {
            "name": str(names[n]),
            "unit": str(signal.units.dimensionality).replace("dimensionless", ""),
            "rate_Hz": float(signal.sampling_rate.rescale("Hz")),
            "start_s": float(signal.t_start.rescale("s")),
            "samples": np.asarray(signal.magnitude[:, n]),
        }
        for n in range(signal.shape[1])
    ]


def _sweep(
    signals: list[dict[str, Any]], index: int, voltage: int | None, channels: Any, begin: float, path: Path
) -> Sweep:
    if len(signals) != len(channels):
        raise RecordingRefused("the records have different channels", file=path)
    i_pA = signals[index]["samples"] * factor_to_fixed(channels[index].unit)
    v_mV = None if voltage is None else signals[voltage]["samples"] * factor_to_fixed(channels[voltage].unit)
    if v_mV is not None and v_mV.size != i_pA.size:
        raise RecordingRefused("current and voltage have different lengths", file=path)
    return Sweep(signals[index]["start_s"] - begin, i_pA, v_mV)


def _wcp_must_be_whole(content: bytes, path: Path) -> None:
    """Hold the numbers of a WinWCP header to the file's length before Neo allocates by them."""
    facts = dict(
        line.split("=", 1) for line in content[:1024].decode("latin-1").split("\0")[0].splitlines() if "=" in line
    )
    try:
        records, channels = int(facts["NR"]), int(facts["NC"])
        header, analysis, data = int(facts["NBH"]), int(facts["NBA"]) * 512, int(facts["NBD"]) * 512
    except (KeyError, ValueError):
        raise RecordingRefused("the WinWCP header lacks its numbers of records and blocks", file=path) from None
    if records == 0:
        raise RecordingRefused("this WinWCP file has no record in it", file=path, remedy="Leave it out of the sheet")
    possible = 0 < records <= MOST_RECORDS and 0 < channels <= 128 and header >= 1024 and analysis > 0 and data > 0
    if not possible or header + records * (analysis + data) > len(content):
        raise RecordingRefused(
            "the file is shorter than its header says",
            file=path,
            found=f"{len(content)} bytes",
            expected=f"{records} records of {analysis + data} bytes after {header}",
            remedy="It may still be being copied, or was cut off: copy it again",
        )


def _igor_must_be_whole(content: bytes, path: Path) -> None:
    """Compare the sizes of an Igor 5 header with the file's length before igor2 allocates by them."""
    order = "<" if content[:2] == b"\x05\x00" else ">"
    if content[:2] not in (b"\x05\x00", b"\x00\x05") or len(content) < IGOR_5_HEADER:
        return
    sizes = struct.unpack_from(f"{order}13i", content, 4)
    if min(sizes) < 0 or IGOR_5_HEADER + sum(sizes) > len(content):
        raise RecordingRefused(
            "the file is shorter than its header says",
            file=path,
            found=f"{len(content)} bytes",
            expected=f"{IGOR_5_HEADER + sum(sizes)} bytes",
            remedy="It may still be being copied, or was cut off: copy it again",
        )
