"""The one table of colours, sizes and spaces, and the `Look` that lays it over the application.

Light and dark come from here and from nowhere else: the palette, the style sheet (`resources/style.qss`, whose `@names`
are filled in from `Tokens`), the delegates and the icons all read it.
"""

import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

import resources
from desktop.views.opening import RAIL, Appearance

_ROOT: Final = Path(resources.__file__).parent


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours are `#RRGGBB`. `x` is text on the ground `x_ground`; plain `text` and `muted` go on any plain ground."""

    dark: bool
    bg: str
    surface: str
    raised: str
    """A bubble of the adviser, a card: one step above the surface in the dark."""
    mine: str
    """A bubble of the clerk."""
    text: str
    muted: str
    accent: str
    accent_hover: str
    accent_press: str
    on_accent: str
    hairline: str
    """Decoration only; never the sole edge of an input."""
    input_border: str
    selection: str
    hover: str
    press: str
    ok: str
    ok_ground: str
    going: str
    going_ground: str
    info: str
    info_ground: str
    closed: str
    closed_ground: str
    error: str
    error_ground: str
    danger: str
    danger_hover: str
    on_danger: str
    shadow: str
    disabled: str
    """Ink of what cannot be used now: exempt from the contrast rule, and meant to look so."""
    disabled_ground: str


LIGHT: Final = Tokens(
    dark=False,
    bg="#F6F7F9",
    surface="#FFFFFF",
    raised="#FFFFFF",
    mine="#E4EFFA",
    text="#1B2430",
    muted="#55606E",
    accent="#0B5CAD",
    accent_hover="#094E94",
    accent_press="#073F78",
    on_accent="#FFFFFF",
    hairline="#D9DEE5",
    input_border="#7E8896",
    selection="#E8F1FB",
    hover="#F0F3F7",
    press="#E4E9F0",
    ok="#11622F",
    ok_ground="#E3F4E8",
    going="#7A4B00",
    going_ground="#FFF1D6",
    info="#0A4A8A",
    info_ground="#E1EEFB",
    closed="#454F5B",
    closed_ground="#E9ECF0",
    error="#9B1C13",
    error_ground="#FCE8E6",
    danger="#B3261E",
    danger_hover="#8F1D17",
    on_danger="#FFFFFF",
    shadow="#1B2430",
    disabled="#98A1AD",
    disabled_ground="#EDF0F3",
)

DARK: Final = Tokens(
    dark=True,
    bg="#15191F",
    surface="#1C222A",
    raised="#262E38",
    mine="#1D3550",
    text="#E8ECF1",
    muted="#A5B0BE",
    accent="#6CB1F5",
    accent_hover="#8AC1F8",
    accent_press="#A5CFFA",
    on_accent="#08233F",
    hairline="#323B47",
    input_border="#838E9E",
    selection="#21405F",
    hover="#262E38",
    press="#303945",
    ok="#8FDBA9",
    ok_ground="#173A25",
    going="#F5C96B",
    going_ground="#42300B",
    info="#9CCBFA",
    info_ground="#16385B",
    closed="#C3CBD6",
    closed_ground="#2F3844",
    error="#F5A8A1",
    error_ground="#4A1F1C",
    danger="#F28B82",
    danger_hover="#F6A9A2",
    on_danger="#3B0D0A",
    shadow="#000000",
    disabled="#6C7785",
    disabled_ground="#232A33",
)


class Space:
    """Distances between things, in logical pixels."""

    XS: Final = 4
    S: Final = 8
    M: Final = 12
    L: Final = 16
    XL: Final = 24


class Radius:
    FIELD: Final = 6
    CARD: Final = 8
    BUBBLE: Final = 12


class Size:
    """Heights of text, in logical pixels, and the widths the window is built on."""

    META: Final = 12
    SECONDARY: Final = 13
    BODY: Final = 14
    BRAND: Final = 16
    THREAD: Final = 18
    TITLE: Final = 20
    RAIL: Final = RAIL
    ROW: Final = 84
    GROUP: Final = 30
    ICON: Final = 18


def font(size: int, weight: int = 400, *, tabular: bool = False) -> QFont:
    """The application's font at `size` logical pixels. `tabular` gives figures of one width, for columns of numbers."""
    made = QFont()
    made.setPixelSize(size)
    made.setWeight(QFont.Weight(weight))
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def palette(tokens: Tokens) -> QPalette:
    """The palette of Fusion in these colours, disabled group included."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    made = QPalette()
    for where, colour in {
        role.Window: tokens.surface,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.bg,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.error,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.Light: tokens.hover,
        role.Midlight: tokens.hairline,
        role.Mid: tokens.input_border,
        role.Dark: tokens.input_border,
        role.Shadow: tokens.shadow,
    }.items():
        made.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(group.Disabled, where, QColor(tokens.disabled))
    made.setColor(group.Disabled, role.Button, QColor(tokens.disabled_ground))
    return made


def style_sheet(tokens: Tokens) -> str:
    """`resources/style.qss` with its `@names` filled in. An unknown name is a slip of ours: KeyError."""
    values = {f.name: str(getattr(tokens, f.name)) for f in fields(tokens)}
    values["arrows"] = (_ROOT / "arrows" / ("dark" if tokens.dark else "light")).as_posix()
    sheet = (_ROOT / "style.qss").read_text(encoding="utf-8")
    return re.sub(r"@([a-z_]+)", lambda found: values[found[1]], sheet)


def load_fonts() -> str:
    """Takes in the bundled Inter and answers its family: for Linux and the tests; elsewhere the system's is better."""
    families = [
        family
        for path in sorted((_ROOT / "fonts").glob("*.ttf"))
        for family in QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
    ]
    return families[0]


