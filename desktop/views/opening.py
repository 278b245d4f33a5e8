"""What the first paint needs of the look: kept apart from the whole table of tokens, which takes longer to make."""

from enum import Enum
from typing import Final


class Appearance(Enum):
    """« Apparence » in the account menu."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


RAIL: Final = 208
"""Width of the rail at the left of the window, in logical pixels."""

FIRST_COLOURS: Final = {
    False: {"bg": "#F6F7F9", "surface": "#FFFFFF", "hairline": "#D9DEE5", "muted": "#55606E"},
    True: {"bg": "#15191F", "surface": "#1C222A", "hairline": "#323B47", "muted": "#A5B0BE"},
}
"""Under whether it is dark: the colours of the same names in `tokens.LIGHT` and `tokens.DARK`."""
