import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from mcgan.engine import draws as draws_module
from mcgan.engine.draws import BLOCK_STEPS, Draws, TurnDraws, stream
from mcgan.objective import Hinge, Objective, Wasserstein
from mcgan.types import Draw

SPEC = {"z": Draw((4, 2), "normal"), "mine.pick": Draw((4,))}


def data(n: int, generator: torch.Generator) -> torch.Tensor:
    return torch.randn(n, 3, generator=generator)


def draws(seeds: list[int], stacked: bool = False, turns: int = 2, **changed) -> Draws:
    words = {"batch": 4, "turns": turns, "like": torch.zeros(()), "stacked": stacked, "values": 3}
    return Draws([data] * len(seeds), SPEC, seeds, **(words | changed))


def test_a_stream_is_a_function_of_seed_name_and_index():
    def first(*key):
        return torch.rand(3, generator=stream(*key)).tolist()

    assert first(1, "data", 2) == first(1, "data", 2)
    keys = [(s, name, i) for s in (0, 1) for name in ("data", "z") for i in (0, 1)]
    assert len({tuple(first(*key)) for key in keys}) == len(keys)


def test_shapes_and_kinds():
    x, noise = draws([0])(0, 0)
    assert x.shape == (4, 3) and noise["z"].shape == (4, 2) and noise["mine.pick"].shape == (4,)
    every = [draws([0])(step, turn)[1] for step in range(3) for turn in range(2)]
    picks = torch.stack([noise["mine.pick"] for noise in every])
    assert (0 <= picks).all() and (picks < 1).all()


def test_every_turn_gets_numbers_of_its_own():
    made = draws([0])
    turns = [made(step, turn) for step in (0, 1, BLOCK_STEPS, BLOCK_STEPS + 1) for turn in (0, 1)]
    for values in ([x for x, _ in turns], [noise["z"] for _, noise in turns]):
        assert torch.stack(values).unique().numel() == torch.stack(values).numel()


@pytest.mark.parametrize("step", [0, 5, BLOCK_STEPS - 1, BLOCK_STEPS, 3 * BLOCK_STEPS + 7])
def test_what_a_turn_gets_does_not_depend_on_what_was_asked_before(step):
    used, fresh = draws([0]), draws([0])
    for before in range(0, step, 50):
        used(before, 0)
    (x, noise), (same_x, same) = used(step, 1), fresh(step, 1)
    assert torch.equal(x, same_x)
    assert all(torch.equal(noise[name], same[name]) for name in SPEC)


def test_a_replica_gets_what_its_seed_gets_alone():
    both, alone = draws([3, 4], stacked=True), draws([4])
    for step in (0, BLOCK_STEPS):
        (x, noise), (solo_x, solo) = both(step, 1), alone(step, 1)
        assert x.shape == (2, 4, 3)
        assert torch.equal(x[1], solo_x)
        assert all(torch.equal(noise[name][1], solo[name]) for name in SPEC)
        assert not torch.equal(x[0], x[1])


def test_they_come_in_the_type_of_the_weights():
    x, noise = draws([0], like=torch.zeros((), dtype=torch.float64))(0, 0)
    assert {x.dtype, noise["z"].dtype} == {torch.float64}


def test_large_examples_are_drawn_in_smaller_blocks():
    assert draws([0]).steps == BLOCK_STEPS
    assert draws([0], values=2**16).steps == 2
    assert draws([0], values=2**30).steps == 1


def in_order(objective: Objective, seed: int = 0) -> TurnDraws:
    return TurnDraws(objective, [data], SPEC, [seed], 4, torch.zeros(()), False, 3)


ORDERS = pytest.mark.parametrize(
    "objective",
    [
        Hinge(),
        Hinge(generator_steps=3),
        Hinge(critic_steps=2, generator_steps=2),
        Wasserstein(critic_steps=2, catch_up=70),
    ],
    ids=str,
)


@ORDERS
def test_in_any_order_every_turn_gets_numbers_of_its_own(objective):
    made = in_order(objective)
    steps = [*range(4), 24, 25, 26, *range(BLOCK_STEPS - 1, BLOCK_STEPS + 3)]
    turns = [made(step, turn) for step in steps for turn in range(len(objective.turns(step)))]
    for values in ([x for x, _ in turns], [noise["z"] for _, noise in turns]):
        assert torch.stack(values).unique().numel() == torch.stack(values).numel()


@ORDERS
def test_in_any_order_a_turn_does_not_depend_on_what_was_asked_before(objective):
    used, fresh = in_order(objective), in_order(objective)
    for step in range(31):
        used(step, 0)
    last = len(objective.turns(31)) - 1
    assert all(
        torch.equal(a, b)
        for a, b in zip(used(31, last), fresh(31, last), strict=True)
        if isinstance(a, torch.Tensor)
    )
    assert torch.equal(used(31, last)[1]["z"], fresh(31, last)[1]["z"])


def test_more_turns_of_d_change_no_other_turns_numbers():
    usual, longer = in_order(Wasserstein(critic_steps=2)), in_order(Wasserstein(2, catch_up=6))
    for turn, same in ((0, 0), (1, 1), (2, 6)):  # both of D's usual ones, and G's
        assert torch.equal(usual(3, turn)[0], longer(3, same)[0])
    assert torch.equal(draws([0], turns=3)(3, 2)[1]["z"], usual(3, 2)[1]["z"])


def test_on_a_gpu_all_is_drawn_there_by_the_same_streams(monkeypatch):
    """Fake tensors stand for those of the GPU: they have a device and no numbers."""
    asked: dict[str, set] = {"cpu": set(), "cuda": set()}

    class There(torch.Generator):
        device = torch.device("cuda")

    def note(seed, name, index, device):
        asked[device.type].add((seed, name, index))
        return There() if device.type == "cuda" else stream(seed, name, index, device)

    def on_its_device(n, generator):
        return torch.randn(n, 3, generator=generator, device=generator.device)

    monkeypatch.setattr(draws_module, "stream", note)
    draws([0])(0, 0)
    with FakeTensorMode():
        like = torch.zeros((), device="cuda")
        made = Draws([on_its_device], SPEC, [0], 4, 2, like, False, 3)
        x, noise = made(0, 0)
    assert {t.device.type for t in (x, *noise.values())} == {"cuda"}
    assert asked["cuda"] == asked["cpu"] != set()
