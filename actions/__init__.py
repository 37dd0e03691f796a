"""The rasa-sdk action server: one file for each kind of business; services.py is its only network code."""
