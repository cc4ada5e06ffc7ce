"""Lets the command line be started as a module."""

from probe.cli import main

main()
