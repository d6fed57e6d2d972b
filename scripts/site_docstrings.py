"""Makes docstrings fit for a page: examples become blocks of code, stars stay stars."""

import re
from typing import Any

import griffe

EXAMPLE = re.compile(r"^( *)>>> .*(?:\n\1\S.*)*", re.M)  # to the next empty line
SPAN = re.compile(r"(``?[^`]+``?)")


def prepare(docstring: str) -> str:
    """The docstring as Markdown."""
    parts, end = [], 0
    for found in EXAMPLE.finditer(docstring):
        parts += [escape(docstring[end : found.start()]), fence(found[0])]
        end = found.end()
    return "".join([*parts, escape(docstring[end:])])


def fence(example: str) -> str:
    lines = [line.strip() for line in example.splitlines()]
    return "\n```pycon\n" + "\n".join(lines) + "\n```\n"


def escape(text: str) -> str:
    """Stars, and brackets that are no links, outside of spans of code."""
    parts = SPAN.split(text)
    parts[::2] = [re.sub(r"([*\[\]])", r"\\\1", part) for part in parts[::2]]
    return "".join(parts)


class Docstrings(griffe.Extension):
    """Prepares the docstring of every object once, when it is read."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        if obj.docstring:
            obj.docstring.value = prepare(obj.docstring.value)
