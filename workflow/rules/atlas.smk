"""The atlas: textbook systems compared with the results of the program."""


rule atlas:
    output:
        page=reports("atlas.html"),
    log:
        logs("atlas.log"),
    params:
        code=code_digest("atlas"),
    script:
        "../scripts/atlas.py"
