"""Text from a person or a file: treebanks, numbers, and how words are cut."""

import codecs
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from lstm_viz.data import conllu
from lstm_viz.data.conllu import ConlluError
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.segmentation import Segmenter
from lstm_viz.text.combining import combining_sequences
from lstm_viz.text.numbers import WHOLE, NumberRange, number_text, parse_number, read_number, stepped
from lstm_viz.text.token import Token
from lstm_viz.text.tokenized_text import (
    TokenizedText,
    is_whole,
    retokenized,
    spaced,
    stripped,
    with_fixed,
    with_text,
)
from lstm_viz.text.tokens import spans, tokenize
from lstm_viz.text.unicode_words import unicode_words
from lstm_viz.training import corpora
from lstm_viz.training.corpora import CorpusError
from tests.fuzz import seeds
from tests.fuzz.mutators.text import mutate_conllu, mutate_text, text_of
from tests.fuzz.target import Run, Target

_TREEBANK = """\
# sent_id = 1
# text = Don't go to the theatre.
1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\t_
1\tDo\tdo\tAUX\t_\t_\t3\taux\t_\t_
2\tn't\tnot\tPART\t_\t_\t3\tadvmod\t_\t_
3\tgo\tgo\tVERB\t_\t_\t0\troot\t_\tSpaceAfter=No
3.1\tgo\tgo\tVERB\t_\t_\t_\t_\t_\t_

# text = 漢字 e\u0301
1\t漢字\t_\t_\t_\t_\t_\t_\t_\t_
2\te\u0301\t_\tX\t_\t_\t_\t_\t_\t_

"""
_RANGES = (
    NumberRange(),
    WHOLE,
    NumberRange(whole=True, least=1, most=1024),
    NumberRange(least=0, most=1, above=True),
    NumberRange(least=1e-3),
    NumberRange(whole=True, least=0, most=2**53),
)
_NUMBERS = (
    "1",
    "-0.5",
    "+1e5",
    "0,05",
    "1.000,5",
    "1 000 000",
    "1_000",
    "٣٫١٤",
    "-1e-99999",
    "1e99999",
    "０．５",
)
_SENTENCES = (
    "The dog ate the apple",
    "Don't you can't, won't! http://a.b/c (e.g. Mr. X) 3:30pm",
    "漢字 e\u0301 👩‍👩‍👧‍👦 🇩🇪 ـَ",
    "L'ami des enfants part. Les rues des villes",
    "« DES » du-de 'aux' ...",
)


def _parse(folder: Path) -> Run:
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        codecs.lookup(encoding)  # loads it: no input is to load anything

    def run(data: bytes) -> None:
        skipped = conllu.parse(data, "skip") if _reads(data) else None
        whole = conllu.parse(data)
        for sentence in whole.sentences:
            assert len(sentence.words) == len(sentence.tags) > 0 and all(sentence.words)
            assert sum(token.words for token in sentence.surface) == len(sentence.words)
            assert 0 <= sentence.tagged <= len(sentence.words)
        assert skipped is not None and skipped.sentences == whole.sentences
        pieces = (data[place : place + 7] for place in range(0, len(data), 7))
        assert len(data) > 5000 or conllu.parse_blocks(pieces) == whole

    return run


def _reads(data: bytes) -> bool:
    try:
        for sentence in conllu.parse(data, "skip").sentences:
            assert sum(token.words for token in sentence.surface) == len(sentence.words)
    except ConlluError:
        return False
    return True


def _corpora(folder: Path) -> Run:
    path = folder / "corpus.conllu"
    settings = TrainingSettings(corpus=(str(path),), dev=str(path))
    _parse(folder)

    def run(data: bytes) -> None:
        path.write_bytes(data)
        read = corpora.read(settings)
        assert read.train and read.dev and all(sentence.tagged for sentence in read.train)

    return run


def _numbers(folder: Path) -> Run:
    def run(data: bytes) -> None:
        text = text_of(data)
        for wanted in _RANGES:
            parsed = parse_number(text, wanted)
            assert (parsed.value is None) == (parsed.error is not None) == bool(parsed.message())
            if parsed.value is not None:
                _check_number(parsed.value, wanted)
        read_number(text)

    return run


