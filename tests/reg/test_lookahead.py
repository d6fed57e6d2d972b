import pytest
import torch

from mcgan.reg.lookahead import Lookahead
from mcgan.types import Report
from small import game, largest_difference, moment, sample, trainer


def test_every_k_steps_both_players_go_back_part_of_their_way():
    k, alpha = 3, 0.25
    made = trainer("lookahead", dtype=torch.float64, lookahead={"k": k, "alpha": alpha})
    free = trainer(dtype=torch.float64)
    start = {name: t.detach().clone() for name, t in free.replicas.tensors.items()}
    for step in range(1, k + 1):
        made.step()
        free.step()
        for name, fast in free.replicas.tensors.items():
            way = alpha if step == k else 1.0
            expected = start[name] + way * (fast - start[name])
            torch.testing.assert_close(made.replicas.tensors[name], expected)
    assert largest_difference(start, free.replicas.tensors) > 1e-4


def test_the_next_round_starts_from_the_slow_weights():
    made = game(lookahead := Lookahead(k=1, alpha=0.5))
    seen, report = [], Report({}, sample(torch.zeros(8, 3)), moment(made))
    with torch.no_grad():
        made.D.head.weight.zero_()
        lookahead.slow.current()["D.head.weight"].zero_()
        for _ in range(3):
            made.D.head.weight += 1  # the optimiser's move
            for name, value in lookahead.after("G", made.tensors(), report, {}).items():
                made.tensors()[name].copy_(value)
            seen.append(made.D.head.weight[0, 0].item())
    assert seen == [0.5, 1.0, 1.5]


def test_the_critics_turn_changes_nothing():
    made = game(lookahead := Lookahead(k=1))
    assert lookahead.after("D", made.tensors(), Report({}, made.example(), moment(made)), {}) == {}


def test_settings_out_of_range_are_refused():
    with pytest.raises(ValueError, match="k must be at least 1"):
        Lookahead(k=0)
    with pytest.raises(ValueError, match="alpha must be at least 0 and at most 1"):
        Lookahead(alpha=1.5)


@pytest.mark.parametrize("name", ["lookahead", "ema", "historical_averaging"])
@pytest.mark.parametrize("builder", ["meg", "ali", "veegan"])
def test_what_others_build_when_they_get_ready_is_copied_in_either_order(name, builder):
    first, last = trainer(name, builder), trainer(builder, name)
    assert first.replicas.tensors.keys() == last.replicas.tensors.keys()
    own = [n for n in first.replicas.tensors if n.startswith(f"reg.{name}.")]
    copied = [n for n in own if f"reg__{builder}__" in n]
    assert copied
    for tensor in copied:
        torch.testing.assert_close(first.replicas.tensors[tensor], last.replicas.tensors[tensor])
