"""How one comes in: the accounts that this computer knows, signing in, links from an e-mail; and how one is forgotten.

Everything here runs on the errands' thread and raises `Problem`. The heavy libraries are imported at the first call.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop.account import NO_PORTAL, REVIEW, STORE, Entrance, Services, enter, portal_address, vault_of
from desktop.services.accounts import GONE, SECOND_FACTOR, Admission, Credentials, Known, OwnAccount
from desktop.services.problems import Offline, PortalFault, Problem, Refused, Remedy, SignInNeeded, StoreFault

if TYPE_CHECKING:
    from desktop.services.accounts import Letter, LinkSeen, NewAccount, NextStep
    from desktop.services.erasure import Trace
    from desktop.services.vault import Vault


_LOCKED: Final = (
    "Il a été laissé verrouillé, avec des envois encore en attente ({waiting})\u00a0: seul son mot de passe permet de "
    "les perdre. Connectez-vous, puis choisissez «\u00a0Oublier cet ordinateur\u00a0»."
)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What became of an account on this computer. `told`: the portal knows that this computer is no longer hers.
    `others` is how many accounts stay."""

    traces: "tuple[Trace, ...]"
    told: bool
    others: int

    @property
    def whole(self) -> bool:
        return all(trace.gone for trace in self.traces)


