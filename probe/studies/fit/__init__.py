"""Fitting the weights of the context classifier: scenarios made for it, cases from their runs, and the fit itself."""
