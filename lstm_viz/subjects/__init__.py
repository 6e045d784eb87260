"""A model that can be inspected: a recurrent model with its inputs and its readout, behind one protocol."""
