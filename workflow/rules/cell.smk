"""One cell, one unit of work: ingest, measure, fit, report."""


rule ingest_cell:
    output:
        recordings=results("cells/{cell}/recordings.h5"),
    log:
        logs("ingest_cell/{cell}.log"),
    params:
        settings=reading_of_cell,
        code=code_digest("recordings"),
    script:
        "../scripts/ingest_cell.py"


rule measure_cell:
    input:
        recordings=results("cells/{cell}/recordings.h5"),
    output:
        iv=results("cells/{cell}/iv.csv"),
        reversals=results("cells/{cell}/reversals.csv"),
        quality=results("cells/{cell}/quality.json"),
    log:
        logs("measure_cell/{cell}.log"),
    params:
        settings=settings_of_cell,
        code=code_digest("measure"),
    script:
        "../scripts/measure_cell.py"


rule fit_cell:
    input:
        iv=results("cells/{cell}/iv.csv"),
        reversals=results("cells/{cell}/reversals.csv"),
        quality=results("cells/{cell}/quality.json"),
    output:
        permeability=results("cells/{cell}/permeability.json"),
        nernst=results("cells/{cell}/nernst.json"),
    log:
        logs("fit_cell/{cell}.log"),
    params:
        settings=settings_of_cell,
        code=code_digest("fit"),
    script:
        "../scripts/fit_cell.py"


rule report_cell:
    input:
        recordings=results("cells/{cell}/recordings.h5"),
        iv=results("cells/{cell}/iv.csv"),
        reversals=results("cells/{cell}/reversals.csv"),
        quality=results("cells/{cell}/quality.json"),
        permeability=results("cells/{cell}/permeability.json"),
        nernst=results("cells/{cell}/nernst.json"),
    output:
        html=reports("cells/{cell}.html"),
        pdf=reports("cells/{cell}.pdf"),
    log:
        logs("report_cell/{cell}.log"),
    params:
        settings=settings_of_cell,
        configuration=project.digest,
        code=code_digest("report"),
    script:
        "../scripts/report_cell.py"
