"""The command as a user meets it: exit codes, one-line errors, sweeps, completion."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hydra._internal.utils import get_args_parser
from hydra.errors import MissingConfigException

from mcgan.cli import main as commands
from mcgan.cli.hydra_app import BARE, REFUSED, VALUED, flags_first
from mcgan.config.messages import PLUGINS, explain
from mcgan.errors import UserError
from mcgan.run.directory import RunDirectory
from mcgan.run.states import Outcome, RunState

GAN = "objective=plain_loss"


def status(folder: Path) -> dict:
    return json.loads((folder / "status.json").read_text())


def test_help_and_version(cli):
    assert cli("--help").code == 0
    assert "mcgan train objective=wgan_gp reg=minibatch" in cli("--help").out
    for text in (cli("--help").out, cli("explain").out):
        assert max(map(len, text.splitlines())) <= 80
    assert cli("--version").out.startswith("mcgan 0.")
    assert cli().code == 2


def test_unknown_command_is_one_line(cli):
    ended = cli("trian")
    assert ended.code == 2
    assert ended.err.startswith("mcgan: no command 'trian'; did you mean 'train'?\n")
    assert ended.err.count("\n") == 1


def test_train_help_lists_the_groups(cli):
    text = cli("train", "--help").out
    assert "mcgan train [-m] [GROUP=OPTION ...]" in text
    assert " jitter," in text
    assert re.search(r"^  objective +\w+, ", text, re.M)


def test_train_help_explains_settings_by_their_comments_in_80_columns(cli):
    text = cli("train", "--help", "reg=jitter", "arch=mlp").out
    assert "    steps: 40000; images: 20000\n" in text
    assert "Settings of arch=mlp, under arch:\n  latent: null              # width of z" in text
    assert "Settings of reg=jitter, under reg.jitter:\n  strength: " in text
    assert "samples: ${protocol.samples}" in text and "mcgan_" not in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_train_writes_a_readable_unique_folder(cli, home, experiment):
    for _ in range(2):
        assert cli("train", GAN, "reg=[jitter,wave]", "seed=7") == (0, "", "")
    first, second = sorted((home / "runs").iterdir())
    assert first.name.startswith("objective-plain_loss_reg-jitter+wave_seed-7_20")
    assert status(first)["state"] == "done"
    assert list(experiment.fitted[0].reg) == ["jitter", "wave"]
    assert experiment.fitted[0].name == first.name
    assert (second / ".hydra" / "overrides.yaml").is_file()


def test_the_job_sees_plain_values(cli, experiment):
    cli("train", GAN, "train.compile=true", "train.device=cpu", "eval.samples=50")
    cli("train", GAN)
    given, default = (cfg.train for cfg in experiment.fitted)
    assert (given.compile, given.device) == (True, "cpu")
    assert (default.compile, default.device, default.stop_on) == ("auto", "auto", "none")
    assert experiment.fitted[0].eval.samples == 50
    assert experiment.fitted[1].eval.samples == experiment.fitted[1].protocol.samples


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("objectve=wgan", "no setting 'objectve'; did you mean 'objective'?\n"),
        ("objective=plain_los", "no objective named 'plain_los'; did you mean 'plain_loss'?\n"),
        ("reg=[jitter,wvae]", "no reg named 'wvae'; did you mean 'wave'?\n"),
        ("dataset=rng", "no dataset named 'rng'; did you mean 'ring'?"),
        ("train.batch_size=abc", "train.batch_size must be a whole number, not 'abc'"),
        ("train.device=gpu", "train.device: Invalid value 'gpu', expected one of [auto, cpu, cuda"),
        ("reg.wave.height=5", "reg.wave is set, but not chosen: add wave to the list 'reg=[...]'"),
        ("+train.stpes=5", "no setting 'train.stpes'; did you mean 'train.steps'?\n"),
        ("train.steps=5.5", "train.steps must be a whole number, not '5.5'"),
        ("resume=perhaps", "resume must be true or false, not 'perhaps'"),
        ("reg=jitter reg.jitter.strenth=5", "strenth'; did you mean 'reg.jitter.strength'?\n"),
        ("optim.g.lrr=1", "no setting 'optim.g.lrr'; did you mean 'optim.g.lr'?\n"),
        ("dataset.modez=1", "no setting 'dataset.modez'; did you mean 'dataset.modes'?\n"),
        ("stepz=5", "no setting 'stepz'; did you mean 'train.steps'?\n"),
        ("reg=jitter strength=5", "no setting 'strength'; did you mean 'reg.jitter.strength'?\n"),
        ("samples=5", "no setting 'samples'; did you mean 'eval.samples' or 'protocol.samples'?\n"),
        ("dataset.zz=1", "no setting 'dataset.zz' (dataset has: modes, radius, std, "),
        ("reg.jiter.x=1", "no setting 'reg.jiter'; did you mean 'reg.jitter'?\n"),
        ("reg.zzz.x=1", "no setting 'reg.zzz': see `mcgan list reg`\n"),
        ("train=3", "train is a group of settings: give one of them, as train.NAME=VALUE\n"),
        (
            "optim.lr=[1,2]",
            "optim.lr is no list: give one value, or parts of it as optim.lr.NAME=VALUE\n",
        ),
        ("reg=null", "reg=null: an option is a name, not null; write a list as reg=[NAME,NAME]\n"),
        (
            "seed=1,2",
            "seed=1,2 has several values: for a run with each add -m; only a setting that",
        ),
        (
            "reg=jitter,wave",
            "reg=jitter,wave has several values: for one run with all of them type "
            "'reg=[jitter,wave]', for a run with each add -m",
        ),
        (
            "reg=jitter reg.jitter.steps=5",
            "no setting 'reg.jitter.steps' (reg.jitter has: strength",
        ),
        ("steps=100", "no setting 'steps'; did you mean 'train.steps'?\n"),
        ("zzz=1", "no setting 'zzz' (the config has: optim, "),
        ("reg=zzz", "no reg named 'zzz' (choose from: "),
        ("train.steps=0", "train.steps must be at least 1, not 0"),
        ("train.compile=maybe", "train.compile must be one of auto, true, false, not 'maybe'"),
        ("eval.samples=0", "eval.samples must be at least 2, not 0"),
        ("replicas=0", "replicas must be at least 1 and at most 10,000, not 0"),
        ("seed=-1", "seed must be at least 0, not -1"),
        ("name=../x", "name '../x' is no folder name"),
        ("runs_dir=/dev/null/x", "cannot write /dev/null/x/"),
        ("--config-dir nowhere", "Additional config directory '"),
        ("--cfg jbo", "argument --cfg/-c: invalid choice: 'jbo'"),
        ("--info=jbo", "argument --info/-i: invalid choice: 'jbo'"),
        ("-q", "unrecognized arguments: -q; see `mcgan train --hydra-help`"),
        (
            "hydra.verbose=5",
            "hydra.verbose=5: Hydra cannot use this (AssertionError): leave it out",
        ),
        ("hydra.job_logging.root.level=x", "Unable to configure root logger"),
        ("--mutlirun seed=1", "no flag '--mutlirun'; did you mean '--multirun'?"),
        ("seed=[", "cannot read 'seed=[': "),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(cli, home, experiment, words, message):
    ended = cli("train", GAN, *words.split()) if "objective=" not in words else cli("train", words)
    assert ended.code == 2
    assert message in ended.err
    assert ended.err.startswith("mcgan train: ") and ended.err.count("\n") == 1
    assert not experiment.fitted
    assert not list(home.rglob("*"))


def test_a_mistake_found_by_the_job_is_said_once(cli, home, experiment):
    experiment.fit = refuse
    ended = cli("train", GAN, "name=mine")
    assert ended == (2, "", "mcgan train: batch too small; try 64\n")
    assert not (home / "runs" / "mine").exists()


def refuse(*_, **__):
    raise UserError("batch too small;\n try 64")


@pytest.mark.parametrize("full", [False, True])
def test_a_disk_that_fills_up_on_the_way_is_a_mistake(cli, home, experiment, monkeypatch, full):
    def half(cfg, out, choices, screen):
        RunDirectory(out).mark(RunState.RUNNING, step=7)
        if full:  # not even the status can be written from here on
            monkeypatch.setattr(RunDirectory, "end", refuse)
        raise UserError("no space left")

    experiment.fit = half
    assert cli("train", GAN, "name=mine") == (2, "", "mcgan train: no space left\n")
    assert status(home / "runs/mine")["state"] == ("running" if full else "failed")


def test_a_bug_keeps_its_traceback_and_is_marked(cli, home, experiment):
    experiment.ends = {0: ValueError("wrong shape")}
    ended = cli("train", GAN, "name=mine")
    assert ended.code == 1
    assert "Traceback" in ended.err and "wrong shape" in ended.err
    assert status(home / "runs/mine")["state"] == "failed"
    assert status(home / "runs/mine")["error"] == "ValueError: wrong shape"
    assert "Traceback" in (home / "runs/mine/train.log").read_text()


@pytest.mark.parametrize(("end", "code"), [("collapsed", 3), ("diverged", 4), ("interrupted", 143)])
def test_exit_codes_of_one_run(cli, experiment, end, code):
    experiment.ends = {0: end}
    assert cli("train", GAN) == (code, "", "")


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGUSR2])
def test_exit_code_of_a_preempted_job(cli, experiment, number):
    """The signal is handed on to whoever requeues the job; here, that one does nothing."""
    heard = []
    before = signal.signal(number, lambda *_: heard.append(number))
    experiment.ends, experiment.signal = {0: "interrupted"}, number
    ended = cli("train", GAN)
    signal.signal(number, before)
    assert (ended.code, heard) == (128 + number, [number])


def test_a_sweep_counts_a_job_that_stayed_interrupted(cli, home, experiment):
    """As jobs of a cluster do, of which this process sees no more than the status."""

    def leave(config, out, choices, screen):
        RunDirectory(out).start(config, 10, choices)
        RunDirectory(out).end(RunState.INTERRUPTED, signal=int(signal.SIGUSR2))
        return Outcome(RunState.DONE, 0.0)

    experiment.fit = leave
    assert cli("train", GAN, "-m", "seed=0,1", "name=sweep").code == 140


def test_flags_may_follow_overrides(cli):
    assert cli("train", GAN, "seed=3", "--cfg", "job", "-p", "train").out.startswith("# @package")
    assert flags_first(["a=1", "-m", "--cfg", "job", "b=2"]) == ["-m", "--cfg", "job", "a=1", "b=2"]
    assert flags_first(["-i", "a=1"]) == ["--info=all", "a=1"]
    assert flags_first(["--info", "config"]) == ["--info=config"]


def test_the_flags_are_hydras():
    """Hydra's parser is internal, so that its flags are listed by hand."""
    actions = [action for action in get_args_parser()._actions if action.option_strings]
    flags = {flag for action in actions for flag in action.option_strings}
    valued = {flag for action in actions for flag in action.option_strings if action.nargs is None}
    assert flags == VALUED | REFUSED | BARE and valued == VALUED | REFUSED


