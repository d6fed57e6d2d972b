"""Labels of the real samples: from a file, from their folders, or from a column of their table."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mcgan.errors import UserError, near_or_all, one_line
from mcgan.judging.raw import text_labels
from mcgan.judging.samples import Array, Samples
from mcgan.judging.tables import as_texts

OWN = "folders"  # the word for labels that come with the real samples


def given_labels(labels: Any) -> Array | None:
    """Labels that are given as they are, or by a file of them; None for a word or nothing."""
    if labels is None or (isinstance(labels, str) and not Path(labels).expanduser().is_file()):
        return None
    return read_labels(Path(labels)) if isinstance(labels, (str, Path)) else text_labels(labels)


def read_labels(path: Path) -> Array:
    """One label for each line of a text, or for each entry of a .npy file."""
    try:
        if path.suffix == ".npy":
            return text_labels(np.load(path, allow_pickle=False))
        return np.array(path.expanduser().read_text(encoding="utf-8-sig").split("\n")[:-1])
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read labels from {path}: {one_line(error)}; give a text with one "
                        "label a line, or a .npy file") from error


def settle_labels(fakes: Samples, real: Samples, word: str | None) -> tuple[Samples, Samples]:
    """Both sides, the real one with the labels that the word names, and both without that column.

    Raises UserError where there are none.
    """
    if word is None:
        return fakes, replace(real, labels=None)
    if word == OWN:
        if real.labels is None:
            raise UserError(f"{real.name} has no labels of its own: put each class into a folder, "
                            "or give labels=FILE with one label a line")
        return fakes, real
    columns = real.columns or []
    if word not in columns:
        hint = near_or_all(word, [OWN, *columns], "there is")
        raise UserError(f"labels={word}: no such file, and no such column of {real.name}{hint}")
    names = np.array(as_texts(real.rows[:, columns.index(word)]))
    return without_column(fakes, word), replace(without_column(real, word), labels=names)


def without_column(samples: Samples, name: str) -> Samples:
    if samples.columns is None or name not in samples.columns:
        return samples
    number = samples.columns.index(name)
    columns = [each for each in samples.columns if each != name]
    return replace(samples, rows=np.delete(samples.rows, number, 1), columns=columns)
