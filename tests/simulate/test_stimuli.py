"""Protocols: the membrane test they start with, and a family whose levels do not meet."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.errors import DomainError
from reversal.simulate.stimuli import ramp_up_and_down, repeated_step, step_family, tail_family
from reversal.simulate.stimulus_protocol import AbfProtocol


@pytest.mark.parametrize(
    "protocol",
    [
        step_family(-120.0, 40.0, 10.0),
        tail_family(30.0, -120.0, 0.0, 10.0),
        ramp_up_and_down(-120.0, 40.0),
        repeated_step(-20.0),
    ],
    ids=lambda protocol: protocol.name,
)
def test_protocols_start_with_the_membrane_test_and_end_at_holding(protocol: AbfProtocol) -> None:
    command = protocol.command_mV()
    start, stop = protocol.edges(0)[1]
    assert np.all(command[:, start:stop] == -90.0)
    assert np.all(command[:, :start] == -80.0)
    assert np.all(command[:, -20:] == -80.0)


def test_family_whose_increment_misses_the_last_level_is_refused() -> None:
    with pytest.raises(DomainError, match="does not lead from the first level to the last"):
        step_family(-120.0, 40.0, 15.0)
