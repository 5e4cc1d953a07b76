"""Is a machine writing?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.domain import automatic
from cxdesk.domain.letters import Address, Letter, Report

OWN = frozenset({"hello@shop.example"})


def letter(sender: str = "ann@example.com", **fields: Any) -> Letter:
    said = {"message_id": "<a@a.example>", "subject": "Shelf", "text": "Hi", **fields}
    return Letter(sender=Address("", sender), **said)


def report(kind: str = "bounce", status: str = "5.1.1", said: str = "") -> Report:
    return Report(kind, "bob@example.com", status, said)


class TestAutomaticMail:
    @pytest.mark.parametrize(
        "headers, expected",
        [
            ({}, False),
            ({"auto-submitted": "auto-generated"}, True),
            ({"auto-submitted": "auto-replied (vacation)"}, True),
            ({"auto-submitted": 'Auto-Notified; owner-email="a@b.example"'}, True),
            ({"auto-submitted": "no"}, False),
            ({"auto-submitted": " No "}, False),
            ({"auto-submitted": "no; really"}, False),
            ({"auto-submitted": ""}, False),
            ({"precedence": "bulk"}, True),
            ({"precedence": "Junk"}, True),
            ({"precedence": "list"}, True),
            ({"precedence": "first-class"}, False),
            ({"precedence": "normal"}, False),
            ({"x-auto-response-suppress": "All"}, True),
            ({"x-auto-response-suppress": "DR, OOF, AutoReply"}, True),
            ({"x-auto-response-suppress": "None"}, False),
            ({"list-id": "<list.example.com>"}, True),
            ({"list-unsubscribe": "<mailto:x@b.example>"}, True),
            ({"list-post": "NO"}, True),
            ({"listen": "x"}, False),
            ({"return-path": "<>"}, True),
            ({"return-path": ""}, True),
            ({"return-path": "< >"}, True),
            ({"return-path": "<MAILER-DAEMON>"}, True),
            ({"return-path": "<ann@example.com>"}, False),
            ({"x-autoreply": "yes"}, True),
            ({"x-autoreply": "no"}, False),
            ({"x-autorespond": "Re: Shelf"}, True),
            ({"x-mailer": "auto-generated"}, False),
        ],
    )
    def test_is_known_by_its_headers(self, headers: dict[str, str], expected: bool) -> None:
        assert automatic.is_automatic(letter(headers=headers), OWN) is expected

    @pytest.mark.parametrize(
        "sender, expected",
        [
            ("noreply@example.com", True),
            ("No-Reply@example.com", True),
            ("no_reply@example.com", True),
            ("do.not.reply@example.com", True),
            ("donotreply+123@example.com", True),
            ("noreply-orders@example.com", True),
            ("orders-noreply@example.com", True),
            ("nicht-antworten@example.de", True),
            ("ne-pas-repondre@example.fr", True),
            ("MAILER-DAEMON@example.com", True),
            ("hello@shop.example", True),
            ("Hello@Shop.example", True),
            ("ann@noreply.example", False),
            ("reply@example.com", False),
            ("noah.replyton@example.com", False),
            ("ann+noreply@example.com", False),
            ("", False),
        ],
    )
    def test_is_known_by_its_sender(self, sender: str, expected: bool) -> None:
        assert automatic.is_automatic(letter(sender), OWN) is expected

    def test_a_report_is_never_answered(self) -> None:
        assert automatic.is_automatic(letter(report=report()), OWN)
        assert automatic.is_automatic(letter(report=report("complaint")), OWN)

    def test_a_contact_form_is_automatic(self) -> None:
        form = letter(
            "form@myshop.example",
            reply_to="cust@c.example",
            subject="New message from contact form",
            headers={"auto-submitted": "auto-generated", "precedence": "bulk"},
        )

        assert automatic.is_automatic(form, OWN)
        assert not automatic.is_away(form), "it is what a customer said"


class TestOutOfOffice:
    @pytest.mark.parametrize(
        "subject",
        [
            "Out of Office",
            "Out of office: Re: Invoice",
            "Out of Office AutoReply: Invoice",
            "OUT OF OFFICE - Invoice",
            "Out of office until Monday",
            "Out of the office from 3 to 7 May",
            "Out-of-office",
            "OOO: Invoice",
            "I'm out of the office",
            "I’m out of the office until Monday",
            "Currently out of the office",
            "Automatic reply: Invoice",
            "Automatic reply from Ann Lee",
            "Auto-Reply: Invoice",
            "[Auto-Reply] Invoice",
            "Auto response: Invoice",
            "Autoreply",
            "Vacation reply",
            "Automatische Antwort: Rechnung",
            "Abwesenheitsnotiz",
            "Abwesenheitsnotiz: Rechnung",
            "Abwesend bis 3. Mai",
            "Réponse automatique : Facture",
            "Réponse automatique\xa0: Facture",
            "Absent du bureau jusqu'au 3 mai",
            "Message d’absence",
            "Respuesta automática: Factura",
            "Fuera de la oficina",
            "Risposta automatica: R: Fattura",
            "Fuori ufficio fino al 3 maggio",
            "Automatisch antwoord: Rekening",
            "Afwezig: Rekening",
            "Resposta automática: Fatura",
            "Fora do escritório",
            "Autosvar: Faktura",
            "Automatisk svar: Faktura",
            "Automaattinen vastaus: Lasku",
            "Automatyczna odpowiedź: Faktura",
            "Автоматический ответ: Счёт",
            "自動返信: Invoice",
            "自动回复：Invoice",
        ],
    )
    def test_is_known_by_its_subject(self, subject: str) -> None:
        assert automatic.is_away(letter(subject=subject))
        assert automatic.is_automatic(letter(subject=subject), OWN)

    @pytest.mark.parametrize(
        "subject",
        [
            "Out of office chairs",
            "Out of office supplies again",
            "Automatic reply system for my shop",
            "Automatic door broken",
            "Autoresponder question",
            "Auto: Frage zum Leasing",
            "OOOps, wrong invoice",
            "Question about out of office replies",
            "Re: Out of office: Invoice",  # a person answers a machine
            "AW: Automatische Antwort: Rechnung",
            "Automatische Antworten einrichten",
            "Abwesenheitsnotizen vorlesen",
            "Fuori sedere",
            "Out",
            "",
        ],
    )
    def test_is_not_a_persons_subject(self, subject: str) -> None:
        assert not automatic.is_away(letter(subject=subject))
        assert not automatic.is_automatic(letter(subject=subject), OWN)

    @pytest.mark.parametrize(
        "headers, expected",
        [
            ({"auto-submitted": "auto-replied"}, True),
            ({"auto-submitted": "Auto-Replied; x=y"}, True),
            ({"auto-submitted": "auto-generated"}, False),  # also desks on which people answer
            ({"x-autoreply": "yes"}, True),
            ({"x-autorespond": "on holiday"}, True),
            ({"precedence": "auto_reply"}, True),
            ({"precedence": "bulk"}, False),
        ],
    )
    def test_is_known_by_its_headers(self, headers: dict[str, str], expected: bool) -> None:
        assert automatic.is_away(letter(headers=headers)) is expected

    def test_a_bounce_is_none(self) -> None:
        bounced = letter(report=report(), headers={"auto-submitted": "auto-replied"})

        assert not automatic.is_away(bounced)

    @given(st.text())
    def test_any_subject_can_be_asked(self, subject: str) -> None:
        assert automatic.is_away(letter(subject=f"Out of office: {subject}"))


class TestUnsubscribing:
    @pytest.mark.parametrize(
        "subject, expected",
        [
            ("unsubscribe", True),
            ("Unsubscribe", True),
            ("Re: unsubscribe", True),
            ("unsubscribe [OAK-42]", True),
            ("[OAK-42] Unsubscribe.", True),
            ("Please unsubscribe my husband", False),
            ("unsubscribe me from the newsletter, and where is my shelf?", False),
            ("Unsubscribed?", False),
            ("", False),
        ],
    )
    def test_is_the_one_word_of_our_header(self, subject: str, expected: bool) -> None:
        assert automatic.is_unsubscribe(letter(subject=subject)) is expected


class TestReports:
    @pytest.mark.parametrize(
        "status, expected",
        [
            ("5.1.0", True),
            ("5.1.1", True),
            ("5.1.2", True),
            ("5.1.3", True),
            ("5.1.4", True),
            ("5.1.6", True),
            ("5.1.10", True),  # the domain takes no mail at all
            ("5.1.5", False),  # the address is valid
            ("5.1.7", False),  # the sender's address
            ("5.1.8", False),
            ("5.1.9", False),
            ("5.2.1", False),  # may be opened again
            ("5.2.2", False),  # full
            ("5.3.4", False),  # too large
            ("5.4.4", False),  # no way there
            ("5.7.1", False),
            ("5.7.26", False),
            ("4.1.1", False),
            ("2.1.5", False),
            ("5.1", False),
            ("5.1.1.1", False),
            ("5.1.x", False),
            ("5.1." + "1" * 9000, False),
            ("", False),
        ],
    )
    def test_only_a_failure_of_the_address_is_for_good(self, status: str, expected: bool) -> None:
        assert automatic.is_permanent(report(status=status)) is expected

    @pytest.mark.parametrize(
        "status, said, expected",
        [
            ("", "smtp; 550 5.1.1 <bob@example.com>: no such user", True),
            ("", "550-5.1.1 The account does not exist", True),
            ("5.0.0", "smtp; 550 #5.1.1 unknown", True),
            ("5.0.0", "smtp; 552 5.2.2 full", False),
            ("5.7.1", "smtp; 550 5.1.1 no such user", False),  # what is said for sure counts
            ("", "host 5.1.1.1 said no", False),
            ("", "550 no such user", False),
            ("5.0.0", "", False),
        ],
    )
    def test_where_the_status_says_nothing_the_servers_words_do(
        self, status: str, said: str, expected: bool
    ) -> None:
        assert automatic.is_permanent(report(status=status, said=said)) is expected

    @pytest.mark.parametrize("kind", ["delayed", "delivered", "complaint"])
    def test_what_is_no_bounce_marks_no_address(self, kind: str) -> None:
        assert not automatic.is_permanent(report(kind))
