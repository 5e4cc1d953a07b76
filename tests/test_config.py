"""config.toml: what is written is read, what is not understood is refused in one sentence."""

from __future__ import annotations

import datetime
import os
import stat
from typing import TYPE_CHECKING

import pytest

from cxdesk.config import (
    Backup,
    Config,
    ConfigError,
    Limits,
    Mail,
    MailIn,
    MailOut,
    Remind,
    is_loopback,
    read_config,
)

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """
[mail]
prefix = "OAK"
acknowledge = true
signature = "Oak & Co, 020 7946 0123"
own = ["Me@Oak.example", " partner@oak.example", "me@oak.example"]
forms = ["Form@shop.example"]

[mail.limits]
address_a_day = 2
inquiry = 5
a_day = 0

[mail.out]
host = "smtp.example.com"
port = 587
tls = "starttls"
ca_file = "ca.pem"
user = "hello@example.com"
auth = "password"
password_command = ["pass", "show", "smtp"]
from = "Oak & Co <hello@example.com>"

[mail.in.support]
host = "imap.example.com"
folder = "INBOX"
sent = "Sent"
after = "move:Processed"

[mail.in.shop]
host = "127.0.0.1"
tls = "none"
user = "shop"
password_file = "/run/secrets/shop"

[remind]
to = "me@example.com"
at = "07:30"
within = "1bd"
alert_before = "1 hour"
week = true
names = false

[backup]
folder = "backups"
keep = 7
"""


def write(tmp_path: Path, text: str | bytes, mode: int = 0o600) -> Path:
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return path


