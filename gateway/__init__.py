"""The FastAPI process in front of everything: timeline, turns, sign-in, channels, live pages."""
