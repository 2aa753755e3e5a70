"""Recording to I-V curve, reversal potential and quality; docs/explanations/measurement.md says how and why."""
