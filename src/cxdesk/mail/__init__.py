"""Bytes to messages and back, IMAP and SMTP (mail.md). Imported only inside mail commands."""
