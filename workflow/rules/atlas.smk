"""The atlas: textbook systems compared with the results of the program, and with the numbers of the project."""


rule atlas_sections:
    input:
        repeat_unfinished,
    output:
        mark("atlas_sections"),
    log:
        logs("atlas_sections.log"),
    params:
        folders=folders,
        code=code_digest("atlas_sections"),
    script:
        "../scripts/atlas_sections.py"


rule atlas:
    input:
        cohort_for_atlas,
        mark("atlas_sections"),
    output:
        mark("atlas"),
    log:
        logs("atlas.log"),
    params:
        folders=folders,
        code=code_digest("atlas"),
    script:
        "../scripts/atlas.py"


rule atlas_file:
    input:
        mark("atlas"),
    output:
        reports("atlas.html"),
