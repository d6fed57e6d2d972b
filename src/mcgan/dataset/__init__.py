"""Data whose modes are known, and how the mode of a sample is recognised."""
