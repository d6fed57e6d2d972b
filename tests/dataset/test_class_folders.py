import logging

import pytest

from mcgan.dataset.class_folders import find_classes
from mcgan.errors import UserError


@pytest.fixture(autouse=True)
def all_lines(caplog):
    caplog.set_level(logging.INFO)


def lay(root, *names):
    """Files of these names; only their names count here."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def test_folders_are_the_classes_in_natural_order_and_told_once(tmp_path, caplog):
    root = lay(
        tmp_path,
        "class10/a.png",
        "class2/b10.png",
        "class2/b9.png",
        "class1/c.jpg",
        ".ipynb_checkpoints/a-checkpoint.png",
        "class2/.ipynb_checkpoints/b9.png",
        "class1/._c.jpg",
        "class1/list.txt",
        "loose.png",
        "notes/read.me",
    )
    found = find_classes(root, "train")
    assert found.names == ["class1", "class2", "class10"] and found.labels == [0, 1, 1, 2]
    assert [path.name for path in found.paths] == ["c.jpg", "b9.png", "b10.png", "a.png"]
    assert [record.getMessage() for record in caplog.records] == [
        f"3 classes in {root}, with their pictures: class1 (1), class2 (2), class10 (1)",
        "left out: .ipynb_checkpoints folders (2), .me files (1), .txt files (1), folders without "
        "pictures (1), hidden files (1), pictures beside the class folders (1)",
    ]


def test_many_classes_are_counted(tmp_path, caplog):
    find_classes(lay(tmp_path, *(f"{number}/a.png" for number in range(40))), "train")
    assert caplog.messages == [
        f"40 classes in {tmp_path}, with their pictures: "
        + ", ".join(f"{number} (1)" for number in range(30))
        + " and 10 more"
    ]


@pytest.mark.parametrize("names", [("train", "test"), ("Training", "validation", "testing")])
def test_splits_are_no_classes(tmp_path, caplog, names):
    root = lay(tmp_path, *(f"{name}/{kind}/{name}.png" for name in names for kind in ("b", "a")))
    found = find_classes(root, "train")
    assert found.names == ["a", "b"] and found.place == root / names[0]
    assert {path.name for path in found.paths} == {f"{names[0]}.png"}
    assert f"2 classes in {root / names[0]}" in caplog.text
    assert f"pictures of other splits ({2 * len(names) - 2})" in caplog.text
    assert find_classes(root, "test").place == root / names[-1]


def test_a_split_that_is_not_there(tmp_path):
    root = lay(tmp_path, "test/a/1.png", "test/b/1.png")
    with pytest.raises(UserError, match=r"for test, not for train: add dataset\.split=test"):
        find_classes(root, "train")
    with pytest.raises(UserError, match=r"dataset\.split=test.* no folders train"):
        find_classes(root / "test", "test")


def test_classes_may_be_called_train_and_test(tmp_path):
    assert find_classes(lay(tmp_path, "train/1.png", "test/1.png"), "train").names == [
        "test",
        "train",
    ]
    root = lay(tmp_path, "bus/model/1.png")
    assert find_classes(root, "train").names == ["bus", "test", "train"]


def test_pictures_a_level_deeper_are_warned_of(tmp_path, caplog):
    root = lay(tmp_path, "pets/cat/1.png", "pets/dog/1.png", "wild/1.png")
    assert find_classes(root, "train").labels == [0, 0, 1]
    [warning] = [each for each in caplog.records if each.levelno == logging.WARNING]
    assert warning.getMessage().startswith(
        f"2 of 3 pictures lie a level deeper than their class folder, such as {root}/pets/cat/1."
    )
    caplog.clear()
    find_classes(lay(tmp_path / "flat", "a/1.png", "b/1.png"), "train")
    assert all(each.levelno == logging.INFO for each in caplog.records)


@pytest.mark.parametrize(
    "names, sentence",
    [
        (
            ["1.png", "2.png"],
            r"has 2 pictures and no class folders; .* put the pictures into folders",
        ),
        (["train/1.png"], r"has one class folder, train; modes need at least two"),
        (
            ["data/cat/1.png", "data/dog/1.png"],
            r"or give dataset\.root=.*data if cat, dog are the cl",
        ),
        (
            ["a/x.txt", "a/._1.png"],
            r"no pictures \(left out: \.txt files \(1\), hidden files \(1\)\)",
        ),
        (["train/1.png", "test/a/1.png"], r"train has 1 pictures and no class folders"),
    ],
)
def test_what_holds_no_classes_is_told_what_to_do(tmp_path, names, sentence):
    with pytest.raises(UserError, match=sentence):
        find_classes(lay(tmp_path, *names), "train")


def test_an_empty_and_a_missing_folder(tmp_path):
    with pytest.raises(UserError, match=r"dataset\.root=.* has no pictures \(it is empty\)"):
        find_classes(tmp_path, "train")
    with pytest.raises(UserError, match=r"dataset\.root=.*absent: this folder cannot be read"):
        find_classes(tmp_path / "absent", "train")
