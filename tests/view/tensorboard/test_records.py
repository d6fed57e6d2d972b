"""Records of event files bear the sums that TensorBoard's own reader asks for."""

import io

import pytest
import torch
from tensorboard.compat.tensorflow_stub import pywrap_tensorflow
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import PyRecordReader_New

from mcgan.view.tensorboard.records import SHORT, crc32c, split, sum_rows, write_record


def noise(count: int) -> bytes:
    random = torch.Generator().manual_seed(count)
    return bytes(torch.randint(256, (count,), generator=random, dtype=torch.uint8).tolist())


@pytest.mark.parametrize("count", [0, 3, SHORT - 1, SHORT, SHORT + 1, 16_384, 50_001])
def test_a_sum_is_that_of_tensorboard(count: int) -> None:
    assert crc32c(noise(count)) == pywrap_tensorflow.crc32c(noise(count))


def test_zeros_at_the_begin_and_at_the_end_count() -> None:
    text = bytes(SHORT) + noise(SHORT) + bytes(SHORT + 1)
    assert sum_rows(split(text)) == pywrap_tensorflow.crc32c(text)


def test_tensorboard_reads_what_is_written(tmp_path) -> None:
    file = io.BytesIO()
    texts = [b"short", noise(3 * SHORT)]
    for text in texts:
        write_record(file, text)
    (tmp_path / "events").write_bytes(file.getvalue())
    reader = PyRecordReader_New(str(tmp_path / "events"))
    for text in texts:
        reader.GetNext()
        assert reader.record() == text
