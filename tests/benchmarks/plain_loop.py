"""The functions of the pipeline for every cell of a project, in two processes, without Snakemake and its checks."""

from __future__ import annotations

from multiprocessing import Pool
from pathlib import Path

from reversal.experiment.project import load_project, read_configuration
from reversal.fit.fit_cell import fit_cell
from reversal.measure.measure_cell import measure_cell
from reversal.recordings.ingest_cell import ingest_cell
from reversal.recordings.recording.store import write_recordings
from reversal.report.cell.cell_report import cell_report
from reversal.steps.cell_files import CellFiles
from reversal.steps.night import provenance
from reversal.tables.results import write_results

PROJECT = load_project(read_configuration(Path("config/config.yaml")))
PLACES = Path("loop/results"), Path("loop/reports")


def analyse(cell: str) -> None:
    """Read, measure, fit and report one cell."""
    files = CellFiles(cell, *PLACES)
    outcomes = list(ingest_cell(PROJECT.reading_settings(cell)))
    write_recordings(files.recordings, outcomes)
    measures = measure_cell(outcomes, PROJECT.measuring_settings(cell))
    fits = fit_cell(measures.reversals, PROJECT.fitting_settings(cell), measures.iv)
    for result in (measures, fits):
        write_results(result, files.tables_of(type(result)))
    about = provenance(PROJECT.digest_of(cell), measures.recordings)
    cell_report(cell, outcomes, measures, fits, PROJECT.reporting_settings(cell), about, html=files.page, pdf=files.pdf)


if __name__ == "__main__":
    with Pool(2) as pool:
        pool.map(analyse, PROJECT.cells, chunksize=1)