@dataclass(frozen=True, slots=True)
class Reception:
    """`folder` is the profile's; `vault(address)` its keyring at a portal, `ring` is called when a session changes."""

    folder: Path
    vault: "Callable[[str], Vault]"
    ring: Callable[[], None]

    # Who is known here

    def place(self, account: str) -> Path:
        """Where the account lies."""
        return self.folder / "accounts" / account

    def own_vault(self, address: str, account: str) -> "Vault":
        return vault_of(self.place(account), self.vault(address), account)

    def known(self, address: str) -> tuple[Known, ...]:
        """The accounts of this computer at that portal whose person is known, by name."""
        found, whole = [], self.vault(address)
        for account in self._accounts():
            who = whole.of(account).who()
            if who is not None:
                found.append(Known(account, who.email, who.name))
        return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.email)))

    def _accounts(self) -> list[str]:
        with suppress(OSError):
            return sorted(path.name for path in (self.folder / "accounts").iterdir() if path.is_dir())
        return []

    # Coming in

    def enter(self, address: str, account: str) -> Entrance:
        """Raises `Refused` when a portal cannot have this address."""
        address = portal_address(address)
        return enter(address, self.own_vault(address, account), self.ring)

    def find(self, address: str, account: str) -> tuple[Entrance, str]:
        """The way in of who was here last, and whose account it is; empty when nobody can tell. Where the settings were
        lost, the one who is signed in, or nobody when several are; whose token it is that a profile of before holds,
        only the portal knows."""
        address = portal_address(address)
        if account:
            return self.enter(address, account), account
        inside = [one for one in self._accounts() if _stands(self.vault(address).of(one))]
        if len(inside) == 1:
            return self.enter(address, inside[0]), inside[0]
        whole = enter(address, self.vault(address), self.ring)
        with suppress(SignInNeeded):
            if not inside and whole.session.signed_in:
                whole.session.access()
                return self._settle(whole)
        return whole, ""

    def _settle(self, whole: Entrance) -> tuple[Entrance, str]:
        """What was begun before one knew whose account it is moves to that account's own vault."""
        from desktop.services.vault import hand_over

        account = whole.session.person_id or ""
        own = self.vault(whole.address).of(account)
        if not own.made():
            hand_over(self.vault(whole.address), own)
        whole.portal.close()
        return enter(whole.address, own, self.ring), account

    def sign_in(self, credentials: Credentials, held: Services | None) -> tuple[Entrance, str]:
        """Whoever these are of, and her way in, which is that of `held` when it is she."""
        address = portal_address(credentials.address)
        known = {one.email.casefold(): one.account for one in self.known(address)}
        account = known.get(credentials.email.casefold())
        if account is None:
            return self._sign_in_anew(address, credentials)
        mine = held is not None and held.account == account and held.entrance.address == address
        entrance = held.entrance if held is not None and mine else self.enter(address, account)
        entrance.session.sign_in(credentials.email, credentials.password, account, credentials.code or None)
        entrance.session.prove(credentials.password)
        return entrance, account

    def _sign_in_anew(self, address: str, credentials: Credentials) -> tuple[Entrance, str]:
        """The portal says whose account it is."""
        from desktop.services.portal import Portal
        from desktop.services.vault import Who

        portal = Portal(address)
        try:
            tokens = portal.sign_in(credentials.email, credentials.password, None, credentials.code or None)
            who = Who(credentials.email)
            with suppress(Problem):
                me = portal.me(tokens.access)
                who = Who(me.email, f"{me.first_name} {me.last_name}".strip())
        finally:
            portal.close()
        if not tokens.person_id:
            raise PortalFault("Le portail n’a pas dit qui vous êtes. Réessayez dans un instant.")
        entrance = self.enter(address, tokens.person_id)
        entrance.vault.keys()
        entrance.session.begin(tokens)
        entrance.session.prove(credentials.password)
        entrance.vault.introduce(who)
        return entrance, tokens.person_id

    def introduce(self, services: Services) -> None:
        """Has the page of the next sign-in know whose account this is."""
        from desktop.services.vault import Who

        person, vault = services.portfolio.person(), services.entrance.vault
        with suppress(StoreFault):  # it is only shown
            if person is not None and vault.who() != (who := Who(person.email, person.name)):
                vault.introduce(who)

    # Accounts and links

    def begin(self, address: str, new: "NewAccount") -> "NextStep":
        with self._admission(address) as admission:
            return admission.begin(new)

    def ask_link(self, address: str, email: str) -> None:
        with self._admission(address) as admission:
            admission.ask_link(email)

    def look(self, address: str, letter: "Letter") -> "LinkSeen":
        with self._admission(address) as admission:
            return admission.look(letter)

    def use(self, letter: "Letter", credentials: Credentials, held: Services | None) -> tuple[Entrance, str]:
        """Spends the link, and signs in with the password that it set. When an answer was lost on the way, the password
        itself tells whether the link had been spent by us."""
        try:
            with self._admission(credentials.address) as admission:
                admission.use(letter, credentials.password)
        except (Offline, Refused) as problem:
            if problem.unsent if isinstance(problem, Offline) else problem.kind != GONE:
                raise
            return self._sign_in_despite(problem, credentials, held)
        return self.sign_in(credentials, held)

    def _sign_in_despite(
        self, problem: Problem, credentials: Credentials, held: Services | None
    ) -> tuple[Entrance, str]:
        try:
            return self.sign_in(credentials, held)
        except Refused as refused:
            if refused.kind == SECOND_FACTOR:
                raise
        except Offline:
            pass
        raise problem

    @contextmanager
    def _admission(self, address: str) -> Iterator[Admission]:
        from desktop.services.portal import Portal

        portal = Portal(portal_address(address))
        try:
            yield Admission(portal)
        finally:
            portal.close()

    # Being forgotten

    def forget(self, services: Services) -> Forgotten:
        """Tells the portal when it can be reached, closes the account, erases it, and looks again. The files opened
        without an account go with the last one."""
        told = _revoked(services.entrance)
        services.close()
        return self._erase(services.entrance.address, services.account, told=told)

    def forget_known(self, address: str, account: str, held: Services | None) -> Forgotten:
        """The same of an account that is not open. `held` is closed first, whosever it is. Raises `Refused` when it was
        left locked with something in its outbox: only its password allows that to be lost."""
        if held is not None:
            held.close()
        entrance = self.enter(address, account)
        try:
            if waiting := self._waits_locked(entrance, account):
                raise Refused(_LOCKED.format(waiting=waiting))
            told = _revoked(entrance)
        finally:
            entrance.portal.close()
        return self._erase(entrance.address, account, told=told)

    def _waits_locked(self, entrance: Entrance, account: str) -> int:
        """How much waits to be sent in an account that was left locked; 0 where nobody will ever know."""
        from desktop.services.lock import Lock
        from desktop.services.outbox import Outbox
        from desktop.services.store import Store

        path = self.place(account) / STORE
        if not path.exists() or not entrance.vault.made():
            return 0
        try:
            with closing(Store(path, entrance.vault.keys().database)) as store:
                return len(Outbox(store).waiting()) if Lock(store).locked else 0
        except StoreFault as fault:
            if fault.remedy is not Remedy.REBUILD:
                raise
            return 0

    def _erase(self, address: str, account: str, *, told: bool) -> Forgotten:
        from desktop.services.erasure import erase, forget_apart, forget_shared

        traces = list(erase(self.place(account), self.vault(address).of(account)))
        others = len(self._accounts())
        if not others:
            more = forget_apart(self.folder / REVIEW, self.vault(NO_PORTAL)), forget_shared(self.vault(address))
            traces += [trace for trace in more if trace is not None]
        return Forgotten(tuple(traces), told, others)


def _stands(vault: "Vault") -> bool:
    """Whether its account can be opened without a sign-in. One that is half forgotten cannot: it has no key."""
    return vault.made() and vault.refresh_token() is not None


def _revoked(entrance: Entrance) -> bool:
    """Whether the portal could be told that this computer is hers no longer."""
    with suppress(Problem):
        OwnAccount(entrance.portal, entrance.session).revoke_this()
        return True
    return False
