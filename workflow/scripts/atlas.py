"""Write the atlas: its sections, with the numbers of the project if a run has written its tables."""

from pathlib import Path

from reversal.atlas.your_data import with_your_data
from reversal.report.text.pages import write_page
from reversal.steps.finished_steps import say_finished
from reversal.steps.step_log import logged
from reversal.steps.written_cohort import written_cohort

with logged(snakemake.log[0]):
    sections = Path(snakemake.input.sections).read_text(encoding="utf-8")
    results, reports = map(Path, snakemake.params.folders)
    page = reports / "atlas.html"
    write_page(page, with_your_data(sections, written_cohort(results)))
    say_finished(Path(snakemake.output[0]), [page])
