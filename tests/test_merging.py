# What two people made of the same thing, put together: nothing that either wrote is lost, whatever it was.
from hypothesis import given, strategies as st

from publications.merging import IN_PARTS, Clash, blocks, merge

WORDS = st.sampled_from(["", "a", "b", "c"])
LINES = st.lists(st.sampled_from("abcdef"), max_size=6).map("\n".join)
PARAGRAPHS = st.lists(st.sampled_from(["<p>a</p>", "<p>b<br>c</p>", "<ul><li>d</li></ul>"]), max_size=6)
FIELDS = st.fixed_dictionaries(
    {"title": WORDS, "summary": WORDS, "key_findings": LINES, "body": PARAGRAPHS.map("".join)}
)
ROWS = st.lists(
    st.fixed_dictionaries({"person": st.integers(1, 5), "role": WORDS}),
    unique_by=lambda row: row["person"],
    max_size=5,
)
SNAPSHOTS = st.fixed_dictionaries(
    {"fields": FIELDS, "topics": st.lists(st.integers(1, 6), unique=True), "authors": ROWS}
)


def snapshot(fields=None, topics=(), authors=(), **more):
    return {"fields": fields or {}, "topics": list(topics), "authors": list(authors)} | more


def author(person, role=""):
    return {"person": person, "role": role}


def people(merged):
    return [row["person"] for row in merged["authors"]]


def same(one, other) -> bool:
    """Topics have no order."""
    return one | {"topics": set(one["topics"])} == other | {"topics": set(other["topics"])}


# What holds whatever was written


@given(SNAPSHOTS, SNAPSHOTS)
def test_what_only_one_changed_is_as_they_have_it(base, changed):
    for found in (merge(base, base, changed), merge(base, changed, base), merge(base, changed, changed)):
        assert same(found.merged, changed)
        assert found.clashes == []


@given(SNAPSHOTS, SNAPSHOTS, SNAPSHOTS)
def test_it_does_not_matter_who_was_first(base, theirs, mine):
    one, other = merge(base, theirs, mine), merge(base, mine, theirs)
    assert {clash.where for clash in one.clashes} == {clash.where for clash in other.clashes}
    assert set(one.merged["topics"]) == set(other.merged["topics"])
    assert set(people(one.merged)) == set(people(other.merged))
    if not one.clashes:
        assert one.merged["fields"] == other.merged["fields"]


@given(SNAPSHOTS, SNAPSHOTS, SNAPSHOTS)
def test_no_value_that_somebody_wrote_is_lost_in_silence(base, theirs, mine):
    merged, clashes = merge(base, theirs, mine)
    told = {clash.where: clash for clash in clashes}
    for side in (theirs, mine):
        for name, value in side["fields"].items():
            if value != base["fields"][name]:
                clash = told.get(("fields", name))
                assert merged["fields"][name] == value or clash or name in IN_PARTS
                assert not clash or value in (clash.theirs, clash.mine)


@given(SNAPSHOTS, SNAPSHOTS, SNAPSHOTS)
def test_every_part_of_a_text_that_somebody_added_is_there_or_shown_as_a_clash(base, theirs, mine):
    merged, clashes = merge(base, theirs, mine)
    for name, (cut, _) in IN_PARTS.items():
        if name not in base["fields"] or any(clash.where == ("fields", name) for clash in clashes):
            continue
        before, after = cut(base["fields"][name]), cut(merged["fields"][name])
        for side in (theirs, mine):
            added = set(cut(side["fields"][name])) - set(before)
            assert added <= set(after)


@given(SNAPSHOTS, SNAPSHOTS, SNAPSHOTS)
def test_only_what_somebody_removed_and_nobody_changed_is_gone(base, theirs, mine):
    merged, clashes = merge(base, theirs, mine)
    for topic in {*theirs["topics"], *mine["topics"]}:
        removed = topic in base["topics"] and not (topic in theirs["topics"] and topic in mine["topics"])
        assert (topic in merged["topics"]) != removed
    by_person = [{row["person"]: row for row in side["authors"]} for side in (base, theirs, mine)]
    before, his, own = by_person
    for person in {*his, *own}:
        if person in his and person in own:
            assert person in people(merged)
            continue
        was_changed = (his.get(person) or own.get(person)) != before.get(person)
        assert (person in people(merged)) == was_changed
        is_told = any(clash.where == ("authors", person) for clash in clashes)
        assert is_told == (was_changed and person in before)


@given(SNAPSHOTS, SNAPSHOTS, SNAPSHOTS)
def test_nobody_is_listed_twice(base, theirs, mine):
    merged = merge(base, theirs, mine).merged
    assert len(set(people(merged))) == len(people(merged))
    assert len(set(merged["topics"])) == len(merged["topics"])


@given(SNAPSHOTS, SNAPSHOTS, SNAPSHOTS)
def test_rows_that_neither_moved_keep_their_order(base, theirs, mine):
    merged, clashes = merge(base, theirs, mine)
    if any(clash.where == ("authors",) for clash in clashes):
        return
    shared = {row["person"] for row in base["authors"]} & {*people(theirs)} & {*people(mine)}
    orders = [[each for each in people(side) if each in shared] for side in (base, theirs, mine, merged)]
    before, his, own, after = orders
    assert after == (his if own == before else own)


