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
