import sys
def test_a(person):
    assert person.words == ["The", "dog", "ate", "the", "apple"]
    print([k for k in sys.modules if 'conftest' in k])
def test_b(person):
    person.writes("dog the")
    assert person.words == ["dog","the"]
