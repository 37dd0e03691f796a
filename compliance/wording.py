"""The wording guard (requirement G2): which words of a text may not reach a client, by which rule, and what to say instead.

Pure. A denial (「不保本」,「不能保证收益」) and the client's own words quoted to correct them are no violation.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

from compliance.policy_file import Denials, Rule, Wording
from compliance.seeing import CLAUSE, SENTENCE, Seen, see

#: What the bot says when its answer may not be said.
SAFE = (
    "刚才的内容我没有组织好,先不发给您了。基金净值有涨有跌,不保本,也不承诺收益。"
    "您可以换个说法再问我,也可以转人工,由顾问为您说明。"
)


@dataclass(frozen=True)
class Finding:
    """words: as they stand in the text. notice: not None when only this sentence is missing."""

    words: str
    rule: str
    instead: str
    code: str
    notice: str | None = None

    def to_json(self) -> dict[str, str]:
        """{words, rule, instead} of the protocol, and the rule's code."""
        body = asdict(self)
        return {name: body[name] for name in ("words", "rule", "instead", "code")}


def check(text: str, wording: Wording) -> tuple[Finding, ...]:
    """What is wrong with a text, in its order; nothing inside of something."""
    seen = see(text, wording.characters)
    found = [
        (start, end, rule)
        for rule in wording.rules
        if not any(pattern.search(seen.plain) for pattern in rule.unless)
        for pattern in rule.says
        for start, end in _spans(pattern, seen.plain)
        if not _allowed(seen, start, end, rule, wording.denials)
    ]
    findings: list[Finding] = []
    reached = 0
    for start, end, rule in sorted(found, key=lambda one: (one[0], -one[1])):
        if end <= reached:
            continue
        reached = end
        words = seen.words(start, end)
        findings.append(Finding(words, rule.basis, rule.instead.replace("…", words), rule.id, rule.notice))
    return tuple(findings)


def guarded(text: str, wording: Wording, *, beside: str = "") -> tuple[str, tuple[Finding, ...]]:
    """What the bot may say instead of `text`, and why.

    beside  what is shown with it (a card): a notice there counts, too

    A missing notice is added; anything else makes it the safe sentence.
    """
    findings = check(f"{text}\n{beside}" if beside else text, wording)
    if any(finding.notice is None for finding in findings):
        return SAFE, findings
    missing = dict.fromkeys(finding.notice for finding in findings if finding.notice)
    return "\n".join((text, *missing)), findings


def _spans(pattern: re.Pattern[str], plain: str) -> list[tuple[int, int]]:
    return [found.span() for found in pattern.finditer(plain)]


def _allowed(seen: Seen, start: int, end: int, rule: Rule, denials: Denials) -> bool:
    before = seen.before(start, CLAUSE)
    if any(pattern.search(before) for pattern in rule.own):
        return True
    return rule.deniable and _denied(seen, start, end, before, denials)


def _denied(seen: Seen, start: int, end: int, before: str, denials: Denials) -> bool:
    denial = denials.before.search(before)
    # What turns a denial round is looked for across clauses: a comma put into 「怎么会」 must not hide it.
    if denial and not denials.turned.search(seen.plain[: start - len(before) + denial.start()]):
        return True
    if denials.after.match(seen.after(end, CLAUSE)):
        return True
    return bool(denials.reported.search(before) and denials.corrected.search(seen.after(end, SENTENCE)))
