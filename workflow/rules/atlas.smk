"""The atlas: every system of the textbook beside what the program computes."""


rule atlas:
    output:
        page=reports("atlas.html"),
    log:
        logs("atlas.log"),
    params:
        code=code_digest("atlas"),
    script:
        "../scripts/atlas.py"
