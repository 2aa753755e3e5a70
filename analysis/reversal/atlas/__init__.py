"""The atlas: one page with the electrochemistry of the textbooks, computed and drawn.

| module | what it is |
|---|---|
| write_atlas | the atlas as one file, without or with the numbers of a project |
| atlas_page | the page from the sections and ``templates/atlas.html.j2`` |
| section | one section: summary, equations, figure, source |
| part_equilibrium | sections on equilibrium, GHK, electrodiffusion, selectivity |
| part_solutions | sections on activities, junctions, surface charge, Donnan |
| part_transport | sections on membrane charge, pump, pump–leak cell, transporters |
| part_dynamics | sections on GABA, dendrite, AMPA, potassium, exchanger, endosome |
| part_excitation | sections on voltage clamp, action potential, load and recovery, ischaemia |
| your_data | numbers of a project, for the sections that explain them |
| facts | claims of the textbooks and published junctions, compared with computed values |
| systems | the formulas (also used by ``reversal calc``) |
"""
