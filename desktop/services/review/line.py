"""One allowance line as every reader gives it, whatever file it stood in.

A line is a row of a polars frame with the columns of `COLUMNS`; a file's own columns that mean nothing to us follow
them as text, each named `EXTRA` and its heading. Money is in exact integer cents. `net` is as the file prints it; a
reader that finds none writes gross - levies. A cancellation has its amounts and its days negative, so that the sum of
lines is what was paid.

A line of BPIJ is one `Prestation` or `Indu`: a withholding (RETCSJ, RETCRD, ...) is a line of its own whose gross is 0,
whose levies are the amount withheld and whose net is the printed, negative amount.
"""

from enum import Enum

import polars as pl

EXTRA = "autre\u00a0: "
"""What stands before the heading of a column that we do not know."""


class Kind(Enum):
    """What nature of line this is."""

    INDEMNITY = "indemnity"
    WAITING = "waiting"
    """Waiting period (carence): days without pay."""
    LEVY = "levy"
    """CSG, CRDS, withholding tax or their correction, standing as a line of its own."""
    RECOVERY = "recovery"
    """An overpayment noted or taken back: CIN, RPR, `Indu`."""


class Sense(Enum):
    """A payment, or the cancellation of one (negative amounts)."""

    PAYMENT = "payment"
    CANCELLATION = "cancellation"


class Payee(Enum):
    """Who was paid."""

    EMPLOYER = "employer"
    EMPLOYEE = "employee"
    UNKNOWN = "unknown"


class Branch(Enum):
    """The risk, as BPIJ codes it: illness, work accident or occupational disease, maternity; "" when not told."""

    ILLNESS = "AS"
    ACCIDENT = "AT"
    MATERNITY = "MA"
    UNKNOWN = ""


def choice(of: type[Enum]) -> pl.Enum:
    """The column type that holds the values of an enumeration of ours."""
    return pl.Enum([member.value for member in of])


COLUMNS: dict[str, pl.DataType] = {
    "line": pl.UInt32(),  # the file's own number from 1: line (CSV, text), row (sheet), element (XML)
    "company": pl.String(),  # SIRET or SIREN, digits; the sentinel 99999999999999 is kept as it is
    "member": pl.String(),  # member number
    "payer": pl.String(),  # the CPAM or the insurer
    "person": pl.String(),  # surname and first name as printed
    "nir": pl.String(),  # 13 or 15 characters without spaces, upper case; damaged ones as they stand; "" when absent
    "employee": pl.String(),  # matricule
    "claim": pl.String(),  # claim or file number
    "branch": choice(Branch),
    "code": pl.String(),  # BPIJ code (IJNOR, RETCSJ, …) or ""
    "label": pl.String(),
    "kind": choice(Kind),
    "sense": choice(Sense),
    "leave_start": pl.Date(),  # start of the leave, where the file tells it
    "start": pl.Date(),  # period paid, both ends included; null when not told
    "end": pl.Date(),
    "days": pl.Int32(),  # calendar days; negative on a cancellation; 0 when there are none; null when not told
    "unit": pl.Int64(),  # daily rate in ten-thousandths of a euro (contracts print up to four decimals)
    "gross": pl.Int64(),  # cents
    "csg": pl.Int64(),  # cents withheld, positive on a payment; null when not told
    "crds": pl.Int64(),
    "tax": pl.Int64(),  # PAS
    "levies": pl.Int64(),  # cents: all that was withheld, positive on a payment; never null
    "net": pl.Int64(),  # cents; never null
    "payee": choice(Payee),
    "paid_on": pl.Date(),  # accounting day or date of payment
    "reference": pl.String(),  # of the payment or transfer
}
"""Name and type, in order. Texts are "" when the file does not tell, never null."""

