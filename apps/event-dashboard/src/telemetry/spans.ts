import { createHash } from 'node:crypto';
import { parseStream, type HiveEvent } from '@hive/events';

/** Something that took time. Ids in hexadecimal digits as W3C Trace Context has them; times as ISO texts. */
export type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** The code or the sentence that says what went wrong; null where nothing did. */
  readonly error: string | null;
  /** Types of events that happened meanwhile, the first hundred. */
  readonly moments: readonly { readonly type: string; readonly at: string }[];
};

/** The trace id of a workflow: its correlation id without the dashes. */
export const traceIdOf = (correlationId: string): string => correlationId.replaceAll('-', '');

type Open = Omit<Span, 'to' | 'error' | 'moments'> & { readonly moments: { type: string; at: string }[] };

/** What is open in one trace, and the spans that end with its next event. */
export type TraceSpans = {
  /** Takes the events of one trace in the order of the log. */
  readonly next: (event: HiveEvent) => readonly Span[];
};

const mostMoments = 100;

/**
 * Makes spans of a trace: the workflow, its tasks, the claims of their steps, calls of models, and moves of branches. Holds no clock and draws no
 * number, so that events that are read twice make the same spans.
 */
export const createTraceSpans = (correlationId: string): TraceSpans => {
  const traceId = traceIdOf(correlationId);
  const open = new Map<string, Open>();
  const workflow = 'workflow';
  const keyOf = (taskId: string | null): string => (taskId === null ? workflow : `task ${taskId}`);
  const stepOf = (taskId: string | null, step: string, token: number) => `${keyOf(taskId)} ${step} ${token}`;
  /** The last span of the workflow: a task is redriven before its workflow goes on. */
  let root: string | null = null;
  const parentOf = (...keys: readonly string[]): string | null =>
    keys.map((key) => open.get(key)?.spanId).find((id) => id !== undefined) ?? root;

  const begin = (
    key: string,
    { id, at }: Pick<HiveEvent, 'id' | 'at'>,
    { name, parent, attributes }: { name: string; parent: string | null; attributes: Span['attributes'] },
  ): void => {
    const spanId = createHash('sha256').update(`${key} ${id}`).digest('hex').slice(0, 16);
    if (key === workflow) root = spanId;
    open.set(key, { traceId, spanId, parentId: parent, name, from: at, attributes, moments: [] });
  };
  const end = (
    key: string,
    to: string,
    error: string | null = null,
    more: Span['attributes'] = {},
  ): readonly Span[] => {
    const span = open.get(key);
    if (!span) return [];
    open.delete(key);
    return [{ ...span, to, error, attributes: { ...span.attributes, ...more } }];
  };
  /** Whatever still runs below a task (or the workflow) ends with it. */
  const endWith = (key: string, to: string, error: string | null, more?: Span['attributes']): readonly Span[] => [
    ...[...open.keys()]
      .filter((it) => it !== key && (key === workflow || it.startsWith(`${key} `)))
      .flatMap((it) => end(it, to, error)),
    ...end(key, to, error, more),
  ];
  const note = (key: string, { type, at }: HiveEvent): readonly Span[] => {
    const moments = (open.get(key) ?? open.get(workflow))?.moments;
    if (moments && moments.length < mostMoments) moments.push({ type, at });
    return [];
  };

  const ofTask = (event: HiveEvent, taskId: string): readonly Span[] => {
    const key = keyOf(taskId);
    switch (event.type) {
      case 'task.created': {
        const { spec } = event.data;
        begin(key, event, {
          name: `task ${spec.key}`,
          parent: parentOf(),
          attributes: { 'hive.task.id': taskId, 'hive.task.title': spec.title },
        });
        return [];
      }
      case 'task.redriven':
        begin(key, event, { name: 'task again', parent: parentOf(), attributes: { 'hive.task.id': taskId } });
        return [];
      case 'task.claimed':
        return claimed(event, taskId, event.data);
      case 'task.attempt_failed':
      case 'task.lease_expired':
      case 'task.snoozed':
        return stepEnded(event, taskId, event.data);
      case 'task.submitted':
      case 'task.checked':
      case 'task.review_completed': {
        if (event.type === 'task.review_completed' && event.data.remaining > 0) return note(key, event);
        const { step, token } = event.data;
        const more = event.type === 'task.submitted' ? { 'hive.author': event.data.author } : {};
        note(key, event);
        return end(stepOf(taskId, step, token), event.at, null, { ...more, 'hive.outcome': event.type });
      }
      case 'task.merged':
      case 'task.completed':
        return endWith(key, event.at, null, { 'hive.outcome': event.type });
      case 'task.refused':
      case 'task.failed':
      case 'task.blocked':
      case 'task.dead_lettered':
        return endWith(key, event.at, event.data.code, { 'hive.outcome': event.type, 'hive.code': event.data.code });
      case 'task.cancelled':
        return endWith(key, event.at, 'cancelled', { 'hive.outcome': event.type });
      default:
        return note(key, event);
    }
  };

  const claimed = (
    event: HiveEvent,
    taskId: string | null,
    { step, token, attempt, agent }: { step: string; token: number; attempt: number; agent: string },
  ): readonly Span[] => {
    begin(stepOf(taskId, step, token), event, {
      name: `step ${step}`,
      parent: parentOf(keyOf(taskId)),
      attributes: { 'hive.agent': agent, 'hive.attempt': attempt, 'hive.token': token },
    });
    return [];
  };

  const stepEnded = (
    event: Extract<HiveEvent, { type: 'task.attempt_failed' | 'task.lease_expired' | 'task.snoozed' }>,
    taskId: string | null,
    { step, token }: { step: string; token: number },
  ): readonly Span[] => {
    const error =
      event.type === 'task.attempt_failed' ? event.data.code : event.type === 'task.snoozed' ? null : event.data.reason;
    return end(stepOf(taskId, step, token), event.at, error, { 'hive.outcome': event.type });
  };

  /** The steps of a plan: one at a time, and its outcome names no token. */
  const endPlans = (at: string, error: string | null): readonly Span[] =>
    [...open.keys()].filter((key) => key.startsWith(`${workflow} plan `)).flatMap((key) => end(key, at, error));

  const ofWorkflow = (event: HiveEvent): readonly Span[] => {
    switch (event.type) {
      case 'workflow.submitted':
      case 'workflow.resumed':
        if (open.has(workflow)) return note(workflow, event);
        begin(workflow, event, { name: 'workflow', parent: null, attributes: { 'hive.workflow.id': correlationId } });
        return [];
      case 'task.claimed':
        return claimed(event, null, event.data);
      case 'task.attempt_failed':
      case 'task.lease_expired':
      case 'task.snoozed':
        return stepEnded(event, null, event.data);
      case 'workflow.plan_generated':
        note(workflow, event);
        return endPlans(event.at, null);
      case 'workflow.plan_failed':
        note(workflow, event);
        return endPlans(event.at, event.data.code);
      case 'workflow.completed':
        return endWith(workflow, event.at, null, { 'hive.merged': event.data.merged });
      case 'workflow.failed':
        return endWith(workflow, event.at, event.data.reason, { 'hive.merged': event.data.merged });
      case 'workflow.cancelled':
        return endWith(workflow, event.at, 'cancelled');
      default:
        return note(workflow, event);
    }
  };

  /** Names as in the semantic conventions of OpenTelemetry for generative AI. */
  const called = (event: Extract<HiveEvent, { type: 'model.called' }>): readonly Span[] => {
    const { data, at } = event;
    const { step, token = -1, taskId } = data;
    const key = `call ${data.callId}`;
    const from = new Date(Date.parse(at) - data.totalMs).toISOString();
    begin(
      key,
      { id: event.id, at: from },
      {
        name: `chat ${data.model}`,
        parent: parentOf(step === undefined ? '' : stepOf(taskId, step, token), keyOf(taskId)),
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': data.provider,
          'gen_ai.request.model': data.model,
          ...(data.input !== null && { 'gen_ai.usage.input_tokens': data.input }),
          ...(data.output !== null && { 'gen_ai.usage.output_tokens': data.output }),
          'server.address': data.destination,
          'hive.source': data.source,
        },
      },
    );
    return end(key, at, data.outcome === 'ok' ? null : data.outcome);
  };

  const ofMerge = (event: HiveEvent): readonly Span[] => {
    if (event.type === 'merge.intended') {
      const { taskId, branch, token } = event.data;
      begin(`${keyOf(taskId)} move`, event, {
        name: 'move of a branch',
        parent: parentOf(stepOf(taskId, 'merge', token), keyOf(taskId)),
        attributes: { 'hive.branch': branch },
      });
      return [];
    }
    if (event.type === 'merge.completed')
      return end(`${keyOf(event.data.taskId)} move`, event.at, null, { 'hive.commit': event.data.commit });
    if (event.type === 'merge.rejected') return end(`${keyOf(event.data.taskId)} move`, event.at, event.data.code);
    return note(workflow, event);
  };

  return {
    next: (event) => {
      const { kind, id } = parseStream(event.stream);
      if (kind === 'task') return ofTask(event, id);
      if (kind === 'workflow') return ofWorkflow(event);
      if (kind === 'merge') return ofMerge(event);
      if (event.type === 'model.called') return called(event);
      return note(workflow, event);
    },
  };
};
