"""mcgan: train GANs from one command line and measure mode collapse."""

from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "load"]


def __getattr__(name: str) -> Any:
    """`mcgan.load`, imported on first use: `import mcgan` stays free of torch."""
    if name == "load":
        from mcgan.experiment import load

        return load
    raise AttributeError(f"module 'mcgan' has no attribute {name!r}")
