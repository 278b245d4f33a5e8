"""What an administrator may do about whom, as far as it can be known here; the portal decides. Pure.

Each function answers why not, in French; "" when it may be.
"""

from datetime import date
from typing import Final

from contract.users import UserState
from desktop.services.users import masks
from desktop.services.users.rows import GIVE, WITHDRAW, Acts
from desktop.services.users.scene import Person, Scene

NOT_HELD: Final = "Vous n’avez pas vous-même ce droit dans cet espace."
NOT_MAIN: Final = "Seul un administrateur principal de cet espace donne ou retire ce rôle."
LAST_MAIN: Final = "C’est le seul administrateur principal de cet espace\u00a0: nommez-en d’abord un autre."
MAIN_ENDLESS: Final = "Le rôle d’administrateur principal n’a pas de date de fin."
NOT_SO_LONG: Final = "Vous n’avez pas vous-même ce droit aussi longtemps dans cet espace."
NOT_THERE: Final = "Vous n’administrez pas cet espace."
ON_ITS_WAY: Final = "Son invitation n’est pas encore arrivée au portail."
_ONESELF: Final = "Vous ne pouvez pas le faire pour vous-même."
_ELSEWHERE: Final = "Cette personne a aussi des droits dans des espaces que vous n’administrez pas."
_ELSEWHERE_ONESELF: Final = "Vous avez aussi des droits dans des espaces que vous n’administrez pas."
_ONLY_MAIN: Final = "Seul un administrateur principal peut changer l’accès d’un administrateur principal."
_SIGNED_IN: Final = "Cette personne a déjà activé son accès."


def why_not(scene: Scene, person: Person, place: int, bit: int, wanted: str) -> str:
    """About one cell: `wanted` is `+`, `-` or the ISO date of the last day."""
    if place not in scene.by_place:
        return NOT_THERE
    if person.version is None:
        return ON_ITS_WAY
    mine = scene.mine(place)
    if bit == masks.MAIN:
        return _why_not_main(scene, person, place, mine, wanted)
    if person.at(place) >> bit & 1 and wanted != GIVE and _is_above(person, place, mine):
        return _ONLY_MAIN
    if wanted == WITHDRAW or mine >> bit & 1:
        return NOT_SO_LONG if wanted != WITHDRAW and _beyond(scene, place, bit, wanted) else ""
    return NOT_HELD


def _why_not_main(scene: Scene, person: Person, place: int, mine: int, wanted: str) -> str:
    if not mine >> masks.MAIN & 1:
        return NOT_MAIN
    if wanted == WITHDRAW:
        return LAST_MAIN if is_last_main(scene, person, place) else ""
    return "" if wanted == GIVE else MAIN_ENDLESS


def _beyond(scene: Scene, place: int, bit: int, wanted: str) -> bool:
    """Whether it would hold for longer than one's own right does."""
    me = scene.by_id.get(scene.me)
    until = me.told_ends.get((place, bit)) if me is not None else None
    return until is not None and (wanted == GIVE or date.fromisoformat(wanted) > until)


def is_last_main(scene: Scene, person: Person, place: int) -> bool:
    """Whether nobody else can act as the main administrator of this space."""
    return scene.mains.get(place) == (person.person_id,)


def last_main_places(scene: Scene, person: Person) -> list[int]:
    """The spaces whose only main administrator she is."""
    return [place for place, mains in scene.mains.items() if mains == (person.person_id,)]


def acts(scene: Scene, person: Person) -> Acts:
    here = ON_ITS_WAY if person.version is None else ""
    oneself = _ONESELF if person.person_id == scene.me else ""
    mains = LAST_MAIN if last_main_places(scene, person) else ""
    whole = "" if person.whole else _ELSEWHERE_ONESELF if oneself else _ELSEWHERE
    return Acts(
        change=here,
        correct=here or whole or _why_no_power(scene, person),
        suspend=here or oneself or whole or ("" if person.suspended else mains or _why_no_power(scene, person)),
        remove=here or oneself or mains or _why_no_power(scene, person),
        invite_again=here or ("" if person.state == UserState.INVITED else _SIGNED_IN),
    )


def _why_no_power(scene: Scene, person: Person) -> str:
    """A main administrator is no administrator's to take away."""
    places = masks.held_places(bytes(person.masks))
    return _ONLY_MAIN if any(_is_above(person, place, scene.mine(place)) for place in places) else ""


def _is_above(person: Person, place: int, mine: int) -> bool:
    """Whether she is a main administrator there, and one is none oneself."""
    return bool(person.at(place) >> masks.MAIN & 1 and not mine >> masks.MAIN & 1)
