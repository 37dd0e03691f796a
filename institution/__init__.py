"""The port to the institution's systems: its plain models, its rules, an HTTP client, and a stand-in server."""
