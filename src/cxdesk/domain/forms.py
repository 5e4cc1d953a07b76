"""Contact forms: the mail is from the website, and the customer stands inside it."""

from __future__ import annotations

from cxdesk.domain.letters import Address, is_plain, read_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cxdesk.domain.letters import Letter

MOST_LINES = 200  # a form's fields stand at its top, or below one long message


def _labels(words: str) -> frozenset[str]:
    return frozenset(" ".join(label.split()) for label in words.split(","))


_EMAIL = _labels(
    """
    email, e-mail, mail, email address, e-mail address, your email, your e-mail, your email address,
    customer email, contact email, email adresse, e-mail adresse, e-mail-adresse, emailadresse,
    mailadresse, ihre e-mail, ihre e-mail-adresse, adresse e-mail, adresse email, adresse mail,
    courriel, votre email, votre e-mail, correo, correo electrónico, correo electronico, tu email,
    e-mailadres, indirizzo email, indirizzo e-mail, e-post, e-postadress, endereço de email,
    endereço de e-mail, reply to, reply-to
    """
)
_NAME = _labels(
    """
    name, your name, full name, customer name, customer, contact name, ihr name, vor- und nachname,
    nom, votre nom, nom complet, nombre, tu nombre, nombre completo, nome, nome completo, naam,
    uw naam, namn, navn
    """
)
_FIRST = _labels("first name, vorname, prénom, nombre de pila, voornaam, förnamn, fornavn")
_LAST = _labels(
    """
    last name, surname, family name, nachname, apellido, apellidos, cognome, nom de famille,
    achternaam, efternamn, etternavn
    """
)
_FROM = _labels("from, von, de, da, van, fra, från, sender, absender")


def customer_of(
    letter: Letter, forms: frozenset[str], own: frozenset[str] = frozenset()
) -> Address | None:
    """Who filled in the form; None when the letter is not from one of `forms`.

    `forms` and `own` are addresses in lower case. Without an address in it the e-mail is empty, and
    the customer is an unknown sender: never the form, or all its customers would be one.
    """
    if letter.sender.email.lower() not in forms:
        return None
    taken = forms | own
    fields = _fields(letter.text)
    if is_plain(letter.reply_to) and letter.reply_to.lower() not in taken:
        return Address(_reply_name(letter) or _name(fields), letter.reply_to)
    for label, value in fields:
        written = read_address(value)
        if label in _EMAIL | _FROM and written.email and written.email.lower() not in taken:
            return Address(_name(fields) or written.name, written.email)
    return Address(_name(fields), "")


def _reply_name(letter: Letter) -> str:
    written = read_address(letter.headers.get("reply-to", ""))
    return written.name if written.email.lower() == letter.reply_to.lower() else ""


def _name(fields: list[tuple[str, str]]) -> str:
    for label, value in fields:
        if label in _NAME and value and "@" not in value:
            return value
    parts = [_first_of(fields, labels) for labels in (_FIRST, _LAST)]
    whole = " ".join(part for part in parts if part)
    if whole:
        return whole
    return read_address(_first_of(fields, _FROM)).name


def _first_of(fields: list[tuple[str, str]], labels: frozenset[str]) -> str:
    return next((value for label, value in fields if label in labels and value), "")


def _fields(text: str) -> list[tuple[str, str]]:
    """Every `Label: value` line, the label in lower case; a value may stand on the next line."""
    lines = [line.strip() for line in text.split("\n", MOST_LINES)[:MOST_LINES]]
    fields = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        label, colon, value = line.partition(":")
        label = " ".join(label.strip(" *-•>_\t").lower().split())
        if len(label) <= 30 and (colon or label in _EMAIL | _NAME):
            value = " ".join(value.strip(" *\t").split())
            if not value and ":" not in following:
                value = following
            fields.append((label, value[:200]))
    return fields
