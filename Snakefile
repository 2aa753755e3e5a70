"""Reversal: recordings of a night to I-V curves, reversal potentials, permeability ratios and reports."""

from snakemake.utils import min_version

min_version("9.12")

# A project of your own comes with --configfile and stands alone: it is not laid over the example.
if "solutions" not in config:

    configfile: "config/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/cell.smk"
include: "workflow/rules/cohort.smk"
include: "workflow/rules/atlas.smk"


rule all:
    default_target: True
    input:
        expand(results("cells/{cell}/iv.csv"), cell=project.cells),
        expand(reports("cells/{cell}.{kind}"), cell=project.cells, kind=["html", "pdf"]),
        results("cohort/summary.json"),
        reports("index.html"),
        reports("lab_meeting.pptx"),
        strict_verdict(),


onsuccess:
    last_words()


onerror:
    words_of_an_error()
