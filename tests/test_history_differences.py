# Two texts word by word: what a person sees of a change, and how much work the longest texts are.
import random
import sys

from publications.history.blocks import blocks_of_html, blocks_of_lines
from publications.history.differences import compare

MOST_CALLS = 30_000_000  # some seconds


def blocks(text):
    return [(block.kind, block.text) for block in blocks_of_html(text)]


def told(old, new):
    """Each line as people see it: [-gone-] {+new+}, with its kind before it when it is no paragraph."""
    signs = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    lines = []
    for line in compare(blocks_of_html(old), blocks_of_html(new)):
        text = " ".join(signs[piece.fate].format(piece.text.strip()) for piece in line.pieces)
        kind = f"{line.kind}: " if line.kind != "p" else ""
        lines.append(kind + (text or f"({line.left_out} left out)"))
    return lines


def test_rich_text_is_read_in_blocks_and_not_in_tags():
    text = (
        "<h2>Tides</h2><p>High &amp; low.</p><ul><li><p>One</p></li><li>Two<ol><li>Deep</li></ol></li></ul>"
        "<blockquote><p>Said so.</p></blockquote><hr><p>Last<br>line</p>"
    )
    assert blocks(text) == [
        ("h2", "Tides"),
        ("p", "High & low."),
        ("li", "One"),
        ("li", "Two"),
        ("step", "Deep"),
        ("quote", "Said so."),
        ("hr", "—"),
        ("p", "Last line"),
    ]


def test_row_of_a_table_is_a_line_of_its_cells():
    text = "<table><tbody><tr><th><p>Year</p></th><th>Height</th></tr><tr><td>2025</td><td></td></tr></tbody></table>"
    assert blocks(text) == [("row", "Year | Height"), ("row", "2025 |")]


def test_changed_words_stand_within_what_stayed():
    assert told("<p>The tide was high.</p>", "<p>The tide was very low.</p>") == [
        "The tide was [-high.-] {+very low.+}"
    ]


def test_words_joined_without_a_blank_stay_so():
    assert blocks('<p>See <a href="/a/">this</a>, <strong>bo</strong>ld.</p>') == [
        ("p", "See this (/a/), bold.")
    ]


def test_another_address_of_a_link_shows():
    assert told('<p>See <a href="/a/">this</a></p>', '<p>See <a href="/b/">this</a></p>') == [
        "See this [-(/a/)-] {+(/b/)+}"
    ]


def test_word_that_became_bold_shows():
    (line,) = compare(blocks_of_html("<p>High tide</p>"), blocks_of_html("<p><strong>High</strong> tide</p>"))
    assert ("new", " High", "strong") in line.pieces


def test_paragraph_that_became_a_heading_says_what_it_was():
    (line,) = compare(blocks_of_html("<p>High tide</p>"), blocks_of_html("<h2>High tide</h2>"))
    assert (line.kind, line.was) == ("h2", "p")


def test_paragraph_among_others_is_told_with_its_neighbours_alone():
    many = [f"<p>Paragraph {number} of the text.</p>" for number in range(20)]
    added = [*many[:10], "<p>An entirely unlike thing.</p>", *many[10:]]
    assert told("".join(many), "".join(added)) == [
        "(9 left out)",
        "Paragraph 9 of the text.",
        "{+An entirely unlike thing.+}",
        "Paragraph 10 of the text.",
        "(9 left out)",
    ]


def test_changed_paragraphs_are_set_beside_what_they_were_though_others_came_between():
    old = "<p>The sea rose by three metres.</p><p>Nobody was hurt in the town.</p>"
    new = "<p>The sea rose by four metres.</p><p>Walls held.</p><p>Nobody was hurt in the old town.</p>"
    assert told(old, new) == [
        "The sea rose by [-three-] {+four+} metres.",
        "{+Walls held.+}",
        "Nobody was hurt in the {+old+} town.",
    ]


def test_same_texts_have_no_difference():
    assert told("<p>One</p>", "<p>One</p>") == []


def test_letters_of_scripts_without_blanks_are_compared_one_by_one():
    assert told("<p>海面上昇</p>", "<p>海面下降</p>") == ["海面 [-上昇-] {+下降+}"]


def test_lines_of_plain_text_are_blocks():
    assert [block.text for block in blocks_of_lines("One finding\n\n Another ")] == ["One finding", "Another"]


def long_text(words, in_paragraph, seed=1):
    """As long as a book, with the words of a language: few of them often, many seldom."""
    chance = random.Random(seed)
    vocabulary = [f"word{number}" for number in range(8000)]
    weights = [1 / (number + 1) for number in range(8000)]
    chosen = chance.choices(vocabulary, weights, k=words)
    ends = [f"{word}." if chance.random() < 0.06 else word for word in chosen]
    return [" ".join(ends[start : start + in_paragraph]) for start in range(0, words, in_paragraph)]


def as_html(paragraphs):
    return "".join(f"<p>{text}</p>" for text in paragraphs)


def calls(old, new):
    """How many functions are called to compare them, which is the same on any machine."""
    old, new = as_html(old), as_html(new)
    called = {"call": 0, "c_call": 0, "return": 0, "c_return": 0, "c_exception": 0}

    def count(frame, event, function):
        called[event] += 1

    sys.setprofile(count)
    try:
        compared = compare(blocks_of_html(old), blocks_of_html(new))
    finally:
        sys.setprofile(None)
    assert compared
    return called["call"] + called["c_call"]


def edited(text, seed=2):
    words = text.split()
    words[random.Random(seed).randrange(len(words))] = "another"
    return " ".join(words)


def test_work_of_comparing_a_book_of_100_000_words_is_bounded_whatever_was_done_to_it():
    book = long_text(100_000, 100)
    cases = {
        "a word in every paragraph, and one more": [
            "New.",
            *(edited(text, n) for n, text in enumerate(book)),
        ],
        "another book": long_text(100_000, 100, seed=4),
    }
    work = {case: calls(book, other) for case, other in cases.items()}
    work["one paragraph without an end"] = calls(
        [" ".join(book)], [" ".join(cases["a word in every paragraph, and one more"])]
    )
    work["one word, again and again"] = calls([" tide" * 100_000], [" tide" * 99_000 + " high" * 1000])
    work["one line, again and again"] = calls(["Tide."] * 20_000, ["High.", "Tide.", "Low."] * 7000)
    same = [" tide" * 220] * 450
    work["the same words in every paragraph"] = calls(
        same, [f"{text} high {n}" for n, text in enumerate(same)]
    )
    assert {case: called for case, called in work.items() if called > MOST_CALLS} == {}
