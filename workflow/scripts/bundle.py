"""Write the bundle for a paper."""

from pathlib import Path

from reversal.steps.export_bundle import BundleSettings, write_bundle
from reversal.steps.step_log import logged

with logged(snakemake.log[0]):
    settings = BundleSettings.model_validate_json(snakemake.params.settings)
    write_bundle(settings, *map(Path, snakemake.params.folders), Path(snakemake.output.bundle))
