import os
import pickle

import numpy as np
import pytest
from PIL import Image, ImageCms
from torch import equal, from_numpy
from torchvision.transforms import v2

from mcgan.dataset.pictures import (
    NAMED,
    PictureError,
    find_pictures,
    natural,
    read_picture,
    read_pictures,
)
from mcgan.errors import UserError
from picture_files import GREY, chunk, write_png, write_tiff

MEAN = GREY.mean()
WIDE = GREY.astype(np.uint16) * 257


def save(path, image, **how):
    image.save(path, **how)
    return path


def mean_of(path, **how):
    return read_picture(path, mode="L", **how).mean()


def refusal(path, **how):
    with pytest.raises(PictureError) as caught:
        read_picture(path, **how)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)
    return caught.value.reason


def test_an_ordinary_picture_is_read_as_it_is(tmp_path):
    colours = np.random.default_rng(0).integers(0, 256, (20, 31, 3)).astype(np.uint8)
    path = save(tmp_path / "a.png", Image.fromarray(colours))
    assert np.array_equal(read_picture(path), colours.transpose(2, 0, 1))
    assert read_picture(path, mode="L").shape == (1, 20, 31)
    assert read_picture(path).dtype == np.uint8
    old = v2.Compose([v2.Resize(8), v2.CenterCrop(8), v2.PILToTensor()])
    assert equal(from_numpy(read_picture(path, 8)), old(Image.open(path)))


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.pgm", "a.jp2"])
def test_sixteen_bits_are_scaled_and_not_clipped(tmp_path, name):
    path = save(tmp_path / name, Image.fromarray(WIDE))
    assert mean_of(path) == pytest.approx(MEAN, abs=0.1)
    assert np.array_equal(read_picture(path, mode="L")[0], GREY)


def test_twelve_bits_are_scaled_by_what_the_file_declares(tmp_path):
    path = write_tiff(tmp_path / "a.tif", GREY.astype(int) * 16, bits=12)
    assert mean_of(path) == pytest.approx(MEAN, abs=1)
    dark = write_tiff(tmp_path / "b.tif", 65535 - WIDE.astype(int), bits=16, white_is_zero=True)
    assert mean_of(dark) == pytest.approx(MEAN, abs=0.1)


def test_twelve_bits_in_sixteen_are_refused_until_white_is_said(tmp_path):
    path = save(tmp_path / "a.tif", Image.fromarray(GREY.astype(np.uint16) * 16))
    assert "4095" in refusal(path) and "white" in refusal(path)
    assert mean_of(path, white=4095) == pytest.approx(MEAN, abs=1)
    assert mean_of(path, white=65535) == pytest.approx(MEAN / 16, abs=1)
    assert "white is 1000" in refusal(path, white=1000)


def test_floats_are_scaled_from_one_and_else_refused(tmp_path):
    shares = GREY / np.float32(255)
    assert mean_of(save(tmp_path / "a.tif", Image.fromarray(shares))) == pytest.approx(MEAN)
    above = save(tmp_path / "b.tif", Image.fromarray(GREY.astype(np.float32)))
    assert "white" in refusal(above) and mean_of(above, white=255) == pytest.approx(MEAN)
    for number, bad in enumerate([np.nan, -1, np.inf]):
        shares[0, 0] = bad
        assert "white" in refusal(save(tmp_path / f"{number}.tif", Image.fromarray(shares)))
        assert "white" in refusal(tmp_path / f"{number}.tif", white=1)


def test_32_bits_say_no_white(tmp_path):
    path = save(tmp_path / "a.tif", Image.fromarray(WIDE.astype(np.int32)))
    assert "white" in refusal(path) and mean_of(path, white=65535) == pytest.approx(MEAN)


def test_sixteen_bits_of_colour(tmp_path):
    colours = np.stack([WIDE] * 3, -1)
    plain = write_png(tmp_path / "a.png", colours, colour=2)
    assert np.array_equal(read_picture(plain)[1], GREY)
    colours[0] = 0xC8C9  # the transparent colour has 16 bits, as its pixels
    key = chunk(b"tRNS", b"\xc8\xc9" * 3)
    clear = read_picture(write_png(tmp_path / "b.png", colours, 2, key))
    assert (clear[:, 0] == 255).all() and np.array_equal(clear[0, 1:], GREY[1:])


def half_clear(colour=(200, 10, 10)):
    """A picture whose left half hides a colour."""
    alpha = Image.new("L", (8, 8), 255)
    alpha.paste(0, (0, 0, 4, 8))
    image = Image.new("RGB", (8, 8), colour)
    image.putalpha(alpha)
    return image


