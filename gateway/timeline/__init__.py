"""The one true timeline of each conversation: numbered without gaps, each message stored once."""
