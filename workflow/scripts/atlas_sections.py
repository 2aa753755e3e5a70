"""Write the sections of the atlas, which are the same for every project."""

from pathlib import Path

from reversal.atlas.atlas_page import write_sections
from reversal.steps.step_log import logged

with logged(snakemake.log[0]):
    write_sections(Path(snakemake.output.sections))