@pytest.mark.parametrize("flag", sorted(REFUSED))
def test_flags_that_may_run_code_are_refused(cli, flag):
    for words in ([flag, "x"], [f"{flag}=x"]):
        ended = cli("train", *words)
        assert ended.code == 2 and ended.err.startswith(f"mcgan train: {flag} is not allowed")


def test_a_sweep_trains_each_and_returns_its_worst(cli, home, experiment):
    experiment.ends = {1: "collapsed", 2: "diverged"}
    ended = cli("train", GAN, "-m", "seed=0,1,2", "name=sweep")
    assert ended.code == 4
    jobs = sorted(path.parent.name for path in home.glob("runs/sweep/*/status.json"))
    assert jobs == [f"objective-plain_loss_seed-{seed}" for seed in (0, 1, 2)]


def test_the_jobs_of_an_unnamed_sweep_share_a_folder(cli, home, experiment):
    assert cli("train", GAN, "-m", "reg=none,[jitter,wave]").code == 0
    [folder] = (home / "runs").iterdir()
    assert {cfg.name for cfg in experiment.fitted} == {folder.name}
    assert len(list(folder.glob("*/status.json"))) == 2


def test_a_failed_job_does_not_stop_a_sweep_and_the_next_call_does_the_rest(cli, home, experiment):
    words = ("train", GAN, "-m", "seed=0,1,2,3", "name=sweep")
    experiment.ends = {0: "diverged", 1: UserError("no data"), 2: RuntimeError("boom")}
    ended = cli(*words)
    assert ended.code == 1
    assert "2 of 4 jobs failed" in ended.err
    assert "objective-plain_loss_seed-1: no data\n" in ended.err
    assert "objective-plain_loss_seed-2: RuntimeError: boom\n" in ended.err
    experiment.ends, experiment.fitted = {}, []
    again = cli(*words)
    assert [cfg.seed for cfg in experiment.fitted] == [1, 2]
    assert again.code == 4  # seed 0 is skipped, and still diverged
    assert again.out.count("skipped, already") == 2


