"""A mail that is passed on inside another, and the header block that says whose it was.

Mail programs mark it in their own words; Outlook only by the block, which also stands above what
a reply quotes (quotes.py asks here for that).
"""

from __future__ import annotations

from cxdesk.domain.letters import Address, is_forward, read_address
from cxdesk.domain.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxdesk.domain.letters import Letter

_MARKS = (
    "forwarded message",
    "begin forwarded message",
    "forwarded by",
    "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht",
    "anfang der weitergeleiteten e-mail",
    "weitergeleitet von",
    "message transféré",
    "message transmis",
    "début du message transféré",
    "début du message réexpédié",
    "mensaje reenviado",
    "inicio del mensaje reenviado",
    "messaggio inoltrato",
    "inizio messaggio inoltrato",
    "doorgestuurd bericht",
    "begin doorgestuurd bericht",
    "mensagem encaminhada",
    "mensagem reencaminhada",
    "início da mensagem reencaminhada",
    "vidarebefordrat meddelande",
    "vidarebefordrat mejl",
    "videresendt melding",
    "videresendt meddelelse",
    "videresendt besked",
    "välitetty viesti",
    "przekazana wiadomość",
    "wiadomość przekazana",
    "přeposlaná zpráva",
    "továbbított üzenet",
    "пересылаемое сообщение",
    "пересланное сообщение",
    "转发的邮件",
    "転送メッセージ",
)
_ORIGINAL = frozenset(
    {
        "original message",
        "original email",
        "original appointment",
        "reply message",
        "ursprüngliche nachricht",
        "originalnachricht",
        "original-nachricht",
        "antwort nachricht",
        "message d'origine",
        "message original",
        "message initial",
        "mensaje original",
        "messaggio originale",
        "oorspronkelijk bericht",
        "origineel bericht",
        "mensagem original",
        "oprindelig meddelelse",
        "original meddelelse",
        "opprinnelig melding",
        "ursprungligt meddelande",
        "originalmeddelande",
        "alkuperäinen viesti",
        "wiadomość oryginalna",
        "oryginalna wiadomość",
        "původní zpráva",
        "eredeti üzenet",
        "исходное сообщение",
        "原始邮件",
        "元のメッセージ",
    }
)
_LABELS = {
    "from": """from, von, de, da, van, fra, från, od, от, от кого, lähettäjä, expéditeur, absender,
        afzender, remetente, odesílatel, kimden, feladó, de la, 发件人, 差出人, 보낸 사람""",
    "sent": """sent, date, gesendet, datum, envoyé, envoyé le, enviado, enviado el, enviada,
        enviada em, fecha, inviato, data, verzonden, sendt, skickat, dato, отправлено, дата,
        wysłano, lähetetty, päivämäärä, odesláno, gönderilme, küldve, trimis, 发送时间, 日期,
        送信日時, 日付, 날짜""",
    "to": """to, an, à, para, a, aan, til, till, кому, do, komu, vastaanottaja, destinataire, pour,
        kime, címzett, către, 收件人, 宛先, 받는 사람""",
    "cc": "cc, kopie, kopia, kopi, cópia, copia, copie, bcc, 抄送",
    "subject": """subject, betreff, betrifft, objet, asunto, oggetto, onderwerp, emne, ämne,
        assunto, тема, temat, aihe, předmět, konu, tárgy, subiect, 主题, 件名, 제목""",
    "other": """reply-to, reply to, antwort an, répondre à, importance, priority, sensitivity,
        attachments, wichtigkeit, vertraulichkeit, anlagen""",
}
_FIELD_OF = {
    " ".join(label.split()): field
    for field, labels in _LABELS.items()
    for label in labels.split(",")
}
FAR_ENOUGH = 2_000  # lines of the owner's above what they pass on
MOST_LINES = 30  # of one header block: a long list of recipients is folded


class Block(NamedTuple):
    """A header block found in a text: its fields by from, sent, to, cc and subject, and the line
    after it."""

    fields: dict[str, str]
    end: int


class Forwarded(NamedTuple):
    """The mail inside: who wrote it, about what and when (as it was written), its text, and what
    the one who passed it on put above it."""

    sender: Address
    subject: str
    date: str
    text: str
    words: str


