"""Reversal: I–V curves, reversal potentials, permeability ratios and reports from the recordings of a night."""

from snakemake.utils import min_version

min_version("9.12")


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


onstart:
    ask_from_a_thread()


onsuccess:
    report_end()


onerror:
    report_incomplete()
