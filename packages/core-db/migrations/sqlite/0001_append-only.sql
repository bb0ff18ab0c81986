-- The log is append-only: nobody changes or deletes an event, not even by hand.
CREATE TRIGGER event_never_changes BEFORE UPDATE ON event BEGIN SELECT raise(ABORT, 'events are append-only'); END;--> statement-breakpoint
CREATE TRIGGER event_never_leaves BEFORE DELETE ON event BEGIN SELECT raise(ABORT, 'events are append-only'); END;
