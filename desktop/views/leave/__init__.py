"""Sick leaves: the list, one leave on its line of time, and what is wished of it."""
