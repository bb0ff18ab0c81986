import type { AgentSummary, BoxSummary, EndpointFigures, Figures, Health, PauseNote } from '@hive/events';
import { bytes } from '../../ui/chart-words.ts';
import { count, duration } from '../../ui/duration.ts';
import type { EventQuery } from '../../ui/event-query.ts';
import { stateOfAgent } from '../agents/agents-model.ts';

/** What the page knows; what could not be asked is null. */
export type Known = {
  readonly health: Health;
  readonly agents: readonly AgentSummary[] | null;
  readonly boxes: readonly BoxSummary[] | null;
  readonly figures: Figures | null;
};

/** Something that is not as it should be: what, what to do about it, and where it is seen. */
export type Problem = {
  readonly tone: 'failed' | 'waiting';
  readonly what: string;
  readonly next: string;
  readonly href: string;
  /** The alert that tells it, and who has seen it. */
  readonly alert?: string;
  readonly acknowledged?: PauseNote;
};

/** Readers that are behind by more events than this are told. */
const behindBy = 1000;
const waitsMs = 10 * 60_000;

/** How far a reader of the log is behind its head, in events. */
export const lagOf = ({ head }: Pick<Health, 'head'>, { position }: { readonly position: number }): number =>
  Math.max(0, head - position);

/** True for a model at a place that at least three calls failed at, and most of those that were made. */
export const isFailing = ({ calls, failed }: Pick<EndpointFigures, 'calls' | 'failed'>): boolean =>
  failed >= 3 && failed * 2 > calls;

const spans: Readonly<Record<number, { readonly last: string; readonly every: string }>> = {
  60_000: { last: 'the last hour', every: 'minute' },
  900_000: { last: 'the last day', every: '15 minutes' },
  3_600_000: { last: 'the last 7 days', every: 'hour' },
};

/** The window of figures and the length of its stretches, in words. */
export const spanWords = ({ stepMs }: Pick<Figures, 'stepMs'>): { readonly last: string; readonly every: string } =>
  spans[stepMs] ?? { last: 'this window', every: 'stretch' };

/** What is wrong, the worst first. Pure; `now` in milliseconds since 1970. */
export const problemsOf = ({ health, agents, boxes, figures }: Known, now: number): readonly Problem[] => {
  const problems: Problem[] = [];
  const bad = (what: string, next: string, href: string) => problems.push({ tone: 'failed', what, next, href });
  const odd = (what: string, next: string, href: string) => problems.push({ tone: 'waiting', what, next, href });
  if (health.disk?.lack) bad(health.disk.lack, 'Make room; nothing new starts until then.', '#store');
  if (health.verified?.holds === false)
    bad(
      `The last verify found broken: ${health.verified.broken.join('; ')}`,
      'Run hive verify again and keep a backup before anything else.',
      '#store',
    );
  for (const { alert, message, acknowledged } of health.alerts ?? [])
    problems.push({
      tone: acknowledged ? 'waiting' : 'failed',
      what: message,
      next: 'It is resolved by itself when the figure is well again.',
      href: '/events?type=system.*',
      alert,
      ...(acknowledged && { acknowledged }),
    });
  if (health.deadLetters > 0)
    bad(
      `${count(health.deadLetters, 'dead letter')}: tasks that failed, or events that nobody could handle`,
      'Look at them, then re-drive or discard.',
      '/events?view=dead-letters',
    );
  for (const agent of agents ?? []) {
    const state = stateOfAgent(agent);
    const href = `/agents/${encodeURIComponent(agent.agent)}`;
    if (state === 'stalled')
      odd(`${agent.agent} has been silent for ${duration(agent.beatAgeMs)}`, 'It counts as gone after 30 s.', href);
  }
  if (agents !== null && agents.length > 0)
    for (const role of ['orchestrator', 'worker', 'reviewer']) {
      const ofRole = agents.filter((it) => it.role === role);
      if (ofRole.length > 0 && ofRole.every(({ status }) => status === 'gone'))
        bad(`No ${role} is alive`, 'Start the building: hive up', '/agents');
    }
  // Where no box is configured the usual place is looked at, and nothing is wrong when it is empty: of that nothing is recorded.
  for (const box of boxes ?? [])
    if (box.status === 'away' && box.since !== null)
      bad(
        `Box ${box.title} is away: ${box.reason ?? 'it does not answer'}`,
        'Others do its work if they can.',
        '/agents',
      );
  for (const it of figures?.endpoints ?? [])
    if (figures !== null && isFailing(it))
      bad(
        `${it.failed} of ${count(it.calls, 'call')} to ${placeOf(it)} failed in ${spanWords(figures).last}`,
        'The events say why.',
        '#models',
      );
  for (const { of, kind, until, waiting } of health.limits ?? [])
    odd(
      `The limit ${kind.replace(/_/g, ' ')} of ${of} is met until ${new Date(until).toLocaleString()}`,
      `${count(waiting, 'step')} wait for it.`,
      '/agents',
    );
  for (const [kind, note] of Object.entries(health.paused))
    odd(
      `${kind === 'all' ? 'Everything is' : `Steps of kind ${kind} are`} paused by ${note?.by ?? 'somebody'}${note?.reason ? `: ${note.reason}` : ''}`,
      'Resume when it may go on.',
      '/events?type=system.paused,system.resumed',
    );
  const oldest = health.oldestReady;
  if (oldest && now - Date.parse(oldest.since) > waitsMs)
    odd(
      `A step to ${oldest.kind} has been ready for ${duration(now - Date.parse(oldest.since))} and nobody takes it`,
      'Workers may be busy, or lack what it asks for.',
      oldest.taskId === null ? `/traces/${oldest.correlationId}` : `/tasks/${oldest.taskId}`,
    );
  for (const reader of health.subscriptions)
    if (lagOf(health, reader) > behindBy)
      odd(
        `${reader.name} is ${count(lagOf(health, reader), 'event')} behind the log`,
        'It catches up, or its process hangs.',
        '#log',
      );
  if (health.horizon !== null && health.horizon.lagMs > 5000)
    odd(
      `Readers of the log are held back for ${duration(health.horizon.lagMs)}${health.horizon.blocker === null ? '' : ` by ${health.horizon.blocker}`}`,
      'A transaction of the database is open for long.',
      '#log',
    );
  return problems.sort((a, b) => Number(a.tone === 'waiting') - Number(b.tone === 'waiting'));
};

