-- A mail that came back has not reached anybody: it is no longer `sent`, and may be sent again, as a new mail with an id of its own.
alter table mail drop constraint mail_state_check,
    add constraint mail_state_check check (state in ('queued', 'sent', 'failed', 'given_up', 'cancelled', 'bounced'));

update mail set state = 'bounced' where state = 'sent' and bounced_at is not null;

grant update (message_id, delivered, sent_at, bounced_at, bounce) on mail to aggregator_api;
grant update (message_id) on mail to aggregator_worker;
