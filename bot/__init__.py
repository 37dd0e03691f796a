"""The Rasa side (Python 3.10): thin shells in nlu, policies and channels; plain functions in language."""
