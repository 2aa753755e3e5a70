"""Order and type of the fields in the sections of an ABF2 file, and packing of a section entry from named values.

A layout is a text of ``type name`` pairs in file order, little-endian without padding. Types are the letters of
:mod:`struct`, names are the vendor's, and ``x`` marks unused bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

SECTIONS = (
    "Protocol",
    "ADC",
    "DAC",
    "Epoch",
    "ADCPerDAC",
    "EpochPerDAC",
    "UserList",
    "StatsRegion",
    "Math",
    "Strings",
    "Data",
    "Tag",
    "Scope",
    "Delta",
    "VoiceTag",
    "SynchArray",
    "Annotation",
    "Stats",
)

HEADER = """
    4s fFileSignature, 4s fFileVersionNumber, I uFileInfoSize, I lActualEpisodes, I uFileStartDate, I
    uFileStartTimeMS, I uStopwatchTime, H nFileType, H nDataFormat, H nSimultaneousScan, H nCRCEnable, I uFileCRC,
    16s FileGUID, 4s uCreatorVersion, I uCreatorNameIndex, I uModifierVersion, I uModifierNameIndex, I
    uProtocolPathIndex
"""

PROTOCOL = """
    h nOperationMode, f fADCSequenceInterval, b bEnableFileCompression, 3x -, I uFileCompressionRatio, f
    fSynchTimeUnit, f fSecondsPerRun, i lNumSamplesPerEpisode, i lPreTriggerSamples, i lEpisodesPerRun, i
    lRunsPerTrial, i lNumberOfTrials, h nAveragingMode, h nUndoRunCount, h nFirstEpisodeInRun, f fTriggerThreshold,
    h nTriggerSource, h nTriggerAction, h nTriggerPolarity, f fScopeOutputInterval, f fEpisodeStartToStart, f
    fRunStartToStart, i lAverageCount, f fTrialStartToStart, h nAutoTriggerStrategy, f fFirstRunDelayS, h
    nChannelStatsStrategy, i lSamplesPerTrace, i lStartDisplayNum, i lFinishDisplayNum, h nShowPNRawData, f
    fStatisticsPeriod, i lStatisticsMeasurements, h nStatisticsSaveStrategy, f fADCRange, f fDACRange, i
    lADCResolution, i lDACResolution, h nExperimentType, h nManualInfoStrategy, h nCommentsEnable, i
    lFileCommentIndex, h nAutoAnalyseEnable, h nSignalType, h nDigitalEnable, h nActiveDACChannel, h
    nDigitalHolding, h nDigitalInterEpisode, h nDigitalDACChannel, h nDigitalTrainActiveLogic, h nStatsEnable, h
    nStatisticsClearStrategy, h nLevelHysteresis, i lTimeHysteresis, h nAllowExternalTags, h nAverageAlgorithm, f
    fAverageWeighting, h nUndoPromptStrategy, h nTrialTriggerSource, h nStatisticsDisplayStrategy, h
    nExternalTagType, h nScopeTriggerOut, h nLTPType, h nAlternateDACOutputState, h nAlternateDigitalOutputState, 3f
    fCellID, h nDigitizerADCs, h nDigitizerDACs, h nDigitizerTotalDigitalOuts, h nDigitizerSynchDigitalOuts, h
    nDigitizerType, 304x -
"""

ADC = """
    h nADCNum, h nTelegraphEnable, h nTelegraphInstrument, f fTelegraphAdditGain, f fTelegraphFilter, f
    fTelegraphMembraneCap, h nTelegraphMode, f fTelegraphAccessResistance, h nADCPtoLChannelMap, h nADCSamplingSeq,
    f fADCProgrammableGain, f fADCDisplayAmplification, f fADCDisplayOffset, f fInstrumentScaleFactor, f
    fInstrumentOffset, f fSignalGain, f fSignalOffset, f fSignalLowpassFilter, f fSignalHighpassFilter, b
    nLowpassFilterType, b nHighpassFilterType, f fPostProcessLowpassFilter, b nPostProcessLowpassFilterType, b
    bEnabledDuringPN, h nStatsChannelPolarity, i lADCChannelNameIndex, i lADCUnitsIndex, 46x -
"""

DAC = """
    h nDACNum, h nTelegraphDACScaleFactorEnable, f fInstrumentHoldingLevel, f fDACScaleFactor, f fDACHoldingLevel, f
    fDACCalibrationFactor, f fDACCalibrationOffset, i lDACChannelNameIndex, i lDACChannelUnitsIndex, i lDACFilePtr,
    i lDACFileNumEpisodes, h nWaveformEnable, h nWaveformSource, h nInterEpisodeLevel, f fDACFileScale, f
    fDACFileOffset, i lDACFileEpisodeNum, h nDACFileADCNum, h nConditEnable, i lConditNumPulses, f
    fBaselineDuration, f fBaselineLevel, f fStepDuration, f fStepLevel, f fPostTrainPeriod, f fPostTrainLevel, h
    nMembTestEnable, h nLeakSubtractType, h nPNPolarity, f fPNHoldingLevel, h nPNNumADCChannels, h nPNPosition, h
    nPNNumPulses, f fPNSettlingTime, f fPNInterpulse, h nLTPUsageOfDAC, h nLTPPresynapticPulses, i
    lDACFilePathIndex, f fMembTestPreSettlingTimeMS, f fMembTestPostSettlingTimeMS, h nLeakSubtractADCIndex, 124x -
"""

EPOCH = """
    h nEpochNum, h nDigitalValue, h nDigitalTrainValue, h nAlternateDigitalValue, h nAlternateDigitalTrainValue, b
    bEpochCompression, 21x -
"""

EPOCH_BY_DAC = """
    h nEpochNum, h nDACNum, h nEpochType, f fEpochInitLevel, f fEpochLevelInc, i lEpochInitDuration, i
    lEpochDurationInc, i lEpochPulsePeriod, i lEpochPulseWidth, 18x -
"""

TAG = """
    i lTagTime, 56s sComment, h nTagType, h nVoiceTagNumber_or_AnnotationIndex
"""

USER_LIST = "h nListNum, h nULEnable, h nULParamToVary, h nULRepeat, i lULParamValueListIndex, 52x -"

SYNCH = "i lStart, i lLength"


def size_of(layout: str) -> int:
    """Number of bytes of one entry of a layout."""
    return sum(struct.calcsize("<" + field.split()[0]) for field in layout.split(","))


def packed(layout: str, values: Mapping[str, object]) -> bytes:
    """Bytes of one entry. A field without a value is zero. Raises KeyError for a name that is not in the layout."""
    fields = [field.split() for field in layout.split(",")]
    unknown = set(values) - {name for _kind, name in fields}
    if unknown:
        raise KeyError(f"not in the layout: {sorted(unknown)}")
    return b"".join(_packed_field(kind, values.get(name)) for kind, name in fields)


def _packed_field(kind: str, value: object) -> bytes:
    """Bytes of one field, zeros if there is no value."""
    return bytes(struct.calcsize("<" + kind)) if value is None else struct.pack("<" + kind, value)
