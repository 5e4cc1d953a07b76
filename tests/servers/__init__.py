"""Real servers for the tests, on 127.0.0.1 alone, each stopped by whoever started it.

tls       an authority of our own and its certificates, good and bad
smtp      an SMTP server that misbehaves on request; in this process, or `python -m`
dovecot   a real Dovecot (IMAP, IMAPS, LMTP) in a folder of its own
fixtures  all of it as pytest fixtures: `smtp_server`, `mail_out`, `dovecot`, `mailbox`
"""
