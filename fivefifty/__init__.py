"""The name under which the command starts as a module: ``python -m fivefifty``. Import from ``probe`` instead."""
