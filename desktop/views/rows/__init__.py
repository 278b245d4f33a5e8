"""Rows as lists and tables show them, in one manner: their views, their cards, and which of them is current."""
