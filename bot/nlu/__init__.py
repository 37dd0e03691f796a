"""Rasa NLU components: shells over bot.language."""
