"""What Python and pytest start: ``python -m fivefifty``, and the pytest plugin. Import from ``probe`` instead."""
