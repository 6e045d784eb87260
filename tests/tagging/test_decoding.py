"""The two ways from scores to tags, as a tagger offers them: word by word, and by a chain."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import torch
from torch import Tensor
from torch.nn.functional import nll_loss

from lstm_viz.crf import NO_TAG
from lstm_viz.resources import resource
from lstm_viz.tagging import presets
from lstm_viz.tagging.models import Sizes, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary

WORDS = Vocabulary(("The", "dog", "ate", "the", "apple"))
SENTENCES = [["The", "dog", "ate"], ["dog"], ["the", "apple", "the", "dog"]]
LENGTHS = torch.tensor([3, 1, 4])
TARGETS = torch.tensor(
    [[0, 1, 0], [1, NO_TAG, 1], [2, NO_TAG, 0], [NO_TAG, NO_TAG, 1]],
)


def make(decoder="argmax") -> WordTagger:
    torch.manual_seed(0)
    tagger = WordTagger(WORDS, 3, Sizes(5, 6, decoder=decoder)).eval()
    if tagger.chain is not None:
        for parameter in tagger.chain.parameters():
            torch.nn.init.normal_(parameter)
    return tagger


def scores_of(tagger: WordTagger) -> Tensor:
    return tagger(tagger.batch(SENTENCES)).detach()


@pytest.mark.parametrize("decoder", ["argmax", "crf"])
def test_the_loss_of_a_batch_is_that_of_its_sentences(decoder) -> None:
    tagger = make(decoder)
    together = tagger.loss(scores_of(tagger), TARGETS, LENGTHS)
    assert together.shape == ()
    alone = sum(
        tagger.loss(tagger(tagger.batch([sentence])), TARGETS[: len(sentence), b : b + 1], LENGTHS[b : b + 1])
        for b, sentence in enumerate(SENTENCES)
    )
    torch.testing.assert_close(together, alone)


def test_word_by_word_the_loss_is_each_words() -> None:
    tagger = make()
    scores = scores_of(tagger)
    expected = sum(
        nll_loss(scores[: len(sentence), b], TARGETS[: len(sentence), b], reduction="sum")
        for b, sentence in enumerate(SENTENCES)
    )
    torch.testing.assert_close(tagger.loss(scores, TARGETS, LENGTHS), expected)
    mean = nll_loss(scores.flatten(0, 1), TARGETS.flatten(), ignore_index=NO_TAG)
    torch.testing.assert_close(tagger.loss(scores, TARGETS, LENGTHS) / LENGTHS.sum(), mean)


def test_a_chains_loss_is_its_sentences_likelihood() -> None:
    tagger = make("crf")
    scores = scores_of(tagger)
    expected = -tagger.chain.log_likelihood(scores, TARGETS, LENGTHS).sum()
    assert torch.equal(tagger.loss(scores, TARGETS, LENGTHS), expected)


def test_a_chain_of_zeros_has_the_loss_and_tags_of_no_chain() -> None:
    plain, zeros = make(), make("crf")
    for parameter in zeros.chain.parameters():
        torch.nn.init.zeros_(parameter)
    scores = scores_of(plain)
    losses = [tagger.loss(scores, TARGETS, LENGTHS) for tagger in (plain, zeros)]
    torch.testing.assert_close(*losses)
    assert torch.equal(plain.decode(scores, LENGTHS), zeros.decode(scores, LENGTHS))


@pytest.mark.parametrize("decoder", ["argmax", "crf"])
def test_a_batch_is_decoded_as_its_sentences_are(decoder) -> None:
    tagger = make(decoder)
    found = tagger.decode(scores_of(tagger), LENGTHS)
    assert found.dtype == torch.long and found.shape == (4, 3)
    for b, sentence in enumerate(SENTENCES):
        alone = tagger.decode(tagger(tagger.batch([sentence])), LENGTHS[b : b + 1])[:, 0]
        assert torch.equal(found[: len(sentence), b], alone)
        assert found[len(sentence) :, b].tolist() == [NO_TAG] * (4 - len(sentence))


def test_log_softmax_changes_neither_a_chains_likelihood_nor_its_path() -> None:
    tagger = make("crf")
    logits = 5 * torch.randn(4, 3, 3, generator=torch.Generator().manual_seed(4)).double()
    chain, scores = tagger.chain.double(), logits.log_softmax(-1)
    found = [chain.log_likelihood(each, TARGETS, LENGTHS) for each in (logits, scores)]
    torch.testing.assert_close(*found)
    assert torch.equal(chain.decode(logits, LENGTHS), chain.decode(scores, LENGTHS))


def test_a_chain_learns_what_no_word_can_tell() -> None:
    """One word, whose tag is X after a Y and Y after an X: only the neighbour tells."""
    torch.manual_seed(0)
    tagger = WordTagger(Vocabulary(("a",)), 2, Sizes(2, 2, decoder="crf"))
    for parameter in (*tagger.recurrent.parameters(), *tagger.hidden_to_tag.parameters()):
        torch.nn.init.zeros_(parameter).requires_grad_(False)
    batch, lengths = tagger.batch([["a"] * 6]), torch.tensor([6])
    targets = torch.tensor([[0, 1, 0, 1, 0, 1]]).T
    optimizer = torch.optim.Adam(tagger.chain.parameters(), lr=0.3)
    for _ in range(30):
        optimizer.zero_grad()
        loss = tagger.loss(tagger(batch), targets, lengths)
        loss.backward()
        optimizer.step()
    assert torch.equal(tagger.decode(tagger(batch), lengths), targets)
    assert loss.item() < 0.1 < tagger(batch).gather(-1, targets[..., None]).sum().neg().item()


def test_a_chain_takes_nothing_from_the_random_stream() -> None:
    torch.manual_seed(3)
    plain = WordTagger(WORDS, 3, Sizes(5, 6))
    after = torch.rand(2)
    torch.manual_seed(3)
    chained = WordTagger(WORDS, 3, Sizes(5, 6, decoder="crf"))
    assert torch.equal(torch.rand(2), after)
    for name, parameter in plain.named_parameters():
        assert torch.equal(chained.get_parameter(name), parameter)
    assert plain.chain is None


def test_there_are_two_decoders() -> None:
    with pytest.raises(ValueError, match="'beam' is not a decoder; there are argmax, crf"):
        Sizes(4, 4, decoder="beam")


def test_a_preset_keeps_its_chain(tmp_path: Path) -> None:
    settings = presets.load("tutorial").settings
    chained = msgspec.structs.replace(
        settings, epochs=(1,), sizes=replace(settings.sizes, decoder="crf"), before=None
    )
    tagger = chained.tagger()
    torch.nn.init.normal_(tagger.chain.transitions)
    presets.save("chained", chained, [tagger.state_dict()], tmp_path)
    loaded = presets.load("chained", folder=tmp_path)
    assert loaded.settings.sizes.decoder == "crf"
    assert torch.equal(loaded.tagger.chain.transitions, tagger.chain.transitions)


def test_a_preset_from_before_there_were_chains_decodes_word_by_word() -> None:
    assert "decoder" not in msgspec.json.decode(resource("presets", "tutorial.json").read_bytes())["sizes"]
    preset = presets.load("tutorial")
    assert preset.settings.sizes.decoder == "argmax" and preset.tagger.chain is None
