import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.data import conllu
from lstm_viz.text.token import Token
from lstm_viz.text.tokens import tokenize

FAMILY = "👩\u200d👩\u200d👧"

CASES = {
    "The dog ate the apple": "The dog ate the apple",
    "Hello, world!": "Hello , world !",
    "I don't; she can't.": "I do n't ; she ca n't .",
    "Don’t": "Do n’t",
    "it's I'm we'll he'd they've you're": "it 's I 'm we 'll he 'd they 've you 're",
    "couldn't've": "could n't 've",
    "IT'S DON'T": "IT 'S DO N'T",
    "cannot CANNOT dont gonna": "can not CAN NOT do nt gon na",
    "the dogs' bowl, John's": "the dogs ' bowl , John 's",
    "O'Brien": "O'Brien",
    "1,000.50 at 3:30pm in 1990s": "1,000.50 at 3:30 pm in 1990s",
    "$5.99, 50%": "$ 5.99 , 50 %",
    "21st 713-853-3989 646-8420 9/11 5-10": "21st 713-853-3989 646-8420 9/11 5 - 10",
    "Mr. Smith left the U.S. today.": "Mr. Smith left the U.S. today .",
    "e.g. this, i.e. a.k.a that": "e.g. this , i.e. a.k.a that",
    "J. Smith and I. Stop.": "J. Smith and I . Stop .",
    "cats, etc. and etc.": "cats , etc. and etc .",
    "See https://a.org/b?c=d, or www.x.com.": "See https://a.org/b?c=d , or www.x.com .",
    "Write to jo.do+x@mail.example.com!": "Write to jo.do+x@mail.example.com !",
    "report.pdf of amazon.com": "report.pdf of amazon.com",
    "AT&T R&D": "AT&T R&D",
    "a well-known e-mail, non-stop": "a well - known e-mail , non-stop",
    "and/or (maybe) [no]": "and / or ( maybe ) [ no ]",
    "Wait... what?! --- yes": "Wait ... what ?! --- yes",
    "“Hi” ‘there’": "“ Hi ” ‘ there ’",
    "nice :-) ;) :( <3 (see:)": "nice :-) ;) :( <3 ( see :)",
    "이 행사는(e-gima) 2006년, 좋다.": "이 행사는 ( e-gima ) 2006년 , 좋다 .",
    "我喜欢猫。": "我 喜 欢 猫 。",
    "שלום, עולם!": "שלום , עולם !",
    "مرحبا، كيف؟": "مرحبا ، كيف ؟",
    "नमस्ते दुनिया।": "नमस्ते दुनिया ।",
    "می\u200cخواهم": "می\u200cخواهم",
    f"ok{FAMILY}👍🏽🇰🇷❤️1️⃣x": f"ok {FAMILY} 👍🏽 🇰🇷 ❤️ 1️⃣ x",
    "<img src=x>": "< img src = x >",
    "a\tb\nc\u2028d\u00a0e\u200bf\x00g": "a b c d e f g",
    "like K\u212a ſ": "like K\u212a ſ",
    "a Ph.D., Lt.Col. Smith": "a Ph.D. , Lt.Col. Smith",
    "pp. 5, Fig. 2, in Calif. now": "pp. 5 , Fig. 2 , in Calif. now",
    "lets wont cant": "let s wo nt ca nt",
    "HTTPS://A.org/b, Http://x.com/ or WWW.X.com": "HTTPS://A.org/b , Http://x.com/ or WWW.X.com",
    "th- what -3.5 v1.2.3": "th - what - 3.5 v1.2.3",
    "10k 5.5bn 16m 65 kg 3rd": "10 k 5.5 bn 16 m 65 kg 3rd",
    "the 1980's, 1999's": "the 1980's , 1999 's",
    "so.? why .! 77042-2016 713/345-7942": "so .? why .! 77042-2016 713/345-7942",
    "comp.sources.unix and a .doc": "comp.sources.unix and a .doc",
    "": "",
    " \n ": "",
}


@pytest.mark.parametrize("text", CASES)
def test_the_tokens_are_those_a_treebank_has(text: str) -> None:
    assert [token.text for token in tokenize(text)] == CASES[text].split()


def test_a_lone_surrogate_is_a_token() -> None:
    assert [token.text for token in tokenize("a \ud800 b\udfff.")] == ["a", "\ud800", "b\udfff", "."]


PIECES = [
    "don't",
    "cannot",
    "U.S.",
    "3:30",
    "'s",
    ":-)",
    "e-",
    "@x.com",
    "👩\u200d💻",
    "\ud83d",
    "我",
    "--",
    "http://",
]
TEXTS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=40),
    st.lists(st.sampled_from([*PIECES, " ", "\n", "\u2028", ".", "a", "\u200f"]), max_size=12).map("".join),
)


@given(TEXTS)
def test_tokens_are_the_text_in_order_and_only_space_is_left_out(text: str) -> None:
    end = 0
    for token in tokenize(text):
        assert token.text
        assert token == Token(text[token.start : token.end], token.start, token.end)
        assert not _visible(text[end : token.start])
        assert not any(character.isspace() for character in token.text)
        end = token.end
    assert not _visible(text[end:])


def _visible(text: str) -> str:
    return "".join(c for c in text if not c.isspace() and c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)


@pytest.mark.parametrize(
    ("treebank", "sentences_right", "f1"), [("en_ewt-ud-dev", 0.945, 0.986), ("ko_gsd-ud-dev", 0.88, 0.975)]
)
def test_they_agree_with_the_treebank(data, treebank: str, sentences_right: float, f1: float) -> None:
    whole = shared = ours = theirs = 0
    sentences = conllu.read(data / f"{treebank}.conllu").sentences
    for sentence in sentences:
        tokens = tokenize(sentence.text)
        gold = _places(sentence.words, sentence.text)
        found = {(token.start, token.end) for token in tokens}
        whole += tuple(token.text for token in tokens) == sentence.words
        shared, ours, theirs = shared + len(found & gold), ours + len(found), theirs + len(gold)
    assert whole / len(sentences) >= sentences_right
    assert 2 * shared / (ours + theirs) >= f1


def _places(words: tuple[str, ...], text: str) -> set[tuple[int, int]]:
    places, end = set(), 0
    for word in words:
        start = text.index(word, end)
        end = start + len(word)
        places.add((start, end))
    return places


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("He lets me go", "He lets me go"),
        ("Lets go, but lets eat", "Let s go , but let s eat"),
        ("I cant, as is his wont", "I ca nt , as is his wont"),
        ("He wont do it", "He wo nt do it"),
        ("The cant of thieves", "The cant of thieves"),
        ("My uncle Cant CANT stop", "My uncle Cant CA NT stop"),
    ],
)
def test_words_that_are_contractions_only_where_they_can_be(text: str, tokens: str) -> None:
    assert [token.text for token in tokenize(text)] == tokens.split()
