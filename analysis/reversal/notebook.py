"""Reversal in a notebook: read a file, measure it, and get the tables of a project as data frames.

``from reversal.notebook import read, measure, results``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from reversal.errors import Refusal, nearest
from reversal.experiment.configuration import Configuration, Experiment
from reversal.experiment.faults import all_in_one, refusals
from reversal.experiment.ion_names import with_named_ions
from reversal.experiment.ion_table import IonTable, ion_table
from reversal.experiment.protocols import Protocol
from reversal.experiment.recipe import Recipe, with_named_parts
from reversal.experiment.recording_configuration import with_sides
from reversal.experiment.solutions import Solution, balanced
from reversal.experiment.step_settings import CellSettings, IonFacts, SheetEntry, SheetRow
from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.measure.measure_cell import measure_cell
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import Recording
from reversal.recordings.recording.store import Ingested
from reversal.tables.results import CellMeasures

if TYPE_CHECKING:
    import pandas

NEUTRALITY_mM = 0.5  # as the default of a project
RECORDING = "recording"  # the names of the only row
RECIPE_KEYS = set(Recipe.model_fields)


def read(
    path: str | Path,
    *,
    channel: str | None = None,
    sweeps: str | None = None,
    protocol: Mapping[str, Any] | None = None,
    stimulus_dirs: tuple[str | Path, ...] = (),
) -> Recording:
    """Read one recording of any supported format.

    channel : current channel, series or electrode, if the file has more than one
    sweeps : sweeps to use, such as "1-9,12"
    protocol : declared command, as in a configuration, if the file does not contain it

    Raises Refusal with the reason if the file is not a voltage-clamp recording.
    """
    declared = None if protocol is None else _valid(Protocol, protocol, "protocol")
    options = ReadingOptions(
        channel=channel,
        protocol=declared,
        sweeps=None if sweeps is None else sweep_ranges(sweeps),
        stimulus_dirs=tuple(Path(folder) for folder in stimulus_dirs),
    )
    return read_recording(Path(path), options)


@dataclass(frozen=True)
class Measurement:
    """Result of :func:`measure`; ``tables`` are those that a run writes for a cell, with one recording."""

    tables: CellMeasures
    ion: str
    out_mM: float
    in_mM: float
    temperature_C: float

    @property
    def e_rev_mV(self) -> float | None:
        """Reversal potential [mV]; None if there is none, with the reason in ``reason``."""
        return self.tables.reversals[0].e_rev_mV if self.tables.reversals else None

    @property
    def interval_mV(self) -> tuple[float, float] | None:
        """95 % interval of the reversal potential [mV]."""
        row = self.tables.reversals[0] if self.tables.reversals else None
        return (
            None if row is None or row.ci_low_mV is None or row.ci_high_mV is None else (row.ci_low_mV, row.ci_high_mV)
        )

    @property
    def status(self) -> str:
        """``ok``, ``flagged``, ``no reversal in range``, ``excluded`` or ``failed``."""
        return str(self.tables.recordings[0].status)

    @property
    def findings(self) -> tuple[str, ...]:
        """Every finding about the recording, in words."""
        return tuple(dict.fromkeys(row.sentence for row in self.tables.findings))

    def to_frame(self) -> pandas.DataFrame:
        """The I–V curve with temperature, ion and its concentrations in every row."""
        frame = _frame([row.model_dump() for row in self.tables.iv])
        return frame.assign(temperature_C=self.temperature_C, ion=self.ion, out_mM=self.out_mM, in_mM=self.in_mM)


def measure(
    recording: Recording,
    *,
    bath: Mapping[str, Any],
    pipette: Mapping[str, Any],
    temperature_C: float,
    experiment: Mapping[str, Any] | None = None,
    ions: str | Path | None = None,
    **sheet: Any,
) -> Measurement:
    """Measure the I–V curve and the reversal potential of one recording.

    bath, pipette : concentrations by ion [mM], or a recipe as in a solutions file
    experiment : settings as in a configuration, such as {"ion": "Cl", "permeant": ["Cl"], "reference": "Cl"}
    ions : your own ion table
    sheet : further columns of the recording sheet, such as rs_MOhm=8, zeroing_bath="bath" or seal_GOhm=5

    >>> import tempfile
    >>> from reversal.simulate.synthetic_night import planned_night
    >>> from reversal.simulate.rig import record
    >>> from reversal.simulate.write_abf2 import write_abf2
    >>> one = next(planned_night())
    >>> made = record(one.cell, one.amplifier, one.conditions, one.protocol, one.seed)
    >>> path = Path(tempfile.mkdtemp()) / "one.abf"
    >>> write_abf2(path, one.protocol, made.counts, one.amplifier, one.notes)
    >>> recipes = dict(bath=one.conditions.bath.ions_mM, pipette=one.conditions.pipette.ions_mM)
    >>> found = measure(read(path), **recipes, temperature_C=one.conditions.temperature_C, rs_compensation=0.75)
    >>> found.interval_mV[0] < found.e_rev_mV < found.interval_mV[1]
    True

    Raises Refusal for a recipe or a setting that is not valid.
    """
    table = ion_table(None if ions is None else Path(ions))
    declared = with_named_ions({"experiments": {"default": dict(experiment or {})}}, table)
    settings = _valid(Configuration, declared, "experiment").experiments["default"]
    solutions = {name: _solution(name, recipe, table) for name, recipe in (("bath", bath), ("pipette", pipette))}
    row = {"recording": RECORDING, "cell": "cell", "file": recording.file, "bath": "bath", "pipette": "pipette"}
    entry = _valid(SheetEntry, {**row, "temperature_C": temperature_C, **sheet}, "the recording")
    entry = with_sides(entry, settings)
    outcome = Ingested(RECORDING, recording, None, recording.sha256)
    tables = measure_cell([outcome], _cell_settings(entry, settings, solutions, table))
    inside = solutions["pipette"]
    return Measurement(
        tables, settings.ion, solutions["bath"].free(settings.ion), inside.free(settings.ion), temperature_C
    )


def _cell_settings(
    entry: SheetEntry, experiment: Experiment, solutions: dict[str, Solution], table: IonTable
) -> CellSettings:
    names = {ion for one in solutions.values() for ion in one.ions_mM}
    names |= {experiment.ion, experiment.reference, *experiment.permeant, *experiment.divalents}
    return CellSettings(
        cell=entry.cell,
        sheet_rows=(SheetRow(row=1, recording=RECORDING, cell=entry.cell, experiment="default", entry=entry),),
        experiments={"default": experiment},
        solutions=solutions,
        ions={name: IonFacts.of(table[name]) for name in sorted(names)},
    )


def _solution(name: str, recipe: Mapping[str, Any], table: IonTable) -> Solution:
    written = dict(recipe) if set(recipe) & RECIPE_KEYS else {"ions_mM": dict(recipe)}
    made = _valid(Recipe, with_named_parts(written, table, name), name)
    return balanced(name, made.solution(name, table), table, NEUTRALITY_mM)


def _valid(model: type[BaseModel], declared: Mapping[str, Any], what: str) -> Any:
    try:
        return model.model_validate(declared)
    except ValidationError as error:
        raise all_in_one(refusals(error, model, what)) from None


@dataclass(frozen=True)
class Results:
    """The tables of a project that was run."""

    folder: Path

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """Names of the cells that have tables."""
        return tuple(sorted(path.name for path in (self.folder / "cells").glob("*") if path.is_dir()))

    def to_frame(self, table: str, cell: str | None = None) -> pandas.DataFrame:
        """A table as a data frame, of the cohort or of one cell; an empty value is NaN.

        table : name of the CSV file, such as "reversals" or "iv"
        """
        folder = self.folder / "cohort" if cell is None else self.folder / "cells" / cell
        path = folder / f"{table}.csv"
        if not path.is_file():
            known = sorted(other.stem for other in folder.glob("*.csv"))
            raise Refusal("there is no such table", file=path, remedy=nearest(table, known))
        frame: pandas.DataFrame = _pandas().read_csv(path)
        return frame


def results(folder: str | Path = "results") -> Results:
    """The tables in the results folder of a project."""
    path = Path(folder)
    if not (path / "cohort").is_dir():
        raise Refusal("there are no tables of a run", file=path, remedy="Run `reversal run` first")
    return Results(path)


def _frame(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    frame: pandas.DataFrame = _pandas().DataFrame(rows)
    return frame


def _pandas() -> Any:
    try:
        import pandas
    except ImportError:
        raise Refusal("data frames need the library pandas", remedy="Run: pip install pandas") from None
    return pandas
