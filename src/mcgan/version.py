"""The version, in a file of its own so that nobody imports the package to read it."""

__version__ = "0.2.0"
