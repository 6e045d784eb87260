"""Whatever is done to text, words and net can be undone, step by step, and done again."""

import pytest

from lstm_viz.text.tokenized_text import TokenizedText
from tests.soak.walks import Walk
from tests.training.conftest import LONG

_TEXT = "The dog ate the apple"
WALKS, TOGETHER = (1000, 50) if LONG else (20, 10)


@pytest.mark.parametrize("first", range(0, WALKS, TOGETHER))
def test_a_walk_is_undone_and_done_again(person, first):
    for seed in range(first, first + TOGETHER):
        person.session.state.change(edits=())
        person.sets(_TEXT)
        # forgets the tokens of an earlier walk, which the text would have again when it comes back
        person.session.state.retokenize(TokenizedText(_TEXT))
        person.settle()
        person.page.editing.undo_stack.clear()
        Walk(person, seed).go(actions=4)
