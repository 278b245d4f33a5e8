"""What the portal keeps with a key of its own: seeds that it must read again, and sums of what has too few bits to be
kept as a bare sum. A copy of the database without the key gives neither.

The key lies in the folder of the files, for the portal's user alone; it is made at the first use. Without it the
second factors of all are void, so it belongs into the same backup as the database, under a lock of its own.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contract.identity import new_id
from portal.settings import Settings

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class Damaged(Exception):
    """The key is not whole; the message says what to do."""


class Unsealed(Exception):
    """What was kept does not open with this key: it is another's, or was changed."""


def seal(settings: Settings, plain: bytes, owner: str) -> str:
    """Encrypted and authenticated (AES-256-GCM); opens only for the same owner."""
    nonce = os.urandom(_NONCE_BYTES)
    return urlsafe_b64encode(nonce + AESGCM(_key(settings, "seal")).encrypt(nonce, plain, owner.encode())).decode()


def unseal(settings: Settings, sealed: str, owner: str) -> bytes:
    """Raises `Unsealed`."""
    try:
        raw = urlsafe_b64decode(sealed)
        return AESGCM(_key(settings, "seal")).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], owner.encode())
    except (InvalidTag, ValueError):
        raise Unsealed from None


def as_typed(code: str) -> str:
    """The one spelling of a code that people type: in capitals, without spaces and dashes."""
    return "".join(char for char in code.upper() if char.isalnum())


def sum_of(settings: Settings, owner: str, code: str) -> str:
    """What is kept of a short code of this owner: HMAC-SHA256, 64 hexadecimal characters."""
    return hmac.new(_key(settings, "sum"), f"{owner}\0{code}".encode(), hashlib.sha256).hexdigest()


def _key(settings: Settings, use: str) -> bytes:
    """A key for each use."""
    return hmac.new(_kept(settings), use.encode(), hashlib.sha256).digest()


def _kept(settings: Settings) -> bytes:
    """The key of this portal. Of two processes that make it at once, one wins and both have its key. Raises `Damaged`:
    a sum under an empty key would be as good as none."""
    file = settings.files / "key"
    if not file.exists():
        _make(file)
    key = file.read_bytes()
    if len(key) != _KEY_BYTES:
        raise Damaged(f"{file} is not the key of a portal: restore it from the backup")
    return key


def _make(file: Path) -> None:
    """On the disk before it has its name: a crash leaves no key that is cut."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    apart = file.with_name(f"key.{new_id()}")
    apart.touch(0o600)
    with apart.open("wb") as stream:
        stream.write(os.urandom(_KEY_BYTES))
        stream.flush()
        os.fsync(stream.fileno())
    with suppress(FileExistsError):
        os.link(apart, file)
    apart.unlink()
