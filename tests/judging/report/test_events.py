"""A judgement in TensorBoard, read back by its own reader."""

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from judged import judged_blocks, judged_ring
from mcgan.judging.report.events import write_events


def test_numbers_figure_and_text_and_an_earlier_file_is_replaced(tmp_path):
    for _ in range(2):
        write_events(tmp_path / "board", [judged_ring()])
    [file] = (tmp_path / "board").iterdir()
    read = EventAccumulator(str(file))
    read.Reload()
    assert read.Tags()["images"] == ["judge/figure"]
    values = judged_ring().scalars()
    tags = read.Tags()["tensors"]
    assert {f"judge/{name}" for name in values} | {"judge/verdict"} == {*tags}
    tensor = read.Tensors("judge/coverage")[0].tensor_proto
    assert abs(tensor.float_val[0] - values["coverage"]) < 1e-6


def test_several_generators_have_folders_of_their_own(tmp_path):
    write_events(tmp_path, [judged_ring(), judged_blocks()])
    assert [folder.name[:2] for folder in sorted(tmp_path.iterdir())] == ["1-", "2-"]
