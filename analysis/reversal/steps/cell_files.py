"""Files with the results of one cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reversal.tables.results import CellFits, CellMeasures, tables_of


@dataclass(frozen=True, slots=True)
class CellFiles:
    """Files of a cell in the folders of results and reports."""

    cell: str
    results: Path
    reports: Path

    @property
    def folder(self) -> Path:
        return self.results / "cells" / self.cell

    @property
    def recordings(self) -> Path:
        """Every recording of the cell."""
        return self.folder / "recordings.h5"

    @property
    def record(self) -> Path:
        """What the files of the cell were made from."""
        return self.folder / "made_from.json"

    @property
    def page(self) -> Path:
        return self.reports / "cells" / f"{self.cell}.html"

    @property
    def pdf(self) -> Path:
        return self.reports / "cells" / f"{self.cell}.pdf"

    @property
    def figures(self) -> Path:
        """Folder of the figures of the cell as files."""
        return self.reports / "cell_figures" / self.cell

    def table(self, name: str) -> Path:
        """The table of this name."""
        return self.folder / f"{name}.csv"

    def tables_of(self, result: type[CellMeasures | CellFits]) -> Mapping[str, Path]:
        """Files of the tables of a result, by the name of the table."""
        return tables_of(result, self.folder)

    def tables(self) -> Iterator[Path]:
        """Recordings and tables of the cell."""
        yield self.recordings
        for result in (CellMeasures, CellFits):
            yield from self.tables_of(result).values()

    def pages(self) -> tuple[Path, Path]:
        """Page and PDF of the cell."""
        return self.page, self.pdf
