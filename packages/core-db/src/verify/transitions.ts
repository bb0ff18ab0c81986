import {
  Step,
  catalogue,
  nextPausedFrom,
  nextTaskState,
  nextWorkflowState,
  taskStates,
  type EventType,
  type WorkflowState,
} from '@hive/events';
import { marks, tuples, type Row } from '../dialect.ts';
import { inPages, nameRows, ofTrace, said, type Check, type Snapshot } from './check.ts';

const types = Object.keys(catalogue) as EventType[];
const steps = [null, ...Step.options];

/** Every move that the table of the catalogue allows a task: from (empty: it is not there yet), event, step (empty: none), to. */
const movesOf = (type: EventType) =>
  [null, ...taskStates].flatMap((from) =>
    steps.flatMap((step) => {
      const to = nextTaskState(from, { type, data: step === null ? {} : { step } });
      return to === null ? [] : [{ from: from ?? '', type, step: step ?? '', to }];
    }),
  );

/** Events whose step decides where they are allowed; the payloads of the others need not be looked into. */
const stepMatters = types.filter((type) => {
  const byStep = Map.groupBy(movesOf(type), ({ step }) => step);
  const told = steps.map((step) => (byStep.get(step ?? '') ?? []).map(({ from, to }) => `${from} ${to}`).join());
  return new Set(told).size > 1;
});

const taskMoves = types.flatMap((type) =>
  stepMatters.includes(type) ? movesOf(type) : movesOf(type).filter(({ step }) => step === ''),
);

/** Where an event leads a task, whatever was before; events that leave each state as it is are left out. */
const leadsTo = [...Map.groupBy(taskMoves, ({ type, step }) => `${type} ${step}`).values()].flatMap((moves) => {
  const [first] = moves;
  if (!first || moves.every(({ from, to }) => from === to)) return [];
  if (moves.some(({ to }) => to !== first.to)) throw new Error(`${first.type} leads to more than one state`);
  return [first];
});

/**
 * 5: every event of a task is one that the table allows in the state where it came. The state before an event is where the last event that
 * leads anywhere led to: the greatest of "version, state" among all before it. Types that a newer program wrote are its own.
 */
export const taskTransitions: Check = (snapshot, offenders) =>
  nameRows(
    snapshot,
    offenders,
    `with allowed (state, type, step) as (values ${tuples(taskMoves.length, 3)}),
      leads (type, step, state) as (values ${tuples(leadsTo.length, 3)}),
      told as (select stream, version, type, correlation_id,
          case when type in (${marks(stepMatters.length)}) then coalesce(data ->> 'step', '') else '' end as step from event where stream >= 'task/' and stream < 'task0'),
      placed as (select told.*, max(case when leads.state is null then '' else cast(1000000000 + told.version as text) || leads.state end)
          over (partition by told.stream order by told.version rows between unbounded preceding and 1 preceding) as before
        from told left join leads on leads.type = told.type and leads.step = told.step)
      select stream, version, type, correlation_id as trace, substr(coalesce(before, ''), 11) as state from placed p
      where type in (${marks(types.length)}) and not exists
        (select 1 from allowed a where a.type = p.type and a.step = p.step and a.state = substr(coalesce(p.before, ''), 11))`,
    [
      ...taskMoves.flatMap(({ from, type, step }) => [from, type, step]),
      ...leadsTo.flatMap(({ type, step, to }) => [type, step, to]),
      ...stepMatters,
      ...types,
    ],
    (row) => refusal(row, said(row, 'state')),
  );

/** 5: so is every event of a workflow. Few, and a paused one remembers where it was, so they are followed one by one. */
export const workflowTransitions: Check = async (snapshot, offenders) => {
  let stream = '';
  let state: WorkflowState | null = null;
  let pausedFrom: WorkflowState | null = null;
  for await (const row of workflowEvents(snapshot)) {
    if (row['stream'] !== stream) [stream, state, pausedFrom] = [said(row, 'stream'), null, null];
    const type = said(row, 'type') as EventType;
    if (!type.startsWith('workflow.') && state !== null) continue;
    const under: WorkflowState | null = state === 'paused' ? nextPausedFrom(pausedFrom, type) : null;
    const next: WorkflowState | null = under === null ? nextWorkflowState(state, type, pausedFrom) : 'paused';
    if (next === null) {
      if (types.includes(type)) offenders.add(`${refusal(row, state ?? '')}${ofTrace(row['trace'])}`);
      continue;
    }
    pausedFrom = next === 'paused' ? (under ?? state) : null;
    state = next;
  }
};

const workflowEvents = (snapshot: Snapshot): AsyncGenerator<Row, void> =>
  inPages(snapshot, (last) => ({
    sql: `select stream, version, type, correlation_id as trace from event where (stream, version) > (?, ?) and stream < 'workflow0'
      order by stream, version`,
    values: last ? [said(last, 'stream'), Number(last['version'])] : ['workflow/', 0],
  }));

const refusal = (row: Row, state: string): string =>
  `${said(row, 'stream')} version ${said(row, 'version')}: ${said(row, 'type')} does not fit, it was ${state === '' ? 'not there yet' : state}`;
