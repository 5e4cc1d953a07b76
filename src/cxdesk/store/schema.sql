-- Generated from store/models.py by `make docs`. Do not edit.

CREATE TABLE channel (
	name VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	policy VARCHAR NOT NULL,
	position INTEGER NOT NULL,
	PRIMARY KEY (name),
	CONSTRAINT kind_known CHECK (kind IN ('phone', 'email', 'web', 'chat', 'social', 'visit', 'post', 'review')),
	CONSTRAINT name_not_blank CHECK (length(name) > 0),
	CONSTRAINT policy_not_blank CHECK (length(policy) > 0)
);

CREATE TABLE customer (
	id INTEGER NOT NULL,
	handle VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	since_at DATETIME NOT NULL,
	stage VARCHAR,
	prefers VARCHAR,
	address VARCHAR,
	heard VARCHAR,
	consent BOOLEAN,
	last_contact_at DATETIME,
	company_id INTEGER,
	referrer_id INTEGER,
	PRIMARY KEY (id),
	CONSTRAINT handle_not_blank CHECK (length(handle) > 0),
	CONSTRAINT name_not_blank CHECK (length(name) > 0),
	CONSTRAINT consent_yes_or_no CHECK (consent IN (FALSE, TRUE)),
	FOREIGN KEY(company_id) REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(referrer_id) REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED,
	UNIQUE (handle)
);

CREATE INDEX customer_by_contact ON customer (last_contact_at);

CREATE INDEX customer_by_referrer ON customer (referrer_id);

CREATE INDEX customer_of_company ON customer (company_id);

CREATE TABLE deed (
	id INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	actor VARCHAR NOT NULL,
	done_at DATETIME NOT NULL,
	"key" VARCHAR,
	answer VARCHAR,
	undone BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT actor_known CHECK (actor IN ('owner', 'desk')),
	CONSTRAINT undone_yes_or_no CHECK (undone IN (FALSE, TRUE))
);

CREATE UNIQUE INDEX deed_by_key ON deed ("key") WHERE key IS NOT NULL;

CREATE INDEX deed_undone ON deed (id) WHERE undone;

CREATE TABLE mail (
	id INTEGER NOT NULL,
	dedupe VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	recipient VARCHAR NOT NULL,
	sender VARCHAR NOT NULL,
	subject VARCHAR NOT NULL,
	message_id VARCHAR NOT NULL,
	raw BLOB NOT NULL,
	made_at DATETIME NOT NULL,
	next_try_at DATETIME NOT NULL,
	state VARCHAR NOT NULL,
	attempts INTEGER NOT NULL,
	data_begun BOOLEAN NOT NULL,
	lease_until_at DATETIME,
	sent_at DATETIME,
	detail VARCHAR,
	number INTEGER,
	resent BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT kind_known CHECK (kind IN ('digest', 'alert', 'reply', 'follow_up', 'acknowledgement', 'test')),
	CONSTRAINT state_known CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'uncertain', 'cancelled')),
	CONSTRAINT sent_has_instant CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
	CONSTRAINT data_begun_yes_or_no CHECK (data_begun IN (FALSE, TRUE)),
	CONSTRAINT resent_yes_or_no CHECK (resent IN (FALSE, TRUE)),
	UNIQUE (dedupe),
	UNIQUE (message_id)
);

CREATE INDEX mail_about ON mail (number, kind) WHERE number IS NOT NULL;

CREATE INDEX mail_automatic ON mail (recipient, made_at) WHERE kind IN ('acknowledgement', 'follow_up');

CREATE INDEX mail_automatic_by_day ON mail (made_at) WHERE kind IN ('acknowledgement', 'follow_up');

CREATE INDEX mail_unfinished ON mail (next_try_at) WHERE state IN ('pending', 'sending', 'uncertain');

CREATE TABLE mailbox (
	account VARCHAR NOT NULL,
	folder VARCHAR NOT NULL,
	uidvalidity INTEGER NOT NULL,
	last_uid INTEGER NOT NULL,
	fetched_at DATETIME NOT NULL,
	PRIMARY KEY (account, folder)
);

CREATE TABLE no_mail (
	address VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	noted_at DATETIME NOT NULL,
	detail VARCHAR,
	PRIMARY KEY (address),
	CONSTRAINT why_known CHECK (why IN ('undeliverable', 'unsubscribed', 'complaint')),
	CONSTRAINT address_not_blank CHECK (length(address) > 0)
);

CREATE TABLE number (
	name VARCHAR NOT NULL,
	last INTEGER NOT NULL,
	PRIMARY KEY (name)
);

