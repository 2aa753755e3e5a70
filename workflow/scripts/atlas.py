"""Write the atlas: its sections, with the numbers of the project."""

from pathlib import Path

from reversal.atlas.your_data import with_your_data
from reversal.report.text.pages import write_page
from reversal.steps.step_log import logged
from reversal.tables.results import Cohort, read_results

with logged(snakemake.log[0]):
    tables = dict(snakemake.input.items())
    sections = Path(tables.pop("sections")).read_text(encoding="utf-8")
    cohort = read_results(Cohort, tables) if tables else None
    write_page(Path(snakemake.output.page), with_your_data(sections, cohort))
