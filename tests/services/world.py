"""A small world of realistic records, told to the client as sync tells it: companies, requests, conversations.

`a_world` is always the same for one seed. Nothing is written into the copied tables by hand: all goes through `apply`.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from contract.catalogue import (
    Catalogue,
    DocumentWanted,
    FieldAsked,
    FieldChoice,
    FieldKind,
    ThemeRecord,
    TopicRecord,
    Topics,
)
from contract.changes import Change
from contract.contact import (
    AttachmentRecord,
    Author,
    AwaitedDocument,
    Closing,
    MessageRecord,
    Origin,
    ReadMarkRecord,
    RequestRecord,
    State,
)
from contract.portfolio import CompanyRecord, Me, Right, RightLabel, SpaceRecord
from desktop.services.contact import Contact
from desktop.services.portfolio import Portfolio
from desktop.services.store import Store

Raw = msgspec.Raw
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
ALL_RIGHTS = tuple(Right)

_FIRST = ("Claire", "Amélie", "Noémie", "Jérôme", "François", "Chloé", "Loïc", "Inès", "Zoé", "Gaëlle", "Rémi", "Nadia")
_LAST = ("Lefèvre", "Dupont", "N’Guyen", "Bérenger", "Garcia", "Œhmichen", "Müller", "Petit", "Roux", "Faÿ", "Haddad")
_COMPANIES = (
    "Ateliers Bérard",
    "Élan Logistique",
    "Côte & Fils",
    "Zéphyr Énergies",
    "Fonderie du Lac",
    "Œuvres Réunies",
)
_TOWNS = ("Lyon", "Nantes", "Besançon", "Orléans", "Nîmes", "Évry")
_MATTERS = (
    "prolongation de l’arrêt",
    "attestation de salaire",
    "mise à jour du contrat",
    "règlement des cotisations",
    "remboursement d’une hospitalisation",
    "changement d’adresse",
    "radiation au départ",
    "bulletin d’affiliation",
)
_SENTENCES = (
    "Bonjour, veuillez trouver ci-joint le document demandé.",
    "Pouvez-vous nous confirmer la date d’effet, s’il vous plaît ?",
    "Nous avons bien reçu votre demande et revenons vers vous rapidement.",
    "Le dossier est complet, le règlement interviendra sous huit jours.",
    "Il manque l’avis d’arrêt de travail, volet 3, destiné à l’employeur.",
    "La salariée reprendra à temps partiel pour motif thérapeutique.",
    "Merci de nous indiquer le montant brut des douze derniers mois.",
    "Le virement du mois dernier ne correspond pas au décompte reçu.",
)


def an_id(dice: random.Random) -> str:
    text = f"{dice.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def raw(record: object) -> Raw:
    return Raw(msgspec.json.encode(record))


def gone(number: int, kind: str, key: str) -> Change[Raw]:
    return Change(number, kind, key, Raw(b"null"))


def change(number: int, record: RequestRecord | MessageRecord | ReadMarkRecord) -> Change[Raw]:
    match record:
        case RequestRecord():
            return Change(number, "request", record.request_id, raw(record))
        case MessageRecord():
            return Change(number, "message", record.message_id, raw(record))
        case ReadMarkRecord():
            return Change(number, "read_mark", record.request_id, raw(record))


@dataclass(frozen=True, slots=True)
class World:
    """`changes` are in the order of the feed; `me` and `catalogue` come first."""

    me: Me
    catalogue: Catalogue
    changes: tuple[Change[Raw], ...]
    requests: tuple[RequestRecord, ...]
    messages: tuple[MessageRecord, ...]

    @property
    def space_ids(self) -> tuple[str, ...]:
        return tuple(space.space_id for space in self.me.spaces)


def a_catalogue() -> Catalogue:
    employee = FieldAsked("employee", "Nom et prénom du salarié", FieldKind.TEXT, required=True)
    leave = TopicRecord(
        Topics.LEAVE,
        "Déclaration d’un arrêt de travail",
        Right.LEAVE,
        "Pour déclarer un arrêt de travail.",
        "Arrêt de travail\u00a0: {employee}",
        (
            employee,
            FieldAsked(
                "cause",
                "Cause de l’arrêt",
                FieldKind.CHOICE,
                required=True,
                choices=(FieldChoice("illness", "Maladie"),),
            ),
            FieldAsked("start_date", "Premier jour d’arrêt", FieldKind.DATE, required=True),
            FieldAsked("end_date", "Dernier jour d’arrêt", FieldKind.DATE, required=True, not_before="start_date"),
            FieldAsked("extension", "Prolongation", FieldKind.YES_NO),
            FieldAsked("gross_salary", "Salaire brut", FieldKind.AMOUNT),
        ),
        (DocumentWanted("notice", "Avis d’arrêt de travail", required=True), DocumentWanted("other", "Décomptes")),
    )
    add = FieldAsked("added", "SIRET ou numéros d’adhérent", FieldKind.SIRETS_OR_MEMBERS, required=True)
    return Catalogue(
        (
            ThemeRecord("prevoyance", "Mes prestations de prévoyance", (leave,)),
            ThemeRecord(
                "salaries",
                "Mes salariés",
                (
                    TopicRecord(Topics.AFFILIATION, "Affiliation", Right.AFFILIATION, fields=(employee,)),
                    TopicRecord(Topics.RADIATION, "Radiation", Right.AFFILIATION, fields=(employee,)),
                ),
            ),
            ThemeRecord(
                "espace",
                "Mon espace client",
                (
                    TopicRecord(Topics.BECOME_ADMINISTRATOR, "Devenir administrateur", Right.CONTACT),
                    TopicRecord(Topics.ADD_SPACE, "Ajouter un espace", Right.CONTACT, fields=(add,)),
                ),
            ),
            ThemeRecord("autre", "Autre question", (TopicRecord(Topics.OTHER, "Autre question", Right.CONTACT),)),
        )
    )


def a_siren(dice: random.Random) -> str:
    digits = [dice.randrange(10) for _ in range(8)]
    return "".join(map(str, digits)) + str(_luhn_digit(digits))


def a_siret(dice: random.Random, siren: str) -> str:
    digits = [int(char) for char in siren] + [0, 0, 0, dice.randrange(10)]
    return "".join(map(str, digits)) + str(_luhn_digit(digits))


def _luhn_digit(digits: Sequence[int]) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = digit * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return -total % 10


def a_portfolio(dice: random.Random, companies: int = 3, spaces: int = 5) -> Me:
    """The first company has no space of its smallest member number here, the others hold theirs."""
    person = (an_id(dice), "Mme", "Hélène", "Œuvrard", "helene.oeuvrard@exemple.fr")
    labels = tuple(RightLabel(right, f"Droit {right.replace('_', ' ')}") for right in Right)
    numbers = sorted(dice.sample(range(100_000, 999_999), spaces + 1))
    made = []
    for place in range(companies):
        mine = numbers[1:][place::companies]
        name = f"{_COMPANIES[place % len(_COMPANIES)]}{f' {place}' if place >= len(_COMPANIES) else ''}"
        former = numbers[0] if place == 0 else (mine[0] if mine else None)
        made.append((CompanyRecord(an_id(dice), name, a_siren(dice), former and str(former), 4), mine))
    held = tuple(
        SpaceRecord(
            an_id(dice),
            company.company_id,
            str(number),
            a_siret(dice, company.siren),
            dice.choice(_TOWNS),
            ALL_RIGHTS,
            "Claire Martin",
        )
        for company, mine in made
        for number in mine
    )
    return Me(*person, tuple(company for company, _ in made), held, labels)


def a_world(requests: int = 60, seed: int = 1, companies: int = 3, spaces: int = 5) -> World:
    """Requests over two years, of both origins and all states, with one to six messages, some with attachments."""
    dice = random.Random(seed)  # noqa: S311 - the same world for the same seed
    me, catalogue = a_portfolio(dice, companies, spaces), a_catalogue()
    found: list[RequestRecord] = []
    messages: list[MessageRecord] = []
    changes: list[Change[Raw]] = []
    number = 0
    for place in range(requests):
        request, mine, mark = _matter(dice, me, catalogue, place)
        found.append(request)
        messages += mine
        number += 1
        found[-1] = msgspec.structs.replace(request, state_version=number)
        changes.append(change(number, found[-1]))
        for record in (*mine, *([mark] if mark else [])):
            number += 1
            changes.append(change(number, record))
    return World(me, catalogue, tuple(changes), tuple(found), tuple(messages))


def _matter(
    dice: random.Random, me: Me, catalogue: Catalogue, place: int
) -> tuple[RequestRecord, list[MessageRecord], ReadMarkRecord | None]:
    space = dice.choice(me.spaces)
    theme = dice.choice(catalogue.themes)
    topic = dice.choice(theme.topics)
    opened = NOW - timedelta(minutes=dice.randrange(2 * 365 * 24 * 60), seconds=dice.randrange(60))
    author = (me.person_id, "Hélène Œuvrard") if dice.random() < 0.4 else (an_id(dice), _name(dice))
    request_id = an_id(dice)
    messages = list(_talk(dice, request_id, space.space_id, opened, author))
    state = dice.choice((State.RECEIVED, State.RECEIVED, State.CLOSED))
    awaits = state is State.CLOSED and dice.random() < 0.4
    closing = (Closing.DOCUMENT_AWAITED if awaits else Closing.DONE) if state is State.CLOSED else None
    request = RequestRecord(
        request_id=request_id,
        space_id=space.space_id,
        file_number=f"{7_600_000 + place * 7:07d}",
        topic=topic.code,
        theme_label=theme.label,
        topic_label=topic.label,
        subject=f"{_name(dice)}, {dice.choice(_MATTERS)}",
        state=state,
        closing=closing,
        awaited=(AwaitedDocument(an_id(dice), "Avis d’arrêt de travail"),) if awaits else (),
        origin=Origin.FORMER if dice.random() < 0.2 else Origin.NEW,
        author_id=author[0],
        author_name=author[1],
        opened_at=opened,
        moved_at=messages[-1].sent_at,
        state_version=1,
        fields=(("Nom et prénom du salarié", _name(dice)),) if topic.fields else (),
    )
    read = dice.randrange(len(messages) + 1)
    mark = ReadMarkRecord(request_id, space.space_id, read) if read else None
    return request, messages, mark


def _talk(
    dice: random.Random, request_id: str, space_id: str, opened: datetime, author: tuple[str, str]
) -> Iterator[MessageRecord]:
    at = opened
    for position in range(1, dice.randrange(1, 7) + 1):
        from_adviser = position % 2 == 0
        name = dice.choice(_MATTERS).replace("’", "-").replace(" ", "-")
        files = (
            (
                AttachmentRecord(
                    an_id(dice),
                    f"{name}.pdf",
                    "application/pdf",
                    dice.randrange(1, 10**6),
                    f"{dice.getrandbits(256):064x}",
                ),
            )
            if dice.random() < 0.25
            else ()
        )
        yield MessageRecord(
            message_id=an_id(dice),
            request_id=request_id,
            space_id=space_id,
            position=position,
            author=Author.ADVISER if from_adviser else Author.CLERK,
            author_id=None if from_adviser else author[0],
            author_name="Paul Conseil" if from_adviser else author[1],
            text=f"{' '.join(dice.choices(_SENTENCES, k=2))} {_name(dice)}.",
            sent_at=at,
            attachments=files,
        )
        at = min(at + timedelta(minutes=dice.randrange(5, 4000)), NOW)


def _name(dice: random.Random) -> str:
    return f"{dice.choice(_FIRST)} {dice.choice(_LAST)}"


def fill(store: Store, contact: Contact, portfolio: Portfolio, world: World, page: int = 500) -> None:
    """Tells the client of the whole world, a transaction a page, as sync does."""
    with store.write(portfolio.topic) as db:
        portfolio.take_in(db, world.me)
        portfolio.take_catalogue(db, world.catalogue)
    for start in range(0, len(world.changes), page):
        with store.write(contact.topic) as db:
            contact.apply(db, world.changes[start : start + page])
