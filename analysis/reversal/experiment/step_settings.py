"""Settings of each step: the part of the project it depends on, passed as JSON. A change re-runs the step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from reversal.experiment.closed_model import ClosedModel
from reversal.experiment.configuration import MAX_FILE_MB, Experiment
from reversal.experiment.measure_settings import Window
from reversal.experiment.protocols import Protocol
from reversal.experiment.solutions import Solution
from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.physics.ion import Ion
from reversal.physics.ranges import TEMPERATURE
from reversal.tables.sides import Chamber


class GivenPoint(ClosedModel):
    """One point of an I–V that was measured before."""

    v_mV: float = Field(description="command, or membrane potential if the junction was corrected [mV]")
    i_pA: float = Field(description="current [pA]")
    se_pA: float | None = Field(None, gt=0, description="standard error of the current [pA]")


class SheetEntry(ClosedModel):
    """A valid row of the recording sheet: every value is checked."""

    recording: str = Field(description="unique name of the recording: letters, digits, '.', '_', '-'")
    cell: str = Field(description="name of the recorded cell")
    file: str = Field(
        "", description="path of the file in raw_dir; any characters. Empty if e_rev_mV or I–V points are entered"
    )
    bath: str = Field("", description="bath solution, a name in solutions.yaml; empty for a bilayer")
    pipette: str = Field(
        "", description="pipette solution, a name in solutions.yaml; empty for two electrodes and for a bilayer"
    )
    inside: str | None = Field(
        None,
        description="solution in the cell (cytosol), a name in solutions.yaml; only with `configuration: perforated`, "
        "`cell_attached` or `two_electrode`",
    )
    cis: str | None = Field(None, description="bilayer: solution of the cis chamber, a name in solutions.yaml")
    trans: str | None = Field(None, description="bilayer: solution of the trans chamber, a name in solutions.yaml")
    resting_mV: float | None = Field(
        None, ge=-200, le=200, description="cell-attached: resting potential of the cell [mV]"
    )
    resting_sd_mV: float | None = Field(
        None, ge=0, description="cell-attached: standard deviation of the resting potential [mV]"
    )
    temperature_C: float = Field(
        ge=TEMPERATURE.low, le=TEMPERATURE.high, description="bath temperature [°C]; there is no default"
    )
    experiment: str = Field("default", description="experiment, a name in config.yaml")
    condition: str = Field("control", description="for example control, drug or mutant")
    protocol: str = Field("auto", description="auto: the command is read from the file; else a protocol in config.yaml")
    channel: str | None = Field(
        None,
        description="current channel, if the file has more than one; HEKA: group/number of the series; "
        "NWB: electrode, or electrode/number of the run",
    )
    output: str | None = Field(
        None, description="Axon: output that commands the voltage of the cell, if the header does not show it"
    )
    sweeps: str | None = Field(
        None,
        description="sweeps to use, such as 1-9,12; default: all; with a file for each sweep, their numbers",
    )
    rs_MOhm: float | None = Field(None, gt=0, description="series resistance before compensation [MOhm]")
    rs_compensation: float | None = Field(None, ge=0, le=1, description="fraction of R_s that is compensated, 0 to 1")
    cm_pF: float | None = Field(None, gt=0, description="membrane capacitance [pF]")
    ljp_mV: float | None = Field(
        None, description="measured junction potential of the zeroing bath, bath minus pipette [mV]"
    )
    seal_GOhm: float | None = Field(
        None, gt=0, description="seal resistance, measured before break-in; its leak is subtracted [GOhm]"
    )
    seal_e_mV: float | None = Field(
        None,
        ge=-200,
        le=200,
        description="membrane potential at which the leak of the seal reverses; default: where an open pipette passes "
        "no current [mV]",
    )
    zeroing_bath: str | None = Field(
        None, description="bath in which the pipette potential was zeroed; default: the bath of the recording"
    )
    window_start_ms: float | None = Field(
        None,
        ge=0,
        description="start of the measured window after the start of the epoch; default: window.start_ms of the "
        "experiment [ms]",
    )
    window_stop_ms: float | None = Field(
        None,
        gt=0,
        description="end of the measured window after the start of the epoch; default: window.stop_ms of the "
        "experiment [ms]",
    )
    e_rev_mV: float | None = Field(
        None, ge=-300, le=300, description="reversal potential that was measured before, instead of a file [mV]"
    )
    e_rev_sd_mV: float | None = Field(None, gt=0, description="standard error of e_rev_mV [mV]")
    exclude: str | None = Field(None, description="reason to exclude the recording, or yes")
    guessed: str | None = Field(
        None,
        description="columns of this row that `reversal scan` guessed; delete a name when you have checked its value. "
        "Until then the recording is flagged",
    )
    reviewed: str = Field(
        "",
        description="when a person accepted or excluded the recording, as `reversal review` writes it; no number "
        "depends on it",
    )
    note: str = Field("", description="free text")
    extra: dict[str, str] = Field({}, description="further columns of the sheet")
    outside: str | None = Field(None, description="solution outside if it is not the bath, by the configuration")
    ground: Chamber | None = Field(None, description="chamber of a bilayer with the ground, by the configuration")
    points: tuple[GivenPoint, ...] = Field((), description="I–V points that were measured before, instead of a file")

    @property
    def intracellular(self) -> str:
        """Solution in the cell; in the whole-cell configuration, the cell is dialysed with the pipette solution."""
        return self.inside or self.pipette

    @property
    def extracellular(self) -> str:
        """Solution outside the membrane: the bath, or the pipette solution of a patch that faces the pipette."""
        return self.outside or self.bath

    @field_validator("sweeps")
    @classmethod
    def _sweeps_are_ranges(cls, sweeps: str | None) -> str | None:
        if sweeps is not None:
            sweep_ranges(sweeps)
        return sweeps

    def window_in(self, declared: Window) -> Window:
        """The window of the experiment, with the times of this row where it has its own."""
        times = {"start_ms": self.window_start_ms, "stop_ms": self.window_stop_ms}
        return declared.model_copy(update={name: time for name, time in times.items() if time is not None})

    def without_remarks(self) -> SheetEntry:
        """The entry without note, date of review and further columns, which change no number."""
        return self.model_copy(update={"note": "", "reviewed": "", "extra": {}})


class SheetRow(ClosedModel):
    """A row of the recording sheet as written: a valid entry, or the fault of the row."""

    row: int = Field(description="line of the sheet; the header is line 1")
    recording: str
    cell: str
    experiment: str
    file: str = ""
    entry: SheetEntry | None = None
    fault: str | None = None

    def without_remarks(self) -> SheetRow:
        """The row without note and further columns, which change no number."""
        return self.model_copy(update={"entry": self.entry and self.entry.without_remarks()})


class IonFacts(ClosedModel):
    """Charge and mobility of an ion in the solutions of a cell."""

    z: int
    mobility: float = Field(ge=0, description="generalised mobility relative to K")
    mobility_error: float = Field(0.0, ge=0, description="half the range of a mobility that was estimated")

    @classmethod
    def of(cls, ion: Ion) -> IonFacts:
        """Charge and mobility of an ion of the ion table."""
        return cls(z=ion.z, mobility=ion.mobility, mobility_error=ion.mobility_error)


class FileState(ClosedModel):
    """Size and time of a file that a recording depends on; both are empty if there is no such file."""

    file: str
    size: int | None = None
    modified_ns: int | None = None

    @classmethod
    def of(cls, path: Path) -> FileState:
        """The present state of a file."""
        try:
            found = path.stat()
        except OSError:
            return cls(file=str(path))
        return cls(file=str(path), size=found.st_size, modified_ns=found.st_mtime_ns)


class RecordingFile(ClosedModel):
    """Location of a recording and how to read it, with what shows that the file has changed: it is then read again.

    Files of one protocol have the same size, and a copy of another file can have the same time.
    """

    file: str
    channel: str | None = None
    output: str | None = None
    sweeps: str | None = None
    protocol: str = "auto"
    size: int | None = None
    modified_ns: int | None = None
    ends: str | None = Field(None, description="hash of its start and end, if it can be read")
    others: tuple[FileState, ...] = Field((), description="other files that reading it uses, such as stimulus files")

    @classmethod
    def of(cls, entry: SheetEntry) -> RecordingFile:
        """What is read for a row, without size and time of the file."""
        return cls(
            file=entry.file, channel=entry.channel, output=entry.output, sweeps=entry.sweeps, protocol=entry.protocol
        )


class ReadingSettings(ClosedModel):
    """Settings for reading the recordings of one cell: files, channels, sweeps, declared protocols."""

    cell: str
    raw_dir: str
    files: dict[str, RecordingFile] = Field(description="by recording")
    protocols: dict[str, Protocol] = Field({}, description="declared protocols of the rows of the cell")
    allow_outside_raw_dir: bool = Field(False, description="paths and links may lead out of raw_dir")
    linked_files: Literal["refuse", "follow"] = Field("refuse", description="what to do with links to other files")
    max_file_MB: float = Field(MAX_FILE_MB, description="a larger file is refused before it is opened [10⁶ bytes]")
    stimulus_dirs: tuple[str, ...] = Field((), description="folders that are searched for stimulus files")
    compare_readers: bool = Field(False, description="read Axon files with both pyABF and Neo and compare the samples")

    def request(self, recording: str) -> str:
        """What a recording is read by, as JSON: file, channel, output, sweeps, declared protocol; not its state."""
        file = self.files[recording]
        protocol = self.protocols.get(file.protocol)
        declared = None if protocol is None else protocol.model_dump(mode="json", by_alias=True)
        unset = {"output"} if file.output is None else set()
        source = file.model_dump(exclude={"size", "modified_ns", "ends", "others", "protocol", *unset})
        return json.dumps([source, declared], ensure_ascii=False)


class CellSettings(ClosedModel):
    """Settings for measurement, fit and report of one cell; each step gets only the values that it reads."""

    cell: str
    sheet_rows: tuple[SheetRow, ...]
    experiments: dict[str, Experiment]
    solutions: dict[str, Solution]
    ions: dict[str, IonFacts]
    in_other_cells: dict[str, str] = Field(
        {}, description="recordings of other cells with the same file and channel, by recording"
    )
    unused_solutions: dict[str, Solution] = Field(
        {}, description="solutions of no recording, in which the amplifier may have been zeroed; by name"
    )

    def same_recipe(self, name: str) -> str:
        """The first solution of the cell with the recipe of the named one: a bath may have two names."""
        return next(other for other, one in self.solutions.items() if one == self.solutions[name])

    @property
    def recipes(self) -> Mapping[str, Solution]:
        """All solutions by name, those of no recording too."""
        return {**self.solutions, **self.unused_solutions}

    @property
    def entries(self) -> Mapping[str, SheetEntry]:
        """Valid entries by recording."""
        return {row.recording: row.entry for row in self.sheet_rows if row.entry is not None}


class CellToMeasure(ClosedModel):
    """What the tables of one cell depend on, by step."""

    reading: ReadingSettings
    measuring: CellSettings
    fitting: CellSettings


class CellsToMeasure(ClosedModel):
    """What the tables of the cells of one job depend on."""

    cells: tuple[CellToMeasure, ...]
    code: dict[str, str] = Field(description="hash of the code of each step")


class ReportLabels(ClosedModel):
    """What pages and slides say about the project; no number depends on it."""

    title: str = ""
    folder: str = Field("", description="name of the folder of the recordings")
    recorded_by: str = ""
    atlas: bool = Field(False, description="whether the run writes the atlas, so that pages can link to it")


class CellToReport(ClosedModel):
    """What the page of one cell depends on in addition to its tables."""

    settings: CellSettings
    configuration_hash: str
    labels: ReportLabels = ReportLabels()


class CellsToReport(ClosedModel):
    """What the pages of the cells of one job depend on."""

    cells: tuple[CellToReport, ...]
    code: str = Field(description="hash of the code of the report")


class CohortSettings(ClosedModel):
    """Settings for the cohort tables and the morning page."""

    configuration_hash: str
    rows_without_cell: tuple[SheetRow, ...] = Field(description="rows without a valid cell name")
    solutions: str = Field(description="path of the solutions file")
    solution_faults: dict[str, str] = Field(description="faults of solutions, by name")
    charges: dict[str, int] = Field(description="charge numbers of the ions of the experiments")
    labels: ReportLabels = ReportLabels()
    compare_with: dict[str, str] = Field(
        {}, description="condition with which the others of an experiment are compared, by experiment"
    )
