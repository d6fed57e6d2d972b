"""An index of large studies: runs as they were read, and what was said of them all.

Both hold until a file of a run changes. It is a database in the user's cache that can be thrown
away: the directories stay the truth. A damaged one is made anew, and one that cannot be written is
done without.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from mcgan.compare.curves import RunCurves
from mcgan.compare.run import Run
from mcgan.system.places import cache_folder
from mcgan.version import __version__

FORMAT = 1  # another one where a run is read or held in another way
FILES = ("status.json", "result.json", "metrics.jsonl", "config.yaml", ".hydra/overrides.yaml")
FEW = 100  # runs that are read anew each time, so that small studies leave nothing behind
MOST = 200_000  # runs that are remembered
ANSWERS = 20  # that are remembered
TABLES = """
    CREATE TABLE IF NOT EXISTS runs (folder TEXT PRIMARY KEY, mark TEXT, run TEXT);
    CREATE TABLE IF NOT EXISTS answers (question TEXT PRIMARY KEY, out TEXT, err TEXT);
"""

Read = Callable[[Path], Run]


def read_indexed(folders: Sequence[Path], read: Read) -> list[Run]:
    """The run of each folder: from the index where no file has changed since, else by ``read``."""
    if len(folders) <= FEW:
        return [read(folder) for folder in folders]
    marks = {folder: mark(folder) for folder in folders}
    with suppress(OSError, sqlite3.Error), closing(opened()) as table:
        return [*look_up(table, marks, read)]
    return [read(folder) for folder in folders]


class Answer(NamedTuple):
    """What a command says on standard output and on standard error."""

    out: str
    err: str = ""


def answer_indexed(
    folders: Sequence[Path], words: Sequence[Any], make: Callable[[], Answer]
) -> Answer:
    """What was said of these runs when asked in the same ``words``, or else ``make()``.

    All that the answer depends on besides the runs is to be in the words.
    """
    if len(folders) <= FEW:
        return make()
    asked = json.dumps([[*words], [(os.path.abspath(each), mark(each)) for each in folders]])
    question = hashlib.sha256(asked.encode()).hexdigest()
    with suppress(OSError, sqlite3.Error), closing(opened()) as table:
        row = table.execute("SELECT out, err FROM answers WHERE question = ?", (question,))
        if (found := row.fetchone()) is not None:
            return Answer(*found)
    answer = make()
    with suppress(OSError, sqlite3.Error), closing(opened()) as table, table:
        table.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", (question, *answer))
        forget(table, "answers", ANSWERS)
    return answer


def opened() -> sqlite3.Connection:
    """The database, made anew where it is damaged. Raises sqlite3.Error, OSError."""
    file = cache_folder() / "compare.sqlite"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        return tables_in(file)
    except sqlite3.OperationalError:
        raise  # another process writes, or the disk refuses
    except sqlite3.DatabaseError:
        file.unlink()
        return tables_in(file)


def tables_in(file: Path) -> sqlite3.Connection:
    """The open index in a file, with its tables made. Raises sqlite3.Error for a damaged file."""
    table = sqlite3.connect(file)
    table.execute("PRAGMA synchronous = OFF")  # what a power cut damages is made anew
    table.executescript(TABLES)
    table.execute("SELECT folder, mark, run FROM runs LIMIT 1").fetchall()
    return table


def forget(table: sqlite3.Connection, name: str, most: int) -> None:
    """Drops all rows but the newest."""
    table.execute(f"DELETE FROM {name} WHERE rowid <= (SELECT max(rowid) FROM {name}) - ?", (most,))


def look_up(table: sqlite3.Connection, marks: Mapping[Path, str], read: Read) -> Iterator[Run]:
    """The runs in the order of ``marks``; those read anew are remembered."""
    fresh: list[tuple[str, str, str]] = []
    for folder, now in marks.items():
        place = os.path.abspath(folder)
        found = table.execute("SELECT run FROM runs WHERE folder = ? AND mark = ?", (place, now))
        run = restored(folder, found.fetchone())
        if run is None:
            run = read(folder)
            fresh.append((place, now, written(run)))
        yield run
    remember(table, fresh)


def remember(table: sqlite3.Connection, fresh: Iterable[tuple[str, str, str]]) -> None:
    """Stores runs as they were read, and forgets the oldest beyond the index's bound."""
    with table:
        table.executemany("INSERT OR REPLACE INTO runs VALUES (?, ?, ?)", fresh)
        forget(table, "runs", MOST)


def mark(folder: Path) -> str:
    """Changes with every file that a run is read from: their times and sizes."""
    known = [f"{folder}/{name}" for name in FILES]
    if os.path.isdir(f"{folder}/evaluations"):
        known += [str(file) for file in sorted(folder.glob("evaluations/*.json"))]
    return f"{FORMAT} {__version__} " + " ".join(map(stamp, known))


def stamp(file: str) -> str:
    """What changes when a file is written: its time and size; `-` if it is not there."""
    try:
        found = os.stat(file)
    except OSError:
        return "-"
    return f"{found.st_mtime_ns}:{found.st_size}"


def written(run: Run) -> str:
    """A run as JSON; its folder is the key."""
    course = vars(run.course) | {"seconds": [*run.course.seconds.items()]}
    own = {"folder": "", "course": course, "collapsed": [*run.collapsed.items()]}
    return json.dumps(vars(run) | own)


def restored(folder: Path, row: tuple[str] | None) -> Run | None:
    """The run in a row; None where there is none, or it is damaged."""
    try:
        held: dict[str, Any] = json.loads(row[0]) if row else {}
        course = held.pop("course")
        counts = {
            key: [(step, values) for step, values in each] for key, each in course["counts"].items()
        }
        found = RunCurves(counts, dict(course["seconds"]), course["step_ms"])
        return Run(
            **held | {"folder": folder, "course": found, "collapsed": dict(held["collapsed"])}
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
