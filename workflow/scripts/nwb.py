"""Write the NWB file of every cell."""

from pathlib import Path

from reversal.steps.finished_jobs import finished, sizes_of
from reversal.steps.nwb_export import SHEET, NwbSettings, export_nwb
from reversal.steps.step_log import logged

with logged(snakemake.log[0]), finished(snakemake) as said:
    settings = NwbSettings.model_validate_json(snakemake.params.settings)
    folders = tuple(map(Path, snakemake.params.folders))
    names = [*export_nwb(settings, *folders).values(), SHEET]
    said["bytes"] = sizes_of([folders[0] / "nwb" / name for name in names], folders)
