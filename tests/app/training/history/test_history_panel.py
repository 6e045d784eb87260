"""The history panel: the tracked sentence is typed, taken over, and its pictures selected."""

import xml.etree.ElementTree as ET

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel

from lstm_viz.app.panels.history.controls import MAX_CHARACTERS
from lstm_viz.app.panels.history.history_panel import HistoryPanel
from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.app.widgets.pictures import picture
from lstm_viz.messages import Envelope, Failure, HistoryQuery
from lstm_viz.runs.settings import TUTORIAL
from tests.app.hovers import hover_text
from tests.runs_support import add_epoch, write_run

WORDS = "The dog ate the apple"
LONG = " ".join(f"word{k}" for k in range(25))


@pytest.fixture
def run(tmp_path):
    return write_run(tmp_path / "run", epochs=30, steps=60)


@pytest.fixture
def open_panel(open_desk, run):
    def open_(path=run, width=900, height=420, gold=None, is_gold=True, answered=True, **changes):
        desk = open_desk(path, **changes)
        desk.gold = gold
        panel = HistoryPanel(desk.state, desk.runs, desk.queries)
        desk.show(panel, width, height)
        desk.settle()
        if path is not None and answered:
            answer_all(desk, is_gold=is_gold)
        return desk, panel

    return open_


def answer_all(desk, **changes):
    """Answer until nothing is asked any more: an answer may show that there is room for other pictures."""
    desk.settle()
    for _ in range(3):
        if desk.link.of(HistoryQuery):
            desk.answer(**changes)
        desk.settle()
        QApplication.processEvents()


def middle(panel, k):
    return panel.strip.pages.picture(k).center().toPoint()


def test_every_shown_epoch_has_its_picture(open_panel):
    _desk, panel = open_panel()
    epochs = panel.strip.epochs
    assert epochs[0] == 0 and epochs[-1] == 30 and len(epochs) >= 5
    pages = [panel.strip.page(k) for k in range(len(epochs))]
    assert [page.picture.epoch for page in pages] == list(epochs)
    assert [page.title for page in pages][:1] == ["epoch 0"]
    assert [page.picked for page in pages] == [False] * (len(pages) - 1) + [True]


def test_the_first_room_is_wider_in_a_wider_window(open_panel):
    _, narrow = open_panel(width=520)
    _, wide = open_panel(width=1900)
    assert len(narrow.strip.epochs) < len(wide.strip.epochs)


def test_a_click_and_a_drag_scrub(open_panel):
    desk, panel = open_panel()
    strip, epochs = panel.strip, panel.strip.epochs
    desk.bot.mousePress(strip, Qt.MouseButton.LeftButton, pos=middle(panel, 1))
    assert desk.state.selection.epoch == epochs[1]
    desk.bot.mouseMove(strip, middle(panel, 3))
    assert desk.state.selection.epoch == epochs[3]
    desk.bot.mouseMove(strip, QPoint(strip.width() + 400, 5))
    desk.bot.mouseRelease(strip, Qt.MouseButton.LeftButton)
    assert desk.state.selection.epoch is None  # the newest, also of those to come
    assert strip.epochs == epochs


def test_the_arrow_keys_go_from_checkpoint_to_checkpoint(open_panel):
    desk, panel = open_panel(epoch=10)
    panel.strip.setFocus()
    desk.bot.keyClick(panel.strip, Qt.Key.Key_Left)
    assert desk.state.selection.epoch == 9
    desk.bot.keyClick(panel.strip, Qt.Key.Key_Home)
    desk.bot.keyClick(panel.strip, Qt.Key.Key_Left)
    assert desk.state.selection.epoch == 0
    desk.bot.keyClick(panel.strip, Qt.Key.Key_Right)
    assert desk.state.selection.epoch == 1
    assert 1 in panel.strip.epochs  # it was not among them before
    desk.bot.keyClick(panel.strip, Qt.Key.Key_End)
    assert desk.state.selection.epoch is None


