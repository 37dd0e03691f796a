"""Rasa policies: shells over pure rules."""
