"""mcgan: train GANs from one command line and measure mode collapse."""

from typing import Any

from mcgan.version import __version__

__all__ = ["__version__", "load"]


def __getattr__(name: str) -> Any:
    """`mcgan.load`, imported on first use: `import mcgan` stays free of torch."""
    if name == "load":
        from mcgan.experiment.trained import load

        return load
    raise AttributeError(f"module 'mcgan' has no attribute {name!r}")
