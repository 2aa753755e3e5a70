"""The command an Axon header asks for, by the rules of pClamp, where each rule can be seen alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from reversal.recordings.axon.epoch_table import pre_epoch_samples, user_list_target
from reversal.recordings.command.waveform import epoch_name, expand
from reversal.recordings.read_recording import Reading, read_recording
from reversal.recordings.recording import CommandUnknown, Recording, RecordingRefused
from tests.recordings.abf1 import Epoch1, File1, Output1, noise

Write = Callable[..., Path]
STEPS = Output1((Epoch1(1, -60.0, 100), Epoch1(1, -120.0, 200, level_step=20.0)), holding=-80.0)


def levels(recording: Recording, epoch: str) -> list[float]:
    """Level of an epoch in every sweep that has it [mV]."""
    return [e.level_mV for sweep in recording.command.sweeps for e in sweep.epochs if e.name == epoch]


def edges(recording: Recording, sweep: int = 0) -> list[tuple[str, int, int]]:
    return [(e.name, e.start, e.stop) for e in recording.command.sweeps[sweep].epochs]


@pytest.mark.parametrize(
    ("samples", "channels", "expected"),
    [(20644, 1, 322), (4000, 4, 62), (10322, 2, 161), (51612, 1, 806), (63, 1, 1), (10, 3, 1), (100, 3, 1)],
)
def test_a_sweep_begins_with_a_64th_at_holding_in_whole_scans(samples: int, channels: int, expected: int) -> None:
    """floor(N·C/64) less its rest by C, at least C, divided by C; the first four are those of recorded files."""
    assert pre_epoch_samples(samples, channels) == expected


def test_levels_and_durations_grow_by_sweep(abf1: Write) -> None:
    output = replace(STEPS, epochs=(Epoch1(1, -60.0, 100, duration_step=10), STEPS.epochs[1]))
    found = read_recording(abf1(File1(noise(3, 640), (output,))))
    assert levels(found, "B") == [-120.0, -100.0, -80.0]
    assert edges(found, 2) == [("before", 0, 10), ("A", 10, 130), ("B", 130, 330), ("after", 330, 640)]


def test_holding_is_the_outputs_own_and_not_the_first_epochs(abf1: Write) -> None:
    found = read_recording(abf1(File1(noise(2, 640), (STEPS,))))
    assert levels(found, "before") == levels(found, "after") == [-80.0, -80.0]


def test_a_disabled_epoch_takes_no_time(abf1: Write) -> None:
    output = replace(STEPS, epochs=(Epoch1(0, 50.0, 300), *STEPS.epochs))
    found = read_recording(abf1(File1(noise(1, 640), (output,))))
    assert edges(found)[1] == ("B", 10, 110)


def test_the_last_level_stays_to_the_next_sweep_where_the_protocol_says_so(abf1: Write) -> None:
    """171116sh_0013 among the public recordings is of this kind: ramps whose begin is the last sweep's end."""
    output = Output1((Epoch1(2, -110.0, 300, level_step=5.0),), holding=-70.0, last_level=True)
    found = read_recording(abf1(File1(noise(3, 640), (output,))))
    assert [e.from_mV for sweep in found.command.sweeps for e in sweep.epochs if e.name == "A"] == [-70, -110, -105]
    assert levels(found, "before") == [-70.0, -110.0, -105.0]
    assert levels(found, "after") == [-110.0, -105.0, -100.0]


def test_a_ramp_starts_where_the_epoch_before_ended_and_an_empty_epoch_is_passed_over(abf1: Write) -> None:
    output = Output1((Epoch1(1, -100.0, 100), Epoch1(1, 0.0, 0), Epoch1(2, 60.0, 200)), holding=-80.0)
    found = read_recording(abf1(File1(noise(1, 640), (output,))))
    ramp = found.command.sweeps[0].epochs[2]
    assert (ramp.name, ramp.from_mV, ramp.level_mV) == ("C", -100.0, 60.0)
    wave = expand(found.command.sweeps[0], 640)
    assert wave[109] == -100.0
    assert wave[309] == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("parameter", "version", "expected"),
    [
        (35, (2, 0, 0, 0), ("duration", 4)),  # user-list-durations: duration of epoch E, verified by its "AO #0"
        (28, (1, 6, 0, 0), ("level", 7)),  # 21416007: level of epoch H, as Clampfit exports it
        (62, (2, 9, 0, 0), ("level", 1)),  # ABF 2.9: level of epoch B
        (41, (1, 8, 4, 0), ("period", 0)),
        (51, (1, 8, 4, 0), ("width", 0)),
        (7, (2, 9, 0, 0), None),
        (12, (2, 0, 0, 0), None),
    ],
)
def test_user_list_codes_name_a_field_and_an_epoch(
    parameter: int, version: tuple[int, int, int, int], expected: tuple[str, int] | None
) -> None:
    assert user_list_target(parameter, version) == expected


