"""Rules for what leaves the project: NWB files for an archive, a bundle for a paper. They run only if named."""


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
        results("cohort/summary.json"),
        reports("index.html"),
        reported_batches(),
    output:
        bundle=results("bundle.zip"),
    log:
        logs("bundle.log"),
    params:
        settings=bundle_settings,
        folders=folders,
        code=code_digest("bundle"),
    script:
        "../scripts/bundle.py"
