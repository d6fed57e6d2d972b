"""The campaign on every promise of reliability: `make torture MINUTES=10`."""
