"""Rules for all cells: cohort tables, morning page, figures and slides."""


rule cohort:
    input:
        measured_batches(),
    output:
        **tables_of_cohort(),
        summary=results("cohort/summary.json"),
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


rule morning_page:
    input:
        **tables_of_cohort(),
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
    log:
        logs("morning_page.log"),
    priority: 1
    params:
        project=cohort_settings,
        folders=folders,
        code=code_digest("morning_page"),
    script:
        "../scripts/morning_page.py"


rule strict:
    input:
        summary=results("cohort/summary.json"),
        page=reports("index.html"),
    output:
        verdict=results("cohort/strict.txt"),
    log:
        logs("strict.log"),
    params:
        code=code_digest("strict"),
    script:
        "../scripts/strict.py"
