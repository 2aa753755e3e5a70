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


rule all:
    default_target: True
    input:
        mark("cohort"),
        mark("morning_page"),
        marks_of_batches("measured"),
        marks_of_batches("reported"),
        linked_atlas(),
        strict_verdict(),


rule figures:
    input:
        marks_of_batches("drawn"),


onsuccess:
    report_end()


onerror:
    report_incomplete()
