"""The strategies against mode collapse: one strategy, one file."""
