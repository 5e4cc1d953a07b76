"""Text from elsewhere into records, and records into text for elsewhere.

A file that cannot be read at all is an error; a row that cannot be read is a value, with its line,
so that all of them can be shown at once and nothing is half imported.
"""
