"""Mail by a real SMTP server on this machine: with TLS and without, away and back, and each letter once."""

import email
import logging
import shutil
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import Row, select, update

from portal import __main__, letters, mail
from portal.database import Database
from portal.letters import Telling
from portal.mail import Postman, Unsendable
from portal.settings import Settings
from portal.tables import mails
from tests.house.typography import slips
from tests.portal.statements import noted
from tests.portal.world import Clock, settings_for

TO = "anne.legoff@verrerie.fr"
SECRET = "s" * 43
LINK = Telling(first_name="Anne", secret=SECRET, code="ABCDE-FGHJK", by="Paul Kerbrat", company="Verrerie", spaces=3)


class Mailbox:
    """What the server took. `refusal` is what it says to a recipient instead."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.sealed: list[bool] = []
        self.users: list[str] = []
        self.refusal = ""

    async def handle_RCPT(  # noqa: N802  the name that aiosmtpd looks for
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  the same
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        assert envelope.rcpt_tos == [message["To"]]
        self.taken.append(message)
        self.sealed.append(session.ssl is not None)
        return "250 OK"

    def knows(self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, told: object) -> AuthResult:
        assert isinstance(told, LoginPassword)
        self.users.append(f"{told.login.decode()} {told.password.decode()}")
        return AuthResult(success=True)


@dataclass
class Office:
    """A portal's database, its postman, and the mailbox of the server at `port`."""

    settings: Settings
    clock: Clock
    database: Database
    mailbox: Mailbox
    port: int

    def post(self, kind: str = "invitation", to: str = TO) -> None:
        with self.database.write() as tx:
            mail.post(tx, kind, to, LINK)

    def rows(self) -> list[Row[Any]]:
        with self.database.read() as db:
            return list(db.execute(select(mails).order_by(mails.c.mail_id)).all())

    def row(self) -> Row[Any]:
        return self.rows()[0]

    @contextmanager
    def postman(self, smtp: str | None = None) -> Iterator[Postman]:
        url = f"smtp://127.0.0.1:{self.port}" if smtp is None else smtp
        postman = Postman(replace(self.settings, smtp=url), self.database)
        self.database.mail_written = postman.wake
        postman.start()
        yield postman
        postman.close()

    @contextmanager
    def server(self, **more: Any) -> Iterator[None]:  # noqa: ANN401  what the server is handed
        controller = Controller(self.mailbox, hostname="127.0.0.1", port=self.port, **more)
        controller.start()
        yield
        controller.stop()


def until(condition: Callable[[], bool]) -> None:
    patience = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < patience, "it does not come to that"


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@pytest.fixture
def office(empty_sqlite: Path, tmp_path: Path, clock: Clock) -> Iterator[Office]:
    shutil.copy(empty_sqlite, tmp_path / "portal.db")
    url = f"sqlite:///{tmp_path / 'portal.db'}"
    settings = settings_for(url, tmp_path / "files", clock, public_address="https://portail.example/")
    opened = Office(settings, clock, Database(settings), Mailbox(), free_port())
    yield opened
    opened.database.close()


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    return made


