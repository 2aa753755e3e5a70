"""Systems of the textbooks that only the atlas and ``reversal calc`` use, as pure functions of numbers.

Conventions and units are those of :mod:`reversal.physics`.

| module | what it computes |
|---|---|
| driving | driving force, electrochemical potential difference, direction of current and of ion flux |
| slope_conductance | slope conductance of the GHK current |
| bi_ionic | bi-ionic permeability ratios, shift after a substitution, chord conductance |
| electrodiffusion | Nernst–Planck flux, concentration profile in a constant field, solid electrolytes |
| activity_laws | ionic strength, limiting law, Davies equation, effect of activities on a Nernst potential |
| membrane_charge | membrane as a capacitor, Debye length, surface potential |
| donnan | Donnan equilibrium, osmotic excess and pressure |
| pump | current, voltage and cost of the Na⁺/K⁺ pump |
| transporters | coupled transport from its stoichiometry |
| pump_leak | a cell with pump, leaks, cotransport and water, over time and at rest |
| sodium_load | Na⁺ load of a firing cell and its recovery, with a change of the pump's affinity |
| exchanger | reversal potential of Na⁺/Ca²⁺ exchange |
| energy_failure | anoxia and ischaemia: ATP, pump, K⁺, block of Na⁺ channels, Ca²⁺, swelling |
| diastole | fall of Ca²⁺ in a heart cell with normal and with raised Na⁺ |
| hodgkin_huxley | action potential and depolarisation block of the squid axon |
| clamped_curve | reversal potential read from a clamped current–voltage curve |
| chloride | intracellular Cl⁻ from NKCC1, KCC2 and leak; the synaptic potential it gives |
| dendrite | steady cable with a Cl⁻ potential that varies along it |
| synapse | a synaptic conductance and the membrane potential it gives |
| potassium | extracellular K⁺: release, uptake, spatial buffering |
| endosome | acidification of an endosome with and without a Cl⁻ conductance |
| textbook | the numbered claims of the textbooks, each as a computation |
"""
