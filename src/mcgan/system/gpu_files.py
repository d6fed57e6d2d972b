"""Whether there may be a GPU, told without torch, which takes seconds to import."""

import sys
from pathlib import Path

NAMES = ("nvidia*", "nvhost*", "kfd", "dxg")  # of the drivers of NVIDIA, AMD and Windows


def may_have_gpu(devices: Path = Path("/dev")) -> bool:
    """False where torch would find no GPU: on Linux a driver has a file among the devices."""
    return sys.platform != "linux" or any(any(devices.glob(name)) for name in NAMES)
