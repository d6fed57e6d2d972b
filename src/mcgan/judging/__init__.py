"""Judge samples of any generator against real ones: features, measures with a null, a verdict."""
