"""The first of the three steps to an account, and asking for a link: no answer tells whether an address has one."""

from collections.abc import Sequence

import msgspec
from litestar import post
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import Select, select, update

from contract import emails, names, paths
from contract.accounts import AskLink, BeginAccount, Begun, LinkPurpose, NextStep
from contract.identity import is_siren, is_siret, only_digits
from contract.portfolio import Right
from contract.wire import FieldError, ProblemKind
from portal import links, people, tries
from portal.answers import Reply, asked, nothing, say
from portal.caller import Ask, hash_of
from portal.database import SYSTEM, Database, Transaction
from portal.openapi import Answer, Operation, told
from portal.problems import Refusal
from portal.settings import Settings
from portal.tables import companies, persons, portfolio_spaces, rights, spaces
from portal.tables import links as kept_links

_NEW_ACCOUNT = Operation(
    name="new_account",
    summary="Begin an account for a company that has no administrator yet.",
    asks=BeginAccount,
    answers={200: Answer("What comes next.", Begun)},
    refuses=(ProblemKind.TOO_MANY_TRIES,),
    signed_in=False,
)
_NEW_LINK = Operation(
    name="new_link",
    summary="Have a link sent, if the address is known.",
    asks=AskLink,
    answers={204: Answer("The same for all.")},
    refuses=(ProblemKind.TOO_MANY_TRIES,),
    signed_in=False,
)


class Candidate(msgspec.Struct, frozen=True):
    """Who is to be the administrator of the space, as the link keeps it."""

    space_id: str
    civility: str
    first_name: str
    last_name: str
    phone: str
    function: str


def routes(settings: Settings, database: Database) -> Sequence[HTTPRouteHandler]:
    @post(paths.NEW_ACCOUNT, status_code=200, opt=told(_NEW_ACCOUNT))
    async def new_account(request: Ask) -> Reply:
        wish = await asked(request, BeginAccount)
        address = request.client.host if request.client else ""
        with database.write() as tx:
            tries.count_address(tx, settings, address)
        _check(wish)
        bucket = f"company:{tries.subscriber(address)}"
        with database.write() as tx:
            tries.look(tx, bucket)
            space_id = _space_of(tx, wish)
            if space_id is None:
                tries.count(tx, bucket)
        if space_id is None:
            sentence = "Ce numéro d’adhérent et ce numéro SIREN ou SIRET ne vont pas ensemble."
            raise Refusal(ProblemKind.INVALID, errors=(FieldError("member_number", sentence),))
        with database.write() as tx:
            if administered(tx, space_id):
                return say(Begun(NextStep.ADMINISTRATOR))
            tries.count(tx, f"space:{space_id}:{tries.subscriber(address)}")
            tries.count(tx, mail_bucket(wish.email))
        with database.write() as tx:
            _answer_by_mail(tx, settings, wish, space_id)
        return say(Begun(NextStep.MAIL))

    @post(paths.NEW_LINK, opt=told(_NEW_LINK))
    async def new_link(request: Ask) -> Reply:
        wish = await asked(request, AskLink)
        address = request.client.host if request.client else ""
        with database.write() as tx:
            tries.count_address(tx, settings, address)
        with database.write() as tx:
            tries.count(tx, mail_bucket(wish.email))
        with database.write() as tx:
            _send_again(tx, settings, wish.email)
        return nothing()

    return (new_account, new_link)


def mail_bucket(email: str) -> str:
    """Where the mails that others have sent to one mailbox are counted."""
    return f"mail:{hash_of(people.mailbox(email))}"


# The first step


def _check(wish: BeginAccount) -> None:
    """All that is wrong at once. Raises `Refusal`."""
    errors = []
    number = only_digits(wish.company_number)
    if not (is_siren(number) or is_siret(number)):
        errors.append(FieldError("company_number", "Ni un SIREN (9\u00a0chiffres), ni un SIRET (14\u00a0chiffres)."))
    for field, text, sentence in (
        ("member_number", wish.member_number, "Indiquez le numéro d’adhérent."),
        ("first_name", wish.first_name, "Indiquez votre prénom."),
        ("last_name", wish.last_name, "Indiquez votre nom."),
    ):
        if not people.readable(text).strip():
            errors.append(FieldError(field, sentence))
    for field, text in (("first_name", wish.first_name), ("last_name", wish.last_name)):
        no_name = names.complaint(people.readable(text))
        if no_name is not None:
            errors.append(FieldError(field, no_name))
    complaint = emails.complaint(wish.email)
    if complaint is not None:
        errors.append(FieldError("email", complaint))
    if errors:
        raise Refusal(ProblemKind.INVALID, errors=tuple(errors))


def _space_of(tx: Transaction, wish: BeginAccount) -> str | None:
    """The space that both numbers name."""
    number = only_digits(wish.company_number)
    owned = companies.c.siren == number if len(number) == 9 else spaces.c.siret == number
    query = select(spaces.c.space_id).join(companies, companies.c.company_id == spaces.c.company_id)
    member = spaces.c.member_number == people.readable(wish.member_number).strip()
    found = tx.db.execute(query.where(owned, member)).scalar_one_or_none()
    return None if found is None else str(found)