class Look(QObject):
    """What the application looks like now. `changed` rings when the colours did, by choice or by the system."""

    changed = Signal()

    def __init__(self, app: QApplication, appearance: Appearance = Appearance.SYSTEM, *, bundled_font: bool) -> None:
        super().__init__(app)
        self._app = app
        self._appearance = appearance
        app.setStyle("Fusion")  # by its name: the classes of styles take 5 ms to make
        face = QFont(load_fonts()) if bundled_font else QFont(app.font())
        face.setPixelSize(Size.BODY)
        app.setFont(face)
        self._hints = QGuiApplication.styleHints()
        self._hints.setColorScheme(_SCHEMES[appearance])
        self.tokens = self._wanted()
        self._lay()
        self._hints.colorSchemeChanged.connect(self._follow)

    @property
    def appearance(self) -> Appearance:
        return self._appearance

    def choose(self, appearance: Appearance) -> None:
        """« Apparence : système / clair / sombre »."""
        self._appearance = appearance
        self._hints.setColorScheme(_SCHEMES[appearance])
        self._follow()

    def colour(self, name: str) -> QColor:
        """A token by its name, as Qt wants it."""
        return QColor(str(getattr(self.tokens, name)))

    def _wanted(self) -> Tokens:
        if self._appearance is Appearance.SYSTEM:
            return DARK if self._hints.colorScheme() is Qt.ColorScheme.Dark else LIGHT
        return DARK if self._appearance is Appearance.DARK else LIGHT

    def _follow(self) -> None:
        wanted = self._wanted()
        if wanted is not self.tokens:
            self.tokens = wanted
            self._lay()
            self.changed.emit()

    def _lay(self) -> None:
        self._app.setPalette(palette(self.tokens))
        self._app.setStyleSheet(style_sheet(self.tokens))


_SCHEMES: Final = {
    Appearance.SYSTEM: Qt.ColorScheme.Unknown,
    Appearance.LIGHT: Qt.ColorScheme.Light,
    Appearance.DARK: Qt.ColorScheme.Dark,
}
