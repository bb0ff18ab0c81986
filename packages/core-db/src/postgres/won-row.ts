import { streams, type StreamKind, type Step } from '@hive/events';
import type { Won } from '../claimed.ts';
import { listOf, type KeptHead } from '../rows.ts';
import { separator } from './arrays.ts';

/** Stands for nothing among texts that hold no control characters. */
const nothing = '\u0002';

const columns = [
  'id',
  'attempt',
  'token',
  'lease_until',
  'won_event',
  'head_version',
  'head_state',
  'head_kind',
  'head_id',
  'head_correlation',
  'head_view',
  'head_view_version',
  'kind',
  'stream',
  'task_id',
  'workflow_id',
  'capabilities',
  'priority',
  'rank',
  'due',
  'becomes',
  'failures',
  'rescues',
  'max_attempts',
  'max_rescues',
  'only_agent',
  'avoid_agent',
  'payload',
  'limits',
] as const;

const maybe = new Set<string>(['task_id', 'becomes', 'only_agent', 'avoid_agent']);

/**
 * What a claim has won of one step, as one text: thirty values by themselves are as many times formatted, sent and cut out. `of` is the name of
 * the rows, `at` the moment of the claim.
 */
export const wonText = (of: string, at: string): string =>
  `concat_ws(e'\\x01', ${columns
    .map((it) => (maybe.has(it) ? `coalesce(${of}.${it}, e'\\x02')` : `${of}.${it}`))
    .join(', ')}, ${at})`;

/** Reads what {@link wonText} has written; the places are those of its columns. */
export const wonOfText = (text: string, holder: { readonly incarnation: string; readonly agent: string }): Won => {
  const values = text.split(separator);
  const of = (place: number): string => values[place] ?? '';
  const maybeOf = (place: number): string | null => (values[place] === nothing ? null : of(place));
  const lastEventId = of(4);
  const stream = of(13);
  const token = Number(of(2));
  const due = of(19);
  return {
    at: of(29),
    step: {
      id: of(0),
      kind: of(12) as Step, // these were written by this package from typed values
      stream,
      taskId: maybeOf(14),
      workflowId: of(15),
      capabilities: listOf(of(16)),
      priority: Number(of(17)),
      rank: Number(of(18)),
      limits: listOf(of(28)),
      due: due === '' ? [] : due.split(','),
      becomes: maybeOf(20),
      state: 'claimed',
      runAt: null,
      token,
      attempt: Number(of(1)),
      failures: Number(of(21)),
      rescues: Number(of(22)),
      maxAttempts: Number(of(23)),
      maxRescues: Number(of(24)),
      onlyAgent: maybeOf(25),
      avoidAgent: maybeOf(26),
      holder: holder.incarnation,
      holderAgent: holder.agent,
      leaseUntil: of(3),
      lastEventId,
      payload: JSON.parse(of(27)) as unknown,
    },
    head: {
      stream,
      kind: of(7) as StreamKind,
      id: of(8),
      correlationId: of(9),
      version: Number(of(5)),
      state: of(6),
      lastEventId,
      token,
      view: JSON.parse(of(10)) as unknown,
      viewVersion: Number(of(11)),
    },
  };
};

const workflowColumns = [
  'stream',
  'id',
  'correlation_id',
  'version',
  'state',
  'last_event_id',
  'token',
  'view_version',
  'view',
];

/** The heads of the workflows of the steps in `won`, each once, as texts that no {@link wonText} is like. */
export const workflowsText = (won: string): string =>
  `select concat_ws(e'\\x01', e'\\x02', ${workflowColumns.map((it) => `h.${it}`).join(', ')})
    from (select distinct w.workflow_id from ${won} w where w.task_id is not null) d
      join stream_head h on h.stream = '${streams.workflow('')}' || d.workflow_id`;

/** Reads what {@link workflowsText} has written; null for the text of a step. */
export const workflowOfText = (text: string): KeptHead | null => {
  if (!text.startsWith(nothing)) return null;
  const [
    ,
    stream = '',
    id = '',
    correlationId = '',
    version,
    state = '',
    lastEventId = '',
    token,
    viewVersion,
    view = 'null',
  ] = text.split(separator);
  return {
    stream,
    kind: 'workflow',
    id,
    correlationId,
    version: Number(version),
    state,
    lastEventId,
    token: Number(token),
    view: JSON.parse(view) as unknown,
    viewVersion: Number(viewVersion),
  };
};
