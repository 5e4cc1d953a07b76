-- Made by make_desk.py. Do not edit.
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
INSERT INTO attachment ("received_id", "position", "name", "type", "size") VALUES (1, 1, 'key.jpg', 'image/jpeg', 2048);
INSERT INTO attachment ("received_id", "position", "name", "type", "size") VALUES (1, 2, 'Schlüssel.pdf', 'application/pdf', 70000);
INSERT INTO channel ("name", "kind", "policy", "position") VALUES ('chat', 'chat', '2bh', 4);
INSERT INTO channel ("name", "kind", "policy", "position") VALUES ('email', 'email', '2bd', 2);
INSERT INTO channel ("name", "kind", "policy", "position") VALUES ('phone', 'phone', '4bh', 1);
INSERT INTO channel ("name", "kind", "policy", "position") VALUES ('post', 'post', '5bd', 7);
INSERT INTO channel ("name", "kind", "policy", "position") VALUES ('review', 'review', '2bd', 8);
INSERT INTO channel ("name", "kind", "policy", "position") VALUES ('social', 'social', '1bd', 5);
INSERT INTO channel ("name", "kind", "policy", "position") VALUES ('visit', 'visit', '2bd', 6);
INSERT INTO channel ("name", "kind", "policy", "position") VALUES ('web', 'web', '1bd', 3);
INSERT INTO contact_point ("id", "customer_id", "kind", "value", "reach") VALUES (1, 1, 'phone', '020 7946 0999', '079460999');
INSERT INTO contact_point ("id", "customer_id", "kind", "value", "reach") VALUES (2, 2, 'email', 'bob@example.com', 'bob@example.com');
INSERT INTO customer ("id", "handle", "name", "since_at", "stage", "prefers", "address", "heard", "consent", "last_contact_at", "company_id", "referrer_id") VALUES (1, 'ann-lee', 'Ann Lee', '2026-11-23 09:05:00.000000', NULL, NULL, NULL, NULL, NULL, '2026-11-23 09:05:00.000000', NULL, NULL);
INSERT INTO customer ("id", "handle", "name", "since_at", "stage", "prefers", "address", "heard", "consent", "last_contact_at", "company_id", "referrer_id") VALUES (2, 'bob-ray', 'Bob Ray', '2026-11-23 09:05:00.000000', NULL, NULL, NULL, NULL, NULL, '2026-11-23 09:05:00.000000', NULL, NULL);
INSERT INTO customer ("id", "handle", "name", "since_at", "stage", "prefers", "address", "heard", "consent", "last_contact_at", "company_id", "referrer_id") VALUES (3, 'zoe-muller', 'Zoë Müller', '2026-11-23 09:05:00.000000', NULL, NULL, NULL, NULL, NULL, '2026-11-23 09:05:00.000000', NULL, NULL);
INSERT INTO customer ("id", "handle", "name", "since_at", "stage", "prefers", "address", "heard", "consent", "last_contact_at", "company_id", "referrer_id") VALUES (4, 'kim-sons', 'Kim & Sons', '2026-11-23 09:05:00.000000', NULL, NULL, NULL, NULL, NULL, '2026-11-23 09:05:00.000000', NULL, NULL);
INSERT INTO customer ("id", "handle", "name", "since_at", "stage", "prefers", "address", "heard", "consent", "last_contact_at", "company_id", "referrer_id") VALUES (5, 'dana-reyes', 'Dana Reyes', '2026-11-23 09:05:00.000000', NULL, NULL, NULL, NULL, NULL, '2026-11-23 09:05:00.000000', NULL, NULL);
INSERT INTO deed ("id", "name", "actor", "done_at", "key", "answer", "undone") VALUES (1, 'log', 'owner', '2026-11-23 09:05:00.000000', NULL, NULL, 0);
INSERT INTO deed ("id", "name", "actor", "done_at", "key", "answer", "undone") VALUES (10, 'channel set', 'owner', '2026-11-23 09:05:00.000000', NULL, NULL, 0);
INSERT INTO deed ("id", "name", "actor", "done_at", "key", "answer", "undone") VALUES (11, 'hours', 'owner', '2026-11-23 09:05:00.000000', NULL, NULL, 0);
INSERT INTO deed ("id", "name", "actor", "done_at", "key", "answer", "undone") VALUES (12, 'drop', 'owner', '2026-11-23 09:05:00.000000', NULL, NULL, 0);
INSERT INTO deed ("id", "name", "actor", "done_at", "key", "answer", "undone") VALUES (13, 'log', 'owner', '2026-11-23 09:05:00.000000', NULL, NULL, 1);
INSERT INTO deed ("id", "name", "actor", "done_at", "key", "answer", "undone") VALUES (14, 'mail', 'desk', '2026-11-23 09:05:00.000000', NULL, NULL, 0);
INSERT INTO deed ("id", "name", "actor", "done_at", "key", "answer", "undone") VALUES (2, 'log', 'owner', '2026-11-23 09:05:00.000000', NULL, NULL, 0);
INSERT INTO deed ("id", "name", "actor", "done_at", "key", "answer", "undone") VALUES (3, 'reply', 'owner', '2026-11-23 09:05:00.000000', NULL, NULL, 0);
INSERT INTO deed ("id", "name", "actor", "done_at", "key", "answer", "undone") VALUES (4, 'log', 'owner', '2026-11-23 09:05:00.000000', NULL, NULL, 0);
INSERT INTO deed ("id", "name", "actor", "done_at", "key", "answer", "undone") VALUES (5, 'log', 'owner', '2026-11-23 09:05:00.000000', NULL, NULL, 0);
INSERT INTO deed ("id", "name", "actor", "done_at", "key", "answer", "undone") VALUES (6, 'follow', 'owner', '2026-11-23 09:05:00.000000', NULL, NULL, 0);
INSERT INTO deed ("id", "name", "actor", "done_at", "key", "answer", "undone") VALUES (7, 'promise', 'owner', '2026-11-23 09:05:00.000000', NULL, NULL, 0);
INSERT INTO deed ("id", "name", "actor", "done_at", "key", "answer", "undone") VALUES (8, 'log', 'owner', '2026-11-23 09:05:00.000000', NULL, NULL, 0);
INSERT INTO deed ("id", "name", "actor", "done_at", "key", "answer", "undone") VALUES (9, 'customer edit', 'owner', '2026-11-23 09:05:00.000000', NULL, NULL, 0);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (1, 1, 0, 'customer', '[1]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (10, 2, 3, 'message', '[2]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (11, 2, 4, 'contact_point', '[2]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (12, 3, 0, 'inquiry', '[3]', '{"number":3,"customer_id":2,"channel":"phone","subject":"Lost a key","status":"open","opened_at":"2026-11-23 09:05:00.000000","first_reply_at":null,"answered_at":null,"closed_at":null,"unanswered_at":"2026-11-23 09:05:00.000000","last_in_at":"2026-11-23 09:05:00.000000","last_out_at":null,"need_at":null,"confirmed":null,"reopening":false,"late":false,"rating":null,"mood":null,"feedback":null,"chased":0,"attempts":0,"reopened":0,"settled_at":null}', '{"number":3,"customer_id":2,"channel":"phone","subject":"Lost a key","status":"open","opened_at":"2026-11-23 09:05:00.000000","first_reply_at":"2026-11-23 09:05:00.000000","answered_at":null,"closed_at":null,"unanswered_at":null,"last_in_at":"2026-11-23 09:05:00.000000","last_out_at":"2026-11-23 09:05:00.000000","need_at":null,"confirmed":null,"reopening":false,"late":false,"rating":null,"mood":null,"feedback":null,"chased":0,"attempts":0,"reopened":0,"settled_at":null}');
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (13, 3, 1, 'promise', '[4]', '{"number":4,"inquiry_number":3,"customer_id":2,"channel":"phone","kind":"spoken","owes":"reply","told":true,"what":null,"said":"tue noon","allowance":null,"zone":"Europe/London","made_at":"2026-11-23 09:05:00.000000","due_at":"2026-11-24 12:00:00.000000","judged_at":"2026-11-24 12:00:00.000000","first_due_at":"2026-11-24 12:00:00.000000","start_at":null,"state":"open","kept_at":null,"early_minutes":null,"late_minutes":null,"late_business_minutes":null,"moved":0}', '{"number":4,"inquiry_number":3,"customer_id":2,"channel":"phone","kind":"spoken","owes":"reply","told":true,"what":null,"said":"tue noon","allowance":null,"zone":"Europe/London","made_at":"2026-11-23 09:05:00.000000","due_at":"2026-11-24 12:00:00.000000","judged_at":"2026-11-24 12:00:00.000000","first_due_at":"2026-11-24 12:00:00.000000","start_at":null,"state":"kept","kept_at":"2026-11-23 09:05:00.000000","early_minutes":1615,"late_minutes":null,"late_business_minutes":null,"moved":0}');
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (14, 3, 2, 'promise', '[5]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (15, 3, 3, 'message', '[3]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (16, 4, 0, 'customer', '[3]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (17, 4, 1, 'inquiry', '[6]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (18, 4, 2, 'follow_up', '[7]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (19, 4, 3, 'message', '[4]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (2, 1, 1, 'inquiry', '[1]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (20, 5, 0, 'customer', '[4]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (21, 5, 1, 'inquiry', '[8]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (22, 5, 2, 'follow_up', '[9]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (23, 5, 3, 'message', '[5]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (24, 6, 0, 'follow_up', '[10]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (25, 7, 0, 'promise', '[11]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (26, 8, 0, 'customer', '[5]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (27, 8, 1, 'inquiry', '[12]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (28, 8, 2, 'message', '[6]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (29, 9, 0, 'trait', '[1]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (3, 1, 2, 'promise', '[2]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (30, 9, 1, 'trait', '[2]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (31, 10, 0, 'round', '["email","look"]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (32, 11, 0, 'special_day', '["2026-12-24"]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (33, 11, 1, 'special_day', '["2026-12-25"]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (34, 11, 2, 'special_day', '["2026-12-26"]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (35, 12, 0, 'inquiry', '[8]', '{"number":8,"customer_id":4,"channel":"phone","subject":"Oak or ash?","status":"waiting","opened_at":"2026-11-23 09:05:00.000000","first_reply_at":null,"answered_at":null,"closed_at":null,"unanswered_at":null,"last_in_at":"2026-11-23 09:05:00.000000","last_out_at":null,"need_at":null,"confirmed":null,"reopening":false,"late":false,"rating":null,"mood":null,"feedback":null,"chased":0,"attempts":0,"reopened":0,"settled_at":null}', '{"number":8,"customer_id":4,"channel":"phone","subject":"Oak or ash?","status":"closed","opened_at":"2026-11-23 09:05:00.000000","first_reply_at":null,"answered_at":null,"closed_at":"2026-11-23 09:05:00.000000","unanswered_at":null,"last_in_at":"2026-11-23 09:05:00.000000","last_out_at":null,"need_at":null,"confirmed":null,"reopening":false,"late":false,"rating":null,"mood":null,"feedback":null,"chased":0,"attempts":0,"reopened":0,"settled_at":null}');
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (36, 12, 1, 'follow_up', '[9]', '{"number":9,"inquiry_number":8,"customer_id":4,"kind":"chase","what":"have they come back to us?","due_at":"2026-11-26 17:00:00.000000","made_at":"2026-11-23 09:05:00.000000","start_at":null,"state":"open","done_at":null,"said":null,"via":null,"every":null,"rule":null,"series_at":null,"nominal_at":null,"zone":null,"after_done":false,"quiet":false,"moved_from_at":null,"by_mail":false}', '{"number":9,"inquiry_number":8,"customer_id":4,"kind":"chase","what":"have they come back to us?","due_at":"2026-11-26 17:00:00.000000","made_at":"2026-11-23 09:05:00.000000","start_at":null,"state":"dropped","done_at":null,"said":null,"via":null,"every":null,"rule":null,"series_at":null,"nominal_at":null,"zone":null,"after_done":false,"quiet":false,"moved_from_at":null,"by_mail":false}');
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (37, 13, 0, 'customer', '[6]', NULL, '{"id":6,"handle":"ivo","name":"Ivo","since_at":"2026-11-23 09:05:00.000000","stage":null,"prefers":null,"address":null,"heard":null,"consent":null,"last_contact_at":"2026-11-23 09:05:00.000000","company_id":null,"referrer_id":null}');
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (38, 13, 1, 'inquiry', '[13]', NULL, '{"number":13,"customer_id":6,"channel":"phone","subject":"Never mind","status":"open","opened_at":"2026-11-23 09:05:00.000000","first_reply_at":null,"answered_at":null,"closed_at":null,"unanswered_at":"2026-11-23 09:05:00.000000","last_in_at":"2026-11-23 09:05:00.000000","last_out_at":null,"need_at":null,"confirmed":null,"reopening":false,"late":false,"rating":null,"mood":null,"feedback":null,"chased":0,"attempts":0,"reopened":0,"settled_at":null}');
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (39, 13, 2, 'promise', '[14]', NULL, '{"number":14,"inquiry_number":13,"customer_id":6,"channel":"phone","kind":"policy","owes":"reply","told":false,"what":null,"said":null,"allowance":"4bh","zone":"Europe/London","made_at":"2026-11-23 09:05:00.000000","due_at":"2026-11-23 13:05:00.000000","judged_at":"2026-11-23 13:05:00.000000","first_due_at":"2026-11-23 13:05:00.000000","start_at":null,"state":"open","kept_at":null,"early_minutes":null,"late_minutes":null,"late_business_minutes":null,"moved":0}');
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (4, 1, 3, 'inquiry_tag', '[1,"invoice"]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (40, 13, 3, 'message', '[7]', NULL, '{"id":7,"inquiry_number":13,"customer_id":6,"said_at":"2026-11-23 09:05:00.000000","direction":"in","channel":"phone","text":"Never mind","reached":true,"automatic":false,"source":null}');
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (41, 14, 0, 'follow_up', '[15]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (42, 14, 1, 'message', '[7]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (5, 1, 4, 'message', '[1]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (6, 1, 5, 'contact_point', '[1]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (7, 2, 0, 'customer', '[2]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (8, 2, 1, 'inquiry', '[3]', NULL, NULL);
INSERT INTO deed_row ("id", "deed_id", "position", "row_table", "row_key", "before", "after") VALUES (9, 2, 2, 'promise', '[4]', NULL, NULL);
INSERT INTO follow_up ("number", "inquiry_number", "customer_id", "kind", "what", "due_at", "made_at", "start_at", "state", "done_at", "said", "via", "every", "rule", "series_at", "nominal_at", "zone", "after_done", "quiet", "moved_from_at", "by_mail") VALUES (10, NULL, 4, 'follow_up', 'ring them', '2026-11-26 17:00:00.000000', '2026-11-23 09:05:00.000000', NULL, 'open', NULL, 'thu', NULL, '2 weeks', 'FREQ=WEEKLY;INTERVAL=2', '2026-11-26 17:00:00.000000', '2026-11-26 17:00:00.000000', 'Europe/London', 0, 0, NULL, 0);
INSERT INTO follow_up ("number", "inquiry_number", "customer_id", "kind", "what", "due_at", "made_at", "start_at", "state", "done_at", "said", "via", "every", "rule", "series_at", "nominal_at", "zone", "after_done", "quiet", "moved_from_at", "by_mail") VALUES (15, NULL, 2, 'follow_up', 'is the key found?', '2026-11-30 09:05:00.000000', '2026-11-23 09:05:00.000000', NULL, 'open', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 1);
INSERT INTO follow_up ("number", "inquiry_number", "customer_id", "kind", "what", "due_at", "made_at", "start_at", "state", "done_at", "said", "via", "every", "rule", "series_at", "nominal_at", "zone", "after_done", "quiet", "moved_from_at", "by_mail") VALUES (7, 6, 3, 'check', 'did it work?', '2026-11-30 17:00:00.000000', '2026-11-23 09:05:00.000000', NULL, 'open', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1, NULL, 0);
INSERT INTO follow_up ("number", "inquiry_number", "customer_id", "kind", "what", "due_at", "made_at", "start_at", "state", "done_at", "said", "via", "every", "rule", "series_at", "nominal_at", "zone", "after_done", "quiet", "moved_from_at", "by_mail") VALUES (9, 8, 4, 'chase', 'have they come back to us?', '2026-11-26 17:00:00.000000', '2026-11-23 09:05:00.000000', NULL, 'dropped', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 0);
INSERT INTO inquiry ("number", "customer_id", "channel", "subject", "status", "opened_at", "first_reply_at", "answered_at", "closed_at", "unanswered_at", "last_in_at", "last_out_at", "need_at", "confirmed", "reopening", "late", "rating", "mood", "feedback", "chased", "attempts", "reopened", "settled_at") VALUES (1, 1, 'phone', 'Invoice shows VAT twice', 'open', '2026-11-23 09:05:00.000000', NULL, NULL, NULL, '2026-11-23 09:05:00.000000', '2026-11-23 09:05:00.000000', NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 0, 0, 0, NULL);
INSERT INTO inquiry ("number", "customer_id", "channel", "subject", "status", "opened_at", "first_reply_at", "answered_at", "closed_at", "unanswered_at", "last_in_at", "last_out_at", "need_at", "confirmed", "reopening", "late", "rating", "mood", "feedback", "chased", "attempts", "reopened", "settled_at") VALUES (12, 5, 'phone', 'A shelf, please', 'closed', '2026-11-23 09:05:00.000000', '2026-11-23 09:05:00.000000', '2026-11-23 09:05:00.000000', '2026-11-23 09:05:00.000000', NULL, '2026-11-23 09:05:00.000000', '2026-11-23 09:05:00.000000', NULL, 1, 0, 0, 5, NULL, NULL, 0, 0, 0, '2026-11-23 09:05:00.000000');
INSERT INTO inquiry ("number", "customer_id", "channel", "subject", "status", "opened_at", "first_reply_at", "answered_at", "closed_at", "unanswered_at", "last_in_at", "last_out_at", "need_at", "confirmed", "reopening", "late", "rating", "mood", "feedback", "chased", "attempts", "reopened", "settled_at") VALUES (3, 2, 'phone', 'Lost a key', 'open', '2026-11-23 09:05:00.000000', '2026-11-23 09:05:00.000000', NULL, NULL, NULL, '2026-11-23 09:05:00.000000', '2026-11-23 09:05:00.000000', NULL, NULL, 0, 0, NULL, NULL, NULL, 0, 0, 0, NULL);
INSERT INTO inquiry ("number", "customer_id", "channel", "subject", "status", "opened_at", "first_reply_at", "answered_at", "closed_at", "unanswered_at", "last_in_at", "last_out_at", "need_at", "confirmed", "reopening", "late", "rating", "mood", "feedback", "chased", "attempts", "reopened", "settled_at") VALUES (6, 3, 'email', 'Der Kessler tropft; it''s 100% "oak"', 'answered', '2026-11-23 09:05:00.000000', '2026-11-23 09:05:00.000000', '2026-11-23 09:05:00.000000', NULL, NULL, '2026-11-23 09:05:00.000000', '2026-11-23 09:05:00.000000', NULL, NULL, 0, 0, NULL, NULL, NULL, 0, 0, 0, NULL);
INSERT INTO inquiry ("number", "customer_id", "channel", "subject", "status", "opened_at", "first_reply_at", "answered_at", "closed_at", "unanswered_at", "last_in_at", "last_out_at", "need_at", "confirmed", "reopening", "late", "rating", "mood", "feedback", "chased", "attempts", "reopened", "settled_at") VALUES (8, 4, 'phone', 'Oak or ash?', 'closed', '2026-11-23 09:05:00.000000', NULL, NULL, '2026-11-23 09:05:00.000000', NULL, '2026-11-23 09:05:00.000000', NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 0, 0, 0, NULL);
INSERT INTO inquiry_tag ("inquiry_number", "tag") VALUES (1, 'invoice');
INSERT INTO mail ("id", "dedupe", "kind", "recipient", "sender", "subject", "message_id", "raw", "made_at", "next_try_at", "state", "attempts", "data_begun", "lease_until_at", "sent_at", "detail", "number", "resent") VALUES (1, 'digest:2026-11-22:owner', 'digest', 'me@example.com', 'me@example.com', 'Monday: Bob first', '<1@example.com>', X'0D0A', '2026-11-22 08:00:00.000000', '2026-11-22 08:00:00.000000', 'sent', 1, 1, NULL, '2026-11-22 08:00:05.000000', NULL, NULL, 0);
INSERT INTO mailbox ("account", "folder", "uidvalidity", "last_uid", "fetched_at") VALUES ('support', 'INBOX', 1700000000, 4714, '2026-11-23 09:05:00.000000');
INSERT INTO message ("id", "inquiry_number", "customer_id", "said_at", "direction", "channel", "text", "reached", "automatic", "source") VALUES (1, 1, 1, '2026-11-23 09:05:00.000000', 'in', 'phone', 'Invoice shows VAT twice', 1, 0, NULL);
INSERT INTO message ("id", "inquiry_number", "customer_id", "said_at", "direction", "channel", "text", "reached", "automatic", "source") VALUES (2, 3, 2, '2026-11-23 09:05:00.000000', 'in', 'phone', 'Lost a key', 1, 0, NULL);
INSERT INTO message ("id", "inquiry_number", "customer_id", "said_at", "direction", "channel", "text", "reached", "automatic", "source") VALUES (3, 3, 2, '2026-11-23 09:05:00.000000', 'out', 'phone', 'On its way.', 1, 0, NULL);
INSERT INTO message ("id", "inquiry_number", "customer_id", "said_at", "direction", "channel", "text", "reached", "automatic", "source") VALUES (4, 6, 3, '2026-11-23 09:05:00.000000', 'in', 'email', 'Der Kessler tropft; it''s 100% "oak"', 1, 0, NULL);
INSERT INTO message ("id", "inquiry_number", "customer_id", "said_at", "direction", "channel", "text", "reached", "automatic", "source") VALUES (5, 8, 4, '2026-11-23 09:05:00.000000', 'in', 'phone', 'Oak or ash?', 1, 0, NULL);
INSERT INTO message ("id", "inquiry_number", "customer_id", "said_at", "direction", "channel", "text", "reached", "automatic", "source") VALUES (6, 12, 5, '2026-11-23 09:05:00.000000', 'in', 'phone', 'A shelf, please', 1, 0, NULL);
INSERT INTO message ("id", "inquiry_number", "customer_id", "said_at", "direction", "channel", "text", "reached", "automatic", "source") VALUES (7, 3, 2, '2026-11-23 09:05:00.000000', 'in', 'email', 'Also the one of the shed; it''s the brass one.', 1, 0, '<bob-2@example.com>');
INSERT INTO name_word ("word", "customer_id") VALUES ('ann', 1);
INSERT INTO name_word ("word", "customer_id") VALUES ('bob', 2);
INSERT INTO name_word ("word", "customer_id") VALUES ('dana', 5);
INSERT INTO name_word ("word", "customer_id") VALUES ('kim', 4);
INSERT INTO name_word ("word", "customer_id") VALUES ('lee', 1);
INSERT INTO name_word ("word", "customer_id") VALUES ('muller', 3);
INSERT INTO name_word ("word", "customer_id") VALUES ('ray', 2);
INSERT INTO name_word ("word", "customer_id") VALUES ('reyes', 5);
INSERT INTO name_word ("word", "customer_id") VALUES ('sons', 4);
INSERT INTO name_word ("word", "customer_id") VALUES ('zoe', 3);
INSERT INTO no_mail ("address", "why", "noted_at", "detail") VALUES ('kim@example.com', 'unsubscribed', '2026-11-23 09:05:00.000000', 'by mail');
INSERT INTO number ("name", "last") VALUES ('desk', 15);
INSERT INTO promise ("number", "inquiry_number", "customer_id", "channel", "kind", "owes", "told", "what", "said", "allowance", "zone", "made_at", "due_at", "judged_at", "first_due_at", "start_at", "state", "kept_at", "early_minutes", "late_minutes", "late_business_minutes", "moved") VALUES (11, NULL, 1, 'phone', 'spoken', 'deed', 1, 'send the drawing', 'fri noon', NULL, 'Europe/London', '2026-11-23 09:05:00.000000', '2026-11-27 12:00:00.000000', '2026-11-27 12:00:00.000000', '2026-11-27 12:00:00.000000', NULL, 'open', NULL, NULL, NULL, NULL, 0);
INSERT INTO promise ("number", "inquiry_number", "customer_id", "channel", "kind", "owes", "told", "what", "said", "allowance", "zone", "made_at", "due_at", "judged_at", "first_due_at", "start_at", "state", "kept_at", "early_minutes", "late_minutes", "late_business_minutes", "moved") VALUES (2, 1, 1, 'phone', 'policy', 'reply', 0, NULL, NULL, '4bh', 'Europe/London', '2026-11-23 09:05:00.000000', '2026-11-23 13:05:00.000000', '2026-11-23 13:05:00.000000', '2026-11-23 13:05:00.000000', NULL, 'open', NULL, NULL, NULL, NULL, 0);
INSERT INTO promise ("number", "inquiry_number", "customer_id", "channel", "kind", "owes", "told", "what", "said", "allowance", "zone", "made_at", "due_at", "judged_at", "first_due_at", "start_at", "state", "kept_at", "early_minutes", "late_minutes", "late_business_minutes", "moved") VALUES (4, 3, 2, 'phone', 'spoken', 'reply', 1, NULL, 'tue noon', NULL, 'Europe/London', '2026-11-23 09:05:00.000000', '2026-11-24 12:00:00.000000', '2026-11-24 12:00:00.000000', '2026-11-24 12:00:00.000000', NULL, 'kept', '2026-11-23 09:05:00.000000', 1615, NULL, NULL, 0);
INSERT INTO promise ("number", "inquiry_number", "customer_id", "channel", "kind", "owes", "told", "what", "said", "allowance", "zone", "made_at", "due_at", "judged_at", "first_due_at", "start_at", "state", "kept_at", "early_minutes", "late_minutes", "late_business_minutes", "moved") VALUES (5, 3, 2, 'phone', 'policy', 'reply', 0, NULL, NULL, '4bh', 'Europe/London', '2026-11-23 09:05:00.000000', '2026-11-23 13:05:00.000000', '2026-11-23 13:05:00.000000', '2026-11-23 13:05:00.000000', NULL, 'open', NULL, NULL, NULL, NULL, 0);
INSERT INTO received ("id", "sha256", "account", "folder", "place", "received_at", "size", "is_sent", "state", "detail", "message_id", "content", "name", "email", "answer_to", "subject", "ancestors", "via", "automatic", "bounce", "inquiry_number", "said_id", "doubts") VALUES (1, '21f6111d9328cc8cc84499202cf434fcb1c7552f71c0a22b75117f7b2a7960fd', 'support', 'INBOX', 'support INBOX 4711', '2026-11-23 09:05:00.000000', 272, 0, 'read', NULL, '<bob-2@example.com>', '7025d71ee1dbfbe714c956116d2661f99e290b9cd132ccb3b054b97d190f5fc3', 'Bob Ray', 'bob@example.com', 'bob@example.com', 'Re: Lost a key [K-3]', '<desk-1@example.com>', 'references', 0, 0, 3, 7, 'the charset is a guess');
INSERT INTO received ("id", "sha256", "account", "folder", "place", "received_at", "size", "is_sent", "state", "detail", "message_id", "content", "name", "email", "answer_to", "subject", "ancestors", "via", "automatic", "bounce", "inquiry_number", "said_id", "doubts") VALUES (2, 'eeae831a2f237e0b2381ddc1e4b1663dc0dfaed6b35a8e12db9ce8804c1fc45f', 'support', 'INBOX', 'support INBOX 4712', '2026-11-23 09:05:00.000000', 25, 0, 'kept', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO received ("id", "sha256", "account", "folder", "place", "received_at", "size", "is_sent", "state", "detail", "message_id", "content", "name", "email", "answer_to", "subject", "ancestors", "via", "automatic", "bounce", "inquiry_number", "said_id", "doubts") VALUES (3, '95785f732494118f910f643a8416ac9ab0493ccfcf63e8a676cd6725aa5272ec', 'support', 'INBOX', 'support INBOX 4713', '2026-11-23 09:05:00.000000', 275, 0, 'duplicate', 'of 1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO received ("id", "sha256", "account", "folder", "place", "received_at", "size", "is_sent", "state", "detail", "message_id", "content", "name", "email", "answer_to", "subject", "ancestors", "via", "automatic", "bounce", "inquiry_number", "said_id", "doubts") VALUES (4, 'f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b', 'support', 'INBOX', 'support INBOX 4714', '2026-11-23 09:05:00.000000', 64, 0, 'quarantined', 'there is no header in it', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO received_raw ("received_id", "raw", "text") VALUES (1, X'46726F6D3A20426F6220526179203C426F62406578616D706C652E636F6D3E0D0A546F3A2068656C6C6F406578616D706C652E636F6D0D0A5375626A6563743A2052653A204C6F73742061206B6579205B4B2D335D0D0A4D6573736167652D49443A203C626F622D32406578616D706C652E636F6D3E0D0A496E2D5265706C792D546F3A203C6465736B2D31406578616D706C652E636F6D3E0D0A0D0A416C736F20746865206F6E65206F662074686520736865643B206974277320746865206272617373206F6E652E0A0A4F6E204D6F6E646179204F616B202620436F2077726F74653A0A3E204F6E20697473207761792E0A00FFFE273B2044524F50205441424C452072656365697665643B0D0A', 'Also the one of the shed; it''s the brass one.

On Monday Oak & Co wrote:
> On its way.
');
INSERT INTO received_raw ("received_id", "raw", "text") VALUES (2, X'5375626A6563743A206E6F742072656164207965740D0A0D0A', NULL);
INSERT INTO received_raw ("received_id", "raw", "text") VALUES (3, X'EFBBBF46726F6D3A20426F6220526179203C426F62406578616D706C652E636F6D3E0D0A546F3A2068656C6C6F406578616D706C652E636F6D0D0A5375626A6563743A2052653A204C6F73742061206B6579205B4B2D335D0D0A4D6573736167652D49443A203C626F622D32406578616D706C652E636F6D3E0D0A496E2D5265706C792D546F3A203C6465736B2D31406578616D706C652E636F6D3E0D0A0D0A416C736F20746865206F6E65206F662074686520736865643B206974277320746865206272617373206F6E652E0A0A4F6E204D6F6E646179204F616B202620436F2077726F74653A0A3E204F6E20697473207761792E0A00FFFE273B2044524F50205441424C452072656365697665643B0D0A', NULL);
INSERT INTO received_raw ("received_id", "raw", "text") VALUES (4, X'00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000', NULL);
INSERT INTO round ("channel", "kind", "rule", "begun_at", "next_at", "looked_at", "moved_from_at") VALUES ('email', 'look', 'weekdays 9:00, 16:00', '2026-11-23 09:05:00.000000', '2026-11-23 16:00:00.000000', NULL, NULL);
INSERT INTO run ("id", "started_at", "ended_at", "digest", "detail") VALUES (1, '2026-11-22 08:00:00.000000', '2026-11-22 08:00:05.000000', 'sent', NULL);
INSERT INTO search_doc ("id", "kind", "ref", "customer_id", "body") VALUES (1, 'customer', 1, 1, 'ann lee ann lee 020 7946 0999');
INSERT INTO search_doc ("id", "kind", "ref", "customer_id", "body") VALUES (10, 'inquiry', 12, 5, 'dana reyes a shelf please');
INSERT INTO search_doc ("id", "kind", "ref", "customer_id", "body") VALUES (11, 'customer', 5, 5, 'dana reyes dana reyes oak brick');
INSERT INTO search_doc ("id", "kind", "ref", "customer_id", "body") VALUES (12, 'inquiry', 3, 2, 'bob ray lost a key on its way also the one of the shed it s the brass one');
INSERT INTO search_doc ("id", "kind", "ref", "customer_id", "body") VALUES (2, 'inquiry', 1, 1, 'ann lee invoice shows vat twice');
INSERT INTO search_doc ("id", "kind", "ref", "customer_id", "body") VALUES (3, 'customer', 2, 2, 'bob ray bob ray bob example com');
INSERT INTO search_doc ("id", "kind", "ref", "customer_id", "body") VALUES (5, 'customer', 3, 3, 'zoe muller zoe muller');
INSERT INTO search_doc ("id", "kind", "ref", "customer_id", "body") VALUES (6, 'inquiry', 6, 3, 'zoe muller der kessler tropft it s 100 oak');
INSERT INTO search_doc ("id", "kind", "ref", "customer_id", "body") VALUES (7, 'customer', 4, 4, 'kim sons kim sons');
INSERT INTO search_doc ("id", "kind", "ref", "customer_id", "body") VALUES (8, 'inquiry', 8, 4, 'kim sons oak or ash');
INSERT INTO setting ("name", "value") VALUES ('currency', 'EUR');
INSERT INTO setting ("name", "value") VALUES ('hours.fri', '09:00-17:00');
INSERT INTO setting ("name", "value") VALUES ('hours.mon', '09:00-17:00');
INSERT INTO setting ("name", "value") VALUES ('hours.thu', '09:00-17:00');
INSERT INTO setting ("name", "value") VALUES ('hours.tue', '09:00-17:00');
INSERT INTO setting ("name", "value") VALUES ('hours.wed', '09:00-17:00');
INSERT INTO setting ("name", "value") VALUES ('instance', '0123456789abcdef');
INSERT INTO setting ("name", "value") VALUES ('zone', 'Europe/London');
INSERT INTO special_day ("day_on", "hours", "reason") VALUES ('2026-12-24', '', 'Christmas');
INSERT INTO special_day ("day_on", "hours", "reason") VALUES ('2026-12-25', '', 'Christmas');
INSERT INTO special_day ("day_on", "hours", "reason") VALUES ('2026-12-26', '', 'Christmas');
INSERT INTO trait ("id", "customer_id", "kind", "value", "key") VALUES (1, 5, 'like', 'oak', NULL);
INSERT INTO trait ("id", "customer_id", "kind", "value", "key") VALUES (2, 5, 'fact', 'brick', 'wall');
INSERT INTO search_index (search_index) VALUES ('rebuild');
PRAGMA application_id=1129858131;
PRAGMA user_version=2;
