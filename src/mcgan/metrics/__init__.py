"""Measures of samples: counts of modes, divergences, intervals, protocols."""
