"""``python -m tests.tracing.random_nets --count 3000 --seed 0`` prints two tables: nets, and faults."""

import argparse
import time
import warnings
from collections import Counter

from tests.tracing.random_nets.agreement import BOUND, agreements
from tests.tracing.random_nets.faults import faults


def main() -> None:
    """Run so many nets and faults, and end with 1 where one does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.tracing.random_nets")
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", "LSTM with projections is not supported with oneDNN")
    wrong = _nets(arguments.count, arguments.seed)
    raise SystemExit(wrong + _faults(arguments.count // 2, arguments.seed))


def _nets(count: int, seed: int) -> int:
    counts, worst, excess = Counter(), Counter(), 0.0
    begin, wrong = time.perf_counter(), []
    for one in agreements(range(seed, seed + count)):
        key = (one.net.kind, str(one.net.dtype).removeprefix("torch."))
        counts[key] += 1
        worst[key] = max(worst[key], one.error)
        excess = max(excess, one.excess)
        if not one.holds:
            wrong.append(one)
    for kind, dtype in sorted(counts):
        print(f"{kind:16} {dtype:9} {counts[kind, dtype]:6} nets   largest error {worst[kind, dtype]:.1e}")
    bounds = ", ".join(f"{str(dtype).removeprefix('torch.')} {bound:.0e}" for dtype, bound in BOUND.items())
    print(f"{counts.total()} nets of {count} in {time.perf_counter() - begin:.0f} s (bounds: {bounds})")
    print(f"the proof: largest error / bound {excess:.2f}")
    for one in wrong:
        print(f"not in agreement: {one}")
    return int(bool(wrong))


def _faults(count: int, seed: int) -> int:
    """Print the faults by kind; those that change nothing by 1e-5 cannot be seen."""
    counts, unnoticed, seeable, by_states = Counter(), Counter(), Counter(), Counter()
    for fault in faults(range(seed, seed + count)):
        counts[fault.kind] += 1
        unnoticed[fault.kind] += not fault.noticed
        seeable[fault.kind] += not fault.noticed and fault.seen > 1e-5
        by_states[fault.kind] += fault.by_states
    for kind, number in counts.items():
        share = f"{by_states[kind] / number:5.1%} by h and c alone"
        print(f"{kind:32} {number:6}   {share}   not noticed {unnoticed[kind]:4}, seeable {seeable[kind]}")
    share = f"{by_states.total() / counts.total():.1%} noticed by h and c alone"
    print(f"{counts.total()} faults, {share}, {unnoticed.total()} not noticed")
    return int(seeable.total() > 0)


if __name__ == "__main__":
    main()
