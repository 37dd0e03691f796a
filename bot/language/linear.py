"""A linear classifier over a dense vector and sparse n-grams; plain arrays, no foreign objects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class LinearModel:
    """Scores = dense @ dense_weights + sum(weight * sparse_weights[index]) + bias.

    labels          one name a column
    dense_weights   float32 (dense width, labels); sparse_weights float16 (vocabulary, labels)
    temperature     what scores are divided by so that a confidence of 0.8 is right four times in five
    """

    labels: tuple[str, ...]
    dense_weights: np.ndarray
    sparse_weights: np.ndarray
    bias: np.ndarray
    temperature: float = 1.0

    def scores(self, dense: np.ndarray, sparse: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        indices, weights = sparse
        found = dense @ self.dense_weights + self.bias
        if len(indices):
            found = found + weights @ self.sparse_weights[indices].astype(np.float32)
        return found

    def probabilities(self, dense: np.ndarray, sparse: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        return softmax(self.scores(dense, sparse) / self.temperature)

    def arrays(self, prefix: str) -> dict[str, np.ndarray]:
        """What `numpy.savez` stores; nothing in it needs pickle."""
        return {
            f"{prefix}.labels": np.array(self.labels, dtype=np.str_),
            f"{prefix}.dense": self.dense_weights.astype(np.float32),
            f"{prefix}.sparse": self.sparse_weights.astype(np.float16),
            f"{prefix}.bias": self.bias.astype(np.float32),
            f"{prefix}.temperature": np.float32(self.temperature),
        }

    @classmethod
    def from_arrays(cls, stored: dict[str, np.ndarray], prefix: str) -> LinearModel:
        return cls(
            tuple(str(label) for label in stored[f"{prefix}.labels"]),
            stored[f"{prefix}.dense"],
            stored[f"{prefix}.sparse"],
            stored[f"{prefix}.bias"],
            float(stored[f"{prefix}.temperature"]),
        )


def softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)
