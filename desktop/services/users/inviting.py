"""An invitation as it is typed, and the wish it makes; all that is wrong with it. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from contract import emails, limits, names
from contract.users import Grant, InviteUser
from desktop.services.drafting import Complaint
from desktop.services.users import masks
from desktop.services.users.planning import Edits
from desktop.services.users.rows import GIVE, Draft
from desktop.services.users.rules import why_not
from desktop.services.users.scene import Person, Scene

_ASKED: Final = {
    "last_name": "Donnez son nom.",
    "first_name": "Donnez son prénom.",
    "email": "Donnez son adresse e-mail professionnelle.",
}
_LONGEST: Final = {
    "last_name": limits.PERSON_NAME_CHARACTERS,
    "first_name": limits.PERSON_NAME_CHARACTERS,
    "phone": 30,
    "function": 100,
}


def complaints(scene: Scene, draft: Draft, today: date) -> list[Complaint]:
    """Once for each field, in the order of the form."""
    found = about_person(draft)
    told = draft.email.strip()
    if told and (why := emails.complaint(told)):
        found.append(Complaint("email", why))
    elif told and (known := _known(scene, told)) is not None:
        found.append(Complaint("email", f"{known.name} a déjà un accès avec cette adresse\u00a0: changez ses droits."))
    if not draft.like:
        if not draft.rights:
            found.append(Complaint("rights", "Cochez au moins un droit."))
        if not draft.space_ids:
            found.append(Complaint("spaces", "Choisissez au moins une entreprise."))
    if draft.ends_on is not None and draft.ends_on < today:
        found.append(Complaint("ends_on", "Cette date est passée."))
    if not any(each.field in ("rights", "spaces") for each in found):
        found += _about_rights(scene, draft)
    return found


def about_person(draft: Draft) -> list[Complaint]:
    """What is wrong with who she is, whether she is invited or corrected."""
    asked = ("last_name", "first_name", *(() if draft.key != Draft().key else ("email",)))
    found = [Complaint(code, _ASKED[code]) for code in asked if not str(getattr(draft, code)).strip()]
    for code, name in (("last_name", draft.last_name), ("first_name", draft.first_name)):
        if why := names.complaint(name.strip()):
            found.append(Complaint(code, why))
    for code, most in _LONGEST.items():
        if len(str(getattr(draft, code)).strip()) > most:
            found.append(Complaint(code, f"{most}\u00a0caractères au plus."))
    return found


def _about_rights(scene: Scene, draft: Draft) -> list[Complaint]:
    wanted = cells(scene, draft)
    if not wanted:
        return [Complaint("rights", "Il n’y a aucun droit à donner\u00a0: choisissez-en, ou une autre personne.")]
    beyond = {why for (place, bit), want in wanted.items() if (why := _why_not(scene, place, bit, want))}
    return [Complaint("rights", sentence) for sentence in sorted(beyond)[:1]]


def _why_not(scene: Scene, place: int, bit: int, wanted: str) -> str:
    return why_not(scene, nobody(Draft()), place, bit, wanted)


def _known(scene: Scene, email: str) -> Person | None:
    wanted = email.casefold()
    return next((person for person in scene.people if person.email.casefold() == wanted), None)


def cells(scene: Scene, draft: Draft) -> dict[tuple[int, int], str]:
    """What she gets, by place and bit: `+` or the ISO date of the last day. Of the rights of somebody else those that
    one may give oneself."""
    until = draft.ends_on.isoformat() if draft.ends_on is not None else ""
    if not draft.like:
        bits = [masks.BIT[right] for right in draft.rights if right in masks.BIT]
        where = [scene.by_space[space_id].place for space_id in draft.space_ids if space_id in scene.by_space]
        return {(place, bit): (GIVE if bit == masks.MAIN else until or GIVE) for place in where for bit in bits}
    person = scene.by_id.get(draft.like)
    if person is None:
        return {}
    found: dict[tuple[int, int], str] = {}
    for place in scene.by_place:
        for bit in masks.bits(person.at(place)):
            ends = person.ends.get((place, bit))
            wanted = until or (ends.isoformat() if ends is not None else GIVE)
            if bit != masks.MAIN and not _why_not(scene, place, bit, wanted):
                found[place, bit] = wanted
    return found


def edits(scene: Scene, draft: Draft, person_id: str) -> Edits:
    return {(person_id, place, bit): wanted for (place, bit), wanted in cells(scene, draft).items()}


def wish(scene: Scene, draft: Draft, person_id: str) -> InviteUser:
    return InviteUser(
        person_id=person_id,
        civility=draft.civility,
        first_name=draft.first_name.strip(),
        last_name=draft.last_name.strip(),
        email=draft.email.strip(),
        grants=_grants(scene, cells(scene, draft)),
        phone=draft.phone.strip(),
        function=draft.function.strip(),
    )


def _grants(scene: Scene, wanted: Mapping[tuple[int, int], str]) -> tuple[Grant, ...]:
    """The same rights with the same end go together."""
    by_place: dict[tuple[int, str], int] = defaultdict(int)
    for (place, bit), want in wanted.items():
        by_place[place, want] |= 1 << bit
    alike: dict[tuple[int, str], list[str]] = defaultdict(list)
    for (place, want), mask in by_place.items():
        alike[mask, want].append(scene.by_place[place].space_id)
    return tuple(
        Grant(
            rights=tuple(masks.RIGHTS[bit] for bit in masks.bits(mask)),
            space_ids=tuple(space_ids),
            ends_on=None if want == GIVE else date.fromisoformat(want),
        )
        for (mask, want), space_ids in alike.items()
    )


def draft_of(scene: Scene, made: InviteUser) -> Draft:
    """What was wished, to be typed on, and never more than that: the rights of somebody who holds just these, or those
    that were given everywhere."""
    spaces = dict.fromkeys(space_id for grant in made.grants for space_id in grant.space_ids)
    held: dict[str, set[str]] = {space_id: set() for space_id in spaces}
    for grant in made.grants:
        for space_id in grant.space_ids:
            held[space_id].update(right.value for right in grant.rights)
    everywhere = set.intersection(*held.values()) if held else set()
    draft = Draft(
        civility=made.civility,
        first_name=made.first_name,
        last_name=made.last_name,
        email=made.email,
        phone=made.phone,
        function=made.function,
        rights=tuple(right.value for right in masks.RIGHTS if right.value in everywhere),
        space_ids=tuple(spaces),
        ends_on=min((grant.ends_on for grant in made.grants if grant.ends_on), default=None),
    )
    alike = (replace(draft, rights=(), space_ids=(), ends_on=None, like=one.person_id) for one in scene.people)
    return next((each for each in (draft, *alike) if _gives(scene, each, made)), draft)


def _gives(scene: Scene, draft: Draft, made: InviteUser) -> bool:
    """Whether the draft comes to just this."""
    return set(made.grants) == set(_grants(scene, cells(scene, draft)))


def nobody(draft: Draft) -> Person:
    """Whom the draft would make, who holds nothing yet."""
    return Person(
        key=0,
        person_id="",
        version=0,
        civility=draft.civility,
        first_name=draft.first_name.strip(),
        last_name=draft.last_name.strip(),
        email=draft.email.strip(),
        phone=draft.phone.strip(),
        function=draft.function.strip(),
        state="",
        whole=True,
        invited_at=None,
        signed_in_at=None,
        told=b"",
        masks=bytearray(),
        uses={},
    )
