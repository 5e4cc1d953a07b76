"""A cabinet maker's week as it was typed: every command of the desk, at the times that make it
believable. `{chats}` is the file of what was said on Instagram."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import NamedTuple

CHATS = Path(__file__).parent / "golden" / "chats.csv"
LATE = 10

TYPED = """
init             16 09:00  init --zone Europe/London
hours_set        16 09:01  hours set mon-fri 09:00-12:30 13:30-17:00
hours_close      16 09:02  hours close 25 dec to 28 dec Christmas
hours_zone       16 09:03  hours zone Europe/London
hours_show       16 09:04  hours show
channel_set      16 09:05  channel set email --policy 1bd
channel_list     16 09:06  channel list
when             16 09:07  when fri noon
when_window      16 09:07  when thu 8-12 --from "16 nov 9:00"
when_past        16 09:07  when yesterday 4pm --past
customer_add     16 09:10  customer add "Kim & Sons" --email kim@example.com --stage prospect \
--interest oak --consent
log              16 09:20  log "Dana Reyes" "Does the oak shelf come in 90 cm?" \
--phone "020 7946 0311" --by "tue noon"
log_markers      16 09:30  log "Ann Lee" "Invoice shows VAT twice by:fri via:email need:30 nov \
follow:wed +invoice" --email ann@example.com --mood bad --heard "a friend"
log_key          16 09:40  log "Bob Ray" "Lost a key" --phone "020 7946 0123" --by "wed noon" \
--what "send the spare key" --key call-1
log_key_again    16 09:41  log "Bob Ray" "Lost a key" --key call-1
log_whatsapp     16 09:45  log "Eve Stone" "Is the studio open on Saturday?" --via whatsapp \
--answered
log_someone      16 09:50  log someone "Asked for the way" --via visit --solved
log_out          16 10:00  log kim "The quote is on its way" --out --via email --chase thu
log_missed       16 10:05  log "020 7946 0311" --missed --apart
follow           16 10:10  follow dana 2w "how is the shelf?" --every "4 weeks" --via phone
promise          16 10:20  promise bob fri noon "paint the box"
promise_inquiry  16 10:21  promise 3 thu
reply_open       16 11:00  reply 1 "I will measure what is in stock" --open --by "wed 10:00"
undo             16 11:30  undo
redo             16 11:31  redo
undo_list        16 11:32  undo --list
reply_missed     16 12:00  reply 1 "No answer" --missed --via phone
reply_solved     16 15:00  reply 1 "Yes, in 90 cm too." --solved
log_on           17 09:10  log ann "Still twice" --on ann
warned           17 09:20  log ann "And the address is old"
wait             17 09:25  wait eve --chase none
move             17 09:30  move 7 thu --told --why "the smith is ill"
done             18 14:00  done 7 --note "by the first post"
import_dry       18 15:00  import conversations {chats} --via instagram --dry-run
import           18 15:01  import conversations {chats} --via instagram
import_again     18 15:02  import conversations {chats} --via instagram
due              20 18:00  due
due_all          20 18:00  due --all
due_within       20 18:00  due --within 1mo
due_overdue      20 18:00  due --overdue --exit-code
due_who          20 18:00  due ann-lee
due_count        20 18:00  due --count
show_explain     23 09:05  show 13 --explain
show_customer    23 09:05  show ann
show_alone       23 09:05  show 16
reply_wait       23 09:10  reply 3 "One line too many; which address is right?" --wait
solved           23 09:30  solved 3 --rating 5 --note "Thank you"
drop             23 09:40  drop 13 --why "they never called back" --yes
customer_edit    23 09:50  customer edit ann --name "Ann Lee-Moss" --alias annie --likes oak \
--fact size=XL --prefers phone --tag oak --no-consent --address "1 Elm Row"
customer_show    23 09:51  customer show annie
customer_list    23 09:52  customer list --interest oak
search           23 09:55  search invoice
inquiries        23 09:56  inquiries --status open
advise           23 09:57  advise phone
report_promises  23 09:58  report promises
redo_nothing     23 09:59  redo
nobody           23 09:59  show nobody
near             23 09:59  log danna "Hello"
namesake         23 09:59  log "Ann Marsh" "Do you mend chairs?" --via web
several          23 09:59  reply ann "Which one?"
several_things   23 09:59  done ann-lee
refused          23 09:59  wait oakfan
no_time          23 09:59  when someday soon
no_option        23 09:59  due --yesterday
"""
CODES = {
    "due_overdue": LATE,
    "redo_nothing": 1,
    "nobody": 3,
    "near": 3,
    "several": 3,
    "several_things": 3,
    "refused": 1,
    "no_time": 2,
    "no_option": 2,
}


class Step(NamedTuple):
    """One command line, when it was typed, and how it ends."""

    name: str
    now: str
    words: tuple[str, ...]
    code: int

    @property
    def typed(self) -> str:
        return shlex.join(("cxdesk", *self.words)).replace(str(CHATS), CHATS.name)


def _step(line: str) -> Step:
    name, day, clock, typed = line.split(maxsplit=3)
    words = shlex.split(typed.replace("{chats}", str(CHATS)))
    return Step(name, f"2026-11-{day}T{clock}:00+00:00", tuple(words), CODES.get(name, 0))


STEPS = [_step(line) for line in TYPED.strip().splitlines()]
