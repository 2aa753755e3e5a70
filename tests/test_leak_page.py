"""The numbers of the page about leak, from the formula that it states."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import itertools
import math
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

E_CHANNEL_mV, E_LEAK_mV = -90.0, -10.0


def test_the_table_of_the_page_follows_from_its_formula(root: Path) -> None:
    page = (root / "docs/explanations/seal_leak.md").read_text(encoding="utf-8")
    head = next(line for line in page.splitlines() if line.startswith("| seal | leak |"))
    conductances_nS = [float(g) for g in re.findall(r"channel of (\d+) nS", head)]
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


@pytest.fixture(scope="module")
def figures(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_figures", root / "docs" / "make_figures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def words(root: Path) -> str:
    """The page without line breaks."""
    return " ".join((root / "docs/explanations/seal_leak.md").read_text(encoding="utf-8").split())


def minus(number: float, decimals: int = 1) -> str:
    return f"{number:.{decimals}f}".replace("-", "−")


def test_the_program_finds_the_shifts_of_the_table(figures: ModuleType) -> None:
    for seal_GOhm, channel_nS in itertools.product(figures.SEALS_GOhm, (1.0, 5.0, 50.0)):
        g_nS = 1.0 / seal_GOhm
        expected = (E_LEAK_mV - E_CHANNEL_mV) * g_nS / (channel_nS + g_nS)
        assert figures.shift_mV(seal_GOhm, channel_nS) == pytest.approx(expected, rel=1e-4)


def test_the_conductances_of_the_page_are_those_of_a_shift_of_1_mV(figures: ModuleType, words: str) -> None:
    stated = re.search(r"at least ([\d.]+) nS with a seal of ([\d.]+) GΩ, (.*?)\. A channel of 1 nS", words)
    assert stated is not None
    rest = re.findall(r"([\d.]+) nS with ([\d.]+) GΩ", stated.group(3))
    pairs = [(float(nS), float(GOhm)) for nS, GOhm in [stated.groups()[:2], *rest]]
    assert [seal for _, seal in pairs] == list(figures.SEALS_GOhm)
    for channel_nS, seal_GOhm in pairs:
        assert figures.shift_mV(seal_GOhm, channel_nS) == pytest.approx(figures.JUNCTION_mV, rel=0.03)
    assert f"A channel of 1 nS is shifted by {figures.shift_mV(20.0, 1.0):.1f} mV even by 20 GΩ" in words
    zero_mV = figures.E_CHANNEL_mV + figures.shift_mV(figures.EXAMPLE_GOhm, figures.EXAMPLE_nS)
    assert f"The sum is zero at {minus(zero_mV, 0)} mV" in words


def test_the_page_states_what_each_way_of_bounding_the_leak_gives(figures: ModuleType, words: str) -> None:
    none, wrong, stated, blocker = (way.row for way in figures.ways())

    def interval(low: float, high: float) -> str:
        return f"{minus(low)} to {minus(high)} mV"

    assert f"E_rev of the channel, {minus(figures.true_mV())} mV" in words
    assert f"E_rev is {minus(none.e_rev_mV)} mV, that of the whole current" in words
    assert f"Its interval, {interval(none.ci_low_mV, none.ci_high_mV)}, does not contain the channel's" in words
    assert not none.ci_low_mV < figures.true_mV() < none.ci_high_mV
    assert f"The range {interval(none.channel_low_mV, none.channel_high_mV)} does" in words
    assert none.channel_low_mV < figures.true_mV() < none.channel_high_mV
    assert f"E_rev is {minus(stated.e_rev_mV)} mV ({interval(stated.ci_low_mV, stated.ci_high_mV)})" in words
    assert stated.ci_low_mV < figures.true_mV() < stated.ci_high_mV
    assert f"E_rev is {minus(wrong.e_rev_mV)} mV. The difference" in words
    assert f"a recording with blocker is {minus(blocker.e_rev_mV)} mV" in words


def test_the_figures_are_those_that_the_code_draws(root: Path, figures: ModuleType) -> None:
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^(matplotlib|numpy)==([\d.]+)", lock, re.MULTILINE)
    other = [name for name in dict(pinned) if (name, importlib.metadata.version(name)) not in pinned]
    if other:
        pytest.skip(f"the figures were drawn with the versions of requirements.lock, not with this {other[0]}")
    stale = [path.name for path, text in figures.figures().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run: make docs"


def test_every_figure_of_the_page_is_drawn(root: Path, figures: ModuleType) -> None:
    page = (root / "docs/explanations/seal_leak.md").read_text(encoding="utf-8")
    named = {root / "docs/explanations" / name for name in re.findall(r"!\[[^]]+\]\(([^)]+)\)", page)}
    assert named == set(figures.figures()) == set((root / "docs/explanations/figures").iterdir())