TITLES: dict[str, str] = {
    "line": "Ligne",
    "company": "SIRET",
    "member": "Numéro d’adhérent",
    "payer": "Organisme",
    "person": "Nom et prénom",
    "nir": "NIR",
    "employee": "Matricule",
    "claim": "Numéro de dossier",
    "branch": "Risque",
    "code": "Code",
    "label": "Libellé",
    "kind": "Sorte",
    "sense": "Sens",
    "leave_start": "Début de l’arrêt",
    "start": "Du",
    "end": "Au",
    "days": "Jours",
    "unit": "Taux journalier",
    "gross": "Montant brut",
    "csg": "CSG",
    "crds": "CRDS",
    "tax": "PAS",
    "levies": "Retenues",
    "net": "Montant net",
    "payee": "Payé à",
    "paid_on": "Date de paiement",
    "reference": "Référence du paiement",
}
"""What each column is called on the screen and in the files we give; our own readers recognise them."""

WORDS: dict[str, dict[str, str]] = {
    "branch": {"AS": "Maladie", "AT": "Accident du travail", "MA": "Maternité", "": ""},
    "kind": {"indemnity": "Indemnité", "waiting": "Carence", "levy": "Retenue", "recovery": "Trop-perçu"},
    "sense": {"payment": "Paiement", "cancellation": "Annulation"},
    "payee": {"employer": "Entreprise", "employee": "Salarié", "unknown": ""},
}
"""How the values of the columns that hold one of few are told."""


def frame(columns: dict[str, object]) -> pl.DataFrame:
    """A frame of all `COLUMNS` from those given (sequences of one length, or series); the others are "not told".
    Columns named `EXTRA`… are kept behind. `line` must be there; `gross`, `levies`, `net` count 0 when absent."""
    given = pl.DataFrame({name: columns[name] for name in columns})
    told = []
    for name, kind in COLUMNS.items():
        column = pl.col(name).cast(kind) if name in columns else pl.lit(None, dtype=kind).alias(name)
        told.append(column.fill_null(_blank(name)) if _blank(name) is not None else column)
    extras = [pl.col(name).cast(pl.String).fill_null("") for name in given.columns if name.startswith(EXTRA)]
    return given.select(*told, *extras)


def _blank(name: str) -> str | int | None:
    """What stands for "not told" in a column that is never null."""
    return "" if COLUMNS[name] == pl.String() else _BLANKS.get(name)


_BLANKS: dict[str, str | int] = {
    "branch": Branch.UNKNOWN.value,
    "kind": Kind.INDEMNITY.value,
    "sense": Sense.PAYMENT.value,
    "payee": Payee.UNKNOWN.value,
    "gross": 0,
    "levies": 0,
    "net": 0,
}

_NUMBER = r"^[+-]?[0-9]{1,3}(?:[ \u00a0\u202f]?[0-9]{3})*(?:[.,][0-9]+)?$"
_FORMULA = r"^[\s'\"]*[=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]|^[\t\r\n]"


def told(name: str) -> pl.Expr:
    """A column as the text that French programs write and read: « 1234,56 », « 05/01/2018 », « Salarié »; "" when not
    told. A column that is none of `COLUMNS` is its own text."""
    kind = COLUMNS.get(name, pl.String())
    column = pl.col(name)
    if name in WORDS:
        words = WORDS[name]
        return column.cast(pl.String).replace_strict(list(words), list(words.values()), default="")
    if kind == pl.Date():
        return column.dt.strftime("%d/%m/%Y").fill_null("")
    if kind == pl.Int64():
        return _decimal(column, 4 if name == "unit" else 2).fill_null("")
    return column.cast(pl.String).fill_null("")


def _decimal(amount: pl.Expr, places: int) -> pl.Expr:
    """With a comma and two decimals, or more where there are more."""
    size, one = amount.abs(), 10**places
    rest = (size % one).cast(pl.String).str.zfill(places)
    if places > 2:
        rest = pl.concat_str(rest.str.slice(0, 2), rest.str.slice(2).str.strip_chars_end("0"))
    return pl.concat_str(pl.when(amount < 0).then(pl.lit("-")).otherwise(pl.lit("")), size // one, pl.lit(","), rest)


def disarmed(text: pl.Expr) -> pl.Expr:
    """What a spreadsheet would take for a formula, with an apostrophe before it; numbers stay numbers."""
    armed = text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)
    return pl.when(armed).then(pl.concat_str(pl.lit("'"), text)).otherwise(text)
