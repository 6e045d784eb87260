"""The files of ``torch.save``: zip files, and those of torch before 1.6.

Here only the pickle is read (`describe` also reads the rest of a zip file, for its checksums); where the
numbers of a tensor are follows from the directory of the zip file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from lstm_viz.opening.errors import check
from lstm_viz.opening.pickled_values import DeclaredTensor, Storage
from lstm_viz.opening.pickles import read_pickle
from lstm_viz.opening.reads import read_at
from lstm_viz.opening.stored import ITEM_BYTES, StoredTensor, span
from lstm_viz.opening.trees import values_in
from lstm_viz.opening.zip_directory import Entry

#: How the pickle of torch's magic number begins a file of torch before 1.6.
LEGACY_MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_LEGACY_VERSION = 1001
_MOST_PICKLE_BYTES = 64 << 20
_ROOM = 40 << 20  # what the values of a pickle may take beside the size of the file


@dataclass(frozen=True, slots=True)
class SavedObject:
    """What was given to ``torch.save``, with the places of its storages.

    Attributes
    ----------
    tree : object
        Plain values, with `DeclaredTensor` for tensors.
    storages : dict of str to (int, int)
        The place and the size of each storage, in bytes.
    """

    tree: Any
    storages: Mapping[str, tuple[int, int]]

    def located(self, name: str, tensor: DeclaredTensor) -> StoredTensor:
        """Return a tensor with its place; raises `InvalidFileError` if it declares more than is stored.

        A stride of 0 makes any number of numbers out of one.
        """
        storage, item = tensor.storage, ITEM_BYTES[tensor.dtype]
        place, size = self._place(name, storage)
        stored = StoredTensor(tensor.dtype, tensor.shape, tensor.strides, place + tensor.offset * item)
        fits = tensor.offset + span(tensor.shape, tensor.strides) <= size // item
        check(
            fits and stored.count <= size // item,
            "tensor_beyond_storage",
            name=name,
            declared=stored.count,
            given=size // item,
        )
        return stored

    def _place(self, name: str, storage: Storage) -> tuple[int, int]:
        """Return the place and the size of a storage, or of the view into one."""
        check(storage.key in self.storages, "storage_missing", name=name)
        place, stored = self.storages[storage.key]
        start, size = (count * ITEM_BYTES[storage.dtype] for count in (storage.offset, storage.count))
        given = stored // ITEM_BYTES[storage.dtype]
        check(start + size <= stored, "tensor_beyond_storage", name=name, declared=storage.count, given=given)
        return place + start, size


def read_zip(file: BinaryIO, size: int, entries: Mapping[str, Entry]) -> SavedObject:
    """Return what a zip file of ``torch.save`` holds; raises as `read_pickle`."""
    pickle = next((name for name in entries if name.endswith("data.pkl")), "")
    check(bool(pickle), "zip_without_pickle")
    check(all(entry.is_stored for entry in entries.values()), "zip_compressed")
    folder = pickle.removesuffix("data.pkl")
    _check_order(file, entries.get(f"{folder}byteorder"))
    entry = entries[pickle]
    check(entry.size <= _MOST_PICKLE_BYTES, "pickle_too_large")
    tree, _ = read_pickle(read_at(file, entry.place, entry.size), 0, size + _ROOM)
    below = f"{folder}data/"
    storages = {
        name.removeprefix(below): (entry.place, entry.size)
        for name, entry in entries.items()
        if name.startswith(below)
    }
    return SavedObject(tree, storages)


def _check_order(file: BinaryIO, entry: Entry | None) -> None:
    """Check that numbers are stored with the lowest byte first."""
    check(
        entry is None or (entry.size <= 8 and read_at(file, entry.place, entry.size) == b"little"),
        "byte_order",
    )


def read_legacy(file: BinaryIO, size: int) -> SavedObject:
    """Return what a file of torch before 1.6 holds, five pickles and then the storages.

    Raises as `read_pickle`.
    """
    data, room = read_at(file, 0, min(size, _MOST_PICKLE_BYTES)), size + _ROOM
    _, place = read_pickle(data, 0, room)
    version, place = read_pickle(data, place, room)
    check(version == _LEGACY_VERSION, "pickle_invalid")
    machine, place = read_pickle(data, place, room)
    check(type(machine) is dict and machine.get("little_endian", True) is True, "byte_order")
    tree, place = read_pickle(data, place, room)
    keys, place = read_pickle(data, place, room)
    check(type(keys) is list and all(type(key) is str for key in keys), "pickle_invalid")
    return SavedObject(tree, _legacy_storages(file, size, place, keys, _item_bytes(tree)))


def _legacy_storages(
    file: BinaryIO, size: int, place: int, keys: list[str], items: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    found = dict[str, tuple[int, int]]()
    for key in keys:
        count = int.from_bytes(read_at(file, place, 8), "little")
        start, nbytes = place + 8, count * items.get(key, 1)
        check(start + nbytes <= size, "file_ends_early")
        found[key] = start, nbytes
        place = start + nbytes
    return found


def _item_bytes(tree: Any) -> dict[str, int]:
    """Return the bytes of a number of each storage, which its own record does not have."""
    storages = (value.storage for value in values_in(tree) if type(value) is DeclaredTensor)
    return {storage.key: ITEM_BYTES[storage.dtype] for storage in storages}
