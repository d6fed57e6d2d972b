from io import BytesIO

from matplotlib.figure import Figure
from PIL import Image

from mcgan.view.figures.style import new_figure, png


def test_a_picture_of_a_plain_figure_is_drawn_too():
    for figure in (Figure((1, 1)), new_figure(1, 1)):
        picture = Image.open(BytesIO(png(figure, scale=2)))
        assert picture.size == (200, 200) and picture.mode == "RGB"
