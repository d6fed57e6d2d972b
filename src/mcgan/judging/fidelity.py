"""The nets whose numbers papers print, through torch-fidelity: Inception, DINOv2 and CLIP."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mcgan.dataset.trained_classifier import DAMAGED
from mcgan.errors import UserError, one_line
from mcgan.judging.files import load_tensors

# FID is of Heusel et al. 2017, FD-DINOv2 of Stein et al. 2023.
NETS = {
    word: (net, layer)
    for word, net, layer in map(
        str.split,
        """
    inception  inception-v3-compat  2048
    dinov2     dinov2-vit-l-14      dinov2
    clip       clip-vit-b-32        clip
""".strip().splitlines(),
    )
}
"""Our word: torch-fidelity's name of the net, and of the layer that papers take."""
FIRST = (0, 4)  # the version that has all of them
OFFLINE = {"dinov2": "copy the folder hub of TORCH_HOME from a machine that has them"}
"""What to do without a network where torch-fidelity reads no file of weights."""
FAILURES = (*DAMAGED, AttributeError)


@dataclass(frozen=True)
class FidelityNet:
    """One net: its word, and the file of its weights (None: torch-fidelity downloads them)."""

    word: str
    path: Path | None = None

    @cached_property
    def net(self) -> Any:
        """The net on the GPU where there is one. Raises UserError where it cannot be had."""
        check_installed(self.word)
        if self.path is not None:
            check_weights(self.word, self.path)
        from torch_fidelity.utils import create_feature_extractor

        name, layer = NETS[self.word]
        try:
            return create_feature_extractor(
                name,
                [layer],
                cuda=torch.cuda.is_available(),
                verbose=False,
                feature_extractor_weights_path=None if self.path is None else str(self.path),
            )
        except NotImplementedError as error:
            raise UserError(
                f"torch-fidelity {version('torch-fidelity')} reads no file of weights "
                f"for {self.word}: take features={self.word}, which downloads them "
                "once into TORCH_HOME"
            ) from error
        except FAILURES as error:
            raise UserError(self.explain(error)) from error

    def explain(self, error: Exception) -> str:
        """A sentence for weights that cannot be had: why, and what to do."""
        reason = f"{type(error).__name__}: {one_line(error)}"
        if self.path is None:
            way = OFFLINE.get(self.word, f"give their file, features={self.word}:PATH")
            return (
                f"the weights of features={self.word} cannot be downloaded ({reason}): {way}, "
                "or take features=efficientnet"
            )
        return f"{self.path} does not hold the weights of features={self.word} ({reason})"

    @cached_property
    def fingerprint(self) -> str:
        """What the features depend on beside the pictures: the net, its version, its weights."""
        check_installed(self.word)
        if self.path is not None:
            check_weights(self.word, self.path)
        weights = "own" if self.path is None else hashlib.sha256(self.path.read_bytes()).hexdigest()
        return f"{NETS[self.word]} torch-fidelity {version('torch-fidelity')} {weights}"

    def extract(self, pictures: Tensor) -> Tensor:
        """Features (B, d) float32 of colour pictures (B, 3, H, W) uint8 of any size."""
        device = next((each.device for each in self.net.parameters()), pictures.device)
        features: Tensor = self.net(pictures.to(device))[0]
        return features.flatten(1).float().cpu()


def check_installed(word: str) -> None:
    """Raises UserError where torch-fidelity is missing or too old."""
    if find_spec("torch_fidelity") is None:
        raise UserError(f"features={word} needs torch-fidelity: pip install 'mcgan[fid]'")
    numbers = version("torch-fidelity").split(".")[:2]
    if tuple(int(number) for number in numbers) < FIRST:
        raise UserError(
            f"features={word} needs torch-fidelity 0.4 or later: pip install -U 'mcgan[fid]'"
        )


def check_weights(word: str, path: Path) -> None:
    """Raises UserError for a file that is not there, or that could run code when it is read."""
    if not path.is_file():
        raise UserError(f"features={word}: there is no file of weights {path}")
    if word != "inception":
        return
    try:
        load_tensors(path)
    except FAILURES as error:
        raise UserError(
            f"{path} does not hold weights alone ({type(error).__name__}): give the "
            ".pth file that torch-fidelity publishes"
        ) from error
