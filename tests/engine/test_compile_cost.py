import json

import pytest
import torch

from mcgan.engine import compile_cost
from mcgan.engine.compile_cost import (
    STACKED,
    Forecast,
    Machine,
    Tally,
    Work,
    forecast,
    load_calibration,
    work_of,
)
from small import trainer

MACHINE = Machine(call=1e-5, bandwidth=1e10, flops=1e11)
WORK = Work(calls=100, bytes=10**7, flops=10**8, graph=100, turns=2)


def test_a_tally_counts_calls_traffic_and_products_but_no_views():
    a, b = torch.ones(4, 8), torch.ones(8, 2)
    with Tally() as tally:
        (a @ b).t().contiguous()[:3]
    assert tally.calls == 2  # the product, and the copy
    assert tally.flops == 2 * 4 * 8 * 2
    assert tally.bytes == 4 * (4 * 8 + 8 * 2 + 4 * 2) + 4 * 2 * (4 * 2)


def test_the_products_of_an_affine_layer_are_counted():
    with Tally() as tally:
        torch.nn.functional.linear(torch.ones(5, 3), torch.ones(7, 3), torch.ones(7))
    assert tally.flops == 2 * 5 * 3 * 7


def test_work_grows_with_the_turns_of_the_critic():
    plain, more = (work_of(trainer(objective=o)) for o in ("non_saturating", "wgan_gp"))
    assert plain.turns == 2 and more.turns == 3
    assert plain.graph == plain.calls < more.graph < more.calls
    assert plain == work_of(trainer())  # a function of the configuration


def test_work_is_that_of_an_average_step():
    fewer = work_of(trainer(words=("objective.generator_steps=4",)))
    plain = work_of(trainer())
    assert fewer.turns == 1.25 and fewer.graph == plain.graph
    assert fewer.calls < plain.calls


def test_replicas_share_calls_but_neither_traffic_nor_products():
    one, two, four = (forecast(WORK, n, MACHINE) for n in (1, 2, 4))
    assert two.compiling == one.compiling
    assert four.eager - two.eager == pytest.approx(2 * (STACKED * 1e7 / 1e10 + 1e8 / 1e11))
    assert one.compiled < one.eager and four.compiled < four.eager


def test_compiling_pays_from_some_number_of_steps_on():
    costs = Forecast(eager=3e-3, compiled=1e-3, compiling=10.0)
    assert not costs.pays(7_000) and costs.pays(8_000)  # half again what compiling takes


def test_a_calibration_is_measured_once(tmp_path, monkeypatch):
    path = tmp_path / "cache" / "calibration.json"
    first = load_calibration(path)
    assert all(value > 0 for value in first)
    monkeypatch.setattr(compile_cost, "measure", lambda: pytest.fail("measured again"))
    assert load_calibration(path) == first and list(json.loads(path.read_text()).values())


def test_a_calibration_that_cannot_be_read_or_kept_is_measured(tmp_path):
    broken = tmp_path / "calibration.json"
    broken.write_text("{")
    assert load_calibration(broken) == load_calibration(broken)
    (tmp_path / "file").write_text("")
    assert load_calibration(tmp_path / "file" / "calibration.json").call > 0
