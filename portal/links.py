"""Links sent by e-mail: made here, looked at and spent in `portal.accounts`.

A link is 256 random bits, kept as SHA-256, and a short code that serves together with the address. It works once, for
72 hours; another one for the same address voids the former.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Select, and_, insert, select, update

from contract.accounts import LinkPurpose
from contract.identity import new_id
from portal import mail, safe
from portal.caller import hash_of, new_secret
from portal.database import Transaction, unix
from portal.people import as_kept
from portal.settings import Settings
from portal.tables import companies, links, persons, rights, spaces

LINK_HOURS: Final = 72
_LETTERS: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""None that is taken for another when it is copied by hand."""
_CODE_LENGTH: Final = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a person will find behind her link: the name of one company, and how many spaces."""

    company: str = ""
    spaces: int = 0


def issue(
    tx: Transaction,
    settings: Settings,
    purpose: LinkPurpose,
    email: str,
    person_id: str | None,
    *,
    by: str = "",
    payload: str = "",
) -> None:
    """Writes a link to this address and the mail that carries it, and voids the former ones.

    `person_id`: whose account it opens; her rights are to be there already, for the mail tells of them. None with
    `LinkPurpose.CREATE`, whose `payload` says what the account is to be. `by`: the name of who invites."""
    person = tx.db.execute(_named(person_id or "")).one_or_none()
    void(tx, email)
    secret, code = _write(tx, settings, purpose, email, person_id, payload)
    told = waiting(tx, person_id)
    mail.post(
        tx,
        purpose,
        as_kept(email),
        mail.Telling(
            first_name=person.first_name if person is not None else "",
            secret=secret,
            code=code,
            by=by,
            company=told.company,
            spaces=told.spaces,
        ),
    )


def pretend(tx: Transaction, settings: Settings, email: str, letter: str | None = None) -> None:
    """As much work as `issue`, for an address that gets no link, but perhaps a letter: its row is void from the
    start, and its mail goes to nobody."""
    tx.db.execute(_named("")).one_or_none()
    void(tx, email)
    secret, code = _write(tx, settings, LinkPurpose.FORGOTTEN, email, None, "", void=True)
    waiting(tx, None)
    telling = mail.Telling() if letter else mail.Telling(secret=secret, code=code)
    mail.post(tx, letter or LinkPurpose.FORGOTTEN, as_kept(email) if letter else "", telling)


def _named(person_id: str) -> Select[str]:
    """Her first name; she is locked as a row that names her will lock her, before her links are, as everywhere."""
    mine = select(persons.c.first_name).where(persons.c.person_id == person_id)
    return mine.with_for_update(read=True, key_share=True)


def waiting(tx: Transaction, person_id: str | None) -> Waiting:
    """What she will find: her rights of today."""
    mine = and_(rights.c.person_id == (person_id or ""), rights.c.space_id == spaces.c.space_id)
    held = select(spaces.c.space_id, companies.c.name).join(companies).join(rights, mine).distinct()
    live = (rights.c.ends_at.is_(None)) | (rights.c.ends_at > unix(tx.now))
    found = tx.db.execute(held.where(live).order_by(companies.c.name)).all()
    return Waiting(found[0].name, len(found)) if found else Waiting()


def void(tx: Transaction, email: str) -> None:
    """No link that was sent to this address serves any more."""
    former = and_(links.c.email == as_kept(email), links.c.used_at.is_(None), links.c.void_at.is_(None))
    tx.db.execute(update(links).where(former).values(void_at=tx.now))


def _write(
    tx: Transaction,
    settings: Settings,
    purpose: LinkPurpose,
    email: str,
    person_id: str | None,
    payload: str,
    *,
    void: bool = False,
) -> tuple[str, str]:
    """The secret and the code, as they go out."""
    secret = new_secret()
    code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
    tx.db.execute(
        insert(links).values(
            link_id=new_id(),
            token_hash=hash_of(secret),
            code_hash=safe.sum_of(settings, as_kept(email), code),
            purpose=purpose,
            email=as_kept(email),
            person_id=person_id,
            payload=payload,
            created_at=tx.now,
            expires_at=tx.now + timedelta(hours=LINK_HOURS),
            void_at=tx.now if void else None,
        )
    )
    return secret, f"{code[:5]}-{code[5:]}"
