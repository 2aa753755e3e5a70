"""Steps of the workflow between a rule and a function: inputs, outputs, log."""
