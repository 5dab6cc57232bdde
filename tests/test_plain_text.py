# The words of rich text alone: the same whether it has nothing but paragraphs or more.
import pytest

from publications.richtext import plain_text, sanitize


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("<p>Sea  level.</p><p>Land\n use.</p>", "Sea level. Land use."),
        ("<p>Five > four</p><p>\N{NO-BREAK SPACE}x</p>", "Five > four x"),
        ("<p>Salt &amp; silt &lt;p&gt;</p>", "Salt & silt <p>"),
        ("<p>Sea<br>level</p><h2>Land</h2><ul><li><p>a</p></li><li><p>b</p></li></ul>", "Sea level Land a b"),
        ('<p>Of <strong>la</strong>nd and <a href="/x/">sea</a></p>', "Of land and sea"),
    ],
)
def test_plain_text_is_the_words_of_rich_text(text, words):
    assert plain_text(text) == plain_text(sanitize(text)) == words
