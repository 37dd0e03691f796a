"""Features, linear models and tokenizer on cases small enough to reckon by hand; a model survives its file."""

from pathlib import Path

import numpy as np

from bot.language.emotion import FEATURES, read
from bot.language.features import Ngrams, ngrams
from bot.language.linear import LinearModel, softmax
from bot.language.models import Models
from bot.language.scoring import calibration, interval, macro_f1, percentile
from bot.language.unigram import Unigram


def test_ngrams_mark_the_edges() -> None:
    assert ngrams("买") == ["买", "^买", "买$", "^买$"]


def test_a_rare_gram_is_not_learned_and_rows_have_length_one() -> None:
    learned = Ngrams.learn(["净值多少", "净值几点", "净值", "定投"])
    assert "净值" in learned.vocabulary
    assert "定投" not in learned.vocabulary
    _, weights = learned.vector("净值多少")
    assert abs(float((weights**2).sum()) - 1) < 1e-5


def test_scores_add_dense_sparse_and_bias() -> None:
    model = LinearModel(("a", "b"), np.array([[1.0, 0.0]]), np.array([[0.0, 2.0]]), np.array([0.5, 0.0]))
    # a: 3 x 1 + 0.5; b: 2 x 2
    assert model.scores(np.array([3.0]), (np.array([0]), np.array([2.0]))).tolist() == [3.5, 4.0]


def test_softmax_sums_to_one() -> None:
    assert abs(float(softmax(np.array([1000.0, 0.0])).sum()) - 1) < 1e-9


def test_a_model_read_back_answers_the_same(tmp_path: Path) -> None:
    grams = Ngrams.learn(["净值多少", "净值几点", "净值"])
    width = 3
    chance = np.random.default_rng(1)

    def model(labels: tuple[str, str], wide: int) -> LinearModel:
        dense = chance.normal(size=(wide, 2)).astype(np.float32)
        sparse = chance.normal(size=(len(grams.vocabulary), 2)).astype(np.float16)
        return LinearModel(labels, dense, sparse, np.zeros(2, np.float32), 0.5)

    intent = model(("ask_fee", "ask_nav"), width)
    emotion = model(("平静", "愤怒"), width + FEATURES)
    models = Models("e", grams, intent, emotion, chance.normal(size=width + FEATURES + 3).astype(np.float32), 0.3)
    models.save(tmp_path)
    again = Models.load(tmp_path)
    vector = chance.normal(size=width).astype(np.float32)
    assert again.intents(vector, "净值多少") == models.intents(vector, "净值多少")
    assert again.emotions(vector, "净值多少", read("净值多少")) == models.emotions(vector, "净值多少", read("净值多少"))


def test_the_tokenizer_takes_the_likeliest_cut() -> None:
    pieces = [
        ("<s>", 0.0),
        ("</s>", 0.0),
        ("<pad>", 0.0),
        ("<unk>", 0.0),
        ("\u2581", -1.0),
        ("基", -4.0),
        ("金", -4.0),
        ("基金", -5.0),
    ]
    tokenizer = Unigram(pieces, 0, 1, 2, 3)
    # 基金 at -5 is likelier than 基 + 金 at -8; two unknown characters in a row are one unknown piece.
    assert tokenizer.encode("基金", 64) == [0, 4, 7, 1]
    assert tokenizer.encode("猫狗金", 64) == [0, 4, 3, 6, 1]
    assert len(tokenizer.encode("基金" * 100, 64)) == 64


def test_figures() -> None:
    # a: precision 1/1, recall 1/2, F1 2/3; b: precision 1/2, recall 1/1, F1 2/3
    assert macro_f1([("a", "a"), ("a", "b"), ("b", "b")]) == 0.6667
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.0
    assert calibration([(0.9, True), (0.9, True)])["error"] == 0.1
    low, high = interval([True] * 95 + [False] * 5)
    assert 0.88 < low < 0.9
    assert 0.97 < high < 0.99
