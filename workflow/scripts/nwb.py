"""Write the NWB file of every cell."""

from pathlib import Path

from reversal.steps.nwb_export import NwbSettings, export_nwb
from reversal.steps.step_log import logged
from reversal.tables.files import write_json

with logged(snakemake.log[0]):
    settings = NwbSettings.model_validate_json(snakemake.params.settings)
    written = export_nwb(settings, *map(Path, snakemake.params.folders))
    write_json(Path(snakemake.output.done), written)
