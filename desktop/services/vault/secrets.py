"""What is kept in secret of an account, and what any place for it promises."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Keys:
    """`database`: 32 bytes, for the encrypted store. `device`: the secret by which the portal knows this computer, or
    None before the first sign-in."""

    database: bytes
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """Whose account it is, for the page where one signs in. `name` is empty until the portal has told it."""

    email: str
    name: str = ""


class Vault(Protocol):
    """The secrets of one account; or of a whole profile at one portal, from which `of` leads to those of an account.

    Raises `StoreFault` (no keyring, locked keyring, value not kept) and nothing else. Called off the GUI thread."""

    def of(self, account: str) -> "Vault":
        """The account's own secrets, by the person's identifier."""

    def made(self) -> bool:
        """Whether there is a key; makes none."""

    def take_key(self, database: bytes) -> None:
        """Writes a key that comes from elsewhere, when there is none."""

    def introduce(self, who: Who) -> None: ...

    def who(self) -> Who | None: ...

    def keys(self) -> Keys:
        """The account's keys; made and written, read back and compared, when there are none."""

    def remember_device(self, device: str) -> None: ...

    def refresh_token(self) -> str | None: ...

    def keep_refresh_token(self, token: str) -> None:
        """Returns once the token has been read back from the keyring."""

    def forget_session(self) -> None:
        """Deletes the refresh token; the keys stay."""

    def forget_secrets(self) -> None:
        """All but whose account it is; the key first, for it alone keeps a copy of the disk from being read."""

    def forget_everything(self) -> None:
        """Afterwards nothing is left; of a whole profile, the accounts' own secrets stay."""


def hand_over(former: Vault, own: Vault) -> None:
    """All that `former` holds becomes `own`'s; `former` keeps its key, which other accounts may need, and no session.
    The key comes last: cut short before it, all is done again."""
    keys, token = former.keys(), former.refresh_token()
    if token is not None:
        own.keep_refresh_token(token)
    if keys.device is not None:
        own.remember_device(keys.device)
    own.take_key(keys.database)
    former.forget_session()
