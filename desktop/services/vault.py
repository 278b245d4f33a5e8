"""Where secrets are kept: the operating system's keyring, its backend pinned in code.

One item holds the keys and is written once; the refresh token alternates between two slots, so that a write cut
short never loses it (keyring on macOS replaces an item by deleting it first).
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Keys:
    """`database`: 32 bytes, for the encrypted store. `device`: the secret by which the portal knows this computer, or
    None before the first sign-in."""

    database: bytes
    device: str | None = None


class Vault(Protocol):
    """Raises `StoreFault` (no keyring, locked keyring, value not kept) and nothing else. Called off the GUI thread."""

    def keys(self) -> Keys:
        """The account's keys; made and written, read back and compared, when there are none."""

    def remember_device(self, device: str) -> None: ...

    def refresh_token(self) -> str | None: ...

    def keep_refresh_token(self, token: str) -> None:
        """Returns once the token has been read back from the keyring."""

    def forget_session(self) -> None:
        """Deletes the refresh token; the keys stay."""

    def forget_everything(self) -> None: ...
