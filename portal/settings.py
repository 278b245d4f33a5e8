"""What the portal is told when it starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`database` is `sqlite:///file` or `postgresql+psycopg://…`; `files` the folder of the attachments.

    `now` is the only clock that decides anything. `port` 0 lets the system choose. `hashing_kib` and `hashing_rounds`
    are the price of one argon2id verification. An address may try `address_burst` sign-ins at once, and gets one more
    every `address_seconds`."""

    database: str
    files: Path
    host: str = "127.0.0.1"
    port: int = 0
    insurer: str = "Ponant Prévoyance"
    """Who pays: named on statements and in exports."""
    proxies: str = ""
    """Addresses, separated by commas, of the proxies in front: only they are believed about who asks."""
    smtp: str = ""
    """The server that sends mail: `smtp://user:password@host:port`, or `smtps://…`. Without one mails are written as
    files into the folder `mails`."""
    sender: str = ""
    """The address that mails come from; one at the public address when there is none."""
    mail_seconds: float = 2.0
    """How long a mail waits before it is sent, give or take a half: nobody is to read from the portal's work whether
    there was one."""
    public_address: str = ""
    """How people reach the portal, as mails spell it (`https://…`); the address it listens at when there is none."""
    now: Callable[[], datetime] = _now
    access_seconds: int = 10 * 60
    rotation_seconds: int = 12 * 3600
    idle_seconds: int = 30 * 86400
    absolute_seconds: int = 90 * 86400
    hashing_kib: int = 46 * 1024
    hashing_rounds: int = 1
    address_burst: int = 100
    address_seconds: float = 1.0
    busy_seconds: float = 3.0
    """How long a transaction waits for another process before it answers that it is busy."""
    waiting_bytes: int = 200 * 1024 * 1024
    waiting_files: int = 200
    """How much one person may have sent, whole or in part, without attaching it to a request."""
    keep_days: int = 400
    """How long outcomes, tombstones and the audit log are kept, and devices that nobody signs in from."""
    devices_kept: int = 20
    """How many devices of one person are remembered, those last signed in from."""

    @property
    def reached_at(self) -> str:
        """How people reach the portal, without a slash at the end."""
        return (self.public_address or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def mails(self) -> Path:
        """Where mails are written when there is no server."""
        return self.files.parent / "mails"
