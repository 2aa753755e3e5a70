"""Reversal: I–V curves, reversal potentials, permeability ratios and reports from the recordings of a night."""

from snakemake.utils import min_version

min_version("9.12")

# A user's project, given with --configfile, is complete: it is not merged with the example.
if "solutions" not in config:

    configfile: "config/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/cells.smk"
include: "workflow/rules/cohort.smk"
include: "workflow/rules/atlas.smk"
include: "workflow/rules/export.smk"


if workflow.is_main_process and writes:
    forget_unfinished(map(Path, measured_batches()), steps_of_all_cells())


rule all:
    default_target: True
    input:
        finished("cohort"),
        finished("morning_page"),
        measured_batches(),
        reported_batches(),
        linked_atlas(),
        strict_verdict(),


rule figures:
    input:
        drawn_batches(),


onsuccess:
    report_end()


onerror:
    report_incomplete()
