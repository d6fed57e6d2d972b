"""Measures of mode collapse: plain functions of samples, of recognised modes or of their counts."""