def test_a_sentence_is_read_on_enter_and_after_a_pause(open_panel):
    desk, panel = open_panel()
    panel.edit.setFocus()
    desk.bot.keyClicks(panel.edit, "a cat")
    assert desk.state.training.tracked_sentence is None
    desk.bot.keyClick(panel.edit, Qt.Key.Key_Return)
    assert desk.state.training.tracked_sentence == "a cat"
    desk.bot.keyClicks(panel.edit, " sat")
    desk.wait(lambda: desk.state.training.tracked_sentence == "a cat sat")
    answer_all(desk)
    assert panel.strip.page(0).words == ("a", "cat", "sat")
    panel.edit.selectAll()
    desk.bot.keyClick(panel.edit, Qt.Key.Key_Delete)
    desk.bot.keyClick(panel.edit, Qt.Key.Key_Return)
    assert desk.state.training.tracked_sentence is None and panel.edit.placeholderText() == WORDS


def test_the_sentence_pages_sentence_is_taken_by_a_button(open_panel):
    desk, panel = open_panel()
    desk.state.change(text="Everybody read that book")
    desk.bot.mouseClick(panel.take_button, Qt.MouseButton.LeftButton)
    assert panel.edit.text() == "Everybody read that book"
    desk.settle()
    assert desk.link.last(HistoryQuery).text == "Everybody read that book"


def test_pasted_text_that_is_too_long_is_reported(open_panel):
    _desk, panel = open_panel()
    QApplication.clipboard().setText("word " * MAX_CHARACTERS)
    panel.edit.paste()
    assert len(panel.edit.text()) == MAX_CHARACTERS
    assert panel.caption.text() == "Only the first 10,000 characters fit."
    panel.edit.take()


def test_wrong_tags_are_underlined_in_red(open_panel):
    _desk, panel = open_panel()
    page = panel.strip.page(0)  # epoch 0: every word is V
    assert page.wrong == 5 and panel.strip.page(len(panel.strip.epochs) - 1).wrong == 0
    assert panel.caption.text().endswith(
        "columns: words, rows: units · underlined in red: wrong at that epoch"
    )
    assert _has_colour(panel, 0, DARK.danger) and not _has_colour(
        panel, len(panel.strip.epochs) - 1, DARK.danger
    )


def _has_colour(panel, k, colour):
    """Tell whether the words under a picture show a colour."""
    pages = panel.strip.pages
    rect = pages.picture(k)
    image = panel.strip.grab().toImage()
    wanted = QColor(colour)
    for y in range(int(rect.bottom()) + 2, panel.strip.height()):
        for x in range(int(rect.left()), int(rect.right())):
            found = image.pixelColor(x, y)
            if all(abs(a - b) <= 12 for a, b in zip(found.getRgb()[:3], wanted.getRgb()[:3], strict=True)):
                return True
    return False


def test_without_true_tags_the_last_epoch_is_what_counts(open_panel):
    _desk, panel = open_panel(is_gold=False)
    assert "underlined in red: differs from the last epoch" in panel.caption.text()
    assert "at the last epoch DET" in panel.strip.describe(
        0, QPointF(panel.strip.pages.picture(0).left() + 2, 30)
    )


def test_a_long_sentence_has_marks_in_place_of_words(open_panel):
    desk, panel = open_panel()
    desk.units = 64
    desk.state.change_training(tracked_sentence=LONG)
    answer_all(desk)
    assert not panel.strip.pages.has_words and len(panel.strip.epochs) >= 5
    assert "a cross below a column: a wrong tag" in panel.caption.text()
    assert _has_colour(panel, 0, DARK.danger) and not _has_colour(
        panel, len(panel.strip.epochs) - 1, DARK.danger
    )


def test_the_caption_follows_what_is_drawn_at_the_width(open_panel):
    desk, panel = open_panel(width=1200)
    desk.state.change_training(tracked_sentence=LONG[:60])
    answer_all(desk)
    for width in (1200, 420, 1200):
        panel.resize(width, 420)
        QApplication.processEvents()
        answer_all(desk)
        assert panel.strip.pages.has_words == ("underlined" in panel.caption.text())


