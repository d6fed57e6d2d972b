"""Runs and folders by the words that people type: a path, or a name under runs/."""

import os
from pathlib import Path

from mcgan.errors import UserError, near

LATEST = "last"  # names the run whose status changed last, where no folder is called so
NAMED = 5  # runs of a sweep that a message names
LONGEST = 3000  # bytes of a path that every system takes


def run_of(word: str) -> Path:
    """The folder of the run that `word` names. Raises UserError where there is none."""
    check_path(word)
    for folder in (Path(word), Path("runs", word)):
        if (folder / "config.yaml").is_file():
            return folder
    if word == LATEST and not Path(word).exists():
        return latest()
    folder = next(filter(Path.is_dir, (Path(word), Path("runs", word))), Path(word))
    if folder.is_dir():
        jobs = [job.parent.name for job in sorted(folder.glob("[!.]*/config.yaml"))]
        more = f" and {len(jobs) - NAMED:,} more" if len(jobs) > NAMED else ""
        hint = f"; it holds the runs {', '.join(jobs[:NAMED])}{more}" if jobs else ""
        raise UserError(f"{folder} is not a run: it has no config.yaml{hint}")
    places = (place for place in (folder.parent, Path("runs")) if place.is_dir())
    names = [path.name for place in places for path in place.iterdir()]
    hint = near(folder.name, names) or ": give its folder"
    raise UserError(f"no run {word!r}{hint}")


def folder_of(word: str) -> Path:
    """The folder that `word` names. Raises UserError where there is none."""
    check_path(word)
    for folder in (Path(word), Path("runs", word)):
        if folder.is_dir():
            return folder
    if word == LATEST:
        return latest()
    parent = Path(word).parent if Path(word).parent.is_dir() else Path()
    hint = near(Path(word).name, [path.name for path in parent.iterdir()])
    raise UserError(f"no folder {word!r}{hint or ': give a run or a folder of runs'}")


def latest() -> Path:
    """The run under runs/ or in a sweep there whose status is the newest. UserError: none."""
    found = [
        file
        for file in Path("runs").glob("**/status.json")
        if (file.parent / "config.yaml").is_file()
    ]
    if not found:
        raise UserError(
            f"there is no run under {Path('runs').resolve()}, so none is the last: "
            "train one, or give a folder"
        )
    return max(found, key=lambda file: file.stat().st_mtime).parent


def check_path(word: str) -> None:
    """Raises UserError for what no system takes as a path."""
    long = any(len(os.fsencode(part)) > 255 for part in Path(word).parts)
    if "\0" in word or long or len(os.fsencode(word)) > LONGEST:
        raise UserError(f"no run {word[:80]!r}...: no folder can have such a name")
