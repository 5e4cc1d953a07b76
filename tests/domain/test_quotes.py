"""What is cut off a reply, and above all what is not."""

from __future__ import annotations

import email
import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxdesk.domain.quotes import DELIMITER, reply_of, split
from cxdesk.mail.html_text import html_text

TALON = os.path.join(os.path.dirname(__file__), "..", "data", "mail", "talon")
HELLO = {
    "iphone.eml": "Hello\n\nSent from my iPhone",
    "sparrow.eml": "Hello \n\n-- \nxxx\nSent with Sparrow (http://www.sparrowmailapp.com/?sig)",
    # An answer below a quote may be an answer inside one.
    "thunderbird.eml": "On 04/02/2012 06:26 PM, Megan One wrote:\n> Hi \nHello",
}
ALEX = ["Hi. I am fine.", "Thanks,", "Alex"]


def names(folder: str) -> list[str]:
    found = sorted(os.listdir(os.path.join(TALON, folder)))
    return [name for name in found if "." in name]


def contents(folder: str, name: str) -> bytes:
    with open(os.path.join(TALON, folder, name), "rb") as file:
        return file.read()


class TestRealReplies:
    @pytest.mark.parametrize("name", names("standard_replies"))
    def test_plain_text_of_the_usual_mail_programs(self, name: str) -> None:
        part = next(
            part
            for part in email.message_from_bytes(contents("standard_replies", name)).walk()
            if part.get_content_type() == "text/plain"
        )
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)

        assert reply_of(payload.decode(part.get_content_charset() or "utf-8")) == HELLO.get(
            name, "Hello"
        )

    @pytest.mark.parametrize("name", names("html_replies"))
    def test_html_of_the_usual_mail_programs(self, name: str) -> None:
        reply, rest = split(html_text(contents("html_replies", name).decode("utf-8", "replace")))

        assert [line for line in reply.split("\n") if line] == ALEX
        assert "How are you?" in rest


ATTRIBUTIONS = [
    "On Mon, Apr 2, 2012 at 6:26 PM, Megan One <xxx@gmail.com> wrote:",
    "On 04/19/2011 07:10 AM, Roman Tkachenko wrote:",
    "On 11-Apr-2011, at 6:54 PM, Roman Tkachenko <romant@example.com> sent:",
    ' On Mar 8, 2012 9:59 AM, "Example.com" <\nr+7f1b094ceb90e18cca93d5@example.com> wrote:',
    "On Thu, Aug 19, 2021 at 2:07 PM Tejaswini from Email <\ntejaswini@example.com> wrote:",
    "On Nov 30, 2011, at 12:47 PM, Somebody <\n416ffd3258d4d2fa4c85cfa@a.example\n>\nwrote:",
    "------On 12/29/1987 17:32 PM, Julius Caesar wrote-----",
    "Am 03.05.2026 um 10:12 schrieb Ann Lee:",
    "Am Mo., 3. Mai 2026 um 10:12 Uhr schrieb Ann Lee <ann@example.com>:",
    "Am 3. Mai 2026 um 10:12 schrieb\nAnn Lee <ann@example.com>:",
    "Le 23 janv. 2015 à 22:03, Brendan <brendan@example.com> a écrit :",
    "Le 23 janv. 2015 à 22:03, Brendan <brendan@example.com>\na écrit :",
    "El lun, 3 may 2026 a las 10:12, Ann Lee (<ann@example.com>) escribió:",
    "Il giorno lun 3 mag 2026 alle ore 10:12 Ann Lee <ann@example.com> ha scritto:",
    "Il 03/05/2026 10:12, Ann Lee ha scritto:",
    "Op 13-02-2014 3:18 schreef Julius Caesar <pantheon@rome.example>:",
    "Op 17-feb.-2015, om 13:18 heeft Julius Caesar <a@b.example> het volgende geschreven:",
    "Den 14 september, 2015 02:23:18, Valentino Rudy (valentino@rudy.example) skrev:",
    "På 14 september 2015 på 02:23:18, Valentino Rudy (valentino@rudy.example) skrev:",
    "Em seg., 3 de mai. de 2026 às 10:12, Ann <ann@example.com> escreveu:",
    "W dniu 28 stycznia 2015 01:53 użytkownik Zoe <zoe@example.com>\nnapisał:",
    '02.04.2012 14:20 пользователь "bob@example.com" <\nbob@example.com> написал:',
    '26.06.2014, 14:41, "Alexander L" <abc@example.com>:',
    "2014-10-17 11:28 GMT+03:00 Postmaster <\npostmaster@sandbox.mailgun.example>:",
    "Thu, 26 Jun 2014 14:00:51 +0400 от Alexander L <abc@example.com>:",
    "Ann Lee <ann@example.com> writes:",
    "Ann Lee wrote:",
    "You wrote:",
    "*Anna Maria Lee wrote:* ",
    "Thu, 26 Jun 2014 14:00 Ann <ann@example.com>:",
    "No dia 3/05/2026, às 10:12, Ann Lee <ann@example.com> escreveu:",
    "Dne 3. 5. 2026 v 10:12 Ann Lee napsal(a):",
    "pon., 3 maj 2026 o 10:12 Ann Lee <ann@example.com> napisał(a):",
    "man. 3. mai 2026 kl. 10:12 skrev Ann Lee <ann@example.com>:",
    "2026年5月3日(日) 10:12 Ann Lee <ann@example.com>:",
    "On Tue, 3 Nov, Ann Lee <ann@example.com> wrote:",
]
TO_THE_END = [
    "> Hi",
    "\n> Hi\n>\n> Roman",
    "\n\n>\n> Hi\n> > older\n>\n",
    "> Hi\n\n> a second paragraph\n\n\n",
    ">Hi\n>> older",
    " \n \t\n> Hi\n \n\u00a0\n> older\n ",
]


