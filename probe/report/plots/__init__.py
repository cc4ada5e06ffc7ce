"""Charts as SVG or PNG files; needs the extra plot."""
