"""Everything that lives as long as the window."""

import gc
from dataclasses import dataclass

from lstm_viz.app.asking import Asking
from lstm_viz.app.content import Content
from lstm_viz.app.engine_process import EngineProcess
from lstm_viz.app.link import EngineLink
from lstm_viz.app.menus import Menus
from lstm_viz.app.state import Look, State
from lstm_viz.app.stopwatch import Stopwatch
from lstm_viz.app.themes import ThemeKeeper
from lstm_viz.app.window import Window


@dataclass(frozen=True)
class Session:
    """State, engine and widgets, put together; the only place that knows them all."""

    state: State
    link: EngineLink
    asking: Asking
    stopwatch: Stopwatch
    window: Window
    content: Content
    menus: Menus

    @classmethod
    def of(cls, window: Window, themes: ThemeKeeper, look: Look, link: EngineLink) -> "Session":
        """Fill ``window`` with what an engine that has been started will answer."""
        state = State(look, themes.theme)
        themes.changed.connect(state.set_theme)
        asking, stopwatch = Asking(state, link), Stopwatch(state)
        content = Content(state, link, stopwatch)
        menus = Menus(window, state, content, themes)
        window.fill(content)
        window.closed.connect(content.page.player.pause)
        content.page.editor.setFocus()
        gc.freeze()  # what was built stays: a keystroke need not wait while it is searched for garbage
        return cls(state, link, asking, stopwatch, window, content, menus)

    @classmethod
    def open(
        cls, window: Window, themes: ThemeKeeper, look: Look, engine: EngineProcess | None = None
    ) -> "Session":
        """Do the same with an engine of its own: ``engine``, if one is loading already."""
        link = EngineLink()
        link.start(engine)
        return cls.of(window, themes, look, link)

    def close(self) -> None:
        """End the engine and the window."""
        self.link.close()
        self.window.close()
        self.window.deleteLater()
