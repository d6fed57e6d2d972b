"""Samples that are no file: arrays, frames, data sets, batches and functions."""

import itertools
import random

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader, TensorDataset

from mcgan.errors import UserError
from mcgan.judging.live import CALLED, open_object

X, Y = torch.arange(12.0).reshape(6, 2), torch.tensor([0, 1, 0, 1, 2, 2])


class Pictures:
    """A data set as Hugging Face's: rows are mappings, pictures are Pillow's."""

    column_names = ("image", "label")

    def __len__(self):
        return 4

    def __getitem__(self, number):
        return {"image": Image.new("RGB", (8, 8), (number, 0, 0)), "label": number % 2}


def read(source, key=None, n=None, seed=0):
    raw = open_object(source, key, n, seed)
    return raw.take(np.arange(raw.count))


@pytest.mark.parametrize(
    "source",
    [
        X,
        X.numpy(),
        X.bfloat16(),
        X.tolist(),
        X.clone().requires_grad_(),
        [X[:4], X[4:]],
        iter([X[:4].numpy(), X[4:].numpy()]),
        [*X],
        DataLoader(X, batch_size=4),
        TensorDataset(X),
        DataLoader(TensorDataset(X, Y), batch_size=4),
        [{"x": X[:3], "name": "a"}, {"x": X[3:], "name": "b"}],
        lambda n: X[:n],
        lambda n: [X[:3], X[3:]],
    ],
    ids=itertools.count(),
)
def test_the_rows_of_everything(source):
    assert read(source, n=6).rows.tolist() == X.tolist()


def test_the_rows_of_a_frame(pandas):
    assert read(pandas.DataFrame(X.numpy()), n=6).rows.tolist() == X.tolist()


@pytest.mark.parametrize(
    "source",
    [
        TensorDataset(X, Y),
        DataLoader(TensorDataset(X, Y), batch_size=4),
        [(X, Y)],
        [{"x": X, "label": Y}],
        lambda n: (X[:n], Y[:n]),
    ],
    ids=itertools.count(),
)
def test_labels_come_along(source):
    assert [*read(source, n=6).labels] == ["0", "1", "0", "1", "2", "2"]


def test_pictures_of_a_data_set():
    taken = read(Pictures())
    assert taken.rows.shape == (4, 8, 8, 3) and taken.rows[:, 0, 0, 0].tolist() == [0, 1, 2, 3]
    assert [*taken.labels] == ["0", "1", "0", "1"]


def test_pictures_of_several_shapes_are_cut_to_one():
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    deep = Image.fromarray(np.full((12, 8), 65535, np.uint16))
    taken = read([Image.new("L", (8, 8)), Image.new("RGB", (20, 9)), clear, deep])
    assert taken.rows.shape == (4, 8, 8, 3)
    assert taken.rows.mean((1, 2, 3)).tolist() == [0, 0, 255, 255]
    raw = open_object([clear, deep], None, None, 0)
    assert raw.notes == ["pictures of several shapes are brought to 8 × 8"]


class Stream(torch.utils.data.IterableDataset):
    """A data set without an end."""

    def __iter__(self):
        return (torch.full((2,), float(number)) for number in itertools.count())


def test_the_first_samples_of_a_stream():
    assert read(Stream(), n=5).rows.tolist() == [[i, i] for i in range(5)]


def test_batches_without_an_end_are_read_as_far_as_needed():
    count = itertools.count()
    raw = open_object((X + next(count) for _ in itertools.repeat(None)), None, 10, 0)
    assert raw.count == 10 and next(count) == 2 and raw.first


def test_a_function_is_asked_once_under_the_seed_and_leaves_no_trace():
    asked = []

    def make(n):
        asked.append(n)
        return torch.randn(n, 2)

    state = torch.random.get_rng_state()
    first, again, other = (read(make, seed=seed).rows for seed in (1, 1, 2))
    assert asked == [CALLED] * 3 and (first == again).all() and (first != other).any()
    assert (torch.random.get_rng_state() == state).all()


def test_a_function_that_fails_is_told_with_its_error():
    def draw(n):
        return X[n] + "one\ntwo"

    told = r"the function draw failed when it was asked for 2,000 samples: IndexError: "
    with pytest.raises(UserError, match=told):
        read(draw)


def test_a_key_names_a_part_of_a_batch():
    assert read([{"a": X, "b": 2 * X}], key="b").rows.tolist() == (2 * X).tolist()
    with pytest.raises(UserError, match="a batch holds a, b: say which part by key=NAME"):
        read([{"a": X, "b": X}])
    with pytest.raises(UserError, match=r"a batch has no part 'c' \(it has: a, b\)"):
        read([{"a": X, "b": X}], key="c")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ([], "the batches are empty"),
        (3, "cannot be read from a int: give a path, an array"),
        ([X, X[:, :1]], "differ in shape, such as 1 and 2 numbers"),
    ],
)
def test_what_is_no_source(source, told):
    with pytest.raises(UserError, match=told):
        read(source)


def test_a_frame_keeps_times_and_gaps(pandas):
    times = pandas.to_datetime(["1970-01-01 00:00:05", None])
    taken = read(pandas.DataFrame({"when": times, "ok": [True, False]}))
    assert taken.rows.tolist() == [[5.0, "True"], [None, "False"]]


def test_a_function_draws_by_the_seed_and_leaves_all_random_numbers_as_they_were():
    def make(n):
        return np.random.normal(size=(n, 2)) + random.random() + torch.randn(n, 2).numpy()

    def draw_next():
        return np.random.rand(), random.random(), torch.rand(()).item()

    np.random.seed(3)
    random.seed(3)
    torch.manual_seed(3)
    states = np.random.get_state(), random.getstate(), torch.get_rng_state()
    expected = draw_next()
    np.random.set_state(states[0])
    random.setstate(states[1])
    torch.set_rng_state(states[2])
    one, same, other = (read(make, n=5, seed=seed).rows for seed in (7, 7, 8))
    assert (one == same).all() and not (one == other).any()
    assert draw_next() == expected
