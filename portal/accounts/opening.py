"""Links: looked at without being spent, and spent by choosing a password."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from litestar import post
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import Row, and_, select, update

from contract import passwords as rules
from contract import paths
from contract.accounts import Link, LinkPurpose, LinkRecord, UseLink
from contract.wire import ProblemKind
from portal import factors, grants, links, mail, people, safe, sessions, tries
from portal.accounts import beginning
from portal.answers import Reply, asked, nothing, say
from portal.caller import Ask, hash_of
from portal.database import Actor, Database, Transaction
from portal.openapi import Answer, Operation, told
from portal.passwords import Passwords
from portal.problems import Refusal, invalid
from portal.settings import Settings
from portal.tables import companies, persons, spaces
from portal.tables import links as kept_links

_SHOW = Operation(
    name="show_link",
    summary="Look what a link is for; it still works afterwards.",
    asks=Link,
    answers={200: Answer("What it is for.", LinkRecord)},
    refuses=(ProblemKind.UNKNOWN, ProblemKind.GONE, ProblemKind.TOO_MANY_TRIES),
    signed_in=False,
)
_USE = Operation(
    name="use_link",
    summary="Choose the password of the account that a link is for.",
    asks=UseLink,
    answers={204: Answer("The password opens the account; the link is spent.")},
    refuses=(ProblemKind.UNKNOWN, ProblemKind.GONE, ProblemKind.TOO_MANY_TRIES),
    signed_in=False,
)
_ASK_ANOTHER = "Demandez un nouveau lien."
_ADMINISTERED = (
    "Cet espace a un administrateur depuis.",
    "Demandez-lui de vous ajouter parmi les utilisateurs, ou connectez-vous si c’est vous.",
)


@dataclass(frozen=True, slots=True)
class Found:
    """A link that stands, and who it is for. `second_factor`: her account has one."""

    row: Row[Any]
    first_name: str
    last_name: str
    waiting: links.Waiting
    second_factor: bool = False

    @property
    def context(self) -> tuple[str, ...]:
        """What a password may not be made of."""
        return self.first_name, self.last_name, self.row.email, self.waiting.company


def routes(settings: Settings, database: Database, passwords: Passwords) -> Sequence[HTTPRouteHandler]:
    def find(request: Ask, link: Link) -> Found:
        """Counts the try first, as whoever guesses at a short code pays for it."""
        address = request.client.host if request.client else ""
        with database.write() as tx:
            tries.count_address(tx, settings, address)
        bucket = _code_bucket(link.email or "", address) if link.secret is None else None
        if bucket is not None:
            with database.write() as tx:
                tries.count(tx, bucket)
        with database.write() as tx:
            found = standing(tx, settings, link)
            if bucket is not None:
                tries.forgive(tx, bucket)
            return found

    @post(paths.LINK_SHOWN, status_code=200, opt=told(_SHOW))
    async def show(request: Ask) -> Reply:
        found = find(request, await asked(request, Link))
        left = int((found.row.expires_at - settings.now()).total_seconds())
        record = LinkRecord(
            found.row.purpose,
            found.row.email,
            found.first_name,
            left,
            company=found.waiting.company,
            spaces=found.waiting.spaces,
            second_factor=found.second_factor,
        )
        return say(record)

    @post(paths.LINK_USED, opt=told(_USE))
    async def use(request: Ask) -> Reply:
        wish = await asked(request, UseLink)
        found = find(request, wish.link)
        judged = partial(rules.complaint, wish.password, found.context, second_factor=found.second_factor)
        complaint = await asyncio.to_thread(judged)
        if complaint is not None:
            raise invalid("password", complaint)
        kept = await passwords.make(wish.password)
        with database.write() as tx:
            _hold(tx, found)
            held = standing(tx, settings, wish.link, lock=True)
            short = rules.too_short(wish.password, second_factor=held.second_factor)
            if short is not None:  # the second factor has been ended meanwhile
                raise invalid("password", short)
            _spend(tx, held, kept)
        return nothing()

    return (show, use)


def _code_bucket(email: str, address: str) -> str:
    """Each who tries codes pays for himself, so that no stranger makes hers useless: they are too many to be guessed
    from however many computers (30^10)."""
    return f"code:{hash_of(people.as_kept(email))}:{tries.subscriber(address)}"


def standing(tx: Transaction, settings: Settings, link: Link, *, lock: bool = False) -> Found:
    """The link, when it may be used; held, when it is about to be. Raises `Refusal`: `unknown`, or `gone` with what to
    do instead."""
    row = _row(tx, settings, link, lock=lock)
    if row.used_at is not None:
        raise _gone("Ce lien a déjà servi.", "Connectez-vous avec le mot de passe choisi, ou demandez un nouveau lien.")
    if row.void_at is not None:
        raise _gone("Ce lien a été remplacé.", "Prenez celui de l’e-mail le plus récent, ou demandez-en un autre.")
    if row.expires_at <= tx.now:
        raise _gone(f"Ce lien a plus de {links.LINK_HOURS}\u00a0heures\u00a0: il ne sert plus.", _ASK_ANOTHER)
    if row.purpose == LinkPurpose.CREATE:
        return _candidate(tx, row)
    person = tx.db.execute(select(persons).where(persons.c.person_id == row.person_id)).one()
    waiting = links.waiting(tx, row.person_id)
    if person.suspended:
        raise _gone("Votre compte est suspendu.", "L’administrateur principal peut le rétablir.")
    if row.purpose == LinkPurpose.INVITATION and not waiting.spaces:
        raise _gone("Cette invitation a été retirée.", "Adressez-vous à qui vous l’a envoyée.")
    return Found(row, person.first_name, person.last_name, waiting, factors.stands(tx.db, row.person_id))


def _row(tx: Transaction, settings: Settings, link: Link, *, lock: bool) -> Row[Any]:
    if link.secret is not None:
        this = kept_links.c.token_hash == hash_of(link.secret)
        unknown = "Ce lien n’est pas reconnu.", "Copiez-le en entier depuis l’e-mail, ou demandez-en un autre."
    elif link.email is not None and link.code is not None:
        email = people.as_kept(link.email)
        shown = safe.sum_of(settings, email, safe.as_typed(link.code))
        this = and_(kept_links.c.email == email, kept_links.c.code_hash == shown)
        unknown = "Cette adresse et ce code ne vont pas ensemble.", "Vérifiez-les, ou demandez un nouveau lien."
    else:
        raise invalid("secret", "Donnez le lien entier, ou l’adresse et le code.")
    query = select(kept_links).where(this)
    row = tx.db.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise Refusal(ProblemKind.UNKNOWN, unknown[1], title=unknown[0])
    return row


def _candidate(tx: Transaction, row: Row[Any]) -> Found:
    candidate = beginning.candidate_of(row.payload)
    if beginning.administered(tx, candidate.space_id):
        raise _gone(*_ADMINISTERED)
    query = select(companies.c.name).join(spaces, spaces.c.company_id == companies.c.company_id)
    company = tx.db.execute(query.where(spaces.c.space_id == candidate.space_id)).scalar_one()
    return Found(row, candidate.first_name, candidate.last_name, links.Waiting(company, 1))


def _hold(tx: Transaction, found: Found) -> None:
    """Spaces and persons are locked before links, here as where links are written."""
    if found.row.person_id is None:
        beginning.hold(tx, found.row.payload)
    else:
        mine = persons.c.person_id == found.row.person_id
        tx.db.execute(select(persons.c.person_id).where(mine).with_for_update())


def _spend(tx: Transaction, found: Found, password_hash: str) -> None:
    """Opens the account under the new password. A second factor stays, so that a mailbox alone opens nothing."""
    row = found.row
    tx.db.execute(update(kept_links).where(kept_links.c.link_id == row.link_id).values(used_at=tx.now, payload=""))
    others = and_(kept_links.c.email == row.email, kept_links.c.used_at.is_(None), kept_links.c.void_at.is_(None))
    tx.db.execute(update(kept_links).where(others).values(void_at=tx.now))
    for bucket in (f"account:{hash_of(row.email)}", beginning.mail_bucket(row.email)):
        tries.forgive(tx, bucket)
    if row.purpose == LinkPurpose.CREATE:
        if beginning.make(tx, row.email, row.payload, password_hash) is None:
            raise _gone(*_ADMINISTERED)
        return
    mine = persons.c.person_id == row.person_id
    tx.db.execute(update(persons).where(mine).values(password_hash=password_hash))
    sessions.end_all(tx, row.person_id)
    actor = Actor("person", row.person_id)
    if row.purpose == LinkPurpose.FORGOTTEN:
        tx.audit(actor, "password.reset", subject=row.person_id)
        mail.post(tx, "changed", row.email, mail.Telling(first_name=found.first_name))
    else:
        people.about(tx, actor, "account.open", row.person_id)
        grants.rights_changed(tx, [row.person_id])  # she is no longer one who was invited only


def _gone(title: str, detail: str) -> Refusal:
    return Refusal(ProblemKind.GONE, detail, title=title)