def test_a_figure_has_the_sentence_and_whole_words_and_tags(open_panel):
    desk, panel = open_panel(width=560)
    words = " ".join(["extraordinarily"] * 4)
    desk.state.change_training(tracked_sentence=words)
    desk.gold = ("A-VERY-LONG-TAG",) * 4
    answer_all(desk)
    assert panel.strip.pages.has_words and panel.details() == f"“{words}”"
    texts = ["".join(e.itertext()).strip() for e in ET.fromstring(panel.figure().svg()).iter()]
    assert "extraordinarily" in texts and not any(text.endswith("…") for text in texts)
    assert not any("drag" in text.lower() for text in texts)


# ---------------------------------------------------------------- the first that is wholly right


@pytest.fixture
def open_kept(open_panel, tmp_path):
    """Return what opens a panel on a run with checkpoints of these epochs alone."""

    def open_(kept, is_gold=True, **how):
        path = write_run(tmp_path / "kept", epochs=0, steps=0)
        for epoch in range(1, max(kept) + 1):
            add_epoch(path, 2 * epoch, epoch, checkpoint=epoch in kept)
        desk, panel = open_panel(path, answered=False, **how)
        search(desk, is_gold=is_gold)
        return desk, panel

    return open_


def search(desk, **changes):
    """Answer until every checkpoint before the first that is right has been read."""
    answered = 0
    while answered < len(queries := desk.link.of(HistoryQuery)):
        for query in queries[answered:]:
            desk.answer(query, done=True, **changes)
        answered = len(queries)
        QApplication.processEvents()
        desk.settle()
    assert not desk.queries.is_searching


def test_the_first_epoch_that_is_wholly_right_is_marked_though_it_had_no_picture(open_kept):
    """In the answers the first `epoch` words are right: all five from epoch 5 on."""
    desk, panel = open_kept(range(1, 61), width=520)
    assert desk.queries.first_right.epoch == 5 and desk.queries.first_right.is_exact
    place = panel.strip.epochs.index(5)
    assert panel.strip.page(place).title == "epoch 5 · first right" and panel.strip.page(place).is_first
    assert panel.caption.text().startswith("all tags first right at epoch 5 · ")
    assert len(panel.strip.epochs) == 3


def test_between_two_checkpoints_it_is_said_to_be_between(open_kept):
    _, panel = open_kept((3, 9, 12))
    assert panel.caption.text().startswith("all tags first right at one of the epochs 4–9 · ")
    assert panel.strip.page(panel.strip.epochs.index(9)).title == "epoch 4–9 · first right"


def test_it_may_be_right_at_no_checkpoint(open_kept):
    _, panel = open_kept((1, 2, 3))
    assert panel.caption.text().startswith("no checkpoint has all tags right · ")
    assert not any(panel.strip.page(k).is_first for k in range(len(panel.strip.epochs)))


def test_nothing_is_marked_where_the_true_tags_are_not_known(open_kept):
    desk, panel = open_kept((1, 9), is_gold=False)
    assert desk.queries.first_right is None and "right" not in panel.caption.text()


@pytest.fixture
def searching(open_panel, tmp_path):
    """A panel of which the pictures are there, and the search has requested the checkpoints between them."""
    path = write_run(tmp_path / "kept", epochs=0, steps=0)
    for epoch in range(1, 41):
        add_epoch(path, 2 * epoch, epoch)
    desk, panel = open_panel(path, answered=False, width=520)
    for _ in range(40):  # how many pictures are asked for depends on the fonts
        if _searches(desk):
            return desk, panel, _searches(desk)[-1]
        desk.answer(done=True)
        QApplication.processEvents()
        desk.settle()
    raise AssertionError("nothing is searched for")


def _searches(desk):
    """Return the queries of the search, which begins with the earliest checkpoints."""
    queries = (message.query for message in desk.link.sent if isinstance(message, Envelope))
    return [query for query in queries if isinstance(query, HistoryQuery) and {2, 3} <= {*query.epochs}]


