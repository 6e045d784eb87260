"""Errors and warnings with codes: they cross the wire as code and parameters, and the window translates them.

`MESSAGES` has the English messages, which the command line prints.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

ErrorCode = Literal[
    "exception",
    "query_invalid",
    "query_not_sent",
    "result_memory",
    "engine_memory",
    "engine_ended",
    "engine_not_started",
    "program_ended",
    "input_invalid",
    "input_refused",
    "input_unknown",
    "input_steps_differ",
    "input_too_long",
    "model_raised",
    "model_outputs",
    "model_output_names",
    "model_targets",
    "model_without_calls",
    "model_called_repeatedly",
    "model_without_text",
    "scores_without_gradient",
    "ablation_of_projection",
    "subject_unknown",
    "subject_without_weights",
    "subject_without_classes",
    "subject_without_linear_scores",
    "subject_without_chain",
    "preset_characters_differ",
    "preset_damaged",
    "preset_empty",
    "preset_epoch_missing",
    "preset_epochs_differ",
    "preset_unreadable",
    "folder_unreadable",
    "folder_unresponsive",
    "folder_taken",
    "folder_of_run_taken",
    "run_being_written",
    "run_damaged",
    "run_lacks_file",
    "run_missing",
    "run_newer",
    "run_not_resumable",
    "run_corpus_changed",
    "run_corpus_read_differently",
    "run_unreadable",
    "run_unwritable",
    "run_without_corpus",
    "run_replaced",
    "checkpoint_damaged",
    "checkpoint_missing",
    "checkpoint_unreadable",
    "checkpoints_missing",
    "checkpoints_unreadable",
    "corpus_changed",
    "corpus_changed_since",
    "corpus_is_folder",
    "corpus_line",
    "corpus_not_conllu",
    "corpus_sentence_too_long",
    "corpus_unknown",
    "corpus_unreadable",
    "corpus_without_sentences",
    "corpus_without_tags",
    "corpus_without_text",
    "corpus_words_untagged",
    "corpus_sentences_untagged",
    "corpus_tag_unlearnt",
    "file_is_link",
    "file_not_regular",
    "file_too_large",
    "file_name_invalid",
    "line_columns",
    "line_columns_joined",
    "line_encoding",
    "line_id",
    "line_id_first",
    "line_id_invalid",
    "line_mark",
    "line_node_id",
    "line_not_utf8",
    "line_nul",
    "line_range_beyond",
    "line_range_first",
    "line_range_order",
    "line_range_overlaps",
    "line_range_place",
    "line_return",
    "line_second_text",
    "line_tag_blank",
    "line_tag_empty",
    "line_too_long",
    "line_without_words",
    "line_word_blank",
    "line_word_empty",
    "checkpoint_hash_differs",
    "file_checksum_differs",
    "model_hash_differs",
    "model_tags_differ",
    "preset_hash_differs",
    "vocabulary_repeats",
    "weights_impossible",
    "weights_name",
    "weights_not_finite",
    "weights_shape",
    "weights_type",
    "weights_unreadable",
    "file_changed",
    "file_damaged",
    "file_ends_early",
    "file_maybe_damaged",
    "file_no_trace",
    "file_pickle",
    "file_reread",
    "file_tensorboard",
    "file_torch_export",
    "file_torch_package",
    "file_torch_tar",
    "file_torchscript",
    "file_unknown",
    "file_unreadable",
    "file_without_labels",
    "file_without_recurrent",
    "file_without_weights",
    "folder_without_run",
    "byte_order",
    "header_gaps",
    "header_invalid",
    "header_too_large",
    "name_too_long",
    "pickle_asks",
    "pickle_invalid",
    "pickle_too_large",
    "storage_missing",
    "tensor_beyond_storage",
    "tensor_type",
    "trace_invalid",
    "trace_lacks_quantities",
    "zip_compressed",
    "zip_invalid",
    "zip_without_pickle",
    "layout_others",
    "part_maybe_embedding",
    "part_maybe_linear",
    "recurrent_has_more",
    "recurrent_kind",
    "recurrent_lacks",
    "recurrent_nonlinearity",
    "recurrent_of_its_own",
    "recurrent_shape",
    "recurrent_type",
    "state_dict_copies",
    "state_dict_names",
    "state_dict_without_recurrent",
    "weights_overlap",
    "weights_parametrized",
    "word_unknown",
    "word_no_index",
    "word_no_vector",
    "hint_numbers",
    "hint_reals",
    "hint_vectors",
    "notes_damaged",
    "notes_do_not_fit",
    "weight_rule_unknown",
    "notes_outputs",
    "notes_path",
    "notes_twice",
    "notes_vocabulary",
    "notes_width",
    "notes_without_recurrent",
    "setting_invalid",
]

#: The English messages, with named replacement fields of `str.format`.
MESSAGES: Mapping[ErrorCode, str] = MappingProxyType(
    {
        "exception": "{type}: {error}",
        "query_invalid": "{error}",
        "query_not_sent": "The engine cannot be asked this: {error}",
        "result_memory": "There is not enough memory to show this. A shorter text takes less.",
        "engine_memory": "There is not enough memory for this. A shorter text or a smaller model takes less.",
        "engine_ended": "{engine} stopped several times in a row and printed nothing.",
        "engine_not_started": "{engine} cannot be started: {error}",
        "program_ended": "The program with this model has ended.",
        "input_invalid": "“{column}” is no input of this model: {reason}.",
        "input_refused": "{reason}.",
        "input_unknown": "This model was given no input “{name}”.",
        "input_steps_differ": "The number of labels that encode returned is {labels}, but the number of "
        "steps that the recurrent modules read is {steps}.",
        "input_too_long": "The input has {columns} columns; of this model at most {most} can be shown.",
        "model_raised": "{where} raised {type}: {error}",
        "model_outputs": "decode returned scores of shape {shape}, which are neither for {columns} columns "
        "nor for the whole input.",
        "model_output_names": "The number of names that decode returned is {names}, but the number of "
        "outputs is {outputs}.",
        "model_targets": "The targets have shape {shape}, which is not that of the outputs for {columns} "
        "columns.",
        "model_without_calls": "The model called none of its recurrent modules.",
        "model_called_repeatedly": "The model called each of its recurrent modules several times, each time "
        "from a new state: none of the calls is the one for the columns.",
        "model_without_text": "With encode the model needs a text to begin with: text=…",
        "scores_without_gradient": "The scores have no gradient. decode (or the model) cuts it, for example "
        "with detach() or no_grad().",
        "ablation_of_projection": "This module projects its hidden state: a unit of its cell has no h of its "
        "own to ablate.",
        "subject_unknown": "There is no model “{uri}”.",
        "subject_without_weights": "This is a trace: it has the numbers of a call, but neither the weights "
        "nor the rest of the model.",
        "subject_without_classes": "This model predicts no classes: there is no score to explain.",
        "subject_without_linear_scores": "The scores of this model are not a linear function of h.",
        "subject_without_chain": "This model has no chain over its tags.",
        "preset_characters_differ": "it has characters and no character-level module, or the reverse",
        "preset_damaged": "The preset “{name}” is damaged: {reason}.",
        "preset_empty": "it has no tags, no epochs or no words",
        "preset_epochs_differ": "{name} does not hold {epochs} epochs",
        "preset_epoch_missing": "The preset “{name}” has no epoch {epoch}.",
        "preset_unreadable": "The preset “{name}” cannot be read ({reason}: {path}).",
        "folder_unreadable": "{path} cannot be read: {reason}.",
        "folder_unresponsive": "{path} has not answered for {seconds:g} s: is its disk there?",
        "folder_taken": "{path} is not empty. Name a new folder.",
        "folder_of_run_taken": "{path} is not empty. Name a new folder, or go on with it: --resume {path}",
        "run_being_written": "Another trainer is writing {path}.",
        "run_damaged": "The run {name} is damaged: {file}, {reason}.",
        "run_lacks_file": "The run {name} lacks its {file} ({reason}).",
        "run_missing": "There is no run in {path}.",
        "run_newer": "The run {name} was written by a newer LSTM Viz (format {format}; this one reads up to "
        "{newest}). Its files are left as they are.",
        "run_not_resumable": "{path} was not written by lstm-viz train: it cannot be resumed.",
        "run_corpus_changed": "{path} is not what it was when the run began: it cannot be resumed, only "
        "trained anew.",
        "run_corpus_read_differently": "This version reads the corpus otherwise than the one that began the "
        "run: it cannot be resumed, only trained anew.",
        "run_unreadable": "The run {name} cannot be read: {reason}.",
        "run_unwritable": "The run cannot be written to {path}: {reason}. What was written before is whole; "
        "resume it when there is room.",
        "run_without_corpus": "{path} does not tell which corpus it learns from.",
        "run_replaced": "{path} is not the run that it was.",
        "checkpoint_damaged": "The checkpoint of epoch {epoch} of {name} is damaged: {reason}. The other "
        "epochs can still be read.",
        "checkpoint_missing": "The run {name} has no checkpoint of epoch {epoch}.",
        "checkpoint_unreadable": "The checkpoint of epoch {epoch} of {name} cannot be read ({reason}). The "
        "other epochs can.",
        "checkpoints_missing": "The run {name} has no checkpoint yet.",
        "checkpoints_unreadable": "No epoch of {name} can be read: its folder checkpoints, {reason}.",
        "corpus_changed": "{path} was changed since the run began.",
        "corpus_changed_since": "{path} is not what it was when the run began: it was changed meanwhile.",
        "corpus_is_folder": "{path} is a folder; a corpus is a CoNLL-U file.",
        "corpus_line": "{file}, line {line}: {reason}.",
        "corpus_not_conllu": "{file}, line {line}: {reason}. This is not CoNLL-U: a word a line, ten columns "
        "with tabs between them, an empty line after each sentence.",
        "corpus_sentence_too_long": "{file} has a sentence of {words:,} words (“{start} …”); at most "
        "{most:,} can be learnt from. Is the empty line after each sentence missing?",
        "corpus_unknown": "This run does not say which corpus it was evaluated on.",
        "corpus_unreadable": "{path} cannot be read: {reason}.",
        "corpus_without_sentences": "{file} has no sentences.",
        "corpus_without_tags": "{file} has no tags: its fourth column, UPOS, is empty everywhere.",
        "corpus_without_text": "the corpus has no text to learn from.",
        "corpus_words_untagged": "{untagged:,} of {words:,} words have no tag (UPOS “{mark}”): nothing is "
        "learnt from them or evaluated on them.",
        "corpus_sentences_untagged": "{untagged:,} of {sentences:,} sentences have no tag at all: they are "
        "left out.",
        "corpus_tag_unlearnt": "The tag {tag} is only in the part to evaluate on (words: {words}): it cannot "
        "be learnt, and counts as wrong.",
        "file_is_link": "it is a link, and links in this folder are not followed",
        "file_not_regular": "it is not a regular file",
        "file_too_large": "it is larger than it can be",
        "file_name_invalid": "it is not a valid file name",
        "line_columns": "{columns} columns instead of {wanted}",
        "line_columns_joined": "{columns} columns instead of {wanted}, and a byte order mark: files were "
        "joined without a line break between them",
        "line_encoding": "the file is {encoding}; CoNLL-U is UTF-8: save it as UTF-8",
        "line_id": "the ID is {id} where {expected} should be; IDs count up by one from 1 in each sentence",
        "line_id_first": "the ID is 1 where {expected} should be; a blank line must end each sentence",
        "line_id_invalid": "{id} is not the ID of a word",
        "line_mark": "a byte order mark within the file, as where files were joined; remove it",
        "line_node_id": "the ID of the empty node is {id} where {expected} should be",
        "line_not_utf8": "not UTF-8: the file is in another encoding, or damaged; save it as UTF-8",
        "line_nul": "a NUL byte: the file is damaged, or no text",
        "line_range_beyond": "the range {range} goes beyond the last word, {last}",
        "line_range_first": "the range {range} is not right before its first word: word {expected} comes "
        "next; a blank line must end each sentence",
        "line_range_order": "the range {range} ends before it begins",
        "line_range_overlaps": "the range {range} overlaps the range {other}",
        "line_range_place": "the range {range} is not right before its first word: word {expected} comes "
        "next",
        "line_return": "a line ends in CR alone; lines end in LF or CRLF: save the file with such line ends",
        "line_second_text": "a second “# text” in one sentence; a blank line must end each sentence",
        "line_tag_blank": "the tag {tag} has white space or invisible characters in it; remove them",
        "line_tag_empty": "the tag is empty; where a word has none, put “{mark}”",
        "line_too_long": "a line of more than {megabytes} MB",
        "line_without_words": "every FORM is “_”: the file has no words; get the treebank with its text",
        "line_word_blank": "the word is blank: {word} is white space or invisible",
        "line_word_empty": "the word is empty",
        "checkpoint_hash_differs": "its SHA-256 is not the one in the history",
        "file_checksum_differs": "its bytes do not fit its checksum",
        "model_hash_differs": "its SHA-256 is not the one in run.json",
        "model_tags_differ": "its tags are not those of run.json",
        "preset_hash_differs": "its SHA-256 is not the one that it was written with",
        "vocabulary_repeats": "“{item}” is in the vocabulary twice",
        "weights_impossible": "there can be no tagger of its sizes ({error})",
        "weights_name": "its weights do not fit its settings ({name} is in one of them only)",
        "weights_not_finite": "a number in {name} is not finite",
        "weights_shape": "its weights do not fit its settings ({name} is {given}, not {wanted})",
        "weights_type": "{name} is not of a floating point type",
        "weights_unreadable": "it is not a safetensors file ({error})",
        "file_changed": "{name} was changed since it was opened. Open it again.",
        "file_damaged": "{name} is damaged: {reason}.",
        "file_ends_early": "it ends before its last number",
        "file_maybe_damaged": "The bytes of this file do not fit its checksums: it may be damaged.",
        "file_no_trace": "{name} is no saved trace.",
        "file_pickle": "{name} is a Python pickle: it could run any code, and is not loaded.",
        "file_reread": "{name} was changed on the disk at {time}, and was read anew.",
        "file_tensorboard": "{name} has events of TensorBoard, which are not read here.",
        "file_torch_export": "{name} is a program of torch.export, not weights. Save the weights alone: "
        "torch.save(model.state_dict(), path).",
        "file_torch_package": "{name} is a torch.package: it has code that would be run. Save the weights "
        "alone: torch.save(model.state_dict(), path).",
        "file_torch_tar": "{name} is of the first versions of torch, whose files cannot be read safely.",
        "file_torchscript": "{name} is a TorchScript program, not weights. Save the weights alone: "
        "torch.save(model.state_dict(), path).",
        "file_unknown": "{name} is no model, trace, run, treebank or text.",
        "file_unreadable": "{path} cannot be read: {reason}.",
        "file_without_labels": "{name} has no words: it is a text of a word a line, or JSON.",
        "file_without_recurrent": "{name} has no weights of a recurrent module of torch.",
        "file_without_weights": "{name} has no weights.",
        "folder_without_run": "The folder {name} is no run.",
        "byte_order": "its numbers have the highest byte first",
        "header_gaps": "its tensors overlap, or leave bytes between them",
        "header_invalid": "its header is not that of a safetensors file",
        "header_too_large": "its header is larger than it can be",
        "name_too_long": "a tensor has a name that is longer than it can be",
        "pickle_asks": "{name} asks for {asked}, which is more than weights: it is not loaded. Save the "
        "weights alone: torch.save(model.state_dict(), path).",
        "pickle_invalid": "its pickle is not one that torch writes for weights",
        "pickle_too_large": "its pickle would take more memory than its weights",
        "storage_missing": "the numbers of {name} are missing",
        "tensor_beyond_storage": "{name} declares {declared} numbers where {given} are stored",
        "tensor_type": "{name} is of the unknown type {dtype}",
        "trace_invalid": "its arrays are not those of a trace",
        "trace_lacks_quantities": "The trace has no {lacking}: to be shown it needs all quantities and x, as "
        "capture keeps them without quantities=….",
        "zip_compressed": "it is compressed, as torch never does",
        "zip_invalid": "its zip directory is inconsistent",
        "zip_without_pickle": "its zip directory names no data.pkl",
        "layout_others": "{count} tensors belong to modules that are not run: {names}.",
        "part_maybe_embedding": "“{path}” may be an embedding or a linear layer without bias; taken as an "
        "embedding.",
        "part_maybe_linear": "“{path}” may be an embedding or a linear layer without bias; taken as a "
        "linear layer.",
        "recurrent_has_more": "“{path}” looks like a recurrent module, but has {name} too.",
        "recurrent_kind": "“{path}” looks like a recurrent module, but its weight_hh of {rows} rows and "
        "{columns} columns is neither that of an LSTM nor of a GRU nor of an RNN.",
        "recurrent_lacks": "“{path}” looks like a recurrent module, but lacks {name}.",
        "recurrent_nonlinearity": "The file does not tell whether “{path}” uses tanh or relu.",
        "recurrent_of_its_own": "“{path}” has further tensors ({names}): it may compute something else "
        "than torch's module.",
        "recurrent_shape": "“{path}” looks like a recurrent module, but its {name} is {given}.",
        "recurrent_type": "“{path}” looks like a recurrent module, but its {name} is of type {dtype}.",
        "state_dict_copies": "The file has the same model several times: {taken} is opened, not {others}.",
        "state_dict_names": "Several tensors have the same name ({names}): the first of each is opened.",
        "state_dict_without_recurrent": "No recurrent module of torch is among the weights.",
        "weights_overlap": "its tensors have more numbers than the file",
        "weights_parametrized": "The file does not tell how these weights are computed: {names}.",
        "word_unknown": "“{word}” is not in the vocabulary",
        "word_no_index": "“{word}” is no row of the embedding (0 to {last})",
        "word_no_vector": "“{word}” is no vector: {width} numbers with commas between them, or one for all",
        "hint_numbers": "Type token numbers, 0 to {last}, with spaces between them: the vocabulary is not "
        "known",
        "hint_reals": "Type numbers with spaces between them, one for each step",
        "hint_vectors": "Type the steps with spaces between them: {width} numbers with commas, or one for "
        "all",
        "notes_damaged": "{name} cannot be read: {reason}.",
        "notes_do_not_fit": "The model in {name} cannot be run: {reason}.",
        "weight_rule_unknown": "the file does not tell how one of its weights is computed",
        "notes_outputs": "{given} names are given for {outputs} outputs",
        "notes_path": "there is no such module: “{path}”",
        "notes_twice": "a recurrent module is chosen twice",
        "notes_vocabulary": "the vocabulary has {given} words, the embedding {rows} rows",
        "notes_width": "“{path}” reads {reads} numbers, “{other}” gives {width}",
        "notes_without_recurrent": "no recurrent module is chosen",
        "setting_invalid": "{error}",
    }
)


@dataclass(frozen=True, slots=True)
class CodedText:
    """A text by its code: a warning, or the reason in the message of an error. ``str`` is the English text.

    Attributes
    ----------
    code : ErrorCode
    parameters : dict of str to str, int or float
        The values of the replacement fields of `MESSAGES`.
    """

    code: ErrorCode
    parameters: dict[str, str | int | float]

    def __str__(self) -> str:
        return filled(MESSAGES[self.code], self.parameters)


Parameter = str | int | float | CodedText


def coded(code: ErrorCode, **parameters: str | int | float) -> CodedText:
    """Return a text by its code and parameters."""
    return CodedText(code, parameters)


def filled(template: str, parameters: Mapping[str, object]) -> str:
    """Return a template with its fields replaced; unchanged if the parameters do not fit it."""
    try:
        return template.format_map(parameters)
    except (LookupError, ValueError, AttributeError, TypeError):  # of another version or a translation
        return template


class CodedError(Exception):
    """Base class of errors with a code; the message is in English.

    Attributes
    ----------
    code : ErrorCode
    parameters : dict of str to str, int, float or CodedText
        The values of the replacement fields of `MESSAGES`.
    """

    def __init__(self, code: ErrorCode, **parameters: Parameter) -> None:
        super().__init__(filled(MESSAGES[code], parameters))
        self.code, self.parameters = code, parameters


class InvalidError(ValueError):
    """Raised for a value that is not what it should be; ``reason`` is why, for the end of a sentence."""

    def __init__(self, code: ErrorCode, **parameters: str | int | float) -> None:
        self.reason = coded(code, **parameters)
        super().__init__(str(self.reason))