/** A model at a place, in words. */
export const placeOf = ({ provider, model, box }: Pick<EndpointFigures, 'provider' | 'model' | 'box'>): string =>
  box === null ? `${provider}:${model}` : `${provider}:${model} on ${box}`;

/** The state of a model at a place by its calls. */
export const endpointState = (it: EndpointFigures): 'failed' | 'waiting' | 'up' =>
  isFailing(it) ? 'failed' : it.limited > 0 ? 'waiting' : 'up';

/** The events behind the calls to a model. */
export const callsQuery = ({ model }: Pick<EndpointFigures, 'model'>, since: string): EventQuery => ({
  types: ['model.called'],
  text: model,
  since,
});

const secret = /((?:token|key|secret|password|authorization)["']?\s*[:=]\s*["']?)[^\s"',}]+/gi;
const place = /(?:\/(?:home|Users|root|srv|tmp|var|opt)\/|[A-Z]:\\)[^\s"',}]*/g;

/** What is known as text for a report of a fault: without paths of files, addresses of machines, and whatever looks like a secret. */
export const diagnosticsOf = ({ health, agents, boxes, figures }: Known): string => {
  const hosts = [...new Set([...(agents ?? []).map(({ host }) => host), ...(boxes ?? []).map(({ name }) => name)])];
  const known = {
    health: { ...health, database: { ...health.database, name: kindOf(health.database.name) } },
    agents: agents?.map(({ role, status, load, beatAgeMs, version }) => ({ role, status, load, beatAgeMs, version })),
    boxes: boxes?.map(({ status, version, running, waiting, parallel, models }) => ({
      status,
      version,
      running,
      waiting,
      parallel,
      models: models.length,
    })),
    figures: figures && {
      events: figures.events,
      since: figures.since,
      endpoints: figures.endpoints.map(({ provider, model, calls, failed, limited, p50Ms, p95Ms }) => ({
        ...{ provider, model, calls, failed, limited, p50Ms, p95Ms },
      })),
    },
  };
  const text = JSON.stringify(known, null, 2)
    .replace(secret, '$1[redacted]')
    .replace(place, '[path]')
    .replace(/https?:\/\/[^\s"',]+/g, '[address]');
  return hosts.reduce(
    (all, host, index) => (host.length < 3 ? all : all.replaceAll(host, `[host ${index + 1}]`)),
    text,
  );
};

const kindOf = (name: string): string => (/postgres/i.test(name) ? 'PostgreSQL' : 'SQLite');

/** The size of the database in words. */
export const sizeWords = ({ bytes: size, walBytes }: Health['database']): string =>
  walBytes === undefined || walBytes === 0
    ? bytes(size)
    : `${bytes(size)}, of which ${bytes(walBytes)} are not yet in the file`;
