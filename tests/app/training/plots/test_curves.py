"""The panels of curves under the hand: what they show, follow, read out, and do not do."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from lstm_viz.app.panels.curves.actions import clamped
from lstm_viz.app.panels.curves.curve import Curve
from lstm_viz.app.panels.curves.curve_panel import room_ahead
from lstm_viz.app.panels.curves.loss import faint as faint_colour
from lstm_viz.app.panels.curves.loss import place_of, share_of
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.files.lines import LineFile
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Epoch, encode
from lstm_viz.runs.settings import SMALL
from lstm_viz.uris import of_run
from tests.runs_support import add_epoch, add_steps, write_run


def drawn_lines(panel):
    return [drawn.line for drawn in panel.plot._lines]


def _shown(panel):
    return tuple(panel.plot.box.viewRange()[0])


def _hover(scene, panel, step):
    """Put the mouse over a step of a panel and return the readout, as a dict of names to numbers."""
    place = QPoint(int(panel.plot.place_of(step, 1.0).x()), scene.middle(panel.plot).y())
    for where in (place + QPoint(1, 1), place):  # a mouse that is there already does not move
        QTest.mouseMove(panel.plot.viewport(), where)
        QApplication.processEvents()
    assert panel.hover.isVisibleTo(scene.window)
    head, *lines = panel.hover.text().split("\n")
    return head, {line.rsplit(maxsplit=1)[0]: float(line.split()[-1].replace("−", "-")) for line in lines}


# ------------------------------------------------------------ what is drawn


def test_the_curves_are_those_of_the_folder(scene, run):
    shown = scene(run, smoothing=0.0)
    data = RunData(run)
    data.poll()
    lines = {line.colour: line for line in drawn_lines(shown.loss)}
    faint, validation = lines[faint_colour(DARK)], lines[DARK.validation]
    np.testing.assert_array_equal(faint.curve.values, data.steps.column("loss"))
    assert validation.dots
    assert validation.curve.values.tolist() == [epoch.dev_loss for epoch in data.epochs]
    assert validation.curve.steps.tolist() == [60.0 * k for k in range(11)]
    (accuracy,) = drawn_lines(shown.second_plot)
    assert accuracy.curve.values.tolist() == [epoch.dev_accuracy for epoch in data.epochs]
    assert _shown(shown.loss) == _shown(shown.second_plot) == pytest.approx((0, 606))


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_they_are_painted_in_the_theme(scene, run, theme):
    shown = scene(run)
    shown.state.set_theme(theme)
    QApplication.processEvents()
    image = shown.loss.plot.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(0, image.height())}
    assert {theme.panel, theme.text, theme.validation} <= colours
    other = LIGHT if theme is DARK else DARK
    assert other.panel not in colours - {theme.text}


def test_no_run_and_no_steps_are_reported(scene, tmp_path):
    shown = scene(None)
    for panel in (shown.loss, shown.second_plot, shown.saturation):
        assert panel.note.isVisible() and panel.note.text().startswith("Select or train a run")
        assert not panel.is_ready
    waiting = scene(write_run(tmp_path / "new", steps=0, epochs=0, settings=SMALL))
    assert waiting.loss.plot.isVisible(), "the loss before training is a dot already"
    assert [line.dots for line in drawn_lines(waiting.loss)] == [True]


def test_other_runs_lie_over_it_with_their_names(scene, run, tmp_path):
    others = [
        write_run(tmp_path / f"o{k}", steps=300, epochs=5, settings=SMALL, seed=k, name=f"other {k}")
        for k in (1, 2)
    ]
    shown = scene(run, compared=tuple(map(str, others)))
    names = [key.name for key in shown.loss._keys()]
    assert names[-2:] == ["other 1", "other 2"] and "a run: smoothed 0.9" in names
    assert len([line for line in drawn_lines(shown.loss) if line.dashed]) == 2
    _, numbers = _hover(shown, shown.loss, 200)
    assert {"other 1, smoothed", "other 2, smoothed"} <= set(numbers)
    shown.state.change_training(compared=())
    assert not any(line.dashed for line in drawn_lines(shown.loss))


def test_the_legend_names_the_best_and_the_last_epoch(scene, run):
    shown = scene(run)
    lines = shown.runs.current.epochs
    best, lowest = max(lines, key=lambda line: line.dev_accuracy), min(lines, key=lambda line: line.dev_loss)
    points = shown.second_plot._named_points()
    assert [(p.step, p.value) for p in points] == [
        (line.step, line.dev_accuracy) for line in dict.fromkeys((best, lines[-1]))
    ]
    legend = shown.second_plot.legend.accessibleName()
    assert f"best and last {best.dev_accuracy:.4f} at epoch 10" in legend  # each epoch is better here
    named = f"lowest {lowest.dev_loss:.4f} at epoch {lowest.epoch}"
    assert named in shown.loss.legend.accessibleName()
    add_epoch(run, 660, 11, accuracy=0.1)
    shown.read()
    legend = shown.second_plot.legend.accessibleName()
    assert f"best {best.dev_accuracy:.4f} at epoch 10, last 0.1000 at epoch 11" in legend


def test_a_loss_on_the_training_sentences_is_not_called_validation(scene, tmp_path):
    shown = scene(write_run(tmp_path / "tutorial", steps=20, epochs=10))
    legend = shown.loss.legend.accessibleName()
    assert "on the training sentences" in legend and "validation" not in legend
    assert "on the training sentences" in shown.second_plot.legend.accessibleName()
    assert "on the training sentences at step 10" in _hover(shown, shown.loss, 10)[1]


def test_an_epoch_without_a_validation_loss_at_an_earlier_step_hides_no_point(scene, run):
    shown = scene(run)
    lines = LineFile(RunFolder(run).history)
    lines.append(encode(Epoch(100, 2, checkpoint="epoch-000002.safetensors")))
    lines.close()
    shown.read()
    (point,) = shown.loss._named_points()
    data = shown.runs.current
    assert (point.step, point.value) == (data.lowest.step, data.lowest.dev_loss) and point.step < 100
    assert point.name.endswith(f" at epoch {data.lowest.epoch}")


# ------------------------------------------------------------ growing, zooming


def test_all_follows_growth_and_a_zoom_stays(scene, run):
    shown = scene(run)
    add_steps(run, 601, 200, 11)
    shown.read()
    assert _shown(shown.loss) == pytest.approx((0, 808))
    shown.state.change_training(zoom=(100.0, 300.0))
    add_steps(run, 801, 200, 12)
    shown.read()
    assert _shown(shown.loss) == _shown(shown.second_plot) == (100, 300)
    assert shown.loss.all.isEnabled()
    QTest.mouseClick(shown.loss.all, Qt.MouseButton.LeftButton)
    assert _shown(shown.loss) == _shown(shown.second_plot) == pytest.approx((0, 1010))
    assert not shown.loss.all.isEnabled()


def test_while_a_trainer_writes_the_axis_grows_by_jumps_and_fits_in_the_end(scene, tmp_path):
    path = write_run(tmp_path / "run", steps=600, epochs=10, planned_epochs=40, settings=SMALL)
    lock = RunFolder(path).lock()
    with lock.acquire():
        shown = scene(path)
        first = _shown(shown.loss)
        assert 606 < first[1] <= 606 * 1.1 and _shown(shown.second_plot) == first
        add_steps(path, 601, 2, 11)
        shown.read()
        assert _shown(shown.loss) == first
        add_steps(path, 603, 120, 11)
        shown.read()
        assert 723 < _shown(shown.loss)[1] <= 723 * 1.01 * 1.1
    shown.runs.poll()
    shown.read()
    shown.loss.refresh()
    assert _shown(shown.loss) == pytest.approx((0, 722 * 1.01))


@pytest.mark.parametrize("step", [4, 5, 100, 101, 12345, 1e6])
def test_there_is_room_for_a_tenth_more_at_most(step):
    assert step <= room_ahead(step) * (1 + 1e-9) and room_ahead(step) <= 1.1 * step


def test_what_is_as_it_was_is_not_drawn_again(scene, run):
    shown, drawn = scene(run), []
    (accuracy,) = shown.second_plot.plot._lines
    accuracy.curve.sigPlotChanged.connect(drawn.append)
    shown.second_plot._draw()
    assert drawn == []
    add_steps(run, 601, 60, 11)
    add_epoch(run, 660, 11)
    shown.read()
    assert len(drawn) == 1 and len(accuracy.curve.xData) == 12


def test_only_what_is_new_is_read(scene, run):
    shown = scene(run)
    curve = shown.loss.current.steps["loss"].raw
    seen = []
    extend = curve.extend
    curve.extend = lambda steps, values: (seen.append(len(steps)), extend(steps, values))[1]
    add_steps(run, 601, 7, 11)
    shown.read()
    shown.read()
    assert seen == [7]


def test_the_wheel_zooms_where_the_mouse_is_and_both_plots_follow(scene, run, qtbot):
    shown = scene(run)
    plot = shown.loss.plot
    place = plot.place_of(150, 1.0)
    _wheel(plot, place, 120)
    low, high = _shown(shown.loss)
    assert high - low == pytest.approx(606 * 0.8, rel=0.01)
    assert (150 - low) / (high - low) == pytest.approx(150 / 606, abs=0.02)
    assert _shown(shown.second_plot) == (low, high)
    for _ in range(3):
        _wheel(plot, place, -120)
    assert shown.state.training.zoom is None


def test_the_wheel_with_ctrl_zooms_the_values_of_this_plot_alone(scene, run):
    shown = scene(run)
    before, other = shown.loss.plot.box.viewRange()[1], shown.second_plot.plot.box.viewRange()[1]
    _wheel(shown.loss.plot, QPointF(shown.middle(shown.loss.plot)), 120, Qt.KeyboardModifier.ControlModifier)
    after = shown.loss.plot.box.viewRange()[1]
    assert after[1] - after[0] == pytest.approx(0.8 * (before[1] - before[0]))
    assert shown.second_plot.plot.box.viewRange()[1] == other
    QTest.keyClick(shown.loss.plot, Qt.Key.Key_0)
    assert shown.loss.plot.box.viewRange()[1] == before


def _wheel(plot, place, delta, key=Qt.KeyboardModifier.NoModifier):
    from PySide6.QtGui import QWheelEvent

    event = QWheelEvent(
        place, QPointF(plot.viewport().mapToGlobal(place.toPoint())), QPoint(), QPoint(0, delta),
        Qt.MouseButton.NoButton, key, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot.viewport(), event)


def test_a_drag_moves_and_with_shift_it_marks_a_part(scene, run):
    shown = scene(run, zoom=(200.0, 400.0))
    middle = shown.middle(shown.loss.plot)
    shown.drag(shown.loss.plot, middle, middle - QPoint(60, 0))
    low, high = _shown(shown.loss)
    assert low > 210 and high - low == pytest.approx(200)
    shown.drag(shown.loss.plot, middle, middle + QPoint(80, 40), Qt.KeyboardModifier.ShiftModifier)
    narrow = _shown(shown.loss)
    assert low < narrow[0] < narrow[1] < high
    for click in (QTest.mouseClick, QTest.mouseDClick, QTest.mouseRelease):
        click(shown.loss.plot.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert shown.state.training.zoom is None and not shown.loss.plot.has_own_values


@pytest.mark.parametrize(
    ("key", "check"),
    [
        (Qt.Key.Key_Plus, lambda zoom: zoom == pytest.approx((151.5, 454.5))),
        (Qt.Key.Key_Minus, lambda zoom: zoom is None),
    ],
)
def test_keys_zoom(scene, run, key, check):
    shown = scene(run)
    QTest.keyClick(shown.loss.plot, key)
    assert check(shown.state.training.zoom)


def test_a_zoom_is_kept_within_the_steps_there_are():
    assert clamped(-50, 50, 1000) == (0, 100)
    assert clamped(950, 1050, 1000) == (900, 1000)
    assert clamped(5, 5, 1000) == (3, 7)
    assert clamped(-10, 2000, 1000) is clamped(math.nan, 3, 1000) is None


def test_another_run_is_shown_whole(scene, run, tmp_path):
    shown = scene(run, zoom=(100.0, 200.0))
    other = write_run(tmp_path / "other", steps=50, epochs=5, settings=SMALL)
    shown.state.pick_model(of_run(other))
    assert shown.state.training.zoom is None
    assert _shown(shown.loss) == pytest.approx((0, 50.5))


# ------------------------------------------------------------ the cursor


def test_the_cursor_is_the_picked_epoch_and_can_be_dragged(scene, run):
    shown = scene(run, epoch=4)
    plot = shown.loss.plot
    assert plot.box.cursor_step == shown.second_plot.plot.box.cursor_step == 240
    start = plot.place_of(240, 1.0).toPoint()
    shown.drag(plot, start, plot.place_of(430, 1.0).toPoint())
    assert shown.state.selection.epoch == 7
    assert plot.box.cursor_step == shown.second_plot.plot.box.cursor_step == 420
    assert shown.state.training.zoom is None


def test_the_last_checkpoint_is_the_newest_whichever_that_will_be(scene, run):
    shown = scene(run, epoch=9)
    QTest.keyClick(shown.loss.plot, Qt.Key.Key_Right)
    assert shown.state.selection.epoch is None
    add_steps(run, 601, 60, 11)
    add_epoch(run, 660, 11)
    shown.read()
    assert shown.loss.plot.box.cursor_step == 660
    QTest.keyClick(shown.loss.plot, Qt.Key.Key_Left)
    assert shown.state.selection.epoch == 10
    QTest.keyClick(shown.loss.plot, Qt.Key.Key_Home)
    assert shown.state.selection.epoch == 0


def test_of_an_epoch_that_was_not_kept_the_nearest_is_marked(scene, run):
    assert scene(run, epoch=77).loss.plot.box.cursor_step == 600


# ------------------------------------------------------------ exact numbers


def test_the_readout_is_exact(scene, run):
    shown = scene(run, smoothing=0.5)
    data = RunData(run)
    data.poll()
    head, numbers = _hover(shown, shown.loss, 333)
    step = int(head.split(" · ")[0].removeprefix("step "))
    assert abs(step - 333) <= 2
    assert head == f"step {step} · epoch {math.ceil(step / 60)}"
    losses = data.steps.column("loss")
    mean = weight = 0.0
    for loss in losses[:step]:
        mean, weight = 0.5 * mean + 0.5 * loss, 0.5 * weight + 0.5
    assert numbers["loss"] == pytest.approx(losses[step - 1], rel=1e-5)
    assert numbers["smoothed"] == pytest.approx(mean / weight, rel=1e-5)
    assert numbers["learning rate"] == pytest.approx(data.steps.column("learning_rate")[step - 1], rel=1e-5)


def test_a_dot_is_read_out_too(scene, run):
    shown = scene(run)
    epoch = shown.runs.current.epochs[5]
    _, numbers = _hover(shown, shown.loss, 300)
    assert numbers["validation at step 300"] == pytest.approx(epoch.dev_loss, rel=1e-5)
    head, numbers = _hover(shown, shown.second_plot, 310)
    assert head == "step 300 · after epoch 5"
    assert numbers["accuracy"] == pytest.approx(epoch.dev_accuracy, rel=1e-5)
    QTest.mouseMove(shown.second_plot.plot.viewport(), QPoint(2, 2))
    assert shown.second_plot.hover.isHidden()


@pytest.mark.parametrize(
    ("kind", "names"),
    [("rate", {"learning rate"}), ("norms", {"gradient norm", "weight norm"})],
)
def test_the_other_plots_are_read_out(scene, run, kind, names):
    shown = scene(run, second_plot=kind)
    head, numbers = _hover(shown, shown.second_plot, 300)
    step = int(head.split(" · ")[0].removeprefix("step "))
    for name in names:
        column = shown.runs.current.steps.column(name.replace(" ", "_"))
        assert numbers[name] == pytest.approx(column[step - 1], rel=1e-5)
    assert set(numbers) == names


# ------------------------------------------------------------ controls


def test_the_slider_smooths(scene, run):
    shown = scene(run)
    shown.loss.smoothing.setValue(0)
    assert shown.state.training.smoothing == 0
    trail = shown.loss.current.steps["loss"]
    np.testing.assert_array_equal(trail.smooth.values, trail.raw.values)
    shown.loss.smoothing.setValue(100)
    assert shown.state.training.smoothing == 0.999
    rough, smooth = (np.abs(np.diff(curve.values[300:])).mean() for curve in (trail.raw, trail.smooth))
    assert smooth < 0.1 * rough
    shown.state.change_training(smoothing=0.9)
    assert shown.loss.smoothing.value() == place_of(0.9) == 33
    assert [place_of(share_of(place)) for place in range(101)] == list(range(101))


def test_logarithmic_values(scene, run):
    shown = scene(run, second_plot="norms")
    assert shown.second_plot.log.isChecked() and shown.second_plot.plot.values_axis.logarithmic
    QTest.keyClick(shown.loss.plot, Qt.Key.Key_L)
    assert shown.state.training.log_loss and shown.loss.plot.values_axis.logarithmic
    low, high = shown.loss.plot.box.viewRange()[1]
    losses = shown.runs.current.steps.column("loss")
    assert 10**low <= losses.min() and 10**high >= losses.max()
    shown.state.change_training(second_plot="accuracy")
    assert shown.second_plot.log.isHidden() and not shown.second_plot.plot.values_axis.logarithmic
    assert shown.second_plot.plot.box.viewRange()[1] == [0, 1.06]


def test_the_chooser_picks_the_second_plot(scene, run):
    shown = scene(run)
    chooser = shown.second_plot.chooser
    chooser.setCurrentIndex(1)
    chooser.activated.emit(1)
    assert shown.state.training.second_plot == "rate"
    assert shown.second_plot.title.text() == "Learning rate"


def test_the_menu_is_ours(scene, run):
    shown = scene(run)
    place = shown.middle(shown.loss.plot)
    view = shown.loss.plot.viewport()
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=place)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.mapToGlobal(place))
    QApplication.sendEvent(view, event)
    (menu,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]
    names = [action.text().split("\t")[0] for action in menu.actions() if not action.isSeparator()]
    assert names == ["Show all", "Zoom in", "Zoom out", "Logarithmic values", "Save the plot…"]
    menu.actions()[1].trigger()
    assert shown.state.training.zoom is not None
    menu.close()


# ------------------------------------------------------------ restraint


def test_nothing_is_drawn_while_hidden(scene, run):
    shown = scene(run)
    shown.window.hide()
    add_steps(run, 601, 60, 11)
    shown.read()
    assert shown.loss.current.last_step == 600
    shown.window.show()
    assert shown.loss.current.last_step == 660
    assert _shown(shown.loss) == pytest.approx((0, 1.01 * 660))


def test_a_history_that_is_another_file_is_drawn_anew(scene, run, tmp_path):
    shown = scene(run)
    fresh = write_run(tmp_path / "fresh", steps=90, epochs=3, settings=SMALL)
    (fresh / "history.jsonl").replace(run / "history.jsonl")
    shown.read()
    assert len(shown.loss.current.steps["loss"].raw) == 90
    assert _shown(shown.loss) == pytest.approx((0, 90.9))


def test_a_hundred_thousand_steps_are_drawn_and_only_new_ones_are_taken_in(scene, tmp_path, monkeypatch):
    run = write_run(tmp_path / "long", steps=100_000, epochs=10, settings=SMALL)
    shown = scene(run)
    while shown.runs.current.has_more:
        shown.read()
    assert shown.loss.current.last_step == 100_000
    points = [len(drawn.curve.xData) for drawn in shown.loss.plot._lines]
    assert max(points) <= 2 * shown.loss.plot.box.width() + 8
    add_steps(run, 100_001, 30, 11)
    taken, extend = list[int](), Curve.extend
    monkeypatch.setattr(Curve, "extend", lambda self, s, v: (taken.append(len(s)), extend(self, s, v))[1])
    shown.runs.poll()
    shown.loss.refresh()
    QApplication.processEvents()
    assert taken and set(taken) <= {1, 30}
    assert shown.loss.current.last_step == 100_030
    head, _ = _hover(shown, shown.loss, 50_000)
    assert head.startswith(("step 49,", "step 50,"))


def test_text_is_readable():
    for theme in (DARK, LIGHT):
        assert _contrast(theme.muted, theme.panel) >= 4.5
        assert _contrast(theme.good, theme.panel) >= 3


def _contrast(one, other):
    def luminance(colour):
        parts = [c / 255 for c in QColor(colour).getRgb()[:3]]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_nothing_is_drawn_where_nothing_is_new(scene, run):
    shown = scene(run)
    drawn = []
    draw = shown.loss.plot.draw
    shown.loss.plot.draw = lambda *lines, **ways: (drawn.append(lines), draw(*lines, **ways))
    shown.runs.grown.emit(shown.runs.current)
    shown.state.change_training(quantity="h")
    assert drawn == []
    add_steps(run, 601, 1, 11)
    shown.read()
    assert len(drawn) == 1


def test_a_run_with_another_name_is_called_so(scene, run, tmp_path):
    other = write_run(tmp_path / "other", steps=300, epochs=5, settings=SMALL)
    shown = scene(run, compared=(str(other),))
    RunFolder(other).rename("renamed")
    shown.read()
    assert "renamed" in shown.loss.legend.accessibleName()
