"""Write the sections of the atlas, which are the same for every project."""

from pathlib import Path

from reversal.atlas.atlas_page import write_sections
from reversal.steps.finished_jobs import finished, sizes_of
from reversal.steps.step_log import logged

with logged(snakemake.log[0]), finished(snakemake) as said:
    folders = tuple(map(Path, snakemake.params.folders))
    sections = folders[0] / "atlas" / "sections.html"
    write_sections(sections)
    said["bytes"] = sizes_of([sections], folders)