def test_a_sweep_leaves_runs_of_another_config_alone(cli, home, experiment):
    preset = Path(os.environ["MCGAN_CONF"]) / "experiment" / "mine.yaml"
    preset.parent.mkdir()
    words = ("train", "-m", GAN, "experiment=mine", "seed=0,1", "name=sweep")
    preset.write_text("# @package _global_\n# Mine\ntrain: {steps: 5}\n")
    assert cli(*words).code == 0
    before = [path.read_bytes() for path in sorted(home.glob("runs/sweep/*/status.json"))]
    preset.write_text("# @package _global_\n# Mine\ntrain: {steps: 6}\n")
    ended = cli(*words)
    assert ended.code == 2 and len(experiment.fitted) == 2
    assert ended.out.count("holds a run with other settings (train.steps: 5, now 6)") == 2
    assert [path.read_bytes() for path in sorted(home.glob("runs/sweep/*/status.json"))] == before


def test_a_launcher_or_a_sweeper_that_is_not_installed_is_one_line():
    for place, plugin in PLUGINS.items():
        group, name = place.split("=")
        missing = MissingConfigException(f"Could not find '{group}/{name}'", name, ["basic"])
        kind = group.split("/")[1]
        assert explain(missing) == f"this {kind} comes with a plugin: pip install {plugin}"


