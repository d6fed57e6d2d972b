"""From words to a checked configuration, and from a configuration to objects."""
