"""Rules for what leaves the project: NWB files for an archive. They run only if their target is named."""


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
