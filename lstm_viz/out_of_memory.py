"""Recognises out-of-memory errors: Python, PyTorch and the system each raise their own."""

import errno

_MESSAGES = (
    "allocate memory",
    "not enough memory",
    "out of memory",
    "alloc_failed",  # cuBLAS, cuDNN
    "bad_alloc",
    "could not create a primitive",  # oneDNN, whose kernels are compiled as they are needed
)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error means that memory could not be allocated.

    PyTorch raises `torch.OutOfMemoryError` for an accelerator, but its CPU allocator a plain RuntimeError,
    which is recognised by its message alone; that differs between systems.
    """
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    if isinstance(error, RuntimeError):
        return any(message in str(error).lower() for message in _MESSAGES)
    return isinstance(error, MemoryError)
