"""What the words of a mail give away."""

from __future__ import annotations

import unicodedata

import pytest

from cxdesk.domain.outgoing import speaks_of_attachment


@pytest.mark.parametrize(
    "text",
    [
        "See the attached invoice.",
        "I have attached it to this mail.",
        "It is attached to this e-mail.",
        "The plan (attachment 2) is new.",
        "Please find enclosed the offer.",
        "For the sizes see the PDF.",
        "Anbei die Rechnung.",
        "Die Masse: siehe Anlage.",
        "Das Angebot finden Sie in der Anlage",
        "Alles steht im PDF-Anhang.",
        "Die Rechnung ist beigefügt.",
        unicodedata.normalize("NFD", "Die Rechnung ist beigefügt."),
        "Die beigefuegte Rechnung",
        "Veuillez trouver ci-joint le devis.",
        "Le devis est en pièce jointe.",
        "Les pièces\njointes disent tout.",
        "Le adjunto la factura.",
        "La factura va adjunta.",
        "La fattura è in allegato.",
        "Vedi l'allegato.",
        "Zie de bijlage.",
        '"Attached" is what you want.',
        "*ATTACHED*: the plan",
    ],
)
def test_a_file_is_promised(text: str) -> None:
    assert speaks_of_attachment(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The shelf is attached to the wall.",
        "Your Anlage runs again.",
        "Die Anlage läuft wieder.",
        "We are unattached.",
        "I saw it.",
        "> See the attached invoice.\nI see no invoice.",
        "Wir hängen es am Freitag auf.",
    ],
)
def test_no_file_is_promised(text: str) -> None:
    assert not speaks_of_attachment(text)