class TestAnAttributionLineWithAQuoteToTheEnd:
    @pytest.mark.parametrize("quote", TO_THE_END)
    @pytest.mark.parametrize("attribution", ATTRIBUTIONS)
    def test_is_cut_with_the_quote(self, attribution: str, quote: str) -> None:
        reply, rest = split(f"Yes, please.\n\nRegards, Ann\n\n{attribution}\n{quote}")

        assert reply == "Yes, please.\n\nRegards, Ann"
        assert rest.lstrip().startswith(attribution.strip().split("\n")[0].strip())

    @pytest.mark.parametrize("attribution", ATTRIBUTIONS)
    def test_stays_when_something_is_answered_below(self, attribution: str) -> None:
        text = f"Yes, please.\n\n{attribution}\n> Delivered?\nNot yet.\n> Paid?\nYes."

        assert reply_of(text) == text

    @pytest.mark.parametrize("attribution", ATTRIBUTIONS)
    def test_stays_when_no_quote_follows(self, attribution: str) -> None:
        text = f"Your colleague promised it:\n\n{attribution}\n\nWe pay it back.\n\nWhere is it?"

        assert reply_of(text) == text

    def test_is_cut_without_marks_where_a_mail_server_lost_them(self) -> None:
        text = (
            "Lorem\n\nLe 23 janv. 2015 à 22:03, Bo <bo@example.com<mailto:bo@example.com>> a écrit:"
            "\n\nBonjour!"
        )

        assert reply_of(text) == "Lorem"

    @pytest.mark.parametrize(
        "line",
        ["On it, will take 3 days", "3 would do", "On Friday at 10:30", "Le 3 me va", "Am I late?"],
    )
    def test_a_line_of_theirs_just_above_stays(self, line: str) -> None:
        assert reply_of(f"{line}\nAnn Lee <ann@b.example> wrote:\n> When?") == line

    @pytest.mark.parametrize("line", ["Money sent", "Look at what ann@b.example sent", "As I said"])
    def test_a_line_that_leads_to_nothing_is_theirs(self, line: str) -> None:
        assert reply_of(f"Hi\n{line}\n> When?\n> And how?") == f"Hi\n{line}"

    def test_is_cut_with_a_signature_below_blank_lines_with_spaces(self) -> None:
        assert reply_of("Yes.\n\nAnn wrote:\n> When?\n \n\t\n-- \nBo") == "Yes."

    def test_is_cut_with_the_signature_that_stands_below(self) -> None:
        text = (
            "Yes, I am providing you steps\n\nOn Thu, Aug 19, 2021 at 2:07 PM Tejaswini <\n"
            "tejaswini@example.com> wrote:\n\n> Any update on this?\n>\n>\n\n--\n* Sony Mathew*\n"
            "Software developer\n*Mob:9999999999"
        )

        assert reply_of(text) == "Yes, I am providing you steps"

    def test_is_cut_below_a_text_that_quotes_something_itself(self) -> None:
        text = "You asked:\n> Which size?\n40 cm.\n\nOn 3 May 2026, Ann <a@b.example> wrote:\n> Hm"

        assert reply_of(text) == "You asked:\n> Which size?\n40 cm."

    def test_is_cut_where_a_long_quoted_line_was_broken(self) -> None:
        long = "> To the one who has waited for so very long: the shelf is in the"
        text = f"Thanks!\n\nAnn wrote:\n{long}\nworkshop now\n> and done on Friday."

        assert reply_of(text) == "Thanks!"


