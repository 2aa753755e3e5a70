"""I–V to reversal potential: estimators, interval, leak, error budget."""
