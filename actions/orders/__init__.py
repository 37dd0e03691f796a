"""Everything that moves money or changes an order: one draft, filled in talk, confirmed twice by different acts.

`model` and `hearing` are values, `machine` decides, `wording` speaks, `desk` loads, quotes and places.
"""
