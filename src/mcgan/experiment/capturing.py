"""A run whose turns are CUDA graphs, where ``train.capture`` asks for it."""

from collections.abc import Mapping
from typing import Any

from mcgan.engine.captured import capture
from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError
from mcgan.system.device import device_of


def captures(config: Mapping[str, Any]) -> bool:
    """Whether a run's turns are to be captured. Raises UserError where they cannot be."""
    train = config["train"]
    if not train.get("capture", False):
        return False
    device, devices = device_of(train["device"]), train.get("devices", 1)
    if device != "cuda":
        raise UserError(
            f"train.capture=true makes CUDA graphs, and this run is on train.device={device}: "
            "take train.capture=false, or a CUDA device"
        )
    if devices > 1:
        raise UserError(
            f"train.devices={devices} trains no captured run: take train.capture=false, or one "
            "device"
        )
    return True


def capture_if_asked(trainer: Trainer, config: Mapping[str, Any]) -> None:
    """Lets a trainer of the run record its turns at the next step, where its config asks for it."""
    if captures(config):
        capture(trainer)
