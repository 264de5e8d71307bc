"""Compiled programs, kept from one run of a command to the next."""

import os
from pathlib import Path

import jax
import pooch


def use_compilation_cache(folder: str | os.PathLike[str] | None = None) -> Path | None:
    """Have JAX keep what it compiles, so that the second run of a command does not compile again.

    For commands: it sets an option of JAX for the whole process, which a library should leave
    alone.

    Parameters
    ----------
    folder
        Where. Default: what JAX was told already (``JAX_COMPILATION_CACHE_DIR``), else a folder of
        heirloom's in the user's cache.

    Returns
    -------
    Path or None
        The folder; None if it cannot be written to, and nothing is kept.
    """
    told = os.environ.get("JAX_COMPILATION_CACHE_DIR")
    path = Path(folder or told or Path(pooch.os_cache("heirloom")) / "compiled")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    if not os.access(path, os.W_OK):
        return None
    jax.config.update("jax_compilation_cache_dir", str(path))
    # Many small programs, each a second to compile: the defaults keep only what takes longer.
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    return path
