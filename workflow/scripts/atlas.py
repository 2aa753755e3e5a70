"""Write the atlas."""

from pathlib import Path

from analysis.report.atlas import write_atlas
from analysis.steps import logged

with logged(snakemake.log[0]):
    write_atlas(Path(snakemake.output.page))
