"""Two or three lines for each command that work as they stand, in bash, zsh and fish.

Shown by `--help`, and run by a test on the demo's desk (Ann Lee, Bob Ray, Kim & Sons).
"""

EXAMPLES = {
    "log": (
        'cxdesk log "Dana Reyes" "Does the oak shelf come in 90 cm?"',
        'cxdesk log ann "Still no parcel" --via email --by "fri noon"',
        'cxdesk log kim "They wait for the wood" --on kim --news 1w',
        'cxdesk log bob "Left him a message" --out --missed',
    ),
    "due": ("cxdesk due", "cxdesk due ann", "cxdesk due --within 2w --json"),
    "reply": (
        'cxdesk reply kim "Oak, as you asked."',
        'cxdesk reply bob "It left this morning." --open',
        'cxdesk reply kim "Which width?" --wait --chase 1w',
    ),
    "done": ("cxdesk done 6", 'cxdesk done 6 --note "posted, tracked"'),
    "solved": ("cxdesk solved kim", 'cxdesk solved kim --rating 5 --note "quickest ever"'),
    "wait": (
        'cxdesk reply kim "Which width?"; cxdesk wait kim',
        'cxdesk reply kim "Which width?"; cxdesk wait kim --chase 2w',
    ),
    "move": ("cxdesk move kim fri --told", 'cxdesk move 6 "tomorrow 10am" --not-told'),
    "drop": ("cxdesk drop 6", 'cxdesk drop kim --yes --why "bought elsewhere"'),
    "promise": (
        'cxdesk promise kim "fri noon" "send the drawing"',
        "cxdesk promise 3 2bd",
    ),
    "follow": (
        'cxdesk follow kim 2w "ask how the oak settled"',
        'cxdesk follow ann "1 dec" "yearly service" --every year',
    ),
    "show": (
        "cxdesk show ann",
        "cxdesk show 3 --explain",
        "cxdesk show ann --theirs",
        'cxdesk show "020 7946 0123"',
    ),
    "search": ("cxdesk search oak", 'cxdesk search "spare key" --in inquiry'),
    "inquiries": ("cxdesk inquiries --status open", "cxdesk inquiries --who ann"),
    "when": ('cxdesk when "fri noon"', "cxdesk when 2bd", 'cxdesk when "end of next month"'),
    "edit": (
        'cxdesk edit kim --subject "Oak or ash for the shelf?" --tag oak',
        "cxdesk edit bob --via email",
        'cxdesk edit 6 --what "send the spare key"',
    ),
    "undo": ("cxdesk undo", "cxdesk undo --list"),
    "redo": ("cxdesk undo; cxdesk redo",),
    "advise": ("cxdesk advise", "cxdesk advise phone"),
    "customer add": ('cxdesk customer add "Zoe Smith" --email zoe@example.com --interest oak',),
    "customer edit": (
        'cxdesk customer edit ann --prefers email --likes "short answers"',
        "cxdesk customer edit bob --of kim --from ann",
    ),
    "customer list": (
        "cxdesk customer list --interest oak",
        "cxdesk customer list --quiet 6mo",
        'cxdesk customer list --interest oak --follow "2 dec" "new oak is in" --yes',
    ),
    "customer tag": (
        "cxdesk customer tag kim oak ash",
        "cxdesk customer tag kim oak; cxdesk customer tag kim --remove oak",
    ),
    "customer merge": (
        "cxdesk customer merge bob ann --dry-run",
        "cxdesk customer merge bob ann --yes",
    ),
    "channel list": ("cxdesk channel list",),
    "channel add": ("cxdesk channel add telegram --kind chat --policy 4bh",),
    "channel say": ("cxdesk channel say email", "cxdesk channel say"),
    "channel set": (
        "cxdesk channel set email --policy 1bd",
        'cxdesk channel set instagram --look "weekdays 9:00, 16:00"; cxdesk done instagram',
        'cxdesk channel set email --test "every month"; cxdesk move email-test thu',
    ),
    "hours show": ("cxdesk hours show",),
    "hours set": (
        "cxdesk hours set mon-fri 09:00-12:30 13:30-17:00",
        "cxdesk hours set sat closed",
    ),
    "hours close": ("cxdesk hours close 25 dec to 28 dec Christmas",),
    "hours open": ('cxdesk hours open "24 dec" 09:00-12:00',),
    "hours away": ('cxdesk hours away "7 dec" to "11 dec" "the fair" --yes',),
    "hours zone": ("cxdesk hours zone Europe/Vienna",),
    "mail import": (
        'printf "From: zoe@example.com\\nSubject: Oak\\n\\nIn 90 cm?\\n" | cxdesk mail import -',
    ),
    "mail quarantine": ("cxdesk mail quarantine", "cxdesk mail quarantine retry"),
    "mail attachments": ("cxdesk mail attachments kim",),
    "report promises": ("cxdesk report promises", "cxdesk report promises --since 2026-11"),
}
