"""The same settings and seed give the same bits, whatever the environment.

A process of its own with another hash seed, time zone, locale, umask, home, folder for temporary
files or working directory with blanks. All that the run leaves is compared without tolerance.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from random import Random

from mcgan.run.directory import RunDirectory
from processes import ending, same
from torture import small

NUMBER, GOAL = "R13", 12
CHANGES = [
    {"PYTHONHASHSEED": "0"}, {"PYTHONHASHSEED": "12345"}, {"TZ": "Pacific/Apia"},
    {"LC_ALL": "C", "PYTHONUTF8": "0"}, {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"},
    {"HOME": "/nonexistent"}, {"TMPDIR": "/dev/shm"}, {"COLUMNS": "20"}, {"TERM": "dumb"},
    {"PYTHONOPTIMIZE": "1"}, {"NO_COLOR": "1"}, {"PYTHONDONTWRITEBYTECODE": "1"},
]  # fmt: skip


def tries(draw: Random, place: Path) -> Iterator[object]:
    folder = place / "a folder with blanks" / "runs" / "one"
    folder.parent.mkdir(parents=True)
    changes = {key: value for each in draw.sample(CHANGES, 2) for key, value in each.items()}
    with chdir(folder.parent.parent):
        words = [sys.executable, "-m", "mcgan", *small.words(folder)]
    done = subprocess.run(words, env={**os.environ, **changes}, cwd=folder.parent.parent,
                          umask=draw.choice([0o077, 0o022]), capture_output=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    same(ending(RunDirectory(folder)), small.whole())
    yield changes
