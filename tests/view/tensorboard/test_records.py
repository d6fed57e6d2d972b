"""Records of event files bear the sums that TensorBoard's own reader asks for."""

import io

import torch
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import PyRecordReader_New

from mcgan.view.tensorboard.records import write_record


def noise(count: int) -> bytes:
    random = torch.Generator().manual_seed(count)
    return bytes(torch.randint(256, (count,), generator=random, dtype=torch.uint8).tolist())


def test_tensorboard_reads_what_is_written(tmp_path) -> None:
    file = io.BytesIO()
    texts = [b"", b"short", bytes(3), noise(12_288)]
    for text in texts:
        write_record(file, text)
    (tmp_path / "events").write_bytes(file.getvalue())
    reader = PyRecordReader_New(str(tmp_path / "events"))
    for text in texts:
        reader.GetNext()
        assert reader.record() == text
