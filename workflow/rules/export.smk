"""Rules for what leaves the project: figures of cells, NWB files, a bundle for a paper. They run only if named."""


rule draw_cells:
    input:
        measured=results("batches/{batch}.measured.json"),
    output:
        done=reports("cell_figures/{batch}.json"),
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
        measured_batches(),
    output:
        done=results("nwb/files.json"),
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
        finished("cohort"),
        finished("morning_page"),
        reported_batches(),
        linked_atlas(),
    output:
        finished("bundle"),
    log:
        logs("bundle.log"),
    params:
        settings=bundle_settings,
        folders=folders,
        code=code_digest("bundle"),
        removed=removed("bundle_file"),
    script:
        "../scripts/bundle.py"


rule bundle_file:
    input:
        finished("bundle"),
    output:
        results("bundle.zip"),
    params:
        interrupted=interrupted("bundle_file"),
