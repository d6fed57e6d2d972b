"""metrics.jsonl: strict JSON, nothing lost, nothing twice."""

import json
import math
from pathlib import Path

import pytest

from mcgan.run.metrics_log import MetricsLog, read


def test_rows_are_there_at_once_and_numbers_are_exact(tmp_path: Path) -> None:
    history = MetricsLog(tmp_path / "m.jsonl")
    history.append("train", 1, {"loss/d": [0.1, math.nan, -math.inf, None]})
    text = (tmp_path / "m.jsonl").read_text()  # before it is closed
    assert json.loads(text) == {"kind": "train", "step": 1, "loss/d": [0.1, None, None, None]}
    history.close()


def test_resume_drops_later_rows_and_a_torn_one(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    history = MetricsLog(path)
    for step in range(1, 6):
        history.append("train", step, {"x": [step / 3]})
    history.close()
    untouched = path.read_text().splitlines()
    path.write_text(path.read_text() + '{"kind": "train", "st')
    history = MetricsLog(path, resume_step=3)
    history.append("train", 4, {"x": [4 / 3]})
    history.close()
    assert path.read_text().splitlines() == untouched[:4]


def test_resume_without_a_file(tmp_path: Path) -> None:
    MetricsLog(tmp_path / "m.jsonl", resume_step=3).close()
    assert list(read(tmp_path / "m.jsonl")) == []
    assert list(read(tmp_path / "none.jsonl")) == []


ROW = b'{"kind": "train", "step": %d, "x": [0.5]}\n'
DAMAGED = [
    b'{"kind": "train", "step": 1, "x\xff": [0.5]}\n',
    b"5\n",
    b"[" * 100_000 + b"\n",
    b"\0" * 50 + b"\n",
    b'{"kind": "train", "x": [0.5]}\n',
    b'{"kind": "train", "step": "1"}\n',
    b"\n",
    b'{"kind": "train", "step": 1, "x": 0.5}\n',
    b'{"kind": "train", "step": 1, "x": [NaN]}\n',
    b'{"kind": "train", "step": 1, "x": [1e999]}\n',
    b'{"kind": ["train"], "step": 1}\n',
    b'{"kind": "train", "step": 1, "x": [%s]}\n' % (b"9" * 400),
]


@pytest.mark.parametrize("line", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_line_costs_itself_alone(tmp_path: Path, caplog, line: bytes) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(line + ROW % 2 + line + ROW % 3 + b'{"kind": "tra')
    assert [row["step"] for row in read(path)] == [2, 3]
    MetricsLog(path, resume_step=3).close()
    assert path.read_bytes() == ROW % 2 + ROW % 3
    assert (tmp_path / "metrics.damaged").read_bytes() == 2 * line
    assert "2 damaged lines, now in metrics.damaged" in caplog.text
