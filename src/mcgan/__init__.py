"""mcgan: train GANs from one command line and measure mode collapse."""

from typing import Any

from mcgan.version import __version__

__all__ = ["__version__", "functional", "game", "load"]


def __getattr__(name: str) -> Any:
    """A public name, imported on first use: `import mcgan` stays free of torch."""
    if name == "game":
        from mcgan.engine.own_loop import game

        return game
    if name == "functional":
        from importlib import import_module

        return import_module("mcgan.functional")
    if name == "load":
        from mcgan.experiment.trained import load

        return load
    raise AttributeError(f"module 'mcgan' has no attribute {name!r}")
