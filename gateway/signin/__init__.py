"""Who is there: one-time tickets, staff names and passwords, sessions."""