@pytest.mark.parametrize(("parameter", "version"), [(28, (2, 6, 0, 0)), (8, (2, 0, 0, 0)), (61, (2, 0, 0, 0))])
def test_user_list_codes_that_were_never_seen_are_not_guessed(
    parameter: int, version: tuple[int, int, int, int]
) -> None:
    with pytest.raises(KeyError, match=f"parameter {parameter}"):
        user_list_target(parameter, version)


def test_a_user_list_replaces_level_and_increment_and_its_last_value_stays(abf1: Write) -> None:
    output = replace(STEPS, user_list=(22, "-85, -55,-25", False))
    assert levels(read_recording(abf1(File1(noise(5, 640), (output,)))), "B") == [-85, -55, -25, -25, -25]
    again = replace(STEPS, user_list=(22, "-85, -55,-25", True))
    assert levels(read_recording(abf1(File1(noise(5, 640), (again,)))), "B") == [-85, -55, -25, -85, -55]


def test_a_user_list_of_durations_moves_the_epochs_after_it(abf1: Write) -> None:
    output = replace(STEPS, user_list=(31, "50 150", False))
    found = read_recording(abf1(File1(noise(2, 640), (output,))))
    assert edges(found, 0)[1:3] == [("A", 10, 60), ("B", 60, 260)]
    assert edges(found, 1)[1:3] == [("A", 10, 160), ("B", 160, 360)]


def test_a_listed_duration_of_version_1_lasts_no_longer_than_two_bytes_hold(abf1: Write) -> None:
    """As the edges of the current show in a recording of such a list."""
    output = replace(STEPS, user_list=(31, "40000 150", False))
    found = read_recording(abf1(File1(noise(2, 64000), (output,))))
    assert edges(found, 0)[1] == ("A", 1000, 1000 + 32767)
    assert edges(found, 1)[1] == ("A", 1000, 1150)


def test_a_list_of_durations_acts_only_on_the_output_that_is_active(abf1: Write) -> None:
    output = replace(STEPS, user_list=(31, "50 150", False))
    found = read_recording(abf1(File1(noise(2, 640), (output,), active_output=1)))
    assert edges(found, 1)[1] == ("A", 10, 110)


def test_alternating_outputs_rest_in_turn(abf1: Write) -> None:
    outputs = (STEPS, replace(STEPS, holding=-50.0))
    channels = (("IN 0", "pA"), ("IN 1", "pA"))
    path = abf1(File1(noise(4, 640, 2), outputs, channels=channels, alternating=True))
    first = read_recording(path, Reading(channel="IN 0"))
    second = read_recording(path, Reading(channel="IN 1"))
    assert levels(first, "B") == [-120.0, -80.0, -80.0, -80.0]  # plays sweeps 0 and 2, rests at -80 in 1 and 3
    assert levels(second, "B") == [-50.0, -100.0, -50.0, -60.0]


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (replace(STEPS, user_list=(22, "-85, x", False)), "the entry 'x' of the user list"),
        (replace(STEPS, user_list=(22, "", False)), "an empty user list"),
        (replace(STEPS, user_list=(8, "-85", False)), "holding level of the inactive output"),
        (replace(STEPS, epochs=(Epoch1(6, -60.0, 100),)), "epoch A is a resistance test"),
        (replace(STEPS, epochs=(Epoch1(9, -60.0, 100),)), "epoch A is a kind 9"),
        (replace(STEPS, epochs=(Epoch1(3, -60.0, 100),)), "epoch A repeats every 0 samples"),
        (replace(STEPS, epochs=(Epoch1(1, -60.0, 700),)), "epoch A of sweep 0 ends after the sweep"),
        (replace(STEPS, source=7), "waveform source 7"),
        (replace(STEPS, source=2, stimulus_path="C:\\x\\sine.atf"), "stimulus file 'C:.x.sine.atf' was not found"),
    ],
)
def test_what_is_not_known_is_refused_by_its_name(abf1: Write, output: Output1, reason: str) -> None:
    with pytest.raises(CommandUnknown, match=reason):
        read_recording(abf1(File1(noise(3, 640), (output,))))


