import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import jax, heirloom as hl
from heirloom.simulation.compilation_cache import use_compilation_cache
events = []
jax.monitoring.register_event_listener(lambda event, **_: events.append(event))
print(use_compilation_cache())
hl.simulate(hl.models.Categorical([0.5, 0.5]), "discard", n_real=9, n_synthetic=9, generations=2,
            replicates=8, seed=0)
print(sum(event.endswith("/cache_hits") for event in events))
"""


def run(environment):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        check=True,
        env={k: v for k, v in os.environ.items() if k != "JAX_COMPILATION_CACHE_DIR"} | environment,
    )
    folder, hits = done.stdout.split()
    return folder, int(hits)


def test_programs_are_kept_in_the_users_cache_and_used_again(tmp_path):
    folder, hits = run({"XDG_CACHE_HOME": str(tmp_path)})
    assert Path(folder).is_relative_to(tmp_path)
    assert any("simulate_tile" in path.name for path in Path(folder).iterdir())
    assert hits == 0
    _, hits = run({"XDG_CACHE_HOME": str(tmp_path)})
    assert hits > 0


def test_what_jax_was_told_is_kept(tmp_path):
    folder, _ = run({"JAX_COMPILATION_CACHE_DIR": str(tmp_path / "mine")})
    assert folder == str(tmp_path / "mine")


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path):
    (tmp_path / "file").write_text("")
    folder, _ = run({"JAX_COMPILATION_CACHE_DIR": str(tmp_path / "file" / "cache")})
    assert folder == "None"
