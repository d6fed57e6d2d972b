"""Watches anybody's training loop: judgements between its steps, and what they say together."""
