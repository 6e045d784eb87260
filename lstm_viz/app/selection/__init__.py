"""What the window shows, as frozen values and pure functions of them."""
