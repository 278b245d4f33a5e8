"""Passwords: argon2id, two verifications at a time, and as much work for an account that does not exist."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.settings import Settings


class Passwords:
    """More than two at a time would take the memory of the machine; the others wait their turn off the loop."""

    def __init__(self, settings: Settings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.hashing_rounds, memory_cost=settings.hashing_kib, parallelism=1
        )
        self._decoy = self._hasher.hash("nobody has this password")
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="argon2")

    def hash(self, password: str) -> str:
        """What is kept of a password. Blocking."""
        return self._hasher.hash(password)

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether it is the password; without a kept hash the answer is no, at the same price."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.check, kept, password)

    async def make(self, password: str) -> str:
        """What is kept of a password."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.hash, password)

    async def rehash(self, kept: str | None, password: str) -> str | None:
        """A new hash when the price has changed since the kept one was made; else None."""
        if kept is None or not self._hasher.check_needs_rehash(kept):
            return None
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.hash, password)

    def check(self, kept: str | None, password: str) -> bool:
        """As `verify`. Blocking."""
        try:
            return self._hasher.verify(kept or self._decoy, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
