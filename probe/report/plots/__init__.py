"""Charts as SVG, PNG or HTML files; they need ``pip install 'fivefifty[plot]'``."""
