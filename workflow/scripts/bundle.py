"""Write the bundle for a paper."""

from pathlib import Path

from reversal.steps.export_bundle import BundleSettings, write_bundle
from reversal.steps.finished_jobs import finished, sizes_of
from reversal.steps.step_log import logged

with logged(snakemake.log[0]), finished(snakemake) as said:
    settings = BundleSettings.model_validate_json(snakemake.params.settings)
    folders = results, reports = tuple(map(Path, snakemake.params.folders))
    bundle = results / "bundle.zip"
    write_bundle(settings, results, reports, bundle)
    said["bytes"] = sizes_of([bundle], folders)