CREATE TABLE run (
	id INTEGER NOT NULL,
	started_at DATETIME NOT NULL,
	ended_at DATETIME,
	digest VARCHAR,
	detail VARCHAR,
	PRIMARY KEY (id)
);

CREATE INDEX run_by_start ON run (started_at);

CREATE TABLE search_doc (
	id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	ref INTEGER NOT NULL,
	customer_id INTEGER,
	body VARCHAR NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT kind_known CHECK (kind IN ('inquiry', 'customer'))
);

CREATE UNIQUE INDEX search_doc_of_what ON search_doc (kind, ref);

CREATE TABLE setting (
	name VARCHAR NOT NULL,
	value VARCHAR NOT NULL,
	PRIMARY KEY (name)
);

CREATE TABLE special_day (
	day_on VARCHAR NOT NULL,
	hours VARCHAR NOT NULL,
	reason VARCHAR,
	PRIMARY KEY (day_on)
);

CREATE TABLE contact_point (
	id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	value VARCHAR NOT NULL,
	reach VARCHAR NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT kind_known CHECK (kind IN ('email', 'phone', 'handle')),
	FOREIGN KEY(customer_id) REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT value_not_blank CHECK (length(value) > 0)
);

CREATE INDEX contact_point_by_reach ON contact_point (kind, reach);

CREATE INDEX contact_point_of_customer ON contact_point (customer_id);

