"""The line codes of BPIJ (`Prestation/CodeNature`): what each is called, and what kind of line it makes.

Codes and labels are those of the Assurance maladie's flow to employers; labels are told here as a person writes them,
and recognised in capitals, without accents and abbreviated too. A code that is not in the table is kept as it is and
counts as an allowance, unless its first letters say a levy; `is_known` lets whoever shows it flag it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from desktop.services.folding import fold
from desktop.services.review.line import Kind


@dataclass(frozen=True, slots=True)
class Code:
    """What a line code means. `label` is French, for the screen."""

    label: str
    kind: Kind


_INDEMNITIES: Final = {
    "IJNOR": "I.J. normales",
    "IJMAJ": "I.J. majorées",
    "MIT": "I.J. mi-temps",
    "ASN": "I.J. maladie normale + 6 mois",
    "ASM": "I.J. maladie majorée + 6 mois",
    "MIN": "I.J. minimum normale",
    "MIJ": "I.J. minimum majorée",
    "PRE": "I.J. prénatales",
    "POS": "I.J. postnatales",
    "ADO": "I.J. adoption",
    "PER": "I.J. paternité",
    "ISM": "I.J. supplémentaire maternité",
    "ITI": "Indemnité temporaire d’inaptitude",
    "IPS": "Perte de salaire",
    "CUN": "I.J. normales cure",
    "CUM": "I.J. majorées cure",
    "CUR": "I.J. réduites cure (rente)",
    "REN": "I.J. réduites pour rente",
    "AVP": "Accompagnement de fin de vie, cessation d’activité à temps plein",
    "AVR": "Accompagnement de fin de vie, activité réduite",
    "CIJ": "Complément I.J. au-dessus du plafond (CRPCEN)",
    "ENO": "Allocation exposition normale",
    "EMN": "Allocation exposition, arrêt + 6 mois",
    "EME": "Allocation exposition majorée, 3 enfants",
    "EEN": "Allocation exposition, arrêt + 6 mois et 3 enfants",
    "NNO": "Allocation nuit normale",
    "NMN": "Allocation nuit majorée, arrêt + 6 mois",
    "NME": "Allocation nuit majorée, 3 enfants",
    "NEN": "Allocation nuit majorée, arrêt + 6 mois et 3 enfants",
    "ARM": "Allocation forfaitaire de repos maternel",
    "ARA": "Allocation maternité réduite pour adoption",
    "IRM": "Indemnité de remplacement maternité normale",
    "IRA": "Indemnité de remplacement maternité réduite (adoption)",
    "IRP": "Majoration de l’indemnité de remplacement maternité (état pathologique)",
    "IRG": "Majoration de l’indemnité de remplacement maternité (grossesse gémellaire)",
    "IRC": "Indemnité de remplacement des conjointes collaboratrices",
    "IPA": "Indemnité paternité PAMC",
    "IPC": "Indemnité paternité conjoint PAMC",
    "IPI": "Indemnité paternité conjoint infirmier",
    "IPD": "Forfait 24\u00a0h, durée supérieure à 12",
}
_LEVIES: Final = {
    "RETCSJ": "Retenue CSG",
    "RETCRD": "Retenue RDS",
    "RETRCJ": "Retenue, régularisation de CSG",
    "RETRRD": "Retenue, régularisation de RDS",
    "REGRCJ": "Régularisation de CSG en faveur de l’assuré",
    "REGRRD": "Régularisation de RDS en faveur de l’assuré",
}
_RECOVERIES: Final = {"CIN": "Constat d’indu", "RPR": "Récupération d’indu"}

CODES: Final[Mapping[str, Code]] = MappingProxyType(
    {
        "CAR": Code("Carence", Kind.WAITING),
        **{code: Code(label, Kind.INDEMNITY) for code, label in _INDEMNITIES.items()},
        **{code: Code(label, Kind.LEVY) for code, label in _LEVIES.items()},
        **{code: Code(label, Kind.RECOVERY) for code, label in _RECOVERIES.items()},
    }
)
"""Every code that is known, in capitals."""

_OTHER_NAMES: Final = {
    "IJNOR": (
        "I.J. normale",
        "Indemnités journalières normales",
        "Indemnité journalière normale",
        "Indemnités journalières",
        "Indemnité journalière",
        "IJSS",
        "IJ",
    ),
    "IJMAJ": ("I.J. majorée", "Indemnités journalières majorées", "Indemnité journalière majorée"),
    "CAR": ("Carences", "Délai de carence", "Jours de carence", "Jour de carence"),
    "MIT": ("I.J. mi-temps thérapeutique", "I.J. temps partiel thérapeutique", "Mi-temps thérapeutique"),
    "PRE": ("I.J. prénatale",),
    "POS": ("I.J. posnatales", "I.J. postnatale"),
    "ISM": ("I.J. supplémentaires maternité",),
    "CUN": ("I.J. cure normale", "I.J. cures normales"),
    "CUM": ("I.J. cure majorée", "I.J. cures majorées"),
    "CUR": ("I.J. cure réduite", "I.J. réduites cure"),
    "REN": ("I.J. réduite pour rente",),
    "ITI": ("ITI",),
    "CIJ": ("Complément I.J. plafond CRPCEN",),
    "AVP": ("Alloc. accomp. fin de vie cessa. act. temps pl.",),
    "AVR": ("Alloc. accomp. fin de vie cessation act. red.",),
    "ARM": ("Allocation forfaitaire repos maternel",),
    "IRM": ("Indemn. remplacement mater normale",),
    "IRA": ("Indem. rempl. mater réduite (adoption)",),
    "IRP": ("Major. indem. rempl. mater (et pathol)",),
    "IRG": ("Major. indem. rempl. mater (A. gemell.)",),
    "IRC": ("Indem. de rempl. cjtes. collaboratrices",),
    "IPD": ("Forf. 24H durée 12",),
    "RETCSJ": ("Retenue C.S.G.", "CSG", "Contribution sociale généralisée", "Retenue contribution sociale généralisée"),
    "RETCRD": ("Retenue R.D.S.", "RDS", "CRDS", "Retenue CRDS", "Remboursement de la dette sociale"),
    "RETRCJ": ("Retenue régul. contrib. sociale généralisée", "Retenue régul. CSG"),
    "RETRRD": ("Retenue régul. remboursement dette sociale", "Retenue régul. RDS", "Retenue régularisation de CRDS"),
    "REGRCJ": ("Régularisation régul. contrib. sociale généralisée", "Régularisation CSG"),
    "REGRRD": ("Régularisation régul. remboursement dette sociale", "Régularisation RDS", "Régularisation CRDS"),
    "CIN": ("Constat indu",),
    "RPR": ("Récupération indu", "Récupération d’un indu", "Récupération de trop-perçu", "Récupération trop-perçu"),
}
"""How statements, spreadsheets and payroll write the same; the first label of each is that of the Assurance maladie."""


def is_known(code: str) -> bool:
    """Whether the table has this code."""
    return _key(code) in CODES


def label_of(code: str) -> str:
    """The French label; an unknown code is its own label, so that it is seen."""
    known = CODES.get(_key(code))
    return known.label if known else code.strip()


def kind_of(code: str) -> Kind:
    """What kind of line a code makes. Unknown ones are allowances, save RET… and REG…, which the flow keeps for
    levies."""
    known = CODES.get(_key(code))
    if known:
        return known.kind
    return Kind.LEVY if re.fullmatch(r"RE[TG][A-Z]{3}", _key(code)) else Kind.INDEMNITY


@lru_cache(maxsize=4096)
def code_of(label: str) -> str:
    """The code that a label stands for, whatever its case, accents, dots and spaces; "" when it is none of ours. A
    code given as a label is found too."""
    if is_known(label):
        return _key(label)
    return _BY_LABEL.get(_plain(label), "")


def _key(code: str) -> str:
    return code.strip().upper()


def _plain(label: str) -> str:
    """Letters and digits of a folded label, in one piece: « I.J NORMALES » and « ij normales » are the same."""
    return re.sub(r"[\W_]+", "", fold(label))


_BY_LABEL: Final[Mapping[str, str]] = MappingProxyType(
    {_plain(code.label): name for name, code in CODES.items()}
    | {_plain(other): name for name, others in _OTHER_NAMES.items() for other in others}
)
