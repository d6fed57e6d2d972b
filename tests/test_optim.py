import pytest
import torch

from mcgan.optim import SGD, Adam, Optim, RMSprop
from mcgan.schedule import Schedule

NOW = torch.tensor(0.0)
KINDS = {
    "adam": (
        Adam(lr=0.1, betas=[0.5, 0.9]),
        lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.5, 0.9)),
    ),
    "rmsprop": (RMSprop(lr=0.1, alpha=0.9), lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.9)),
    "sgd": (SGD(lr=0.1), lambda p: torch.optim.SGD(p, lr=0.1)),
    "momentum": (SGD(lr=0.1, momentum=0.9), lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
}
EVERY = pytest.mark.parametrize("kind", KINDS)


def start() -> dict[str, torch.Tensor]:
    draw = torch.Generator().manual_seed(0)
    return {"w": torch.randn(3, 2, generator=draw), "b": torch.randn(2, generator=draw)}


def slopes(step: int) -> dict[str, torch.Tensor]:
    draw = torch.Generator().manual_seed(1 + step)
    return {"w": torch.randn(3, 2, generator=draw), "b": torch.randn(2, generator=draw)}


def moved(rule: Optim) -> dict[str, torch.Tensor]:
    params = start()
    state = rule.start(params)
    for step in range(5):
        rule.step_(params, slopes(step), state, NOW)
    return params


@EVERY
def test_it_is_torchs_optimiser(kind):
    rule, make = KINDS[kind]
    params = start()
    optimiser = make(list(params.values()))
    for step in range(5):
        for name, slope in slopes(step).items():
            params[name].grad = slope
        optimiser.step()
    for name, found in moved(rule).items():
        torch.testing.assert_close(found, params[name])


@EVERY
def test_a_walk_goes_where_steps_in_place_go_and_leaves_the_state_that_they_leave(kind):
    rule, _ = KINDS[kind]
    params, state = start(), rule.start(start())
    written, kept = start(), rule.start(start())
    for step in range(5):
        params, state = rule.walk(params, slopes(step), state, NOW)
        rule.step_(written, slopes(step), kept, NOW)
    for name, found in params.items():
        torch.testing.assert_close(found, written[name])
    for slot in rule.slots if kind != "sgd" else ():  # torch keeps none without momentum
        for name, found in state[slot].items():
            torch.testing.assert_close(found, kept[slot][name])


@EVERY
def test_a_walk_is_differentiable_where_the_gradient_is_zero(kind):
    rule, _ = KINDS[kind]
    grads = {name: torch.zeros_like(p).requires_grad_() for name, p in start().items()}
    params, _ = rule.walk(start(), grads, rule.start(start()), NOW)
    found = torch.autograd.grad(params["w"].sum(), grads["w"])[0]
    assert found.isfinite().all() and (found < 0).all()


@EVERY
def test_stacked_replicas_move_as_each_alone(kind):
    rule, _ = KINDS[kind]
    alone = [start(), {name: p + 1 for name, p in start().items()}]
    together = {name: torch.stack([each[name] for each in alone]) for name in start()}
    states = [rule.start(each) for each in (*alone, together)]
    for step in range(3):
        grads = [slopes(step), slopes(step + 7)]
        for each, slope, state in zip(alone, grads, states, strict=False):
            rule.step_(each, slope, state, NOW)
        both = {name: torch.stack([slope[name] for slope in grads]) for name in start()}
        rule.step_(together, both, states[2], NOW)
    for i, each in enumerate(alone):
        torch.testing.assert_close({name: t[i] for name, t in together.items()}, each)


def test_a_player_may_have_settings_of_its_own():
    rule = Adam(lr=1e-3, d={"lr": 4e-3, "betas": None}, g={"betas": [0.0, 0.9]})
    assert (rule.of("D").lr, rule.of("D").betas) == (4e-3, [0.5, 0.999])
    assert (rule.of("G").lr, rule.of("G").betas, rule.of("G").momentum) == (1e-3, [0.0, 0.9], 0.0)
    with pytest.raises(ValueError, match="d has no setting momentum"):
        Adam(d={"momentum": 0.1})


def test_a_schedule_of_the_learning_rate():
    rule = SGD(lr=Schedule(0.2, 0.0))
    params = {"w": torch.zeros(2)}
    for progress, at in ((0.0, -0.2), (0.5, -0.3), (1.0, -0.3)):
        rule.step_(params, {"w": torch.ones(2)}, rule.start(params), torch.tensor(progress))
        torch.testing.assert_close(params["w"], torch.full((2,), at))


@pytest.mark.parametrize(
    "kind, settings, sentence",
    [
        (Adam, {"lr": -1.0}, "lr must be at least 0"),
        (Adam, {"d": {"lr": -3.0}}, "^d.lr must be at least 0"),
        (Adam, {"betas": [0.9]}, "betas must be two numbers"),
        (Adam, {"betas": [0.9, 1.0]}, "betas must be two numbers"),
        (Adam, {"betas": [0.0, {"from": 0.9, "to": 1.0}]}, "betas must be two numbers"),
        (Adam, {"betas": [0.0, "high"]}, "betas must be two numbers"),
        (RMSprop, {"alpha": 1.0}, "alpha must be at least 0 and below 1"),
        (SGD, {"momentum": 1.0}, "momentum must be at least 0 and below 1"),
    ],
)
def test_settings_out_of_range_are_refused(kind, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        kind(**settings)


BETA2 = Schedule(0.5, 0.99, until=0.5, shape="cosine")


def burnt_in(step_) -> dict[str, torch.Tensor]:
    rule, params = Adam(lr=0.1, betas=[{"from": 0.0, "to": 0.3}, BETA2]), start()
    state = rule.start(params)
    for step in range(5):
        step_(rule, params, slopes(step), state, torch.tensor(step / 5))
    return params


def test_betas_may_be_schedules_eager_and_compiled():
    params = start()
    optimiser = torch.optim.Adam(list(params.values()), lr=0.1)
    for step in range(5):
        now = torch.tensor(step / 5)
        optimiser.param_groups[0]["betas"] = (0.3 * step / 5, BETA2.at(now).item())
        for name, slope in slopes(step).items():
            params[name].grad = slope
        optimiser.step()

    @torch.compile(fullgraph=True, backend="aot_eager")
    def traced(rule, params, grads, state, progress):
        rule.step_(params, grads, state, progress)

    torch.testing.assert_close(burnt_in(Adam.step_), params)
    torch.testing.assert_close(burnt_in(traced), params)
    torch._dynamo.reset()


@pytest.mark.parametrize("first, momentum", [(0.5, 0.5), ({"from": 0.9, "to": 0.0}, 0.9)])
def test_the_momentum_of_adam_is_the_largest_of_its_first_beta(first, momentum):
    assert Adam(betas=[first, 0.9]).momentum == momentum
    assert Adam(d={"betas": [first, 0.9]}).of("D").momentum == momentum
