"""The run directory: what a run leaves behind, written whole or not at all."""
