"""The week in five lines, as a mail."""

from __future__ import annotations

from cxdesk.views import digest_words as words
from cxdesk.views.digest import Text, wrapped
from cxdesk.views.digest_html import plain_page
from cxdesk.views.words import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.week import Came, Week

_INQUIRIES = ("inquiry", "inquiries")


def week(told: Week, hours: OpeningHours) -> Text:
    """Five sentences: what was kept, what came, what was closed, what is good, what is next."""
    title, lines = _subject(told), _lines(told, hours)
    return Text(title, "\n".join(map(wrapped, lines)) + "\n", plain_page(title, lines))


def _subject(told: Week) -> str:
    if told.kept.judged:
        return f"The week: {told.kept.kept} of {counted(told.kept.judged, 'promise')} kept"
    return f"The week: {counted(told.came.inquiries, *_INQUIRIES)}, {told.closed.inquiries} closed"


def _lines(told: Week, hours: OpeningHours) -> list[str]:
    kept = words.was_kept(told.kept, "") if told.kept.judged else "No promise fell due."
    return [kept, _came(told.came), _closed(told), _good(told, hours), _next(told, hours)]


def _came(came: Came) -> str:
    if not came.inquiries:
        return "Nobody new had a question."
    line = f"{counted(came.inquiries, *_INQUIRIES)} came in"
    if came.customers:
        line += f" from {counted(came.customers, 'customer')}"
    return line + _of_them(came.new, came.customers, "new") + "."


def _closed(told: Week) -> str:
    closed = told.closed
    if not closed.inquiries:
        return "No inquiry was closed."
    line = f"{counted(closed.inquiries, *_INQUIRIES)} {_was(closed.inquiries)} closed"
    return line + _of_them(closed.confirmed, closed.inquiries, "by the customer's word") + "."


def _of_them(count: int, whole: int, which: str) -> str:
    """ ", two of them new"; nothing where there is none."""
    if not count:
        return ""
    if whole == 1:
        return f", {which}"
    return f", {'all' if count == whole else words.number(count)} of them {which}"


def _good(told: Week, hours: OpeningHours) -> str:
    if told.praise:
        return words.praised(told.praise, hours.local(told.now_at).date(), hours)
    if not told.came.chased:
        return "Nobody had to ask twice."
    return f"{words.number(told.came.chased).capitalize()} had to ask twice."


def _next(told: Week, hours: OpeningHours) -> str:
    if told.next is None:
        return "Nobody is waiting for you."
    line = f"Next: {words.coming(told.next, hours.local(told.now_at).date(), hours)}"
    if told.next.item.state == "late":
        line = (
            f"Still open: {words.name(told.next)}, {words.ended(words.short(told.next.item.what))}"
        )
    rest = told.waiting - 1
    return line + (f" Then {words.number(rest)} more within a week." if rest else "")


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
