"""The health of a run: signals of collapse, what they say, the likely cause and what to try."""
