"""Users of a small portfolio, as the portal tells an administrator of them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import msgspec

from contract.changes import Change
from contract.identity import new_id
from contract.portfolio import CompanyRecord, Me, Right, RightLabel, SpaceRecord
from contract.users import GrantRecord, UserRecord, UsersPage, UserState
from desktop.services.portfolio import Portfolio
from desktop.services.store import Store
from desktop.services.users import Users

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 24)
ME = "00000000-0000-7000-8000-000000000001"
LABELS: dict[str, str] = {
    Right.CONTACT: "Contact",
    Right.AFFILIATION: "Affiliation et radiation",
    Right.LEAVE: "Arrêts de travail",
    Right.ALLOWANCES: "Indemnités journalières",
    Right.CONTRIBUTIONS: "Cotisations",
    Right.DOCUMENTS: "Documents",
    Right.USERS: "Utilisateurs",
    Right.MAIN_ADMINISTRATOR: "Administrateur principal",
}


def space_id(place: int) -> str:
    return f"00000000-0000-7000-8000-1{place:011d}"


def a_me(spaces: int = 6, rights: Sequence[str] = tuple(Right), person_id: str = ME) -> Me:
    """So many spaces, two of each company, with these rights in all of them."""
    companies = tuple(
        CompanyRecord(f"00000000-0000-7000-8000-2{place:011d}", f"Société {place:04d}", f"{552100000 + place}")
        for place in range((spaces + 1) // 2)
    )
    held = tuple(
        SpaceRecord(
            space_id(place),
            companies[place // 2].company_id,
            f"{7000000 + place}",
            f"{companies[place // 2].siren}{place % 2:05d}",
            "Siège" if place % 2 == 0 else "Usine",
            tuple(rights),
            "Claire Martin",
        )
        for place in range(spaces)
    )
    labels = tuple(RightLabel(right, label) for right, label in LABELS.items())
    return Me(person_id, "Mme", "Claire", "Martin", "claire.martin@exemple.fr", companies, held, labels)


def a_user(last: str, first: str = "Anne", version: int = 1, **told: object) -> UserRecord:
    """Active, signed in yesterday, with Contact in the first two spaces unless told otherwise."""
    record = UserRecord(
        person_id=new_id(),
        version=version,
        civility="Mme",
        first_name=first,
        last_name=last,
        email=f"{first}.{last}@exemple.fr".lower().replace(" ", "-"),
        phone="",
        function="Gestionnaire RH",
        state=UserState.ACTIVE,
        whole=True,
        invited_at=datetime(2026, 1, 5, 9, tzinfo=UTC),
        signed_in_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
        grants=(grant([Right.CONTACT], [0, 1]),),
    )
    return msgspec.structs.replace(record, **told)


def myself(spaces: int = 6) -> UserRecord:
    return a_user("Martin", "Claire", person_id=ME, grants=(grant(tuple(Right), range(spaces)),))


def grant(rights: Iterable[str], places: Iterable[int], ends_on: date | None = None) -> GrantRecord:
    return GrantRecord(tuple(rights), tuple(space_id(place) for place in places), ends_on)


def outcome(record: UserRecord) -> Change[msgspec.Raw]:
    return Change(record.version, "user", record.person_id, msgspec.Raw(msgspec.json.encode(record)))


def tell(store: Store, portfolio: Portfolio, users: Users, me: Me) -> None:
    """`Me`, as sync hands it on."""
    change = Change(0, "me", me.person_id, msgspec.Raw(msgspec.json.encode(me)))
    with store.write(portfolio.topic, users.topic) as db:
        portfolio.apply(db, [change])
        users.apply(db, [change])


def put(store: Store, users: Users, *records: UserRecord, gone: Sequence[str] = (), reset: bool = False) -> None:
    """A page of the feed."""
    with store.write(users.topic) as db:
        users.take_page(db, UsersPage("1.1", reset=reset, users=records, gone=tuple(gone)))
