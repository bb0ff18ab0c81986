import { HiveError, isCode, isHiveError } from '@hive/errors';
import type { Replay } from '@hive/events';
import {
  complete,
  createReplayModel,
  keyedModel,
  parseModelRef,
  requestKey,
  type Chunk,
  type Done,
  type Model,
  type ModelRequest,
  type RecordedCall as KeyedCall,
  type Run,
} from '@hive/llm';
import type { Context, StepInHand } from '../../agent.ts';
import { askedOf, endedCalls, isOf } from '../ended-calls.ts';
import { sha256 } from '../told-call.ts';
import type { Role, Wanted } from '../wanted.ts';
import { blotted } from './alike.ts';
import { readRecording, type RecordedCall } from './recording.ts';

/** A model that answers one call from what was recorded, and the call that it answers from. */
export type Recorded = { readonly model: Model; readonly answers: string };

/**
 * Where the answer to this call is recorded: of the recorded calls for the same task and role that were not used yet, the first with the same key,
 * else the next one if it asks the same but for what no two runs share (see {@link blotted}). null: the workflow is no replay, or it is past its
 * recording and goes on with live models. Throws `model.replay_miss` with the difference otherwise; then no model is asked.
 */
export const answerFromRecording = async (
  { wanted: { role, ref }, request }: { readonly wanted: Wanted; readonly request: ModelRequest },
  step: StepInHand,
  ctx: Context,
): Promise<Recorded | null> => {
  const { replay } = step.workflow.submission;
  if (!replay) return null;
  const { mine, left: all } = await recordedFor({ role, replay }, step, ctx);
  // Several models may have been asked the same; where one is named, its own answers come first.
  const own = all.filter(({ view }) => ref !== null && isOf(ref, view));
  const left = own.length > 0 ? own : all;
  const [next] = left;
  if (!next && replay.beyond === 'live') return null;
  if (!next)
    throw new HiveError(
      'model.replay_miss',
      `The ${role} asks once more than in workflow ${replay.of.slice(-8)}, where ${mine.length} calls are recorded here`,
    );
  const exact = left.find(({ view }) => view.key === keyOf(request, view));
  const found = exact ?? ((await isAlike(request, next, ctx)) ? next : null);
  if (!found) throw await missed(request, next, step, ctx);
  const call = { ...(await keyedCall(found, ctx)), key: keyOf(request, found.view) };
  return { model: replayModel([call], found), answers: found.view.callId };
};

/** The recorded calls for a task and role, and those of them that have answered nothing yet. */
const recordedFor = async (
  { role, replay }: { readonly role: Role; readonly replay: Replay },
  step: StepInHand,
  ctx: Context,
): Promise<{ readonly mine: readonly RecordedCall[]; readonly left: readonly RecordedCall[] }> => {
  const used = new Set((await endedCalls(step, ctx)).map(({ answers }) => answers));
  const mine = (await readRecording(replay, ctx)).filter(
    ({ view, key }) =>
      view.role === role && (view.step ?? step.kind) === step.kind && key === (step.task?.spec.key ?? null),
  );
  return { mine, left: mine.filter(({ view }) => !used.has(view.callId)) };
};

/** How the next recorded call of a role was asked; null where the workflow is no replay, or past its recording. */
export const nextRecorded = async (
  role: Role,
  step: StepInHand,
  ctx: Context,
): Promise<{ readonly request: ModelRequest; readonly contextTokens: number | null } | null> => {
  const { replay } = step.workflow.submission;
  const next = replay && (await recordedFor({ role, replay }, step, ctx)).left[0];
  return next ? { request: await jsonOf(ctx, next.view.prompt), contextTokens: next.view.contextTokens ?? null } : null;
};

const refOf = ({ view }: Pick<RecordedCall, 'view'>) => parseModelRef(askedOf(view));

const keyOf = (request: ModelRequest, view: RecordedCall['view'], hash = sha256): string =>
  requestKey(request, { model: keyedModel(refOf({ view })), sha256: hash });

const replayModel = (calls: readonly KeyedCall[], recorded: RecordedCall): Model =>
  createReplayModel({ v: 1, ref: refOf(recorded), calls }, { sha256 });

const isAlike = async (request: ModelRequest, { view }: RecordedCall, ctx: Context): Promise<boolean> => {
  const recorded = await jsonOf<ModelRequest>(ctx, view.prompt);
  return keyOf(recorded, view, blotted) === keyOf(request, view, blotted);
};

/** A recorded call with all that was said. */
const keyedCall = async ({ view, reason }: RecordedCall, ctx: Context): Promise<KeyedCall> => {
  const recorded = { key: view.key ?? '', request: await jsonOf<ModelRequest>(ctx, view.prompt) };
  if (view.reply !== null) return { ...recorded, chunks: chunksOf(await jsonOf<Done>(ctx, view.reply)) };
  const code = isCode(view.outcome) ? view.outcome : 'internal';
  const usage = { input: view.input, output: view.output, cacheRead: view.cached, cacheWrite: null };
  return {
    ...recorded,
    chunks: [],
    error: {
      code,
      message: reason ?? `The recorded call ended with ${view.outcome}`,
      remedy: remedyOf(code),
      details: {
        usage: { ...usage, costUsd: 0, costBasis: 'replay', source: 'replay' },
        timing: { queuedMs: 0, firstTokenMs: null, decodeMs: 0, totalMs: 0 },
        sent: false,
      },
    },
  };
};

/** What bridges say about answers that were no good. */
const remedyOf = (code: string): 'retry' | 'give_up' | 'fix_config' => {
  if (code === 'model.bad_output' || code === 'model.truncated') return 'retry';
  return code === 'model.auth' || code === 'model.billing' || code === 'model.unknown' ? 'fix_config' : 'give_up';
};

const chunksOf = (done: Done): Chunk[] => [
  ...(done.text === '' ? [] : [{ type: 'text' as const, text: done.text }]),
  ...done.toolCalls.map((call) => ({ type: 'tool_call' as const, call })),
  done,
];

/** The replay model itself says how a request differs from a recorded one. */
const missed = async (
  request: ModelRequest,
  nearest: RecordedCall,
  { signal, workflow }: StepInHand,
  ctx: Context,
): Promise<HiveError> => {
  const model = replayModel([{ ...(await keyedCall(nearest, ctx)), key: 'another' }], nearest);
  const run: Run = { signal, deadline: farAway, idleMs: 0, correlationId: workflow.id, callId: nearest.view.callId };
  const thrown: unknown = await complete(model, request, run).then(
    () => null,
    (error: unknown) => error,
  );
  if (!isHiveError(thrown)) throw thrown;
  const where = `workflow ${workflow.submission.replay?.of.slice(-8) ?? ''}, call ${nearest.view.callId.slice(-8)}`;
  return new HiveError(thrown.code, `${thrown.message} (${where})`, { details: thrown.details });
};

const farAway = new Date(8.64e15);

const jsonOf = async <T>({ artefacts }: Context, hash: string): Promise<T> =>
  JSON.parse((await artefacts.get(hash)).toString()) as T; // written by tellCall
