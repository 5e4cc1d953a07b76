"""`cxdesk mail fetch` against a real Dovecot."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from cxdesk.mail import imap
from tests.cli.played import Home
from tests.running import MAIN, on_terminal, surroundings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.servers.dovecot import Mailbox
    from tests.servers.smtp import SmtpServer
    from tests.servers.tls import Authority

    Polite = Callable[[SmtpServer], "Shop"]

ME = "hello@example.test"


def mail(number: int, **headers: str) -> bytes:
    body = headers.pop("body", "Does the oak shelf come in 90 cm?")
    lines = {
        "From": "Ann Lee <ann@example.com>",
        "To": ME,
        "Subject": f"Question {number}",
        "Message-ID": f"<q{number}@example.com>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{head}\r\n{body}\r\n".encode()


class Shop(Home):
    """A desk whose owner has mailboxes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.tick()

    def tick(self, **later: int) -> None:
        """Set the clock by the one that the mail server goes by."""
        self.now = (datetime.now(UTC) + timedelta(**later)).isoformat(timespec="seconds")

    def configure(self, authority: Authority, *boxes: Mailbox, more: str = "", **keys: str) -> None:
        secret = self.folder / "password"
        secret.touch(0o600)
        secret.write_text(boxes[0].password + "\n")
        lines = [f'[mail]\nown = ["{ME}"]', more]
        for number, box in enumerate(boxes, 1):
            values = {
                "host": "127.0.0.1",
                "ca_file": str(authority.ca_file),
                "user": box.address,
                "password_file": "password",
                **keys,
            }
            lines.append(f"[mail.in.box{number}]\nport = {box.dovecot.imaps_port}")
            lines += [f'{key} = "{value}"' for key, value in values.items()]
        path = self.folder / "config.toml"
        path.touch(0o600)
        path.write_text("\n".join(lines) + "\n")

    def fetch(self, *words: str, code: int = 0) -> dict[str, Any]:
        self.tick()
        ran = self.run("mail", "fetch", *words, "--json")
        assert ran.code == code, ran
        return dict(json.loads(ran.out))

    def place(self, folder: str = "INBOX", account: str = "box1") -> tuple[int, int, str]:
        """UIDVALIDITY, the last UID, and when it was read."""
        link = sqlite3.connect(self.store)
        try:
            asked = "SELECT uidvalidity, last_uid, fetched_at FROM mailbox"
            row = link.execute(f"{asked} WHERE account = ? AND folder = ?", (account, folder))
            return tuple(row.fetchone())
        finally:
            link.close()

    def subjects(self) -> list[str]:
        return sorted(one["subject"] for one in self.json("inquiries")["inquiries"])


@pytest.fixture
def shop(tmp_path: Path, authority: Authority, mailbox: Mailbox) -> Shop:
    home = Shop(tmp_path)
    home.configure(authority, mailbox)
    return home


def vias(told: dict[str, Any]) -> list[str]:
    return [one["via"] for one in told["messages"]]