def forwarded(letter: Letter) -> Forwarded | None:
    """The mail that this one passes on, as an attachment or in its text; None: it is none."""
    inner = letter.forwarded
    if inner is not None:
        date = inner.headers.get("date", "")
        return Forwarded(inner.sender, inner.subject, date, inner.text, letter.text.strip())
    lines = letter.text.split("\n")
    for at, line in enumerate(lines[:FAR_ENOUGH]):
        if is_mark(line):
            return _marked(lines, at)
        block = header_block(lines, at)
        if block is not None:
            inside = _forwarded(lines, at, block)
            return inside if is_forward(letter.subject) or not inside.words else None
    return None


def _marked(lines: list[str], mark: int) -> Forwarded | None:
    below = lines[mark + 1 :]
    first = next((line for line in below if line.strip()), "")
    if first.lstrip().startswith(">"):
        below = [_unquoted(line) for line in below]
    start = next((at for at, line in enumerate(below[:5]) if field_of(line)), None)
    block = None if start is None else header_block(below, start, strict=False)
    if start is None or block is None:
        return None
    found = _forwarded(below, start, block)
    return found._replace(words="\n".join(lines[:mark]).strip())


def _forwarded(lines: list[str], start: int, block: Block) -> Forwarded:
    fields = block.fields
    return Forwarded(
        sender=read_address(fields.get("from", "")),
        subject=fields.get("subject", ""),
        date=fields.get("sent", ""),
        text="\n".join(lines[block.end :]).strip(),
        words=_above(lines, start),
    )


def _above(lines: list[str], end: int) -> str:
    """What stands above, without the line that leads over."""
    while end and (is_drawn(lines[end - 1]) or is_original(lines[end - 1])):
        end -= 1
    return "\n".join(lines[:end]).strip()


def _unquoted(line: str) -> str:
    return line.lstrip().removeprefix(">").removeprefix(" ")


def is_mark(line: str) -> bool:
    """Is it a line that a mail program puts above what is passed on?"""
    bare = line.strip()
    words = bare.strip("-_=*>:. \t\u00a0").casefold()
    if len(bare) > 200 or not words.startswith(_MARKS):
        return False
    return bare[:2] in ("--", "==", "__") or bare.rstrip(" *")[-1:] in (":", "：")


def is_original(line: str) -> bool:
    """Is it a line such as `-----Original Message-----`?"""
    bare = line.strip(" \t\u00a0*")
    if len(bare) > 100 or not bare.startswith(("--", "__", "==")):
        return False
    return bare.strip("-_=*: \t\u00a0").replace("’", "'").casefold() in _ORIGINAL


def is_drawn(line: str) -> bool:
    """Is it blank, or only a line across?"""
    return not line.strip(" \t\u00a0-_=*")


def field_of(line: str) -> str:
    """Which header a line begins, as from, sent, to, cc, subject or other; empty: none."""
    name, colon, _ = line[:60].replace("：", ":").partition(":")
    return _FIELD_OF.get(name.strip(" *\t\u00a0").casefold(), "") if colon else ""


def header_block(lines: Sequence[str], start: int, *, strict: bool = True) -> Block | None:
    """The block that begins on that line. Strictly it has From, Sent and one of To and Subject, and
    no field that only a form would have; else From alone will do."""
    if field_of(lines[start]) not in ("from", "sent", "subject", "to"):
        return None
    fields: dict[str, str] = {}
    last, at = "", start
    end = min(len(lines), start + MOST_LINES)
    while at < end:
        line = lines[at].strip()
        field = field_of(line)
        if not line:
            if at + 1 >= end or not field_of(lines[at + 1]) or field_of(lines[at + 1]) in fields:
                break
        elif field in fields and field == "from":
            break
        elif field:
            fields.setdefault(
                field, line.replace("：", ":", 1).partition(":")[2].strip(" *\t\u00a0")
            )
            last = field
        elif strict and _is_label(line):
            return None
        elif _is_folded(lines, at, last):
            fields[last] = f"{fields[last]} {line}"[:2000].strip()
        else:
            break
        at += 1
    whole = "from" in fields and "sent" in fields and ("to" in fields or "subject" in fields)
    return Block(fields, at) if whole or (not strict and "from" in fields) else None


def _is_folded(lines: Sequence[str], at: int, last: str) -> bool:
    """Does the line go on with the field above it, or does the text begin without a blank line?"""
    if lines[at][:1] in (" ", "\t") or last in ("to", "cc", "from"):
        return True
    return any(field_of(line) for line in lines[at + 1 : at + 3])


def _is_label(line: str) -> bool:
    """`Phone: 0123`: a field of a form, and of no mail."""
    name, colon, _ = line[:30].partition(":")
    return bool(colon) and name.replace(" ", "").isalpha()
