"""Data whose modes are known: mixtures of Gaussians, stacked digits, labelled images."""
