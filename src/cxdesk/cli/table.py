"""Which module holds which command, and the first page of help."""

COMMANDS = {
    "log": "log",
    "due": "agenda",
    "reply": "contacts",
    "done": "tasks",
    "show": "show",
    "solved": "contacts",
    "wait": "contacts",
    "move": "tasks",
    "drop": "tasks",
    "promise": "promises",
    "follow": "promises",
    "search": "show",
    "inquiries": "show",
    "when": "phrases",
    "edit": "edit",
    "undo": "history",
    "redo": "history",
    "advise": "advise",
    "go": "go",
    "init": "setup",
    "backup": "keeping",
    "restore": "keeping",
    "doctor": "keeping",
    "demo": "setup",
}
GROUPS = {
    "customer": "customer",
    "channel": "channel",
    "hours": "hours",
    "report": "report",
    "mail": "mail",
    "remind": "remind",
    "import": "imports",
    "config": "config",
}
HELP = """\
cxdesk: whom did I promise what, by when, and who should hear from me before they ask?

 log     somebody said something    cxdesk log "Dana Reyes" "Does the shelf come in 90 cm?"
 due     what is next               cxdesk due
 reply   you answered               cxdesk reply dana "Yes, in 90 cm too."
 done    you did it                 cxdesk done dana
 show    all about someone          cxdesk show dana

For comfort: cxdesk undo

When it is not so simple:
 go solved wait move drop promise follow search inquiries when edit redo

The rest: customer channel hours report advise import mail remind backup
 restore doctor config init demo

Every command: --help --json --desk NAME --no-input -q; cxdesk --version
Tab for commands and names: cxdesk --install-completion
"""
