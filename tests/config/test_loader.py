"""A job that is composed quickly equals one that Hydra composes whole, whatever its words."""

import pickle

import pytest
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import OmegaConf

from mcgan.config.choices import ROOT, noted_choices
from mcgan.config.compose import config_loader, register
from mcgan.config.loader import CheckedLoader
from mcgan.errors import UserError

BASE = ["hydra.job.config.override_dirname.item_sep='+'", "name=${oc.env:HOME}", "train.steps=9"]
JOBS = [
    ["optim.lr=1e-4", "seed=3"],
    ["seed=3", "optim.lr=3e-4"],  # the order of words is part of a job
    ["optim.lr={from: 0.1, to: 0, until: 0.5}", "optim.betas=[0.0,0.99]", "train.threads=null"],
    ["optim.eps=${.lr}", "name='a, b'", 'runs_dir="it\'s [here]"', "seed=1", "seed=2"],
    ["+dataset.extra='x=y,z'", "++seed=4", "++dataset.more={a: [1, null], b: ''}"],
    ["train={steps: 5, log_every: 2}", "train.steps=6", "hydra.job.name=other"],
    ["dataset={modes: 3}", "dataset.modes=4", "dataset={modes: 5}"],  # a group, yet plain values
    ["reg.r1.gamma=${optim.lr}", "reg=[r1,ema]", "optim.lr=0.5", "arch.width=7", "optim=sgd"],
    ["objective=wgan", "~reg.clip", "objective.critic_steps=2"],
    ["+reg.own={_target_: mcgan.reg.r1.R1, gamma: 2}"],
    [],
]
MISTAKES = [
    ["optim.lrr=1"],
    ["+seed=3"],
    ["train.steps=many"],
    ["~optim.lr=7"],
    ["seed=1,2"],
    ["seed=[1"],
    ["reg=[nothing]"],
    ["optim@elsewhere=sgd"],
    ["nothing@elsewhere=1"],
]


@pytest.fixture(scope="module")
def loader():
    register()
    with config_loader() as loader:
        yield loader


@pytest.fixture(scope="module")
def master(loader):
    """The configuration of a sweep, which has resolved something that its jobs must not anew."""
    whole = loader.load_configuration(ROOT, BASE, run_mode=RunMode.MULTIRUN)
    OmegaConf.set_cache(whole, {"mcgan_name": {"": "kept"}})
    return whole


def whole(loader, master, words):
    """As Hydra composes it."""
    return ConfigLoaderImpl.load_sweep_config(loader, master, [*words])


def text(config):
    """All of a configuration, in its order, as it was written."""
    return OmegaConf.to_yaml(config, resolve=False)


@pytest.mark.parametrize("words", JOBS, ids=" ".join)
def test_a_job_is_what_hydra_composes_of_its_words(loader, master, words):
    expected = whole(loader, master, words)
    for _ in range(2):  # the second time is a copy
        job = loader.load_sweep_config(master, words)
        assert text(job) == text(expected)
        assert OmegaConf.get_type(job.train) is OmegaConf.get_type(expected.train)
        assert OmegaConf.is_struct(job) and not OmegaConf.is_readonly(job.hydra)
        assert OmegaConf.get_cache(job) == {"mcgan_name": {"": "kept"}}
        assert noted_choices(job.hydra) == noted_choices(expected.hydra)
        job.seed = 99  # changes no later copy


@pytest.mark.parametrize("words", MISTAKES, ids=" ".join)
def test_a_mistake_is_told_as_hydra_tells_it(loader, master, words):
    with pytest.raises(HydraException) as expected:
        whole(loader, master, words)
    with pytest.raises(type(expected.value)) as told:
        loader.load_sweep_config(master, words)
    assert str(told.value) == str(expected.value)


@pytest.mark.parametrize("word", ["+hydra.job.env_set.A=1", "++hydra={job: {env_set: {A: 1}}}"])
def test_a_job_that_may_not_be_is_refused(loader, master, word):
    with pytest.raises(UserError, match="env_set is not allowed"):
        loader.load_sweep_config(master, [word])


def test_options_are_composed_once_for_all_their_values(loader, master, monkeypatch):
    composed, compose = [], ConfigLoaderImpl.load_sweep_config
    monkeypatch.setattr(
        ConfigLoaderImpl,
        "load_sweep_config",
        lambda *words: composed.append(words[-1]) or compose(*words),
    )
    fresh = CheckedLoader(loader.config_search_path)
    for rate in range(4):
        for reg in ("r1", "[r1,ema]"):
            job = fresh.load_sweep_config(master, [f"optim.lr={rate}", f"reg={reg}", "seed=1"])
            assert job.optim.lr == rate and "r1" in job.reg
    assert composed == [["reg=r1"], ["reg=[r1,ema]"]]
    assert pickle.loads(pickle.dumps(fresh)).composed is None  # a worker keeps none
