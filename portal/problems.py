"""How the portal says no: one exception, one place that turns it into `application/problem+json` (RFC 9457)."""

from dataclasses import dataclass
from typing import Final

import msgspec

from contract.wire import PROBLEM_PREFIX, FieldError, Problem, ProblemKind


@dataclass(frozen=True, slots=True)
class Saying:
    """What the portal says by default for one kind: HTTP status, French title and remedy."""

    status: int
    title: str
    remedy: str | None = None


_SIGN_IN: Final = "Connectez-vous de nouveau."
_LATER: Final = "Réessayez dans un instant."

SAYINGS: Final = {
    ProblemKind.SIGN_IN: Saying(401, "Votre session n’est plus valable.", _SIGN_IN),
    ProblemKind.SIGN_IN_AGAIN: Saying(401, "Votre session est terminée.", _SIGN_IN),
    ProblemKind.CREDENTIALS: Saying(
        401, "L’adresse e-mail et le mot de passe ne correspondent pas.", "Vérifiez-les, puis réessayez."
    ),
    ProblemKind.SECOND_FACTOR: Saying(
        401, "Il faut le code de votre double authentification.", "Lisez-le dans votre application, puis saisissez-le."
    ),
    ProblemKind.TOO_MANY_TRIES: Saying(429, "Il y a eu trop d’essais de connexion.", "Patientez, puis réessayez."),
    ProblemKind.BUSY: Saying(409, "Le portail s’occupe déjà de cet envoi.", _LATER),
    ProblemKind.RIGHTS: Saying(
        403,
        "Vous n’avez pas le droit nécessaire dans cet espace.",
        "Demandez-le à l’administrateur principal de l’espace.",
    ),
    ProblemKind.UNKNOWN: Saying(404, "Cet élément n’existe pas, ou vous ne pouvez pas le voir."),
    ProblemKind.GONE: Saying(410, "Cet élément n’existe plus."),
    ProblemKind.STALE: Saying(
        412, "La demande a changé depuis que vous l’avez lue.", "Relisez-la, puis confirmez votre envoi."
    ),
    ProblemKind.OTHER_WISH: Saying(422, "Cet envoi porte l’identifiant d’un autre.", "Recommencez la saisie."),
    ProblemKind.INVALID: Saying(422, "Certaines informations ne sont pas valables.", "Corrigez-les, puis renvoyez."),
    ProblemKind.TOO_LARGE: Saying(413, "Ce que vous envoyez est trop volumineux.", "Réduisez-le, puis renvoyez."),
    ProblemKind.FILE_TYPE: Saying(
        415, "Ce type de fichier n’est pas accepté.", "Envoyez un PDF, une image, un document bureautique ou un texte."
    ),
    ProblemKind.FILE_MISSING: Saying(422, "Une pièce jointe n’est pas arrivée entière.", "Renvoyez-la."),
    ProblemKind.CHECKSUM: Saying(422, "Le fichier reçu n’est pas celui qui était annoncé.", "Renvoyez-le."),
    ProblemKind.OFFSET: Saying(409, "L’envoi du fichier doit reprendre ailleurs.", None),
    ProblemKind.RANGE: Saying(416, "Cette partie du fichier n’existe pas.", None),
    ProblemKind.FAULT: Saying(500, "Le portail a rencontré une erreur.", "Réessayez plus tard."),
}


class Refusal(Exception):
    """The portal says no. `detail` is a French sentence about this very case; `title` and `remedy`
    stand in for those of its kind; `headers` go out with the answer."""

    def __init__(
        self,
        kind: ProblemKind,
        detail: str | None = None,
        *,
        status: int | None = None,
        title: str | None = None,
        remedy: str | None = None,
        errors: tuple[FieldError, ...] = (),
        version: int | None = None,
        headers: dict[str, str] | None = None,
        instance: str | None = None,
    ) -> None:
        super().__init__(kind.value)
        saying = SAYINGS[kind]
        self.kind = kind
        self.headers = headers or {}
        self.problem = Problem(
            type=PROBLEM_PREFIX + kind,
            title=title or saying.title,
            status=status or saying.status,
            detail=detail,
            remedy=remedy or saying.remedy,
            instance=instance,
            errors=errors,
            version=version,
        )

    @property
    def status(self) -> int:
        return self.problem.status

    def body(self) -> bytes:
        return msgspec.json.encode(self.problem)


def invalid(field: str, sentence: str) -> Refusal:
    """One field is wrong."""
    return Refusal(ProblemKind.INVALID, errors=(FieldError(field, sentence),))


def unknown() -> Refusal:
    """No such thing, or none that the caller may see."""
    return Refusal(ProblemKind.UNKNOWN)
