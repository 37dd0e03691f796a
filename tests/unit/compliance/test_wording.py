"""The guard on a table of sentences; disguise changes nothing, a denial does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.policy_file import load
from compliance.wording import SAFE, check, guarded
from tests.unit.compliance.sentences import HARMLESS, LAWFUL, SPOKEN, VIOLATING

WORDING = load()
SAID = [(code, text) for table in (VIOLATING, SPOKEN) for code, texts in table.items() for text in texts]
SEPARATORS = " ·・*-_—~|/\\.…,、。!?\n\t「」\"'()\u200b\u200d\u3000★❤"


def codes(text: str) -> list[str]:
    return [finding.code for finding in check(text, WORDING)]


def test_the_table_is_long_enough() -> None:
    assert min(len(SAID), len(set(HARMLESS))) >= 60


@pytest.mark.parametrize(("code", "text"), SAID)
def test_a_violation_is_found_and_its_rule_named(code: str, text: str) -> None:
    findings = check(text, WORDING)
    assert code in [finding.code for finding in findings]
    for finding in findings:
        assert finding.words in text
        assert finding.rule.startswith(("法规", "内部规则"))
        assert finding.instead


@pytest.mark.parametrize("text", [*HARMLESS, *LAWFUL])
def test_a_lawful_sentence_passes(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(("code", "text"), SAID)
def test_the_words_offered_instead_are_lawful(code: str, text: str) -> None:
    for _ in range(5):
        for finding in check(text, WORDING):
            text = text.replace(finding.words, finding.instead)
    assert code not in codes(text)


@given(st.sampled_from(SAID), st.data())
def test_separators_never_unblock(said: tuple[str, str], data: st.DataObject) -> None:
    code, text = said
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.sampled_from(SEPARATORS)) + text[at:]
    assert code in codes(text)


@given(st.text(alphabet="保本稳赚不会亏收益%6个点,。说您想要放心" + SEPARATORS, max_size=40))
def test_any_text_is_judged_and_findings_quote_it(text: str) -> None:
    for finding in check(text, WORDING):
        assert finding.words in text


def test_scenario_39_to_the_letter() -> None:
    first = check("放心,这只保本,一年稳赚6%", WORDING)
    assert [finding.words for finding in first] == ["保本", "一年稳赚6%"]
    second = check("这只保·本,基本不会亏,去年客户都赚6个点", WORDING)
    assert [(f.words, f.code) for f in second] == [
        ("保·本", "principal"), ("基本不会亏", "never_loses"), ("去年客户都赚6个点", "past_results"),
    ]  # fmt: skip
    assert check("公募基金不保本,HY011 属 R2,过往业绩不代表未来", WORDING) == ()


def test_the_bots_text_is_replaced_or_completed() -> None:
    assert guarded("您一共有 1,200.50 元。", WORDING) == ("您一共有 1,200.50 元。", ())
    replaced, why = guarded("这只保本", WORDING)
    assert (replaced, [finding.code for finding in why]) == (SAFE, ["principal"])
    completed, _ = guarded("近一年涨了12%", WORDING)
    assert completed == "近一年涨了12%\n过往业绩不代表未来表现。"
    # What is shown beside it counts: a notice on the card is a notice.
    assert guarded("近一年涨了12%", WORDING, beside="过往业绩不代表未来")[1] == ()
    assert codes(SAFE) == []
