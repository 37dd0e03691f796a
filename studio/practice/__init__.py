"""沙盘演练: a simulated client plays a recorded case, a trainee answers, the answers are scored (requirement I7)."""