def test_a_sweep_stops_after_an_interrupted_job(cli, experiment):
    experiment.ends = {1: "interrupted"}
    assert cli("train", GAN, "-m", "seed=0,1,2", "name=sweep").code == 143
    assert [cfg.seed for cfg in experiment.fitted] == [0, 1]


def test_ctrl_c_outside_training_leaves_nothing(cli, home, experiment):
    experiment.fit = interrupt
    assert cli("train", GAN, "name=mine").code == 130
    assert not (home / "runs/mine").exists()


def interrupt(cfg, out, choices, screen):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "words",
    [
        ["seed=0,1", "replicas=4"],
        ["seed=range(0,6,2)", "replicas=4"],
        ["seed=0,8", "replicas=1,16"],
    ],
)
def test_overlapping_seeds_are_refused_with_the_stride(cli, experiment, words):
    ended = cli("train", GAN, "-m", *words)
    assert ended.code == 2 and "use a stride of" in ended.err and ended.err.count("\n") == 1
    assert not experiment.fitted


def test_seeds_apart_are_trained(cli, experiment):
    assert cli("train", GAN, "-m", "seed=range(0,8,4)", "replicas=4").code == 0
    assert [cfg.seed for cfg in experiment.fitted] == [0, 4]


def test_the_stride_of_a_preset_is_checked(cli, home, experiment):
    preset = Path(os.environ["MCGAN_CONF"]) / "experiment" / "many.yaml"
    preset.parent.mkdir()
    preset.write_text(
        "# @package _global_\n# Many seeds\nname: many\nreplicas: 4\n"
        "hydra: {sweeper: {params: {seed: 'range(0,2)'}}}\n"
    )
    assert "use a stride of 4" in cli("train", GAN, "-m", "experiment=many").err
    assert cli("train", GAN, "-m", "experiment=many", "seed=0,4").code == 0
    assert (home / "runs/many/experiment-many_objective-plain_loss_seed-4").is_dir()


def test_a_finished_run_is_not_overwritten(cli, home, experiment):
    words = ("train", GAN, "name=mine")
    assert cli(*words).code == 0
    before = (home / "runs/mine/status.json").read_bytes()
    again, other = cli(*words), cli(*words, "seed=5")
    assert (again.code, other.code) == (2, 2)
    assert "train: runs/mine is already done: use another name" in again.err
    assert "holds a run with other settings (seed: 0, now 5): use another name" in other.err
    assert (home / "runs/mine/status.json").read_bytes() == before
    assert len(experiment.fitted) == 1


def test_a_diverged_run_is_not_offered_to_be_trained_longer(cli, experiment):
    experiment.ends = {0: "diverged"}
    assert cli("train", GAN, "name=mine").code == 4
    again = cli("train", GAN, "name=mine").err
    assert again == "mcgan train: runs/mine is already diverged: use another name\n"


def test_an_interrupted_run_goes_on_or_starts_anew(cli, home, experiment):
    words = ("train", GAN, "name=mine")
    experiment.ends = {0: "interrupted"}
    cli(*words)
    (home / "runs/mine/checkpoints").mkdir()
    (home / "runs/mine/checkpoints/step-00000010.pt").touch()
    experiment.ends = {}
    assert cli(*words, "resume=false").code == 0
    assert (len(experiment.fitted), experiment.calls) == (2, [])
    (home / "runs/mine/checkpoints").mkdir()
    (home / "runs/mine/checkpoints/step-00000010.pt").touch()
    state = status(home / "runs/mine") | {"state": "interrupted"}
    (home / "runs/mine/status.json").write_text(json.dumps(state))
    assert cli(*words).code == 0
    assert experiment.calls == [("resume", home / "runs/mine", [])]


