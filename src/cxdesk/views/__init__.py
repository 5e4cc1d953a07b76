"""Records in, words out: for a terminal (the only room that knows Rich), a pipe, or a program."""
