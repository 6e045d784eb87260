"""Decomposition of the state of a gated cell into what each step wrote and the gates kept.

The cell state of an LSTM, cₜ = fₜ ⊙ cₜ₋₁ + iₜ ⊙ gₜ, unrolls to

    cₜ = (∏_{j≤t} fⱼ) ⊙ c₀ + Σ_{k≤t} (∏_{k<j≤t} fⱼ) ⊙ iₖ ⊙ gₖ

so it is exactly the sum of the contributions of c₀ and of each step. h of a GRU has the same form, with z in
place of f and (1 − z) ⊙ n in place of i ⊙ g. The gates are taken as constants: the effect of an earlier step
on them through h is not part of the sum.

Shapes: T steps, H units, K tags; T + 1 sources, of which 0 is the initial state and k + 1 is step k.

Source: Murdoch and Szlam, "Automatic Rule Extraction from Long Short Term Memory Networks" (2017), who call
the LSTM's sum its additive decomposition.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from lstm_viz.cells import CellKind, operand, previous, symbol_of
from lstm_viz.tracing.trace import Array, Trace

#: Contributions that have decayed below this change no sum and are dropped, for speed in a long text; and the
#: number of steps between two checks for them.
_NEGLIGIBLE, _CHECK_STEPS = 1e-30, 16

Mask = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class GatedRecurrence:
    """A gated recurrence of a state: ``stateₜ = keepₜ ⊙ stateₜ₋₁ + writeₜ``.

    Attributes
    ----------
    keep, write : array (T, H)
        In float64, in the order of computation. Where ``keep`` is exactly 0 earlier contributions are 0, even
        where they were NaN.
    start : array (H,)
        The initial state.
    backward : bool
        Whether the direction is the reverse one. Results are in the order of the sentence all the same.
    """

    keep: Doubles
    write: Doubles
    start: Doubles
    backward: bool = False

    @property
    def steps(self) -> int:
        """The number of steps, T."""
        return len(self.keep)


def decompose(trace: Trace, layer: int = -1, direction: int = 0, sequence: int = 0) -> Doubles:
    """Return the contribution of each step to the state at each step.

    Parameters
    ----------
    trace : LSTMTrace or GRUTrace
        One call, from `lstm_viz.capture`.
    layer, direction, sequence : int
        Of the trace.

    Returns
    -------
    array (T, T + 1, H)
        At [t, 0] the contribution of the initial state at step t, at [t, k + 1] that of step k: 0 where step
        k comes after step t. The sum over axis 1 is c (h of a GRU). The reverse direction has sources k ≥ t.
        Past the sequence's length all values are NaN. In float64 whatever the module's precision, so that the
        error of the sums is no more than the rounding in the trace.

    Raises
    ------
    ValueError
        If the trace is that of an ``nn.RNN``, which has no gate that keeps its state.
    """
    length = int(trace.lengths[sequence])
    recurrence = recurrence_in(trace, layer, direction, sequence)
    found = np.full((trace.steps, trace.steps + 1, len(recurrence.start)), np.nan)
    found[:length] = 0.0
    for step, _, alive in _by_step(recurrence):
        found[step, : length + 1] = _in_order(alive, recurrence)
    return found


def recurrence_in(trace: Trace, layer: int = -1, direction: int = 0, sequence: int = 0) -> GatedRecurrence:
    """Return the recurrence of one layer, direction and sequence of a trace; raises as `decompose` does."""
    names = {name: array[layer, direction, :, sequence] for name, array in trace.quantities.items()}
    length = int(trace.lengths[sequence])
    quantities = {name: array[:length] for name, array in names.items()}
    start = {name: getattr(trace, f"{name}0")[layer, direction, sequence] for name in trace.KIND.states}
    return recurrence_of(trace.KIND, quantities, start, backward=direction == 1)


def recurrence_of(
    kind: CellKind,
    quantities: Mapping[str, Array],
    start: Mapping[str, Array],
    *,
    backward: bool = False,
    clamped: Mask | None = None,
) -> GatedRecurrence:
    """Return the recurrence of a state with these gates.

    Parameters
    ----------
    kind : CellKind
        The kind of cell, whose products are the recurrence.
    quantities : mapping of str to array (T, H)
        In torch's names: ``i f g c`` of an LSTM, ``z n h`` of a GRU.
    start : mapping of str to array (H,)
        The initial states by their symbols.
    backward : bool
        Whether the direction is the reverse one.
    clamped : bool array (T, H) or None
        Where the state was clamped: earlier contributions end there, and the value counts as written by the
        step.

    Raises
    ------
    ValueError
        If the quantities are those of an ``nn.RNN``.
    """
    if kind.gated_state is None:
        raise ValueError(
            "an RNN has no gate that keeps: each step computes h anew, so nothing is carried on as it was "
            "written"
        )
    state, products = kind.gated_state.state, kind[kind.gated_state.state].products
    names = {state, *(symbol_of(factor) for product in products for factor in product)}
    values = {name: np.asarray(quantities[name], np.float64) for name in names}
    keep = np.asarray(operand(kind.gated_state.keep, values), np.float64)
    written = (operand(a, values) * operand(b, values) for a, b in products if b != previous(state))
    write = reduce(np.add, written)
    if clamped is not None:
        keep, write = np.where(clamped, 0.0, keep), np.where(clamped, values[state], write)
    if backward:
        keep, write = keep[::-1], write[::-1]
    return GatedRecurrence(keep, write, np.asarray(start[state], np.float64), backward)


def sources_at(recurrence: GatedRecurrence, step: int) -> Doubles:
    """Return the contribution of each source at one step, (T + 1, H); their sum is the state."""
    read = recurrence.steps - 1 - step if recurrence.backward else step
    past = recurrence.keep[read::-1]
    # backwards in time: the products over the last step, the last two, … and over all of them
    left = np.multiply.accumulate(past, axis=0)[::-1]
    alive = np.zeros((recurrence.steps + 1, len(recurrence.start)))
    np.multiply(left[0], recurrence.start, out=alive[0])
    np.multiply(left[1:], recurrence.write[:read], out=alive[1 : read + 1])
    alive[read + 1] = recurrence.write[read]
    cut = past == 0
    if cut.any():  # else 0 · NaN would be NaN
        alive[: read + 1][np.logical_or.accumulate(cut, axis=0)[::-1]] = 0.0
    return _in_order(alive, recurrence)


def triangle(recurrence: GatedRecurrence, unit: int | None) -> Doubles:
    """Return the contribution of each source at every step, (T, T + 1), for a unit or the mean of all."""
    units = slice(None) if unit is None else slice(unit, unit + 1)
    one = GatedRecurrence(
        recurrence.keep[:, units], recurrence.write[:, units], recurrence.start[units], recurrence.backward
    )
    found, row = np.zeros((one.steps, one.steps + 1)), np.zeros(one.steps + 1)
    for step, now, alive in _by_step(one):
        row[: now.start] = 0.0
        row[now] = alive[now].mean(axis=1) if unit is None else alive[now, 0]
        found[step] = _in_order(row, one)
    return found


def half_lives(recurrence: GatedRecurrence) -> Doubles:
    """Return the half-life of each unit's state in steps, (H,).

    ln ½ / mean over the steps of ln keep: the half-life at the unit's mean rate over this sentence. Infinite
    for a unit that forgot nothing, 0 for one that forgot everything at any step.
    """
    with np.errstate(divide="ignore"):
        rates = -np.log(recurrence.keep).mean(axis=0)
        return np.asarray(np.log(2.0) / np.abs(rates))


def squash(o: Array, c: Array) -> Doubles:
    """Return h / c of an LSTM, o ⊙ tanh(c) / c, and o at c = 0: the constant factor from c's sum to h."""
    c = np.asarray(c, np.float64)
    ratio = np.divide(np.tanh(c), c, out=np.ones_like(c), where=c != 0)
    return np.asarray(o * ratio)


