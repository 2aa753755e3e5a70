"""Reversal in a notebook: read a file, measure it, and get the tables of a project as data frames.

``import reversal``: ``reversal.read``, ``reversal.measure``, ``reversal.project``, ``reversal.results``,
``reversal.iv_figure``, ``reversal.series_figure``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from reversal.errors import Refusal, nearest
from reversal.experiment.configuration import Configuration, Experiment
from reversal.experiment.faults import all_in_one, refusals
from reversal.experiment.ion_names import with_named_ions
from reversal.experiment.ion_table import IonTable, ion_table
from reversal.experiment.project import Project, load_project, read_configuration
from reversal.experiment.protocols import Protocol
from reversal.experiment.raw_file import recording_path
from reversal.experiment.recipe import Recipe, with_named_parts
from reversal.experiment.recording_configuration import with_sides
from reversal.experiment.solutions import Solution, balanced
from reversal.experiment.step_settings import CellSettings, IonFacts, SheetEntry, SheetRow
from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.fit.fit_cell import fit_cell
from reversal.measure.measure_cell import measure_cell
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.ingest_cell import ingest_cell, reading_options
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import Recording
from reversal.recordings.recording.store import Ingested
from reversal.tables.curves_table import CurvePoint
from reversal.tables.results import CellFits, CellMeasures
from reversal.tables.whole_file import whole_file

if TYPE_CHECKING:
    import pandas

    from reversal.report.figure.changed_side import SeriesSide

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
        """The I–V curve with bath, temperature, ion and its concentrations in every row."""
        frame = _frame([row.model_dump() for row in self.tables.iv])
        facts = {"bath": "bath", "pipette": "pipette", "temperature_C": self.temperature_C}
        return frame.assign(**facts, ion=self.ion, out_mM=self.out_mM, in_mM=self.in_mM)

    def figure(self) -> Picture:
        """The I–V curve."""
        return iv_figure(self.tables)


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
class CellTables:
    """Tables of a cell that was measured in a notebook: those that a run writes."""

    measures: CellMeasures
    fits: CellFits

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tables."""
        return tuple(field.name for made in (self.measures, self.fits) for field in fields(made))

    def to_frame(self, table: str) -> pandas.DataFrame:
        """A table as a data frame; the I–V with bath, temperature, ion and concentrations in every row."""
        if table not in self.names:
            raise Refusal("there is no such table", found=table, remedy=nearest(table, self.names))
        made = self.measures if hasattr(self.measures, table) else self.fits
        frame = _frame([row.model_dump() for row in getattr(made, table)])
        return _with_facts(frame, self.to_frame("reversals")) if table == "iv" and len(frame) else frame


@dataclass(frozen=True)
class NotebookCell:
    """A cell of a project."""

    project: Project
    name: str

    @property
    def recordings(self) -> tuple[str, ...]:
        """Names of its recordings that have a valid row."""
        return tuple(row.recording for row in self.project.rows_of(self.name) if row.entry is not None)

    def recording(self, name: str) -> Recording:
        """Read a recording as a run does. Raises Refusal with the reason if it cannot be read."""
        settings = self.project.reading_settings(self.name)
        if name not in settings.files:
            raise Refusal("the cell has no such recording", found=name, remedy=nearest(name, settings.files))
        declared = self.project.configuration
        path = recording_path(declared.raw_dir, settings.files[name].file, declared.allow_outside_raw_dir)
        return read_recording(path, reading_options(settings, name))

    def measure(self) -> CellTables:
        """Read, measure and fit the cell as a run does, without writing a file."""
        reading, measuring = self.project.reading_settings(self.name), self.project.measuring_settings(self.name)
        measures = measure_cell(list(ingest_cell(reading)), measuring)
        return CellTables(measures, fit_cell(measures.reversals, self.project.fitting_settings(self.name), measures.iv))


@dataclass(frozen=True)
class NotebookProject:
    """A project: its cells, and the tables of its last run."""

    checked: Project

    @property
    def cells(self) -> tuple[str, ...]:
        """Names of the cells, in the order of the sheet."""
        return self.checked.cells

    def cell(self, name: str) -> NotebookCell:
        """A cell by its name."""
        if name not in self.cells:
            raise Refusal("the project has no such cell", found=name, remedy=nearest(name, self.cells))
        return NotebookCell(self.checked, name)

    @property
    def results(self) -> Results:
        """The tables of the last run."""
        return results(self.checked.configuration.results_dir)

    def to_frame(self) -> pandas.DataFrame:
        """The valid rows of the recording sheet."""
        rows = [row.entry.model_dump() for row in self.checked.sheet_rows if row.entry is not None]
        return _frame(
            [{**{k: v for k, v in row.items() if k not in ("extra", "points")}, **row["extra"]} for row in rows]
        )


