"""Readers of all formats other than Axon Binary Format."""
