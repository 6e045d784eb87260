"""Where the state of a gated cell comes from: what each step wrote, as far as the gates let it survive.

The cell state of an LSTM, cₜ = fₜ ⊙ cₜ₋₁ + iₜ ⊙ gₜ, unrolls to

    cₜ = (∏_{j≤t} fⱼ) ⊙ c₀ + Σ_{k≤t} (∏_{k<j≤t} fⱼ) ⊙ iₖ ⊙ gₖ

so it is exactly the sum of what is left of c₀ and of what each step wrote. h of a GRU has the same form, with
z in the place of f and (1 − z) ⊙ n in that of i ⊙ g. The gates are taken as they were: what an earlier step
did to them through h is not in the sum.

Shapes: T steps, H units, K tags; T + 1 sources, of which 0 is the initial state and k + 1 is step k.

Source: Murdoch and Szlam, "Automatic Rule Extraction from Long Short Term Memory Networks" (2017), who call
the LSTM's sum its additive decomposition.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstm_viz.tracing.trace import Array, GRUTrace, LSTMTrace, Trace

#: What has decayed to less is gone: it changes no sum, and need not be followed through a long text. After
#: how many steps it is looked for.
_NOTHING, _LOOK = 1e-30, 16

Mask = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """A state that is carried on through gates: ``stateₜ = keepₜ ⊙ stateₜ₋₁ + writeₜ``.

    Attributes
    ----------
    keep, write : array (T, H)
        In float64 and in the order in which the steps were read. Where ``keep`` is exactly 0 nothing of the
        past is left, whatever it was.
    start : array (H,)
        The state before the first step.
    backward : bool
        Whether the steps were read from the last to the first. What is computed from it is in the
        sentence's own order all the same.
    """

    keep: Doubles
    write: Doubles
    start: Doubles
    backward: bool = False

    @property
    def steps(self) -> int:
        """The number of steps, T."""
        return len(self.keep)


def memory_sources(trace: Trace, layer: int = -1, direction: int = 0, sequence: int = 0) -> Doubles:
    """Return what is alive, at each step, of what each step wrote.

    Parameters
    ----------
    trace : LSTMTrace or GRUTrace
        One call, as `lstm_viz.capture` gives it.
    layer, direction, sequence : int
        Of the trace.

    Returns
    -------
    array (T, T + 1, H)
        At [t, 0] what is left of the initial state at step t, at [t, k + 1] what step k wrote that is alive
        at step t: 0 where step k is read after step t. The sum over axis 1 is c (h of a GRU). A direction
        that reads backward has sources k ≥ t. Past the sequence's length all is NaN. In float64 whatever the
        module's precision is, so that the sums are off by no more than the trace's own rounding.

    Raises
    ------
    ValueError
        If the trace is an ``nn.RNN``'s: it has no gate that keeps anything.
    """
    length = int(trace.lengths[sequence])
    found = np.full((trace.steps, trace.steps + 1, _hidden_size(trace)), np.nan)
    found[:length] = 0.0
    carried = carried_in(trace, layer, direction, sequence)
    for step, _, alive in _by_step(carried):
        found[step, : length + 1] = _in_order(alive, carried)
    return found


def carried_in(trace: Trace, layer: int = -1, direction: int = 0, sequence: int = 0) -> Carried:
    """Return one layer and direction of one sequence of a trace; raises as `memory_sources` does."""
    names = {name: array[layer, direction, :, sequence] for name, array in trace.quantities.items()}
    start = trace.c0 if isinstance(trace, LSTMTrace) else trace.h0
    length = int(trace.lengths[sequence])
    quantities = {name: array[:length] for name, array in names.items()}
    return carried_by(quantities, start[layer, direction, sequence], backward=direction == 1)


def carried_by(
    quantities: Mapping[str, Array], start: Array, *, backward: bool = False, held: Mask | None = None
) -> Carried:
    """Return the state that these gates carry on.

    Parameters
    ----------
    quantities : mapping of str to array (T, H)
        In torch's names: ``i f g c`` of an LSTM, ``z n h`` of a GRU.
    start : array (H,)
        c₀, or h₀ of a GRU.
    backward : bool
        Whether the steps were read from the last to the first.
    held : bool array (T, H) or None
        Where the state was set by hand: the past is cut off there, and what was set is the step's own.

    Raises
    ------
    ValueError
        If the quantities are those of an ``nn.RNN``.
    """
    keep, write, state = (np.asarray(part, np.float64) for part in _parts(quantities))
    if held is not None:
        keep, write = np.where(held, 0.0, keep), np.where(held, state, write)
    if backward:
        keep, write = keep[::-1], write[::-1]
    return Carried(keep, write, np.asarray(start, np.float64), backward)


def sources_at(carried: Carried, step: int) -> Doubles:
    """Return what is alive of each source at one step, (T + 1, H); the sum over the sources is the state."""
    read = carried.steps - 1 - step if carried.backward else step
    past = carried.keep[read::-1]
    # backwards in time: what is left after one more step, two more, … and at last of the initial state
    left = np.multiply.accumulate(past, axis=0)[::-1]
    alive = np.zeros((carried.steps + 1, len(carried.start)))
    np.multiply(left[0], carried.start, out=alive[0])
    np.multiply(left[1:], carried.write[:read], out=alive[1 : read + 1])
    alive[read + 1] = carried.write[read]
    cut = past == 0
    if cut.any():  # else 0 · NaN would be NaN
        alive[: read + 1][np.logical_or.accumulate(cut, axis=0)[::-1]] = 0.0
    return _in_order(alive, carried)


def triangle(carried: Carried, unit: int | None) -> Doubles:
    """Return what is alive of each source at every step, (T, T + 1), of a unit or in the mean over all."""
    units = slice(None) if unit is None else slice(unit, unit + 1)
    one = Carried(carried.keep[:, units], carried.write[:, units], carried.start[units], carried.backward)
    found, row = np.zeros((one.steps, one.steps + 1)), np.zeros(one.steps + 1)
    for step, now, alive in _by_step(one):
        row[: now.start] = 0.0
        row[now] = alive[now].mean(axis=1) if unit is None else alive[now, 0]
        found[step] = _in_order(row, one)
    return found


def half_lives(carried: Carried) -> Doubles:
    """Return after how many steps half of what a unit holds is left, (H,).

    ln ½ / mean over the steps of ln keep: the steps that the unit takes to halve at its mean rate over this
    sentence. Infinite for a unit that forgot nothing, 0 for one that forgot all at any step.
    """
    with np.errstate(divide="ignore"):
        rates = -np.log(carried.keep).mean(axis=0)
        return np.asarray(np.log(2.0) / np.abs(rates))


def squash(o: Array, c: Array) -> Doubles:
    """Return h / c of an LSTM, o ⊙ tanh(c) / c, which is o at c = 0: held, it carries c's sum over to h."""
    c = np.asarray(c, np.float64)
    ratio = np.divide(np.tanh(c), c, out=np.ones_like(c), where=c != 0)
    return np.asarray(o * ratio)


