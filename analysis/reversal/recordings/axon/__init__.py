"""Axon Binary Format: header, epoch table, samples."""