def test_one_checkpoint_that_cannot_be_read_is_no_reason_to_leave_out_others(searching):
    desk, panel, query = searching
    assert panel.caption.text().startswith("searching the checkpoints · ")
    desk.answer(query, epochs=tuple(epoch for epoch in query.epochs if epoch != 3))
    desk.fail(query, "The checkpoint of epoch 3 is damaged.")
    assert panel.caption.text().startswith("all tags right at epoch 5; an earlier checkpoint cannot be read")
    assert not any("first right" in panel.strip.page(k).title for k in range(len(panel.strip.epochs)))
    add_epoch(desk.runs.current.path, 82, 41)
    by_epoch = desk.runs.current.by_epoch
    by_epoch[3] = msgspec.structs.replace(by_epoch[3], sha256="1" * 64)  # it was written anew
    desk.answer(done=True)
    desk.queries._update()
    desk.settle()
    queries = [message.query for message in desk.link.sent if isinstance(message, Envelope)]
    assert (3,) in [query.epochs for query in queries if isinstance(query, HistoryQuery)]


def test_an_engine_that_fails_makes_no_checkpoint_unreadable(searching):
    desk, panel, query = searching
    desk.link.fail(query, Failure("engine_ended", {"engine": "training"}, ""))
    desk.settle()
    assert desk.queries.is_searching and "cannot be read" not in panel.caption.text()
    assert _searches(desk) == [query]


def test_tags_of_other_words_are_left_out(searching):
    desk, panel, query = searching
    answer = desk.answer_to(query, done=True)
    pictures = tuple(msgspec.structs.replace(p, tags=(*p.tags, "V")) for p in answer.pictures)
    words = (*answer.words, "more")
    desk.link.reply(query, msgspec.structs.replace(answer, words=words, pictures=pictures))
    assert desk.queries.is_searching and "searching" in panel.caption.text()


def test_hover_shows_word_unit_and_value(open_panel):
    desk, panel = open_panel()
    rect = panel.strip.pages.picture(0)
    desk.bot.mouseMove(panel.strip, rect.topLeft().toPoint() + QPoint(2, 2))
    value = desk.queries.history.pictures[0].values[0, 0]
    assert (
        hover_text(panel.strip)
        == f"“The” · epoch 0 · unit 1\ncell state  c = −{abs(value):.6f}\nV 0.5000, but it is DET"
    )
    last = panel.strip.describe(0, rect.bottomRight() - QPointF(1, 1))
    assert last.startswith("“apple” · epoch 0 · unit 6\n")


def test_the_picture_is_that_of_the_values(open_panel):
    _desk, panel = open_panel()
    page = panel.strip.page(0)
    assert page.image == picture(page.picture.values, "c", DARK)
    assert panel.strip.page(0).image is page.image  # painted once


def test_another_theme_paints_anew(open_panel):
    desk, panel = open_panel()
    before = panel.grab().toImage()
    desk.state.set_theme(LIGHT)
    assert panel.grab().toImage() != before
    assert panel.strip.page(0).image == picture(panel.strip.page(0).picture.values, "c", LIGHT)


def test_the_chosen_quantity_is_read(open_panel):
    desk, panel = open_panel()
    box = panel.choosers.quantity
    assert [box.itemText(k) for k in range(box.count())][:1] == [
        "forget fₜ"
    ] and box.currentText() == "cell state cₜ"
    box.setCurrentIndex(0)
    box.activated.emit(0)
    answer_all(desk)
    assert desk.link.last(HistoryQuery).quantity == "f"
    assert panel.title.text() == "Tracked sentence through training · forget fₜ"
    assert panel.choosers.layer.isHidden() and panel.choosers.direction.isHidden()


def test_layer_and_direction_are_chosen_where_there_are_more(open_panel, tmp_path):
    deep = write_run(
        tmp_path / "deep", settings=msgspec.structs.replace(TUTORIAL, num_layers=2, bidirectional=True)
    )
    desk, panel = open_panel(deep)
    assert panel.choosers.layer.currentText() == "layer 2" and not panel.choosers.layer.isHidden()
    panel.choosers.layer.activated.emit(0)
    panel.choosers.direction.activated.emit(1)
    desk.settle()
    assert (desk.link.last(HistoryQuery).layer, desk.link.last(HistoryQuery).direction) == (0, 1)
    assert panel.choosers.direction.currentText() == "backward"