def test_sweeps_beyond_the_protocol_are_refused(abf1: Write) -> None:
    with pytest.raises(CommandUnknown, match="sweep 2 is not part of the protocol's 2 sweeps"):
        read_recording(abf1(File1(noise(3, 640), (STEPS,), extra={146: ("i", 2)})))


def test_levels_are_not_counted_over_deleted_sweeps(abf1: Write) -> None:
    with pytest.raises(CommandUnknown, match=r"sweep 2: .*left out of the file.*'4 s after the one before'"):
        read_recording(abf1(File1(noise(4, 640), (STEPS,), kept=(0, 1, 3, 4))))
    same_every_time = replace(STEPS, epochs=STEPS.epochs[:1])
    assert len(read_recording(abf1(File1(noise(4, 640), (same_every_time,), kept=(0, 1, 3, 4)))).sweeps) == 4


def test_gap_free_files_do_not_keep_their_command(abf1: Write) -> None:
    with pytest.raises(CommandUnknown, match="mode 'gap free'"):
        read_recording(abf1(File1(noise(1, 640), (STEPS,), mode=3)))


def test_an_output_without_waveform_holds(abf1: Write) -> None:
    found = read_recording(abf1(File1(noise(2, 640), (replace(STEPS, enabled=False),))))
    assert [[e.level_mV for e in sweep.epochs] for sweep in found.command.sweeps] == [[-80.0], [-80.0]]
    assert "the command is constant: no I–V can be made of it" in found.warnings


def test_the_driving_output_is_found_by_name_and_unit_not_by_place(abf1: Write) -> None:
    outputs = (replace(STEPS, unit="nA", enabled=False), STEPS)
    found = read_recording(abf1(File1(noise(2, 640, 2), outputs, channels=(("Im", "nA"), ("Vm", "mmHg")))))
    assert found.command.because.endswith("output 'Cmd 1'")
    assert levels(found, "B") == [-120.0, -100.0]


def test_a_command_in_pA_beside_a_current_in_pA_is_current_clamp(abf1: Write) -> None:
    with pytest.raises(RecordingRefused, match="the command is a current"):
        read_recording(abf1(File1(noise(2, 640), (replace(STEPS, unit="pA"),))))


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ({4512: ("h", 1), 4576: ("f", 1.0), 4768: ("h", 1)}, "told that it was in current clamp"),
        ({162: ("h", 3)}, "first sweep is number 3"),
        ({126: ("f", 500.0), 194: ("i", 200)}, "sampling rate changes within a sweep"),
        ({36: ("h", 3)}, "carries no protocol"),
    ],
)
def test_what_the_header_says_against_it_is_heard(
    abf1: Write, extra: dict[int, tuple[str, object]], reason: str
) -> None:
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(abf1(File1(noise(2, 640), (STEPS,), extra=extra)))


def test_leak_subtraction_is_said_and_not_guessed(abf1: Write) -> None:
    found = read_recording(abf1(File1(noise(2, 640), (STEPS,), extra={4456: ("h", 1), 1938: ("h", 4)})))
    said = " ".join(found.warnings)
    assert "4 sub-pulses" in said
    assert "does not tell whether the stored current is the subtracted one" in said


def test_a_conditioning_train_leaves_its_last_level_before_the_first_epoch(abf1: Write) -> None:
    conditioned = {3260: ("h", 1), 3304: ("f", 5.0), 3312: ("f", -95.0)}
    found = read_recording(abf1(File1(noise(2, 640), (STEPS,), extra=conditioned)))
    assert levels(found, "before") == [-95.0, -95.0]
    assert levels(found, "after") == [-80.0, -80.0]


def test_epochs_are_named_as_the_rig_does() -> None:
    assert [epoch_name(n) for n in (0, 9, 25, 26, 49)] == ["A", "J", "Z", "AA", "AX"]
