"""`cxdesk mail test` against real servers, and against servers that misbehave."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cxdesk.cli.session import Session
from cxdesk.cli.testing import Patience, try_out
from cxdesk.errors import MailError
from cxdesk.mail import advice, smtp
from tests.cli.played import Home
from tests.running import cxdesk, on_terminal
from tests.servers.dovecot import PASSWORD as BOX_PASSWORD
from tests.servers.smtp import PASSWORD, USER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cxdesk.config import MailIn, MailOut, Server
    from cxdesk.views.testing import TrialView
    from tests.servers.dovecot import Mailbox
    from tests.servers.imap import ImapServer
    from tests.servers.postfix import Postfix
    from tests.servers.smtp import SmtpServer
    from tests.servers.tls import Authority

    Smtp = Callable[..., SmtpServer]
    Imap = Callable[..., ImapServer]
    Out = Callable[..., MailOut]
    In = Callable[..., MailIn]

SHORT = Patience(answer=0.3, arrival=0.3, pause=0.05)
COMING_IN = ["connection", "encryption", "login"]


def toml(name: str, server: Server, **more: str) -> str:
    """The section that reaches a server."""
    keys = ("host", "port", "tls", "ca_file", "user", "auth", "password_file")
    values: dict[str, Any] = {key: getattr(server, key) for key in keys}
    values |= {key: getattr(server, key) for key in ("folder", "sent") if hasattr(server, key)}
    values |= {"token_command": list(server.token_command)} if server.token_command else {}
    values |= more
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items() if value is not None]
    return "\n".join([f"[{name}]", *lines, ""])


class Shop(Home):
    """A home whose config.toml is given."""

    def configure(self, *sections: str) -> None:
        path = self.folder / "config.toml"
        path.touch(0o600)
        path.write_text("\n".join(sections))

    def tried(self, *words: str, code: int) -> dict[str, Any]:
        """What `mail test --json` says."""
        ran = self.run("mail", "test", *words, "--json")
        assert ran.code == code, ran
        assert ran.err == ""
        return dict(json.loads(ran.out))

    def tried_in_haste(self, monkeypatch: pytest.MonkeyPatch, *, code: int = 5) -> TrialView:
        """The same where nobody has the time to wait."""
        monkeypatch.setenv("CXDESK_HOME", str(self.folder))
        session = Session()
        view = try_out(session, str(self.folder / "config.toml"), patience=SHORT)
        session.close()
        assert session.exit_code == code
        return view


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    folder = tmp_path / "home"
    folder.mkdir(0o700)
    return Shop(folder)


def wrong(told: dict[str, Any]) -> dict[str, str]:
    """What went wrong, with what to do, by the name of the step."""
    return {one["what"]: f"{one['said']} {one['remedy']}" for one in told["steps"] if not one["ok"]}


def well(told: dict[str, Any]) -> list[str]:
    return [one["what"] for one in told["steps"] if one["ok"]]


@pytest.fixture
def ready(shop: Shop, postfix: Postfix, mailbox: Mailbox, mail_in: In) -> Shop:
    """A desk with a mailbox on real servers."""
    shop.configure(postfix.mail_out(mailbox), toml("mail.in.support", mail_in(mailbox)))
    return shop


class TestAllIsWell:
    def test_a_mail_goes_round_a_real_postfix_and_a_real_dovecot(
        self, ready: Shop, mailbox: Mailbox
    ) -> None:
        told = ready.tried(code=0)

        assert wrong(told) == {}
        assert well(told) == [
            "configuration",
            *(f"mail.out {step}" for step in (*COMING_IN, "mail")),
            *(f"mail.in.support {step}" for step in (*COMING_IN, "folder", "sent", "mail")),
        ]
        assert told["mail"]["state"] == "sent"
        assert told["steps"][-1]["said"].startswith("Found in INBOX")
        assert told["mail"]["message_id"].encode() in mailbox.mails()[0]

    def test_a_person_reads_a_line_for_each_step(self, ready: Shop) -> None:
        ran = on_terminal(ready.folder, "mail", "test")

        assert ran.code == 0
        assert " ok     Found in INBOX" in ran.out
        assert "Next: cxdesk mail fetch" in ran.out
        assert "wrong" not in ran.out

    def test_a_pipe_gets_a_line_for_each_step_and_with_q_nothing(self, ready: Shop) -> None:
        lines = ready.done("mail", "test").splitlines()

        assert lines[0].split("\t")[:2] == ["configuration", "ok"]
        assert all(line.split("\t")[1] == "ok" for line in lines)
        ready.now = "2026-11-23T09:06:00+00:00"
        assert ready.done("mail", "test", "-q") == ""

    def test_it_is_no_inquiry_when_the_mailbox_is_read(self, ready: Shop) -> None:
        ready.done("log", "Ann Lee", "Hello")
        ready.done("mail", "test")

        fetched = json.loads(ready.done("mail", "fetch", "--json"))
        assert [one["via"] for one in fetched["messages"]] == ["own"]

    def test_an_address_elsewhere_is_sent_to_and_not_looked_for(
        self, shop: Shop, smtp_server: Smtp, mail_out: Out, mailbox: Mailbox, mail_in: In
    ) -> None:
        server = smtp_server(tls="starttls")
        out = toml("mail.out", mail_out(server))
        box = toml("mail.in.support", mail_in(mailbox))
        shop.configure(out, box, '[remind]\nto = "me@example.net"\n')
        told = shop.tried(code=0)

        assert server.envelopes()[0]["recipients"] == ["me@example.net"]
        assert "mail.in.support mail" not in well(told)
        shop.now = "2026-11-23T09:06:00+00:00"
        assert shop.tried("--to", "other@example.net", code=0)["mail"]["to"] == "other@example.net"

    def test_one_account_alone_is_tried_and_written_to(
        self, ready: Shop, postfix: Postfix, mailbox: Mailbox, mail_in: In
    ) -> None:
        ready.configure(
            postfix.mail_out(mailbox),
            toml("mail.in.broken", mail_in(mailbox, port=1)),
            toml("mail.in.support", mail_in(mailbox)),
            '[remind]\nto = "me@example.test"\n',
        )
        told = ready.tried("support", code=0)

        assert told["mail"]["to"] == mailbox.address
        assert well(told)[-1] == "mail.in.support mail"

    def test_a_desk_that_only_reads_is_well_too(
        self, shop: Shop, mailbox: Mailbox, mail_in: In
    ) -> None:
        shop.configure(toml("mail.in.support", mail_in(mailbox)))
        told = shop.tried(code=0)

        assert told["mail"] is None
        assert "nothing was sent" in told["steps"][1]["said"]


class TestWhatCannotBeTried:
    @pytest.mark.parametrize(
        "text, says",
        [
            (
                "",
                "from; [mail.in.support] host, user, password_command; [remind] to.",
            ),
            (
                '[mail.out]\nuser = "me@example.com"\npassword_file = "password"\n',
                "try: [mail.out] host; [mail.in.support] host, user, password_command.",
            ),
            (
                '[mail.out]\nhost = "smtp.example.com"\nauth = "xoauth2"\ntoken_command = ["a"]',
                "try: [mail.out] user, from; [remind] to.",
            ),
            ('[mail.out]\nhost = "localhost"\n', "try: [mail.out] from; [remind] to."),
            (
                '[remind]\nto = "me@example.com"\n',
                "[mail.out] host, user, password_command, from; [mail.in.support] host, user",
            ),
            ("[mail.out]\nhots = 1\n", "hots"),
        ],
    )
    def test_without_a_configuration_it_ends_with_4(self, shop: Shop, text: str, says: str) -> None:
        shop.configure(text)
        ran = shop.run("mail", "test")

        assert (ran.code, ran.out) == (4, "")
        assert says in ran.err

    def test_an_account_that_is_not_there_names_those_that_are(
        self, shop: Shop, mailbox: Mailbox, mail_in: In
    ) -> None:
        shop.configure(toml("mail.in.support", mail_in(mailbox)))
        ran = shop.run("mail", "test", "suport")

        assert ran.code == 3
        assert "There are: support." in ran.err


class TestAServerToSendBy:
    @pytest.mark.parametrize(
        "plan, changes, done, says",
        [
            ({"password": "another"}, {}, ["connection", "encryption"], "app password"),
            ({"tls": "none"}, {"tls": "starttls"}, ["connection"], "does not offer STARTTLS"),
            ({"starttls_stripped": True}, {}, ["connection"], "does not offer STARTTLS"),
            ({"tls": "none"}, {"tls": "implicit"}, ["connection"], 'tls = "starttls"'),
            ({}, {"host": "localhost.invalid"}, [], 'host = "localhost.invalid"'),
            ({"greeting_521": True}, {}, [], "we take no mail"),
        ],
    )
    def test_what_is_wrong_is_said_in_plain_words_and_the_mailbox_is_tried_all_the_same(
        self,
        shop: Shop,
        smtp_server: Smtp,
        mail_out: Out,
        mailbox: Mailbox,
        mail_in: In,
        plan: dict[str, Any],
        changes: dict[str, Any],
        done: list[str],
        says: str,
    ) -> None:
        server = smtp_server(**{"tls": "starttls", **plan})
        out = toml("mail.out", mail_out(server, **changes))
        shop.configure(out, toml("mail.in.support", mail_in(mailbox)))
        told = shop.tried("--to", "me@example.com", code=5)

        failed = (*COMING_IN, "mail")[len(done)]
        assert [*wrong(told)] == [f"mail.out {failed}"]
        assert says in wrong(told)[f"mail.out {failed}"]
        assert [f"mail.out {step}" for step in done] == well(told)[1 : 1 + len(done)]
        assert "mail.in.support sent" in well(told)
        assert (told["mail"], server.mails()) == (None, [])

    @pytest.mark.parametrize(
        "kind, says",
        [("wrong_host", "for another name"), ("self_signed", "ca_file")],
    )
    def test_a_certificate_that_is_not_right_ends_it_before_the_password(
        self,
        shop: Shop,
        smtp_server: Smtp,
        mail_out: Out,
        authority: Authority,
        kind: str,
        says: str,
    ) -> None:
        server = smtp_server(tls="starttls", certificate=getattr(authority, kind)())
        shop.configure(toml("mail.out", mail_out(server)))
        told = shop.tried("--to", "me@example.com", code=5)

        assert says in wrong(told)["mail.out encryption"]
        assert server.logins() == []

    def test_nobody_listens(self, shop: Shop, smtp_server: Smtp, mail_out: Out) -> None:
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            out = mail_out(smtp_server(), port=held.getsockname()[1])
            shop.configure(toml("mail.out", out))
            told = shop.tried("--to", "me@example.com", code=5)

        assert "Nothing listens there" in wrong(told)["mail.out connection"]
        assert '587 with tls = "starttls"' in wrong(told)["mail.out connection"]

    def test_a_server_that_says_nothing(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch, smtp_server: Smtp, mail_out: Out
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            out = mail_out(smtp_server(), port=deaf.getsockname()[1])
            shop.configure(toml("mail.out", out), '[remind]\nto = "me@example.com"\n')
            view = shop.tried_in_haste(monkeypatch)

        assert view.steps[-1].what == "mail.out connection"
        assert "Your network may block it" in str(view.steps[-1].remedy)

    def test_a_ca_file_that_is_not_there_is_said_before_anybody_was_asked(
        self, shop: Shop, smtp_server: Smtp, mail_out: Out
    ) -> None:
        server = smtp_server(tls="starttls")
        shop.configure(toml("mail.out", mail_out(server, ca_file="/nowhere.pem")))
        told = shop.tried("--to", "me@example.com", code=5)

        assert [*wrong(told)] == ["mail.out encryption"]
        assert well(told) == ["configuration"]

    @pytest.mark.parametrize(
        "fault, says",
        [("rcpt5", "[remind] to"), ("perm", "[mail.out] from"), ("tmp", "Try again in some")],
    )
    def test_a_mail_that_is_not_taken(
        self, shop: Shop, smtp_server: Smtp, mail_out: Out, fault: str, says: str
    ) -> None:
        shop.configure(toml("mail.out", mail_out(smtp_server(tls="starttls"))))
        told = shop.tried("--to", f"{fault}@example.com", code=5)

        assert [*wrong(told)] == ["mail.out mail"]
        assert says in wrong(told)["mail.out mail"]
        assert told["mail"]["state"] in ("failed", "cancelled")

    def test_a_password_command_that_fails(
        self, shop: Shop, smtp_server: Smtp, mail_out: Out
    ) -> None:
        out = toml("mail.out", mail_out(smtp_server(tls="starttls"), password_file=None))
        shop.configure(f'{out}password_command = ["false", "secret-name"]\n')
        told = shop.tried("--to", "me@example.com", code=5)

        assert "The password_command (false) failed" in wrong(told)["mail.out login"]
        assert "secret-name" not in json.dumps(told)


class TestAMailbox:
    @pytest.mark.parametrize(
        "changes, step, says",
        [
            ({"folder": "Inbox/Support"}, "folder", "There are: "),
            ({"sent": "Gesendet"}, "", "Sent is the one of sent mail"),
            ({"after": "move:Done"}, "after", "Processed"),
            ({"host": "localhost.invalid"}, "connection", 'host = "localhost.invalid"'),
            ({"port": 1}, "connection", '993 with tls = "implicit"'),
        ],
    )
    def test_what_is_wrong_at_a_real_dovecot(
        self,
        shop: Shop,
        mailbox: Mailbox,
        mail_in: In,
        changes: dict[str, Any],
        step: str,
        says: str,
    ) -> None:
        after = {"after": changes["after"]} if "after" in changes else {}
        shop.configure(toml("mail.in.support", mail_in(mailbox, **changes), **after))
        told = shop.tried(code=5 if step else 0)

        assert says in json.dumps(told["steps"][-1] if not step else wrong(told)).replace("\\", "")
        assert [*wrong(told)] == ([f"mail.in.support {step}"] if step else [])

    def test_a_wrong_password_at_a_real_dovecot(
        self, shop: Shop, mailbox: Mailbox, mail_in: In, tmp_path: Path
    ) -> None:
        inbox = mail_in(mailbox)
        (tmp_path / "home" / "wrong").write_text("hunter2-of-the-owner\n")
        (tmp_path / "home" / "wrong").chmod(0o600)
        shop.configure(toml("mail.in.support", inbox, password_file="wrong"))
        told = shop.tried(code=5)

        assert "app password" in wrong(told)["mail.in.support login"]
        assert well(told)[-1] == "mail.in.support encryption"
        assert "hunter2" not in json.dumps(told)

    @pytest.mark.parametrize(
        "kind, says", [("wrong_host", "for another name"), ("self_signed", "ca_file")]
    )
    def test_a_certificate_that_is_not_right(
        self,
        shop: Shop,
        imap_server: Imap,
        mail_in: In,
        authority: Authority,
        kind: str,
        says: str,
    ) -> None:
        server = imap_server(tls="implicit", certificate=getattr(authority, kind)())
        shop.configure(toml("mail.in.support", mail_in(server)))

        assert says in wrong(shop.tried(code=5))["mail.in.support encryption"]
        assert server.logins == []

    def test_no_folder_of_sent_mail_at_all(
        self, shop: Shop, imap_server: Imap, mail_in: In
    ) -> None:
        server = imap_server(folders=('() "/" INBOX', '() "/" Archive'))
        shop.configure(toml("mail.in.support", mail_in(server)))

        said = wrong(shop.tried(code=5))["mail.in.support sent"]
        assert "There are: INBOX, Archive." in said
        assert 'sent = ""' in said

    def test_a_stale_token(self, shop: Shop, imap_server: Imap, mail_in: In) -> None:
        inbox = mail_in(imap_server(), auth="xoauth2", token_command=("printf", "stale-token"))
        shop.configure(toml("mail.in.support", inbox))
        told = shop.tried(code=5)

        assert "token_command" in wrong(told)["mail.in.support login"]
        assert "stale-token" not in json.dumps(told)

    @pytest.mark.parametrize("fault", ["stall-greeting", "stall-login"])
    def test_a_server_that_stalls_keeps_nobody_waiting(
        self,
        shop: Shop,
        monkeypatch: pytest.MonkeyPatch,
        imap_server: Imap,
        mail_in: In,
        fault: str,
    ) -> None:
        shop.configure(toml("mail.in.support", mail_in(imap_server(fault=fault))))
        view = shop.tried_in_haste(monkeypatch)

        assert view.steps[-1].what == "mail.in.support connection"
        assert "did not answer in time" in view.steps[-1].said


class TestAMailThatDoesNotArrive:
    def test_it_is_said_how_long_was_waited_and_where_to_look(
        self,
        shop: Shop,
        monkeypatch: pytest.MonkeyPatch,
        smtp_server: Smtp,
        mail_out: Out,
        mailbox: Mailbox,
        mail_in: In,
    ) -> None:
        shop.configure(
            toml("mail.out", mail_out(smtp_server(tls="starttls"))),
            toml("mail.in.support", mail_in(mailbox)),
            f'[remind]\nto = "{mailbox.address}"\n',
        )
        last = shop.tried_in_haste(monkeypatch).steps[-1]

        assert (last.what, last.ok) == ("mail.in.support mail", False)
        assert f"did not arrive in INBOX of {mailbox.address}" in last.said
        assert "among spam" in str(last.remedy)

    def test_one_among_spam_is_found_there(
        self,
        shop: Shop,
        monkeypatch: pytest.MonkeyPatch,
        smtp_server: Smtp,
        mail_out: Out,
        imap_server: Imap,
        mail_in: In,
    ) -> None:
        folders = ('() "/" INBOX', '(\\Sent) "/" Sent', '(\\Junk) "/" Spam')
        server = imap_server(folders=folders, fault="found-in-junk")
        shop.configure(
            toml("mail.out", mail_out(smtp_server(tls="starttls"))),
            toml("mail.in.support", mail_in(server)),
            f'[remind]\nto = "{USER}"\n',
        )
        last = shop.tried_in_haste(monkeypatch).steps[-1]

        assert last.said == "It arrived in Spam, not in INBOX."


class TestSecrets:
    def test_none_is_said_whatever_goes_wrong(
        self, shop: Shop, smtp_server: Smtp, mail_out: Out, mailbox: Mailbox, mail_in: In
    ) -> None:
        server = smtp_server(tls="starttls", auth_reply=f"535 {PASSWORD} is wrong")
        shop.configure(
            toml("mail.out", mail_out(server)), toml("mail.in.support", mail_in(mailbox, port=1))
        )
        words = ("mail", "test", "--to", "me@example.com")
        said = [cxdesk(shop.folder, *words, "--json"), on_terminal(shop.folder, *words)]

        assert [ran.code for ran in said] == [5, 5]
        assert not any(
            secret in text
            for ran in said
            for text in (ran.out, ran.err)
            for secret in (PASSWORD, BOX_PASSWORD)
        )


class TestAdvice:
    @pytest.mark.parametrize(
        "host, says",
        [
            ("smtp.gmail.com", "https://myaccount.google.com/apppasswords"),
            ("smtp.office365.com", "xoauth2"),
            ("smtp-mail.outlook.com", "xoauth2"),
            ("smtp.example.com", "many providers want an app password"),
        ],
    )
    def test_a_refused_login_names_the_providers_own_way(
        self, mail_out: Out, smtp_server: Smtp, host: str, says: str
    ) -> None:
        assert says in advice.at_login(mail_out(smtp_server(), host=host))

    @pytest.mark.parametrize(
        "port, tls, why, says",
        [
            (465, "starttls", "it hung up", 'begins with TLS: tls = "implicit", or use port 587.'),
            (993, "starttls", "it hung up", 'begins with TLS: tls = "implicit", or use port 143.'),
            (587, "starttls", "it hung up", "Try again"),
        ],
    )
    def test_a_port_of_the_other_kind_is_pointed_out(
        self, mail_out: Out, smtp_server: Smtp, port: int, tls: str, why: str, says: str
    ) -> None:
        out = mail_out(smtp_server(), port=port, tls=tls)

        assert says in advice.unreachable(out, MailError(why))

    @pytest.mark.parametrize(
        "port, instead", [(143, "port 993"), (587, "port 465"), (2525, "another port")]
    )
    def test_a_port_that_does_not_begin_with_tls_is_pointed_out(
        self, mail_out: Out, smtp_server: Smtp, port: int, instead: str
    ) -> None:
        out = mail_out(smtp_server(tls="none"), tls="implicit")
        with pytest.raises(MailError) as refused:
            smtp.connect(out)

        assert advice.unsafe(replace(out, port=port), refused.value) == (
            f'Port {port} does not begin with TLS: use {instead}, or tls = "starttls".'
        )

    def test_a_mailbox_that_does_not_begin_with_tls_is_pointed_out(
        self, shop: Shop, imap_server: Imap, mail_in: In
    ) -> None:
        server = imap_server(tls="starttls")
        shop.configure(toml("mail.in.support", mail_in(server, tls="implicit")))

        said = wrong(shop.tried(code=5))["mail.in.support encryption"]
        assert 'does not begin with TLS: use another port, or tls = "starttls".' in said

    def test_a_port_without_starttls_names_the_one_with_tls(
        self, mail_out: Out, smtp_server: Smtp
    ) -> None:
        out = mail_out(smtp_server(), port=587, tls="starttls")

        said = advice.unsafe(out, MailError("the server does not offer STARTTLS"))
        assert said == 'Try port = 465 with tls = "implicit".'
