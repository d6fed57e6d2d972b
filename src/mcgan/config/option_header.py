"""What the YAML of an option says of it; imports nothing, since TAB waits for it."""


def header(text: str) -> str:
    """The first comment that says something: not the package, not the file's own path."""
    for line in text.splitlines():
        said = line.removeprefix("#").strip()
        if said and not said.startswith(("@package", "conf/")):
            return said if line.startswith("#") else ""
    return ""
