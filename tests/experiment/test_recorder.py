"""One place writes numbers and pictures; TensorBoard shows the same ones, none twice."""

import json
import math
import resource
import time
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

from mcgan.errors import UserError
from mcgan.experiment.recorder import Recorder
from mcgan.run.directory import RunDirectory
from mcgan.run.states import RunState
from mcgan.view.figures.style import new_figure, place

CONFIG = {"seed": 3, "replicas": 2, "objective": {"_target_": "mcgan.objective.Hinge"}}
PERFECT = {"perfect": {"modes_covered": 8.0, "kl": 0.01},
           "real": {"modes_covered": 8.0, "kl": 0.012}}  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    run = RunDirectory(tmp_path / "run")
    with run.lock():
        run.start(CONFIG, steps=10, choices={"objective": "hinge_of_mine"})
    return run


def events(run: RunDirectory) -> EventAccumulator:
    everything = {"scalars": 0, "images": 0}
    return EventAccumulator(str(run.folder), tensor_size_guidance=everything).Reload()


def points(run: RunDirectory, tag: str) -> list[tuple[int, float]]:
    return [(e.step, make_ndarray(e.tensor_proto).item()) for e in events(run).Tensors(tag)]


def picture():
    figure = new_figure(2.0, 1.0)
    place(figure, 0.3, 0.3, 1.5, 0.5)
    return figure


def test_the_table_of_settings_has_the_option_that_was_chosen(run: RunDirectory) -> None:
    recorder = Recorder(run)
    recorder.close(RunState.INTERRUPTED)
    assert recorder.board and recorder.board.settings["objective"] == "hinge_of_mine"


def test_numbers_pictures_and_the_end(run: RunDirectory) -> None:
    recorder = Recorder(run)
    recorder.train(5, {"loss/d": [1.0, 3.0], "loss/g": [math.nan, 2.0], "score/real": [None, None]})
    recorder.evaluation(10, {"modes_covered": [8, 6], "kl": [0.25, None]}, PERFECT)
    recorder.figure(10, "samples", picture())
    recorder.finish(RunState.DONE, {"metrics": {}}, step=10, score=0.25)

    rows = [json.loads(line) for line in run.metrics.read_text().splitlines()]
    assert rows[0] == {"kind": "train", "step": 5, "loss/d": [1.0, 3.0], "loss/g": [None, 2.0],
                       "score/real": [None, None]}  # fmt: skip
    assert rows[1] == {"kind": "eval", "step": 10, "modes_covered": [8, 6], "kl": [0.25, None]}
    assert points(run, "loss/d") == [(5, 2.0)] and points(run, "loss/g") == [(5, 2.0)]
    assert points(run, "coverage/modes_covered") == [(10, 7.0)]
    assert points(run, "interval/modes_covered_lower")[0][1] == 6
    assert points(run, "interval/modes_covered_upper")[0][1] == 8
    for tag in ("quality/kl", "interval/kl_lower", "interval/kl_upper"):
        assert points(run, tag) == [(10, 0.25)]  # one replica left: a band without width
    assert points(run, "perfect/modes_covered") == [(10, 8.0)]
    assert "score/real" not in events(run).Tags()["tensors"]
    (image,) = events(run).Tensors("samples")
    width, height, drawn = image.tensor_proto.string_val
    assert (width, height) == (b"200", b"100")
    assert drawn == (run.figures / "samples-00000010.png").read_bytes()
    status = run.status()
    assert (status["state"], status["step"], status["score"]) == ("done", 10, 0.25)
    assert run.result() == {"metrics": {}}


def log(recorder: Recorder, steps: range) -> None:
    for step in steps:
        recorder.train(step, {"loss/d": [step / 3]})
        recorder.evaluation(step, {"modes_covered": [step]}, PERFECT)
        recorder.figure(step, "samples", picture())


def test_resume_shows_no_step_twice(run: RunDirectory, tmp_path: Path) -> None:
    killed = Recorder(run)
    log(killed, range(1, 8))  # and no close
    resumed = Recorder(run, resume_step=4)
    log(resumed, range(5, 11))
    killed.close(RunState.INTERRUPTED)
    resumed.finish(RunState.DONE)
    assert points(run, "loss/d") == [(step, pytest.approx(step / 3)) for step in range(1, 11)]
    assert [step for step, _ in points(run, "interval/modes_covered_upper")] == list(range(1, 11))
    assert [image.step for image in events(run).Tensors("samples")] == list(range(1, 11))

    whole = RunDirectory(tmp_path / "whole")
    with whole.lock():
        whole.start(CONFIG, steps=10)
    recorder = Recorder(whole, tensorboard=False)
    log(recorder, range(1, 11))
    recorder.finish(RunState.DONE)
    assert whole.metrics.read_bytes() == run.metrics.read_bytes()
    assert not list(whole.folder.glob("events*"))


def test_a_full_disk_is_one_sentence(run: RunDirectory) -> None:
    recorder = Recorder(run)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limit[1]))
    try:
        with pytest.raises(UserError, match=r"cannot write .*: file too large"):
            for step in range(200):
                recorder.train(step, {"loss/d": [0.5]})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    recorder.finish(RunState.FAILED, error="disk full")
    assert run.status()["state"] == "failed"


def test_a_log_line_costs_little(run: RunDirectory) -> None:
    """Well under 2 ms for eight values of sixteen replicas, both files, on a busy machine."""
    recorder, values = Recorder(run), [0.1 * i for i in range(16)]
    line = {f"loss/{i}": values for i in range(8)}
    recorder.train(0, line)
    begun = time.process_time()
    for step in range(1, 201):
        recorder.train(step, line)
    assert (time.process_time() - begun) / 200 < 2e-3
    recorder.finish(RunState.DONE)
