"""Files as their authors publish them, with checked hashes: local ones, or fetched once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pooch

FOLDER_VARIABLE = "HEIRLOOM_DATA"


@dataclass(frozen=True)
class PublishedFiles:
    """The files of one dataset.

    Attributes
    ----------
    folder
        Where they lie in the folder that ``HEIRLOOM_DATA`` names.
    url
        Their public home, with a slash at the end.
    sha256
        By name of the file, the hash of its content.
    """

    folder: str
    url: str
    sha256: Mapping[str, str]

    def path(self, name: str) -> Path:
        """Find a file in the folder that ``HEIRLOOM_DATA`` names; where it names none, fetch it.

        Parameters
        ----------
        name
            Of the file.

        Raises
        ------
        ValueError
            The file in the folder is not the published one.
        FileNotFoundError
            ``HEIRLOOM_DATA`` is set, but the file is not in the folder that it names.
        OSError
            The file could not be downloaded.
        """
        shelf = os.environ.get(FOLDER_VARIABLE)
        return self._local(Path(shelf), name) if shelf else self._fetched(name)

    def _local(self, shelf: Path, name: str) -> Path:
        path = shelf / self.folder / name
        if not path.is_file():
            raise FileNotFoundError(
                f"{FOLDER_VARIABLE}={str(shelf)!r} holds no file {self.folder}/{name}; "
                f"put it there, or unset {FOLDER_VARIABLE} to download it"
            )
        found = pooch.file_hash(str(path), alg="sha256")
        if found != self.sha256[name]:
            raise ValueError(
                f"file {str(path)!r} is not the published one (its SHA-256 is {found}, not "
                f"{self.sha256[name]}); replace it, or unset {FOLDER_VARIABLE} to download it"
            )
        return path

    def _fetched(self, name: str) -> Path:
        store = pooch.create(
            path=pooch.os_cache("heirloom"), base_url=self.url, registry=dict(self.sha256)
        )
        try:
            return Path(store.fetch(name))
        # pooch reports a wrong hash as ValueError, and everything else as some kind of OSError.
        except (OSError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise OSError(
                f"could not download {self.url}{name} ({reason}); try again, or put the file in a "
                f"folder named {self.folder}, and set {FOLDER_VARIABLE} to the folder that holds it"
            ) from error
