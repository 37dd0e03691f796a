"""Who takes over: reasons, priority, matching, offers, ownership, the brief."""
