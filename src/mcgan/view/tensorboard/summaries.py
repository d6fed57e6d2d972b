"""Texts and pictures as TensorBoard keeps them, made without torch."""

from typing import Any


def text(tag: str, markdown: str) -> Any:
    """A summary with a text in Markdown."""
    from tensorboard.plugins.text.summary_v2 import text_pb

    return text_pb(tag, markdown)


def picture(tag: str, png: bytes) -> Any:
    """Takes the file's own bytes: `add_figure` would draw and encode once more."""
    from tensorboard.compat.proto.summary_pb2 import Summary

    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))  # PNG's IHDR
    image = Summary.Image(height=height, width=width, colorspace=4, encoded_image_string=png)
    return Summary(value=[Summary.Value(tag=tag, image=image)])
