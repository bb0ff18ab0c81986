import type { HiveEvent } from './catalogue.ts';
import { proofWords, reviewerWords } from './evidence-words.ts';
import { shortId } from './short-id.ts';

const sha = (commit: string): string => commit.slice(0, 7);
const attempt = (n: number): string => (n > 1 ? `, attempt ${n}` : '');

/** An event in one line, without its type. Empty where the type says it all, and for types that this version does not know. */
export const eventWords = (event: HiveEvent): string => {
  switch (event.type) {
    case 'workflow.submitted':
      return event.data.goal;
    case 'workflow.plan_generated':
      return `${event.data.tasks.length} tasks by ${event.data.by}`;
    case 'workflow.plan_failed':
      return `${event.data.code}: ${event.data.reason}`;
    case 'workflow.started':
      return `${event.data.tasks} tasks`;
    case 'workflow.completed':
      return `${event.data.merged} merged`;
    case 'workflow.failed':
      return event.data.reason;
    case 'task.created':
      return event.data.spec.title;
    case 'task.assigned':
      return `${event.data.step} to ${event.data.agent ?? 'whoever is free'}: ${event.data.because}`;
    case 'task.claimed':
      return `${event.data.step} by ${event.data.agent}${attempt(event.data.attempt)}`;
    case 'task.lease_expired':
      return `${event.data.step} of ${event.data.agent}: ${event.data.reason}`;
    case 'task.snoozed':
      return `${event.data.step}: ${event.data.reason}`;
    case 'task.attempt_failed':
      return `${event.data.step}${attempt(event.data.attempt)}: ${event.data.code}: ${event.data.reason}`;
    case 'task.submitted':
      return `${sha(event.data.commit)} by ${event.data.author}`;
    case 'task.checked':
      return event.data.verdict.code === null
        ? proofWords(event.data.evidence)
        : `${event.data.verdict.code}: ${event.data.verdict.reason ?? proofWords(event.data.evidence)}`;
    case 'task.review_completed':
      return event.data.decision === 'approve' ? reviewerWords(event.data.reviewer) : event.data.decision;
    case 'task.escalated':
      return event.data.reason;
    case 'task.refused':
    case 'task.failed':
    case 'task.blocked':
    case 'task.dead_lettered':
      return `${event.data.code}: ${event.data.reason}`;
    case 'workflow.paused':
    case 'system.paused':
      return [event.data.by, event.data.reason].filter((part) => part !== undefined).join(': ');
    case 'system.told':
      return `${event.data.by} to ${event.data.host}, ${event.data.bytes} bytes`;
    case 'schedule.fired':
      return `${event.data.tick}: ${event.data.workflowId === null ? (event.data.reason ?? '') : shortId(event.data.workflowId)}`;
    case 'task.cancelled':
    case 'workflow.cancelled':
      return event.data.reason ?? '';
    case 'task.merged':
      return sha(event.data.commit);
    case 'merge.intended':
      return `${event.data.branch}: ${event.data.from === null ? 'new' : sha(event.data.from)} → ${sha(event.data.to)}`;
    case 'merge.batch_checked':
      return proofWords(event.data.evidence);
    case 'merge.completed':
      return `${event.data.branch} at ${sha(event.data.commit)}`;
    case 'merge.rejected':
      return `${event.data.code}: ${event.data.reason}`;
    case 'model.called':
      return `${event.data.model}, ${(event.data.totalMs / 1000).toFixed(1)} s${sourceWords[event.data.source]}${event.data.outcome === 'ok' ? '' : `, ${event.data.outcome}`}${event.data.atOnce === undefined ? '' : `, for the whole change at once: ${event.data.atOnce}`}`;
    case 'model.fell_back':
      return `${event.data.from} → ${event.data.to}: ${event.data.because}`;
    case 'model.rate_limited':
      return `${event.data.provider}, ${event.data.kind}${event.data.hit === false ? ' is near' : ''}${event.data.resetsAt === null ? '' : `, until ${event.data.resetsAt}`}`;
    case 'model.parked':
      return `${event.data.provider}, ${event.data.kind}, until ${event.data.until}`;
    case 'box.tools_learnt':
      return `${event.data.model} on ${event.data.name} ${event.data.calls ? 'calls tools' : 'calls no tools'}: ${event.data.because}`;
    case 'budget.warned':
    case 'budget.exhausted':
      return `${event.data.spent} of ${event.data.limit}`;
    case 'agent.registered':
      return `${event.data.agent} on ${event.data.host}, ${event.data.version}`;
    case 'agent.paused':
      return `${event.data.agent}${event.data.drain ? ', what it holds goes to others' : ''}: ${[event.data.by, event.data.reason].filter((part) => part !== undefined).join(': ')}`;
    case 'system.alert_raised':
      return event.data.message;
    case 'system.alert_resolved':
      return event.data.alert;
    case 'system.alert_acknowledged':
      return [event.data.alert, event.data.by, event.data.reason].filter((part) => part !== undefined).join(': ');
    case 'agent.resumed':
      return event.data.agent;
    case 'agent.offline':
      return `${event.data.agent}: ${event.data.reason}`;
    case 'approval.requested':
      return event.data.action;
    case 'approval.decided':
      return [event.data.decision, event.data.by, event.data.reason].filter((part) => part !== undefined).join(': ');
    case 'approval.assigned':
      return event.data.to;
    case 'approval.expired':
      return event.data.reason ?? 'nobody decided in time';
    default:
      return '';
  }
};

const sourceWords = { live: '', cache: ', answered before', replay: ', from the recording' } as const;

const bad = new Set<string>([
  'workflow.plan_failed',
  'workflow.failed',
  'task.attempt_failed',
  'task.lease_expired',
  'task.refused',
  'task.failed',
  'task.blocked',
  'task.dead_lettered',
  'merge.rejected',
  'budget.exhausted',
  'system.alert_raised',
]);

/** True for an event that tells of something gone wrong. */
export const isError = (event: HiveEvent): boolean =>
  bad.has(event.type) || (event.type === 'model.called' && event.data.outcome !== 'ok');
