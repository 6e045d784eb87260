"""What the window requests from the engines: the queries that follow from the state, and where results go."""
