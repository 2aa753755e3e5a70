"""Rules for all cells: cohort tables, morning page, figures and slides."""


rule cohort:
    input:
        measured_batches(),
    output:
        **tables_of_cohort(
            "recordings", "reversals", "permeabilities", "nernst", "curves"
        ),
        **tables_of_cohort("pooled", "comparisons", "findings"),
        summary=results("cohort/summary.json"),
    log:
        logs("cohort.log"),
    params:
        project=cohort_settings,
        cells=project.cells,
        folders=folders,
        code=code_digest("cohort"),
    priority: 3
    script:
        "../scripts/cohort.py"


rule morning_page:
    input:
        **tables_of_cohort(
            "recordings", "reversals", "permeabilities", "nernst", "curves"
        ),
        **tables_of_cohort("pooled", "comparisons", "findings"),
    output:
        page=reports("index.html"),
        figures=directory(reports("figures")),
        deck=reports("lab_meeting.pptx"),
        findings=reports("findings.html"),
    log:
        logs("morning_page.log"),
    params:
        project=cohort_settings,
        code=code_digest("morning_page"),
    priority: 1
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
