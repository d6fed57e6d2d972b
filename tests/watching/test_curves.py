"""Looks in TensorBoard, by a writer of the user's and in a folder that a loop goes on in."""

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from mcgan.judging.judgement import Judgement
from mcgan.judging.measures import Measured
from mcgan.watching.course import Look
from mcgan.watching.curves import Curves

JUDGEMENT = Judgement(
    "missing", "Some are missing", "", (), (), {"coverage": Measured(0.5, 0.9, 0)}, (), 100, 200
)


def look(step: int, coverage: float = 0.5) -> Look:
    return Look(step, "missing", "Some are missing", True, {"coverage": coverage})


class Writer:
    def __init__(self) -> None:
        self.scalars, self.texts = [], []

    def add_scalar(self, *point):
        self.scalars.append(point)

    def add_text(self, tag, text, step):
        self.texts.append((tag, "Some are missing" in text, step))

    def flush(self):
        self.flushed = True


def test_a_writer_of_the_users_gets_all():
    writer = Writer()
    Curves(writer).add(look(7), JUDGEMENT)
    assert writer.scalars == [
        ("judge/coverage", 0.5, 7),
        ("judge_two_real_samples/coverage", 0.9, 7),
    ]
    assert writer.texts == [("judge/verdict", True, 7)] and writer.flushed


def test_a_folder_loses_the_events_after_the_step_that_a_loop_goes_on_from(tmp_path):
    first = Curves(tmp_path)
    for step in (10, 20, 30):
        first.add(look(step), JUDGEMENT)
    again = Curves(tmp_path)
    again.after = 10
    again.add(look(20, coverage=0.25), JUDGEMENT)
    events = EventAccumulator(str(tmp_path))
    events.Reload()
    assert [(e.step, e.value) for e in events.Scalars("judge/coverage")] == [(10, 0.5), (20, 0.25)]
