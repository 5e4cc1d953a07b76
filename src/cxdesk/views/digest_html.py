"""The digest as HTML, for a phone in the hand.

It says what the text says and nothing else: no picture, no link into the web, nothing that tells
anybody it was opened. Styles are inline, because mail programs drop the others, and no colour of
text or ground is set but on the buttons: so the reader's own light or dark is kept. Every word of
a person goes through `_safe`.
"""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from cxdesk.views import digest_words as words
from cxdesk.views.words import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.reminders import Digest, Entry

_GREEN, _AMBER = "#1f7a5a", "#d9822b"
_LINE = "1px solid rgba(128,128,128,.3)"
_PAGE = """\
<!DOCTYPE html>
<html lang="en" style="color-scheme:light dark">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
</head>
<body style="margin:0;padding:0">
<div style="box-sizing:border-box;max-width:560px;margin:0 auto;padding:20px 16px 28px;\
font:16px/1.5 -apple-system,'Segoe UI',Roboto,Cantarell,'DejaVu Sans',sans-serif;\
overflow-wrap:anywhere">
{body}
</div>
</body>
</html>
"""
_HEADING = (
    "margin:26px 0 10px;font-size:13px;font-weight:700;letter-spacing:.12em;"
    "text-transform:uppercase;opacity:.65"
)
_CARD = (
    f"margin:0 0 12px;padding:14px 16px;border:{_LINE};border-left:4px solid {_AMBER};"
    "border-radius:4px 12px 12px 4px;background:rgba(217,130,43,.07)"
)
_ROW = f"margin:0;padding:14px 0 12px;border-top:{_LINE}"
_LINK = "display:inline-block;border-radius:8px;font-weight:600;text-decoration:none;"
_BUTTON = f"{_LINK}padding:10px 18px;background:{_GREEN};color:#fff"
_QUIET_BUTTON = f"{_LINK}padding:6px 14px;border:1px solid {_GREEN};color:inherit"


def html(told: Digest, hours: OpeningHours, title: str, prefix: str) -> str:
    """The whole page. `prefix` stands in the subject of a reply: [OAK-42]."""
    parts = [_good_news(words.good_news(told, hours))]
    if told.lost:
        lost = (_paragraph(_safe(line)) for line in words.undelivered(told))
        parts += [_heading("Not delivered"), *lost]
    if told.first:
        parts += [
            _heading("First"),
            *(_card(one, told.now_at, hours, prefix) for one in told.first),
        ]
    if told.today:
        parts += [_heading("Today"), *(_row(one, told.now_at, hours, prefix) for one in told.today)]
    parts += [_heading("Then"), *(_paragraph(_safe(line)) for line in words.ahead(told, hours))]
    if told.more:
        more = f"And {counted(told.more, 'more', 'more')}: <code>cxdesk due</code>"
        parts.append(_paragraph(more, "opacity:.75"))
    return _PAGE.format(title=_safe(title), body="\n".join(part for part in parts if part))


def plain_page(title: str, lines: Iterable[str]) -> str:
    """A few sentences in the same dress."""
    body = "\n".join(_paragraph(_safe(line)) for line in lines)
    return _PAGE.format(title=_safe(title), body=body)


def _safe(text: str) -> str:
    return escape(text, quote=True)


def _heading(text: str) -> str:
    return f'<h2 style="{_HEADING}">{text}</h2>'


def _paragraph(inner: str, style: str = "") -> str:
    return f'<p style="margin:0 0 6px;{style}">{inner}</p>'


def _good_news(lines: list[str]) -> str:
    if not lines:
        return ""
    inner = "".join(_paragraph(_safe(line)) for line in lines)
    style = f"margin:0;padding:4px 0 1px 14px;border-left:4px solid {_GREEN}"
    return f'<div style="{style}">{inner}</div>'


def _card(entry: Entry, now: datetime, hours: OpeningHours, prefix: str) -> str:
    """What comes first: who and since when, what was said, and a button."""
    who = words.name(entry)
    rest = words.opening(entry, now, hours).removeprefix(who)
    lines = [_paragraph(f'<b style="font-size:18px">{_safe(who)}</b>{_safe(rest)}')]
    lines += [_paragraph(_safe(line)) for line in words.matter(entry)]
    lines.append(_way(entry, prefix, button=True))
    return f'<div style="{_CARD}">{"".join(lines)}</div>'


def _row(entry: Entry, now: datetime, hours: OpeningHours, prefix: str) -> str:
    """One of the day: who and when on a line, what and how below it."""
    when = _safe(words.by(words.due(entry), hours))
    stamp = f'<span style="float:right;padding-left:10px;opacity:.7">{when}</span>'
    lines = [_paragraph(f"{stamp}<b>{_safe(words.name(entry))}</b>")]
    what = words.asked_again(entry, now, hours) + words.short(entry.item.what)
    lines += [_paragraph(_safe(what))] if what else []
    lines.append(_way(entry, prefix, button=False))
    return f'<div style="{_ROW}">{"".join(lines)}</div>'


def _way(entry: Entry, prefix: str, *, button: bool) -> str:
    """A number or an address to be tapped; what is neither is said."""
    found = words.way(entry)
    if found is None:
        return ""
    if not found.kind:
        return _paragraph(_safe(found.place))
    label = _safe(f"{found.before}{found.place}")
    style = _BUTTON if button else _QUIET_BUTTON
    link = f'<a href="{_safe(_address(entry, found, prefix))}" style="{style}">{label}</a>'
    after = _safe(found.after.strip(" ()").removeprefix(". "))
    note = _paragraph(after, "font-size:14px;opacity:.75") if after else ""
    return f'<div style="margin:10px 0 8px">{link}</div>{note}'


def _address(entry: Entry, found: words.Way, prefix: str) -> str:
    """`tel:+44...`, or `mailto:` with the subject that a reply has, so that it finds its thread."""
    if found.kind == "tel":
        plus = "+" if found.place.lstrip(" (").startswith("+") else ""
        return "tel:" + plus + "".join(sign for sign in found.place if sign in "0123456789")
    address = "mailto:" + quote(found.place, safe="@")
    if entry.item.inquiry is None:
        return address
    about = words.short(entry.subject or entry.item.what)
    return f"{address}?subject={quote(f'Re: {about} [{prefix}-{entry.item.inquiry}]')}"
