"""A message is cut only where a second request begins."""

import pytest

from bot.language.requests import choose, pieces


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("赎回几天到账", 1),
        ("查下收益,顺便把定投改成五百", 2),
        ("帮我卖一半另外手续费多少", 2),
        ("我去年买的那只,一直跌,家里人天天说我,还能拿吗", 1),
        ("净值多少?再帮我看看定投几号扣", 2),
        ("今天买的,什么时候确认", 1),
    ],
)
def test_pieces(text: str, count: int) -> None:
    assert len(pieces(text)) == count


def test_pieces_cover_the_text_in_order() -> None:
    text = "查下收益,顺便把定投改成五百。谢谢"
    found = pieces(text)
    assert "".join(piece.text for piece in found) == text


def test_two_sure_and_different_requests_are_chosen_in_order() -> None:
    first, second = pieces("查下收益,顺便把定投改成五百")
    chosen = choose([(first, "ask_return", 0.9), (second, "dca_modify", 0.8)])
    assert [intent for _, intent, _ in chosen] == ["ask_return", "dca_modify"]


def test_small_talk_doubt_and_neighbours_are_no_second_request() -> None:
    first, second = pieces("今天跌了多少?还能拿吗")
    assert choose([(first, "greet", 0.9), (second, "ask_should_sell", 0.9)]) == ()
    assert choose([(first, "ask_nav", 0.3), (second, "ask_should_sell", 0.9)]) == ()
    assert choose([(first, "ask_loss_reason", 0.9), (second, "ask_should_sell", 0.9)]) == ()
    assert choose([(first, "ask_nav", 0.9), (second, "ask_nav", 0.9)]) == ()
