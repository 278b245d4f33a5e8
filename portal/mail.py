"""Mail: written in the transaction that wants it, sent afterwards by a thread, tried again when the server is away.

Each goes out once: it is taken in hand for some minutes before it is sent, and marked after. Only a portal that dies
between the server's word and that mark sends it twice, under one Message-ID. Without a server mails become files.
"""

import logging
import secrets
import smtplib
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import msgspec
from sqlalchemy import Row, insert, select, update

from contract.identity import new_id
from portal import letters
from portal.database import Database, Transaction
from portal.letters import Telling
from portal.settings import Settings
from portal.tables import mails

__all__ = ["Postman", "Telling", "Unsendable", "post"]

log: Final = logging.getLogger("portal")

_IN_HAND: Final = timedelta(minutes=10)
_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_GIVEN_UP: Final = timedelta(days=3)
"""As long as a link lives."""
_NOBODY: Final = "personne@volet.invalid"
_LOOK_SECONDS: Final = 30
_SERVER_SECONDS: Final = 10
_SUBMISSION_PORT: Final = 587
_TLS_PORT: Final = 465
_WRITTEN: Final = "Le serveur d’e-mail s’écrit smtp://nom:motdepasse@hôte:port."
_EIGHT_BITS: Final = SMTP.clone(cte_type="8bit", linesep="\n")


class Unsendable(Exception):
    """The settings name no server that mail could be sent by; the message is a French sentence."""


def post(tx: Transaction, kind: str, recipient: str, telling: Telling) -> None:
    """Has a letter of this kind (`letters.KINDS`) sent once the transaction is committed. Without a recipient it is
    written as well, for the same work, and sent to nobody."""
    tx.db.execute(
        insert(mails).values(
            mail_id=new_id(),
            kind=kind,
            recipient=recipient,
            payload=msgspec.json.encode(telling).decode(),
            created_at=tx.now,
            next_at=tx.now,
            tries=0,
        )
    )
    tx.posted = True


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is sent. `sealed`: TLS from the first byte."""

    host: str
    port: int
    user: str
    password: str
    sealed: bool

    @property
    def here(self) -> bool:
        """On this very machine, where nobody listens between."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def server_of(url: str) -> Server:
    """Raises `Unsendable`."""
    try:
        told = urlsplit(url)
        written = told.port
    except ValueError:  # its words may hold the password
        raise Unsendable(_WRITTEN) from None
    if told.scheme not in ("smtp", "smtps") or not told.hostname:
        raise Unsendable(_WRITTEN)
    sealed = told.scheme == "smtps"
    port = written or (_TLS_PORT if sealed else _SUBMISSION_PORT)
    return Server(told.hostname, port, unquote(told.username or ""), unquote(told.password or ""), sealed)


