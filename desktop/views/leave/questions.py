"""What each form asks, in its order. The rules are the service's; here are the labels."""

from typing import Final

from desktop.services.contact import Choice, FormField, Topic
from desktop.services.leave import Act, Leave

TITLES: Final = {
    Act.DECLARE: "Déclarer un arrêt de travail",
    Act.PROLONG: "Prolonger l\u2019arrêt",
    Act.RETURN: "Annoncer la reprise du travail",
    Act.COMPLETE: "Envoyer des documents",
}
VERBS: Final = {
    Act.DECLARE: "Déclarer l\u2019arrêt",
    Act.PROLONG: "Prolonger l\u2019arrêt",
    Act.RETURN: "Annoncer la reprise",
    Act.COMPLETE: "Envoyer les documents",
}
SUBROGATED: Final = ("subrogation_from", "subrogation_through")
ACCIDENT: Final = "accident_on"


def form(act: Act, leaves: Leave) -> Topic:
    """Shaped as a topic of the catalogue, so that it is drawn as all forms are."""
    return Topic(act, TITLES[act], "", "", "", _FIELDS[act](leaves), (), allowed=True, why_not="")


def _declaration(leaves: Leave) -> tuple[FormField, ...]:
    motives = tuple(Choice(motive.code, motive.label) for motive in leaves.motives())
    return (
        _field("last_name", "Nom du salarié", "text"),
        _field("first_name", "Prénom", "text"),
        _field("matricule", "Matricule", "text", required=False, help_line="Tel que dans votre paie."),
        _field("nir", "N°\u00a0de sécurité sociale", "text", required=False),
        _field("motive", "Motif de l\u2019arrêt", "choice", choices=motives),
        _field("last_day_worked", "Dernier jour travaillé", "date"),
        _field("start", "Premier jour d\u2019arrêt", "date"),
        _field("expected_end", "Dernier jour prescrit", "date"),
        _field(ACCIDENT, "Date de l\u2019accident ou de la première constatation", "date"),
        _field("relapse", "Rechute", "yes_no", required=False),
        _field(
            "subrogation",
            "Subrogation",
            "yes_no",
            help_line="Oui si vous maintenez le salaire et recevez les indemnités à la place du salarié.",
        ),
        _field("subrogation_from", "Subrogation du", "date"),
        _field("subrogation_through", "au", "date"),
    )


def _prolongation(_leaves: Leave) -> tuple[FormField, ...]:
    return (
        _field("through", "Nouveau dernier jour prescrit", "date"),
        _field(
            "start",
            "Premier jour de la prolongation",
            "date",
            required=False,
            help_line="Le lendemain de la fin prescrite, si vous ne dites rien.",
        ),
    )


def _return(leaves: Leave) -> tuple[FormField, ...]:
    reasons = tuple(Choice(reason.code, reason.label) for reason in leaves.reasons())
    return (
        _field("returned_on", "Premier jour de reprise", "date"),
        _field("reason", "Nature de la reprise", "choice", choices=reasons),
    )


def _completion(_leaves: Leave) -> tuple[FormField, ...]:
    return ()


_FIELDS: Final = {
    Act.DECLARE: _declaration,
    Act.PROLONG: _prolongation,
    Act.RETURN: _return,
    Act.COMPLETE: _completion,
}


def _field(
    code: str,
    label: str,
    kind: str,
    *,
    required: bool = True,
    help_line: str = "",
    choices: tuple[Choice, ...] = (),
) -> FormField:
    return FormField(code, label, kind, required, help_line, choices, None)
