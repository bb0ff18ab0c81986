import { said, type Check } from './check.ts';

const changes = 'CREATE TRIGGER event_never_changes BEFORE';
const refuses = `BEGIN SELECT raise(ABORT, 'events are append-only'); END`;

/** What keeps everybody from changing the log: the triggers as the database tells of them, which is also how they are made. */
const protections = {
  sqlite: {
    triggers: [
      `${changes} UPDATE ON event ${refuses}`,
      `CREATE TRIGGER event_never_leaves BEFORE DELETE ON event ${refuses}`,
    ],
    there: `select sql as text from sqlite_schema where type = 'trigger' and tbl_name = 'event'`,
  },
  postgres: {
    triggers: [
      `${changes} DELETE OR UPDATE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change()`,
      'CREATE TRIGGER event_never_empties BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
    ],
    // One that is switched off, or whose function was emptied, refuses nothing.
    there: `select pg_get_triggerdef(t.oid, true) as text from pg_trigger t join pg_proc p on p.oid = t.tgfoid
      where t.tgrelid = cast('event' as regclass) and t.tgenabled in ('O', 'A') and p.prosrc like '%BEGIN RAISE EXCEPTION%'`,
  },
};

/** 15: the database still refuses to change or remove an event. */
export const logProtected: Check = async ({ read, on }, offenders) => {
  const { triggers, there } = protections[on.name];
  const found = new Set((await read(there)).map((row) => said(row, 'text')));
  for (const trigger of triggers)
    if (!found.has(trigger))
      offenders.add(
        `events can be changed by hand: ${trigger.split(' ')[2] ?? ''} is gone, switched off or another one; make it again: ${trigger};`,
      );
};
