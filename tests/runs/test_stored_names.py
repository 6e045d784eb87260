"""The names of members in the files of a run stay whatever the fields are called: earlier runs open."""

import msgspec
import pytest

from lstm_viz.runs.folder import Control, Corpus, Divergence, Run, Status
from lstm_viz.runs.gates import Saturation
from lstm_viz.runs.history import Epoch, Saved, Step
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.tagging.presets import PresetSettings

STORED = {
    Run: "created settings versions hashes tags corpus parameters steps_per_epoch epochs device processes "
    "probe probe_cut format",
    Corpus: "sentences words dev_sentences dev_words measured_on",
    Status: "phase step epoch tokens_per_second best_accuracy sentence wrong pid host time obeyed",
    Divergence: "quantity module layer direction unit word words value",
    Control: "until_step until_epoch steps_per_second stop",
    Saturation: "step epoch module shut open",
    Step: "step epoch loss learning_rate gradient_norm weight_norm tokens time",
    Epoch: "step epoch dev_loss dev_accuracy checkpoint sha256 confusion time",
    Saved: "step epoch state sha256",
    PresetSettings: "title about home before tags epochs sizes dev_accuracy notice words characters home_cut",
    TrainingSettings: "corpus dev cell hidden_size num_layers bidirectional embedding_size characters "
    "char_hidden_size char_embedding_size decoder optimiser learning_rate final_rate batch_size epochs "
    "shuffle dropout word_dropout min_word_count min_character_count clip checkpoint_every seed",
}


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.__name__)
def test_the_names_of_members_are_those_of_earlier_versions(kind: type[msgspec.Struct]) -> None:
    assert [field.encode_name for field in msgspec.structs.fields(kind)] == STORED[kind].split()
