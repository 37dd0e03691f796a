"""What advisors write, from the policy's own examples: what may not reach a client, with the rule it breaks, and what may."""

from __future__ import annotations

from compliance.likeness import examples

_READ = examples()
VIOLATING, SPOKEN, HARMLESS, LAWFUL = _READ["violating"], _READ["spoken"], _READ["harmless"], _READ["lawful"]
