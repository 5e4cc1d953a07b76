"""Contact forms: who filled them in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.domain.forms import customer_of
from cxdesk.domain.letters import Address, Letter

FORMS = frozenset({"form@myshop.example"})
OWN = frozenset({"hello@myshop.example"})
ANN = Address("Ann Lee", "ann@example.com")


def form(
    text: str = "I want to buy.", sender: str = "form@myshop.example", **fields: Any
) -> Letter:
    return Letter("<k30@x>", Address("My shop", sender), "New message", text, **fields)


class TestReplyTo:
    @pytest.mark.parametrize(
        "reply_to, header, customer",
        [
            ("cust@c.example", "Customer <cust@c.example>", Address("Customer", "cust@c.example")),
            ("cust@c.example", "Bo <Cust@C.example>", Address("Bo", "cust@c.example")),
            ("cust@c.example", "", Address("", "cust@c.example")),
            ("cust@c.example", "Other <o@d.example>", Address("", "cust@c.example")),
            ("form@myshop.example", "", Address("", "")),
            ("Hello@MyShop.example", "", Address("", "")),
        ],
    )
    def test_is_the_customer_when_it_is_neither_ours_nor_the_form(
        self, reply_to: str, header: str, customer: Address
    ) -> None:
        mail = form(reply_to=reply_to, headers={"reply-to": header})

        assert customer_of(mail, FORMS, OWN) == customer

    def test_a_name_of_the_form_goes_with_it(self) -> None:
        mail = form("Name: Ann Lee\nMessage: hi", reply_to="ann@example.com")

        assert customer_of(mail, FORMS, OWN) == ANN

    def test_other_senders_are_no_forms(self) -> None:
        text = "Email: ann@example.com"

        assert customer_of(form(text, sender="ann@example.com"), FORMS, OWN) is None
        assert customer_of(form(text, sender=""), FORMS, OWN) is None
        assert customer_of(form(text), frozenset(), OWN) is None

    def test_the_form_is_known_in_any_case(self) -> None:
        mail = form(sender="Form@MyShop.example", reply_to="ann@example.com")

        assert customer_of(mail, FORMS, OWN) == Address("", "ann@example.com")


class TestFields:
    @pytest.mark.parametrize(
        "text",
        [
            "Name: Ann Lee\nEmail: ann@example.com\nMessage: hi",
            "Your name : Ann Lee\nYour email : ann@example.com\n\nhi",
            "From: Ann Lee <ann@example.com>\nSubject: Shelf\n\nMessage Body:\nhi",
            "*Name:* Ann Lee\n*E-Mail:* ann@example.com <ann@example.com>\nhi",
            "Name\nAnn Lee\n\nEmail\nann@example.com\n\nMessage\nhi",
            "Name:\nAnn Lee\nEmail address:\nann@example.com\n",
            "First name: Ann\nLast name: Lee\nE-mail: ann@example.com",
            "Vorname: Ann\nNachname: Lee\nE-Mail-Adresse: ann@example.com",
            "Nom : Ann Lee\nCourriel : ann@example.com",
            "Nombre: Ann Lee\nCorreo electrónico: ann@example.com",
            "Naam: Ann Lee\nE-mailadres: ann@example.com",
            "Nome: Ann Lee\nIndirizzo email: ann@example.com",
            "Email: form@myshop.example\nReply-To: ann@example.com\nName: Ann Lee",
            "Email: Hello@MyShop.example\nE-mail: Ann Lee <ann@example.com>",
            "Name: Ann Lee\r\nEmail: mailto:ann@example.com\r\n",
            "- Name: Ann Lee\n- Email: ann@example.com.",
        ],
    )
    def test_are_read_in_many_words(self, text: str) -> None:
        assert customer_of(form(text), FORMS, OWN) == ANN

    @pytest.mark.parametrize(
        "text",
        [
            "I want to buy. Write to me, ann@example.com",  # no field: it may be anybody's
            "Email: none",
            "Email:\n\nhi",
            "Email: hello@myshop.example",
            "",
        ],
    )
    def test_without_an_address_it_is_an_unknown_sender_and_never_the_form(self, text: str) -> None:
        assert customer_of(form(text), FORMS, OWN) == Address("", "")

    def test_a_name_alone_is_kept(self) -> None:
        assert customer_of(form("Name: Ann Lee\nPhone: 1"), FORMS, OWN) == Address("Ann Lee", "")

    def test_an_empty_name_is_not_the_next_field(self) -> None:
        text = "Name:\nPhone: 0123\nEmail: ann@example.com"

        assert customer_of(form(text), FORMS, OWN) == Address("", "ann@example.com")

    def test_the_first_address_counts(self) -> None:
        text = "Email: ann@example.com\nMessage: my sister writes\nEmail: zoe@example.com"

        assert customer_of(form(text), FORMS, OWN) == Address("", "ann@example.com")

    @given(st.text(alphabet="Email: @.\nName-x,<>", max_size=80), st.text(max_size=20))
    def test_whatever_is_typed_the_form_is_never_the_customer(self, text: str, to: str) -> None:
        found = customer_of(form(text, reply_to=to), FORMS, OWN)

        assert found is not None
        assert found.email.lower() not in FORMS | OWN
        assert "\n" not in found.name + found.email
