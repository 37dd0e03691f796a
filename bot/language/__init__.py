"""Plain functions of language: no Rasa import."""
