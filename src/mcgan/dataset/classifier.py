"""A small image classifier that names modes, and its training loop: for labelled pictures."""

import logging
import math
import time
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

log = logging.getLogger(__name__)

TOLD = 5.0  # seconds between two lines about how far training is


def _block(inputs: int, outputs: int, kernel: int, stride: int) -> list[nn.Module]:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)
    return [conv, nn.BatchNorm2d(outputs), nn.ReLU()]


def classifier(channels: int, classes: int, width: int = 16) -> nn.Sequential:
    """Images (B, channels, H, W) in [-1, 1] -> logits (B, classes); early strides keep it cheap."""
    net = nn.Sequential(
        *_block(channels, width, 5, 2),
        *_block(width, 2 * width, 5, 2),
        *_block(2 * width, 4 * width, 3, 1),
        nn.AdaptiveMaxPool2d(3),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(9 * 4 * width, 128, bias=False),
        nn.BatchNorm1d(128),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(128, classes),
    )
    return net.to(memory_format=torch.channels_last)  # twice as fast on a CPU


def jitter(x: Tensor, generator: torch.Generator) -> Tensor:
    """Turn each image by up to 15°, scale it by up to 15 %, shift it by up to 10 % of its side."""
    angle, grow, across, down = torch.rand(4, len(x), generator=generator) * 2 - 1
    angle, grow = angle * math.radians(15), 1 + 0.15 * grow
    cos, sin = grow * angle.cos(), grow * angle.sin()
    rows = [cos, -sin, 0.2 * across, sin, cos, 0.2 * down]
    grid = F.affine_grid(torch.stack(rows, 1).view(-1, 2, 3), list(x.shape), align_corners=False)
    return F.grid_sample(x + 1, grid, align_corners=False) - 1  # what comes in at the border is -1


class BytePictures:
    """Pictures held as bytes (n, C, H, W), perhaps in a mapped file: rows of them are floats."""

    def __init__(self, images: Tensor, rows: Tensor | None = None) -> None:
        self.images, self.rows = images, torch.arange(len(images)) if rows is None else rows
        self.shape = (len(self.rows), *images.shape[1:])

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, which: Tensor | slice) -> Tensor:
        """Pictures (m, C, H, W) float32 in [-1, 1]."""
        return self.images[self.rows[which]].float() / 127.5 - 1


Pictures = Tensor | BytePictures  # (n, C, H, W) in [-1, 1] when indexed


def garbage(x: Tensor | BytePictures, n: int, generator: torch.Generator) -> Tensor:
    """n images of noise shaped like x (B, C, H, W), of all grains, strengths and levels."""
    grain = int(torch.randint(2, x.shape[2] + 1, (), generator=generator))
    noise = torch.rand(n, x.shape[1], grain, grain, generator=generator) * 2 - 1
    noise = F.interpolate(noise, x.shape[2:], mode="bilinear")
    strength, level = torch.rand(2, n, 1, 1, 1, generator=generator)
    shifted: Tensor = 3 * strength * noise + 2 * level - 1
    return shifted.clamp(-1, 1)


def fit(
    net: nn.Module, x: Pictures, labels: Tensor, steps: int, seed: int, batch: int = 128
) -> None:
    """Train `net` in place on jittered images x (n, C, H, W) by Adam with a one-cycle rate; seeded.

    An eighth of each batch is noise whose target is every class alike (outlier exposure, Hendrycks
    et al. 2019): otherwise the net is sure that noise is an 8, and a broken generator looks good.
    """
    generator = torch.Generator().manual_seed(seed)
    targets = F.one_hot(labels).float()
    nothing = torch.full((batch // 8, targets.shape[1]), 1 / targets.shape[1])
    optimiser = torch.optim.Adam(net.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
    net.train()
    for _ in count_aloud(steps):
        rows = torch.randint(len(x), (batch,), generator=generator)
        noise = garbage(x, len(nothing), generator)
        logits = net(torch.cat([jitter(x[rows], generator), noise]))
        loss = F.cross_entropy(logits, torch.cat([targets[rows], nothing]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    net.eval()


def count_aloud(steps: int) -> Iterator[int]:
    """The numbers of the steps; every few seconds the log says how far they are."""
    begin = told = time.perf_counter()
    for step in range(steps):
        yield step
        now, done = time.perf_counter(), step + 1
        if now - told >= TOLD and done < steps:
            told, left = now, (now - begin) / done * (steps - done)
            log.info("classifier: step %d of %d, about %.0f s left", done, steps, left)


@torch.inference_mode()
def probabilities(net: nn.Module, x: Pictures, batch: int = 500) -> Tensor:
    """Class probabilities (n, classes) of images x (n, C, H, W), at most `batch` at a time."""
    parts = (x[start : start + batch] for start in range(0, max(len(x), 1), batch))
    return torch.cat(
        [net(part.contiguous(memory_format=torch.channels_last)).softmax(1) for part in parts]
    )


def accuracy(net: nn.Module, x: Pictures, labels: Tensor) -> float:
    """Share of images x (n, C, H, W) whose most probable class is their label (n,)."""
    return (probabilities(net, x).argmax(1) == labels).double().mean().item()
