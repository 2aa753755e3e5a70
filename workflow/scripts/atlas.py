"""Write the atlas."""

from pathlib import Path

from reversal.atlas.atlas_page import write_atlas
from reversal.steps.step_log import logged

with logged(snakemake.log[0]):
    write_atlas(Path(snakemake.output.page))
