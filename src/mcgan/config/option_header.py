"""What the YAML of an option says of it; imports little, since TAB waits for it."""

import re

SAID = re.compile(r"^# (Claim|Defaults|Goes with|Here): (.+)$", re.M)


def header(text: str) -> str:
    """The first comment that says something: not the package, not the file's own path."""
    for line in text.splitlines():
        said = line.removeprefix("#").strip()
        if said and not said.startswith(("@package", "conf/")):
            return said if line.startswith("#") else ""
    return ""


def read_comments(text: str) -> dict[str, str]:
    """What the comments know of a strategy: the paper's claim, where defaults come from, its
    company, and why it may show less here."""
    return dict(SAID.findall(text))