class TestWhatIsRead:
    def test_no_file_is_the_defaults(self, tmp_path: Path) -> None:
        config = read_config(tmp_path / "config.toml")

        assert config == Config()
        assert config.mail == Mail(prefix="CX", acknowledge=False, signature="")
        assert (config.mail.own, config.mail.forms) == ((), ())
        assert config.mail.limits == Limits(address_a_day=3, inquiry=10, a_day=200)
        assert config.mail.out == MailOut(host="", port=587, tls="starttls", auth="password")
        assert config.remind == Remind(
            to=None,
            at=datetime.time(8),
            within="2d",
            alert_before="30 business minutes",
            week=False,
            names=True,
        )
        assert config.backup == Backup(folder=None, keep=14)
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize(
        "text", ["", "# nothing\n", "\ufeff[mail]\r\n", "[mail.out]\n[mail.in]\n"]
    )
    def test_nothing_said_is_the_defaults(self, tmp_path: Path, text: str) -> None:
        assert read_config(write(tmp_path, text)) == Config()

    def test_everything_said_is_read(self, tmp_path: Path) -> None:
        config = read_config(write(tmp_path, WHOLE))

        assert config.mail == Mail(
            prefix="OAK",
            acknowledge=True,
            signature="Oak & Co, 020 7946 0123",
            own=("me@oak.example", "partner@oak.example"),
            forms=("form@shop.example",),
            limits=Limits(address_a_day=2, inquiry=5, a_day=0),
            out=MailOut(
                host="smtp.example.com",
                port=587,
                tls="starttls",
                ca_file=str(tmp_path / "ca.pem"),
                user="hello@example.com",
                password_command=("pass", "show", "smtp"),
                from_name="Oak & Co",
                from_address="hello@example.com",
            ),
            inboxes=(
                MailIn(name="support", host="imap.example.com", after="move:Processed"),
                MailIn(
                    name="shop",
                    host="127.0.0.1",
                    port=143,
                    tls="none",
                    user="shop",
                    password_file="/run/secrets/shop",
                ),
            ),
        )
        assert config.remind == Remind(
            to="me@example.com",
            at=datetime.time(7, 30),
            within="1bd",
            alert_before="1 hour",
            week=True,
            names=False,
        )
        assert config.backup == Backup(folder=str(tmp_path / "backups"), keep=7)
        assert config.warnings == ()

    @pytest.mark.parametrize(
        "said, port, tls",
        [
            ("", 587, "starttls"),
            ('tls = "implicit"', 465, "implicit"),
            ("port = 465", 465, "implicit"),
            ("port = 2525", 2525, "starttls"),
            ('host = "localhost"\ntls = "none"', 25, "none"),
            ('host = "::1"\ntls = "none"\nport = 1025', 1025, "none"),
        ],
    )
    def test_port_and_tls_follow_each_other(
        self, tmp_path: Path, said: str, port: int, tls: str
    ) -> None:
        out = read_config(write(tmp_path, f"[mail.out]\n{said}\n")).mail.out

        assert (out.port, out.tls) == (port, tls)

    @pytest.mark.parametrize(
        "said, name, address",
        [
            ('from = "me@example.com"', "", "me@example.com"),
            ('from = "<me@example.com>"', "", "me@example.com"),
            ('from = "Kim, Ltd. <me@example.com>"', "Kim, Ltd.", "me@example.com"),
            ("from = '\"Zoë & Co\" <me@example.com>'", "Zoë & Co", "me@example.com"),
            ('user = "me@example.com"', "", "me@example.com"),
            ('user = "me"', "", ""),
        ],
    )
    def test_who_it_is_from(self, tmp_path: Path, said: str, name: str, address: str) -> None:
        out = read_config(write(tmp_path, f"[mail.out]\n{said}\n")).mail.out

        assert (out.from_name, out.from_address) == (name, address)

    @pytest.mark.parametrize(
        "span",
        ["2d", "2bd", "3 days", "a week", "1h 30min", "1h30min", "90 minutes", "2 BH"],
    )
    def test_spans_stay_words(self, tmp_path: Path, span: str) -> None:
        assert read_config(write(tmp_path, f'[remind]\nwithin = "{span}"')).remind.within == span

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
    def test_others_who_can_read_it_are_a_warning(self, tmp_path: Path, mode: int) -> None:
        path = write(tmp_path, WHOLE, mode)

        assert read_config(path).warnings == (
            f"{path} can be read by others; type: chmod 600 {path}",
        )
        assert stat.S_IMODE(path.stat().st_mode) == mode

    def test_reading_from_elsewhere_changes_no_path(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, WHOLE)
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")

        assert read_config("../config.toml").backup.folder == str(tmp_path / "backups")


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        "text, sentence",
        [
            (
                "[mail.out]\nport = 0",
                "[mail.out] port is 0; it must be a whole number from 1 to 65535.",
            ),
            (
                "[mail.out]\nport = 65536",
                "[mail.out] port is 65536; it must be a whole number from",
            ),
            ('[mail.out]\nport = "587"', "[mail.out] port must be a whole number from 1 to 65535."),
            ("[mail.out]\nport = true", "[mail.out] port must be a whole number from 1 to 65535."),
            ("[mail.out]\nport = 587.0", "[mail.out] port must be a whole number from 1 to 65535."),
            (
                '[mail.out]\nhost = "smtp.example.com"\ntls = "none"',
                '[mail.out] tls must not be "none" for smtp.example.com: only this machine may be',
            ),
            (
                '[mail.in.a]\nhost = "10.0.0.1"\ntls = "none"',
                '[mail.in.a] tls must not be "none" for 10.0.0.1: only this machine may be plain.',
            ),
            (
                '[mail.out]\ntls = "ssl"',
                '[mail.out] tls is "ssl"; it must be one of: starttls, implicit, none.',
            ),
            (
                '[mail.out]\nhost = "smtp://example.com/"',
                '[mail.out] host is "smtp://example.com/"; it must be a name such as',
            ),
            ('[mail.out]\nhost = "a\\nb"', "[mail.out] host must be one line without control"),
            (
                '[mail.out]\nauth = "xoauth2"',
                '[mail.out] auth is "xoauth2"; it needs a token_command.',
            ),
            (
                '[mail.out]\nauth = "ntlm"',
                '[mail.out] auth is "ntlm"; it must be one of: password,',
            ),
            (
                '[mail.out]\nfrom = "Oak & Co"',
                '[mail.out] from is "Oak & Co"; it must hold one address, such as me@example.com.',
            ),
            ('[mail.out]\nfrom = "a@b, c@d"', '[mail.out] from is "a@b, c@d"; it must hold one'),
            (
                '[mail.in.a]\nafter = "delete"',
                '[mail.in.a] after is "delete"; it must be nothing, seen',
            ),
            (
                '[mail.in.a]\nafter = "move:"',
                '[mail.in.a] after is "move:"; it must be nothing, seen',
            ),
            ("[mail]\nin = 3", "[mail] in must be a section, [mail.in]."),
            ("[mail.in]\nsupport = 3", "[mail.in] support must be a section, [mail.in.support]."),
            (
                '[mail.in]\nhost = "imap.example.com"\nuser = "me@example.com"',
                "[mail.in] host: name the account: [mail.in.support].",
            ),
            (
                '[mail.in]\nsent = ""\n[mail.in.support]\nhost = "imap.example.com"',
                "[mail.in] sent: name the account: [mail.in.support].",
            ),
            ("mail = []", "mail must be a section, [mail]."),
            ('[mail]\nprefix = "OAK 1"', '[mail] prefix is "OAK 1"; it must be 1 to 12 letters'),
            ('[mail]\nacknowledge = "yes"', "[mail] acknowledge must be true or false."),
            ("[mail]\nacknowledge = 1", "[mail] acknowledge must be true or false."),
            ("[mail]\nsignature = 1", "[mail] signature must be text in quotes."),
            ('[mail]\nown = "me@oak.example"', "[mail] own must be a list of mail addresses, such"),
            (
                '[mail]\nown = ["Me <me@oak.example>"]',
                "[mail] own must be a list of mail addresses",
            ),
            ("[mail]\nforms = [3]", "[mail] forms must be a list of mail addresses, such as"),
            (
                "[mail.limits]\ninquiry = -1",
                "[mail.limits] inquiry is -1; it must be a whole number from 0 to 1000.",
            ),
            (
                "[mail.limits]\naddress_a_day = 1001",
                "[mail.limits] address_a_day is 1001; it must be a whole number from 0 to 1000.",
            ),
            (
                "[mail.limits]\na_day = 100001",
                "[mail.limits] a_day is 100001; it must be a whole number from 0 to 100000.",
            ),
            ("[mail.limits]\nday = 1", 'there is no "mail.limits.day"; did you mean "a_day"?'),
            (
                '[remind]\nat = "8:00"',
                '[remind] at is "8:00"; it must be a time of day, such as 08:00.',
            ),
            ('[remind]\nat = "24:00"', '[remind] at is "24:00"; it must be a time of day'),
            ("[remind]\nat = 08:00:00", "[remind] at must be text in quotes."),
            ('[remind]\nto = "me"', '[remind] to is "me"; it must hold one address, such as'),
            (
                '[remind]\nwithin = "2"',
                '[remind] within is "2"; it must be a span, such as 2d, 1bd or',
            ),
            ('[remind]\nwithin = "5m"', '[remind] within is "5m"; it must be a span'),
            ('[remind]\nwithin = "0d"', '[remind] within is "0d"; it must be a span'),
            ('[remind]\nwithin = "fri"', '[remind] within is "fri"; it must be a span'),
            ('[remind]\nalert_before = "-1h"', '[remind] alert_before is "-1h"; it must be a span'),
            (
                "[backup]\nkeep = 0",
                "[backup] keep is 0; it must be a whole number from 1 to 10000.",
            ),
            ("[backup]\nfolder = 1", "[backup] folder must be text in quotes."),
            ("[backups]\nkeep = 3", 'there is no "backups"; did you mean "backup"?'),
            ('[mail.out]\nhots = "x"', 'there is no "mail.out.hots"; did you mean "host"?'),
            ('[remind]\n"a\\u001b[31m" = 1', 'there is no "remind.a?[31m"'),
            ("zone = 1", 'there is no "zone"'),
        ],
    )
    def test_each_mistake_has_its_sentence(self, tmp_path: Path, text: str, sentence: str) -> None:
        path = write(tmp_path, text)

        with pytest.raises(ConfigError) as caught:
            read_config(path)

        assert caught.value.sentence.startswith(f"{path}: {sentence}")
        assert "\n" not in caught.value.sentence
        assert caught.value.remedy
        assert caught.value.exit_code == 4

    @pytest.mark.parametrize(
        "text",
        [
            '[mail.out]\npassword = "hunter2"',
            '[mail.out]\npassword_command = "hunter2"',
            '[mail.out]\npassword_command = ["echo", 1, "hunter2"]',
            "[mail.out]\npassword_command = []",
            '[mail.out]\npassword_command = [""]',
            '[mail.in.a]\ntoken = "hunter2"',
            '[mail.out]\npasword = "hunter2"',
            '[mail.out]\npassword = "hunter2',
        ],
    )
    def test_what_could_be_a_secret_is_not_repeated(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(ConfigError) as caught:
            read_config(write(tmp_path, text))

        assert "hunter2" not in caught.value.sentence + caught.value.remedy

    @pytest.mark.parametrize(
        "text, why",
        [
            ("[mail", r"is not valid TOML: .*\(at end of document\)\."),
            ("a = 1\na = 2\n", r"is not valid TOML: .*line 2"),
            (b"a = '\xff'", "is not valid TOML: it is not UTF-8 text"),
            ("a = " + "[" * 5000, "is not valid TOML: it is nested too deeply"),
            (b"#" * 1_000_001, "cannot be read: Larger than 1 MB"),
        ],
    )
    def test_what_is_not_toml_is_refused(self, tmp_path: Path, text: str | bytes, why: str) -> None:
        with pytest.raises(ConfigError, match=why):
            read_config(write(tmp_path, text))

    def test_what_is_not_a_file_is_refused_at_once(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "fifo")
        for path in (tmp_path, tmp_path / "fifo", tmp_path / ("x" * 300)):
            with pytest.raises(ConfigError, match="cannot be read"):
                read_config(path)


@pytest.mark.parametrize(
    "host, here",
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here
