"""The report of a run: one file with everything in it that is needed to believe it and to do it again."""

import base64
import re
import shlex
from html import unescape
from html.parser import HTMLParser

import msgspec
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox

from lstm_viz.app.pages.training.report import Report, save_report, write_report
from lstm_viz.app.pages.training.report_html import command_line
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.run_epoch import run_epoch_of
from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.app.widgets.figure import Figure
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.settings import SMALL
from lstm_viz.training.arguments import parse, settings_of
from tests.runs_support import UPOS, write_run


@pytest.fixture
def panel(application, qtbot):
    """Return something that is shown of a run."""
    label = QLabel("a picture")
    label.setAccessibleName("Loss & more")
    label.resize(300, 120)
    qtbot.addWidget(label)
    return Figure(label)


@pytest.fixture
def data(tmp_path):
    """Return a run that has been read; its name is no HTML."""
    read = RunData(write_run(tmp_path / "a run", steps=120, epochs=6, settings=SMALL, name="<b>mine</b>"))
    read.poll()
    return read


def _write(path, data, panels, theme, epoch=None):
    write_report(path, Report.of(data, run_epoch_of(data, epoch), panels, theme))


class _Balanced(HTMLParser):
    """Fails where an end tag does not end what is open."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("img", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_has_everything_and_needs_nothing(data, panel, tmp_path):
    _write(tmp_path / "report.html", data, [panel, panel], DARK)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    parser = _Balanced()
    parser.feed(html)
    assert parser.open == []
    assert "http" not in html and "<script" not in html and "<b>" not in html
    pictures = re.findall(r'src="data:image/png;base64,([^"]+)" width="(\d+)" alt="([^"]+)"', html)
    assert [(width, unescape(name)) for _, width, name in pictures] == [("300", "Loss & more")] * 2
    image = QImage.fromData(base64.b64decode(pictures[0][0]))
    assert (image.width(), image.height()) == (600, 240)
    text = unescape(re.sub(r"<[^>]+>", "\n", html))
    best = data.best
    for wanted in ("<b>mine</b>", "finished", f"{best.dev_accuracy:.6g} after epoch {best.epoch}"):
        assert wanted in text
    for wanted in (*UPOS, "--hidden", "--lr", "2.13.0", "0" * 64, "500 sentences, 4,400 words", "471"):
        assert wanted in text


class _Elements(HTMLParser):
    """Keeps the elements of a page, each with the names of its attributes, and the page's title."""

    def __init__(self, page):
        super().__init__()
        self.elements = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, [name for name, _ in attrs]))


def test_no_text_from_outside_is_an_element_or_an_attribute(panel, tmp_path):
    harmless, odd = "name", """</title></td>"'><script>x</script><img src=x onerror='y'>&quot;"""

    def page(text, folder):
        settings = msgspec.structs.replace(SMALL, corpus=(text, f"/{text}"), dev=text)
        path = write_run(
            tmp_path / folder, settings=settings, name=text, tags=(text, f"{text}2"), phase="failed",
            message=text, steps=4, epochs=1,
        )  # fmt: skip
        run = RunFolder(path).run()
        RunFolder(path).write_run(
            msgspec.structs.replace(
                run, versions={text: text}, hashes={text: text}, device=text, created=text
            )
        )
        data = RunData(path)
        data.poll()
        data.poll()
        panel.widget.setAccessibleName(text)
        return Report.of(data, run_epoch_of(data, 1), [panel], DARK).page

    wanted, read = (page(text, folder) for text, folder in ((harmless, "a"), (odd, "b")))
    assert _Elements(read).elements == _Elements(wanted).elements
    assert odd in unescape(read) and odd not in read


@pytest.mark.parametrize("epoch", [0, 2, 6])
def test_what_was_measured_is_of_the_picked_epoch(data, panel, tmp_path, epoch):
    _write(tmp_path / "report.html", data, [], LIGHT, epoch)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    best = data.epochs[epoch]
    text = unescape(re.sub(r"<[^>]+>", "\n", html))
    assert f"at epoch {epoch}, after step {20 * epoch}" in text
    assert f"accuracy\n\n{best.dev_accuracy:.6g}" in text and f"loss\n\n{best.dev_loss:.6g}" in text
    assert ("loss of the step" in text) == (epoch > 0)
    assert f"after epoch {best.epoch}," in html
    for tag, name in enumerate(UPOS):
        right = sum(n for gold, predicted, n in best.confusion if gold == predicted == tag)
        predicted = sum(n for _, predicted, n in best.confusion if predicted == tag)
        gold = sum(n for gold, _, n in best.confusion if gold == tag)
        f1 = 2 * right / (predicted + gold)
        cells = (name, f"{right / predicted:.4f}", f"{right / gold:.4f}", f"{f1:.4f}", str(gold))
        assert "".join(f"<td>{cell}</td>" for cell in cells) in html


def test_the_command_does_it_again(data):
    command = shlex.split(command_line(data))
    assert command[:2] == ["lstm-viz", "train"]
    options = parse(command[2:])
    assert settings_of(options) == data.run.settings
    assert options.out != data.path and options.device == "cpu"


def test_a_pdf(data, panel, tmp_path):
    _write(tmp_path / "report.pdf", data, [panel], DARK)
    content = (tmp_path / "report.pdf").read_bytes()
    assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
    assert content.count(b"/Type /Page\n") >= 1
    assert b"/Subtype /Image" in content


def test_a_run_of_which_little_is_known(tmp_path, application):
    empty = RunData(tmp_path / "nothing")
    empty.poll()
    _write(tmp_path / "report.html", empty, [], LIGHT)
    assert "nothing" in (tmp_path / "report.html").read_text()
    assert command_line(empty) == "" and empty.best is None


def test_the_dialog(data, panel, tmp_path, qtbot):
    report = Report.of(data, run_epoch_of(data, None), [panel], DARK)
    saved = []
    dialog = save_report(report, "a-run-epoch-6-report", panel.widget, saved.append)
    dialog.filterSelected.emit("PDF (*.pdf)")
    assert dialog.defaultSuffix() == "pdf"
    dialog.fileSelected.emit(str(tmp_path / "no" / "report.html"))
    assert not saved
    dialog.fileSelected.emit(str(tmp_path / "report.html"))
    assert saved == [f"Saved: {tmp_path / 'report.html'}"]
    dialog.reject()
    (box,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible()]
    assert "report.html could not be written" in box.text()
    box.close()
    QApplication.processEvents()
