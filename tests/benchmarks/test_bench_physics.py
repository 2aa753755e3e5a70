"""A million parameter sets in under a second on one core: Nernst, GHK current and voltage, compared with NEURON."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from reversal.physics.ghk_constant_field import PA_PER_PERMEABILITY_AND_MM, ghk_current, ghk_voltage_mV
from reversal.physics.nernst import nernst_mV

pytestmark = pytest.mark.long

SETS = 1_000_000
LOOPED = 20_000  # evaluated in a loop; its time is scaled to SETS
LIMIT_S = 1.0


@pytest.fixture(scope="module")
def draw():
    random = np.random.default_rng(20)
    return {
        "p": 10 ** random.uniform(-3, 1, (SETS, 3)),
        "out": random.uniform(0.1, 150, (SETS, 3)),
        "in": random.uniform(0.1, 150, (SETS, 3)),
        "v": random.uniform(-150, 150, SETS),
    }


def best_s(function, times=3):
    spans = []
    for _ in range(times):
        start = time.process_time()
        function()
        spans.append(time.process_time() - start)
    return min(spans)


def print_times(name, ours_s, others):
    comparison = ", ".join(f"{other} {seconds:.2f} s ({seconds / ours_s:.0f}×)" for other, seconds in others.items())
    print(f"\n{name}: {ours_s:.3f} s for {SETS:,} sets" + (f"; {comparison}" if comparison else ""))


def scaled(function):
    return best_s(function, 1) * SETS / LOOPED


def plain_nernst(out, inside):
    return [25.2617 * math.log(o / i) for o, i in zip(out, inside, strict=True)]


def plain_current(v, out, inside):
    result = []
    for volts, o, i in zip(v, out, inside, strict=True):
        u = volts / 25.2617
        result.append(u * (i - o * math.exp(-u)) / (1 - math.exp(-u)))
    return result


def plain_voltage(p, out, inside):
    return [
        25.2617 * math.log((a * o1 + b * o2 + c * i3) / (a * i1 + b * i2 + c * o3))
        for (a, b, c), (o1, o2, o3), (i1, i2, i3) in zip(p, out, inside, strict=True)
    ]


@pytest.fixture(scope="module")
def neuron():
    hoc = pytest.importorskip("neuron").h
    hoc.celsius = 20
    return hoc


def test_nernst(draw, neuron):
    out, inside = draw["out"][:, 0], draw["in"][:, 0]
    some = out[:LOOPED].tolist(), inside[:LOOPED].tolist()
    ours = best_s(lambda: nernst_mV(out, inside, 1, 20))
    others = {
        "NEURON nernst": scaled(lambda: [neuron.nernst(i, o, 1) for o, i in zip(*some, strict=True)]),
        "plain loop": scaled(lambda: plain_nernst(*some)),
    }
    print_times("Nernst", ours, others)
    theirs = [neuron.nernst(i, o, 1) for o, i in zip(*some, strict=True)]
    np.testing.assert_allclose(nernst_mV(*some, 1, 20), theirs, rtol=1e-6)
    assert ours < LIMIT_S


def test_ghk_current(draw, neuron):
    v, out, inside = draw["v"], draw["out"][:, 0], draw["in"][:, 0]
    some = v[:LOOPED].tolist(), out[:LOOPED].tolist(), inside[:LOOPED].tolist()
    ours = best_s(lambda: ghk_current(v, 1.0, out, inside, 2, 20))
    others = {
        "NEURON ghk": scaled(lambda: [neuron.ghk(u, i, o, 2) for u, o, i in zip(*some, strict=True)]),
        "plain loop": scaled(lambda: plain_current(*some)),
    }
    print_times("GHK current", ours, others)
    theirs = [neuron.ghk(u, i, o, 2) for u, o, i in zip(*some, strict=True)]
    per_litre = ghk_current(*some[:1], 1.0, *some[1:], 2, 20) / PA_PER_PERMEABILITY_AND_MM * 96.48533212
    np.testing.assert_allclose(per_litre, theirs, rtol=1e-6, atol=1e-3)
    assert ours < LIMIT_S


@pytest.mark.parametrize(
    ("name", "z"),
    [
        ("GHK voltage, monovalents", [1, 1, -1]),
        ("E_rev with a divalent", [1, 1, 2]),
        ("E_rev, mixed valences", [1, -2, 3]),
    ],
)
def test_ghk_voltage(draw, name, z):
    p, out, inside = draw["p"], draw["out"], draw["in"]
    ours = best_s(lambda: ghk_voltage_mV(p, out, inside, z, 20))
    others = {}
    if z == [1, 1, -1]:
        some = p[:LOOPED].tolist(), out[:LOOPED].tolist(), inside[:LOOPED].tolist()
        others["plain loop"] = scaled(lambda: plain_voltage(*some))
        np.testing.assert_allclose(ghk_voltage_mV(*some, z, 20), plain_voltage(*some), atol=1e-3)
    print_times(name, ours, others)
    assert ours < LIMIT_S
