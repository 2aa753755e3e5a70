"""What each reader recognises and gives, and on which files it was tested, for the page of the readers."""

from __future__ import annotations

from typing import NamedTuple


class ReaderFacts(NamedTuple):
    """Facts of a reader. ``module`` is below ``recordings``, and its first lines say more."""

    format: str
    module: str
    recognised_by: str
    samples_from: str
    command_from: str
    gives: str
    tested: str


NOTHING = "–"
READERS = (
    ReaderFacts(
        "Axon ABF 1, ABF 2",
        "axon/reader.py",
        "`ABF `, `ABF2`",
        "pyABF (Neo to compare)",
        "header, rebuilt here; the column `output` names the output if the header does not show it",
        "R_s, C_m, gain, filter; tags; date; start of each sweep; limit of the digitiser",
        "real: 1.3 to 1.84; 2.0, 2.3, 2.5, 2.6, 2.9",
    ),
    ReaderFacts(
        "Axon text (ATF)",
        "formats/atf.py",
        "`ATF`",
        "own",
        "recorded mV columns, or declared",
        NOTHING,
        "real: 1.0 by Clampfit",
    ),
    ReaderFacts(
        "HEKA Patchmaster bundle",
        "formats/heka.py",
        "`DAT2`",
        "myokit (extra `heka`)",
        "stimulus of the series, constant segments and ramps; of several amplifiers a recorded voltage",
        "R_s, its compensation, C_m, filter, corrected junction potential; date; start of each sweep; leak sweeps",
        "real: 2x71; 2x90 (current clamp, refused)",
    ),
    ReaderFacts(
        "HEKA Patchmaster text",
        "formats/heka_ascii.py",
        "`Series_`, `Sweep_`",
        "own",
        "recorded voltage, or declared",
        "start of each sweep",
        "real: one export",
    ),
    ReaderFacts(
        "HEKA Patchmaster MAT",
        "formats/patchmaster_mat.py",
        "variables `Trace_g_s_n_c`",
        "own",
        "declared; a second trace with the declared command is the recorded voltage",
        NOTHING,
        "written for the tests",
    ),
    ReaderFacts(
        "NWB 2, icephys",
        "formats/nwb.py",
        "HDF5 with `/acquisition`",
        "h5py",
        "stimulus series with each sweep",
        "R_s, its compensation, C_m, gain; date; start of each sweep; invalid times; sequential recordings as runs",
        "files that pynwb wrote; in the layout of MIES, written for the tests",
    ),
    ReaderFacts(
        "WaveSurfer",
        "formats/wavesurfer.py",
        "HDF5 with `/header` and `/sweep_0001`",
        "h5py",
        "recorded voltage, or declared",
        "date; start of each sweep",
        "real: 0.913, 0.97 (inputs in V); copies with a current and a voltage",
    ),
    ReaderFacts(
        "WinWCP",
        "formats/winwcp.py",
        "`VER=` … `NR=`",
        "own",
        "recorded mV channel, or declared",
        "date; start of each sweep; rejected and leak records",
        "real: version 9",
    ),
    ReaderFacts(
        "Igor `.ibw`, `.pxp`, `.itx`",
        "formats/igor.py",
        "version of a wave; chain of records; `IGOR`",
        "igor2 (extra `igor`); text: own",
        "recorded voltage, or declared",
        NOTHING,
        "real: waves of versions 3 and 5, an experiment without recordings; others and text written for the tests",
    ),
    ReaderFacts(
        "SyncroPatch 384",
        "formats/syncropatch.py",
        "JSON with `TraceHeader`, …",
        "own",
        "stimulus of each sweep",
        "R_s, C_m; start of each sweep",
        "written for the tests in the layout on which five public readers agree",
    ),
    ReaderFacts(
        "Intan CLAMP `.clp`",
        "formats/intan_clamp.py",
        "`0xf3b1a481`",
        "own",
        "voltage of the waveform at each sample",
        "R_s, C_m, filter; date; start of each sweep",
        "written for the tests in the layout of Intan's source",
    ),
    ReaderFacts(
        "CED Signal `.cfs`",
        "formats/cfs.py",
        "`CEDFILE`",
        "own",
        "recorded voltage, or declared",
        NOTHING,
        "files that CED's library wrote; others written for the tests",
    ),
    ReaderFacts(
        "acq4 `.ma`",
        "formats/acq4.py",
        "HDF5 with the attribute `MetaArray`",
        "h5py",
        "command sent, and holding potential of the amplifier",
        "R_s, its compensation, C_m, filter; date; start of each sweep",
        "files that MetaArray 2.2.2 wrote; others written for the tests",
    ),
    ReaderFacts(
        "Symphony 2",
        "formats/symphony.py",
        "HDF5 with `/experiment-…`",
        "h5py",
        "stimulus or background of each epoch; pulses and ramps from their parameters",
        "date; start of each sweep; protocol",
        "written for the tests in the layout of Symphony's source",
    ),
    ReaderFacts(
        "AxoGraph",
        "formats/neo.py",
        "`AxGr`, `axgx`, `axgd`",
        "Neo",
        "recorded voltage, or declared",
        "tags; start of each sweep, if the file has episodes",
        "real files",
    ),
    ReaderFacts(
        "Spike2 `.smr`",
        "formats/neo.py",
        "`(C) CED 87`",
        "Neo",
        "recorded voltage, or declared",
        "tags",
        "real: eight files without a current (refused); never tried on a recording of a cell",
    ),
    ReaderFacts(
        "WinEDR",
        "formats/neo.py",
        "`VER=`",
        "Neo",
        "recorded voltage, or declared",
        "tags",
        "never tried on a real file",
    ),
    ReaderFacts(
        "BrainVision, EDF, Intan, NIX, Blackrock, Neuralynx, …",
        "formats/neo.py",
        "ending of the name (`FORMAT_BY_SUFFIX`)",
        "Neo, some with their own libraries",
        "recorded mV channel, or declared",
        "tags",
        "BrainVision written for the tests",
    ),
    ReaderFacts(
        "text with titles",
        "formats/text_table.py",
        "a row of numbers",
        "NumPy",
        "column of voltage, or declared",
        NOTHING,
        "written for the tests",
    ),
    ReaderFacts(
        "MAT 5 and 7.3, NPZ, NPY, CSV, TXT",
        "formats/plain_arrays.py",
        "their signatures, numbers",
        "own, h5py, NumPy",
        "declared",
        NOTHING,
        "real: MAT 5, CSV; others written for the tests",
    ),
)
NOT_READ = (
    ("Git LFS and git-annex pointers", "download the file itself"),
    ("archives, Office files, pictures, web pages", "unpack or convert them"),
    ("HEKA without a bundle (`DATA`, `DAT1`, `.pul`, `.pgf`)", "save as bundle in Patchmaster"),
    ("Elements (`.edh`): the unit of its samples is not in the file", "export as ABF or CSV with titles"),
)
"""Files that are named in the refusal, with what helps; real files of these formats were not available."""
