"""The labels to the left of the heatmaps: what is beside each other does not touch."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, PARTS_LEFT
from lstm_viz.app.panels.heatmaps.heatmap_labels import HeatmapLabel
from lstm_viz.app.theme import DARK


def _painted(label):
    image = QImage(300, 120, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    with QPainter(image) as painter:
        label.paint(painter)
    return image


def _colours(image, part):
    return {
        image.pixelColor(x, y).name()
        for x in range(part.left(), part.right())
        for y in range(part.top(), part.bottom())
    }


def test_the_scale_of_a_low_band_is_not_beside_the_numbers_of_the_units(qapp):
    image = _painted(HeatmapLabel("f", QRectF(0, 0, 300, 26), DARK, scale=0.05))
    assert _colours(image, QRect(74, 4, LABEL_WIDTH - 74, 18)) == {DARK.panel}


def test_nothing_strikes_through_the_label_of_the_inputs(person):
    person.picks_model("preset:english-both")
    person.sets("a dog")
    person.session.state.change(inputs_shown=True)
    band, heatmaps = person.band("x"), person.page.matrix.heatmaps
    divider = round(band.cells.top() + band.parts[0][1] * band.row_height)
    image = heatmaps.grab(QRect(8, divider - 1, round(PARTS_LEFT) - 9, 3)).toImage()
    ink = QColor(person.session.state.theme.text)
    for y in range(image.height()):
        assert not all(image.pixelColor(x, y) == ink for x in range(image.width()))
