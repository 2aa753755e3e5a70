"""Rules for all cells: cohort tables, morning page, figures and slides.

Snakemake removes the outputs of a rule before its job. A job that then fails, because the disk is full or it is killed,
would leave nothing of what an earlier run has finished. Therefore the output of a rule with a job is only a file that
says that it is finished, and the job replaces its tables or pages at its end. A rule without a job names them.
"""


rule cohort:
    input:
        measured_batches(),
    output:
        finished("cohort"),
    log:
        logs("cohort.log"),
    priority: 3
    params:
        project=cohort_settings,
        cells=project.cells,
        folders=folders,
        code=code_digest("cohort"),
        removed=removed("cohort_files"),
    script:
        "../scripts/cohort.py"


rule cohort_files:
    input:
        finished("cohort"),
    output:
        **tables_of_cohort(),
        summary=results("cohort/summary.json"),
    params:
        interrupted=interrupted("cohort_files"),


rule morning_page:
    input:
        finished("cohort"),
    output:
        finished("morning_page"),
    log:
        logs("morning_page.log"),
    priority: 1
    params:
        project=cohort_settings,
        folders=folders,
        code=code_digest("morning_page"),
        removed=removed("morning_files"),
    script:
        "../scripts/morning_page.py"


rule morning_files:
    input:
        finished("morning_page"),
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
    params:
        interrupted=interrupted("morning_files"),


rule strict:
    input:
        finished("cohort"),
        finished("morning_page"),
    output:
        verdict=results("cohort/strict.txt"),
    log:
        logs("strict.log"),
    params:
        folders=folders,
        code=code_digest("strict"),
    script:
        "../scripts/strict.py"