def test_a_folder_with_other_files_is_left_alone(cli, home, experiment):
    (home / "runs/mine").mkdir(parents=True)
    (home / "runs/mine/thesis.txt").write_text("mine")
    assert "holds other files" in cli("train", GAN, "name=mine").err
    cli("train", GAN, "name=single")
    assert "cannot hold a sweep" in cli("train", GAN, "-m", "seed=0,1", "name=single").err
    assert [path.name for path in (home / "runs/mine").iterdir()] == ["thesis.txt"]


def test_data_may_move(cli, home, experiment):
    words = ("train", GAN, "-m", "name=mine", "seed=0,1")
    cli(*words, "+dataset.root=/a")
    again = cli(*words, "+dataset.root=/a")
    assert again.out.count("skipped") == 2


@pytest.fixture
def run(home) -> Path:
    folder = home / "runs" / "mine"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text("seed: 0\n")
    return folder


def test_verbs_pass_their_words_on(cli, experiment, run):
    assert cli("resume", "runs/mine", "train.steps=20").code == 0
    assert cli("evaluate", "mine", "eval.samples=7", "protocol=default").code == 0
    assert cli("sample", "runs/mine", "--n", "9", "--out", "x.png").out == "x.png\n"
    local = Path("runs/mine")
    options = {
        "n": 9,
        "replica": 0,
        "seed": 0,
        "latents": None,
        "device": None,
        "interpolate": None,
    }
    assert (
        cli(
            "sample",
            "mine",
            "--latents",
            "z.npy",
            "--device",
            "cpu",
            "--interpolate",
            "5",
            "--out",
            "pics/",
        ).out
        == "pics\n"
    )
    more = {
        "n": None,
        "replica": 0,
        "seed": 0,
        "latents": Path("z.npy"),
        "device": "cpu",
        "interpolate": 5,
    }
    assert experiment.calls == [
        ("resume", local, ["train.steps=20"]),
        ("evaluate", local, ["eval.samples=7", "protocol=default"]),
        ("sample", local, Path("x.png"), options),
        ("sample", local, Path("pics"), more),
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("resume runs/mien", "no run 'runs/mien'; did you mean 'mine'?"),
        ("resume mien", "no run 'mien'; did you mean 'mine'?"),
        ("evaluate runs", "runs is not a run: it has no config.yaml; it holds the runs mine"),
        ("evaluate", "the following arguments are required: RUN"),
        ("evaluate runs/mine seed", "'seed' is no setting: write KEY=VALUE"),
        ("sample runs/mine --n 0", "--n must be at least 1"),
        ("sample runs/mine --n x", "argument --n: invalid int value: 'x'"),
        ("sample runs/mine --seed -1", "--seed must be at least 0, not -1"),
        ("sample runs/mine --interpolate 1", "--interpolate must be at least 2, not 1"),
        ("sample runs/mine --device gpu", "argument --device: invalid choice: 'gpu'"),
        (
            "sample runs/mine --out a.txt",
            "--out a.txt must end in .npy, .npz, .csv, .png, or in / for",
        ),
        ("sample runs/mine --out a.png/", "--out a.png/ is a folder with the name of a file"),
        ("sample runs/mine --out no/a/", "--out no/a/: there is no folder no"),
        (
            "sample runs/mine --out runs/mine/config.yaml/",
            "--out runs/mine/config.yaml/: a file of",
        ),
        ("sample runs/mine --out no/a.npy", "--out no/a.npy: there is no folder no"),
    ],
)
def test_mistakes_of_verbs_are_one_line(cli, experiment, run, words, message):
    ended = cli(*words.split())
    assert ended.code == 2 and not experiment.calls
    assert ended.err.startswith(f"mcgan {words.split()[0]}: {message}")
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("words", [["train", "optim.lr=a\rb"], ["cite", "a\x1b[31mb"]])
def test_what_was_typed_moves_no_cursor(cli, home, words):
    ended = cli(*words)
    assert ended.code == 2 and ended.err[:-1].isprintable()


