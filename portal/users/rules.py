"""What each wish about users does. Every rule begins with what its author may do, and where.

The spaces are held before her own rights are read, and the persons after them: what a rule found holds until it ends.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Row, and_, delete, literal_column, or_, select, text, update

from contract import emails, limits, names
from contract.accounts import LinkPurpose
from contract.forms import is_straight
from contract.users import ChangeRights, CorrectUser, InviteAgain, InviteUser, RemoveUser, SuspendUser, UserState
from contract.wire import FieldError, ProblemKind
from portal import grants, links, mail, people, tries
from portal.caller import hash_of
from portal.database import Transaction
from portal.grants import LastAdministrator
from portal.people import live
from portal.problems import Refusal, invalid, unknown
from portal.settings import Settings
from portal.tables import MAIN, access_tokens, persons, rights, spaces
from portal.users import records
from portal.users.authority import Authority, Batch, authority, end_of

UsersWish = InviteUser | ChangeRights | CorrectUser | SuspendUser | RemoveUser | InviteAgain


def carry_out(tx: Transaction, settings: Settings, person_id: str, wish: UsersWish) -> None:
    """Does what the person wishes. Raises `Refusal`."""
    with _keeping(tx):
        match wish:
            case InviteUser():
                _invite(tx, settings, person_id, wish)
            case ChangeRights():
                _change_rights(tx, person_id, wish)
            case CorrectUser():
                _correct(tx, person_id, wish)
            case SuspendUser():
                _suspend(tx, person_id, wish)
            case RemoveUser():
                _remove(tx, person_id, wish)
            case InviteAgain():
                _invite_again(tx, settings, person_id, wish)


@contextmanager
def _keeping(tx: Transaction) -> Iterator[None]:
    try:
        yield
    except LastAdministrator as error:
        query = select(spaces.c.member_number).where(spaces.c.space_id.in_(error.space_ids))
        numbers = sorted(tx.db.execute(query).scalars(), key=people.member_order)
        more = (
            f" et {len(numbers) - 1}\u00a0autres" if len(numbers) > 2 else " et un autre" if len(numbers) == 2 else ""
        )
        raise Refusal(
            ProblemKind.INVALID,
            f"Adhérent {numbers[0]}{more}.",
            title=str(error),
            remedy="Nommez d’abord un autre administrateur principal, qui a déjà choisi son mot de passe.",
        ) from None


# Rights


def _change_rights(tx: Transaction, author: str, wish: ChangeRights) -> None:
    batch = Batch()
    for place, change in enumerate(wish.changes):
        named = f"changes.{place}"
        end = end_of(change.ends_on, tx.now, f"{named}.ends_on")
        batch.give(change.person_id, change.space_ids, change.add, end, named)
        batch.take(change.person_id, change.space_ids, change.remove, named)
    space_ids = {space_id for change in wish.changes for space_id in change.space_ids}
    able = authority(tx, author, space_ids)
    able.administers(space_ids)
    found = _persons(tx, able, {change.person_id for change in wish.changes})
    stale = [
        place for place, change in enumerate(wish.changes) if found[change.person_id].version != change.base_version
    ]
    if stale:
        raise _stale(found[wish.changes[stale[0]].person_id], [f"changes.{place}.base_version" for place in stale])
    able.check(batch)
    grants.change(tx, able.actor, batch.given, batch.taken)
    able.note(tx, space_ids)
    records.answer(tx, able.viewer, found)


def _remove(tx: Transaction, author: str, wish: RemoveUser) -> None:
    hers = select(rights.c.space_id, rights.c.right).where(rights.c.person_id == wish.person_id)
    able = authority(tx, author)
    tx.hold({row.space_id for row in tx.db.execute(hers) if row.space_id in able.viewer.spaces})
    able = authority(tx, author)
    _person(tx, able, wish.person_id, wish.base_version)
    _not_oneself(able, wish.person_id)
    held = tx.db.execute(hers).all()
    batch = Batch(
        taken={(wish.person_id, space_id, right) for space_id, right in held if space_id in able.viewer.spaces}
    )
    able.check(batch)
    grants.change(tx, able.actor, {}, batch.taken)
    taken = {space_id for _, space_id, _ in batch.taken}
    people.about(tx, able.actor, "person.remove", wish.person_id, taken)
    if tx.db.execute(hers.where(live(tx.now)).limit(1)).first() is None:
        people.sign_out(tx, wish.person_id)
        tx.db.execute(delete(access_tokens).where(access_tokens.c.person_id == wish.person_id))
    able.note(tx, taken)
    records.answer(tx, able.viewer, [wish.person_id])


# Persons


def _invite(tx: Transaction, settings: Settings, author: str, wish: InviteUser) -> None:
    errors = _errors(wish)
    if complaint := emails.complaint(wish.email):
        errors.append(FieldError("email", complaint))
    if errors:
        raise Refusal(ProblemKind.INVALID, errors=tuple(errors))
    space_ids = {space_id for grant in wish.grants for space_id in grant.space_ids}
    able = authority(tx, author, space_ids)
    able.administers(space_ids)
    _count_invitation(tx, able, wish.email)
    known = _known(tx, able, people.as_kept(wish.email))
    person_id = wish.person_id if known is None else known.person_id
    batch = Batch()
    for place, grant in enumerate(wish.grants):
        end = end_of(grant.ends_on, tx.now, f"grants.{place}.ends_on")
        batch.give(person_id, grant.space_ids, grant.rights, end, f"grants.{place}")
    able.check(batch)
    if known is None:
        _add(tx, able, wish)
    else:
        _check_known(tx, able, known)
    people.about(tx, able.actor, "person.invite", person_id, space_ids)
    grants.change(tx, able.actor, batch.given)
    if known is None or known.password_hash is None:
        _send_link(tx, settings, able, person_id, wish.email)
    elif not known.suspended:
        by = people.name_of(tx.db, able.viewer.person_id)
        mail.post(tx, "added", known.email, mail.Telling(first_name=known.first_name, by=by))
    able.note(tx, space_ids)
    records.answer(tx, able.viewer, [person_id])


def _known(tx: Transaction, able: Authority, email: str) -> Row[Any] | None:
    """Who has this address, locked, and the author with her; who left before she chose a password may come back, but
    does not keep others from inviting her."""
    hers = persons.c.email == email, or_(people.claimed(tx.now), persons.c.portfolio_id == able.viewer.portfolio_id)
    these = or_(and_(*hers), persons.c.person_id == able.viewer.person_id)
    rows = tx.db.execute(select(persons).where(these).order_by(persons.c.person_id).with_for_update())
    return next((row for row in rows if row.email == email), None)


def _add(tx: Transaction, able: Authority, wish: InviteUser) -> None:
    if tx.db.execute(select(persons.c.person_id).where(persons.c.person_id == wish.person_id)).first():
        raise Refusal(ProblemKind.OTHER_WISH, "Cette personne a déjà été ajoutée par un autre envoi.")
    people.add_person(
        tx,
        able.viewer.portfolio_id,
        wish.first_name.strip(),
        wish.last_name.strip(),
        wish.email,
        civility=wish.civility.strip(),
        person_id=wish.person_id,
    )
    details = {"phone": wish.phone.strip(), "function": wish.function.strip()}
    tx.db.execute(update(persons).where(persons.c.person_id == wish.person_id).values(details))


def _check_known(tx: Transaction, able: Authority, known: Row[Any]) -> None:
    """Who left, or works where others administer, may come (back); who is seen is changed, not invited."""
    if known.portfolio_id != able.viewer.portfolio_id:
        raise invalid("email", "Cette adresse ne peut pas être invitée. Vérifiez-la, ou écrivez à votre conseiller.")
    if _visible(tx, able, {known.person_id}):
        raise invalid("email", "Cette personne est déjà parmi vos utilisateurs\u00a0: changez ses droits.")


def _invite_again(tx: Transaction, settings: Settings, author: str, wish: InviteAgain) -> None:
    able = authority(tx, author)
    person = _persons(tx, able, {wish.person_id})[wish.person_id]
    if records.state(person) != UserState.INVITED:
        raise invalid("person_id", "Cette personne a déjà choisi son mot de passe, ou son accès est suspendu.")
    _count_invitation(tx, able, person.email)
    _send_link(tx, settings, able, wish.person_id, person.email)
    places = _places(tx, wish.person_id) & able.viewer.spaces
    people.about(tx, able.actor, "person.invite_again", wish.person_id, places)
    able.note(tx, places)
    records.answer(tx, able.viewer, [wish.person_id])


def _send_link(tx: Transaction, settings: Settings, able: Authority, person_id: str, email: str) -> None:
    tx.db.execute(update(persons).where(persons.c.person_id == person_id).values(invited_at=tx.now))
    tx.tell_administrators([person_id])
    by = people.name_of(tx.db, able.viewer.person_id)
    links.issue(tx, settings, LinkPurpose.INVITATION, email, person_id, by=by)


def _count_invitation(tx: Transaction, able: Authority, email: str) -> None:
    """Before anything is looked up, so that who guesses at addresses soon learns no more. Raises `Refusal` when enough
    was sent today by her, or to this mailbox."""
    if tries.used_today(tx, f"invitations:{able.viewer.person_id}") > limits.INVITATIONS_PER_DAY:
        raise Refusal(
            ProblemKind.INVALID,
            f"Un administrateur en envoie au plus {limits.INVITATIONS_PER_DAY} par jour.",
            title="Vous avez envoyé beaucoup d’invitations aujourd’hui.",
            remedy="Continuez demain, ou demandez à un autre administrateur.",
        )
    if tries.used_today(tx, f"invited:{hash_of(people.mailbox(email))}") > limits.INVITATIONS_TO_ONE_PER_DAY:
        raise Refusal(
            ProblemKind.INVALID,
            f"Elle en a déjà reçu {limits.INVITATIONS_TO_ONE_PER_DAY}.",
            title="Cette personne a reçu assez d’invitations aujourd’hui.",
            remedy="Demandez-lui de regarder dans ses courriers indésirables, puis réessayez demain.",
        )


def _correct(tx: Transaction, author: str, wish: CorrectUser) -> None:
    if errors := _errors(wish):
        raise Refusal(ProblemKind.INVALID, errors=tuple(errors))
    able = authority(tx, author)
    _person(tx, able, wish.person_id, wish.base_version)
    places = _whole(tx, able, wish.person_id)
    main = _leading(tx, wish.person_id)
    able.leads(main)
    corrected = ("civility", "first_name", "last_name", "phone", "function")
    values = {name: getattr(wish, name).strip() for name in corrected}
    tx.db.execute(update(persons).where(persons.c.person_id == wish.person_id).values(values))
    grants.rights_changed(tx, [wish.person_id], main)
    people.about(tx, able.actor, "person.correct", wish.person_id)
    able.note(tx, places)
    records.answer(tx, able.viewer, [wish.person_id])


def _suspend(tx: Transaction, author: str, wish: SuspendUser) -> None:
    tx.hold(_leading(tx, wish.person_id) if author != wish.person_id else ())
    able = authority(tx, author)
    person = _person(tx, able, wish.person_id, wish.base_version)
    _not_oneself(able, wish.person_id)
    places = _whole(tx, able, wish.person_id)
    able.leads(_leading(tx, wish.person_id))
    if person.suspended != wish.suspended:
        people.suspend(tx, able.actor, wish.person_id, suspended=wish.suspended)
        able.note(tx, places)
    records.answer(tx, able.viewer, [wish.person_id])


def _errors(wish: InviteUser | CorrectUser) -> list[FieldError]:
    """All that is wrong with what is said of a person."""
    errors = [
        FieldError(name, "Ce texte contient un caractère invisible.")
        for name in ("civility", "first_name", "last_name", "phone", "function")
        if not is_straight(getattr(wish, name)) or "\n" in getattr(wish, name)
    ]
    for name, sentence in (("first_name", "Indiquez le prénom."), ("last_name", "Indiquez le nom.")):
        if not getattr(wish, name).strip():
            errors.append(FieldError(name, sentence))
        elif (complaint := names.complaint(getattr(wish, name))) and name not in {error.field for error in errors}:
            errors.append(FieldError(name, complaint))
    return errors


# Whom it is about


def _person(tx: Transaction, able: Authority, person_id: str, base_version: int) -> Row[Any]:
    """The person, locked, as the author knows her. Raises `Refusal`."""
    person = _persons(tx, able, {person_id})[person_id]
    if person.version != base_version:
        raise _stale(person, ["base_version"])
    return person


def _persons(tx: Transaction, able: Authority, person_ids: set[str]) -> Mapping[str, Row[Any]]:
    """The persons, locked. Raises `Refusal` for one whom the author does not see."""
    locked = persons.c.person_id.in_({*person_ids, able.viewer.person_id})  # hers as well: her use of it is noted
    query = select(persons).where(locked, persons.c.portfolio_id == able.viewer.portfolio_id)
    rows = tx.db.execute(query.order_by(persons.c.person_id).with_for_update())
    found = {row.person_id: row for row in rows if row.person_id in person_ids}
    if _visible(tx, able, person_ids) != person_ids or found.keys() != person_ids:
        raise unknown()
    return found


def _visible(tx: Transaction, able: Authority, person_ids: set[str]) -> set[str]:
    """Those of the persons who have a right in a space that the author administers."""
    hers, mine = rights.alias("hers"), rights.alias("mine")
    administering = mine.c.right.in_([literal_column("'users'"), literal_column("'main_administrator'")])
    common = (
        select(hers.c.right)
        .join(mine, mine.c.space_id == hers.c.space_id)
        .where(mine.c.person_id == able.viewer.person_id, administering, live(tx.now, mine))
        .where(hers.c.person_id == persons.c.person_id, live(tx.now, hers))
    )
    query = select(persons.c.person_id).where(persons.c.person_id.in_(person_ids), common.exists())
    return set(tx.db.execute(query).scalars())


def _places(tx: Transaction, person_id: str) -> set[str]:
    """The spaces where she has a right."""
    query = select(rights.c.space_id).where(rights.c.person_id == person_id, live(tx.now)).distinct()
    return set(tx.db.execute(query).scalars())


def _whole(tx: Transaction, able: Authority, person_id: str) -> set[str]:
    """The spaces where she has a right. Raises `Refusal` unless the author administers them all."""
    places = _places(tx, person_id)
    if not places <= able.viewer.spaces:
        raise Refusal(ProblemKind.RIGHTS, "Cette personne a aussi des droits là où vous n’êtes pas administrateur.")
    return places


def _leading(tx: Transaction, person_id: str) -> set[str]:
    """The spaces of which she is a main administrator."""
    query = select(rights.c.space_id).where(rights.c.person_id == person_id, text(MAIN))
    return set(tx.db.execute(query).scalars())


def _not_oneself(able: Authority, person_id: str) -> None:
    if person_id == able.viewer.person_id:
        raise Refusal(ProblemKind.RIGHTS, "On ne peut ni se suspendre ni se retirer soi-même.")


def _stale(person: Row[Any], fields: list[str]) -> Refusal:
    return Refusal(
        ProblemKind.STALE,
        title="Cet utilisateur a changé depuis que vous l’avez lu.",
        remedy="Vérifiez ses droits, puis confirmez votre envoi.",
        errors=tuple(FieldError(name, "Cette personne a changé depuis.") for name in fields),
        version=person.version,
    )
