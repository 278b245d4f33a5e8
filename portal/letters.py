"""What the portal writes by mail: French, plain text, nothing about anybody's health or rights.

Names come from people: they are put on one line, without what is not seen, and left out when they are no names but
links or numbers; the letter to an address that nobody has vouched for yet repeats none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import msgspec

from contract import names
from portal.settings import Settings

PAGE: Final = "/link"
"""Where a link leads."""
_LONGEST_NAME: Final = 200


class Telling(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a letter is told with; which of it is used is the letter's matter. `secret` and `code` are a link's."""

    first_name: str = ""
    secret: str = ""
    code: str = ""
    by: str = ""
    company: str = ""
    spaces: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class _Body:
    """`told`: paragraphs; `ending`: what to do when one did not expect it."""

    subject: str
    told: tuple[str, ...]
    ending: str


def write(kind: str, telling: Telling, settings: Settings) -> Letter:
    """The letter of this kind. Raises `ValueError` for one that is none of `KINDS`."""
    if kind not in KINDS:
        raise ValueError(kind)
    body = KINDS[kind](telling, settings)
    first_name = _name(telling.first_name)
    greeting = f"Bonjour {first_name}," if first_name else "Bonjour,"
    closing = f"{settings.insurer}\nCet e-mail est envoyé automatiquement\u00a0: n’y répondez pas."
    return Letter(body.subject, "\n\n".join((greeting, *body.told, body.ending, closing)) + "\n")


def _create(telling: Telling, settings: Settings) -> _Body:
    return _Body(
        "Créez votre compte",
        (
            f"Vous avez demandé à créer un compte dans l’espace client entreprise de {settings.insurer}. "
            "Il reste à choisir votre mot de passe.",
            *_way_in(telling, settings),
        ),
        "Si vous n’avez rien demandé, ne faites rien\u00a0: aucun compte ne sera créé.",
    )


def _invitation(telling: Telling, settings: Settings) -> _Body:
    by, company = _name(telling.by), _one_line(telling.company)
    who = f"{by} vous donne accès" if by else "Vous avez accès"
    where = f" pour {company}" if company else ""
    many = f" ({telling.spaces}\u00a0espaces)" if telling.spaces > 1 else ""
    return _Body(
        "Vous avez accès à un espace client",
        (
            f"{who} à l’espace client entreprise de {settings.insurer}{where}{many}. "
            "Il reste à choisir votre mot de passe.",
            *_way_in(telling, settings),
        ),
        "Si vous n’attendiez pas ce message, ne faites rien, ou demandez à votre entreprise de quoi il s’agit.",
    )


def _added(telling: Telling, settings: Settings) -> _Body:
    by = _name(telling.by)
    who = f"{by} vous donne accès" if by else "Vous avez accès"
    return _Body(
        "Vous avez accès à d’autres espaces",
        (
            f"{who} à d’autres espaces dans l’espace client entreprise de {settings.insurer}. "
            "Connectez-vous dans Volet comme d’habitude\u00a0: vous les y trouverez.",
        ),
        "Si vous n’attendiez pas ce message, ne faites rien, ou demandez à votre entreprise de quoi il s’agit.",
    )


def _forgotten(telling: Telling, settings: Settings) -> _Body:
    return _Body(
        "Choisissez un nouveau mot de passe",
        (
            f"Vous avez demandé un lien pour l’espace client entreprise de {settings.insurer}. "
            "Il permet de choisir un nouveau mot de passe.",
            *_way_in(telling, settings),
            "Si vous avez activé la double authentification, son code vous sera demandé comme d’habitude.",
        ),
        "Si vous n’avez rien demandé, ne faites rien\u00a0: votre mot de passe reste le même.",
    )


def _existing(_telling: Telling, settings: Settings) -> _Body:
    return _Body(
        "Vous avez déjà un compte",
        (
            f"Un compte vient d’être demandé avec cette adresse dans l’espace client entreprise de {settings.insurer}. "
            "Or elle en a déjà un.",
            "Connectez-vous dans Volet avec cette adresse. Si vous ne savez plus le mot de passe, choisissez "
            "«\u00a0Mot de passe oublié\u00a0».",
            "Pour voir une entreprise de plus, connectez-vous, puis choisissez «\u00a0Ajouter un espace\u00a0».",
        ),
        "Si vous n’avez rien demandé, ne faites rien\u00a0: votre compte reste le même.",
    )


def _happened(subject: str, sentence: str) -> Callable[[Telling, Settings], _Body]:
    """What is written when one's account changed, the same for everybody."""

    def written(_telling: Telling, _settings: Settings) -> _Body:
        return _Body(subject, (sentence,), _NOT_YOU)

    return written


def _way_in(telling: Telling, settings: Settings) -> tuple[str, ...]:
    return (
        "Ouvrez ce lien sur l’ordinateur où Volet est installé\u00a0:",
        f"{settings.reached_at}{PAGE}#{telling.secret}",
        "Ou bien, dans Volet, choisissez «\u00a0J’ai reçu un lien ou un code\u00a0», puis donnez votre adresse e-mail "
        f"et ce code\u00a0: {telling.code}",
        "Le lien et le code servent une seule fois, pendant 72\u00a0heures. Ensuite, demandez-en d’autres dans Volet "
        "par «\u00a0Mot de passe oublié\u00a0».",
    )


def _name(name: str) -> str:
    """Nothing for what is no name."""
    told = _one_line(name)
    return "" if names.complaint(told) else told


def _one_line(name: str) -> str:
    return "".join(char for char in name if char.isprintable())[:_LONGEST_NAME].strip()


_NOT_YOU: Final = (
    "Si ce n’est pas vous, choisissez sans attendre «\u00a0Mot de passe oublié\u00a0» dans Volet, puis prévenez "
    "votre administrateur."
)

KINDS: Final[Mapping[str, Callable[[Telling, Settings], _Body]]] = MappingProxyType(
    {
        "create": _create,
        "invitation": _invitation,
        "added": _added,
        "forgotten": _forgotten,
        "existing": _existing,
        "changed": _happened(
            "Votre mot de passe a changé",
            "Le mot de passe de votre espace client entreprise vient d’être changé. "
            "Vos autres connexions sont fermées.",
        ),
        "factor_begun": _happened(
            "La double authentification est activée",
            "Votre espace client entreprise demande désormais, après le mot de passe, le code de votre application.",
        ),
        "codes_renewed": _happened(
            "Vos codes de secours ont changé",
            "De nouveaux codes de secours viennent d’être créés pour votre compte. Les précédents ne servent plus.",
        ),
        "factor_ended": _happened(
            "La double authentification est désactivée",
            "Votre espace client entreprise ne demande plus que votre mot de passe.",
        ),
    }
)
