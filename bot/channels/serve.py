"""`python -m bot.channels.serve …`: Rasa's command line, its token from the environment.

A command line is readable by every account of the machine, the environment of a process only by its own.
"""

from __future__ import annotations

import os
import sys

from rasa.__main__ import main

KEY = "HUIBAN_INTERNAL_KEY"


def arguments(given: list[str], key: str) -> list[str]:
    """What Rasa parses: the given arguments and the token."""
    return [*given, "--auth-token", key]


if __name__ == "__main__":
    sys.argv = arguments(sys.argv, os.environ[KEY])
    main()