def clear_pictures(folder):
    full, grey = half_clear(), half_clear().convert("LA")
    indexed = Image.new("P", (8, 8), 1)
    indexed.putpalette([0, 255, 0, 200, 10, 10])
    indexed.paste(0, (0, 0, 4, 8))
    wide = np.full((8, 8), 50 * 257)
    wide[:, :4] = 7
    return {
        "RGBA": save(folder / "a.png", full),
        "LA": save(folder / "b.png", grey),
        "P": save(folder / "c.png", indexed, transparency=0),
        "P with bytes": save(folder / "d.png", indexed, transparency=b"\0\xff"),
        "gif": save(folder / "e.gif", indexed, transparency=0),
        "webp": save(folder / "f.webp", full, lossless=True),
        "RGBA tiff": save(folder / "g.tif", full),
        "I;16 key": write_png(folder / "h.png", wide, 0, chunk(b"tRNS", b"\0\7")),
        "LA 16": write_png(folder / "i.png", np.dstack([wide, (wide > 7) * 65535]), 4),
    }


def test_transparency_shows_the_background_and_no_hidden_colour(tmp_path):
    for name, path in clear_pictures(tmp_path).items():
        white, black = read_picture(path), read_picture(path, background="#000000")
        assert (white[:, :, :4] == 255).all(), name
        assert (black[:, :, :4] == 0).all(), name
        assert (white[:, :, 4:] == black[:, :, 4:]).all() and white[:, :, 4:].mean() < 200, name
        assert (read_picture(path, mode="L")[:, :, :4] == 255).all(), name


def test_half_transparent_pixels_are_mixed(tmp_path):
    image = Image.new("RGBA", (4, 4), (0, 0, 0, 128))
    assert mean_of(save(tmp_path / "a.png", image)) == pytest.approx(127, abs=1)


def test_colour_spaces(tmp_path):
    red = Image.new("RGB", (8, 8), (255, 0, 0))
    for name, image in {
        "a.jpg": red.convert("CMYK"),
        "b.tif": red.convert("CMYK"),
        "c.jpg": red,
        "d.bmp": red.convert("P"),
        "e.png": red,
    }.items():
        assert read_picture(save(tmp_path / name, image)).mean((1, 2)) == pytest.approx(
            [255, 0, 0], abs=3
        ), name
    lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    path = save(tmp_path / "f.tif", ImageCms.applyTransform(red, lab))
    assert read_picture(path).mean((1, 2)) == pytest.approx([255, 0, 0], abs=6)
    bits = Image.fromarray(GREY > 70)
    assert set(np.unique(read_picture(save(tmp_path / "g.png", bits)))) == {0, 255}


def swapped():
    """A colour profile that calls red what sRGB calls green, and green red."""
    content = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(content[at : at + 4]): at for at in range(132, 132 + 12 * content[131], 12)}
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    content[red : red + 4], content[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(content).replace(
        "sRGB built-in".encode("utf-16-be"), "swapped colou".encode("utf-16-be")
    )


def test_profiles_are_converted_and_damaged_ones_ignored(tmp_path):
    red, profile = Image.new("RGB", (8, 8), (255, 0, 0)), swapped()
    path = save(tmp_path / "a.png", red, icc_profile=profile)
    assert read_picture(path).mean((1, 2)) == pytest.approx([0, 255, 0], abs=3)
    clear = half_clear((255, 0, 0))
    both = read_picture(save(tmp_path / "b.png", clear, icc_profile=profile))
    assert both[:, 0, 7] == pytest.approx([0, 255, 0], abs=3) and (both[:, :, :4] == 255).all()
    for name, bad in {"c.png": b"no profile", "d.png": profile[:300]}.items():
        path = save(tmp_path / name, red, icc_profile=bad)
        assert read_picture(path).mean((1, 2)).tolist() == [255, 0, 0]
    grey = save(tmp_path / "e.png", Image.fromarray(GREY), icc_profile=profile)
    assert mean_of(grey) == pytest.approx(MEAN, abs=2)  # its neutral axis is that of sRGB


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp"])
def test_the_orientation_of_the_camera_is_undone(tmp_path, name):
    image = Image.new("L", (16, 8), 0)
    image.paste(255, (0, 0, 8, 8))
    exif = Image.Exif()
    exif[274] = 6  # turn it clockwise: the left is on top
    seen = read_picture(save(tmp_path / name, image.convert("RGB"), exif=exif))
    assert seen.shape == (3, 16, 8)
    assert seen[:, :7].mean() > 240 and seen[:, 9:].mean() < 15


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp", "a.tif"])
def test_animated_pictures_are_refused(tmp_path, name):
    frames = [Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in (0, 200)]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:])
    assert "animated" in refusal(tmp_path / name)


