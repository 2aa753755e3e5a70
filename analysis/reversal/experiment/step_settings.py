"""What one step reads of the project: small models that travel to a job as JSON and re-run it when they change."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from reversal.experiment.closed_model import Closed
from reversal.experiment.configuration import Experiment
from reversal.experiment.protocols import Protocol
from reversal.experiment.solutions import Solution
from reversal.physics.ion import Ion


class Entry(Closed):
    """One row of the recording sheet, every value checked."""

    recording: str = Field(description="unique name of the recording: letters, digits, '.', '_', '-'")
    cell: str = Field(description="the cell it was made on")
    file: str = Field(min_length=1, description="file, relative to raw_dir; any characters")
    bath: str = Field(description="bath solution, a name in solutions.yaml")
    pipette: str = Field(description="pipette solution, a name in solutions.yaml")
    temperature_C: float = Field(ge=-5, le=60, description="bath temperature [°C]; never assumed")
    experiment: str = Field("default", description="experiment, a name in config.yaml")
    condition: str = Field("control", description="control, drug, mutant, …")
    protocol: str = Field("auto", description="auto: from the file; else a name in config.yaml")
    channel: str | None = Field(None, description="the current channel, where a file has several")
    rs_MOhm: float | None = Field(None, gt=0, description="series resistance before compensation [MOhm]")
    rs_compensation: float | None = Field(None, ge=0, le=1, description="compensated fraction of R_s, 0 to 1")
    cm_pF: float | None = Field(None, gt=0, description="membrane capacitance [pF]")
    ljp_mV: float | None = Field(None, description="measured V_L of the zeroing bath, bath minus pipette [mV]")
    zeroing_bath: str | None = Field(
        None, description="bath in which the amplifier was zeroed; default: the bath itself"
    )
    exclude: str | None = Field(None, description="reason to leave the recording out, or yes")
    note: str = Field("", description="free text")
    extra: dict[str, str] = Field({}, description="columns of the sheet that the program does not know")

    def without_remarks(self) -> Entry:
        """The entry without what only people read."""
        return self.model_copy(update={"note": "", "extra": {}})


class Declared(Closed):
    """A row as it stands: an entry, or what is wrong with it."""

    row: int = Field(description="line of the sheet, the header is 1")
    recording: str
    cell: str
    experiment: str
    file: str = ""
    entry: Entry | None = None
    fault: str | None = None

    def without_remarks(self) -> Declared:
        """The row without what only people read."""
        return self.model_copy(update={"entry": self.entry and self.entry.without_remarks()})


class IonFacts(Closed):
    """Charge and mobility of an ion that a cell's solutions name."""

    z: int
    mobility: float = Field(ge=0, description="generalised mobility relative to K")

    @classmethod
    def of(cls, ion: Ion) -> IonFacts:
        """Take the two numbers from the ion table."""
        return cls(z=ion.z, mobility=ion.mobility)


class Source(Closed):
    """Where a recording is and how it is to be read; size and time make a changed file be read again."""

    file: str
    channel: str | None = None
    protocol: str = "auto"
    size: int | None = None
    modified_ns: int | None = None


class ReadingSettings(Closed):
    """What ingest reads of one cell: which files, which channel, which declared protocol."""

    cell: str
    raw_dir: str
    files: dict[str, Source] = Field(description="by recording")
    protocols: dict[str, Protocol] = Field({}, description="declared protocols its rows name")
    stimulus_dirs: tuple[str, ...] = Field((), description="folders searched for stimulus files")
    compare_readers: bool = Field(False, description="read Axon files by pyABF and by Neo and compare the samples")


class CellSettings(Closed):
    """What measurement, fit and page read of one cell; each step is given only the values that it reads."""

    cell: str
    declared: tuple[Declared, ...]
    experiments: dict[str, Experiment]
    solutions: dict[str, Solution]
    ions: dict[str, IonFacts]

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The sound rows by recording."""
        return {row.recording: row.entry for row in self.declared if row.entry is not None}


class WholeProject(Closed):
    """What the cohort and the morning page read of the project beside the cells' own results."""

    configuration_hash: str
    homeless: tuple[Declared, ...] = Field(description="rows whose cell has no usable name")
    solutions: str = Field(description="the solutions file")
    solution_faults: dict[str, str] = Field(description="why a solution cannot be used, by name")
    charges: dict[str, int] = Field(description="charge number of the ions the experiments name")
