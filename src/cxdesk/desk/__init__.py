"""What the desk does: one function per deed."""
