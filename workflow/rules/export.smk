"""Rules for what leaves the project: figures of cells, NWB files, a bundle for a paper. They run only if named."""


rule draw_cells:
    input:
        mark_of_batch("measured"),
    output:
        mark_of_batch("drawn"),
    log:
        logs("draw_cells/{batch}.log"),
    resources:
        mem_mb=memory_of_batch,
    params:
        batch=batch_to_report,
        folders=folders,
        code=code_digest("draw_cells"),
    script:
        "../scripts/draw_cells.py"


rule nwb:
    input:
        marks_of_batches("measured"),
    output:
        mark("nwb"),
    log:
        logs("nwb.log"),
    params:
        settings=nwb_settings,
        folders=folders,
        code=code_digest("nwb"),
    script:
        "../scripts/nwb.py"


rule bundle:
    input:
        mark("cohort"),
        mark("morning_page"),
        marks_of_batches("reported"),
        linked_atlas(),
    output:
        mark("bundle"),
    log:
        logs("bundle.log"),
    params:
        settings=bundle_settings,
        folders=folders,
        code=code_digest("bundle"),
    script:
        "../scripts/bundle.py"


rule bundle_file:
    input:
        mark("bundle"),
    output:
        results("bundle.zip"),