class TestATrailingQuote:
    @pytest.mark.parametrize(
        "text, reply",
        [
            ("Thanks!\n> It is done.", "Thanks!"),
            ("Thanks!\n\n> It is\n>\n> done.\n\n", "Thanks!"),
            ("Hello\n> On 22 Aug 2015, at 19:21, Bo <bo@b.example> wrote:\n>\n> Hi!", "Hello"),
            (
                "Hello\n\n> Subject: Test\n> From: bob@b.example\n> Date: Mon, 2 Apr\n>\n> Hi\n",
                "Hello",
            ),
            ("Hello\r\n\r\nOn 3 May 2026, Bo wrote:\r\n> Hi\r\n", "Hello"),
        ],
    )
    def test_is_cut(self, text: str, reply: str) -> None:
        assert reply_of(text) == reply

    @pytest.mark.parametrize(
        "text",
        [
            "> Delivered?\nNot yet.\n> Paid?",  # answered between
            "> Delivered?\nNot yet.",
            "Visit us now...\n>>> >>>  http://www.example.com <<<\nVisit our site by the link",
            "How many can you make?\n> 50 would be best",
            "I get this error:\n\n> Payment refused\n> Code 12",
            "-->\nlook",
            "> only a quote",
            "On 3 May 2026, Ann wrote:\n> only a quote",
        ],
    )
    def test_is_not_what_has_an_answer_or_nothing_above(self, text: str) -> None:
        assert reply_of(text) == text


HEADERS = [
    "From: somebody@example.com\nSent: March-19-11 5:42 PM\nTo: Somebody\nSubject: Your Loop",
    "From: Bo\nDate: Mon, 2 Apr 2012\nTo: a@b.example; c@d.example;\n e@f.example\nSubject: Test",
    "Date: Thu, 26 Jun 2014 13:53:45 +0400\nSubject: Test\nFrom: abc@example.com\nTo: alex",
    "*From:* bob@example.com [mailto:\nbob@example.com]\n*Sent:* Wednesday\n*To:* t@b.example",
    "Von: somebody@example.com\nGesendet: Dienstag, 25. November 2014 14:59\nAn: Sie\nBetreff: Re",
    "De : Brendan [mailto:b@b.example]\nEnvoyé : vendredi 23 janvier\nÀ : Camille\nObjet : Suivi",
    "De: Ann\nEnviado: lunes, 3 de mayo\nPara: Bo\nAsunto: Factura",
    "De: Ann\nEnviado el: lunes, 3 de mayo\nPara: Bo\nAsunto: Factura",
    "Da: Ann\nInviato: lunedì 3 maggio\nA: Bo\nOggetto: Fattura",
    "Van: Ann\nVerzonden: maandag 3 mei\nAan: Bo\nOnderwerp: Rekening",
    "Fra: somebody@example.com\nSendt: 19. march 2011 12:10\nTil: Somebody\nEmne: Your Loop",
    "Från: Anno [mailto:a@b.example]\nSkickat: den 26 augusti\nTill: Leiff\nÄmne: RE: Week 36",
    "De: Ann\nEnviada em: segunda-feira\nPara: Bo\nAssunto: Fatura",
    "От: Alexander L\nОтправлено: четверг\nКому: Alex\nТема: Счёт",
]


