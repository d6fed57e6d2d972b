"""One run from its start to its end, and what can be done with it afterwards."""
