"""Recording to I-V curve, reversal potential and quality."""
