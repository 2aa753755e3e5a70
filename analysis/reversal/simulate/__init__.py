"""A synthetic rig that writes ABF files as an acquisition program does, with known true values.

It uses no formula of :mod:`reversal.physics`: a wrong formula there then shows as a wrong result.

| module | what it is |
|---|---|
| bath | solutions of the rig, junction potentials between them |
| model_cell, channels | a cell with gated channels, leak and capacitance; typical channels |
| tabulated_membrane, voltage_clamp | the cell tabulated over voltage; voltage clamp through a series resistance |
| amplifier | series resistance, filter, noise, digitiser |
| stimulus_protocol, stimuli | the epoch table of an acquisition program; common protocols |
| rig, bath_visits | one recording with its true values; a cell in several baths |
| abf_content, abf2_layout, write_abf1, write_abf2 | ABF files of versions 1 and 2 |
| synthetic_night | a night of recordings with typical faults (``reversal simulate``) |
| truth_comparison | fitted permeability ratios compared with the true ones (``reversal truth``) |
"""
