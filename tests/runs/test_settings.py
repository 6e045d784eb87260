"""Settings: their limits, what a person is told of each, and what suits a corpus."""

import msgspec
import pytest

from lstm_viz.runs.settings import BUNDLED, FIELDS, TrainingSettings, checked, suitable


def test_every_setting_has_a_flag_and_a_word_on_what_it_does() -> None:
    assert list(FIELDS) == list(TrainingSettings.__struct_fields__)
    for field in FIELDS.values():
        assert field.about and field.flag.startswith("--")
        assert field.kind in (int, float, bool, str, tuple)
    flags = [field.flag for field in FIELDS.values()]
    assert len(set(flags)) == len(flags)
    assert FIELDS["learning_rate"].flag == "--lr" and FIELDS["characters"].flag == "--chars"
    assert FIELDS["decoder"].choices == ("argmax", "crf")


@pytest.mark.parametrize("name", [n for n, f in FIELDS.items() if f.least is not None])
def test_limits_hold_on_both_sides(name: str) -> None:
    field, settings = FIELDS[name], suitable(("a",))
    least = field.kind(field.least) if not field.above else 1e-12
    for good in (least, field.kind(field.most)):
        assert getattr(checked(msgspec.structs.replace(settings, **{name: good})), name) == good
    too_little = field.least if field.above else field.kind(field.least) - 1
    for bad in (too_little, field.kind(field.most) * 2, float("nan") if field.kind is float else "x"):
        with pytest.raises(ValueError, match=name):
            checked(msgspec.structs.replace(settings, **{name: bad}))


def test_bundled_corpora_have_settings_of_their_own() -> None:
    for name, settings in BUNDLED.items():
        assert suitable((name,)) == settings == checked(settings)
    assert suitable(("a", "b")).corpus == ("a", "b")
    with pytest.raises(ValueError, match="corpus"):
        checked(TrainingSettings(corpus=()))
