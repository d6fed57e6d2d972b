"""Loops tell whoever watches how far they are."""

from mcgan.explain._game import parts_of, train_critic, trainer_of
from mcgan.explain._progress import counted, watch


def test_every_training_is_told_and_numbered():
    told: list[str] = []
    with watch(told.append):
        assert [*counted(2)] == [0, 1] and [*counted(1000)][-1] == 999
    assert told[:3] == ["training 1, turn 0 of 2", "training 1, turn 1 of 2",
                        "training 2, turn 0 of 1,000"]  # fmt: skip
    assert [*counted(3)] == [0, 1, 2] and len(told) == 1002  # nobody watches now


def test_a_critic_tells_its_turns():
    told: list[str] = []
    trainer = trainer_of(parts_of("arch.width=8", "train.batch_size=8"), [0])
    with watch(told.append):
        train_critic(trainer, 2)
    assert told == ["training 1, turn 0 of 2", "training 1, turn 1 of 2"]
