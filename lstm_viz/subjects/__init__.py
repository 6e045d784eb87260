"""What is opened and looked into: a recurrent model with its inputs and its readout, behind one protocol."""
