"""Answers what is asked of runs, and keeps what the next question will need."""

from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from time import perf_counter

from lstm_viz.engine.confusions import MOST_SENTENCES, Tagged, confused, mistaken, tag_all
from lstm_viz.engine.flowing import MOST_STATES, flow
from lstm_viz.engine.library import Library
from lstm_viz.engine.probing import Seen, nothing_yet, see, with_picture
from lstm_viz.engine.recent import Recent
from lstm_viz.engine.runs import RunModels
from lstm_viz.engine.segmenting import first_words
from lstm_viz.engine.surveying import survey
from lstm_viz.messages import Confused, Confusions, Flow, Flowed, Probe, Probed, Survey, Surveyed
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.tagging.presets import Preset

#: A longer sentence is probed up to here.
MAX_WORDS = 200
_SEEN_BYTES = 64 << 20
_TAGGED_BYTES = 64 << 20
_PART_SECONDS = 0.1


class Desk:
    """Answers `Survey`, `Probe`, `Flow` and `Confused`.

    ``go_on`` is called again and again by what takes long without an answer. All raise
    `lstm_viz.runs.errors.RunError` where the run cannot be read.
    """

    def __init__(self, models: RunModels, go_on: Callable[[], None] = lambda: None) -> None:
        self._models, self._go_on = models, go_on
        self._library = Library(go_on)
        self._seen: Recent[Seen] = Recent(_SEEN_BYTES)
        self._tagged: Recent[Tagged] = Recent(_TAGGED_BYTES, 32)
        models.keep_in_step(self._seen, self._tagged)

    def forget(self) -> None:
        """Let go of all that is kept for later questions."""
        self._library.forget()
        self._seen.clear()
        self._tagged.clear()

    def survey(self, question: Survey) -> Surveyed:
        """Answer a `Survey`."""
        return survey(self._library, question)

    def probe(self, question: Probe) -> Iterator[Probed]:
        """Yield the answer with the pictures so far every now and then, and at last with all of them.

        An epoch whose checkpoint cannot be read is left out; its `RunError` is raised after the last answer.
        """
        path = Path(question.run)
        preset, there = self._newest(path), self._models.epochs(path)
        words = first_words(preset, question.text, question.cuts, MAX_WORDS)
        answer = nothing_yet(question, preset, words, self._truth(path, preset, words), there)
        told, sent, trouble = None, perf_counter(), None
        for epoch in (epoch for epoch in question.epochs if epoch in there and words):
            try:
                answer = with_picture(answer, question, self._see(path, epoch, words))
            except RunError as error:
                trouble = trouble or error
            if perf_counter() - sent > _PART_SECONDS:
                yield answer
                told, sent = answer, perf_counter()
        if answer is not told:
            yield answer
        if trouble is not None:
            raise trouble

    def flow(self, question: Flow) -> Flowed:
        """Answer a `Flow`, at the nearest epoch that has a checkpoint."""
        path = Path(question.run)
        preset = self._models.load(path, question.epoch)
        most = max(1, MOST_STATES // preset.tagger.recurrent.hidden_size)
        words = first_words(preset, question.text, question.cuts, min(MAX_WORDS, most))
        targets, is_gold = self._truth(path, self._newest(path), words)
        norms = flow(preset, words, targets, question.layer, question.direction)
        return Flowed(question.number, question.run, preset.epoch, words, targets, is_gold, norms)

    def confused(self, question: Confused) -> Confusions:
        """Answer a `Confused`, at the nearest epoch that has a checkpoint.

        Raises `lstm_viz.training.corpora.CorpusError` where the sentences cannot be had.
        """
        path = Path(question.run)
        preset = self._models.load(path, question.epoch)
        dev = self._library.dev(RunFolder(path).run())
        key = self._models.identity(path, preset.epoch)
        tagged = self._tagged.get_or(key, lambda: tag_all(preset.tagger, dev, self._go_on))
        found = confused(dev, tagged, preset.settings.tags, question.gold, question.tag)
        return Confusions(
            number=question.number,
            run=question.run,
            epoch=preset.epoch,
            gold=question.gold,
            tag=question.tag,
            total=len(found),
            sentences=tuple(mistaken(*one) for one in found[:MOST_SENTENCES]),
        )

    def _newest(self, path: Path) -> Preset:
        """Return the tagger of the newest checkpoint that is whole."""
        for epoch in reversed(self._models.epochs(path)):
            try:
                return self._models.load(path, epoch)
            except RunError:
                continue
        return self._models.load(path)  # raises: it knows the sentence

    def _truth(self, path: Path, newest: Preset, words: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
        """Return the true tags of a sentence, or else what the newest checkpoint says, and which it is."""
        true = self._library.true_tags(RunFolder(path).run(), words)
        if true is not None or not words:
            return true or (), bool(true)
        return self._see(path, newest.epoch, words).choice.tags, False

    def _see(self, path: Path, epoch: int, words: tuple[str, ...]) -> Seen:
        key: Hashable = (*self._models.identity(path, epoch), words)
        return self._seen.get_or(key, lambda: see(self._models.load(path, epoch), words))
