"""The command line: read arguments, make one call, show one view."""
