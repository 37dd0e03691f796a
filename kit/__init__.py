"""Foundations that know no product word: settings, clock, ids, errors, log, database, redis."""
