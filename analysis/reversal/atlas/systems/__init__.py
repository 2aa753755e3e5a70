"""Systems of the textbooks that only the atlas and ``reversal calc`` use, as pure functions of numbers.

Conventions and units are those of :mod:`reversal.physics`.

| module | what it computes |
|---|---|
| driving | driving force, electrochemical potential difference, direction of current and of ion flux |
| slope_conductance | slope conductance of the GHK current |
| bi_ionic | bi-ionic permeability ratios, shift after a substitution, chord conductance |
| electrodiffusion | Nernst–Planck flux, concentration profile in a constant field |
| activity_laws | ionic strength, limiting law, Davies equation, effect of activities on a Nernst potential |
| membrane_charge | membrane as a capacitor, Debye length, surface potential |
| donnan | Donnan equilibrium, osmotic excess and pressure |
| pump | current, voltage and cost of the Na⁺/K⁺ pump |
| transporters | coupled transport from its stoichiometry |
| pump_leak | a cell with pump, leaks, cotransport and water, over time and at rest |
| exchanger | reversal of Na⁺/Ca²⁺ exchange when Na⁺ rises |
| chloride | intracellular Cl⁻ from NKCC1, KCC2 and leak; the synaptic potential it gives |
| dendrite | steady cable with a Cl⁻ potential that varies along it |
| synapse | a synaptic conductance and the membrane potential it gives |
| potassium | extracellular K⁺: release, uptake, spatial buffering |
| endosome | acidification of an endosome with and without a Cl⁻ conductance |
| textbook | the numbered claims of the textbooks, each as a computation |
"""
