import { catalogue, type EventType } from '@hive/events';
import { marks } from '../dialect.ts';
import { nameRows, said, type Check } from './check.ts';

/** Events that their schemas refuse without evidence. */
const proven = (Object.keys(catalogue) as EventType[]).filter((type) => {
  const { shape } = catalogue[type];
  return 'evidence' in shape && !shape.evidence.safeParse(undefined).success;
});

/** 3: what was checked, merged or completed says by what that was shown: the evidence names at least the commit that it is about. */
export const evidenceGiven: Check = (snapshot, offenders) =>
  nameRows(
    snapshot,
    offenders,
    `select data ->> 'taskId' as task, type, version, stream, correlation_id as trace from event
      where type in (${marks(proven.length)}) and data -> 'evidence' ->> 'head' is null`,
    proven,
    (row) =>
      `task/${said(row, 'task')}: ${said(row, 'type')} (${said(row, 'stream')} version ${said(row, 'version')}) has no evidence`,
  );