def score_sources(alive: Doubles, readout: Array, weight: Array) -> Doubles:
    """Return the contribution of each source to each logit, (T + 1, K).

    W · h = Σ over the sources of W · (readout ⊙ alive), an exact sum: with the bias, the logits.

    Parameters
    ----------
    alive : array (T + 1, H)
        The contributions to the state, from `sources_at`.
    readout : array (H,)
        The factor from the state to h, taken as a constant: `squash` for an LSTM, ones for a GRU.
    weight : array (K, H)
        The matrix from h to the logits. With a projection, its product with ``weight_hr``.
    """
    return np.asarray((alive * readout) @ np.asarray(weight, np.float64).T)


def _by_step(recurrence: GatedRecurrence) -> Iterator[tuple[int, slice, Doubles]]:
    """Yield each step, the slice of non-negligible sources, and all sources (T + 1, H) in computation order.

    The same array is updated in place and yielded each time.
    """
    alive = np.zeros((recurrence.steps + 1, len(recurrence.start)))
    alive[0] = recurrence.start
    cut = recurrence.keep == 0
    cuts, first = cut.any(axis=1), 0
    for read, (keep, write) in enumerate(zip(recurrence.keep, recurrence.write, strict=True)):
        if read % _CHECK_STEPS == _CHECK_STEPS - 1:
            first = _first_alive(alive, first, read)
        past = alive[first : read + 1]
        np.multiply(past, keep, out=past)
        if cuts[read]:
            past[:, cut[read]] = 0.0
        alive[read + 1] = write
        step = recurrence.steps - 1 - read if recurrence.backward else read
        yield step, slice(first, read + 2), alive


def _first_alive(alive: Doubles, first: int, end: int) -> int:
    """Return the first source that is not negligible, and set those before it to zero."""
    gone = np.abs(alive[first:end]).max(axis=1, initial=0.0) < _NEGLIGIBLE
    found = end if gone.all() else first + int(gone.argmin())
    alive[first:found] = 0.0
    return found


def _in_order(alive: Doubles, recurrence: GatedRecurrence) -> Doubles:
    """Return the sources (T + 1, ...) in the order of the sentence, the initial state first."""
    return np.concatenate([alive[:1], alive[:0:-1]]) if recurrence.backward else alive
