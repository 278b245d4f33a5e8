"""Small things that every page is made of: fields that take what people type, labels that elide, banners, buttons."""

from desktop.views.fields.brand import Brand
from desktop.views.fields.dates import DateField
from desktop.views.fields.inputs import AmountField, FieldBox, SearchField, complain, name_actions
from desktop.views.fields.reading import read_amount, read_date
from desktop.views.fields.shapes import (
    Banner,
    Button,
    Chip,
    ElidedLabel,
    EmptyState,
    Ground,
    IconButton,
    Label,
    announce,
    line,
    paint_pill,
    pill_width,
)

__all__ = [
    "AmountField",
    "Banner",
    "Brand",
    "Button",
    "Chip",
    "DateField",
    "ElidedLabel",
    "EmptyState",
    "FieldBox",
    "Ground",
    "IconButton",
    "Label",
    "SearchField",
    "announce",
    "complain",
    "line",
    "name_actions",
    "paint_pill",
    "pill_width",
    "read_amount",
    "read_date",
]