class TestWhatOutlookPutsAboveAQuote:
    @pytest.mark.parametrize("drawn", ["", "________________________________\n", "-----\n\n"])
    @pytest.mark.parametrize("headers", HEADERS)
    def test_a_block_of_headers_is_cut_in_a_reply(self, headers: str, drawn: str) -> None:
        assert reply_of(f"Hello\n\n{drawn}{headers}\n\nHi dan,\n\nbye") == "Hello"

    @pytest.mark.parametrize("headers", HEADERS)
    @pytest.mark.parametrize("subject", ["Fwd: Test", "WG: Test", "TR : Test", "FW: Re: Test"])
    def test_a_block_stays_in_a_mail_that_is_passed_on(self, headers: str, subject: str) -> None:
        text = f"FYI\n\n{headers}\n\nHi dan,"

        assert reply_of(text, subject) == text

    @pytest.mark.parametrize("headers", HEADERS)
    def test_a_block_alone_stays(self, headers: str) -> None:
        text = f"{headers}\n\nHi dan,"

        assert reply_of(text) == text

    @pytest.mark.parametrize(
        "form",
        [
            "From: Ann\nEmail: ann@b.example\nPhone: 0123\nSubject: Shelf\n\nHow long is it?",
            "From: Ann\nDate: 3 May\nTo: shop@b.example\nPhone: 0123\nSubject: Shelf\n\nHow long?",
            "Name: Ann\nSubject: Shelf\nMessage: From: here\nTo: there",
            "From: Paris\nTo: Rome\n\nCan you send it there?",
        ],
    )
    def test_the_fields_of_a_form_stay(self, form: str) -> None:
        text = f"You have a new message:\n\n{form}"

        assert reply_of(text) == text

    @pytest.mark.parametrize(
        "line",
        [
            "-----Original Message-----",
            "----- Original Message -----",
            "-------- Original Message --------",
            "-----Ursprüngliche Nachricht-----",
            "-----Originalnachricht-----",
            "-----Message d'origine-----",
            "-----Message d’origine-----",
            "-----Mensaje original-----",
            "-----Messaggio originale-----",
            "-----Oorspronkelijk bericht-----",
            "-----Oprindelig meddelelse-----",
            "-----Ursprungligt meddelande-----",
            "-----Mensagem original-----",
            "-----Reply Message-----",
        ],
    )
    def test_an_original_message_line_is_cut(self, line: str) -> None:
        assert reply_of(f"Test reply\n\n{line}\n\nTest") == "Test reply"
        assert (
            reply_of(f"Test reply\n{line}\nFrom: a@b.example\nSent: Monday\n\nHi") == "Test reply"
        )

    @pytest.mark.parametrize(
        "line",
        ["Original message", "the -----Original Message----- line", "--- Original recipe ---"],
    )
    def test_words_like_it_stay(self, line: str) -> None:
        assert reply_of(f"About\n{line}\nyou said no") == f"About\n{line}\nyou said no"

    def test_answers_between_quoted_lines_below_it_stay(self) -> None:
        text = "Hi\n-----Original Message-----\nFrom: a@b.example\n\n> Paid?\nYes.\n> Sent?\nNo."

        assert reply_of(text) == text

    @pytest.mark.parametrize(
        "word", ["See my answers below.", "Inline:", "My comments are IN RED", "Antworten unten:"]
    )
    def test_it_stays_when_they_say_that_they_answer_in_it(self, word: str) -> None:
        text = f"{word}\n\n-----Original Message-----\n\nPaid?\nyes\nSent?\nno"

        assert reply_of(text) == text


