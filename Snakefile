"""Reversal: I–V curves, reversal potentials, permeability ratios and reports from the recordings of a night."""

from snakemake.utils import min_version

min_version("9.12")

# A user's project, given with --configfile, is complete: it is not merged with the example.
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
    print_last_lines()


onerror:
    print_incomplete_run()
