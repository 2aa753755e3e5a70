"""Write the bundle for a paper."""

from pathlib import Path

from reversal.steps.export_bundle import BundleSettings, write_bundle
from reversal.steps.finished_steps import say_finished
from reversal.steps.step_log import logged

with logged(snakemake.log[0]):
    settings = BundleSettings.model_validate_json(snakemake.params.settings)
    results, reports = map(Path, snakemake.params.folders)
    bundle = results / "bundle.zip"
    write_bundle(settings, results, reports, bundle)
    say_finished(Path(snakemake.output[0]), [bundle])
