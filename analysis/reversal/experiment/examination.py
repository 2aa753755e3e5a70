"""Reads the files of a project one after the other and keeps all faults, so that they can be corrected at once.

After a fault, the part of the configuration that has it is replaced by its default, and the other files are read too.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reversal.errors import Refusal, nearest
from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.configuration import Configuration, Experiment
from reversal.experiment.faults import all_in_one, refusals
from reversal.experiment.ion_names import with_named_ions
from reversal.experiment.ion_table import IonTable, ion_table
from reversal.experiment.iv_points import read_points
from reversal.experiment.raw_file import check_raw_dir
from reversal.experiment.recipe import Recipe, with_named_parts
from reversal.experiment.recording_sheet import RecordingSheet, read_sheet
from reversal.experiment.row_checks import Points
from reversal.experiment.solutions import Solution, balanced, check_ion
from reversal.experiment.yaml_file import yaml_mapping
from reversal.physics.ion import Ion

NO_SHEET = RecordingSheet((), ())
ANY_PROTOCOL = {"holding_mV": 0.0, "epochs": [{"step": 0.0, "ms": 1.0}]}
REPLACED: Mapping[str, Any] = {"experiments": {}, "protocols": ANY_PROTOCOL}  # a part with a fault, by its section


class Examination:
    """Faults of a project that affect the whole of it, found while its files are read.

    file : name of the configuration in messages
    unusable : keys of the configuration with a fault; what they name is not read
    """

    def __init__(self, file: object) -> None:
        self.file = file
        self.refused: list[Refusal] = []
        self.unusable: set[str] = set()

    def configuration(self, document: Mapping[str, Any]) -> tuple[Configuration, IonTable]:
        """The configuration, with defaults in place of what is faulty, and the ion table that it names."""
        table = self._table(document.get("ions"))
        configuration = self._valid(with_named_ions(document, table))
        self._check_ions(configuration, table)
        return configuration, table

    def _table(self, file: object) -> IonTable:
        try:
            return ion_table(Path(file) if isinstance(file, str) else None)
        except Refusal as refused:
            self.refused.append(refused)
            return ion_table()

    def _valid(self, document: Mapping[str, Any]) -> Configuration:
        try:
            return Configuration.model_validate(document)
        except ValidationError as error:
            self.refused += refusals(error, Configuration, self.file)
            usable = copy.deepcopy(dict(document))
            for fault in error.errors(include_url=False):
                self._replace(usable, fault["loc"])
        try:
            return Configuration.model_validate(usable)
        except ValidationError:
            self.unusable |= {"raw_dir", "recordings", "solutions"}
            return Configuration()

    def _replace(self, document: dict[str, Any], place: Sequence[Any]) -> None:
        section = str(place[0]) if place else ""
        if section in REPLACED and len(place) > 1 and isinstance(document.get(section), dict):
            document[section][place[1]] = REPLACED[section]
        else:
            self.unusable.add(section)
            document.pop(section, None)

    def _check_ions(self, configuration: Configuration, table: Mapping[str, Ion]) -> None:
        for name, experiment in configuration.experiments.items():
            place = f"experiments.{name}"
            ions = [experiment.ion, experiment.reference, *experiment.permeant, *experiment.divalents]
            for ion in dict.fromkeys(ions):
                try:
                    check_ion(ion, table, self.file, place)
                    _check_valence(ion, table[ion].z, experiment, self.file, place)
                except ConfigurationRefused as refused:
                    self.refused.append(refused)

    def solutions(
        self, configuration: Configuration, table: Mapping[str, Ion]
    ) -> tuple[dict[str, Solution] | None, dict[str, str]]:
        """Valid solutions, or None if the file cannot be read, and the faults of the others."""
        if "solutions" in self.unusable:
            return None, {}
        try:
            recipes = yaml_mapping(configuration.solutions, "the solutions file")
        except Refusal as refused:
            self.refused.append(refused)
            return None, {}
        valid, faults = {}, {}
        for name, recipe in recipes.items():
            try:
                valid[name] = _solution(name, recipe, table, configuration.neutrality_tolerance_mM)
            except Refusal as refused:
                faults[name] = str(refused)
        return valid, faults

    def sheet(self, configuration: Configuration) -> RecordingSheet:
        """The recording sheet, without rows if it cannot be read."""
        if "recordings" in self.unusable:
            return NO_SHEET
        try:
            return read_sheet(configuration.recordings, has_points=configuration.iv_points is not None)
        except Refusal as refused:
            self.refused.append(refused)
            return NO_SHEET

    def points(self, configuration: Configuration, sheet: RecordingSheet) -> Points:
        """I–V points by recording; a recording that is not in the sheet is a fault."""
        if configuration.iv_points is None:
            return {}
        try:
            points, known = read_points(configuration.iv_points), {row.recording for row in sheet.rows}
        except Refusal as refused:
            self.refused.append(refused)
            return {}
        self.refused += [
            ConfigurationRefused(
                "a recording of the table of I–V points is not in the recording sheet",
                file=configuration.iv_points,
                found=name,
                remedy=nearest(name, known),
            )
            for name in points
            if name not in known and sheet is not NO_SHEET
        ]
        return points

    def raw_dir_fault(self, configuration: Configuration) -> str | None:
        """Why no recording can be found; None if the folder of the recordings can be used."""
        try:
            check_raw_dir(configuration.raw_dir)
        except Refusal as refused:
            return str(refused)
        return None


def _solution(name: str, recipe: Any, table: Mapping[str, Ion], tolerance_mM: float) -> Solution:
    try:
        written = Recipe.model_validate(with_named_parts(recipe, table, name))
    except ValidationError as error:
        raise all_in_one(refusals(error, Recipe, f"solution {name!r}")) from None
    return balanced(name, written.solution(name, table), table, tolerance_mM)


def _check_valence(ion: str, z: int, experiment: Experiment, file: object, place: str) -> None:
    if ion in experiment.permeant and abs(z) != 1:
        raise ConfigurationRefused(
            "the ion is not monovalent", file=file, place=f"{place}.permeant", found=ion, remedy="Move it to divalents"
        )
    if ion in experiment.divalents and abs(z) != 2:
        raise ConfigurationRefused(
            "the ion is not divalent", file=file, place=f"{place}.divalents", found=ion, remedy="Move it to permeant"
        )