def score_sources(alive: Doubles, readout: Array, weight: Array) -> Doubles:
    """Return how much of each logit is owed to each source, (T + 1, K).

    W · h = Σ over the sources of W · (readout ⊙ alive), an exact sum: with the bias, the logits.

    Parameters
    ----------
    alive : array (T + 1, H)
        As `sources_at` gives it.
    readout : array (H,)
        What makes h of the state, held as it was: `squash` of an LSTM, ones of a GRU.
    weight : array (K, H)
        What makes logits of h. Of a module that projects: the product of that and ``weight_hr``.
    """
    return np.asarray((alive * readout) @ np.asarray(weight, np.float64).T)


def _parts(quantities: Mapping[str, Array]) -> tuple[Array, Array, Array]:
    """Return what the cell keeps, what it writes, and the state that both make."""
    if "c" in quantities:
        return (
            quantities["f"],
            np.multiply(quantities["i"], quantities["g"], dtype=np.float64),
            quantities["c"],
        )
    if "z" in quantities:
        z = np.asarray(quantities["z"], np.float64)
        return z, (1.0 - z) * quantities["n"], quantities["h"]
    raise ValueError(
        "an RNN has no gate that keeps: each step computes h anew, so nothing is carried on as it was written"
    )


def _by_step(carried: Carried) -> Iterator[tuple[int, slice, Doubles]]:
    """Yield each step, which sources are alive there, and all of them (T + 1, H) in the order read.

    It is one array, ever further on.
    """
    alive = np.zeros((carried.steps + 1, len(carried.start)))
    alive[0] = carried.start
    cut = carried.keep == 0
    cuts, first = cut.any(axis=1), 0
    for read, (keep, write) in enumerate(zip(carried.keep, carried.write, strict=True)):
        if read % _LOOK == _LOOK - 1:
            first = _first_alive(alive, first, read)
        past = alive[first : read + 1]
        np.multiply(past, keep, out=past)
        if cuts[read]:
            past[:, cut[read]] = 0.0
        alive[read + 1] = write
        step = carried.steps - 1 - read if carried.backward else read
        yield step, slice(first, read + 2), alive


def _first_alive(alive: Doubles, first: int, end: int) -> int:
    """Return from which source on any is alive, and forget those before it."""
    gone = np.abs(alive[first:end]).max(axis=1, initial=0.0) < _NOTHING
    found = end if gone.all() else first + int(gone.argmin())
    alive[first:found] = 0.0
    return found


def _in_order(alive: Doubles, carried: Carried) -> Doubles:
    """Return the sources (T + 1, ...) in the order of the sentence, the initial state first."""
    return np.concatenate([alive[:1], alive[:0:-1]]) if carried.backward else alive


def _hidden_size(trace: Trace) -> int:
    name = "c" if isinstance(trace, LSTMTrace) else "z" if isinstance(trace, GRUTrace) else "h"
    return int(getattr(trace, name).shape[-1])
