"""The movable part of the atlas: its scripts, and the numbers that the program computes for them.

| file | what it is |
|---|---|
| scripts | joins the scripts, their data and the hash by which the page allows them |
| grids | time courses of the simulations for a few values of one parameter |
| rig_template | a recording without ionic current in ABF, to which the page adds the currents of the chosen cell |
| formulas.js | formulas, compared with the functions of the program on random numbers by a test in a browser |
| systems.js | for each section: what can be moved, curves, numbers, command line |
| plot.js | drawing, sliders, presets, play and step, downloads, exercises |
| rig.js | the virtual rig: currents, I–V, reversal potentials, ABF file |
"""
