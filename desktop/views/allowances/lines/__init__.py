"""All lines of what is reviewed: searched as one types, narrowed, sorted, summed, and each one told whole."""

from desktop.views.allowances.lines.pane import Lines

__all__ = ["Lines"]