class TestOurDelimiter:
    def test_everything_below_it_is_cut(self) -> None:
        text = f"Yes\n\nOn 3 May 2026 at 10:12, Ann <a@b.example> wrote:\n\n{DELIMITER}\nHello"

        assert reply_of(text) == "Yes"

    def test_it_is_cut_quoted_too(self) -> None:
        assert reply_of(f"Yes\n\nAnn wrote:\n> {DELIMITER}\n> Hello") == "Yes"

    def test_answers_in_a_quote_that_has_it_stay(self) -> None:
        text = f"Yes\n\nAnn wrote:\n> {DELIMITER}\n> Paid?\nno\n> Sent?\nno"

        assert reply_of(text) == text


class TestAMailThatIsPassedOn:
    @pytest.mark.parametrize(
        "mark",
        [
            "---------- Forwarded message ---------",
            "-------- Forwarded Message --------",
            "Begin forwarded message:",
            "-------- Weitergeleitete Nachricht --------",
            "---------- Message transféré ---------",
        ],
    )
    def test_stays_whole(self, mark: str) -> None:
        text = f"FYI\n\n{mark}\nFrom: bob@b.example\nDate: Tue\nSubject: Two\nTo: rob\n\n> Hi"

        assert reply_of(text) == text

    def test_is_cut_where_it_stands_in_a_quote(self) -> None:
        text = "Blah\n\n-----Original Message-----\n\nFYI\n\n----- Forwarded message -----\nFrom: b"

        assert reply_of(text) == "Blah"


LINES = st.sampled_from(
    [
        "",
        " ",
        "Hello",
        "see below",
        "> q",
        ">",
        "> > q",
        "> From: a@b.c",
        "From: a@b.c",
        "Sent: Monday",
        "To: b",
        "Subject: c",
        "Phone: 0123",
        "-- ",
        "--",
        "_____",
        "-----Original Message-----",
        "---------- Forwarded message ----------",
        "On 3 May 2026, Ann <a@b.c> wrote:",
        "On 3 May 2026, Ann",
        "<a@b.c<mailto:a@b.c>> wrote:",
        "On 3 May, <a@b.c<mailto:a@b.c>> wrote:",
        "Ann wrote:",
        "> " + "long " * 15,
        DELIMITER,
        "> " + DELIMITER,
    ]
)
TEXTS = st.one_of(st.text(), st.lists(st.one_of(LINES, st.text()), max_size=14).map("\n".join))


class TestAnyText:
    @settings(max_examples=400, deadline=None)
    @given(TEXTS)
    def test_the_reply_is_the_beginning_and_never_nothing(self, text: str) -> None:
        reply, rest = split(text)
        whole = text.replace("\r\n", "\n")

        assert reply == reply_of(text)
        assert whole.strip().startswith(reply.strip())
        assert bool(reply.strip()) == bool(whole.strip())
        assert "".join((reply + rest).split()) == "".join(whole.split())

    @settings(max_examples=400, deadline=None)
    @given(TEXTS)
    def test_a_reply_has_nothing_more_to_cut(self, text: str) -> None:
        assert reply_of(reply_of(text)) == reply_of(text)

    @pytest.mark.parametrize(
        "text",
        [
            "On " * 20_000,
            "On\n" * 20_000,
            "On 3 May 2026, " * 4_000 + "wrote:\n> q",
            "-" * 60_000,
            "-----\n" * 10_000,
            ">" * 60_000,
            ">\n" * 30_000,
            "From: " * 20_000,
            "From: \n" * 20_000,
            "\nFrom: a\n" * 7_000,
            "From: a\nSent: b\nPhone: c\n\n" * 2_500,
            "On 3 May 2026, Ann wrote:\n> q\n" * 2_000,
            "a\n> q\n" * 10_000,
            "> q\n--\n" * 9_000,
            "> " + "long " * 12_000,
            "\n" * 60_000 + "> q",
            "a" + " " * 60_000 + "> q",
            "-----Original Message-----\n> q\na\n" * 1_700,
            "On <mailto:" * 5_500,
        ],
        ids=range(19),
    )
    def test_sixty_kilobytes_of_anything_are_read_at_once(self, text: str) -> None:
        started = time.process_time()
        reply_of(text)

        assert time.process_time() - started < 0.5

    def test_what_is_longer_than_any_letter_stays_whole(self) -> None:
        text = "Hi\n" + "a line of a log\n" * 70_000 + "> q"

        assert reply_of(text) == text
