import { proofWords, reviewerWords, type DataOf, type HiveEvent } from '@hive/events';

/** One call of a model on behalf of the author: a turn. */
export type Turn = DataOf<'model.called'> & { readonly eventId: string; readonly at: string };

/** How an attempt at the work came out. `open`: it runs. */
export type Outcome = {
  readonly word: string;
  readonly tone: 'ok' | 'failed' | 'waiting' | 'running' | 'idle';
  readonly code: string | null;
  readonly reason: string | null;
};

/** One time that somebody had the work in hand, from the claim on. */
export type Attempt = {
  readonly n: number;
  readonly agent: string;
  readonly token: number;
  readonly from: string;
  readonly to: string | null;
  readonly author: string | null;
  readonly outcome: Outcome;
  readonly turns: readonly Turn[];
  /** What checks, reviewers and the merge said about what it handed in, in their order. */
  readonly after: readonly { readonly text: string; readonly bad: boolean; readonly eventId: string }[];
  /** Why it was not the last one; null while nothing came after it. */
  readonly next: string | null;
  /** The claim; opens the attempt in the log. */
  readonly eventId: string;
};

type Growing = { -readonly [K in keyof Attempt]: Attempt[K] } & { turns: Turn[]; after: Attempt['after'][number][] };

const running: Outcome = { word: 'Working', tone: 'running', code: null, reason: null };
const outcome = (
  word: string,
  tone: Outcome['tone'],
  code: string | null = null,
  reason: string | null = null,
): Outcome => ({
  ...{ word, tone, code, reason },
});

const returnedWords = ({ findings, note }: DataOf<'task.returned'>): string => {
  if (note !== undefined) return `A person returned it: ${note}`;
  const [first] = findings;
  return first === undefined ? 'It was returned to its author' : `It was returned: ${first.message}`;
};

/**
 * The attempts at a task, folded from the events of its stream and the calls to models on its behalf, in log order. A turn belongs to the claim that it
 * names, or, where it names none, to whoever had the work at that moment.
 */
export const attemptsOf = (taskId: string, events: readonly HiveEvent[]): readonly Attempt[] => {
  const attempts: Growing[] = [];
  let last: Growing | undefined;
  const end = (event: HiveEvent, how: Outcome) => {
    if (last?.to !== null) return;
    last.to = event.at;
    last.outcome = how;
  };
  const then = (event: HiveEvent, text: string, bad = false) => last?.after.push({ text, bad, eventId: event.id });
  const because = (why: string) => {
    if (last) last.next ??= why;
  };

  for (const event of events) {
    switch (event.type) {
      case 'task.claimed':
        if (event.data.taskId !== taskId || event.data.step !== 'work') break;
        last = {
          ...{ n: attempts.length + 1, agent: event.data.agent, token: event.data.token, from: event.at, to: null },
          ...{ author: null, outcome: running, turns: [], after: [], next: null, eventId: event.id },
        };
        attempts.push(last);
        break;
      case 'model.called': {
        const { taskId: of, role, token } = event.data;
        if (of !== taskId || role !== 'worker') break;
        const owner = attempts.find((it) => it.token === token) ?? last;
        owner?.turns.push({ ...event.data, eventId: event.id, at: event.at });
        break;
      }
      case 'model.fell_back':
        if (event.data.taskId === taskId)
          then(event, `${event.data.from} gave way to ${event.data.to}: ${event.data.because}`);
        break;
      case 'task.attempt_failed': {
        const { step, code, reason, final, retryAt } = event.data;
        if (event.data.taskId !== taskId) break;
        if (step !== 'work') then(event, `${step} failed: ${code}: ${reason}`, true);
        else {
          end(event, outcome('Failed', 'failed', code, reason));
          if (!final) because(`The attempt failed and is made again${retryAt === null ? '' : ', after a pause'}`);
        }
        break;
      }
      case 'task.lease_expired':
        if (event.data.taskId !== taskId || event.data.step !== 'work') break;
        end(event, outcome('Lease lost', 'failed', null, event.data.reason));
        if (!event.data.final) because(`${event.data.agent} was gone or silent, so somebody else took the work`);
        break;
      case 'task.snoozed':
        if (event.data.taskId !== taskId || event.data.step !== 'work') break;
        end(event, outcome('Put off', 'waiting', null, event.data.reason));
        because(`It was put off until ${event.data.until}`);
        break;
      case 'task.submitted':
        if (event.data.taskId !== taskId) break;
        if (last) last.author = event.data.author;
        end(event, outcome('Handed in', 'ok', null, `commit ${event.data.commit.slice(0, 7)}`));
        break;
      case 'task.checked':
        if (event.data.taskId !== taskId) break;
        then(
          event,
          event.data.verdict.code === null
            ? `Checked: ${proofWords(event.data.evidence)}`
            : `Checked: ${event.data.verdict.code}: ${event.data.verdict.reason ?? proofWords(event.data.evidence)}`,
          event.data.verdict.code !== null,
        );
        break;
      case 'task.review_completed': {
        if (event.data.taskId !== taskId) break;
        const { decision, reviewer, findings } = event.data;
        if (decision === 'approve') then(event, `Approved: ${reviewerWords(reviewer)}`);
        else
          then(event, `${reviewer.agent} would ${decision} it${findings[0] ? `: ${findings[0].message}` : ''}`, true);
        break;
      }
      case 'merge.rejected':
        if (event.data.taskId === taskId) then(event, `Not merged: ${event.data.code}: ${event.data.reason}`, true);
        break;
      case 'task.returned':
        if (event.data.taskId === taskId) because(returnedWords(event.data));
        break;
      case 'task.redriven':
        if (event.data.taskId !== taskId) break;
        because(event.data.note === undefined ? 'It was retried' : `It was retried: ${event.data.note}`);
        break;
      case 'task.escalated':
        if (event.data.taskId !== taskId) break;
        end(event, outcome('Asked a person', 'waiting', null, event.data.reason));
        then(event, `A person was asked: ${event.data.reason}`);
        break;
      case 'task.merged':
        if (event.data.taskId === taskId) then(event, `Merged as ${event.data.commit.slice(0, 7)}`);
        break;
      case 'task.completed':
        if (event.data.taskId === taskId) end(event, outcome('Completed', 'ok'));
        break;
      case 'task.refused':
      case 'task.failed':
      case 'task.dead_lettered':
        if (event.data.taskId !== taskId) break;
        end(
          event,
          outcome(event.type === 'task.refused' ? 'Refused' : 'Failed', 'failed', event.data.code, event.data.reason),
        );
        break;
      case 'task.cancelled':
        if (event.data.taskId === taskId) end(event, outcome('Cancelled', 'idle', null, event.data.reason ?? null));
        break;
      default:
    }
  }
  return attempts;
};

/** What the turns of an attempt took together; null where something was not reported. */
export const spentOn = (turns: readonly Turn[]) => {
  const sum = (of: (turn: Turn) => number | null): number | null =>
    turns.reduce<number | null>((total, turn) => {
      const part = of(turn);
      return total === null || part === null ? null : total + part;
    }, 0);
  return {
    input: sum(({ input }) => input),
    output: sum(({ output }) => output),
    costUsd: sum(({ costUsd }) => costUsd),
    ms: sum(({ totalMs }) => totalMs),
  };
};
