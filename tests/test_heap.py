import subprocess
import sys
from weakref import ref

import psutil
import pytest
import torch

from lstm_viz import heap
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import ReadQuery

MIB = 1 << 20


@pytest.mark.skipif(heap._malloc_trim is None, reason="of glibc alone")
def test_what_was_freed_between_what_is_kept_goes_back_to_the_system():
    process, blocks = psutil.Process(), [torch.ones(64 << 8) for _ in range(1000)]  # of 64 KiB
    del blocks[::2], blocks[1::2]
    before = process.memory_info().rss
    heap.trim()
    assert before - process.memory_info().rss > 10 * MIB
    assert all(block.sum() == len(block) for block in blocks)


def test_it_is_done_when_a_preset_was_loaded_and_at_no_other_sentence(monkeypatch):
    trimmed = []
    monkeypatch.setattr(heap, "trim", lambda: trimmed.append(True))
    reader = Reader()
    for number, text in enumerate(("The", "The dog", "The dog ate"), 1):
        reader.read(ReadQuery("preset:tutorial", text), number)
    assert trimmed == [True]


def test_tidying_frees_what_only_a_cycle_holds(monkeypatch):
    trimmed = []
    monkeypatch.setattr(heap, "trim", lambda: trimmed.append(True))
    cycle = Cycle()
    cycle.itself, watched = cycle, ref(cycle)
    del cycle
    heap.tidy()
    assert watched() is None
    assert trimmed == [True]


class Cycle:
    itself: "Cycle"


def test_there_need_be_no_such_function(monkeypatch):
    for name in ("_malloc_trim", "_mallopt"):
        monkeypatch.setattr(heap, name, None)
    heap.trim()
    heap.use_one_arena()


_ARENAS = """
import ctypes, sys, threading
from lstm_viz import heap
if sys.argv[2:]:
    heap.use_one_arena()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
together = threading.Barrier(4)
def allocate():
    ctypes.pythonapi.PyMem_RawMalloc(1000)  # malloc itself
    together.wait()
threads = [threading.Thread(target=allocate) for _ in range(4)]
[thread.start() for thread in threads], [thread.join() for thread in threads]
report = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, report)
libc.fclose(report)
"""


@pytest.mark.skipif(heap._mallopt is None, reason="of glibc alone")
@pytest.mark.parametrize(("arguments", "arenas"), [((), 5), (("one",), 1)])
def test_all_threads_allocate_from_one_heap(tmp_path, arguments, arenas):
    report = tmp_path / "report.xml"
    subprocess.run([sys.executable, "-c", _ARENAS, report, *arguments], check=True)
    assert report.read_text().count("<heap ") == arenas
