"""The run directory: its files, its states, and what an earlier run left in it."""