def presenting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_a_letter_arrives_once_and_leaves_nothing_behind(office: Office) -> None:
    with office.server(), office.postman() as postman:
        office.post()
        until(lambda: office.row().next_at is None)
        postman.wake()
        office.post(to="paul@verrerie.fr")
        until(lambda: len(office.mailbox.taken) == 2)
    first = office.mailbox.taken[0]
    assert (first["To"], first["From"]) == (TO, "Ponant Prévoyance <ne-pas-repondre@portail.example>")
    assert first["Subject"] == "Vous avez accès à un espace client"
    assert first["Message-ID"] == f"<{office.row().mail_id}@portail.example>"
    assert f"\nhttps://portail.example/link#{SECRET}\n" in first.get_content().replace("\r", "")
    assert [(row.payload, row.sent_at) for row in office.rows()] == [("", office.clock.moment)] * 2
    assert not office.settings.mails.exists()


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_tls_and_a_login_are_used(
    office: Office, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = presenting(authority)
    how: dict[str, Any] = {"tls_context": context, "auth_required": True}
    if scheme == "smtps":  # a server that is sealed from the first byte does not know it
        how = {"ssl_context": context, "auth_require_tls": False}
    url = f"{scheme}://por%40tail:s%3Aecret@127.0.0.1:{office.port}"
    with office.server(authenticator=office.mailbox.knows, **how), office.postman(url):
        office.post()
        until(lambda: office.row().next_at is None)
    assert office.mailbox.sealed == [scheme == "smtp"], "with smtps nothing else could have been understood"
    assert office.mailbox.users == ["por@tail s:ecret"]


def test_nothing_goes_to_a_server_that_is_another(
    office: Office, authority: trustme.CA, caplog: pytest.LogCaptureFixture
) -> None:
    """A certificate that nobody vouches for: the letter waits."""
    with office.server(tls_context=presenting(authority)), office.postman():
        office.post()
        until(lambda: paused(office))
    assert office.mailbox.taken == []
    assert "mail: not sent: SSLCertVerificationError" in caplog.text


def test_nothing_goes_in_clear_over_a_network(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """127.1 is this machine, but not so spelled that the portal takes it for it."""
    with office.server(), office.postman(f"smtp://127.1:{office.port}"):
        office.post()
        until(lambda: paused(office))
    assert office.mailbox.taken == []
    assert "mail: not sent: SMTPNotSupportedError" in caplog.text
    here = [mail.server_of(f"smtp://{host}").here for host in ("127.0.0.1", "127.9.9.9", "[::1]", "localhost")]
    assert here == [True] * 4
    assert not any(mail.server_of(f"smtp://{host}").here for host in ("10.0.0.1", "smtp.example", "localhost.evil.fr"))


def paused(office: Office) -> bool:
    """Tried, and put off by minutes rather than taken in hand."""
    row = office.row()
    return bool(row.tries == 1 and row.next_at == office.clock.moment + mail._FIRST_PAUSE)


def test_a_server_that_comes_back_gets_each_letter_once(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    with office.postman() as postman:
        office.post()
        until(lambda: paused(office))
        office.clock.forward(minutes=2)
        with office.server():
            postman.wake()
            until(lambda: office.row().next_at is None)
            postman.wake()
            office.post(to="paul@verrerie.fr")
            until(lambda: len(office.mailbox.taken) == 2)
    assert [message["To"] for message in office.mailbox.taken] == [TO, "paul@verrerie.fr"]
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert said == ["mail: not sent: ConnectionRefusedError"]


def test_the_pauses_grow_and_end_with_the_link(office: Office) -> None:
    pauses = []
    with office.postman() as postman:
        office.post()
        until(lambda: paused(office))
        while (row := office.row()).next_at is not None:
            pauses.append(int((row.next_at - office.clock.moment).total_seconds()) // 60)
            office.clock.moment = row.next_at + timedelta(days=3 if len(pauses) == 8 else 0)
            postman.wake()
            until(partial(tried_again, office, row.tries))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (row.payload, row.sent_at) == ("", None)


def tried_again(office: Office, before: int) -> bool:
    row = office.row()
    in_hand = row.next_at == office.clock.moment + mail._IN_HAND
    return bool(row.tries == before + 1 and not in_hand)


@pytest.mark.parametrize(("refusal", "final"), [("550 no such user", True), ("450 come back later", False)])
def test_what_the_server_refuses(
    office: Office, caplog: pytest.LogCaptureFixture, refusal: str, *, final: bool
) -> None:
    office.mailbox.refusal = refusal
    with office.server(), office.postman():
        office.post()
        until(lambda: office.row().next_at is None if final else paused(office))
    assert office.row().sent_at is None
    assert (office.row().payload == "") == final
    told = " ".join(record.getMessage() for record in caplog.records)
    assert "mail: " in told
    assert not any(word in told for word in (TO, SECRET, "legoff", "user"))


def test_a_letter_that_cannot_be_written_holds_nobody_up(office: Office) -> None:
    with office.postman(""):
        for kind, to in (("unheard of", TO), ("changed", "no address"), ("changed", TO)):
            office.post(kind, to)
        until(lambda: all(row.next_at is None for row in office.rows()))
    assert [row.sent_at is not None for row in office.rows()] == [False, False, True]


def test_two_postmen_do_not_bring_the_same_letter(office: Office) -> None:
    second = Database(office.settings)
    other = Postman(replace(office.settings, smtp=f"smtp://127.0.0.1:{office.port}"), second)
    with office.server(), office.postman():
        other.start()
        for number in range(12):
            office.post(to=f"personne{number}@verrerie.fr")
            other.wake()
        until(lambda: all(row.next_at is None for row in office.rows()))
        other.close()
    second.close()
    assert sorted(str(message["To"]) for message in office.mailbox.taken) == sorted(
        f"personne{number}@verrerie.fr" for number in range(12)
    )


def test_a_postman_that_died_is_followed_by_another(office: Office) -> None:
    office.post()
    with office.database.write() as tx:
        tx.db.execute(update(mails).values(next_at=office.clock.moment + mail._IN_HAND, tries=1))
    office.clock.forward(minutes=10)
    with office.server(), office.postman():
        until(lambda: office.row().next_at is None)
    assert len(office.mailbox.taken) == 1


def test_without_a_server_letters_are_files(office: Office) -> None:
    with office.postman(""):
        office.post()
        until(lambda: office.row().next_at is None)
    [file] = office.settings.mails.iterdir()
    assert file.name == f"2026-11-24_09-00-00_{office.row().mail_id}.eml"
    assert file.stat().st_mode & 0o077 == 0
    assert f"\nhttps://portail.example/link#{SECRET}\n" in file.read_text(encoding="utf-8")


def test_a_mail_to_nobody_is_as_much_work_and_goes_nowhere(office: Office) -> None:
    asked: dict[str, list[str]] = {}
    for to in (TO, ""):
        statements: list[str] = []
        with office.postman(""), noted("postman", statements):
            office.post("forgotten", to)
            until(lambda: all(row.next_at is None for row in office.rows()))
        asked[to] = [each for each in statements if each.startswith("UPDATE")]  # it looks as often as it likes
    assert asked[TO] == asked[""] != []
    assert [row.payload for row in office.rows()] == ["", ""]
    assert len(list(office.settings.mails.iterdir())) == 1


def test_a_mail_goes_out_some_time_after_it_was_written(office: Office) -> None:
    """So that the request that comes next does not meet it."""
    later = replace(office, settings=replace(office.settings, mail_seconds=0.4))
    began = time.monotonic()
    with later.postman(""):
        later.post()
        until(lambda: later.row().next_at is None)
        assert time.monotonic() - began >= 0.2
    never = replace(office, settings=replace(office.settings, mail_seconds=3600))
    with never.postman(""):
        never.post()
    assert never.rows()[1].tries == 0, "a portal that ends does not wait either"


@pytest.mark.parametrize("kind", sorted(letters.KINDS))
def test_letters_are_french_and_plain(office: Office, kind: str) -> None:
    names = msgspec.structs.replace(LINK, first_name="Anne\r\nBcc x@y.fr\n", by="Paul\nBcc x@y.fr\n")
    letter = letters.write(kind, names, office.settings)
    assert [slips(part) for part in (letter.subject, *letter.text.split("\n\n")) if slips(part)] == []
    assert len(letter.subject) < 60
    assert "\nBcc" not in letter.text
    assert letter.text.startswith("Bonjour")
    assert "ne faites rien" in letter.text or "Si ce n’est pas vous" in letter.text


@pytest.mark.parametrize("url", ["http://smtp.example", "smtp://", "smtp.example:25", "smtp://h:port", "smtp://["])
def test_a_server_that_is_none_is_told_at_the_start(
    office: Office, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Unsendable):
        Postman(replace(office.settings, smtp=url), office.database)
    words = ["serve", "--port", "0", "--database", office.settings.database, "--smtp", url]
    assert __main__.main(words) == 2
    assert "smtp://nom:motdepasse@h" in capsys.readouterr().err
