"""HTML as people send it, as text that can be read and quoted."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.mail.html_text import RULE, html_text


@pytest.mark.parametrize(
    "source, text",
    [
        ("Hello<br>there", "Hello\nthere"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
        ("a  \n  b&nbsp;c", "a b c"),
        ("fish &amp; chips &#8364;3 &lt;ok&gt;", "fish & chips €3 <ok>"),
        ("<b>Big</b> and <i>small</i>, <u>all</u>.", "Big and small, all."),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<ol><li>one<li>two</ol>done", "1. one\n2. two\n\ndone"),
        (
            "<table><tr><td>Name</td><td>Ann</td></tr><tr><td>Day</td></tr></table>",
            "Name  Ann\nDay",
        ),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a<hr>b", f"a\n{RULE}\nb"),
        ("<head><title>T</title></head><body>b</body>", "b"),
        ("<style>p { color: red }</style>b<script>alert('<p>')</script>", "b"),
        ("<!-- <p>no</p> -->b<!-->c", "bc"),
        ('<img alt="Our logo" src="http://x/y.png"><img src=z>', "Our logo"),
        ('<p title="a > b">c</p>', "c"),
        ('<p title="it\'s">c</p>', "c"),
        ("<O'Brien> 1 < 2 and <3", "1 < 2 and <3"),
        ("no tags at all", "no tags at all"),
        ("", ""),
    ],
)
def test_html_says(source: str, text: str) -> None:
    assert html_text(source) == text


class TestLinks:
    def test_a_link_shows_where_it_goes(self) -> None:
        source = 'Pay <a href="https://evil.example/x?a=1&amp;b=2">your bank</a> now'

        assert html_text(source) == "Pay your bank <https://evil.example/x?a=1&b=2> now"

    @pytest.mark.parametrize(
        "source",
        [
            '<a href="https://www.example.com/">example.com</a>',
            '<a href="mailto:example.com">example.com</a>',
            '<a href="#top">example.com</a>',
            '<a href="javascript:alert(1)">example.com</a>',
            '<a name="x">example.com</a>',
        ],
    )
    def test_one_that_says_it_already_says_it_once(self, source: str) -> None:
        assert html_text(source) == "example.com"


class TestQuotes:
    def test_a_quote_is_marked_as_in_plain_text(self) -> None:
        source = (
            '<div>Thanks!</div><div class="gmail_quote">On Monday Bob wrote:<br>'
            "<blockquote><p>Shall I?</p><blockquote>Please do.</blockquote></blockquote></div>"
        )

        assert html_text(source) == (
            "Thanks!\nOn Monday Bob wrote:\n\n> Shall I?\n>\n> > Please do."
        )

    def test_what_was_never_opened_cannot_be_closed(self) -> None:
        assert html_text("</blockquote></ul></pre></a>x<blockquote>y") == "x\n\n> y"


class TestNothingIsLost:
    def test_where_nothing_is_left_the_letters_are(self) -> None:
        assert html_text("<style>body { } Please call me <b>today</b>") == (
            "body { } Please call me today"
        )

    def test_a_head_that_never_ends_hides_nothing(self) -> None:
        assert html_text("<html><head><meta charset=x><p>Hello") == "Hello"

    def test_numbers_that_are_no_letters_are_marked(self) -> None:
        assert html_text("a&#" + "9" * 5000 + ";b") == "a\ufffdb"

    @given(st.text(st.sampled_from("<>/!-=\"' &#;abp\n"), max_size=80))
    def test_no_source_breaks_it(self, source: str) -> None:
        assert isinstance(html_text(source), str)


HALF_MEGABYTE = 500_000
BAITS = ["<", "<a", '<a b="', "<!--", "<!-->", "<head>", "<svg>x", "<script>", "&", "</", "<td>"]
BAITS += [
    "<a>",
    "<br>",
    "<blockquote>x",
    "<ul><li>a",
    '<a b=">' + "<a c='>",
    "<a b='\">",
    "<a href=",
]


@pytest.mark.parametrize("bait", BAITS)
@pytest.mark.parametrize("end", ["", "'\">"])
def test_half_a_megabyte_of_anything_is_read_in_no_time(bait: str, end: str) -> None:
    begun = time.perf_counter()
    html_text(bait * (HALF_MEGABYTE // len(bait)) + end)

    assert time.perf_counter() - begun < 5  # a quadratic one takes minutes


def test_of_more_than_two_megabytes_the_rest_is_not_read() -> None:
    """A page can be made to take hours; nobody reads that much of it."""
    fits = "<p>" + "x" * (2_000_000 - len("<p>"))

    assert html_text(fits + "<p>never read") == "x" * (2_000_000 - len("<p>"))
