"""`mcgan cite`: BibTeX of mcgan and of what a run used."""

from mcgan.run.directory import RunDirectory

CONFIG = {
    "objective": {"_target_": "mcgan.objective.Wasserstein"},
    "dataset": {"_target_": "mcgan.dataset.ring.Ring"},
    "protocol": {"_target_": "mcgan.metrics.protocol.Protocol"},
    "arch": {"_target_": "mcgan.arch.mlp.MLP"},
    "optim": {"_target_": "mcgan.optim.Adam"},
    "reg": {"gradient_penalty": {}, "mixture": {}, "wave": {}},
}
CHOICES = {
    "objective": "wgan_gp",
    "dataset": "ring",
    "protocol": "default",
    "arch": "mlp",
    "optim": "adam",
    "reg": ["mixture"],
}


def make(home, choices):
    run = RunDirectory(home / "runs" / "first")
    run.start(CONFIG, 10, choices)
    run.save_result({"metrics": {"energy": {}, "kl": {}}})


def keys(text):
    return [
        line.partition("{")[2].rstrip(",") for line in text.splitlines() if line.startswith("@")
    ]


def test_without_a_run_it_says_how_to_cite(cli):
    ended = cli("cite")
    assert ended.code == 0
    assert keys(ended.out) == ["mcgan"]
    assert "version = {0." in ended.out


def test_a_run_cites_everything_that_it_used_once(cli, home):
    make(home, CHOICES)
    ended = cli("cite", "first")
    assert ended.code == 0
    assert keys(ended.out) == [
        "mcgan",
        "gulrajani2017",
        "arora2017",
        "khayatkhoei2018",
        "metz2017",
        "kingma2015",
        "szekely2013",
    ]
    assert "% objective=wgan_gp, reg=gradient_penalty\n@inproceedings{gulrajani2017" in ended.out
    assert "% measure energy\n@article{szekely2013" in ended.out
    assert "% without a paper: reg=wave, protocol=default, arch=mlp\n" in ended.out


def test_an_old_run_goes_by_its_classes(cli, home):
    make(home, {})
    found = keys(cli("cite", "first").out)
    assert found[1] == "arjovsky2017"  # wgan, the first option of that class
    assert {"metz2017", "gulrajani2017", "kingma2015"} <= {*found}


def test_a_users_own_bibliography_is_read(cli, home):
    make(home, CHOICES | {"dataset": "ring"})
    folder = home.parent / "options" / "conf"
    (folder / "reg" / "wave.yaml").write_text("# Waves (Nobody 2001)\nheight: 2\n")
    assert "% papers.bib has no entry nobody2001" in cli("cite", "first").out
    (folder / "papers.bib").write_text("@misc{nobody2001,\n  title = {Waves},\n}\n")
    assert "% reg=wave\n@misc{nobody2001" in cli("cite", "first").out


def test_no_such_run_is_one_line(cli):
    ended = cli("cite", "nowhere")
    assert ended.code == 2
    assert ended.err.startswith("mcgan cite: no run 'nowhere'") and ended.err.count("\n") == 1
