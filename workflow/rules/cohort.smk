"""All cells together: the cohort's tables, the morning page, figures and slides."""


rule cohort:
    input:
        quality=of_every_cell("quality.json"),
        reversals=of_every_cell("reversals.csv"),
        permeability=of_every_cell("permeability.json"),
        nernst=of_every_cell("nernst.json"),
    output:
        recordings=results("cohort/recordings.csv"),
        reversals=results("cohort/reversals.csv"),
        permeabilities=results("cohort/permeabilities.csv"),
        nernst=results("cohort/nernst.csv"),
        pooled=results("cohort/pooled.csv"),
        comparisons=results("cohort/comparisons.csv"),
        summary=results("cohort/summary.json"),
    log:
        logs("cohort.log"),
    params:
        project=cohort_settings(),
        code=code_digest("fit"),
    script:
        "../scripts/cohort.py"


rule morning_page:
    input:
        quality=of_every_cell("quality.json"),
        reversals=of_every_cell("reversals.csv"),
        permeability=of_every_cell("permeability.json"),
        nernst=of_every_cell("nernst.json"),
        pooled=results("cohort/pooled.csv"),
        comparisons=results("cohort/comparisons.csv"),
    output:
        page=reports("index.html"),
        figures=directory(reports("figures")),
        deck=reports("lab_meeting.pptx"),
    log:
        logs("morning_page.log"),
    params:
        project=cohort_settings(),
        code=code_digest("report"),
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
    script:
        "../scripts/strict.py"
