"""Summary of the corpora that some settings would train on."""

from lstm_viz.engine.corpus_cache import CorpusCache
from lstm_viz.messages import CorpusQuery, CorpusSummary, Failure
from lstm_viz.runs.settings import TrainingSettings, checked
from lstm_viz.training.corpora import CorpusError
from lstm_viz.training.task import Task, task_of


def corpus_summary(corpora: CorpusCache, query: CorpusQuery) -> CorpusSummary:
    """Return the result of a `CorpusQuery`; errors in corpus or settings are part of it."""
    try:
        task = _task(corpora, query.settings)
    except CorpusError as error:
        return CorpusSummary(None, error=Failure(error.code, error.parameters, ""))
    except ValueError as error:
        return CorpusSummary(None, error=Failure("setting_invalid", {"error": str(error)}, ""))
    return CorpusSummary(
        corpus=task.corpus,
        tags=task.model.tags,
        vocabulary=len(task.model.words),
        parameters=task.parameters(),
        steps_per_epoch=task.steps_per_epoch,
        remarks=task.remarks,
    )


def _task(corpora: CorpusCache, settings: TrainingSettings) -> Task:
    return task_of(checked(settings), corpora.corpora(settings))
