"""Coverage and time over the steps of a run."""

import json
from pathlib import Path

import pytest

from mcgan.compare.curves import course

ROWS = [
    {"kind": "train", "step": 100, "time/step_ms": [30.0]},  # warming up
    {"kind": "train", "step": 200, "time/step_ms": [10.0]},
    {"kind": "eval", "step": 200, "modes_strict": [8.0, 5.0, None], "effective_modes": [7.9, 5, 1]},
    {"kind": "train", "step": 250, "time/step_ms": [10.0]},
    {"kind": "eval", "step": 250, "modes_strict": [7.0, 8.0, None]},
]


def written(path: Path, rows: list) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_first_step_with_all_modes_and_the_time_until_then(tmp_path: Path) -> None:
    found = course(written(tmp_path / "metrics.jsonl", ROWS))
    assert [found.first(i, 8) for i in range(4)] == [200, 250, None, None]
    assert found.seconds == pytest.approx({100: 3.0, 200: 4.0, 250: 4.5})
    assert found.step_ms == 10.0
    assert found.counts["effective_modes"] == [(200, [7.9, 5, 1]), (250, [])]


def test_an_unknown_time_stays_unknown(tmp_path: Path) -> None:
    rows = [ROWS[0], {"kind": "train", "step": 200, "time/step_ms": [None]}, *ROWS[2:]]
    found = course(written(tmp_path / "metrics.jsonl", rows))
    assert found.first(0, 8) == 200 and found.step_ms is None
    assert found.seconds[100] == 3.0 and found.seconds[250] != found.seconds[250]


def test_no_file_no_course(tmp_path: Path) -> None:
    assert course(tmp_path / "metrics.jsonl").counts == {}
