"""A table of as many rows as there are: columns that are chosen, moved, sized and stay so, rows drawn by hand."""

from desktop.views.allowances.grid.arranging import Heading
from desktop.views.allowances.grid.painting import Cells
from desktop.views.allowances.grid.view import Grid

__all__ = ["Cells", "Grid", "Heading"]
