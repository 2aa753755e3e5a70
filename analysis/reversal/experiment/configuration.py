"""The configuration: closed models with a default for everything but the solutions and the temperature."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from reversal.experiment.closed_model import Closed
from reversal.experiment.fit_settings import Fitting
from reversal.experiment.measure_settings import Junction, Leak, Quality, Window
from reversal.experiment.protocols import Protocol

CHOICES_OF_FITS = ("fitting", "equivalence_margin")


class Experiment(Closed):
    """One question asked of a set of recordings."""

    ion: str = Field("K", description="the ion whose concentration is changed and whose Nernst potential is compared")
    permeant: list[str] = Field(["K", "Na"], min_length=1, description="monovalent ions that may carry current")
    reference: str = Field("K", description="the ion permeability ratios refer to")
    divalents: list[str] = Field([], description="divalent ions that may carry current")
    activity: Literal["concentration", "pitzer"] = Field("concentration", description="what enters Nernst and GHK")
    junction: Junction = Field(Junction(), description="junction potential")
    leak: Leak = Field(Leak(), description="leak")
    window: Window = Field(Window(), description="where the current is read")
    quality: Quality = Field(Quality(), description="limits that flag a recording")
    fitting: Fitting = Field(Fitting(), description="how ratios and the Nernst line are fitted")
    equivalence_margin: float = Field(0.05, gt=0, lt=1, description="half-width within which a slope ratio equals 1")

    @model_validator(mode="after")
    def _reference_is_permeant(self) -> Experiment:
        if self.reference not in self.permeant + self.divalents:
            raise ValueError(f"reference {self.reference!r} is not among the permeant ions {self.permeant}")
        return self

    def without_fitting(self) -> Experiment:
        """The experiment with the default choices of the fits, which measurement does not read."""
        return self.model_copy(update={name: type(self).model_fields[name].default for name in CHOICES_OF_FITS})


class Configuration(Closed):
    """The whole of ``config.yaml``; relative paths start where the command runs."""

    raw_dir: Path = Field(Path("data/raw"), description="folder of the recordings; never written")
    recordings: Path = Field(Path("config/recordings.tsv"), description="the recording sheet")
    solutions: Path = Field(Path("config/solutions.yaml"), description="the solutions")
    results_dir: Path = Field(Path("results"), description="where tables go")
    reports_dir: Path = Field(Path("reports"), description="where pages and figures go")
    ions: Path | None = Field(
        None, description="path of your own ion table; its rows are added to those of the package"
    )
    stimulus_dirs: list[Path] = Field([], description="folders searched for stimulus files that recordings name")
    compare_readers: bool = Field(
        False, description="read Axon files by pyABF and by Neo; a recording on whose samples they differ fails"
    )
    neutrality_tolerance_mM: float = Field(0.5, ge=0, description="net charge a solution may have [mM]")
    strict: bool = Field(False, description="a failed recording ends the run with a non-zero exit")
    experiments: dict[str, Experiment] = Field({"default": Experiment()}, description="experiments by name")
    protocols: dict[str, Protocol] = Field({}, description="declared protocols by name")
