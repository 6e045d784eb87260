"""Which errors say that there is not enough memory: Python, PyTorch and the system each have their own."""

import errno

_SAID = (
    "allocate memory",
    "not enough memory",
    "out of memory",
    "alloc_failed",  # cuBLAS, cuDNN
    "bad_alloc",
    "could not create a primitive",  # oneDNN, whose kernels are compiled as they are needed
)


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory could not be allocated.

    PyTorch raises `torch.OutOfMemoryError` for an accelerator, but a plain RuntimeError of its CPU allocator:
    that one is known by its text alone, which differs between systems.
    """
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    if isinstance(error, RuntimeError):
        return any(said in str(error).lower() for said in _SAID)
    return isinstance(error, MemoryError)