def test_a_new_checkpoint_appears_while_the_old_ones_stay(open_panel, run):
    desk, panel = open_panel()
    add_epoch(run, 62, 31)
    desk.runs.poll()
    assert panel.strip.epochs[-1] == 31 and panel.strip.page(0).picture is not None
    assert panel.strip.page(len(panel.strip.epochs) - 1).picture is None  # a frame, until it is here
    panel.grab()
    answer_all(desk)
    assert panel.strip.page(len(panel.strip.epochs) - 1).picture.epoch == 31


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_what_stands_where_there_is_nothing(open_panel, tmp_path, theme):
    _, panel = open_panel(None, theme=theme)
    assert panel.note.isVisible() and panel.note.text().startswith("Train or open a run")
    _desk, panel = open_panel(write_run(tmp_path / "fresh", epochs=0, steps=0), theme=theme)
    assert panel.strip.isVisible() and panel.strip.epochs == (0,)


def test_a_damaged_checkpoint_is_reported(open_panel, open_desk, run):
    desk = open_desk(run)
    panel = HistoryPanel(desk.state, desk.runs, desk.queries)
    desk.show(panel)
    desk.fail(desk.link.last(HistoryQuery), "The checkpoint of epoch 3 is damaged.")
    assert panel.note.text() == "The checkpoint of epoch 3 is damaged."


def test_nan_is_shown_as_such(open_panel):
    desk, panel = open_panel(answered=False)
    query = desk.link.last(HistoryQuery)
    answer = desk.answer_to(query)
    values = answer.pictures[0].values.copy()
    values[0, 0] = np.nan
    first = msgspec.structs.replace(answer.pictures[0], values=values)
    desk.link.reply(query, msgspec.structs.replace(answer, pictures=(first, *answer.pictures[1:])))
    panel.grab()
    place = panel.strip.epochs.index(first.epoch)
    spot = panel.strip.pages.picture(place).topLeft() + QPointF(2, 2)
    assert "c = NaN" in panel.strip.describe(place, spot)


def test_a_word_that_looks_like_markup_is_plain(open_panel):
    desk, panel = open_panel()
    desk.state.change_training(tracked_sentence="<img src=x> \ud800")
    answer_all(desk)
    panel.grab()
    assert panel.strip.findChild(QLabel, "hover").textFormat() == Qt.TextFormat.PlainText


def test_what_is_seen_can_be_heard(open_panel):
    _desk, panel = open_panel(epoch=0)
    assert panel.strip.accessibleDescription().startswith("epoch 0: The V (wrong), dog V (wrong)")


def test_the_table_has_every_number_that_is_shown(open_panel):
    desk, panel = open_panel()
    table = panel.table()
    assert table.header[:7] == ("epoch", "word_number", "word", "true_tag", "tag", "probability", "c_1")
    assert len(table.rows) == 5 * len(panel.strip.epochs)
    shown = {p.epoch: p for p in desk.queries.history.pictures}
    assert all(row[6:] == tuple(shown[row[0]].values[row[1] - 1].tolist()) for row in table.rows)
    assert panel.is_ready


def test_a_word_without_a_true_tag_is_neither_right_nor_wrong(open_panel):
    _desk, panel = open_panel(gold=("", "NN", "", "", ""))
    assert panel.caption.text().endswith("words without a tag in the corpus are not marked")
    page, pages = panel.strip.page(0), panel.strip.pages
    assert page.picture.tags[0] == "V" and not page.is_wrong(0) and page.is_wrong(1) and page.wrong == 1
    left = QPointF(pages.picture(0).left() + 2, 30)
    assert panel.strip.describe(0, left).endswith("V 0.5000, the corpus has no tag for it")
    cells = [row[3:5] for row in panel.table().rows[:2]]
    assert cells == [("", "V"), ("NN", "V")]


def test_a_long_sentence_counts_the_words_that_have_a_true_tag(open_panel):
    desk, panel = open_panel()
    desk.units, words = 64, len(LONG.split())
    desk.state.change_training(tracked_sentence=LONG)
    desk.gold = ("NN", "DET", *[""] * (words - 2))
    answer_all(desk)
    first, last = panel.strip.page(0), panel.strip.page(len(panel.strip.epochs) - 1)
    assert (first.wrong, first.counted, last.wrong, last.counted) == (2, 2, 0, 2)
    assert _has_colour(panel, 0, DARK.danger)