def test_own_options_and_classes_without_a_fork(cli, home, experiment):
    (home / "mine.py").write_text("class Jitter: pass\n")
    (home / "conf" / "reg").mkdir(parents=True)
    own = home / "conf" / "reg" / "shake.yaml"
    own.write_text("# @package reg.shake\n_target_: mine.Shake\n")
    shown = cli("train", GAN, "--config-dir", "conf", "reg=shake", "--cfg", "job", "-p", "reg").out
    assert "_target_: mine.Shake" in shown
    assert cli("train", GAN, "--config-dir", "conf", "reg=[jitter,shake]", "name=own").code == 0
    assert status(home / "runs/own")["choices"]["reg"] == ["jitter", "shake"]
    assert str(home) in sys.path


def test_the_process_is_as_before(cli, experiment):
    before = sys.argv, dict(os.environ)
    cli("train", GAN)
    assert (sys.argv, dict(os.environ)) == before


PROBE = """
import sys
from mcgan.cli.main import main
code = main(sys.argv[1:])
heavy = {"torch", "hydra", "omegaconf"} & set(sys.modules)
print("LOADED", code, *sorted(heavy))
"""


@pytest.mark.parametrize(
    ("words", "loaded"),
    [
        (["--help"], ""),
        (["list"], ""),
        (["train", "--cfg", "job"], " hydra omegaconf"),
        (["train", "--help"], " hydra omegaconf"),
        (["-sc", "query=bash"], ""),
    ],
)
def test_no_torch_before_training(home, words, loaded):
    words = [*words, GAN] if words[0] == "train" else words
    done = subprocess.run([sys.executable, "-c", PROBE, *words], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == f"LOADED 0{loaded}", done.stderr


def test_a_closed_pipe_is_no_error(home):
    line = f"'{sys.executable}' -m mcgan train --help {GAN} | head -n 1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert done.stdout.startswith("mcgan train") and done.stderr == ""


def test_every_command_can_be_imported():
    for verb in commands.COMMANDS:
        assert callable(commands.load(verb))


LONG, DEEP = 300 * "a", "a/" * 2000 + "a"


@pytest.mark.parametrize("verb", ["resume", "evaluate", "sample", "compare", "dashboard"])
@pytest.mark.parametrize("name", [LONG, DEEP, "a\0b", "é" * 200, "a\ud800"])
def test_a_name_that_no_folder_can_have_is_one_line(cli, verb, name):
    ended = cli(verb, name)
    assert ended.code == 2 and ended.err.startswith(f"mcgan {verb}: ")
    assert ended.err.count("\n") == 1 and len(ended.err) < 400


@pytest.mark.parametrize("words", [
    (f"runs_dir={LONG}",), (f"runs_dir={DEEP}",), (f"name={DEEP}",), ("name=a\0b",),
    ("reg=[[r1]]",), ("-sc", "query=bash"),
    ("reg=../config",), ("objective=../optim/adam",), ("optim=/optim/adam",),
    ("hydra/job_logging=../../x",), (f"train.steps={10**400}",), ("train.threads=100000",),
])  # fmt: skip
def test_odd_words_are_one_line_and_leave_nothing(cli, home, experiment, monkeypatch, words):
    monkeypatch.delenv("COMP_LINE", raising=False)
    ended = cli("train", GAN, *words)
    assert ended.code == 2 and ended.err.startswith("mcgan train: ")
    assert ended.err.count("\n") == 1
    assert not experiment.fitted and not list(home.rglob("*"))


def test_a_removed_working_directory_is_one_line(cli, home):
    home.rmdir()
    for verb in ("train", "list", "compare"):
        ended = cli(verb)
        assert ended == (
            2,
            "",
            f"mcgan {verb}: the working directory has been removed: "
            "change to another, such as by `cd`\n",
        )


@pytest.mark.parametrize(
    "words",
    [
        ("seed=range(0,1000000000)",),
        ("-m", "seed=range(0,1000000000)"),
        ("-m", "seed=range(0,200)", "train.steps=range(1,200)"),
    ],
)
def test_a_sweep_too_large_is_refused_at_once(cli, home, words):
    ended = cli("train", GAN, *words)
    assert ended.code == 2 and "jobs is too large: give fewer values, for at most 10,0" in ended.err
    assert not list(home.rglob("*"))


@pytest.mark.parametrize("text", ["5", "[1]", '"x"', "[" * 100_000])
def test_a_status_that_is_no_mapping_is_one_line(cli, home, experiment, text):
    cli("train", GAN, "name=mine")
    (home / "runs/mine/status.json").write_text(text)
    ended = cli("train", GAN, "name=mine")
    assert ended.code == 2 and ended.err.count("\n") == 1 and "status.json" in ended.err
