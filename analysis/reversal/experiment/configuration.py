"""The configuration: every key of ``config.yaml`` with its default and its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from reversal.experiment.closed_model import ClosedModel
from reversal.experiment.fit_settings import Fitting
from reversal.experiment.measure_settings import Junction, Leak, Quality, Window
from reversal.experiment.nwb_facts import NwbFacts
from reversal.experiment.preparations import DEFAULT_PREPARATION, USUAL, Clamped, OOCYTE_GOhm, Preparation
from reversal.experiment.protocols import Protocol
from reversal.experiment.scan_rules import ScanRules
from reversal.tables.sides import Chamber

MAX_FILE_MB = 2000.0
FIT_SETTINGS = ("fitting", "equivalence_margin", "compare_with")


class Experiment(ClosedModel):
    """How the recordings of one experiment are measured and fitted."""

    preparation: Preparation = Field(
        Preparation.CELL,
        description="preparation; it determines which concentrations, R_s and C_m are usual. Oocytes and marine "
        "preparations also have other defaults of quality.holding_pA and quality.input_resistance_MOhm",
    )
    configuration: Clamped = Field(
        Clamped.WHOLE_CELL,
        description="recording configuration. whole_cell, outside_out: the pipette solution is inside; inside_out: the "
        "bath is inside; cell_attached, perforated, two_electrode: the column `inside` of the sheet names the solution "
        "in the cell; bilayer: the columns `cis` and `trans` name both solutions. Voltage and current of inside_out "
        "and cell_attached are inverted; two_electrode and bilayer have no liquid junction of a pipette and no R_s in "
        "the voltage",
    )
    inverted_by_rig: bool = Field(
        False,
        description="inside_out and cell_attached: true if the acquisition software already inverted voltage and "
        "current, as Patchmaster does in these recording modes",
    )
    ground: Chamber = Field("trans", description="bilayer: chamber with the ground; the other one counts as inside")
    ion: str = Field(
        "K", description="the ion whose concentration is varied; E_rev is compared with its Nernst potential"
    )
    permeant: list[str] = Field(["K", "Na"], min_length=1, description="monovalent ions that carry current")
    reference: str = Field("K", description="reference ion of the permeability ratios P_X/P_reference")
    divalents: list[str] = Field([], description="divalent ions that carry current")
    activity: Literal["concentration", "pitzer"] = Field(
        "concentration", description="concentrations or Pitzer activities in the Nernst and GHK equations"
    )
    junction: Junction = Field(Junction(), description="liquid junction potential")
    leak: Leak = Field(Leak(), description="leak subtraction")
    window: Window = Field(Window(), description="where in the sweep the current is measured")
    quality: Quality = Field(Quality(), description="limits of the quality checks")
    fitting: Fitting = Field(Fitting(), description="fits of the permeability ratios and of the Nernst line")
    equivalence_margin: float = Field(
        0.05, gt=0, lt=1, description="a slope ratio within 1 ± this margin is equivalent to Nernst"
    )
    compare_with: str | None = Field(
        None,
        description="condition with which every other condition is compared over cells, for example `control`; "
        "default: all pairs of conditions are compared, and p is corrected for all of them",
    )

    @model_validator(mode="before")
    @classmethod
    def _defaults_of_preparation(cls, declared: Any) -> Any:
        """What is not declared gets the defaults of configuration and preparation."""
        declared = _of_configuration(declared)
        word = declared.get("preparation") if isinstance(declared, Mapping) else None
        if not isinstance(word, str) or word not in set(Preparation):
            return declared
        quality = declared.get("quality", {})
        if isinstance(quality, Quality):
            quality = quality.model_dump(exclude_unset=True)
        if not isinstance(quality, Mapping):
            return declared
        return {**declared, "quality": {**USUAL[Preparation(word)].quality, **quality}}

    @model_validator(mode="after")
    def _reference_is_permeant(self) -> Experiment:
        if self.reference not in self.permeant + self.divalents:
            raise ValueError(f"reference {self.reference!r} is not among the permeant ions {self.permeant}")
        return self

    @property
    def ground_chamber(self) -> Chamber | None:
        """Chamber of a bilayer that has the ground; None in any other configuration."""
        return self.ground if self.configuration is Clamped.BILAYER else None

    def subtracts(self, condition: str) -> bool:
        """Whether the recordings of a condition are subtracted from the others and are no condition of their own."""
        return self.leak.subtract == "blocker" and condition == self.leak.blocker

    def without_fitting(self) -> Experiment:
        """The experiment with the default settings of the fits, which change no measurement."""
        return self.model_copy(update={name: type(self).model_fields[name].default for name in FIT_SETTINGS})


def _of_configuration(declared: Any) -> Any:
    """The declaration with the preparation and the assumed leak of its configuration, if it has none."""
    word = declared.get("configuration") if isinstance(declared, Mapping) else None
    if not isinstance(word, str) or word not in set(DEFAULT_PREPARATION):
        return declared
    with_preparation = {"preparation": DEFAULT_PREPARATION[Clamped(word)].value, **declared}
    leak = declared.get("leak", {})
    if word != Clamped.TWO_ELECTRODE or not isinstance(leak, Mapping):
        return with_preparation
    return {**with_preparation, "leak": {"assumed_seal_GOhm": OOCYTE_GOhm, **leak}}


class Configuration(ClosedModel):
    """All keys of ``config.yaml``. Relative paths start in the folder where the command runs."""

    title: str = Field(
        "",
        max_length=200,
        description="title of the project on pages and slides; default: the name of raw_dir",
    )
    recorded_by: str = Field("", max_length=200, description="who recorded, as shown on pages and slides")
    raw_dir: Path = Field(Path("data/raw"), description="folder of the recordings; read only")
    recordings: Path = Field(Path("config/recordings.tsv"), description="the recording sheet")
    solutions: Path = Field(Path("config/solutions.yaml"), description="the solutions file")
    iv_points: Path | None = Field(
        None,
        description="table of I–V points that were measured before, or of single-channel amplitudes: columns "
        "`recording`, `v_mV`, `i_pA` and, if known, `se_pA`; the recording is a row of the sheet without a file",
    )
    results_dir: Path = Field(Path("results"), description="folder for the tables")
    reports_dir: Path = Field(Path("reports"), description="folder for pages and figures")
    ions: Path | None = Field(
        None,
        description="your own ion table; its ions are added to the built-in table and replace ions of the same name",
    )
    allow_outside_raw_dir: bool = Field(
        False, description="if true, paths in the sheet and links in raw_dir may lead to files outside raw_dir"
    )
    max_missing_fraction: float = Field(
        0.25,
        ge=0,
        le=1,
        description="a run stops before it writes anything if more than one recording, and more than this fraction of "
        "all, was read before and can no longer be read",
    )
    written_before: float | None = Field(
        None,
        description="a recording whose file changed after this time waits for the next run: it may still be written "
        "[s since 1970]; `reversal run --watch` sets it",
    )
    linked_files: Literal["refuse", "follow"] = Field(
        "refuse",
        description="HDF5 and NWB files that refer to other files: refuse them, or follow their external links",
    )
    max_file_MB: float = Field(
        MAX_FILE_MB,
        gt=0,
        description="a larger recording, or a larger file that belongs to one, is refused before it is opened; so is "
        "an HDF5 or MAT file whose data are larger once unpacked [MB, 10⁶ bytes]",
    )
    stimulus_dirs: list[Path] = Field([], description="folders that are searched for stimulus files")
    compare_readers: bool = Field(
        False, description="read Axon files with both pyABF and Neo; a recording fails if their samples differ"
    )
    neutrality_tolerance_mM: float = Field(
        0.5, ge=0, description="largest net charge of a solution that counts as electroneutral [mM]"
    )
    strict: bool = Field(False, description="if true, the run ends with a non-zero exit code when a recording failed")
    atlas: bool = Field(
        False,
        description="if true, each run also writes `atlas.html` next to the morning page, with the numbers of this "
        "project, and the pages link to the section of the atlas that explains a number",
    )
    experiments: dict[str, Experiment] = Field({"default": Experiment()}, description="experiments by name")
    nwb: NwbFacts | None = Field(None, description="what NWB files of the project state; only for `reversal run nwb`")
    scan: ScanRules = Field(ScanRules(), description="rules of `reversal scan`")
    protocols: dict[str, Protocol] = Field(
        {}, description="protocols by name, for files that do not contain their command"
    )