def _ours(space_id: str) -> Select[str]:
    """The spaces of this one's company."""
    company = select(spaces.c.company_id).where(spaces.c.space_id == space_id).scalar_subquery()
    return select(spaces.c.space_id).where(spaces.c.company_id == company)


def administered(tx: Transaction, space_id: str) -> bool:
    """Whether somebody is the main administrator of a space of this one's company, active or not yet."""
    main = select(rights.c.person_id).where(
        rights.c.space_id.in_(_ours(space_id)), rights.c.right == Right.MAIN_ADMINISTRATOR, people.live(tx.now)
    )
    return tx.db.execute(main).first() is not None


def _answer_by_mail(tx: Transaction, settings: Settings, wish: BeginAccount, space_id: str) -> None:
    """To a new address a link; to one that has an account, what to do instead; as many rows in each case."""
    email = people.as_kept(wish.email)
    known = people.owner(tx, email)
    if known is None:
        cut = [people.readable(text).strip() for text in (wish.civility, wish.first_name, wish.last_name)]
        more = [people.readable(text).strip() for text in (wish.phone, wish.function)]
        payload = msgspec.json.encode(Candidate(space_id, *cut, *more)).decode()
        links.issue(tx, settings, LinkPurpose.CREATE, email, None, payload=payload)
    elif known.password_hash is None and not known.suspended:
        links.issue(tx, settings, LinkPurpose.INVITATION, email, known.person_id)
    else:
        links.pretend(tx, settings, email, None if known.suspended else "existing")


# Another link


def _send_again(tx: Transaction, settings: Settings, email: str) -> None:
    """What the address is owed: a link into its account, into the one that waits for it, or nothing, for the same
    work."""
    kept = people.as_kept(email)
    person = people.owner(tx, kept)
    begun = select(kept_links.c.payload).where(kept_links.c.email == kept, kept_links.c.purpose == LinkPurpose.CREATE)
    begun = begun.where(kept_links.c.used_at.is_(None), kept_links.c.payload != "")
    payload = tx.db.execute(begun.order_by(kept_links.c.created_at.desc()).limit(1)).scalar_one_or_none()
    if person is not None and not person.suspended:
        purpose = LinkPurpose.INVITATION if person.password_hash is None else LinkPurpose.FORGOTTEN
        links.issue(tx, settings, purpose, kept, person.person_id)
    elif person is None and payload is not None:
        links.issue(tx, settings, LinkPurpose.CREATE, kept, None, payload=payload)
    else:
        links.pretend(tx, settings, kept)


# The last step


def candidate_of(payload: str) -> Candidate:
    """Whom the link was asked for."""
    return msgspec.json.decode(payload, type=Candidate)


def hold(tx: Transaction, payload: str) -> None:
    """All spaces of the company: an account that is made for another one of them makes its administrator too."""
    tx.hold(tx.db.execute(_ours(candidate_of(payload).space_id)).scalars())


def make(tx: Transaction, email: str, payload: str, password_hash: str) -> str | None:
    """The account that the link was for: its main administrator, with every right in the space. None when somebody
    else has become that, or the address has an account since."""
    candidate = candidate_of(payload)
    hold(tx, payload)
    if people.owner(tx, email) is not None or administered(tx, candidate.space_id):
        return None
    person_id = people.add_person(
        tx,
        _portfolio(tx, candidate.space_id),
        candidate.first_name,
        candidate.last_name,
        email,
        civility=candidate.civility,
        password_hash=password_hash,
    )
    said = {"phone": candidate.phone, "function": candidate.function}
    tx.db.execute(update(persons).where(persons.c.person_id == person_id).values(said))
    tx.audit(SYSTEM, "account.create", space=candidate.space_id, subject=person_id)
    people.grant(tx, SYSTEM, person_id, candidate.space_id, list(Right))
    return person_id


def _portfolio(tx: Transaction, space_id: str) -> str:
    """The one where the space is, or another of its company; a new one when nobody has looked after it yet."""
    company = select(spaces.c.company_id).where(spaces.c.space_id == space_id).scalar_subquery()
    mine = portfolio_spaces.c.space_id == space_id
    query = (
        select(portfolio_spaces.c.portfolio_id)
        .join(spaces, spaces.c.space_id == portfolio_spaces.c.space_id)
        .where(spaces.c.company_id == company)
        .order_by(mine.desc(), portfolio_spaces.c.portfolio_id)
        .limit(1)
    )
    found = tx.db.execute(query).scalar_one_or_none()
    if found is None:
        name = tx.db.execute(select(companies.c.name).where(companies.c.company_id == company)).scalar_one()
        return people.add_portfolio(tx, name, [space_id])
    people.attach_space(tx, SYSTEM, found, space_id)
    return str(found)
