import { nameRows, said, type Check } from './check.ts';

/** 7: no subscription has read further than the log goes. */
export const cursorsWithinLog: Check = async (snapshot, offenders) => {
  const [end] = await snapshot.read(
    `select cast(xid as text) as xid, position from event order by ${snapshot.on.order('backwards')} limit 1`,
  );
  const [xid, position] = [BigInt((end?.['xid'] as string | undefined) ?? '0'), Number(end?.['position'] ?? 0)];
  for (const row of await snapshot.read('select name, xid, position from subscription')) {
    const at = BigInt(row['xid'] as string);
    if (at > xid || (at === xid && Number(row['position']) > position))
      offenders.add(`subscription ${said(row, 'name')} is beyond the end of the log`);
  }
};

/** 7: no event is ahead of the transactions that this server has given out; readers would never see it (PostgreSQL, after a wrong restore). */
export const nothingFromTheFuture: Check = async (snapshot, offenders) => {
  if (snapshot.on.name !== 'postgres') return;
  await nameRows(
    snapshot,
    offenders,
    `select id, correlation_id as trace from event where xid >= pg_snapshot_xmax(pg_current_snapshot()) order by xid, position`,
    [],
    (row) => `event ${said(row, 'id')} is of a transaction that this server has not begun yet`,
  );
};

/** The place of an event in the log, of the one before it in its stream, and whether they are the wrong way round. */
const places = {
  sqlite: {
    mine: 'position',
    before: 'lag(position) over so_far as before_position',
    late: 'before_position > position',
  },
  postgres: {
    mine: 'xid, position',
    before: 'lag(xid) over so_far as before_xid, lag(position) over so_far as before_position',
    late: '(before_xid, before_position) > (xid, position)',
  },
};

/** 8: the versions of a stream count 1, 2, 3 … and come in this order in the log. */
export const versionsDense: Check = (snapshot, offenders) => {
  const { mine, before, late } = places[snapshot.on.name];
  return nameRows(
    snapshot,
    offenders,
    `select stream, version, before, (select correlation_id from event e where e.stream = followed.stream and e.version = followed.version) as trace
      from (select stream, version, ${mine}, lag(version, 1, 0) over so_far as before, ${before} from event
        window so_far as (partition by stream order by version)) followed
      where version <> before + 1 or ${late}`,
    [],
    (row) =>
      Number(row['version']) === Number(row['before']) + 1
        ? `${said(row, 'stream')} version ${said(row, 'version')} comes before version ${said(row, 'before')} in the log`
        : `${said(row, 'stream')} version ${said(row, 'version')} follows version ${said(row, 'before')}`,
  );
};
