from mcgan.view.figures.mode_names import inches, label_modes


def test_modes_without_names_are_numbers():
    assert label_modes((), 1001)[-1] == "1,000" and label_modes(["a"], 2) == ["0", "1"]


def test_a_name_that_the_font_cannot_write_is_its_number():
    names = ["cat", "\u4e2d\u6587", "\u00e9t\u00e9"]
    assert label_modes(names, 3) == ["cat", "#1", "\u00e9t\u00e9"]


def test_the_longest_label_needs_most_room():
    assert inches(["a", "abc"]) == 3 * inches(["b"]) and inches([]) == 0
