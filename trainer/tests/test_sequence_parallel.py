import json

import pytest
from ranks import run_ranks


@pytest.mark.parametrize(("world", "kv_heads"), [(2, 1), (4, 4)])
def test_slices_of_a_sequence_equal_one_process(world: int, kv_heads: int) -> None:
    output = run_ranks("sequence_ranks.py", world, str(kv_heads))
    found = json.loads(output.splitlines()[0])
    controls = {name: found.pop(name) for name in list(found) if name.startswith("with")}
    assert len(found) == 8
    assert max(found.values()) < 1e-5, found
    assert len(controls) == 3
    assert min(controls.values()) > 1e-3, controls
