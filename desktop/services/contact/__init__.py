"""Requests to the insurer and their conversations."""

from contract.forms import propose_subject
from desktop.services.contact.rows import (
    NEW,
    AttachmentRow,
    Awaited,
    Choice,
    Complaint,
    Counts,
    Delivery,
    Draft,
    FormField,
    Invalid,
    Listing,
    MessageRow,
    Period,
    Pill,
    Query,
    RequestRow,
    RequestSheet,
    Theme,
    Topic,
)
from desktop.services.contact.subject import Contact

__all__ = [
    "NEW",
    "AttachmentRow",
    "Awaited",
    "Choice",
    "Complaint",
    "Contact",
    "Counts",
    "Delivery",
    "Draft",
    "FormField",
    "Invalid",
    "Listing",
    "MessageRow",
    "Period",
    "Pill",
    "Query",
    "RequestRow",
    "RequestSheet",
    "Theme",
    "Topic",
    "propose_subject",
]
