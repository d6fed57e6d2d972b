"""The laws that every strategy, objective and dataset keeps, ours and a user's own."""
