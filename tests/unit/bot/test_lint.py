"""Wrong labels are found before they are learned; our own data hold none."""

from bot.language.examples import Example
from bot.language.lint import LEAST_MESSAGES, Near, check
from bot.lint import findings


def kinds(examples: list[Example], texts: tuple[str, ...] = ()) -> dict[str, bool]:
    intents = ("ask_fee", "ask_nav")
    enough = [Example(f"第{i}问{intent}", intent, "平静") for intent in intents for i in range(LEAST_MESSAGES)]
    return {one.kind: one.error for one in check(enough + examples, intents, ("平静", "愤怒"), {"set": texts})}


def test_sound_data_have_no_findings() -> None:
    assert kinds([Example("手续费怎么收", "ask_fee", "平静")], ("今天净值到底是多少",)) == {}


def test_one_text_under_two_intents_is_an_error_however_it_is_spelled() -> None:
    assert kinds([Example("手续费怎么收", "ask_fee"), Example("手續費怎麼收", "ask_nav")]) == {"two intents": True}


def test_two_emotions_are_a_warning() -> None:
    moods = [Example("手续费怎么收", "ask_fee", mood) for mood in ("平静", "愤怒")]
    assert kinds(moods) == {"two emotions": False}


def test_labels_must_be_known_and_intents_have_enough() -> None:
    assert kinds([Example("买飞机", "buy_plane", "平静")]) == {"unknown label": True}
    few = check([Example("净值", "ask_nav")], ["ask_nav"], ["平静"], {})
    assert [one.kind for one in few] == ["few messages"]


def test_a_message_to_measure_by_must_not_stand_in_training() -> None:
    assert kinds([Example("我想问一下昨天的净值到底是多少呀", "ask_nav")], ("我想问一下昨天的净值到底是多少啊",)) == {
        "also in training": False
    }


def test_the_likest_is_found_by_common_trigrams() -> None:
    near = Near(["手续费怎么收", "净值多少"])
    assert near.like("手续费怎么收") == "手续费怎么收"
    assert near.like("定投改成五百") is None


def test_our_own_data_have_no_errors() -> None:
    assert [one.words for one in findings() if one.error] == []
