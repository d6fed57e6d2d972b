"""Pictures that Pillow has opened, as data sets give them: as bytes, and brought to one size."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from mcgan.dataset.pictures import cut
from mcgan.dataset.pixels import Unfit, flatten, to_eight_bits
from mcgan.errors import UserError
from mcgan.judging.samples import Array

WHITE = (255, 255, 255)


def is_picture(thing: Any) -> bool:
    """Whether it is a picture of Pillow's."""
    return isinstance(thing, Image.Image)


def as_rows(image: Image.Image) -> Array:
    """The pixels (height, width) or (height, width, 3) as bytes, transparency laid on white.

    Raises UserError for values whose white nobody knows.
    """
    try:
        plain = flatten(to_eight_bits(image, None), image.info.get("icc_profile"), WHITE)
    except Unfit as reason:
        raise UserError(f"a picture cannot be read: {reason}") from None
    return np.asarray(plain if plain.mode in ("L", "RGB") else plain.convert("RGB"))


def are_pictures(parts: Sequence[Array]) -> bool:
    """Whether all are the bytes of single pictures, as `as_rows` gives them."""
    return all(
        part.dtype == np.uint8 and (part.ndim == 2 or part.shape[2:] == (3,)) for part in parts
    )


def alike(pictures: Sequence[Array]) -> tuple[list[Array], str]:
    """The pictures in colour, their middle squares of the commonest shorter side; what to say."""
    sides = Counter(min(picture.shape[:2]) for picture in pictures)
    side = sides.most_common(1)[0][0]
    squares = [
        np.asarray(cut(Image.fromarray(picture).convert("RGB"), side)) for picture in pictures
    ]
    return squares, f"pictures of several shapes are brought to {side} × {side}"
