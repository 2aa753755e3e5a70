"""Rules for one cell: ingest, measure, fit, report."""


rule ingest_cell:
    output:
        # kept until it is replaced: a recording whose file is missing is taken from it
        h5=update(results("cells/{cell}/recordings.h5")),
    log:
        logs("ingest_cell/{cell}.log"),
    params:
        settings=reading_of_cell,
        code=code_digest("ingest_cell"),
    script:
        "../scripts/ingest_cell.py"


rule measure_cell:
    input:
        h5=results("cells/{cell}/recordings.h5"),
    output:
        **tables_of_cell(
            "recordings", "iv", "reversals", "estimates", "checks", "findings"
        ),
    log:
        logs("measure_cell/{cell}.log"),
    params:
        settings=measuring_of_cell,
        code=code_digest("measure_cell"),
    script:
        "../scripts/measure_cell.py"


rule fit_cell:
    input:
        **tables_of_cell("iv", "reversals"),
    output:
        **tables_of_cell(
            "permeabilities", "nernst", "line_points", "curves", "models", "influence"
        ),
        **tables_of_cell("bath_ratios", "condition_pairs", "current_ratios"),
        **tables_of_cell("fit_findings"),
    log:
        logs("fit_cell/{cell}.log"),
    params:
        settings=fitting_of_cell,
        code=code_digest("fit_cell"),
    script:
        "../scripts/fit_cell.py"


rule report_cell:
    input:
        **tables_of_cell(
            "recordings", "iv", "reversals", "estimates", "checks", "findings"
        ),
        **tables_of_cell(
            "permeabilities", "nernst", "line_points", "curves", "models", "influence"
        ),
        **tables_of_cell("bath_ratios", "condition_pairs", "current_ratios"),
        **tables_of_cell("fit_findings"),
        h5=results("cells/{cell}/recordings.h5"),
    output:
        html=reports("cells/{cell}.html"),
        pdf=reports("cells/{cell}.pdf"),
    log:
        logs("report_cell/{cell}.log"),
    params:
        settings=reporting_of_cell,
        configuration=digest_of_cell,
        code=code_digest("report_cell"),
    script:
        "../scripts/report_cell.py"
