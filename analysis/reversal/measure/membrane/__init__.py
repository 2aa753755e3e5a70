"""Membrane test and passive properties: R_s, C_m, R_m."""
