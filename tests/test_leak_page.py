"""The numbers of the page about leak, from the formula that it states."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

E_CHANNEL_mV, E_LEAK_mV = -90.0, -10.0


def test_the_table_of_the_page_follows_from_its_formula(root: Path) -> None:
    page = (root / "docs/explanations/seal_leak.md").read_text(encoding="utf-8")
    conductances_nS = [float(g) for g in re.findall(r"channel of (\d+) nS", page)]
    rows = re.findall(r"^\| ([\d.]+) GΩ \| ([\d.]+) nS \|(.*)\|$", page, re.MULTILINE)
    assert len(rows) == 5
    for seal_GOhm, leak_nS, shifts in rows:
        g_nS = 1.0 / float(seal_GOhm)
        assert float(leak_nS) == pytest.approx(g_nS)
        expected = [(E_LEAK_mV - E_CHANNEL_mV) * g_nS / (channel + g_nS) for channel in conductances_nS]
        assert [float(text.removesuffix(" mV ")) for text in shifts.split("|")] == pytest.approx(expected, abs=0.06)


def test_a_shift_of_7_mV_is_read_as_the_ratio_that_the_page_states(root: Path) -> None:
    """GHK voltage: P_Na/P_K = (K_i e^(E/u) − K_o)/(Na_o − Na_i e^(E/u)), u = 25.4 mV; 140 and 8 mM inside."""
    k_out, na_out, k_in, na_in, u_mV = 2.5, 150.0, 140.0, 8.0, 25.4
    e_mV = u_mV * math.log((k_out + 0.005 * na_out) / (k_in + 0.005 * na_in)) + 7.0
    apparent = (k_in * math.exp(e_mV / u_mV) - k_out) / (na_out - na_in * math.exp(e_mV / u_mV))
    page = (root / "docs/explanations/seal_leak.md").read_text(encoding="utf-8")
    assert "P_Na/P_K of 0.005\nlook like 0.012" in page
    assert apparent == pytest.approx(0.012, abs=0.0005)
