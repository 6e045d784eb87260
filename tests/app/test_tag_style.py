"""A tag looks the same wherever it is painted, and different from the others, for every eye."""

import os
import subprocess
import sys
from itertools import combinations, product

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.app.widgets.tag_label import label_width, paint_label, paint_swatch
from lstm_viz.app.widgets.tag_style import MARKS, UPOS, tag_style
from tests.app.colours import VISIONS, contrast, distance

THEME = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)

#: The least distance in OKLab (Ottosson, 2020) of two colours; a just noticeable one is about 0.02.
FREQUENT, ANY = 0.09, 0.06

PENN = (
    "CC", "CD", "DT", "EX", "FW", "IN", "JJ", "JJR", "JJS", "LS", "MD", "NN", "NNS", "NNP", "NNPS", "PDT",
    "POS", "PRP", "PRP$", "RB", "RBR", "RBS", "RP", "SYM", "TO", "UH", "VB", "VBD", "VBG", "VBN", "VBP",
    "VBZ", "WDT", "WP", "WP$", "WRB", ".", ",", ":", "``", "''", "-LRB-", "-RRB-", "$", "#", "HYPH", "NFP",
    "ADD", "AFX", "GW", "XX",
)  # fmt: skip
MORPHOLOGICAL = [
    f"{upos}|Case={case}|Gender={gender}|Number={number}"
    for upos, case, gender, number in product(
        ("NOUN", "PROPN", "ADJ", "DET", "PRON", "NUM", "VERB"),
        ("Nom", "Acc", "Dat", "Gen", "Ins", "Loc", "Voc", "Abl"),
        ("Masc", "Fem", "Neut"),
        ("Sing", "Plur"),
    )
][:303]


def _painted(paint, width, height):
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0)
    with QPainter(image) as painter:
        paint(painter)
    return image


def _label(tag, theme, width=None):
    width = round(label_width(tag, theme, 11)) if width is None else width
    return _painted(lambda painter: paint_label(painter, QRectF(0, 0, width, 16), tag, theme, 11), width, 16)


def _pixels(image):
    return np.array(image.constBits()).reshape(image.height(), image.width(), 4).copy()


# ---------------------------------------------------------------- distinguishable


@THEME
@pytest.mark.parametrize("vision", VISIONS)
def test_the_tags_of_universal_dependencies_are_distinguishable_with_colour_blindness(theme, vision):
    assert set(theme.tags) == set(UPOS) and len(UPOS) == 17
    apart = {(a, b): distance(theme.tags[a], theme.tags[b], vision) for a, b in combinations(UPOS, 2)}
    frequent = {*UPOS[:11]}
    assert frequent == {"NOUN", "VERB", "ADJ", "ADV", "PRON", "DET", "ADP", "PROPN", "PUNCT", "AUX", "CCONJ"}
    near = {
        pair: round(far, 3) for pair, far in apart.items() if far < (FREQUENT if {*pair} <= frequent else ANY)
    }
    assert near == {}


@THEME
def test_every_name_can_be_read_and_every_label_is_seen(theme):
    for tag in UPOS:
        style = tag_style(tag, theme)
        assert contrast(style.ink, style.fill) >= 4.5, tag
        for ground in (theme.panel, theme.raised):
            assert contrast(style.fill, ground) >= 1.6, (tag, ground)


@THEME
@pytest.mark.parametrize("tags", [UPOS, PENN, ("DET", "NN", "V")], ids=["upos", "penn", "tutorial"])
def test_no_two_of_a_known_tagset_look_alike(theme, tags):
    assert len({(tag_style(tag, theme).fill, tag_style(tag, theme).mark) for tag in tags}) == len(tags)


def test_marks_are_distinguishable_where_all_else_is_equal(application):
    by_mark = {}
    for k in range(4000):
        style = tag_style(f"NOUN:{k}", DARK)
        assert style.fill == DARK.tags["NOUN"]
        by_mark.setdefault(style.mark, f"NOUN:{k}")
    assert set(by_mark) == set(MARKS)
    by_mark[""] = "NOUN"
    swatches = [
        _pixels(_painted(lambda p, tag=tag: paint_swatch(p, QRectF(0, 0, 9, 9), tag, DARK), 9, 9))
        for tag in by_mark.values()
    ]
    for a, b in combinations(swatches, 2):
        assert (abs(a.astype(int) - b).max(axis=2) > 96).sum() >= 6


@THEME
def test_hundreds_of_morphological_tags_are_distinguishable(application, theme):
    styles = [tag_style(tag, theme) for tag in MORPHOLOGICAL]
    assert {style.fill for style in styles} == {theme.tags[tag.partition("|")[0]] for tag in MORPHOLOGICAL}, (
        "the colour is that of the part of speech"
    )
    assert len({(style.fill, style.mark) for style in styles}) >= 0.9 * 7 * len(MARKS)
    assert len({_pixels(_label(tag, theme)).tobytes() for tag in MORPHOLOGICAL}) == len(MORPHOLOGICAL)


# ---------------------------------------------------------------- the same everywhere


@THEME
@pytest.mark.parametrize(
    ("tag", "upos"),
    [
        ("NN", "NOUN"),
        ("V", "VERB"),
        ("VB", "VERB"),
        ("VBZ", "VERB"),
        ("NNPS", "PROPN"),
        ("NOUN|Case=Nom", "NOUN"),
        ("VERB-past", "VERB"),
        ("AUX=1", "AUX"),
        ("DET:def", "DET"),
        ("NN-HL", "NOUN"),
    ],
)
def test_a_name_of_a_part_of_speech_has_its_colour(theme, tag, upos):
    assert tag_style(tag, theme).fill == theme.tags[upos]
    assert bool(tag_style(tag, theme).mark) == (tag not in ("NN", "V"))


def test_a_longer_word_is_another_name():
    assert len({tag_style(f"NOUN{k}", DARK).fill for k in range(50)}) > 5


ODD = ("", "B-PER", "名詞", "\ud800", "a b", "|", "XPOS", "<b>", "NOUN|", "x" * 10_000)


def test_every_process_gives_a_name_the_same_colour():
    code = (
        "from lstm_viz.app.widgets.tag_style import tag_style; from lstm_viz.app.theme import DARK, LIGHT;"
        f"tags = {[*UPOS, *PENN, *MORPHOLOGICAL, *ODD]!r};"
        "print([(s.fill, s.ink, s.mark) for t in tags for s in (tag_style(t, DARK), tag_style(t, LIGHT))])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "77")
    }
    here = [
        (s.fill, s.ink, s.mark)
        for tag in (*UPOS, *PENN, *MORPHOLOGICAL, *ODD)
        for s in (tag_style(tag, DARK), tag_style(tag, LIGHT))
    ]
    assert outputs == {f"{here}\n"}


# ---------------------------------------------------------------- labels


@THEME
@pytest.mark.parametrize("tag", ["NOUN", "VBZ", *ODD])
@pytest.mark.parametrize("width", [1, 12, 40, 300])
def test_a_label_stays_within_its_room(application, theme, tag, width):
    image = _painted(
        lambda painter: paint_label(painter, QRectF(20, 10, width, 12), tag, theme, 11), width + 40, 32
    )
    pixels = _pixels(image)[..., :3]
    assert not pixels[:, :19].any() and not pixels[:, 21 + width :].any()
    assert not pixels[:9].any() and not pixels[23:].any()
