import numpy as np
import torch

from mcgan.view.figures.cube import cube_faces

FACTORS = ("red digit", "green digit", "blue digit")


def faces(counts: torch.Tensor) -> dict[tuple[str, str], np.ndarray]:
    figure = cube_faces(counts, torch.full((1000,), 1e-3), 1000, FACTORS)
    return {
        (axes.get_ylabel(), axes.get_xlabel()): np.asarray(axes.images[0].get_array())
        for axes in figure.axes
        if axes.images
    }


def test_three_faces_of_an_even_cube_are_even():
    found = faces(torch.ones(2, 1000))
    assert list(found) == [
        ("red digit", "green digit"),
        ("red digit", "blue digit"),
        ("green digit", "blue digit"),
    ]
    assert all(np.allclose(face, 1) for face in found.values())


def test_a_missing_combination_shows_on_one_face_alone():
    cube = torch.ones(10, 10, 10)
    cube[3, :, 7] = 0  # no red 3 with a blue 7
    found = faces(cube.flatten()[None])
    assert found["red digit", "blue digit"][3, 7] == 0
    assert (found["red digit", "green digit"] > 0.89).all()
    assert np.allclose(found["green digit", "blue digit"][:, 7], 0.9)
