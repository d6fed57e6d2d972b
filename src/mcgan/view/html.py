"""What pages are made of that need nothing else: pictures and styles lie inside them."""

import base64
from html import escape

from mcgan.view.page_style import STYLE

TYPES = {"png": "image/png", "svg": "image/svg+xml"}


def document(title: str, body: str, script: str = "") -> str:
    """A whole page; ``body`` is HTML, ``title`` plain text."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{STYLE}</style></head>
<body>
{body}
<script>{script}</script>
</body>
</html>
"""


def image(data: bytes, caption: str, style: str, form: str) -> str:
    """A picture with its caption; `style`: `drawn` may be inverted in the dark, `kept` may not."""
    source = base64.b64encode(data).decode()
    return (
        f'<figure class="{style}"><img alt="{escape(caption)}" '
        f'src="data:{TYPES[form]};base64,{source}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def paragraph(text: str) -> str:
    """A paragraph of HTML, its text escaped."""
    return f'<p class="small">{escape(text)}</p>'


def count(number: int, noun: str) -> str:
    """A number with its noun, in the plural unless it is one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
