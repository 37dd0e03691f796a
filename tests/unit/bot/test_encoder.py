"""Which pieces of a passage stand for which part, and what the encoder is taught with."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.encoder import MOST_PIECES, Passage, pieces
from bot.language.examples import Example
from bot.language.request_training import JOINS
from bot.language.unigram import SPACE, Unigram
from tools.encoder.corpus import NONE, Corpus, FollowUp, Row, joined, thinned
from tools.encoder.slips import Slips

# Numbers 0..3 are begin, end, padding and unknown.
TOKENIZER = Unigram(
    [("<s>", 0.0), ("</s>", 0.0), ("<pad>", 0.0), ("<unk>", 0.0), (SPACE, -1.0), ("净值", -1.0), ("多少", -1.0),
     (",", -1.0), ("定投", -1.0), ("停", -1.0), ("了", -1.0)], 0, 1, 2, 3,
)  # fmt: skip


def test_the_pieces_of_a_part_are_those_whose_middle_it_holds() -> None:
    read = pieces(TOKENIZER, Passage("净值多少,定投停了", (None, (0, 4), (5, 9))))
    #            begin ▁ 净值 多少 , 定投 停 了 end
    assert read.ids == [0, 4, 5, 6, 7, 8, 9, 10, 1]
    assert read.parts == [(0, 9), (1, 4), (5, 8)]


def test_what_was_said_before_stands_in_front_and_belongs_to_no_part() -> None:
    read = pieces(TOKENIZER, Passage("定投", (None,), ("净值多少", "停了")))
    assert read.ids == [0, 4, 5, 6, 1, 4, 9, 10, 1, 4, 8, 1]
    assert read.parts == [(9, 12)]


def test_of_a_long_talk_the_end_is_read() -> None:
    read = pieces(TOKENIZER, Passage("定投停了", (None,), ("净值多少," * 40,)))
    assert len(read.ids) == MOST_PIECES
    assert read.ids[-5:] == [4, 8, 9, 10, 1]


@given(st.text(alphabet="净值多少,定投停了x 1", max_size=120), st.integers(0, 120), st.integers(1, 40))
def test_every_part_has_a_piece_of_its_own(text: str, start: int, length: int) -> None:
    read = pieces(TOKENIZER, Passage(text, (None, (start, start + length))))
    assert len(read.ids) <= MOST_PIECES
    assert all(0 <= a < b <= len(read.ids) for a, b in read.parts)


@pytest.mark.parametrize("form", JOINS)
def test_both_messages_of_a_pair_are_found_again(form: str) -> None:
    text, (first, second) = joined("净值多少?", "定投停了", form)
    assert text[slice(*first)] == "净值多少"
    assert text[slice(*second)] == "定投停了"


def test_an_epoch_holds_messages_pairs_strangers_and_follow_ups() -> None:
    examples = [Example("净值多少", "ask_nav", "平静"), Example("定投停了", "dca_stop", None)] * 8
    corpus = Corpus(examples, [FollowUp("停了", ("净值多少", "定投"), "dca_stop")], ["平静"], TOKENIZER, Slips({}))
    rows = corpus.epoch(Random(1))
    assert len(rows) == len(corpus) == 16 + 4 + 2 + 2 + 2
    assert [row.emotion for row in rows[:2]] == [0, NONE]
    assert {len(row.parts) for row in rows[16:20]} == {2}
    assert rows == corpus.epoch(Random(1))


@given(st.integers(0, 1000))
def test_a_thinned_row_keeps_a_piece_of_every_part(seed: int) -> None:
    row = Row([0, 4, 5, 6, 7, 8, 9, 10, 1], [(1, 4), (5, 8)], [0, 1])
    short = thinned(row, TOKENIZER, 0.5, Random(seed))
    assert all(0 <= start < end <= len(short.ids) for start, end in short.parts)
    assert short.ids[0] == 0
    assert short.ids[-1] == 1


def test_a_slip_sounds_alike_and_leaves_the_length() -> None:
    slips = Slips({"净": (["静"], [1]), "投": (["头"], [1])})
    assert slips.make("净值", Random(1)) == "静值"
    assert slips.make("多少", Random(1)) == "多少"