class TestFetching:
    def test_what_came_in_is_there_once_and_stays_unread(
        self, shop: Shop, mailbox: Mailbox
    ) -> None:
        mailbox.put(mail(1))
        mailbox.put(mail(2))

        assert vias(shop.fetch()) == ["new", "new"]
        assert shop.fetch()["fetched"] == 0
        mailbox.put(mail(3))
        assert [one["subject"] for one in shop.fetch()["messages"]] == ["Question 3"]
        assert len(mailbox.mails()) == 3
        assert flags(mailbox) == [set(), set(), set()]

    def test_it_is_dated_by_the_server(self, shop: Shop, mailbox: Mailbox) -> None:
        at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
        with mailbox.imap() as link:
            link.append("INBOX", "", at, mail(1, Date="Mon, 1 Jan 2001 00:00:00 +0000"))

        (one,) = shop.fetch()["messages"]
        assert datetime.fromisoformat(one["at"]) == at

    def test_how_far_it_was_read_is_noted_also_where_nothing_is_new(
        self, shop: Shop, mailbox: Mailbox
    ) -> None:
        shop.fetch()
        first = shop.place()
        mailbox.put(mail(1))
        time.sleep(1)
        shop.fetch()
        second = shop.place()

        assert (first[1], second[1]) == (0, 1)
        assert first[0] == second[0]
        assert first[2] < second[2]

    def test_an_unreadable_mail_is_put_aside_and_stops_no_other(
        self, shop: Shop, mailbox: Mailbox
    ) -> None:
        mailbox.append(b"\0\1\2 no mail".replace(b"\0", b"\3"), "INBOX")
        mailbox.put(mail(2))

        assert vias(shop.fetch(code=5)) == ["quarantined", "new"]
        assert shop.fetch()["fetched"] == 0
        assert len(shop.json("mail", "quarantine")["quarantine"]) == 1

    def test_one_that_is_too_large_is_noted_and_can_be_asked_for_again(
        self, shop: Shop, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mailbox.put(mail(1, body="x" * 5_000))
        with monkeypatch.context() as patch:
            patch.setitem(imap.Mailbox.__init__.__kwdefaults__ or {}, "largest", 2_000)
            assert vias(shop.fetch(code=5)) == ["quarantined"]
        assert shop.fetch()["fetched"] == 0
        (one,) = shop.json("mail", "quarantine")["quarantine"]
        why, _, again = one["why"].partition("; ask for it once more with: cxdesk ")
        assert why == "is larger than 0 MiB; it is still on the server, in INBOX"

        assert shop.run("mail", "quarantine", "retry", str(one["number"])).code == 5
        assert vias(shop.fetch(*again.split()[2:])) == ["new"]
        assert shop.json("mail", "quarantine")["quarantine"] == []

    def test_uids_given_anew_bring_nothing_in_twice_nor_what_was_left_out(
        self, shop: Shop, authority: Authority, mailbox: Mailbox
    ) -> None:
        shop.configure(authority, mailbox, folder="Support", sent="")
        old, late = (datetime.now(UTC) - timedelta(days=days) for days in (60, 2))
        for turn in range(2):
            with mailbox.imap() as link:
                link.delete("Support")
                link.create("Support")
                for number, at in ((1, old), (2, late), *((3, None) for _ in range(turn))):
                    link.append("Support", "", at, mail(number))
            if not turn:
                assert shop.fetch("--since", "1 week ago")["fetched"] == 1
                validity = shop.place("Support")[0]
            time.sleep(1.1)  # UIDVALIDITY is made of seconds

        told = shop.fetch()
        assert shop.place("Support")[0] != validity
        assert vias(told) == ["duplicate", "new"]
        assert shop.subjects() == ["Question 2", "Question 3"]

    def test_dry_run_changes_nothing_here_or_there(
        self, authority: Authority, shop: Shop, mailbox: Mailbox
    ) -> None:
        shop.configure(authority, mailbox, after="move:Processed")
        mailbox.put(mail(1))

        assert vias(shop.fetch("-n")) == ["new"]
        assert not shop.store.exists()
        assert len(mailbox.mails()) == 1
        assert vias(shop.fetch()) == ["new"]


def flags(mailbox: Mailbox, folder: str = "INBOX") -> list[set[str]]:
    with mailbox.imap() as link:
        link.select(folder, readonly=True)
        _, found = link.fetch("1:*", "(FLAGS)")
    words = (bytes(one).decode().partition("FLAGS (")[2].rstrip(")") for one in found if one)  # type: ignore[arg-type]
    return [set(flags.split()) - {"\\Recent"} for flags in words]


class TestAfterwards:
    def test_what_is_kept_is_marked_as_seen(
        self, shop: Shop, authority: Authority, mailbox: Mailbox
    ) -> None:
        shop.configure(authority, mailbox, after="seen")
        mailbox.put(mail(1))
        mailbox.append(b"no mail \1", "Sent")

        shop.fetch(code=5)
        assert flags(mailbox) == [{"\\Seen"}]

    def test_what_is_kept_is_moved_what_cannot_be_read_is_not(
        self, shop: Shop, authority: Authority, mailbox: Mailbox
    ) -> None:
        shop.configure(authority, mailbox, after="move:Processed")
        mailbox.put(mail(1))
        mailbox.append(b"no mail \1", "INBOX")
        mailbox.put(mail(2))

        assert vias(shop.fetch(code=5)) == ["new", "quarantined", "new"]
        assert len(mailbox.mails("Processed")) == 2
        assert len(mailbox.mails()) == 1

    def test_a_folder_that_is_not_there_is_said_and_the_mails_come_in(
        self, shop: Shop, authority: Authority, mailbox: Mailbox
    ) -> None:
        shop.configure(authority, mailbox, after="move:Nowhere")
        mailbox.put(mail(1))
        mailbox.put(mail(2))

        told = shop.fetch(code=5)
        assert vias(told) == ["new", "new"]
        assert "Nowhere" in told["troubles"][0]["message"]
        assert len(mailbox.mails()) == 2


class TestTheOwnersOwnMail:
    def test_an_answer_from_a_phone_keeps_the_promise_when_it_left(
        self, shop: Shop, mailbox: Mailbox
    ) -> None:
        mailbox.put(mail(1))
        answer = mail(
            90, From=f"Oak <{ME}>", To="ann@example.com", In_Reply_To="<q1@example.com>",
            body="Yes, 90 cm too.",
        )  # fmt: skip
        with mailbox.imap() as link:
            left = datetime.now(UTC).replace(microsecond=0)
            link.append("Sent", "(\\Seen)", left, answer)

        told = shop.fetch()
        assert vias(told) == ["new", "references"]
        number = told["messages"][0]["inquiry"]
        seen = shop.json("show", str(number))
        assert seen["status"] == "answered"
        (promise,) = seen["promises"]
        assert promise["state"] == "kept"
        assert datetime.fromisoformat(promise["kept_at"]) == left
        assert [one["direction"] for one in seen["messages"]] == ["in", "out"]

    def test_an_answer_in_one_account_finds_its_question_in_another(
        self, shop: Shop, authority: Authority, mailbox: Mailbox
    ) -> None:
        second = mailbox.dovecot.mailbox()
        shop.configure(authority, mailbox, second)
        second.put(mail(1))
        mailbox.append(
            mail(90, From=ME, To="ann@example.com", In_Reply_To="<q1@example.com>"), "Sent"
        )

        assert vias(shop.fetch()) == ["new", "references"]

    def test_a_mail_that_is_passed_on_is_the_customers(self, shop: Shop, mailbox: Mailbox) -> None:
        shop.fetch()
        mailbox.put(
            mail(
                7,
                From="Me <me@oak.example>",
                Subject="Fwd: Oak shelf",
                body="---------- Forwarded message ---------\r\n"
                "From: Dana Reyes <dana@example.com>\r\nDate: Mon, 23 Nov 2026 at 10:00\r\n"
                "Subject: Oak shelf\r\nTo: <me@oak.example>\r\n\r\nIn 90 cm?\r\n",
            )
        )
        path = shop.folder / "config.toml"
        path.write_text(path.read_text().replace(f'"{ME}"', f'"{ME}", "me@oak.example"'))

        (one,) = shop.fetch()["messages"]
        seen = shop.json("show", str(one["inquiry"]))
        assert seen["customer"]["name"] == "Dana Reyes"
        assert seen["subject"] == "Oak shelf"

    def test_without_a_sent_folder_none_is_read(
        self, shop: Shop, authority: Authority, mailbox: Mailbox
    ) -> None:
        shop.configure(authority, mailbox, sent="")
        mailbox.append(mail(90, From=ME, To="ann@example.com"), "Sent")

        assert shop.fetch()["fetched"] == 0


class TestFromWhenOn:
    @pytest.fixture
    def old(self, shop: Shop, mailbox: Mailbox) -> Shop:
        """Mails of 60, 40 and 2 days ago, in both folders."""
        for folder in ("INBOX", "Sent"):
            with mailbox.imap() as link:
                for days in (60, 40, 2):
                    at = datetime.now(UTC) - timedelta(days=days)
                    raw = mail(days) if folder == "INBOX" else mail(days + 1, From=ME, To="x@y.zz")
                    link.append(folder, "", at, raw)
        return shop

    def test_the_sent_mail_of_the_last_thirty_days(self, old: Shop) -> None:
        told = old.fetch()

        assert vias(told) == ["new", "new", "new", "own"]
        assert old.fetch()["fetched"] == 0

    def test_since_is_for_both_folders_and_what_is_older_stays_out(self, old: Shop) -> None:
        told = old.fetch("--since", "7 weeks ago")

        assert [one["subject"] for one in told["messages"]] == [
            "Question 40",
            "Question 2",
            "Question 41",
            "Question 3",
        ]
        assert old.fetch()["fetched"] == 0
        assert old.place()[1] == 3

    def test_later_on_more_can_be_asked_for(self, old: Shop) -> None:
        assert old.fetch("--since", "1 week ago")["stored"] == 2
        told = old.fetch("--since", "all")

        assert (told["fetched"], told["stored"], told["duplicates"]) == (6, 4, 2)
        assert old.place()[1] == 3

    def test_nothing_since_then_is_nothing_and_stays_so(self, old: Shop) -> None:
        assert old.fetch("--since", "yesterday")["fetched"] == 0
        assert old.fetch()["fetched"] == 0

    def test_of_a_full_folder_it_is_the_last_thirty_days_and_that_is_said(
        self, old: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("cxdesk.domain.mailboxes.ALL_OF_THEM", 2)
        ran = old.run("mail", "fetch")

        assert ran.code == 0
        assert [line.split("\t")[4] for line in ran.out.splitlines()] == [
            "Question 2",
            "Question 3",
        ]
        day = datetime.fromisoformat(old.now).astimezone(ZoneInfo("Europe/London"))
        day -= timedelta(days=30)
        said = f"INBOX of box1 holds 3 mails; taken were those since {day:%a} {day.day} {day:%b}"
        assert ran.err.startswith(said)
        assert "All of them: cxdesk mail fetch box1 --since all\n" in ran.err
        assert old.run("mail", "fetch").err == ""
        assert old.fetch("box1", "--since", "all")["stored"] == 4

    def test_a_move_to_a_host_that_numbers_anew_brings_in_what_is_new(
        self, old: Shop, mailbox: Mailbox
    ) -> None:
        old.fetch("--since", "1 week ago")
        link = sqlite3.connect(old.store)
        with link:
            link.execute("UPDATE mailbox SET last_uid = 7000")
        link.close()
        mailbox.put(mail(5))

        told = old.fetch()
        assert vias(told) == ["duplicate", "new", "duplicate"]
        assert old.place()[1] == 4

    def test_one_that_breaks_off_takes_no_more_the_next_time(
        self, shop: Shop, mailbox: Mailbox
    ) -> None:
        """Where mails were moved, an old one may come after a new one."""
        with mailbox.imap() as link:
            for days in (3, 1, 60, 2):
                link.append("INBOX", "", datetime.now(UTC) - timedelta(days=days), mail(days))
        program = (
            "from cxdesk.mail import imap\n"
            "new = imap.Mailbox.new\n"
            "def breaks(*words, **more):\n"
            "    yield next(new(*words, **more))\n"
            "    raise KeyboardInterrupt\n"
            "imap.Mailbox.new = breaks\n" + MAIN
        )
        line = [sys.executable, "-c", program, "mail", "fetch", "--since", "1 week ago"]
        around = surroundings(shop.folder, CXDESK_NOW=shop.now)
        ended = subprocess.run(line, env=around, capture_output=True, check=False)

        assert ended.returncode == 130, ended.stderr
        assert shop.subjects() == ["Question 3"]
        assert [one["subject"] for one in shop.fetch()["messages"]] == ["Question 1", "Question 2"]
        assert shop.place()[1] == 4
        assert shop.fetch()["fetched"] == 0

    @pytest.mark.parametrize("words", [["--since", "someday"], ["--since", ""]])
    def test_a_since_that_is_none_is_wrong_usage(self, old: Shop, words: list[str]) -> None:
        assert old.run("mail", "fetch", *words).code == 2


class TestTrouble:
    def test_without_an_account_it_says_what_to_write(self, tmp_path: Path) -> None:
        ran = Shop(tmp_path).run("mail", "fetch")

        assert (ran.code, ran.out) == (4, "")
        assert "[mail.in.support]" in ran.err
        assert list(tmp_path.iterdir()) == []

    def test_an_account_that_is_not_there_is_named_with_those_that_are(self, shop: Shop) -> None:
        ran = shop.run("mail", "fetch", "bos1")

        assert ran.code == 3
        assert "box1" in ran.err

    def test_one_that_fails_stops_no_other(
        self, shop: Shop, authority: Authority, mailbox: Mailbox
    ) -> None:
        shop.configure(authority, mailbox.dovecot.mailbox(), mailbox)
        path = shop.folder / "config.toml"
        port = str(mailbox.dovecot.imaps_port)
        path.write_text(path.read_text().replace(port, "9", 1))
        mailbox.put(mail(1))
        shop.tick()
        ran = shop.run("mail", "fetch")

        assert ran.code == 5
        assert ran.out.startswith("1\tnew\t")
        assert [line for line in ran.err.splitlines() if line.startswith("box1: ")]
        told = shop.fetch(code=5)
        assert [one["account"] for one in told["troubles"]] == ["box1"]
        assert shop.fetch("box2")["troubles"] == []

    def test_a_wrong_password_is_said_without_it(self, shop: Shop) -> None:
        (shop.folder / "password").write_text("not-this-one\n")
        ran = shop.run("mail", "fetch")

        assert ran.code == 5
        assert "not-this-one" not in ran.err + ran.out

    def test_while_one_is_at_work_another_is_busy(self, shop: Shop, mailbox: Mailbox) -> None:
        from cxdesk.store.outbox import alone

        mailbox.put(mail(1))
        shop.fetch()
        with alone(str(shop.store), "fetch"):
            assert shop.fetch()["busy"]
        assert not shop.fetch()["busy"]

    def test_four_at_once_bring_each_mail_once(self, shop: Shop, mailbox: Mailbox) -> None:
        for number in range(12):
            mailbox.put(mail(number))
        around = surroundings(shop.folder, CXDESK_NOW=shop.now)
        line = [sys.executable, "-c", MAIN, "mail", "fetch"]
        running = [subprocess.Popen(line, env=around, stdout=subprocess.DEVNULL) for _ in range(4)]

        assert [process.wait(40) for process in running] == [0] * 4
        assert len(shop.subjects()) == 12


class TestKilled:
    def test_at_any_moment_nothing_is_lost_and_nothing_doubled(
        self, shop: Shop, mailbox: Mailbox
    ) -> None:
        count = 60
        with mailbox.imap() as link:
            for number in range(count):
                link.append("INBOX", "", None, mail(number))
        around = surroundings(shop.folder, CXDESK_NOW=shop.now)
        for turn in range(12):
            with subprocess.Popen(
                [sys.executable, "-c", MAIN, "mail", "fetch"],
                env=around,
                stdout=subprocess.DEVNULL,
            ) as process:
                time.sleep(0.25 + turn * 0.02)
                process.send_signal(signal.SIGKILL)
        shop.fetch()

        assert Counter(shop.subjects()) == {f"Question {number}": 1 for number in range(count)}
        assert shop.place()[1] == count


class TestWhatGoesOutAfterIt:
    @pytest.fixture
    def polite(self, shop: Shop, authority: Authority, mailbox: Mailbox) -> Polite:
        def with_server(server: SmtpServer) -> Shop:
            out = f'[mail.out]\nhost = "127.0.0.1"\nport = {server.port}\ntls = "none"\n'
            more = f'acknowledge = true\n{out}from = "Oak <{ME}>"\n'
            shop.configure(authority, mailbox, more=more)
            return shop

        return with_server

    def test_who_wrote_hears_at_once_that_it_arrived(
        self, polite: Polite, mailbox: Mailbox, smtp_server: Callable[..., SmtpServer]
    ) -> None:
        server = smtp_server(user=None)
        shop = polite(server)
        mailbox.put(mail(1))
        told = shop.fetch()

        assert (len(told["sent"]), told["failed"]) == (1, [])
        assert told["acknowledged"] == [told["messages"][0]["inquiry"]]
        assert server.envelopes()[0]["recipients"] == ["ann@example.com"]
        number = told["messages"][0]["inquiry"]
        (promise,) = shop.json("show", str(number))["promises"]
        assert promise["told"]
        assert shop.fetch()["sent"] == []

    def test_a_server_that_is_away_is_5_and_the_mail_is_in(
        self, polite: Polite, mailbox: Mailbox, smtp_server: Callable[..., SmtpServer]
    ) -> None:
        server = smtp_server(user=None)
        shop = polite(server)
        server.stop()
        mailbox.put(mail(1))
        told = shop.fetch(code=5)

        assert vias(told) == ["new"]
        assert (told["sent"], len(told["pending"])) == ([], 1)
        assert told["trouble"]

    def test_what_was_said_in_the_owners_name_is_told(
        self, polite: Polite, mailbox: Mailbox, smtp_server: Callable[..., SmtpServer]
    ) -> None:
        shop = polite(smtp_server(user=None))
        mailbox.put(mail(1))
        mailbox.append(
            mail(90, From=f"Oak <{ME}>", To="ann@example.com", Subject="Your table is ready"),
            "Sent",
        )
        shop.fetch("--dry-run")
        shop.tick()
        out = on_terminal(shop.folder, "mail", "fetch", COLUMNS="100").out

        assert "1 acknowledged: 1" in out
        assert "you to Ann Lee: Your table is ready" in out
        assert "Oak, on it" not in out

    def test_a_trial_sends_nothing(
        self, polite: Polite, mailbox: Mailbox, smtp_server: Callable[..., SmtpServer]
    ) -> None:
        server = smtp_server(user=None)
        shop = polite(server)
        mailbox.put(mail(1))

        assert shop.fetch("--dry-run")["stored"] == 1
        assert server.mails() == []
