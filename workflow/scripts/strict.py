"""Fail if a recording failed, or the program in the fits of a cell (strict configuration)."""

import json
from pathlib import Path

from reversal.errors import Refusal
from reversal.steps.finished_jobs import finished
from reversal.steps.step_log import logged

with logged(snakemake.log[0]), finished(snakemake):
    results, _ = map(Path, snakemake.params.folders)
    summary = json.loads((results / "cohort" / "summary.json").read_text(encoding="utf-8"))
    failed = [failure for failure in summary["failures"] if failure["table"] == "recordings"]
    if failed:
        raise Refusal(f"{len(failed)} recordings failed and the configuration is strict")
    if bugs := summary["bugs_in_fits"]:
        raise Refusal(
            f"the fits of {len(bugs)} cells ended with an error of the program and the configuration is strict"
        )
