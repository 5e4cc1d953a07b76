"""cxdesk: a support desk in the terminal for people who are their own support department."""

__version__ = "0.1.0"
