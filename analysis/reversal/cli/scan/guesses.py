"""Guesses of solutions, condition, experiment and temperature from what a recording shows, each with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from reversal.cli.scan.found import Found
from reversal.cli.scan.words import ROOM, concentrations_mM, named_by, temperatures_C
from reversal.experiment.configuration import Configuration
from reversal.experiment.declared_values import INSIDE_CATIONS
from reversal.experiment.scan_rules import Fill, Words
from reversal.experiment.solutions import Solution
from reversal.physics.ranges import TEMPERATURE

CONDITIONS: Words = {
    "washout": ["wash", "washout", "wash out"],
    "drug": ["drug"],
    "blocked": ["block", "blocked", "blocker"],
    **{name: [name] for name in ("TTX", "TEA", "4-AP", "ZD7288", "XE991", "E-4031", "Ba2+", "Cd2+", "Cs+")},
    "control": ["control", "ctrl", "ctl", "baseline"],
}  # fmt: skip
NOT_AGREED = "the texts do not agree"
CONCENTRATION_TOLERANCE = 1e-3  # relative


@dataclass(frozen=True, slots=True)
class Guess:
    """A value for a column, or none, and why.

    is_measured : the file contains the value, so that it is no guess
    contradicts : texts name different values
    """

    value: str | None
    why: str
    is_measured: bool = False
    contradicts: bool = False


@dataclass(frozen=True, slots=True)
class SolutionRoles:
    """Solutions of the project that may be baths and pipettes."""

    baths: Mapping[str, Solution | None]
    pipettes: Mapping[str, Solution | None]


def solutions_of(configuration: Configuration, solutions: Mapping[str, Solution | None]) -> SolutionRoles:
    """Sort the solutions: pipettes are those of the rules, else those with more K⁺ or Cs⁺ than Na⁺."""
    rules = configuration.scan
    declared = {*rules.pipette, *([rules.fill.pipette] if rules.fill.pipette else [])}
    pipettes = {name for name, one in solutions.items() if (name in declared if declared else _is_inside(one))}
    pipettes -= set(rules.bath)
    return SolutionRoles(
        {name: one for name, one in solutions.items() if name not in pipettes},
        {name: one for name, one in solutions.items() if name in pipettes},
    )


def _is_inside(solution: Solution | None) -> bool:
    if solution is None:
        return False
    return sum(solution.total_mM(ion) for ion in INSIDE_CATIONS) > solution.total_mM("Na")


def guesses_for(found: Found, configuration: Configuration, solutions: SolutionRoles) -> dict[str, Guess]:
    """A guess for each column that files can say something about."""
    rules = configuration.scan
    guesses = {
        "bath": _bath(found, configuration, solutions),
        "pipette": _pipette(found, rules.pipette, solutions),
        "temperature_C": _temperature(found),
    }
    condition = _by_words(found, {**CONDITIONS, **rules.condition}, "condition")
    guesses["condition"] = condition if condition.why else Guess(None, "no text names one; empty means control")
    experiments = {name: [name] for name in configuration.experiments if name != "default"} | rules.experiment
    experiment = _by_words(found, experiments, "experiment")
    if experiment.why or "default" not in configuration.experiments:
        guesses["experiment"] = experiment
    filled = {column: _filled(column, guess, rules.fill) for column, guess in guesses.items()}
    return {**filled, **_membrane_test(found)}


def _membrane_test(found: Found) -> dict[str, Guess]:
    """R_s and C_m of the membrane test, each if the amplifier did not telegraph it.

    The test measures what compensation left of R_s. Without the compensated part, R_s before compensation is not known.
    """
    passive, telegraph = found.passive, found.telegraph
    if passive is None or passive.test is None:
        return {}
    guesses = {}
    if passive.test.cm_pF is not None and telegraph.cm_pF is None:
        guesses["cm_pF"] = Guess(f"{passive.test.cm_pF.value:.4g}", "membrane test")
    if passive.rs is not None and telegraph.rs_MOhm is None:
        guess = Guess(f"{passive.rs.rs_MOhm:.4g}", "membrane test")
        if telegraph.rs_compensation is None:
            left = f"membrane test: {passive.rs.residual_MOhm:.4g} MΩ after compensation, which the file does not state"
            guess = Guess(None, left)
        guesses["rs_MOhm"] = guess
    return guesses


def _filled(column: str, guess: Guess, fill: Fill) -> Guess:
    value = getattr(fill, column)
    if guess.value is not None or value is None or guess.contradicts:
        return guess
    return Guess(f"{value:g}" if isinstance(value, float) else value, "scan.fill")


def _bath(found: Found, configuration: Configuration, solutions: SolutionRoles) -> Guess:
    words = {name: [name] for name in solutions.baths}
    for name, more in configuration.scan.bath.items():
        words[name] = [*words.get(name, []), *more]
    ions = dict.fromkeys(experiment.ion for experiment in configuration.experiments.values())

    def names_in(text: str) -> list[str]:
        """Solutions by their names; in a text without a name, by the concentration of the ion that is varied."""
        return list(named_by(text, words)) or [
            names[0] if len(names) == 1 else f"? {len(names)} solutions with {mM:g} mM {ion}"
            for ion in ions
            for mM in concentrations_mM(text, ion)
            for names in [_with_concentration(solutions.baths, ion, mM)]
        ]

    guess = _agreed(found, names_in, "bath", ("protocol",))
    return guess if guess.why else _only_one(solutions.baths, "bath")


def _with_concentration(baths: Mapping[str, Solution | None], ion: str, mM: float) -> list[str]:
    return [
        name
        for name, one in baths.items()
        if one is not None and mM > 0 and abs(one.total_mM(ion) - mM) <= CONCENTRATION_TOLERANCE * mM
    ]


def _pipette(found: Found, rules: Words, solutions: SolutionRoles) -> Guess:
    words = {name: [name, *rules.get(name, [])] for name in solutions.pipettes}
    by_word = _by_words(found, words, "pipette")
    return by_word if by_word.why else _only_one(solutions.pipettes, "pipette")


def _only_one(solutions: Mapping[str, Solution | None], role: str) -> Guess:
    if len(solutions) == 1:
        return Guess(next(iter(solutions)), f"the only {role} solution")
    return Guess(None, f"no text names one of {len(solutions)} solutions" if solutions else f"no {role} solution")


def _temperature(found: Found) -> Guess:
    if found.temperature_C is not None:
        return Guess(f"{found.temperature_C:.1f}", f"channel {found.thermometer!r}", is_measured=True)

    def possible(text: str) -> list[str]:
        return [f"{celsius:g}" for celsius in temperatures_C(text) if TEMPERATURE.low < celsius <= TEMPERATURE.high]

    guess = _agreed(found, possible, "temperature", ("protocol",))
    if guess.why:
        return guess
    has_room = any(ROOM.search(text) for text in found.texts.values())
    return Guess(None, "only 'room temperature' is written" if has_room else "no thermometer channel, no text names it")


def _by_words(found: Found, words: Mapping[str, Sequence[str]], what: str, without: Iterable[str] = ()) -> Guess:
    return _agreed(found, lambda text: list(named_by(text, words)), what, without)


def _agreed(found: Found, read: Callable[[str], list[str]], what: str, without: Iterable[str] = ()) -> Guess:
    """The one value that all texts agree on; a text with several, or two texts that differ, leave a gap."""
    by_source = {
        source: values for source, text in found.texts.items() if source not in without and (values := read(text))
    }
    if not by_source:
        return Guess(None, "")
    values = list(dict.fromkeys(value for values in by_source.values() for value in values))
    if len(values) == 1 and not values[0].startswith("?"):
        return Guess(values[0], ", ".join(by_source))
    said = "; ".join(f"{source}: {', '.join(values)}" for source, values in by_source.items())
    return Guess(None, f"{NOT_AGREED} on one {what} ({said})", contradicts=True)
