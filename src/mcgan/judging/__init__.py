"""Judge the samples of any generator against real ones: features, measures, a verdict."""
