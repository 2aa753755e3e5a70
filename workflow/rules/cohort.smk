"""Rules for all cells: cohort tables, morning page, figures and slides.

The output of a rule with a job is only the mark of the finished job, because Snakemake removes the outputs before the
job. A rule without a job names the tables or pages, for other workflows and for commands that want only these.
"""


rule cohort:
    input:
        repeat_unfinished,
        marks_of_batches("measured"),
    output:
        mark("cohort"),
    log:
        logs("cohort.log"),
    priority: 3
    params:
        project=cohort_settings,
        cells=project.cells,
        folders=folders,
        code=code_digest("cohort"),
    script:
        "../scripts/cohort.py"


rule cohort_files:
    input:
        mark("cohort"),
    output:
        **tables_of_cohort(),
        summary=results("cohort/summary.json"),


rule morning_page:
    input:
        mark("cohort"),
    output:
        mark("morning_page"),
    log:
        logs("morning_page.log"),
    priority: 1
    params:
        project=cohort_settings,
        folders=folders,
        code=code_digest("morning_page"),
    script:
        "../scripts/morning_page.py"


rule morning_files:
    input:
        mark("morning_page"),
    output:
        page=reports("index.html"),
        figures=report(
            directory(reports("figures")),
            patterns=["{name}.svg"],
            caption="../captions/figures.rst",
            category="All cells",
        ),
        deck=reports("lab_meeting.pptx"),
        findings=reports("findings.html"),


rule strict:
    input:
        mark("cohort"),
        mark("morning_page"),
    output:
        mark("strict"),
    log:
        logs("strict.log"),
    params:
        folders=folders,
        code=code_digest("strict"),
    script:
        "../scripts/strict.py"
