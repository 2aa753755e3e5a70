"""Recording to I–V, reversal potential and findings; docs/explanations/measurement.md explains how and why."""
