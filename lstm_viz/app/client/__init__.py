"""The engine client: queries of the window, and the processes that answer them.

Nothing is imported here: `engine_process` is imported before Qt.
"""
