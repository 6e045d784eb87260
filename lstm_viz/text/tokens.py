"""Rule-based tokeniser for taggers that were trained on English UD treebanks.

Punctuation and clitics are tokens of their own ("don't" is "do" "n't"); numbers, addresses, abbreviations,
emoticons and emoji stay whole, and no token spans white space. Scripts with spaces are split at them and at
punctuation; Han is split by character, since it does not mark words. The time is linear in the text: no
repetition is entered twice from inside the same run.
"""

import re
from collections.abc import Iterator

from lstm_viz.text.token import Token


def tokenize(text: str) -> list[Token]:
    """Return the tokens of the text in order."""
    return [Token(text[start:end], start, end) for start, end in spans(text)]


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each token, one at a time."""
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        word = match.group()
        lower = word.lower()
        is_whole = match.lastgroup != "word" and lower not in _CONTRACTIONS
        if is_whole or (lower in _AMBIGUOUS and _is_a_word(word, _before(text, start))):
            yield start, end
        else:
            yield from _split_word(word, start)


def _before(text: str, start: int) -> str:
    """Return the word before a place, in lower case; "" at the start of a clause."""
    found = _WORD_BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start)
    return found[1].lower() if found else ""


def _is_a_word(word: str, before: str) -> bool:
    """Return whether "lets", "cant" or "wont" is a verb, a noun or a name after ``before``.

    At the start of a clause it is a contraction, and so "cant" and "wont" are after most words.
    """
    is_listed = before in _AMBIGUOUS[word.lower()]
    return bool(before) and (word.istitle() or is_listed != (word.lower() == "lets"))


def _split_word(word: str, start: int) -> Iterator[tuple[int, int]]:
    clitics = _CLITICS.search(word)
    stem = len(word) if clitics is None else clitics.start()
    inside = _CONTRACTIONS.get(word[:stem].lower())
    yield start, start + (inside or stem)
    if inside:
        yield start + inside, start + stem
    if clitics:
        for clitic in _CLITIC.finditer(word, stem):
            yield start + clitic.start(), start + clitic.end()


#: Neither shown nor part of a word: white space, controls, zero-width space, marks of direction.
SPACE = r"\s\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
#: Characters that end a word. The rest are letters, digits, combining marks and joiners of every script.
MARKS = (
    r"!-/:-@\[-^`{-~\u00a1-\u00a9\u00ab\u00ac\u00ae-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"
    r"\u055a-\u055f\u0589\u05be\u05c0\u05c3\u05f3\u05f4\u060c\u061b\u061e\u061f\u066a-\u066d\u06d4"
    r"\u0964\u0965\u0e4f\u0e5a\u0e5b\u104a-\u104f\u10fb\u1361-\u1368\u17d4-\u17da"
    r"\u2010-\u2027\u2030-\u205e\u20a0-\u20cf\u2122\u2190-\u2bff\u2e00-\u2e7f"
    r"\u3001-\u3004\u3008-\u3020\u3030\u303d\u30a0\u30fb\ufe10-\ufe19\ufe30-\ufe6f"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffe6\U0001f000-\U0001faff"
)
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_LETTER = rf"[^{SPACE}{MARKS}{HAN}]"
_APOSTROPHE = "['’`´]"
_END = rf"(?![^{SPACE}])"
PICTURE = (
    r"[\u00a9\u00ae\u203c\u2049\u2122\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
    r"[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*+"
)
#: Prefixes that keep their hyphen in the English Web Treebank.
_PREFIXES = "[Ee]|[Nn]on|[Pp]re|[Pp]ost|[Pp]ro|[Aa]nti|[Ee]x|[Cc]o|[Rr]e|[Ss]emi|[Mm]ulti|[Mm]id|[Ss]ub|[Uu]n"
#: Abbreviations that keep their full stop.
_ABBREVIATIONS = (
    "Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Gen|Gov|Sen|Rep|Reps|Lt|Col|Capt|Sgt|Rev|Hon|Inc|Corp|Ltd|Co|Bros|Mt|Ft|Ave|Blvd"
    "|Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun|Jan|Feb|Mar|Apr|Aug|Sept|Sep|Oct|Nov|Dec"
    "|Calif|Fla|Conn|Tenn|Mich|Minn|Ariz|Colo|Okla|Va|pp|Figs?|Vol|Sec|eg|oz|[Ll]v|[Aa]rrv"
    r"|vs|etc(?=\.\s*\S)|approx|[Dd]ept|[Aa]ttn|est|ext|al|[A-HJ-Z](?=\.\s+[A-Z])|No(?=\.\s?\d)"
)
#: Abbreviations that combine in pairs, as "Lt.Col." and "Ph.D.".
_RANKS = "Ph|Lt|Maj|Brig|Col|Gen|Capt|Cmdr|Sgt"
_NEWSGROUPS = "alt|comp|misc|rec|sci|soc"
_FILES = "com|org|net|edu|gov|info|doc|xls|pdf|html?|txt|jpg|gif|url|DOC|XLS|PDF"
#: Units that are split off a number: "5 kg", "10 k", "3:30 pm".
_UNITS = rf"[aApP]\.?[mM]|(?:[kKmMbt]|bn|mm|ft|lb|kg|hh)(?!{_LETTER})"
_VERSION = rf"(?:(?<!{_LETTER})[vV](?=\d++\.\d))"
_AT_START = rf"(?<!{_LETTER})(?<![.-])"

#: One kind of token per line; the first match wins.
_TOKEN = re.compile(
    "|".join(
        (
            r"[A-Za-z]++(?=[ ,\n])",  # most words, matched early: no later rule splits them differently
            rf"(?i:https?://|ftp://|www\.)[^{SPACE}<>\"]*[^{SPACE}<>\"'’”.,;:!?)\]]",
            r"(?:mailto:)?(?<![\w.+-])[\w.+-]++@\w[\w-]*+(?:\.\w[\w-]*+)*+",
            r"[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3",
            rf"{PICTURE}(?:\u200d{PICTURE})*+",
            rf"[:;=]['’]?-?[()DPp]++{_END}|<3{_END}|\^_\^",
            rf"{_AT_START}{_LETTER}++(?:[.-]{_LETTER}++)*\.(?:{_FILES})(?!{_LETTER})",
            rf"(?:{_NEWSGROUPS})(?:\.{_LETTER}++)++|(?<=\s)\.(?:{_FILES})(?!{_LETTER})",
            r"(?:\d{3}/\d{3}|\d{5}|\d{3})-\d{4}(?!\d)",
            rf"\d++(?<=0)['’]s(?!{_LETTER})",
            rf"{_VERSION}?\d++(?:(?:-\d++){{2,}}+|(?:/\d++)++|(?:[.,:]\d++)*+)(?:(?={_UNITS})|{_LETTER}*+)",
            rf"(?:[^\W\d_]\.){{2,}}(?:[^\W\d_](?!{_LETTER}))?",
            rf"(?:(?:{_RANKS})\.(?:D|{_RANKS})|{_ABBREVIATIONS})\.",
            r"[A-Za-z]{1,2}(?:&[A-Za-z])++(?![A-Za-z])",
            rf"(?:{_PREFIXES})-{_LETTER}++",
            rf"(?P<word>{_LETTER}++(?:{_APOSTROPHE}{_LETTER}++)*+)",
            rf"[{HAN}]",
            rf"{_APOSTROPHE}(?:s|S|m|re|ve|ll|d|em|nt)(?!{_LETTER})",
            r"(?P<mark>[.<>*=+$~#|-])(?P=mark)++|\.?[!?]++|''|``|’’|‘‘|‘’",
            rf"[^{SPACE}]",
        )
    )
)
_CLITICS = re.compile(rf"(?<=.)(?:[nN]{_APOSTROPHE}[tT]|{_APOSTROPHE}(?:s|m|re|ve|ll|d|S|M|RE|VE|LL|D))++$")
_CLITIC = re.compile(rf"[nN]?{_APOSTROPHE}[a-zA-Z]+")
_LONGEST_BEFORE = 24
_WORD_BEFORE = re.compile(r"(?<![^\W\d_])([^\W\d_]+) +$")
#: After these words "cant" and "wont" are nouns ("his wont"), and only after these "lets" is "let us".
_AMBIGUOUS = {
    "lets": frozenset({"but", "so", "then", "now", "ok", "okay", "please"}),
    "cant": frozenset({"a", "the", "of", "his", "her", "their"}),
    "wont": frozenset({"is", "was", "were", "be", "been", "my", "your", "his", "her", "its", "our", "their"}),
}
#: Two words written as one without an apostrophe, and where they are split.
_CONTRACTIONS = {
    first + second: len(first)
    for second, firsts in {
        "nt": "do does did wo ca could would should is was are have has ai",
        "not": "can",
        "na": "gon wan",
        "ta": "got",
        "m": "i",
        "ve": "i",
        "s": "that what there let he",
        "re": "you they",
    }.items()
    for first in firsts.split()
}
