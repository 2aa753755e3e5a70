"""Electrochemistry as pure functions of numbers. Nothing here reads a file or keeps a state.

The pipeline uses every module. Formulas that only the atlas and ``reversal calc`` use are in
:mod:`reversal.atlas.systems`; nothing here imports them.

| module | what it computes |
|---|---|
| constants | constants of the SI, permittivity of the vacuum, 0 °C in kelvin |
| ranges | the quantities that people enter: unit, range, likely mistake |
| domain | range checks on every argument: quantities, finite, positive, temperature, charge, one value an ion |
| ion | an ion: charge number and mobility, with their source |
| nernst | RT/F, equilibrium (Nernst) potential, its inverse, its slope per decade |
| ghk | GHK current of one ion; GHK voltage of several ions of any charge |
| selectivity | permeability ratio as a free energy and back, with its sign convention |
| substitution | permeability ratio, and conductance ratio, from reversal potentials |
| water | permittivity and density of water against temperature |
| debye_huckel | slope of the Debye–Hückel limiting law |
| pitzer, pitzer_parameters | activity coefficients of salts and mixtures; the fitted parameters |
| junctions | Henderson's liquid junction potential; potential of a bath against the reference electrode |
| planck | liquid junction potential by the steady Nernst–Planck equations |

Conventions: voltages are inside minus outside, current is positive outward, a liquid junction potential is bath minus
pipette. Arrays of ions have the ions on the last axis; the axes before it broadcast. Units are in the names: mV, mM,
pA, °C. A value outside its range raises :class:`reversal.errors.DomainError`.
"""
