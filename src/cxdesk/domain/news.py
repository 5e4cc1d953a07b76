"""News: what we owe a customer every so often while their inquiry is not closed.

One open follow-up of the kind `news` an inquiry, its span in `every`. Whatever of ours reaches them
is news, and the span runs anew from it.
"""

from __future__ import annotations

from cxdesk.domain.records import FollowUp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.records import Desk, Thread


def read_span(text: str) -> str:
    """SPAN as typed, without "every". Raises PhraseError for what is no length."""
    from cxdesk.domain.phrase_spans import take_amount
    from cxdesk.domain.phrase_words import PhraseError, split_words

    words = split_words(text)
    if words[:1] == ["every"]:
        words = words[1:]
    found = take_amount(words, 0) if words else None
    if found is None or found[2] != len(words):
        raise PhraseError(f"'{text}' is no length", "write how often, such as 1w, 3d or 2bd")
    return " ".join(words)


def due_after(span: str, at: datetime, hours: OpeningHours) -> datetime:
    """When the next news is due, after one at `at`."""
    from cxdesk.domain.phrases import read_when  # costs more than all else here

    return read_when(span, now=at, hours=hours).at


def owed(thread: Thread, span: str, at: datetime, desk: Desk) -> Thread:
    """From now on news every `span`; one that stands already gets the new pace."""
    inquiry = thread.inquiry
    due = due_after(span, at, desk.hours)
    standing = _open(thread)
    if standing is not None:
        return _swap(thread, standing, standing._replace(every=span, due_at=due))
    made = FollowUp(
        number=0,
        inquiry_number=inquiry.number,
        customer_id=inquiry.customer_id,
        kind="news",
        what=inquiry.subject,
        due_at=due,
        made_at=at,
        every=span,
    )
    return thread._replace(follow_ups=(*thread.follow_ups, made))


def given(thread: Thread, at: datetime, desk: Desk) -> Thread:
    """A contact of ours at `at` reached them: the span runs anew."""
    standing = _open(thread)
    if standing is None or standing.every is None:
        return thread
    due = due_after(standing.every, at, desk.hours)
    fresh = standing._replace(due_at=due, start_at=None, said=None, moved_from_at=None)
    return _swap(thread, standing, fresh)


def following(done: FollowUp, at: datetime, hours: OpeningHours) -> FollowUp:
    """The news after one that was given, or skipped, at `at`."""
    assert done.every is not None  # news always has a span
    return done._replace(
        number=0,
        due_at=due_after(done.every, at, hours),
        made_at=at,
        state="open",
        done_at=None,
        start_at=None,
        said=None,
        moved_from_at=None,
    )


def _open(thread: Thread) -> FollowUp | None:
    return next((f for f in thread.follow_ups if f.kind == "news" and f.state == "open"), None)


def _swap(thread: Thread, old: FollowUp, new: FollowUp) -> Thread:
    return thread._replace(follow_ups=tuple(new if f is old else f for f in thread.follow_ups))
