"""Is a machine writing? No machine is answered by a machine; but nothing is hidden for it either:
contact forms and shop orders are sent by machines too.
"""

from __future__ import annotations

from cxdesk.domain.letters import base_subject, is_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cxdesk.domain.letters import Letter, Report

_NOBODY = ("", "<>", "<mailer-daemon>")  # return paths
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_NO_ANSWER = (
    "noreply",
    "donotreply",
    "dontreply",
    "noresponse",
    "neverreply",
    "nichtantworten",
    "keineantwort",
    "nepasrepondre",
    "noresponder",
    "norispondere",
    "nonrispondere",
    "naoresponda",
    "nietbeantwoorden",
    "mailerdaemon",
)
_AUTOREPLY = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoresponder", "x-autoreply-from")
# How an absence begins a subject. What comes after it decides: "Out of office chairs" is a person.
_AWAY = (
    "out of office",
    "out of the office",
    "out-of-office",
    "ooo",
    "i am out of office",
    "i am out of the office",
    "i'm out of the office",
    "i am currently out of the office",
    "i'm currently out of the office",
    "currently out of the office",
    "away from my desk",
    "away from the office",
    "automatic reply",
    "automatic response",
    "automated reply",
    "automated response",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponse",
    "autoresponder",
    "vacation reply",
    "vacation response",
    "automatische antwort",
    "autom. antwort",
    "automatische rückantwort",
    "abwesenheitsnotiz",
    "abwesenheitsnachricht",
    "abwesenheitsmeldung",
    "abwesenheitsassistent",
    "abwesenheit",
    "abwesend",
    "nicht im büro",
    "außer haus",
    "réponse automatique",
    "reponse automatique",
    "absence du bureau",
    "absent du bureau",
    "absente du bureau",
    "message d'absence",
    "notification d'absence",
    "respuesta automática",
    "respuesta automatica",
    "fuera de la oficina",
    "fuera de oficina",
    "risposta automatica",
    "fuori sede",
    "fuori ufficio",
    "fuori dall'ufficio",
    "automatisch antwoord",
    "automatische reactie",
    "automatische beantwoording",
    "afwezigheidsbericht",
    "afwezigheidsassistent",
    "afwezig",
    "niet op kantoor",
    "resposta automática",
    "resposta automatica",
    "fora do escritório",
    "ausente do escritório",
    "autosvar",
    "automatiskt svar",
    "automatisk svar",
    "frånvaromeddelande",
    "ikke til stede",
    "fravær",
    "automaattinen vastaus",
    "poissa toimistosta",
    "automatyczna odpowiedź",
    "poza biurem",
    "automatická odpověď",
    "automatikus válasz",
    "otomatik yanıt",
    "автоматический ответ",
    "автоответ",
    "自动回复",
    "自動返信",
    "不在通知",
    "자동 회신",
)
_ABSENCES = tuple(words.casefold() for words in _AWAY)
# Words after which it is one still: "Out of office until Monday", "Automatic reply to your mail".
_THEN = """
    autoreply auto-reply auto message notification notice reply response re until till from to for
    on this today back between returning and notiz bis ab vom von zwischen am auf jusqu'au jusqu'à
    du de à hasta del desde a fino dal al per tot van vanaf op t/m até em para til fra från
"""
_AFTER = frozenset(_THEN.split())


def is_automatic(letter: Letter, own: frozenset[str]) -> bool:
    """Must we not answer it by ourselves? `own`: our addresses in lower case."""
    return (
        letter.report is not None
        or is_own(letter, own)
        or _says_automatic(letter.headers)
        or is_no_reply(letter.sender.email)
        or is_away(letter)
    )


def is_away(letter: Letter) -> bool:
    """Is it an answer that a machine gave, such as an out-of-office note? On a known thread that is
    an event, and not the customer's answer."""
    if letter.report is not None:
        return False
    headers = letter.headers
    return (
        _first_word(headers.get("auto-submitted", "")) == "auto-replied"
        or _first_word(headers.get("precedence", "")) == "auto_reply"
        or any(_is_set(headers.get(name, "")) for name in _AUTOREPLY)
        or _is_away_subject(letter.subject)
    )


def _says_automatic(headers: dict[str, str]) -> bool:
    return (
        _first_word(headers.get("auto-submitted", "no")) not in ("", "no")
        or _first_word(headers.get("precedence", "")) in _BULK
        or _first_word(headers.get("x-auto-response-suppress", "")) not in ("", "none")
        or headers.get("return-path", "<x>").replace(" ", "").lower() in _NOBODY
        or any(name.startswith("list-") for name in headers)
    )


def _first_word(value: str) -> str:
    """`auto-replied` of `Auto-Replied; owner-email="x"` and of `auto-replied (vacation)`."""
    words = value.replace(";", " ").replace(",", " ").split()
    return words[0].lower() if words else ""


def _is_set(value: str) -> bool:
    return value.strip().lower() not in ("", "no", "false", "0")


def is_no_reply(address: str) -> bool:
    """Does the address itself say that nobody reads it?"""
    local = address.rpartition("@")[0].partition("+")[0].lower()
    bare = "".join(letter for letter in local if letter.isalnum())
    return bare.startswith(_NO_ANSWER) or bare.endswith(_NO_ANSWER)


def _is_away_subject(subject: str) -> bool:
    text = " ".join(subject.replace("’", "'").split()).casefold().lstrip("[(*<- ")
    return any(text.startswith(words) and _ends_there(text[len(words) :]) for words in _ABSENCES)


def _ends_there(rest: str) -> bool:
    if not rest or rest[0] in ":：-–—()[]!.,/;|*>":
        return True
    words = rest.split()
    return rest[0] == " " and (words[0].strip(":.,") in _AFTER or not words[0][0].isalpha())


def is_unsubscribe(letter: Letter) -> bool:
    """Is it what our List-Unsubscribe header makes: the one word, perhaps with a token?"""
    return base_subject(letter.subject).casefold().strip(" .!\"'") == "unsubscribe"


# RFC 3463, 3.2, and RFC 7505: what a 5.1.x failure says of the recipient's address. The others
# (5: valid, 7 and 8: the sender's, 9: the way there) say nothing against it.
_NO_SUCH_ADDRESS = {
    0: "something about the address",
    1: "no such mailbox",
    2: "no such domain",
    3: "not an address at all",
    4: "several mailboxes have it",
    6: "moved away, leaving no address",
    10: "the domain takes no mail",
}


def is_permanent(report: Report) -> bool:
    """Will mail to that address never arrive? Only a failure of the address itself says so: a full
    mailbox (5.2.2) may be emptied, and a refusal by policy (5.7.x) is about the mail."""
    if report.kind != "bounce":
        return False
    status = _status(report.status)
    if status is None or status[1:] == (0, 0):
        status = next(filter(None, map(_status, report.said.replace("-", " ").split())), status)
    return status is not None and status[:2] == (5, 1) and status[2] in _NO_SUCH_ADDRESS


def _status(text: str) -> tuple[int, int, int] | None:
    """`5.1.1` as numbers, also out of `#5.1.1` and `(5.1.1)`; None for anything else."""
    parts = text.strip("#()[]<>:;,.").split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    kind, subject, detail = (int(part[:4]) for part in parts)
    return (kind, subject, detail) if kind in (2, 4, 5) else None
