"""What a decoded picture shows, as 8-bit colour or grey: depth, colour profile, transparency."""

import io
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

DEEP = ("I", "F")  # modes of more than 8 bits begin with these
SIXTEEN = 65535
TWELVE = 4095
BITS, PHOTOMETRIC = 258, 262  # tags of a TIFF
SPACES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # of a profile, and the mode it describes


class Unfit(Exception):
    """Why a picture is refused, though it can be decoded."""


def to_eight_bits(image: Image.Image, white: float | None) -> Image.Image:
    """The picture with 8 bits a value, 255 for ``white``; nothing is clipped.

    Without ``white`` it is what the file declares: 2^bits - 1, and 1 for floats from 0 to 1.
    Raises Unfit where the file declares none, or values lie outside of 0 to white.
    """
    if not image.mode.startswith(DEEP):
        return image
    values = np.asarray(image).astype(np.float64)
    top = white or declared_white(image, values)
    if not (values.min() >= 0 and values.max() <= top):  # NaN is neither
        raise Unfit(
            f"its values go from {values.min():g} to {values.max():g}, and white is "
            f"{top:g}: give the setting white its value"
        )
    scaled = values * (255 / top)
    if tag(image, PHOTOMETRIC) == 0:  # white is zero
        scaled = 255 - scaled
    grey = Image.fromarray(scaled.round().astype(np.uint8))
    key = image.info.get("transparency")
    return grey if key is None else Image.merge("LA", (grey, opaque_but(values, key)))


def declared_white(image: Image.Image, values: NDArray[np.float64]) -> float:
    """The value of white by the file itself. Raises Unfit where it declares none."""
    if image.mode == "F" and values.min() >= 0 and values.max() <= 1:
        return 1
    known = image.format != "TIFF" or image.mode.startswith("I;16")
    if image.mode == "F" or not known:
        raise Unfit(
            f"its values go from {values.min():g} to {values.max():g}, and no file says "
            "what white is: give the setting white its value, such as 1, 255 or 65535"
        )
    top = float((1 << int(tag(image, BITS) or 16)) - 1)
    if top == SIXTEEN and 0 < values.max() <= TWELVE:
        raise Unfit(
            f"it has 16 bits a value, and its largest is {values.max():,.0f}: set white "
            f"to {TWELVE} if these are 12 bits, to {SIXTEEN} if it is so dark"
        )
    return top


def tag(image: Image.Image, number: int) -> Any:
    """The first value of a TIFF's tag; None where there is none."""
    found = getattr(image, "tag_v2", {}).get(number)
    return found[0] if isinstance(found, tuple) else found


def opaque_but(values: NDArray[np.float64], key: int) -> Image.Image:
    """An alpha channel that hides the pixels with the value ``key``."""
    return Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8))


def flatten(image: Image.Image, profile: bytes | None, background: tuple[int, ...]) -> Image.Image:
    """The picture in grey or sRGB without transparency, laid on the colour ``background``."""
    if not (image.has_transparency_data or image.mode in ("La", "RGBa")):
        return to_srgb(image, profile)
    clear = image.convert("LA" if image.mode == "La" else "RGBA").convert("RGBA")
    ground = Image.new("RGB", image.size, background)
    colours = to_srgb(clear.convert("RGB"), profile).convert("RGB")
    ground.paste(colours, mask=clear.getchannel("A"))
    return ground


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB, or grey; by its colour ``profile`` where that is whole and fits it."""
    if image.mode == "LAB":
        return convert_lab(image)
    transform, mode = read_profile(profile) if profile else (None, "")
    plain = image if image.mode in ("L", "RGB", "CMYK") else image.convert(grey_or_colour(image))
    if mode == "RGB" and plain.mode == "L":
        plain = plain.convert("RGB")
    if transform and plain.mode == mode:
        changed = ImageCms.applyTransform(plain, transform)
        assert changed is not None  # only a change in place returns nothing
        return changed
    return plain.convert("RGB") if plain.mode == "CMYK" else plain


def grey_or_colour(image: Image.Image) -> str:
    """'L' for a picture of two or more greys, 'RGB' for all others."""
    return "L" if image.mode in ("1", "LA", "La") else "RGB"


@lru_cache(maxsize=32)
def read_profile(content: bytes) -> tuple[ImageCms.ImageCmsTransform | None, str]:
    """The way from a profile to sRGB, and the mode it starts at; None: sRGB already, or damaged."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(content))
        mode = SPACES.get(profile.profile.xcolor_space.strip(), "")
        if not mode or "sRGB" in ImageCms.getProfileDescription(profile):
            return None, ""
        return ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), mode, "RGB"), mode
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None, ""


def convert_lab(image: Image.Image) -> Image.Image:
    """A picture in CIELAB as sRGB."""
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    way = ImageCms.buildTransform(lab, srgb, "LAB", "RGB")
    changed = ImageCms.applyTransform(image, way)
    assert changed is not None  # only a change in place returns nothing
    return changed