class Postman:
    """Sends what is due, one mail at a time, in a thread of its own, and some time after it was written: the next
    request would take longer while a mail goes out, and so tell a stranger whether his last one caused any."""

    def __init__(self, settings: Settings, database: Database) -> None:
        """Raises `Unsendable`."""
        self._settings, self._database = settings, database
        self._server = server_of(settings.smtp) if settings.smtp else None
        self._asked = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There is something to send; called from any thread."""
        self._asked.set()

    def close(self) -> None:
        """What is being sent is finished. Blocking."""
        self._closing.set()
        self._asked.set()
        self._thread.join()

    def _run(self) -> None:
        """Looks by itself as well: what failed is due again later, and another process may have written."""
        while not self._closing.wait(self._pause()):
            self._asked.clear()
            try:
                while not self._closing.is_set() and self._send_next():
                    pass
            except Exception as error:  # noqa: BLE001  a portal that cannot reach its database tries again later
                log.error("mail: %s", type(error).__name__)
            if not self._closing.is_set():
                self._asked.wait(_LOOK_SECONDS)

    def _pause(self) -> float:
        """Seconds, never the same."""
        return self._settings.mail_seconds * secrets.SystemRandom().uniform(0.5, 1.5)

    def _send_next(self) -> bool:
        """Whether there was one that could be dealt with."""
        row = self._take()
        if row is None:
            return False
        try:
            message = self._composed(row)
            if row.recipient:
                self._deliver(message)
        except (OSError, smtplib.SMTPException) as error:  # first: a bad certificate is a ValueError as well
            self._postpone(row, error)
            return False  # the others have the same server
        except _FOR_GOOD as error:
            self._settle(row, {"next_at": None, "payload": ""}, f"refused: {type(error).__name__}")
        else:
            self._settle(row, {"next_at": None, "payload": "", "sent_at": self._settings.now()})
        return True

    def _take(self) -> Row[Any] | None:
        """The mail that is due longest, taken in hand so that no other process sends it meanwhile."""
        due = select(mails).where(mails.c.next_at <= self._settings.now()).order_by(mails.c.next_at).limit(1)
        with self._database.read() as db:
            if db.execute(due).first() is None:
                return None
        with self._database.write() as tx:
            row = tx.db.execute(due.with_for_update(skip_locked=True)).one_or_none()
            if row is not None:
                mine = mails.c.mail_id == row.mail_id
                tx.db.execute(update(mails).where(mine).values(next_at=tx.now + _IN_HAND, tries=row.tries + 1))
        return row

    def _postpone(self, row: Row[Any], error: Exception) -> None:
        now = self._settings.now()
        if now - row.created_at >= _GIVEN_UP:
            self._settle(row, {"next_at": None, "payload": ""}, f"given up: {type(error).__name__}")
            return
        pause = min(_FIRST_PAUSE * 2 ** min(row.tries, 10), _LONGEST_PAUSE)
        self._settle(row, {"next_at": now + pause}, f"not sent: {type(error).__name__}")

    def _settle(self, row: Row[Any], values: dict[str, Any], trouble: str = "") -> None:
        if trouble:
            log.error("mail: %s", trouble)
        with self._database.write() as tx:
            tx.db.execute(update(mails).where(mails.c.mail_id == row.mail_id).values(values))

    def _composed(self, row: Row[Any]) -> EmailMessage:
        telling = msgspec.json.decode(row.payload, type=Telling)
        letter = letters.write(row.kind, telling, self._settings)
        return composed(self._settings, row.mail_id, row.recipient or _NOBODY, row.created_at, letter)

    def _deliver(self, message: EmailMessage) -> None:
        if self._server is None:
            self._file(message)
            return
        smtp = _connected(self._server)
        try:
            smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            if all(code >= 500 for code, _ in error.recipients.values()):
                raise _Refused from error
            raise
        finally:
            with suppress(OSError, smtplib.SMTPException):  # what was taken stays taken, however one parts
                smtp.quit()

    def _file(self, message: EmailMessage) -> None:
        """Under a name that tells nothing of whom it is for."""
        folder = self._settings.mails
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        mail_id = str(message["Message-ID"]).strip("<>").partition("@")[0]
        name = f"{self._settings.now():%Y-%m-%d_%H-%M-%S}_{mail_id}"
        apart = folder / f".{name}"
        apart.touch(0o600)
        apart.write_bytes(message.as_bytes(policy=_EIGHT_BITS))
        apart.replace(folder / f"{name}.eml")


class _Refused(Exception):
    """The server will never take this mail."""


_FOR_GOOD: Final = (_Refused, MessageError, ValueError, msgspec.DecodeError)
"""What another try would not change: an address that is none, a letter that cannot be written."""


def composed(
    settings: Settings, mail_id: str, recipient: str, moment: datetime, letter: letters.Letter
) -> EmailMessage:
    """Raises `ValueError`, `MessageError` for a recipient that is no address."""
    host = urlsplit(settings.reached_at).hostname or "localhost"
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(settings.insurer, addr_spec=settings.sender or f"ne-pas-repondre@{host}")
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = letter.subject
    message["Date"] = moment
    message["Message-ID"] = f"<{mail_id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="quoted-printable" if settings.smtp else "8bit")  # a file is read as it is
    message["Content-Language"] = "fr"
    return message


def _connected(server: Server) -> smtplib.SMTP:
    """Ready to send. Raises `OSError`, `SMTPException`."""
    context = ssl.create_default_context()
    smtp: smtplib.SMTP
    if server.sealed:
        smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=_SERVER_SECONDS, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=_SERVER_SECONDS)
    try:
        smtp.ehlo()
        if not server.sealed:
            _seal(smtp, context, required=not server.here)
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _seal(smtp: smtplib.SMTP, context: ssl.SSLContext, *, required: bool) -> None:
    """TLS where the server offers it; where others could listen, nothing goes out without."""
    if smtp.has_extn("starttls"):
        smtp.starttls(context=context)
        smtp.ehlo()
    elif required:
        raise smtplib.SMTPNotSupportedError("no STARTTLS")
