from lstm_viz.app.texts import put


def test_a_value_that_looks_like_a_place_stays_as_it_is():
    assert put("%1 and %2", "%2", "%1") == "%2 and %1"
    assert put("%2, %1, %1", r"\g<0>", 5) == r"5, \g<0>, \g<0>"


def test_a_place_without_a_value_stays():
    assert put("%1 of %2: 100 % of %0", "a") == "a of %2: 100 % of %0"
