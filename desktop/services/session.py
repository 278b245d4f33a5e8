"""Who is signed in. One refresh serves all who wait for it; the person is asked once."""

import hashlib
import hmac
import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final, TypeVar

from contract.signin import Tokens
from contract.wire import ProblemKind
from desktop.services.portal import Portal, faults
from desktop.services.problems import Offline, PortalFault, Problem, Refused, SignInNeeded, StoreFault
from desktop.services.vault import Vault

T = TypeVar("T")

_MARGIN: Final = 20.0
"""An access token is not used in its last seconds: it would expire on the way."""

_SALT: Final = 16
_WORK: Final = {"n": 1 << 15, "r": 8, "p": 1, "maxmem": 64 << 20}
"""Of scrypt: 32 MiB and about a tenth of a second for each try."""

_logger = logging.getLogger(__name__)


class Session:
    """`on_change` is called from any thread when the person becomes signed in or out.

    The access token lives in memory only. The vault is read at the first need, off the GUI thread."""

    def __init__(self, portal: Portal, vault: Vault, on_change: Callable[[], None]) -> None:
        self._portal, self._vault, self._on_change = portal, vault, on_change
        self._turn = threading.Lock()
        """Held over a whole sign-in, refresh or sign-out."""
        self._facts = threading.Lock()
        """Held for a moment only, over the fields below."""
        self._restoring = threading.Lock()
        """Held while the vault is read, which may ask the person: only who needs its answer waits for it."""
        self._refresh: str | None = None
        self._restored = False
        self._access: tuple[str, float] | None = None
        self._person_id: str | None = None
        self._tries = 0
        self._failure: Problem | None = None
        self._proof: tuple[bytes, bytes] | None = None
        """Salt and sum of the password of this run, in memory only."""

    @property
    def person_id(self) -> str | None:
        """None until the portal has said it in this run."""
        return self._person_id

    @property
    def signed_in(self) -> bool:
        """A refresh token is held and has not been refused. Reads the vault at the first time: `StoreFault`."""
        return self._held() is not None

    def sign_in(self, email: str, password: str, only: str | None = None, code: str | None = None) -> None:
        """Raises `Refused` (credentials, second factor, too many tries), `Offline`, `PortalFault`, `StoreFault`. `only`
        is the identifier of the one person who may: with another's tokens nothing is begun, and `Refused` is raised."""
        with self._turn:
            tokens = self._portal.sign_in(email, password, self._vault.keys().device, code)
            if only not in (None, tokens.person_id):
                with suppress(Problem):
                    self._portal.sign_out(tokens.access)
                raise Refused("Ce compte est celui d’une autre personne. Déconnectez-vous d’abord pour en changer.")
            self._keep(tokens)
        self._on_change()

    def begin(self, tokens: Tokens) -> None:
        """Goes on with the tokens of a sign-in that was made before one knew whose account it is. `PortalFault`,
        `StoreFault`."""
        with self._turn:
            self._keep(tokens)
        self._on_change()

    def _keep(self, tokens: Tokens) -> None:
        if tokens.refresh is None:
            raise PortalFault("Le portail a répondu quelque chose que Volet ne sait pas lire.", detail="no refresh")
        self._vault.keep_refresh_token(tokens.refresh)
        if tokens.device is not None:
            self._vault.remember_device(tokens.device)
        self._take(tokens, tokens.refresh)

    # The lock

    def prove(self, password: str) -> None:
        """This is the password: what is locked in this run opens with it, without the portal. Nothing derived from it
        is ever written down."""
        salt = os.urandom(_SALT)
        self._proof = (salt, hashlib.scrypt(password.encode(), salt=salt, **_WORK))

    def doubt(self) -> None:
        """The password may be another by now: only the portal can tell."""
        self._proof = None

    @property
    def proven(self) -> bool:
        """Whether a password can be checked without the portal."""
        return self._proof is not None

    def unlock(self, email: str, password: str, only: str, code: str | None = None) -> None:
        """Returns when it is the password of this account: the one of this run, or else by the portal. Raises as
        `sign_in`; `Offline` also says that only the portal could have known."""
        proof = self._proof  # which another thread takes away when the session ends
        if proof is not None:
            salt, kept = proof
            if hmac.compare_digest(kept, hashlib.scrypt(password.encode(), salt=salt, **_WORK)):
                return
        self.sign_in(email, password, only, code)
        self.prove(password)

    def access(self) -> str:
        """A good access token; refreshes when needed. Raises `SignInNeeded`, `Offline`, `PortalFault`, `StoreFault`."""
        access, seen = self._good()
        if access is not None:
            return access
        had = self.signed_in
        try:
            with self._turn:
                return self._fresh(seen)
        except SignInNeeded:
            if had:
                self._on_change()
            raise

    def expired(self, access: str) -> None:
        """The portal refused this access token: the next `access` refreshes (once for all who say so)."""
        with self._facts:
            if self._access is not None and self._access[0] == access:
                self._access = None

    def call(self, ask: Callable[[str], T]) -> T:
        """`ask` with a good access token; again, once, with a fresh one when the portal says that it has expired.
        Raises what `access` and `ask` raise; a refusal of kind `sign-in` never."""
        access = self.access()
        try:
            try:
                return ask(access)
            except Refused as refused:
                if refused.kind != ProblemKind.SIGN_IN:
                    raise
            self.expired(access)
            access = self.access()
            try:
                return ask(access)
            except Refused as refused:
                if refused.kind != ProblemKind.SIGN_IN:
                    raise
                raise PortalFault("Le portail ne reconnaît pas la session qu’il vient d’ouvrir.") from None
        except SignInNeeded:
            self._over(access)
            raise

    def sign_out(self) -> None:
        """Forgets the refresh token, then tells the portal when it can be reached: a portal that hangs keeps nobody
        signed in on this computer."""
        with suppress(StoreFault):
            self._held()
        with self._facts:
            refresh, access = self._refresh, self._access
        self._over(None)
        if refresh is None:
            return
        try:
            self._portal.sign_out(access[0] if access is not None else self._portal.refresh(refresh).access)
        except (Offline, PortalFault, Refused, SignInNeeded) as problem:
            _logger.info("the portal was not told of the sign-out: %s", type(problem).__name__)

    def _over(self, access: str | None) -> None:
        """The session of this access token is over, as far as it is still the one in use; None: whichever is."""
        with self._turn:
            with self._facts:
                current = self._access[0] if self._access is not None else None
                if access is not None and current not in (None, access):
                    return
                was, self._refresh, self._access, self._restored = self._refresh, None, None, True
            if was is not None or access is None:
                self._forget()
        if was is not None:
            self._on_change()

    def _fresh(self, seen: int) -> str:
        """Within `_turn`: what another thread has got meanwhile, be it a token or a failure, or a refresh."""
        access, tries = self._good()
        if access is not None:
            return access
        if tries != seen and self._failure is not None:
            raise replace(self._failure)
        try:
            return self._renew()
        except Problem as problem:
            self._failure = problem
            raise
        finally:
            self._tries += 1

    def _good(self) -> tuple[str | None, int]:
        with self._facts:
            if self._access is not None and time.monotonic() < self._access[1]:
                return self._access[0], self._tries
            return None, self._tries

    def _held(self) -> str | None:
        with self._restoring:
            with self._facts:
                if self._restored:
                    return self._refresh
            kept = self._vault.refresh_token()
            with self._facts:
                if not self._restored:  # else she has signed in or out meanwhile
                    self._refresh, self._restored = kept, True
                return self._refresh

    def _renew(self) -> str:
        held = self._held()
        if held is None:
            raise SignInNeeded("Connectez-vous pour continuer.")
        try:
            tokens = self._portal.refresh(held)
        except SignInNeeded:
            with self._facts:
                self._refresh = None
            self._forget()
            raise
        except Refused as refusal:
            # Whatever stands in between (a proxy, the page of a hotel's network) may say no: it ends no session.
            raise PortalFault(faults.UNREADABLE, detail=refusal.detail, status=refusal.status) from None
        if tokens.refresh is not None:
            try:
                # Durable before it is ever used: until then the portal goes on honouring the former one.
                self._vault.keep_refresh_token(tokens.refresh)
                held = tokens.refresh
            except StoreFault as fault:
                _logger.warning("the new refresh token could not be kept, the former one goes on: %s", fault.detail)
        return self._take(tokens, held)

    def _take(self, tokens: Tokens, refresh: str) -> str:
        good_for = max(tokens.access_seconds - _MARGIN, tokens.access_seconds / 2)
        with self._facts:
            self._refresh, self._restored = refresh, True
            self._access = (tokens.access, time.monotonic() + good_for)
            self._person_id = tokens.person_id
            self._failure = None
        return tokens.access

    def _forget(self) -> None:
        """The session is over: what was the password may be one no longer."""
        self._proof = None
        try:
            self._vault.forget_session()
        except StoreFault as fault:
            _logger.warning("the refresh token could not be deleted: %s", fault.detail)