@given(st.text(alphabet="<>/pbhr ulia=\"'\n", max_size=40), PARAGRAPHS.map("".join))
def test_blocks_joined_are_the_text_again(junk, text):
    assert "".join(blocks(junk)) == junk
    assert "".join(blocks(text)) == text


# What it means, in examples


def test_fields_that_different_people_changed_are_put_together():
    found = merge(
        snapshot({"title": "Tides", "summary": "Old."}),
        snapshot({"title": "High tides", "summary": "Old."}),
        snapshot({"title": "Tides", "summary": "New."}),
    )
    assert found.merged["fields"] == {"title": "High tides", "summary": "New."}
    assert found.clashes == []


def test_a_field_that_both_changed_is_told_with_all_three_values():
    found = merge(snapshot({"title": "A"}), snapshot({"title": "B"}), snapshot({"title": "C"}))
    assert found.clashes == [Clash(("fields", "title"), "A", "B", "C")]
    assert found.merged["fields"]["title"] == "C"


def test_both_may_change_different_paragraphs_of_a_text():
    text = "<h2>One</h2><p>a</p><p>b</p><ul><li>c</li><li>d</li></ul><p>e</p>"
    theirs, mine = text.replace("One", "First"), text.replace("<li>d</li>", "<li>D</li>")
    found = merge(*(snapshot({"body": each}) for each in (text, theirs, mine)))
    assert found.clashes == []
    assert found.merged["fields"]["body"] == theirs.replace("<li>d</li>", "<li>D</li>")


def test_changes_of_the_same_paragraph_or_of_its_neighbour_are_for_people_to_settle():
    text = "<p>a</p><p>b</p><p>c</p>"
    for his, own in (("<p>b1</p>", "<p>b2</p>"), ("<p>b1</p>", "<p>b</p><p>new</p>")):
        theirs, mine = text.replace("<p>b</p>", his), text.replace("<p>b</p>", own)
        found = merge(*(snapshot({"body": each}) for each in (text, theirs, mine)))
        assert [clash.where for clash in found.clashes] == [("fields", "body")]


def test_findings_are_merged_line_by_line_and_summaries_are_not():
    base = "one\ntwo\nthree"
    theirs, mine = "ONE\ntwo\nthree", "one\ntwo\nTHREE"
    found = merge(*(snapshot({"key_findings": each, "summary": each}) for each in (base, theirs, mine)))
    assert found.merged["fields"]["key_findings"] == "ONE\ntwo\nTHREE"
    assert [clash.where for clash in found.clashes] == [("fields", "summary")]


def test_authors_that_both_added_at_the_end_stand_there_in_turn():
    base, theirs, mine = [author(1)], [author(1), author(2)], [author(1), author(3)]
    found = merge(snapshot(authors=base), snapshot(authors=theirs), snapshot(authors=mine))
    assert people(found.merged) == [1, 2, 3]


def test_one_moves_an_author_while_the_other_changes_and_adds():
    base = [author(1), author(2), author(3)]
    theirs = [author(3), author(1), author(2)]
    mine = [author(1), author(2, "editor"), author(4), author(3)]
    found = merge(snapshot(authors=base), snapshot(authors=theirs), snapshot(authors=mine))
    assert found.merged["authors"] == [author(4), author(3), author(1), author(2, "editor")]
    assert found.clashes == []


def test_two_orders_are_for_people_to_settle():
    base, theirs, mine = ([author(each) for each in order] for order in ((1, 2, 3), (3, 1, 2), (2, 1, 3)))
    found = merge(snapshot(authors=base), snapshot(authors=theirs), snapshot(authors=mine))
    assert found.clashes == [Clash(("authors",), [1, 2, 3], [3, 1, 2], [2, 1, 3])]
    assert people(found.merged) == [2, 1, 3]


def test_an_author_whom_one_removed_and_the_other_changed_stays_and_is_told():
    was, changed = author(1), author(1, "editor")
    for theirs, mine in (([], [changed]), ([changed], [])):
        found = merge(snapshot(authors=[was]), snapshot(authors=theirs), snapshot(authors=mine))
        assert found.merged["authors"] == [changed]
        his, own = (side[0] if side else None for side in (theirs, mine))
        assert found.clashes == [Clash(("authors", 1), was, his, own)]


def test_new_rows_without_a_name_are_all_kept():
    files = [{"name": "", "label": "First"}, {"name": "", "label": "Second"}]
    found = merge(snapshot(files=[]), snapshot(files=files[:1]), snapshot(files=files))
    assert [row["label"] for row in found.merged["files"]] == ["First", "First", "Second"]


def test_what_nobody_knows_the_former_value_of_is_a_clash_where_they_differ():
    found = merge({}, snapshot({"title": "A", "doi": "1"}), snapshot({"title": "B", "doi": "1"}))
    assert [clash.where for clash in found.clashes] == [("fields", "title")]
