"""Preconditions of the program: standard streams, a display, and the system libraries of Qt.

``ctypes`` and ``re`` are imported on use: signal handlers are installed before.
"""

import os
import sys
from types import MappingProxyType

#: Debian's and Fedora's packages for the libraries that Qt's own wheels leave to the system.
PACKAGES = MappingProxyType(
    {
        "libEGL.so.1": ("libegl1", "mesa-libEGL"),
        "libGL.so.1": ("libgl1", "mesa-libGL"),
        "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
        "libfreetype.so.6": ("libfreetype6", "freetype"),
        "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
        "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
        "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
        "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
        "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
        "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
        "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
        "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
        "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
        "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
        "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
        "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
        "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    }
)
_ON_X11 = tuple(name for name in PACKAGES if "xcb" in name or "xkb" in name)
_STREAMS = ("stdin", "stdout", "stderr")


def open_missing_streams() -> None:
    """Open the null device for standard streams that are closed, or None as in ``pythonw``.

    Also for their descriptors: otherwise the next opened file, such as a history, would get the descriptor of
    standard error, to which C libraries write.
    """
    while (spare := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(spare, True)
    os.close(spare)
    for name in _STREAMS:
        stream = getattr(sys, name)
        if stream is None or stream.closed:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def qt_error() -> str:
    """Return an error message with the library that Qt misses and the package that has it; "" if none."""
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        import re

        found = re.search(r"(\S+\.so[.\d]*)", str(error))
        return missing(found[1]) if found else f"Qt cannot be loaded: {error}"
    return missing_on_x11()


def missing_on_x11() -> str:
    """Return the error message for a library that Qt's X11 plugin misses; Qt would abort without it."""
    if not _uses_x11():
        return ""
    return next((missing(name) for name in _ON_X11 if not _loads(name)), "")


def missing(library: str) -> str:
    """Return the error message for a missing library."""
    debian, fedora = PACKAGES.get(library, ("", ""))
    where = f": install the package {debian} (Debian, Ubuntu) or {fedora} (Fedora)" if debian else ""
    return f"Qt cannot start, because the system library {library} is missing{where}."


def has_display() -> bool:
    """Return whether a window can be shown: the platform needs no display, or a display accepts."""
    if not sys.platform.startswith("linux"):
        return True
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0]
    if platform.startswith("wayland") or (not platform and os.environ.get("WAYLAND_DISPLAY")):
        return bool(os.environ.get("WAYLAND_DISPLAY"))
    if platform in ("", "xcb"):
        return bool(os.environ.get("DISPLAY")) and _x11_answers()
    return True


def _uses_x11() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform:
        return platform.split(":")[0] == "xcb"
    return bool(os.environ.get("DISPLAY")) and not os.environ.get("WAYLAND_DISPLAY")


def _x11_answers() -> bool:
    """Connect to the display as Qt will; True without libxcb, which `qt_error` then reports as missing."""
    import ctypes

    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    broken = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not broken


def _loads(library: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
