import pytest

from lstm_viz.engine.cache import Cache


def test_what_was_used_last_is_kept():
    recent = Cache(1 << 20, 2)
    for key in "ab":
        recent.keep(key, key.upper())
    assert recent.get_or("a", lambda: "made anew") == "A"
    assert recent.get_or("c", lambda: "C") == "C"
    assert list(recent) == ["a", "c"]


def test_what_weighs_much_drives_out_much():
    recent = Cache(10, weigh=len)
    for key, size in (("a", 4), ("b", 4), ("c", 7)):
        recent.keep(key, "x" * size)
    assert list(recent) == ["c"]
    recent.keep("d", "x" * 3)
    assert list(recent) == ["c", "d"]
    recent.keep("large", "x" * 50)
    assert list(recent) == ["large"]


def test_what_could_not_be_made_is_not_kept():
    recent = Cache(2)
    with pytest.raises(ZeroDivisionError):
        recent.get_or("a", lambda: 1 // 0)
    assert not recent


def test_what_is_stale_is_let_go_of():
    recent = Cache(1 << 20, weigh=len)
    for key in ("a", "b", "ab"):
        recent.keep(key, key)
    recent.drop_where(lambda key: "a" in str(key))
    assert (list(recent), recent.nbytes) == (["b"], 1)


def test_what_is_put_in_again_counts_once_with_what_it_weighs_now():
    recent, grown = Cache(100, weigh=len), [0] * 10
    recent.keep("a", grown)
    grown.extend([0] * 40)
    recent.keep("a", grown)
    assert recent.nbytes == 50
    recent.drop("a")
    recent.drop("a")
    assert (recent.nbytes, len(recent), recent.get("a")) == (0, 0, None)
