"""Colours: every pair that the screen uses can be read, in light and dark, and both follow at once."""

from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

import resources
from desktop.views.icons import Icons, draw
from desktop.views.opening import Appearance
from desktop.views.tokens import DARK, LIGHT, Look, Tokens, palette, style_sheet

INKS = ("text", "muted")
GROUNDS = ("bg", "surface", "raised", "mine", "selection", "hover")
PAIRS = (
    *((ink, ground) for ink in INKS for ground in GROUNDS),
    ("text", "press"),
    ("accent", "surface"),
    ("accent", "bg"),
    ("accent", "raised"),
    ("accent", "selection"),
    ("accent", "mine"),
    ("error", "surface"),
    ("error", "bg"),
    ("error", "raised"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_accent", "accent_press"),
    ("on_danger", "danger"),
    ("on_danger", "danger_hover"),
    *((name, f"{name}_ground") for name in ("ok", "going", "info", "closed", "error")),
    ("muted", "disabled_ground"),
)
EDGES = (
    *(("input_border", ground) for ground in ("surface", "bg", "raised", "selection", "mine")),
    ("accent", "surface"),
    ("accent", "bg"),
    ("error", "surface"),
)


def luminance(colour: str) -> float:
    def linear(part: int) -> float:
        value = part / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("pair", PAIRS, ids="-on-".join)
def test_every_text_stands_out_of_its_ground(tokens: Tokens, pair: tuple[str, str]) -> None:
    assert contrast(getattr(tokens, pair[0]), getattr(tokens, pair[1])) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("pair", EDGES, ids="-on-".join)
def test_every_edge_of_an_input_is_seen(tokens: Tokens, pair: tuple[str, str]) -> None:
    assert contrast(getattr(tokens, pair[0]), getattr(tokens, pair[1])) >= 3


def test_pure_black_and_pure_white_text_are_avoided_in_the_dark() -> None:
    assert DARK.bg != "#000000"
    assert DARK.text != "#FFFFFF"
    assert luminance(DARK.bg) < luminance(DARK.surface) < luminance(DARK.raised), "what is nearer is lighter"


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_knows_only_tokens_and_files_that_exist(tokens: Tokens) -> None:
    sheet = style_sheet(tokens)
    assert "@" not in sheet
    pictures = [Path(part.split('"')[1]) for part in sheet.split("url(")[1:]]
    assert pictures
    assert all(picture.is_file() for picture in pictures)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_no_colour_is_written_by_hand_in_the_style_sheet(tokens: Tokens) -> None:
    known = {str(getattr(tokens, field.name)) for field in fields(tokens)}
    used = {
        word.strip(";,)")
        for word in style_sheet(tokens).split()
        if word.startswith("#") and len(word.strip(";,)")) == 7
    }
    assert used <= known


def test_the_palette_dims_what_cannot_be_used() -> None:
    made = palette(LIGHT)
    role = QPalette.ColorRole.ButtonText
    assert made.color(QPalette.ColorGroup.Disabled, role) != made.color(QPalette.ColorGroup.Active, role)


def test_light_and_dark_follow_live_with_their_icons(qapp: QApplication, look: Look) -> None:
    icons = Icons(look)
    before = icons.pixmap("plus", "text").toImage()
    heard: list[bool] = []
    look.changed.connect(lambda: heard.append(look.tokens.dark))
    look.choose(Appearance.DARK)
    try:
        assert heard == [True]
        assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.surface
        assert icons.pixmap("plus", "text").toImage() != before
    finally:
        look.choose(Appearance.LIGHT)
    assert heard == [True, False]


def test_what_was_dressed_twice_and_is_gone_hears_of_no_other_look(qapp: QApplication, look: Look) -> None:
    icons, action = Icons(look), QAction()
    icons.dress(action, "eye")
    icons.dress(action, "eye-off")
    delete(action)  # before the loop has turned
    look.choose(Appearance.DARK)
    look.choose(Appearance.LIGHT)


def test_every_icon_draws_something_in_its_colour(qapp: QApplication) -> None:
    for path in sorted((Path(resources.__file__).parent / "icons").glob("*.svg")):
        image = draw(path.stem, "#FF0000", 24, 1.0).toImage()
        inks = {
            image.pixelColor(x, y).name() for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() > 200
        }
        assert inks == {"#ff0000"}, path.stem
