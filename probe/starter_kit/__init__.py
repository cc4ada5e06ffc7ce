"""The files that fivefifty init writes into a repository."""
