"""`mcgan list`: options, descriptions and papers, from the comments of the YAMLs."""

import pytest

from mcgan.cli.options import Option, groups, option
from mcgan.config.option_header import header


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# Ring of Gaussians\nmodes: 8\n", "Ring of Gaussians"),
        ("# @package reg.x\n# Clips weights\n", "Clips weights"),
        ("# @package reg.x\n# conf/reg/x.yaml\n#\n# Third\n", "Third"),
        ("modes: 8  # not a header\n# later\n", ""),
        ("", ""),
    ],
)
def test_the_first_comment_that_says_something(text, said):
    assert header(text) == said


def test_papers_are_what_stands_in_brackets_with_a_year(tmp_path):
    file = tmp_path / "ring.yaml"
    file.write_text("# Ring (8 modes) in the plane (Metz et al. 2017; Lin 2018)\n")
    papers = "Metz et al. 2017; Lin 2018"
    assert option(file) == Option("ring", "Ring (8 modes) in the plane", papers)
    file.write_text("# Of Metz et al. (2017, unrolled GANs)\n")
    assert option(file) == Option("ring", "Of Metz et al. (2017, unrolled GANs)", "")


def test_every_file_of_conf_is_listed_once(cli):
    listed = cli("list")
    for group, options in groups().items():
        assert f"\n{group}\n" in f"\n{listed.out}"
        names = [each.name for each in options]
        assert len(names) == len(set(names))
        assert all(f"\n  {name} " in listed.out for name in names)


def test_a_folder_within_a_group_is_a_part_of_the_name(cli):
    listed = cli("list", "experiment").out
    assert "\n  paper/pacgan_ring_gan " in listed and "\n  demo " in listed
    assert "\nexperiment/paper\n" not in cli("list").out and "hydra/launcher" in groups()
    assert (
        cli("list", "experiment", "paper/bourgan_grid")
        .out.splitlines()[1]
        .strip()
        .startswith("paper/bourgan_grid  The grid of BourGAN")
    )


def test_one_group_with_the_users_own_options(cli):
    listed = cli("list", "reg")
    assert listed.code == 0 and listed.out.startswith("reg\n")
    assert "  jitter" in listed.out and "Shakes the data (Nobody 2001)" in listed.out
    assert "dataset" not in listed.out.splitlines()


def test_columns_line_up_also_where_a_line_goes_on(cli):
    rows = [line for line in cli("list", "reg").out.splitlines()[1:] if line]
    heads = [row for row in rows if row[2] != " "]
    [start] = {len(row) - len(row[2:].partition(" ")[2].lstrip()) for row in heads}
    others = [row for row in rows if row[2] == " "]
    assert others and all(len(row) - len(row.lstrip()) == start for row in others)


def test_lines_fit_the_terminal(cli, monkeypatch):
    for width in (80, 60):
        monkeypatch.setenv("COLUMNS", str(width))
        for words in ([], ["reg", "minibatch"]):
            assert all(len(line) <= width for line in cli("list", *words).out.splitlines())


def test_an_option_has_its_card(cli):
    text = " ".join(cli("list", "reg", "minibatch").out.split())
    assert "Claim: a D that sees how alike a batch is can tell collapse, which no single" in text
    assert "Defaults: " in text and "Goes with: " in text and "Here: " in text
    assert "kernels: 4; images: 16 whole number, at least 1" in text


def test_markdown_is_a_table(cli):
    lines = cli("list", "reg", "--markdown").out.splitlines()
    assert lines[1] == "| --- | --- | --- |"
    assert "| `reg=jitter` | Shakes the data | Nobody 2001 |" in lines
    assert all(line.replace(r"\|", "").count("|") == 4 for line in lines)


def test_an_unknown_group_is_one_line(cli):
    ended = cli("list", "rge")
    assert ended.code == 2
    assert ended.err.startswith("mcgan list: no group 'rge'; did you mean 'reg'?\n")


def test_help(cli):
    assert "usage: mcgan list" in cli("list", "--help").out
