"""The parts of the search index: the quick normal form, packed sets, rows."""

from hypothesis import given
from hypothesis import strategies as st

from objection_docs.archive.search import document, sets
from objection_docs.text import normal

ODD = st.sampled_from("，：；（）“”ＡaÀßİ⾏㈱\n\f\u3000·①")
LABEL = st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=3)


@given(st.text(st.one_of(st.characters(), ODD), max_size=30))
def test_the_quick_normal_form_is_the_normal_form(text):
    assert document.fold(text) == normal(text.encode("utf-8", "replace").decode()).casefold()


def test_the_quick_normal_form_knows_every_usual_character():
    for char in map(chr, [*range(0xD800), *range(0xE000, 0x10000)]):
        assert document.fold(char) == normal(char).casefold(), hex(ord(char))


@given(st.sets(st.integers(0, sets.BLOCK - 1)))
def test_a_set_comes_back_as_it_was_packed(places):
    bits = bytearray(sets.BITMAP * 3)
    sets.lay(sets.pack(sorted(places)), bits, sets.BITMAP)
    whole = int.from_bytes(bits, "little")
    assert sets.places_of(whole) == [sets.BLOCK + place for place in sorted(places)]
    assert sets.pack_bits(sum(1 << place for place in places)) == sets.pack(sorted(places)) or len(places) > 100
    assert len(sets.pack(sorted(places))) <= sets.BITMAP


@given(st.dictionaries(LABEL, st.binary(min_size=1, max_size=256)))
def test_each_label_of_a_row_has_its_own_set(labelled):
    if labelled:
        data = sets.row(labelled.items())
        assert {label: sets.find(data, label) for label in labelled} == labelled
        assert sets.find(data, "not there") is None
