"""The one door to the network: every fault on the way becomes a `Problem`."""

from collections.abc import Callable, Iterator

import msgspec

from contract.catalogue import Catalogue
from contract.changes import Outcome, Pull, Pulled, Pulse
from contract.portfolio import Me
from contract.signin import Tokens
from contract.wishes import Wish

Raw = msgspec.Raw
Progress = Callable[[int, int], None]


class Portal:
    """HTTP with requests, one session a thread; https only, loopback excepted; redirects off; certificates by the
    system's store (truststore), proxies by the system's settings. `requests` is imported at the first call."""

    def __init__(self, address: str) -> None:
        """Raises `Refused` when the address is neither https nor loopback."""
        raise NotImplementedError

    def sign_in(self, email: str, password: str, device: str | None) -> Tokens:
        raise NotImplementedError

    def refresh(self, token: str) -> Tokens:
        raise NotImplementedError

    def sign_out(self, access: str) -> None: ...

    def me(self, access: str) -> Me:
        raise NotImplementedError

    def catalogue(self, access: str, etag: str | None) -> tuple[Catalogue, str] | None:
        """None when it has not changed."""
        raise NotImplementedError

    def pulse(self, access: str, etag: str | None) -> tuple[Pulse, str] | None:
        """None when nothing has changed in the whole portfolio."""
        raise NotImplementedError

    def pull(self, access: str, pull: Pull) -> Pulled[Raw]:
        raise NotImplementedError

    def carry_out(self, access: str, wish_id: str, wish: Wish) -> Outcome[Raw]:
        raise NotImplementedError

    def upload(self, access: str, sha256: str, content: bytes, progress: Progress) -> None:
        """Goes on where an earlier try was cut."""

    def download(self, access: str, attachment_id: str, sha256: str, size: int, offset: int) -> Iterator[bytes]:
        """The bytes from `offset` on (`Range` with `If-Range`)."""
        raise NotImplementedError
