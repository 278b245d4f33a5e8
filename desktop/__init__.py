"""Volet, the client."""