def project(config: str | Path = "config/config.yaml") -> NotebookProject:
    """Open a project. Paths in its configuration start in the present folder, as in a run.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "solutions.yaml").write_text("b: {salts_mM: {KCl: 5, NaCl: 145}}\\np: {salts_mM: {KCl: 150}}\\n")
    >>> title = "recording\\tcell\\tbath\\tpipette\\ttemperature_C\\te_rev_mV\\te_rev_sd_mV\\n"
    >>> _ = (folder / "recordings.tsv").write_text(title + "r1\\tc1\\tb\\tp\\t22\\t-80\\t1\\n")
    >>> text = f"recordings: {folder}/recordings.tsv\\nsolutions: {folder}/solutions.yaml\\nraw_dir: {folder}\\n"
    >>> _ = (folder / "config.yaml").write_text(text)
    >>> opened = project(folder / "config.yaml")
    >>> opened.cells
    ('c1',)
    >>> float(opened.cell("c1").measure().to_frame("reversals")["e_rev_mV"].iloc[0]) < -60
    True

    Raises Refusal for faults that affect the whole project.
    """
    return NotebookProject(load_project(read_configuration(Path(config)), str(config)))


@dataclass(frozen=True)
class Picture:
    """A figure as SVG; a notebook shows it."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | Path) -> None:
        """Write the figure as an SVG file."""
        with whole_file(Path(path)) as target:
            target.write_text(self.svg, encoding="utf-8")


def iv_figure(tables: CellMeasures | CellTables) -> Picture:
    """I–V curves of the tables of a cell, by the concentration that changes."""
    from reversal.report.cell.iv_figure import iv_family

    measures = tables.measures if isinstance(tables, CellTables) else tables
    seen = _seen(measures, ())
    drawing = iv_family(measures.iv, seen.reversals, seen.label, "iv")
    return Picture(drawing.svg_file("Current-voltage curves"))


def series_figure(tables: CellTables) -> Picture:
    """Reversal potentials of a cell against the concentration that changes, with the Nernst and GHK curves."""
    from reversal.report.cell.series_figure import reversal_series

    drawing = reversal_series(_seen(tables.measures, tables.fits.curves), "series")
    return Picture(drawing.svg_file("Reversal potential against concentration"))


def _seen(measures: CellMeasures, curves: Sequence[CurvePoint]) -> SeriesSide:
    """Reversal potentials and curves against the concentration that changes."""
    from reversal.report.figure.changed_side import against_changed_side

    ions = dict.fromkeys(row.ion for row in measures.reversals)
    return against_changed_side(measures.reversals, curves, ", ".join(ions))


def _with_facts(iv: pandas.DataFrame, reversals: pandas.DataFrame) -> pandas.DataFrame:
    """I–V points with bath, temperature, ion and concentrations of their recordings."""
    keys, facts = ["cell", "recording"], ["bath", "pipette", "temperature_C", "ion", "out_mM", "in_mM"]
    missing = [name for name in facts if name not in iv.columns]
    if not missing or not {*keys, *missing} <= {*reversals.columns, *iv.columns}:
        return iv
    return iv.merge(reversals[[*keys, *missing]].drop_duplicates(keys), on=keys, how="left")


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

        The I–V has bath, temperature, ion and concentrations in every row.

        table : name of the CSV file, such as "reversals" or "iv"
        """
        folder = self.folder / "cohort" if cell is None else self.folder / "cells" / cell
        path = folder / f"{table}.csv"
        if not path.is_file():
            known = sorted(other.stem for other in folder.glob("*.csv"))
            raise Refusal("there is no such table", file=path, remedy=nearest(table, known))
        frame: pandas.DataFrame = _pandas().read_csv(path)
        of_recordings = folder / "reversals.csv"
        if table == "iv" and of_recordings.is_file():
            return _with_facts(frame, _pandas().read_csv(of_recordings))
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
