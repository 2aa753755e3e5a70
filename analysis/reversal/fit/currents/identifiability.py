"""Parameters of the fit to the currents that the baths do not determine, and the parts of the model confused with them.

If K⁺ replaces Na⁺ and Cl⁻ is the same everywhere, a larger permeability of Cl⁻ changes all currents as smaller ones of
K⁺ and Na⁺ do. The misfit then has a flat valley: each point of it fits equally well, and a fit stops anywhere in it.
Leaving a bath out does not show the valley, because the fit without it starts, and stays, where the other one stopped.
The curvature of the misfit shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.fit.fit_constants import MIN_INDEPENDENT_EFFECT

Part = int | str
"""Part of the model of the currents: the column of an ion in ``unit_pA``, or :data:`GATE` or :data:`LEAK`."""
GATE, LEAK = "gate", "leak"


@dataclass(frozen=True, slots=True)
class Effects:
    """Effects of small changes of the parameters on the weighted currents.

    columns : (sets, n, k) derivatives by each parameter, each in any unit
    parts : (k,) part of the model to which each parameter belongs
    """

    columns: FloatArray
    parts: tuple[Part, ...]

    def without(self, part: Part) -> Effects:
        """The effects if the parameters of a part were known."""
        keep = [k for k, name in enumerate(self.parts) if name != part]
        return Effects(self.columns[..., keep], tuple(self.parts[k] for k in keep))


@dataclass(frozen=True, slots=True)
class Unidentified:
    """Parameters that the baths do not determine, each with the parts of the model that are confused with one another.

    ratios : parts by position of the free ion
    without_bath : numbers of the baths without each of which a ratio is not determined, by position of the free ion
    p_reference, leak : parts; empty if the parameter is determined, or not in the model
    """

    ratios: Mapping[int, tuple[Part, ...]] = field(default_factory=dict)
    without_bath: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    p_reference: tuple[Part, ...] = ()
    leak: tuple[Part, ...] = ()


def unidentified(effects: Effects, positions: Sequence[int], kept: NDArray[np.bool_]) -> Unidentified:
    """What the points do not determine, all together and, for the ratios, without each bath in turn.

    effects : of all points;  the first parameter is the permeability of the reference ion
    positions : of the log ratios among the parameters;  kept : (baths, n) points that remain without each bath
    """
    without_each = Effects(effects.columns * kept[..., None], effects.parts)
    identified = {k: is_identified(effects, k).all() for k in positions}
    without = {k: np.flatnonzero(~is_identified(without_each, k)) for k in positions if identified[k]}
    first = positions[0]
    leak = effects.parts.index(LEAK) if LEAK in effects.parts else None
    return Unidentified(
        ratios={k - first: confused_parts(effects, k) for k, known in identified.items() if not known},
        without_bath={k - first: tuple(baths.tolist()) for k, baths in without.items() if baths.size},
        p_reference=() if is_identified(effects, 0).all() else confused_parts(effects, 0),
        leak=() if leak is None or is_identified(effects, leak).all() else confused_parts(effects, leak),
    )


def is_identified(effects: Effects, position: int) -> NDArray[np.bool_]:
    """Whether each set of points (sets,) determines the parameter at ``position``."""
    return independent_effect(effects.columns, position) >= MIN_INDEPENDENT_EFFECT


def independent_effect(columns: FloatArray, position: int) -> FloatArray:
    """Fraction (sets,) of the effect of a parameter that changes of the others cannot imitate.

    It is the sine of the angle between the column of the parameter and the space of the others; the curvature of the
    misfit along the parameter, with the others fitted again, is its square. 0 for a parameter without effect.
    """
    size = np.linalg.norm(columns, axis=-2, keepdims=True)
    unit = np.divide(columns, size, out=np.zeros_like(columns), where=size > 0)
    others, own = np.delete(unit, position, axis=-1), unit[..., position]
    directions, sizes, _ = np.linalg.svd(others, full_matrices=False)
    # a combination of others that itself has hardly an effect cannot imitate anything
    directions = directions * (sizes > MIN_INDEPENDENT_EFFECT)[..., None, :]
    imitated = (directions @ (directions.swapaxes(-1, -2) @ own[..., None]))[..., 0]
    return np.asarray(np.linalg.norm(own - imitated, axis=-1))


def confused_parts(effects: Effects, position: int) -> tuple[Part, ...]:
    """Parts of the model that the points of one set do not distinguish, that of the parameter first.

    They are the parts without which the parameter would be determined; all ions if more than one part must be known;
    the part of the parameter alone if the parameter has no effect.
    """
    own = effects.parts[position]
    if not effects.columns[..., position].any():
        return (own,)
    others = [part for part in dict.fromkeys(effects.parts) if part != own]
    confused = [part for part in others if _identified_without(effects, position, part)]
    return (own, *(confused or [part for part in others if part not in (GATE, LEAK)]))


def _identified_without(effects: Effects, position: int, part: Part) -> bool:
    rest = effects.without(part)
    before = [k for k, name in enumerate(effects.parts) if name != part]
    return bool(is_identified(rest, before.index(position)).all())
