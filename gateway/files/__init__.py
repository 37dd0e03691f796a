"""Pictures and documents of a conversation: checked by content, made anew, kept under a name that tells nothing."""
