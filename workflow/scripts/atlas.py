"""Write the atlas: its sections, with the numbers of the project if a run has written its tables."""

from pathlib import Path

from reversal.atlas.your_data import with_your_data
from reversal.report.text.pages import write_page
from reversal.steps.finished_jobs import finished, sizes_of
from reversal.steps.step_log import logged
from reversal.steps.written_cohort import written_cohort

with logged(snakemake.log[0]), finished(snakemake) as said:
    folders = results, reports = tuple(map(Path, snakemake.params.folders))
    sections = (results / "atlas" / "sections.html").read_text(encoding="utf-8")
    page = reports / "atlas.html"
    write_page(page, with_your_data(sections, written_cohort(results)))
    said["bytes"] = sizes_of([page], folders)
