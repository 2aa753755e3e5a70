"""Rules for a batch of cells: their tables, then their pages. A job repeats only the steps that are not up to date."""


rule measure_cells:
    input:
        repeat_unfinished,
    output:
        mark_of_batch("measured"),
    log:
        logs("measure_cells/{batch}.log"),
    # tables first: the numbers of the whole night are there before its pages are drawn
    priority: 2
    resources:
        mem_mb=memory_of_batch,
    params:
        batch=batch_to_measure,
        folders=folders,
        code=code_digest("measure_cells"),
    script:
        "../scripts/measure_cells.py"


rule report_cells:
    input:
        mark_of_batch("measured"),
    output:
        mark_of_batch("reported"),
    log:
        logs("report_cells/{batch}.log"),
    resources:
        mem_mb=memory_of_batch,
    params:
        batch=batch_to_report,
        folders=folders,
        code=code_digest("report_cells"),
    script:
        "../scripts/report_cells.py"
