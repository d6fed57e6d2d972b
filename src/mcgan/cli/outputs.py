"""Files that a verb writes on wish: checked before the work, written whole after it."""

import sys
from pathlib import Path

from mcgan.errors import UserError
from mcgan.system.atomic import write_bytes


def target(flag: str, file: Path) -> Path:
    """The file. Raises UserError where it cannot be one; ``flag`` is what it was typed behind."""
    if not file.parent.is_dir():
        raise UserError(f"{flag} {file}: there is no folder {file.parent}")
    if file.is_dir():
        raise UserError(f"{flag} {file} is a folder: give the name of a file")
    return file


def save(what: str, file: Path, content: str | bytes) -> None:
    """Writes the file, and says so on standard error. Raises UserError where the disk refuses."""
    write_bytes(file, content.encode() if isinstance(content, str) else content)
    print(f"{what:<8}{file}", file=sys.stderr)
