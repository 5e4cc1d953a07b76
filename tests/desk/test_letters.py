"""Real mails through the real reader into a real desk: what each of them makes true."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cxdesk.desk import answers, letters
from cxdesk.desk.letters import Arrived, Outcome
from cxdesk.desk.placing import Tools
from cxdesk.domain.received import Mailbox, is_elsewhere
from cxdesk.errors import CxdeskError, UnusableError
from cxdesk.mail.reader import read
from cxdesk.store import received as store
from tests.states.helpers import Desk

if TYPE_CHECKING:
    from cxdesk.domain.letters import Letter
    from cxdesk.domain.records import History

OWN = Path(__file__).parents[1] / "data" / "mail" / "own"
US = frozenset({"hello@oak.example", "jo@oak.example"})


class Post:
    """A desk that mails come to; `at` is a wall time of its clock, which goes on by itself."""

    def __init__(self) -> None:
        self.desk = Desk("Mon 04 10:00")
        self.tools = Tools(read=read, instance="this-desk", own=US)

    def bring(self, *raws: bytes, is_sent: bool = False, batch: int = 1) -> list[Outcome]:
        mails = [Arrived(raw, "a test", self.desk.now, is_sent) for raw in raws]
        batches = letters.take_in(self.desk.link, mails, self.tools, self.desk.now, batch=batch)
        return [one for outcomes in batches for one in outcomes]

    def file(self, name: str, *, is_sent: bool = False) -> Outcome:
        (outcome,) = self.bring((OWN / f"{name}.eml").read_bytes(), is_sent=is_sent)
        return outcome

    def history(self, number: int) -> History:
        return answers.of_inquiry(self.desk.link, number, self.desk.now)


@pytest.fixture
def post() -> Post:
    return Post()


class TestAThread:
    def test_a_question_an_answer_from_the_phone_and_another_question(self, post: Post) -> None:
        first = post.file("invoice")
        answer = post.file("phone-reply", is_sent=True)
        after = post.history(1)
        second = post.file("thanks")
        history = post.history(1)

        assert [one.via for one in (first, answer, second)] == ["new", "references", "references"]
        assert [one.is_new for one in (first, answer, second)] == [True, False, False]
        assert after.inquiries[0].inquiry.status == "answered"
        assert [promise.state for promise in after.promises] == ["kept"]
        assert history.inquiries[0].inquiry.status == "open"
        assert [m.direction for m in history.messages] == ["in", "out", "in"]
        assert history.card is not None
        assert history.card.customer.name == "Lee, Ann"

    def test_what_is_quoted_is_kept_beside_it(self, post: Post) -> None:
        post.file("invoice")
        post.file("phone-reply", is_sent=True)
        said = post.history(1).messages[1]
        mails = answers.mails_of_inquiry(post.desk.link, 1, whole=True)

        assert said.text.startswith("One VAT line too many")
        assert "> Please have a look" not in said.text
        assert mails.whole[said.id].endswith("> Please have a look at the last line.")
        assert mails.is_shortened(said.id)

    def test_what_hangs_on_it_is_known_by_its_message(self, post: Post) -> None:
        outcome = post.file("invoice")
        (said,) = post.history(1).messages
        mails = answers.mails_of_inquiry(post.desk.link, 1, whole=False)

        assert [(one.number, one.name, one.size) for one in mails.hanging[said.id]] == [
            (1, "invoice.pdf", 29)
        ]
        assert [one.name for one in outcome.attachments] == ["invoice.pdf"]

    def test_an_absence_note_answers_nothing_and_reopens_nothing(self, post: Post) -> None:
        post.file("invoice")
        post.file("phone-reply", is_sent=True)
        away = post.file("away")
        history = post.history(1)

        assert (away.via, away.is_new) == ("references", False)
        assert history.inquiries[0].inquiry.status == "answered"
        assert history.messages[-1].automatic

    def test_the_whole_of_it_in_one_batch_is_the_same(self, post: Post) -> None:
        raws = [(OWN / f"{name}.eml").read_bytes() for name in ("invoice", "thanks", "invoice")]

        vias = [one.via for one in post.bring(*raws, batch=100)]

        assert vias == ["new", "references", "duplicate"]
        assert len(post.history(1).messages) == 2


class TestOthers:
    def test_a_mail_that_is_passed_on_is_its_writers(self, post: Post) -> None:
        outcome = post.file("forwarded")
        history = post.history(1)

        assert outcome.is_new
        assert history.card is not None
        assert history.card.customer.name == "Dana Reyes"
        notes = [m.text for m in history.messages if m.direction == "note"]
        assert any("jo@oak.example" in note for note in notes)

    def test_a_list_is_not_hidden(self, post: Post) -> None:
        outcome = post.file("list")

        assert outcome.is_new
        assert outcome.received is not None
        assert outcome.received.automatic
        assert post.history(1).messages[0].text.strip() == "Oak is up."


class TestKept:
    def test_what_an_earlier_run_did_not_come_to_read_is_read_by_the_next(self, post: Post) -> None:
        def dies(raw: bytes) -> Letter:
            raise KeyboardInterrupt  # as a kill does: nothing after it is run

        tools, post.tools = post.tools, post.tools._replace(read=dies)
        with pytest.raises(KeyboardInterrupt):
            post.file("invoice")
        assert [one.state for one in store.unread(post.desk.link)] == ["kept"]
        post.tools = tools

        assert post.bring() == []
        assert store.unread(post.desk.link) == []
        assert post.history(1).inquiries[0].inquiry.subject.startswith("Invoice")

    def test_a_mail_that_ends_every_run_is_put_aside_and_stops_no_other(self, post: Post) -> None:
        def dies(raw: bytes) -> Letter:
            if b"invoice" in raw:
                raise KeyboardInterrupt  # as when it is out of memory, or hangs and is stopped
            return read(raw)

        post.tools = post.tools._replace(read=dies)
        for _ in range(1 + letters.MOST_TRIES):
            with pytest.raises(KeyboardInterrupt):
                post.file("invoice")
        outcome = post.file("list")

        assert outcome.is_new
        (aside,) = store.quarantined(post.desk.link)
        assert aside.detail == "the program ended 3 times while this was read"
        post.tools = post.tools._replace(read=read)
        retried = letters.retry(post.desk.link, aside.id, post.tools, post.desk.now)
        assert (retried.via, retried.is_new) == ("new", True)
        assert retried.received is not None
        assert retried.received.detail is None

    def test_how_far_a_folder_was_read_is_committed_with_the_mail(self, post: Post) -> None:
        def dies(raw: bytes) -> Letter:
            raise KeyboardInterrupt

        post.tools = post.tools._replace(read=dies)
        place = Mailbox("support", "INBOX", 7, 42, post.desk.now)
        mail = Arrived((OWN / "invoice.eml").read_bytes(), "a test", post.desk.now, mailbox=place)
        with pytest.raises(KeyboardInterrupt):
            list(letters.take_in(post.desk.link, [mail], post.tools, post.desk.now, batch=1))

        assert store.mailbox(post.desk.link, "support", "INBOX") == place

    @pytest.mark.parametrize("error", [RecursionError, MemoryError, ValueError, CxdeskError])
    def test_a_reader_that_fails_puts_one_mail_aside_and_no_other(
        self, post: Post, error: type[Exception]
    ) -> None:
        def stumbles(raw: bytes) -> Letter:
            if b"invoice" in raw:
                raise error("it will not")
            return read(raw)

        post.tools = post.tools._replace(read=stumbles)
        raws = [(OWN / f"{name}.eml").read_bytes() for name in ("list", "invoice", "forwarded")]
        outcomes = post.bring(*raws, batch=100)

        assert [one.via for one in outcomes] == ["new", "quarantined", "new"]
        assert outcomes[1].trouble
        assert len(store.quarantined(post.desk.link)) == 1

    def test_read_by_another_run_meanwhile_it_is_there_once(self, post: Post) -> None:
        def read_left_first(raw: bytes) -> Letter:
            """As another process does that begins between the keeping and the reading."""
            letters.read_left(post.desk.link, tools, post.desk.now)
            return read(raw)

        tools, post.tools = post.tools, post.tools._replace(read=read_left_first)
        outcome = post.file("invoice")

        assert (outcome.via, outcome.is_new) == ("new", True)
        assert [one.name for one in outcome.attachments] == ["invoice.pdf"]
        (mail,) = store.of_inquiry(post.desk.link, 1)
        assert mail.state == "read"
        assert len(post.history(1).messages) == 1

    def test_the_same_bytes_twice_in_a_batch_name_one_inquiry(self, post: Post) -> None:
        raw, broken = (OWN / "invoice.eml").read_bytes(), b"\0\1"
        outcomes = post.bring(raw, raw, broken, broken, batch=100)

        assert [one.via for one in outcomes] == ["new", "duplicate", *["quarantined"] * 2]
        assert [one.received and one.received.inquiry_number for one in outcomes[:2]] == [1, 1]

    def test_a_desk_that_fails_is_no_fault_of_the_mail(self, post: Post) -> None:
        def full(*_: object) -> None:
            raise UnusableError("The disk is full; nothing was changed.")

        post.tools = post.tools._replace(acknowledge=full)
        with pytest.raises(UnusableError):
            post.file("invoice")

        assert [one.state for one in store.unread(post.desk.link)] == ["kept"]


class TestWhatCouldNotBeHad:
    """A mail without bytes: a note of where it is, instead of nothing."""

    def come(self, post: Post, raw: bytes | None = None, identity: str = "box/7/3") -> Outcome:
        one = Arrived(
            raw, "box, mail 3", post.desk.now, trouble="is too large", stays="it is on the server"
        )
        mails = [one._replace(identity=identity)]
        (batch,) = letters.take_in(post.desk.link, mails, post.tools, post.desk.now)
        return batch[0]

    def test_it_is_quarantined_once_with_where_it_is(self, post: Post) -> None:
        first, again = self.come(post), self.come(post)

        (row,) = store.quarantined(post.desk.link)
        assert first == again == Outcome("quarantined", "box, mail 3", row, trouble=row.detail)
        assert row.detail == "is too large; it is on the server"
        assert store.raw(post.desk.link, row.id).raw == b""
        assert self.come(post, identity="box/7/4").received != row

    def test_to_retry_it_says_where_it_is_and_changes_nothing(self, post: Post) -> None:
        before = self.come(post)
        assert before.received is not None
        again = letters.retry(post.desk.link, before.received.id, post.tools, post.desk.now)

        assert again == before
        assert store.quarantined(post.desk.link) == [before.received]

    def test_once_it_can_be_had_it_is_read_in_its_place(self, post: Post) -> None:
        before = self.come(post)
        raw = (OWN / "invoice.eml").read_bytes()
        after = self.come(post, raw)

        assert (after.via, after.is_new) == ("new", True)
        assert before.received is not None
        assert after.received is not None
        assert after.received.id == before.received.id
        assert store.raw(post.desk.link, after.received.id).raw == raw
        assert store.quarantined(post.desk.link) == []
        assert self.come(post, raw).via == "duplicate"

    def test_one_that_is_here_already_is_not_quarantined_any_more(self, post: Post) -> None:
        raw = (OWN / "invoice.eml").read_bytes()
        post.bring(raw)
        self.come(post)

        assert self.come(post, raw).via == "duplicate"
        assert store.quarantined(post.desk.link) == []

    def test_an_empty_mail_is_here(self, post: Post) -> None:
        (outcome,) = post.bring(b"")

        assert outcome.via == "quarantined"
        assert outcome.received is not None
        assert not is_elsewhere(outcome.received)

    def test_what_was_left_and_cannot_be_read_is_told(self, post: Post) -> None:
        def dies(raw: bytes) -> Letter:
            raise KeyboardInterrupt

        tools, post.tools = post.tools, post.tools._replace(read=dies)
        with pytest.raises(KeyboardInterrupt):
            post.bring(b"")
        left: list[Outcome] = []
        assert list(letters.take_in(post.desk.link, [], tools, post.desk.now, left=left)) == []

        assert [one.via for one in left] == ["quarantined"]