def test_photographs_with_a_second_picture_are_read(tmp_path):
    first, second = (Image.new("RGB", (8, 8), (shade, shade, shade)) for shade in (90, 200))
    first.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[second])
    assert mean_of(tmp_path / "a.jpg") == pytest.approx(90, abs=2)


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_too_large_a_picture_is_one_line(tmp_path, side):
    head = b"P5 %d %d 255\n" % (side, side)
    (tmp_path / "a.pgm").write_bytes(head)
    assert "pixels" in refusal(tmp_path / "a.pgm")


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.webp", "a.gif", "a.bmp"])
def test_whatever_a_decoder_raises_names_the_file(tmp_path, name):
    """Cut and damaged at many places: each is read, or refused by name."""
    noise = np.random.default_rng(0).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    whole = save(tmp_path / name, Image.fromarray(noise)).read_bytes()
    for end in (0, 5, len(whole) // 2):
        (tmp_path / name).write_bytes(whole[:end])
        refusal(tmp_path / name)
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        (tmp_path / name).write_bytes(whole[:place] + b"\xa5" + whole[place + 1 :])
        try:
            read_picture(tmp_path / name, 8)
        except PictureError as error:
            assert str(tmp_path / name) in str(error)


def test_files_that_only_look_like_pictures(tmp_path):
    (tmp_path / "a.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n")
    assert "no picture" in refusal(tmp_path / "a.png")
    assert refusal(tmp_path / "absent.png") == "it cannot be decoded (No such file or directory)"
    (tmp_path / "b.png").mkdir()
    refusal(tmp_path / "b.png")


def test_all_bad_files_are_named_at_once_up_to_a_bound(tmp_path):
    good = [save(tmp_path / f"{i}.png", Image.fromarray(GREY)) for i in range(3)]
    bad = [tmp_path / f"bad{i}.png" for i in range(NAMED + 2)]
    for path in bad:
        path.write_bytes(b"")
    done = []
    read = read_pictures([good[0], *bad, *good[1:]], 8, "L", progress=done.append)
    assert read.paths == good and read.pixels.shape == (3, 1, 8, 8)
    assert np.array_equal(read.pixels[1], read_picture(good[1], 8, "L"))
    assert [error.path for error in read.refused] == bad and done == [*range(1, 11)]
    told = r"^7 of 10 pictures cannot be read: .*and 2 more$"
    with pytest.raises(UserError, match=told) as error:
        read.check()
    assert all(path.name in str(error.value) for path in bad[:NAMED])
    read_pictures(good, 8).check()


def test_an_error_survives_a_process_and_a_terminal(tmp_path):
    error = pickle.loads(pickle.dumps(PictureError(tmp_path / "a\nb.png", "damaged")))
    assert str(error) == f"{tmp_path}/a\\nb.png: damaged"


def test_pictures_are_found_below_a_folder_in_natural_order(tmp_path):
    for name in [
        "class10/a.png",
        "class2/b10.JPG",
        "class2/b9.webp",
        "class2/deep/c.gif",
        "class2/._b9.png",
        ".ipynb_checkpoints/x.png",
        "__MACOSX/class2/._a.png",
        "class2/.ipynb_checkpoints/b9-checkpoint.webp",
        "list.txt",
        "class2/n.txt",
        "README",
    ]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "linked").symlink_to(tmp_path / "class10")
    (tmp_path / "class2" / "loop").symlink_to(tmp_path)
    found = find_pictures(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in found.paths] == [
        "class2/b9.webp",
        "class2/b10.JPG",
        "class2/deep/c.gif",
        "class10/a.png",
        "linked/a.png",
    ]
    assert found.left_out == {
        ".txt files": 2,
        "files without a suffix": 1,
        "hidden files": 1,
        ".ipynb_checkpoints folders": 2,
        "__MACOSX folders": 1,
    }
    assert found.describe_left_out() == (
        "left out: .ipynb_checkpoints folders (2), .txt files (2), __MACOSX folders (1), "
        "files without a suffix (1), hidden files (1)"
    )


def test_folders_that_cannot_be_read(tmp_path, monkeypatch):
    with pytest.raises(PictureError, match="absent: this folder cannot be read"):
        find_pictures(tmp_path / "absent")
    (tmp_path / "a.png").touch()
    with pytest.raises(PictureError, match="not a directory"):
        find_pictures(tmp_path / "a.png")


def test_natural_order_takes_any_name():
    names = ["b", "a10", "a2", "a", "10", "9", "A3", "a²", "a1b", os.fsdecode(b"\xff1")]
    assert sorted(names, key=natural)[:7] == ["9", "10", "a", "a1b", "a2", "A3", "a10"]
