"""The arithmetic of a linear chain at one word: Viterbi's δ of a tag, and its probability over all paths.

Source: L. R. Rabiner, "A Tutorial on Hidden Markov Models and Selected Applications in Speech Recognition",
Proceedings of the IEEE 77(2), 1989 (forward-backward in section III.A, Viterbi in III.B); α and β are kept as
logarithms. T words, K tags.
"""

from dataclasses import dataclass

import numpy as np

from lstm_viz.messages import Floats, PathArithmetic, PathQuery, Trellis


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """δ, log α and log β of one sentence in float64, each (T, K), and their operands."""

    emissions: Floats
    start: Floats
    end: Floats
    transitions: Floats
    delta: Floats
    alpha: Floats
    beta: Floats

    @classmethod
    def of(cls, scores: Floats, decoded: Trellis) -> "_Sums":
        parts = (scores, decoded.start, decoded.end, decoded.transitions)
        emissions, start, end, transitions = (part.astype(np.float64) for part in parts)
        delta = [start + emissions[0]]
        alpha, beta = [start + emissions[0]], [end]
        for row in emissions[1:]:
            delta.append((delta[-1][:, None] + transitions).max(axis=0) + row)
            alpha.append(np.logaddexp.reduce(alpha[-1][:, None] + transitions, axis=0) + row)
        for row in emissions[:0:-1]:
            beta.append(np.logaddexp.reduce(transitions + row + beta[-1], axis=1))
        stacked = (np.array(delta), np.array(alpha), np.array(beta[::-1]))
        return cls(emissions, start, end, transitions, *stacked)


def path_arithmetic(
    query: PathQuery, tag: int, tags: tuple[str, ...], scores: Floats, decoded: Trellis
) -> PathArithmetic:
    """Return the arithmetic of δ and of the marginal of the tag ``tags[tag]`` at one word.

    Parameters
    ----------
    scores : array (T, K)
        The log-softmax of each word: the emissions.
    decoded : Trellis
        The decoding of them in the forward pass.
    """
    sums, t, empty = _Sums.of(scores, decoded), query.step, np.zeros(0)
    first, last = t == 0, t == len(scores) - 1
    alpha, beta = float(sums.alpha[t, tag]), float(sums.beta[t, tag])
    log_z = float(np.logaddexp.reduce(sums.alpha[-1] + sums.end))
    return PathArithmetic(
        reading=query.reading,
        step=t,
        tag=query.tag,
        emission=float(sums.emissions[t, tag]),
        start=float(sums.start[tag]),
        end=float(sums.end[tag]),
        into=empty if first else sums.transitions[:, tag].copy(),
        delta_before=empty if first else sums.delta[t - 1],
        alpha_before=empty if first else sums.alpha[t - 1],
        out=empty if last else sums.transitions[tag],
        emission_after=empty if last else sums.emissions[t + 1],
        beta_after=empty if last else sums.beta[t + 1],
        delta=float(sums.delta[t, tag]),
        alpha=alpha,
        beta=beta,
        log_z=log_z,
        marginal=float(np.exp(alpha + beta - log_z)),
        best=float((sums.delta[-1] + sums.end).max()),
        forward_delta=float(decoded.best[t, tag]),
        forward_marginal=float(decoded.marginals[t, tag]),
        chosen=tags[decoded.path[t]],
    )
