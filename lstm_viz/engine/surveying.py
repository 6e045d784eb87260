"""What a training would stand on, before anything is trained."""

from lstm_viz.engine.library import Library
from lstm_viz.messages import Survey, Surveyed
from lstm_viz.runs.settings import Settings, checked
from lstm_viz.training.corpora import CorpusError
from lstm_viz.training.task import Task, task_of


def survey(library: Library, question: Survey) -> Surveyed:
    """Answer a `Survey`; what is wrong with corpus or settings is part of the answer."""
    try:
        task = _task(library, question.settings)
    except (CorpusError, ValueError) as error:
        return Surveyed(question.number, None, sentence=str(error))
    return Surveyed(
        number=question.number,
        corpus=task.corpus,
        tags=task.model.tags,
        vocabulary=len(task.model.words),
        parameters=task.parameters(),
        steps_per_epoch=task.steps_per_epoch,
        remark=" ".join(task.remarks),
    )


def _task(library: Library, settings: Settings) -> Task:
    return task_of(checked(settings), library.corpora(settings))
