import torch

from mcgan.types import Sample, choose_examples, join_samples, per_example, start_sample


def sample(value: float, count: int = 2) -> Sample:
    return Sample(
        torch.full((count, 3, 4), value),
        torch.full((count, 2), value),
        torch.full((count,), int(value)),
    )


def test_a_value_for_each_example_broadcasts_against_any_data():
    values = torch.tensor([1.0, 2.0])
    for shape in ((2,), (2, 3), (2, 3, 4, 5)):
        x = torch.ones(shape)
        shaped = per_example(values, x)
        assert shaped.dim() == x.dim() and torch.equal((shaped * x).reshape(2, -1)[:, 0], values)


def test_a_sample_to_start_from_is_its_latents_and_of_the_first_generator():
    z = torch.randn(5, 2)
    start = start_sample(z)
    assert start.x is z and start.z is z
    assert start.origin.dtype == torch.int64 and not start.origin.any() and len(start.origin) == 5


def test_samples_are_joined_and_chosen_from_in_every_column():
    joined = join_samples([sample(1.0), sample(2.0)])
    assert all(len(column) == 4 and column[2:].eq(2).all() for column in joined)
    chosen = choose_examples(torch.tensor([True, False]), sample(1.0), sample(2.0))
    assert all(column[0].eq(1).all() and column[1].eq(2).all() for column in chosen)
