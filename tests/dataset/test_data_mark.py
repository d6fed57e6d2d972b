import pytest
import torch

from mcgan.dataset.data_mark import describe_change, digest
from mcgan.dataset.ring import Ring

CATS, DOGS = torch.arange(12).reshape(3, 4), torch.ones(2, 4)


def mark(**parts):
    return {name: digest(examples) for name, examples in parts.items()}


def test_equal_content_has_an_equal_mark_and_order_counts():
    assert mark(cat=CATS) == mark(cat=CATS.clone())
    assert describe_change(mark(cat=CATS, dog=DOGS), mark(cat=CATS, dog=DOGS)) == ""
    assert digest(CATS) != digest(CATS.flip(0)) and digest(CATS)[0] == 3


@pytest.mark.parametrize(
    "new, sentence",
    [
        ({"cat": CATS}, "dog is gone"),
        ({"cat": CATS, "dog": DOGS, "bird": DOGS}, "bird is new"),
        ({"cat": CATS[:2], "dog": DOGS}, "cat has 2 examples and had 3"),
        ({"cat": CATS.flip(0), "dog": DOGS + 1}, "cat has other examples, dog has other examples"),
        ({str(i): DOGS for i in range(9)}, "cat is gone, dog is gone, 0 is new, and 8 more"),
    ],
)
def test_what_changed_is_said_by_part(new, sentence):
    assert describe_change(mark(cat=CATS, dog=DOGS), mark(**new)) == sentence


def test_data_without_files_have_no_mark():
    assert Ring().fingerprint() == {}