CREATE TABLE deed_row (
	id INTEGER NOT NULL,
	deed_id INTEGER NOT NULL,
	position INTEGER NOT NULL,
	row_table VARCHAR NOT NULL,
	row_key VARCHAR NOT NULL,
	"before" VARCHAR,
	"after" VARCHAR,
	PRIMARY KEY (id),
	FOREIGN KEY(deed_id) REFERENCES deed (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX deed_row_by_row ON deed_row (row_table, row_key);

CREATE INDEX deed_row_of_deed ON deed_row (deed_id, position);

CREATE TABLE inquiry (
	number INTEGER NOT NULL,
	customer_id INTEGER,
	channel VARCHAR NOT NULL,
	subject VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	opened_at DATETIME NOT NULL,
	first_reply_at DATETIME,
	answered_at DATETIME,
	closed_at DATETIME,
	unanswered_at DATETIME,
	last_in_at DATETIME,
	last_out_at DATETIME,
	need_at DATETIME,
	confirmed BOOLEAN,
	reopening BOOLEAN NOT NULL,
	late BOOLEAN NOT NULL,
	rating INTEGER,
	mood VARCHAR,
	feedback VARCHAR,
	chased INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	reopened INTEGER NOT NULL,
	settled_at DATETIME,
	PRIMARY KEY (number),
	CONSTRAINT status_known CHECK (status IN ('open', 'waiting', 'answered', 'closed')),
	CONSTRAINT mood_known CHECK (mood IN ('good', 'neutral', 'bad')),
	CONSTRAINT rating_in_stars CHECK (rating BETWEEN 1 AND 5),
	CONSTRAINT closed_has_instant CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
	CONSTRAINT only_closed_confirmed CHECK (status = 'closed' OR confirmed IS NULL),
	CONSTRAINT counts CHECK (chased >= 0 AND attempts >= 0 AND reopened >= 0),
	CONSTRAINT confirmed_yes_or_no CHECK (confirmed IN (FALSE, TRUE)),
	CONSTRAINT reopening_yes_or_no CHECK (reopening IN (FALSE, TRUE)),
	CONSTRAINT late_yes_or_no CHECK (late IN (FALSE, TRUE)),
	FOREIGN KEY(customer_id) REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(channel) REFERENCES channel (name) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX inquiry_alive ON inquiry (status, number) WHERE status <> 'closed';

CREATE INDEX inquiry_by_first_reply ON inquiry (first_reply_at);

CREATE INDEX inquiry_by_opening ON inquiry (opened_at);

CREATE INDEX inquiry_of_customer ON inquiry (customer_id, number);

CREATE TABLE name_word (
	word VARCHAR NOT NULL,
	customer_id INTEGER NOT NULL,
	PRIMARY KEY (word, customer_id),
	CONSTRAINT word_not_blank CHECK (length(word) > 0),
	FOREIGN KEY(customer_id) REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX name_word_of_customer ON name_word (customer_id);

CREATE TABLE round (
	channel VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	rule VARCHAR NOT NULL,
	begun_at DATETIME NOT NULL,
	next_at DATETIME NOT NULL,
	looked_at DATETIME,
	moved_from_at DATETIME,
	PRIMARY KEY (channel, kind),
	CONSTRAINT kind_known CHECK (kind IN ('look', 'test')),
	CONSTRAINT rule_not_blank CHECK (length(rule) > 0),
	FOREIGN KEY(channel) REFERENCES channel (name) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX round_by_next ON round (next_at);

CREATE TABLE trait (
	id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	value VARCHAR NOT NULL,
	"key" VARCHAR,
	PRIMARY KEY (id),
	CONSTRAINT kind_known CHECK (kind IN ('alias', 'like', 'need', 'tag', 'fact')),
	CONSTRAINT only_facts_have_keys CHECK ((kind = 'fact') = (key IS NOT NULL)),
	FOREIGN KEY(customer_id) REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT value_not_blank CHECK (length(value) > 0)
);

CREATE INDEX trait_by_value ON trait (kind, value);

CREATE INDEX trait_of_customer ON trait (customer_id);

CREATE TABLE follow_up (
	number INTEGER NOT NULL,
	inquiry_number INTEGER,
	customer_id INTEGER,
	kind VARCHAR NOT NULL,
	what VARCHAR NOT NULL,
	due_at DATETIME NOT NULL,
	made_at DATETIME NOT NULL,
	start_at DATETIME,
	state VARCHAR NOT NULL,
	done_at DATETIME,
	said VARCHAR,
	via VARCHAR,
	every VARCHAR,
	rule VARCHAR,
	series_at DATETIME,
	nominal_at DATETIME,
	zone VARCHAR,
	after_done BOOLEAN NOT NULL,
	quiet BOOLEAN NOT NULL,
	moved_from_at DATETIME,
	by_mail BOOLEAN NOT NULL,
	PRIMARY KEY (number),
	CONSTRAINT kind_known CHECK (kind IN ('follow_up', 'check', 'chase', 'news', 'care')),
	CONSTRAINT state_known CHECK (state IN ('open', 'done', 'dropped')),
	CONSTRAINT done_has_instant CHECK ((state = 'done') = (done_at IS NOT NULL)),
	CONSTRAINT only_checks_are_quiet CHECK (NOT quiet OR kind = 'check'),
	CONSTRAINT for_someone CHECK (inquiry_number IS NOT NULL OR customer_id IS NOT NULL),
	CONSTRAINT quiet_yes_or_no CHECK (quiet IN (FALSE, TRUE)),
	CONSTRAINT after_done_yes_or_no CHECK (after_done IN (FALSE, TRUE)),
	CONSTRAINT by_mail_yes_or_no CHECK (by_mail IN (FALSE, TRUE)),
	FOREIGN KEY(inquiry_number) REFERENCES inquiry (number) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(customer_id) REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX follow_up_of_customer ON follow_up (customer_id);

CREATE INDEX follow_up_of_inquiry ON follow_up (inquiry_number);

CREATE INDEX follow_up_open ON follow_up (due_at) WHERE state = 'open' AND NOT quiet;

CREATE INDEX follow_up_quiet ON follow_up (due_at) WHERE state = 'open' AND quiet;

CREATE TABLE inquiry_tag (
	inquiry_number INTEGER NOT NULL,
	tag VARCHAR NOT NULL,
	PRIMARY KEY (inquiry_number, tag),
	FOREIGN KEY(inquiry_number) REFERENCES inquiry (number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT tag_not_blank CHECK (length(tag) > 0)
);

CREATE INDEX inquiry_tag_by_tag ON inquiry_tag (tag);

CREATE TABLE message (
	id INTEGER NOT NULL,
	inquiry_number INTEGER,
	customer_id INTEGER,
	said_at DATETIME NOT NULL,
	direction VARCHAR NOT NULL,
	channel VARCHAR NOT NULL,
	text VARCHAR NOT NULL,
	reached BOOLEAN NOT NULL,
	automatic BOOLEAN NOT NULL,
	source VARCHAR,
	PRIMARY KEY (id),
	CONSTRAINT direction_known CHECK (direction IN ('in', 'out', 'note')),
	CONSTRAINT reached_yes_or_no CHECK (reached IN (FALSE, TRUE)),
	CONSTRAINT automatic_yes_or_no CHECK (automatic IN (FALSE, TRUE)),
	FOREIGN KEY(inquiry_number) REFERENCES inquiry (number) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(customer_id) REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX message_by_source ON message (source) WHERE source IS NOT NULL;

CREATE INDEX message_of_customer ON message (customer_id, said_at);

CREATE INDEX message_of_inquiry ON message (inquiry_number, said_at);

CREATE TABLE promise (
	number INTEGER NOT NULL,
	inquiry_number INTEGER,
	customer_id INTEGER,
	channel VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	owes VARCHAR NOT NULL,
	told BOOLEAN NOT NULL,
	what VARCHAR,
	said VARCHAR,
	allowance VARCHAR,
	zone VARCHAR NOT NULL,
	made_at DATETIME NOT NULL,
	due_at DATETIME NOT NULL,
	judged_at DATETIME NOT NULL,
	first_due_at DATETIME NOT NULL,
	start_at DATETIME,
	state VARCHAR NOT NULL,
	kept_at DATETIME,
	early_minutes INTEGER,
	late_minutes INTEGER,
	late_business_minutes INTEGER,
	moved INTEGER NOT NULL,
	PRIMARY KEY (number),
	CONSTRAINT kind_known CHECK (kind IN ('policy', 'spoken')),
	CONSTRAINT owes_known CHECK (owes IN ('reply', 'deed', 'solution')),
	CONSTRAINT state_known CHECK (state IN ('open', 'kept', 'kept_late', 'released')),
	CONSTRAINT owed_to_someone CHECK (inquiry_number IS NOT NULL OR customer_id IS NOT NULL),
	CONSTRAINT kept_has_instant CHECK ((state IN ('kept', 'kept_late')) = (kept_at IS NOT NULL)),
	CONSTRAINT told_yes_or_no CHECK (told IN (FALSE, TRUE)),
	FOREIGN KEY(inquiry_number) REFERENCES inquiry (number) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(customer_id) REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX promise_judged ON promise (judged_at, channel, state, told);

CREATE INDEX promise_kept ON promise (kept_at, told, state);

CREATE INDEX promise_of_customer ON promise (customer_id);

CREATE INDEX promise_of_inquiry ON promise (inquiry_number);

CREATE UNIQUE INDEX promise_one_reply_open ON promise (inquiry_number) WHERE state = 'open' AND owes = 'reply' AND inquiry_number IS NOT NULL;

CREATE INDEX promise_open ON promise (due_at) WHERE state = 'open';

CREATE INDEX promise_replies ON promise (channel, made_at) WHERE owes = 'reply';

CREATE TABLE received (
	id INTEGER NOT NULL,
	sha256 VARCHAR NOT NULL,
	account VARCHAR NOT NULL,
	folder VARCHAR NOT NULL,
	place VARCHAR NOT NULL,
	received_at DATETIME NOT NULL,
	size INTEGER NOT NULL,
	is_sent BOOLEAN NOT NULL,
	state VARCHAR NOT NULL,
	detail VARCHAR,
	message_id VARCHAR,
	content VARCHAR,
	name VARCHAR,
	email VARCHAR,
	answer_to VARCHAR,
	subject VARCHAR,
	ancestors VARCHAR,
	via VARCHAR,
	automatic BOOLEAN NOT NULL,
	bounce BOOLEAN NOT NULL,
	inquiry_number INTEGER,
	said_id INTEGER,
	doubts VARCHAR,
	PRIMARY KEY (id),
	CONSTRAINT state_known CHECK (state IN ('kept', 'read', 'duplicate', 'quarantined')),
	CONSTRAINT via_known CHECK (via IN ('own', 'bounce', 'references', 'subject', 'new')),
	CONSTRAINT read_has_place CHECK ((state = 'read') = (via IS NOT NULL)),
	CONSTRAINT quarantined_has_why CHECK (state <> 'quarantined' OR detail IS NOT NULL),
	CONSTRAINT is_sent_yes_or_no CHECK (is_sent IN (FALSE, TRUE)),
	CONSTRAINT automatic_yes_or_no CHECK (automatic IN (FALSE, TRUE)),
	CONSTRAINT bounce_yes_or_no CHECK (bounce IN (FALSE, TRUE)),
	FOREIGN KEY(inquiry_number) REFERENCES inquiry (number) DEFERRABLE INITIALLY DEFERRED,
	UNIQUE (sha256)
);

CREATE INDEX received_by_message_id ON received (message_id);

CREATE INDEX received_by_sender ON received (email, received_at);

CREATE INDEX received_of_inquiry ON received (inquiry_number);

CREATE INDEX received_of_message ON received (said_id) WHERE said_id IS NOT NULL;

CREATE INDEX received_unread ON received (state, id) WHERE state <> 'read';

CREATE TABLE attachment (
	received_id INTEGER NOT NULL,
	position INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	type VARCHAR NOT NULL,
	size INTEGER NOT NULL,
	PRIMARY KEY (received_id, position),
	FOREIGN KEY(received_id) REFERENCES received (id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT name_not_blank CHECK (length(name) > 0)
);

CREATE TABLE received_raw (
	received_id INTEGER NOT NULL,
	raw BLOB NOT NULL,
	text VARCHAR,
	PRIMARY KEY (received_id),
	FOREIGN KEY(received_id) REFERENCES received (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE VIRTUAL TABLE search_index USING fts5(body, content='search_doc', content_rowid='id', tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* Co'");
