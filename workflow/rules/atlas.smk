"""The atlas: textbook systems compared with the results of the program, and with the numbers of the project."""


rule atlas_sections:
    output:
        sections=results("atlas/sections.html"),
    log:
        logs("atlas_sections.log"),
    params:
        code=code_digest("atlas_sections"),
    script:
        "../scripts/atlas_sections.py"


rule atlas:
    input:
        cohort_for_atlas,
        sections=results("atlas/sections.html"),
    output:
        finished("atlas"),
    log:
        logs("atlas.log"),
    params:
        folders=folders,
        code=code_digest("atlas"),
        removed=removed("atlas_file"),
    script:
        "../scripts/atlas.py"


rule atlas_file:
    input:
        finished("atlas"),
    output:
        reports("atlas.html"),
    params:
        interrupted=interrupted("atlas_file"),
