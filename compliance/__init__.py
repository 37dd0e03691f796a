"""What may be said to a client: the wording guard, its rules as data that a supervisor edits."""
