"""The short form of ``python -m tests.tracing.random_nets``."""

import pytest

from tests.tracing.random_nets.agreement import agreements
from tests.tracing.random_nets.faults import faults

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")


def test_random_nets_agree_with_a_loop_and_their_proofs_hold():
    found = list(agreements(range(400)))
    assert len(found) > 300
    assert [one for one in found if not one.holds] == []
    assert max(one.excess for one in found) <= 1


def test_faults_that_change_h_or_c_are_noticed():
    found = list(faults(range(60), each=1))
    assert len(found) > 100
    assert [fault for fault in found if not fault.noticed and fault.seen > 1e-5] == []
