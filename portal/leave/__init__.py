"""Sick leaves: what may be read, what each wish does, what an adviser may do."""