def _check_number(value: float, wanted: NumberRange) -> None:
    assert wanted.least <= value <= wanted.most and not (wanted.above and value == wanted.least)
    assert isinstance(value, int) == wanted.whole
    assert parse_number(number_text(float(value))).value == float(value)
    for ways in (-1, 1):
        moved = stepped(value, ways, wanted)
        assert wanted.least <= moved <= wanted.most


def _tokenisers(folder: Path) -> Run:
    learnt = Segmenter.from_bytes(seeds.segmenter(french=True))

    def run(data: bytes) -> None:
        text = text_of(data)
        for cut in (tokenize, unicode_words):
            _check_tokens(text, cut(text))
            assert all(token.text == text[token.start : token.end] for token in cut(text))
        tokens = learnt.segment(text)
        _check_tokens(text, tokens)
        fresh = Segmenter(learnt.model).segment(text) if len(text) < 2000 else tokens
        assert tokens == fresh  # whatever was cut before
        assert [text[start:end] for start, end in spans(text)] == [token.text for token in tokenize(text)]
        sequences = list(combining_sequences(text))
        assert "".join(text[start:end] for start, end in sequences) == text

    return run


def _check_tokens(text: str, tokens: tuple[Token, ...] | list[Token]) -> None:
    ends = [0, *(token.end for token in tokens)]
    for before, token in zip(ends, tokens, strict=False):
        assert 0 <= token.start < token.end <= len(text) and token.text
        assert token.start >= before or (token.end == before)  # the words of a multiword token share it


def _tokenized_texts(folder: Path) -> Run:
    def run(data: bytes) -> None:
        one, _, other = text_of(data).partition("\n")
        fixed = TokenizedText(one, tuple(unicode_words(one)[1::2]))
        for cut in (fixed, stripped(fixed), with_text(fixed, other), spaced(other.split(" "))):
            tokens = with_fixed(tokenize(cut.text), cut)
            _check_tokens(cut.text, tokens)
            assert set(cut.tokens) <= set(tokens)
            is_whole(cut)
        if fixed.tokens:
            first = fixed.tokens[0]
            retokenized(
                fixed,
                first.start,
                first.end,
                [first.text[:1], first.text[1:]] if len(first.text) > 1 else ["x"],
            )
        TokenizedText(one, tuple(Token(word, 0, len(word)) for word in other.split()))

    return run


def _encoded(texts: tuple[str, ...]) -> Callable[[], list[bytes]]:
    return lambda: [text.encode() for text in texts]


TARGETS = (
    Target(
        "conllu",
        _parse,
        lambda: [_TREEBANK.encode()],
        mutate_conllu,
        (ConlluError,),
        (
            "lstm_viz.data.conllu",
            "lstm_viz.data.conllu_ids",
            "lstm_viz.data.conllu_lines",
            "lstm_viz.data.conllu_columns",
        ),
        800,
    ),
    Target(
        "corpora",
        _corpora,
        lambda: [_TREEBANK.encode()],
        mutate_conllu,
        (CorpusError,),
        ("lstm_viz.training.corpora", "lstm_viz.files.named"),
        500,
    ),
    Target(
        "numbers", _numbers, _encoded(_NUMBERS), mutate_text, (ValueError,), ("lstm_viz.text.numbers",), 1600
    ),
    Target(
        "tokenisers",
        _tokenisers,
        _encoded(_SENTENCES),
        mutate_text,
        (),
        (
            "lstm_viz.text.tokens",
            "lstm_viz.text.unicode_words",
            "lstm_viz.text.combining",
            "lstm_viz.segmentation.segmenter",
            "lstm_viz.segmentation.folding",
            "lstm_viz.segmentation.guards",
            "lstm_viz.segmentation.encoding",
            "lstm_viz.segmentation.edits",
        ),
        120,
    ),
    Target(
        "tokenized-texts",
        _tokenized_texts,
        _encoded(tuple(map("\n".join, pairwise(_SENTENCES)))),
        mutate_text,
        (ValueError,),
        ("lstm_viz.text.tokenized_text", "lstm_viz.text.alignment"),
        300,
    ),
)
