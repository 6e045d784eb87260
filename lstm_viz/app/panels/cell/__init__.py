"""One step of a recurrent cell: its diagram and its equations."""
