"""The rules of the desk: no clock, no file, no database, only plain values."""
