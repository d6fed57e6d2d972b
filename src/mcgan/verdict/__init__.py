"""The health of a run: signals, rules from signals to a verdict, causes and advice."""
