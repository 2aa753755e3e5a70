"""Published parameters of Pitzer's equations at 25 °C, for α = 2 and b = 1.2.

Sources: salts, Pitzer & Mayorga, J. Phys. Chem. 77:2300 (1973); θ and ψ with Na–K, Ca–Na, Ca–K and Mg–Na, Harvie,
Møller & Weare, Geochim. Cosmochim. Acta 48:723 (1984); the other θ, Pitzer & Kim, J. Am. Chem. Soc. 96:5701 (1974).
"""

from __future__ import annotations

from typing import NamedTuple


class Salt(NamedTuple):
    """β⁽⁰⁾, β⁽¹⁾ [kg/mol] and C^φ [kg²/mol²] of one salt."""

    beta0: float
    beta1: float
    c_phi: float


# (cation, anion): parameters
SALTS: dict[tuple[str, str], Salt] = {
    ("Li", "Cl"): Salt(0.1494, 0.3074, 0.00359),
    ("Na", "Cl"): Salt(0.0765, 0.2664, 0.00127),
    ("K", "Cl"): Salt(0.04835, 0.2122, -0.00084),
    ("Rb", "Cl"): Salt(0.0441, 0.1483, -0.00101),
    ("Cs", "Cl"): Salt(0.03, 0.0558, 0.00038),
    ("K", "F"): Salt(0.08089, 0.2021, 0.00093),
    ("Na", "F"): Salt(0.0215, 0.2107, 0),
    ("Cs", "F"): Salt(0.1306, 0.257, -0.0043),
    ("K", "Br"): Salt(0.0569, 0.2212, -0.0018),
    ("Mg", "Cl"): Salt(0.35235, 1.6815, 0.00519193),
    ("Ca", "Cl"): Salt(0.3159, 1.614, -0.000339411),
    ("K", "H2PO4"): Salt(-0.0678, -0.1042, 0),
    ("Na", "H2PO4"): Salt(-0.0533, 0.0396, 0.00795),
    ("Na", "SO4"): Salt(0.019575, 1.113, 0.0049745),
    ("K", "SO4"): Salt(0.04995, 0.77925, 0),
}

# θ of two ions of the same sign [kg/mol]
THETA: dict[frozenset[str], float] = {
    frozenset(("K", "Na")): -0.012,
    frozenset(("Ca", "Na")): 0.07,
    frozenset(("Ca", "K")): 0.032,
    frozenset(("Mg", "Na")): 0.07,
    frozenset(("Cs", "K")): 0.0,
    frozenset(("Cs", "Na")): -0.033,
    frozenset(("Li", "Na")): 0.012,
    frozenset(("K", "Li")): -0.022,
}

# ψ of two ions of the same sign with one of the opposite sign [kg²/mol²]
TRIPLETS: dict[tuple[frozenset[str], str], float] = {
    (frozenset(("K", "Na")), "Cl"): -0.0018,
    (frozenset(("Ca", "Na")), "Cl"): -0.007,
    (frozenset(("Ca", "K")), "Cl"): -0.025,
}
