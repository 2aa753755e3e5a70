"""Findings about what the user declared: solutions, sheet values, and recordings that are entered twice."""

from __future__ import annotations

from reversal.tables.findings.code import Code
from reversal.tables.findings.definition import Definition
from reversal.tables.status import Severity

OF_DECLARATIONS = {
    Code.CONCENTRATION_IMPLAUSIBLE: Definition(
        says="Solution {place} contains {number:.4g} mM of solutes in total; {low_mM:g} to {high_mM:g} mM are usual. "
        "{question}",
        meaning="If a concentration is wrong, the Nernst potential, the permeability ratios and the junction potential "
        "are wrong too.",
        computed="Sum of all ions of the recipe and of its uncharged solutes (`uncharged_mM`).",
        remedy="Write all concentrations in mM. Give sugar and other uncharged solutes under `uncharged_mM`. If the "
        "preparation is not a cell in a physiological solution, set `preparation`.",
        unit="mM",
        fixed_limit="100 to 1000 mM for cells and oocytes, 300 to 3000 mM for marine, 5 to 8000 mM for bilayers",
        why="Chosen: physiological solutions have about 300 mOsm, sea water 1100 mOsm. A factor of three in either "
        "direction does not hide a wrong unit.",
    ),
    Code.CONCENTRATIONS_APART: Definition(
        says="The solutions {place} differ {number:.1f}-fold in their total concentration of solutes, more than "
        "{limit:g}-fold.",
        meaning="A cell would swell or shrink. One of the two recipes may be wrong, or in another unit.",
        computed="Larger divided by smaller total concentration of ions and uncharged solutes.",
        remedy="Check both recipes; give sugar and other uncharged solutes under `uncharged_mM`.",
        fixed_limit="2; 100 for bilayers",
        why="Chosen: recipes without sugars and buffers differ by less; a bilayer may separate any two solutions.",
    ),
    Code.NERNST_IMPLAUSIBLE: Definition(
        says="The Nernst potential of {place} is {number:+.0f} mV, outside ±{limit:.0f} mV.",
        meaning="One of its two concentrations is probably wrong, or in another unit.",
        computed="From the free concentrations in bath and cell, for the experiment's ion and all permeant ions.",
        remedy="Check the concentrations of {place} on both sides; both are in mM.",
        unit="mV",
        fixed_limit="150 mV, for divalent ions 200 mV",
        why="Chosen: 150 mV is a concentration ratio of 370 for a monovalent ion. Free Ca²⁺ of 10 nM against 10 mM "
        "gives 176 mV.",
    ),
    Code.PORE_POTENTIAL: Definition(
        says="Pipette solution {pipette} and cytosol {inside} have different concentrations of monovalent cations. "
        "Across the perforated patch this is up to {number:+.1f} mV, which is not corrected.",
        meaning="The pores let cations pass, so that the cytosol is not at the potential of the pipette. E_rev may be "
        "wrong by this amount, too negative if it is positive.",
        computed="Nernst potential of all monovalent cations together between pipette and cytosol. Not computed if "
        "ljp_mV is given.",
        remedy="Give the pipette solution the monovalent cations of the cytosol. Or write V_L minus this potential in "
        "the column ljp_mV.",
        unit="mV",
        fixed_limit="3 mV",
        why="Chosen: three usual standard deviations of a junction potential.",
    ),
    Code.SOLUTIONS_SWAPPED: Definition(
        says="Pipette {pipette} has more {cation} than K⁺, and bath {bath} more K⁺ than {cation}. They may be swapped.",
        meaning="If bath and pipette are swapped, every ratio is inverted.",
        computed="Na⁺ compared with the sum of K⁺, Rb⁺ and Cs⁺ in both solutions; also NMDG, TEA, choline and Tris if "
        "the pipette contains K⁺. Not computed for bilayers.",
        remedy="Check the columns `bath` and `pipette`, and the names in the solutions file. If the recording was made "
        "with these solutions on purpose, it stays flagged.",
    ),
    Code.SHEET_VALUE_IMPLAUSIBLE: Definition(
        says="{place} is {number:g}{unit_text}; {low:g} to {high:g}{unit_text} are usual.",
        meaning="The value is probably in another unit. It enters the corrections of the recording.",
        computed="Values of the sheet: R_s, its compensation, C_m, measured junction potential and temperature.",
        remedy="Write the value in the unit of the column's name, or set `preparation`.",
        fixed_limit="for cells: rs_MOhm 0.2 to 200, rs_compensation 0 to 0.98, cm_pF 0.5 to 500, ljp_mV −40 to 40, "
        "temperature_C 4 to 50",
        why="Chosen: outside the range of patch clamp, sharp electrodes and single cells. Oocytes, marine preparations "
        "and bilayers have other limits of R_s and C_m.",
    ),
    Code.PROTOCOL_TIMES: Definition(
        says="The declared times are not the recorded ones: in {sweeps} of {of_sweeps} sweeps, the current jumps by up "
        "to {jump_pA:.0f} pA at {number:.1f} ms, where the declared protocol has no step. At {declared_ms:.1f} ms, "
        "where it steps by {step_mV:+.0f} mV, the current hardly changes.",
        meaning="The sampling rate or a duration is another one, or samples are missing in the file. Currents are then "
        "assigned to the wrong voltage, and E_rev is wrong.",
        computed="Abrupt changes of the current within 0.5 ms: the largest one away from all declared steps, and those "
        "within 1 ms of the large declared steps, or within less for a ramp of more than 1 mV/ms. Two sweeps, or the "
        "only one, must jump at the same time.",
        remedy="Compare the sampling rate, the durations and the time at holding before the first epoch with the "
        "acquisition program; pClamp holds for 1/64 of the sweep first. If the jump is the artefact of a stimulus, the "
        "recording stays flagged.",
        unit="ms",
        fixed_limit="a jump of 10 times its noise, and less than a fifth of it at the declared step",
        why="Chosen: a capacitive transient is larger, even if most of it is cancelled, and channels open more slowly.",
    ),
    Code.PROTOCOL_LEVELS: Definition(
        says="The declared levels are not the recorded ones: at {at_ms:.1f} ms, the jump of the current vanishes for a "
        "declared step of {number:+.1f} ± {se_mV:.1f} mV, not for 0 mV.",
        meaning="The levels are shifted, have another distance, or belong to other sweeps. E_rev may be wrong by as "
        "much. If only the holding level is wrong, E_rev is right.",
        computed="Zero of a line through the five smallest jumps of the current, against the declared steps. Needs "
        "five levels or more, with jumps that follow the steps. If all steps from holding are wrong by one factor, "
        "this check does not show it.",
        remedy="Compare holding_mV, `from`, `to` and `by` of the protocol with the acquisition program, and count the "
        "sweeps.",
        unit="mV",
        fixed_limit="3 mV and 4 standard errors",
        why="Chosen: without a step, neither the capacitance nor open channels make the current jump.",
    ),
    Code.PROTOCOL_LEVELS_UNSEEN: Definition(
        says="The jumps of the current do not show for which step they vanish, so that the declared levels cannot be "
        "checked.",
        meaning="The times of the protocol agree with the current. If its levels are shifted, nothing shows it.",
        computed="As `protocol_levels`: there are fewer than five levels, all are far from the level before, or the "
        "jumps do not follow the steps.",
        remedy="Compare the levels with the acquisition program.",
        severity=Severity.NOTE,
    ),
    Code.PROTOCOL_UNSEEN: Definition(
        says="No declared step shows in the current, so that the declared protocol cannot be checked. The sweep "
        "continues for {number:.0f} ms after it.",
        meaning="Transients are cancelled or subtracted, or the protocol has no large step. If the sampling rate or a "
        "duration is wrong, nothing shows it.",
        computed="Change of the current within 0.5 ms at the large declared steps, against 5 times its noise, in half "
        "of the sweeps. A warning if the sweep is longer than the protocol, else a note.",
        remedy="Compare sampling rate and durations with the acquisition program. Declare the time at holding as "
        "epochs before and after, so that the protocol is as long as the sweep.",
        unit="ms",
        fixed_limit="1 ms",
        why="Chosen: a protocol that fills the sweep confirms its sampling rate.",
    ),
    Code.VALUES_GUESSED: Definition(
        says="`reversal scan` guessed these values of the sheet, and nobody has confirmed them: {columns}.",
        meaning="If a guess is wrong, the recording is analysed with the wrong cell, solution or temperature.",
        computed="The column `guessed` of the sheet is not empty.",
        remedy="Check the values in the sheet, then delete their names from the column `guessed`.",
    ),
    Code.RECORDING_REPEATED: Definition(
        says="The recording has the same samples and the same declaration as {place}. It was entered twice and is not "
        "used.",
        meaning="A recording that counts twice makes intervals too narrow.",
        computed="Numbers of sweeps and samples, and 32 currents spread over the recording, compared with the other "
        "recordings of the cell and experiment. The name and the format of the file do not matter.",
        remedy="Remove the row, or correct its file.",
        severity=Severity.EXCLUSION,
        fixed_limit="1e-4 of the largest of these currents",
        why="Chosen: an export to text may keep four digits; noise makes two recordings differ by more.",
    ),
    Code.RECORDING_CONTRADICTED: Definition(
        says="The recording has the same samples as {place}, but the two rows declare different values of {columns}. "
        "It is not known which row is right, so neither is used.",
        meaning="One of the two rows has the wrong file or the wrong bath.",
        computed="As for recording_repeated, if bath, pipette, inside, condition or temperature differ.",
        remedy="Correct the file of the wrong row, or remove that row.",
        severity=Severity.EXCLUSION,
        fixed_limit="1e-4 of the largest of these currents",
        why="As for recording_repeated.",
    ),
    Code.SWEEPS_REPEATED: Definition(
        says="The recording has sweeps {sweeps} in common with {place}. It is not known which row they belong to, so "
        "neither is used.",
        meaning="A sweep that counts twice makes intervals too narrow.",
        computed="The same file, the same number of the sweep and the same samples in two recordings of the cell and "
        "experiment.",
        remedy="Correct the column `sweeps`, or remove one of the two rows.",
        severity=Severity.EXCLUSION,
        fixed_limit="no sweep in common",
        why="Each sweep was recorded once.",
    ),
    Code.RECORDING_IN_TWO_CELLS: Definition(
        says="The recording has the same samples as {place}.",
        meaning="One of the two rows has the wrong file, or one cell has two names. Means over cells use the cell that "
        "comes first in the sheet.",
        computed="As for recording_repeated, between cells. The page of a cell lists it only if both rows have the "
        "same file and channel. The morning page also lists copies under another name or in another format.",
        remedy="Correct the file of the wrong row, or give both rows the same cell.",
        fixed_limit="1e-4 of the largest of these currents",
        why="As for recording_repeated.",
    ),
}
