"""Whatever is done to text, words and net can be undone, step by step, and done again."""

import pytest

from tests.soak.walks import Walk
from tests.training.conftest import LONG

WALKS, TOGETHER = (1000, 50) if LONG else (20, 10)


@pytest.mark.parametrize("first", range(0, WALKS, TOGETHER))
def test_a_walk_is_undone_and_done_again(person, first):
    for seed in range(first, first + TOGETHER):
        person.page.editing.undo_stack.clear()
        person.session.state.change(edits=(), tokenized_texts=())
        person.sets("The dog ate the apple")
        person.page.editing.undo_stack.clear()
        Walk(person, seed).go(actions=4)
