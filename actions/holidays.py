"""Public holidays by the name that a client says. Pure."""

from __future__ import annotations

import re
from datetime import date

#: First days by law, (month, day): 《全国年节及纪念日放假办法》.
FIXED = {"元旦": (1, 1), "劳动节|五一": (5, 1), "国庆|十一(?!月|点|号|日|万|千|个)": (10, 1)}
#: Those that follow the moon or the sun, from the almanac.
MOVING = {
    "春节|过年|除夕": (date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26)),
    "清明": (date(2026, 4, 5), date(2027, 4, 5), date(2028, 4, 4)),
    "端午": (date(2026, 6, 19), date(2027, 6, 9), date(2028, 5, 28)),
    "中秋": (date(2026, 9, 25), date(2027, 9, 15), date(2028, 10, 3)),
}


def named(text: str, today: date) -> tuple[str, date] | None:
    """The holiday that a text names with its next day from today on; None when it names none that is known."""
    for words, (month, day) in FIXED.items():
        if found := re.search(words, text):
            this_year = date(today.year, month, day)
            return found.group(), this_year if this_year >= today else date(today.year + 1, month, day)
    for words, days in MOVING.items():
        found = re.search(words, text)
        coming = next((day for day in days if day >= today), None)
        if found and coming:
            return found.group(), coming
    return None
