"""Daily allowances: what the portal has shown of payments, for good; their statements; exports of the former space."""

from desktop.services.allowances.rows import (
    FORMATS,
    KINDS,
    ExportRow,
    ExportStage,
    Listing,
    NotAskable,
    PaymentRow,
    PaymentSheet,
    Query,
    StatementFile,
)
from desktop.services.allowances.subject import Allowances

__all__ = [
    "FORMATS",
    "KINDS",
    "Allowances",
    "ExportRow",
    "ExportStage",
    "Listing",
    "NotAskable",
    "PaymentRow",
    "PaymentSheet",
    "Query",
    "StatementFile",
]
