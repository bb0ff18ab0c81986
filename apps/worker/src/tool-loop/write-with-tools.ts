import {
  callModel,
  checksOf,
  failingTranscript,
  type Context,
  tellNoTools,
  type Served,
  type StepInHand,
  type Wanted,
} from '@hive/agent-kit';
import { hasCode } from '@hive/errors';
import type { TaskView } from '@hive/events';
import type { Message, ModelRequest, Part } from '@hive/llm';
import { cleaned, readTexts, type Worktree } from '@hive/workspace';
import { saidOf } from '../what-was-said.ts';
import { writeAtOnce, type Written } from '../write-by-model.ts';
import { authorSystem, openingOf } from './author-prompt.ts';
import { assertMayGoOn, knowsNoTools } from './limits.ts';
import { withWord } from './repeats.ts';
import { applyChange, listFitting, malformed, runCall, type Workplace } from './run-call.ts';
import { readCall, tools } from './tools.ts';
import { callsOf, carriedOut, fitted, nudge, resultOf, turnsOf, withReply, type Transcript } from './transcript.ts';

/** Where an attempt stands whose process died: its transcript with the last reply, whose calls may not have been carried out. */
export type TakenUp = {
  readonly transcript: Transcript;
  readonly author: string;
  readonly served: Served | null;
};

/** One attempt of an author. `contextTokens` is what the model can read and write at once. */
export type Attempt = {
  readonly wanted: Wanted;
  readonly contextTokens: number;
  readonly takenUp: TakenUp | null;
};

const mostTokens = 8192;
const mostCalls = 16;

/**
 * Lets a model write the change of a task in its worktree, by tools, turn after turn. Ends when it hands in, asks for help, or has come to a limit
 * ({@link assertMayGoOn}). A model that turns out to know no tools is asked at once instead, which the log remembers of it. A conversation that is taken up goes on after its last paid turn: what it had changed is changed again first.
 */
export const writeWithTools = async (
  attempt: Attempt,
  { step, task, worktree }: { readonly step: StepInHand; readonly task: TaskView; readonly worktree: Worktree },
  ctx: Context,
): Promise<Written> => {
  const began = performance.now();
  const { contextTokens, wanted } = attempt;
  const at = workplaceOf(step, { task, worktree, contextTokens }, ctx);
  const before = await failingTranscript(wanted, step, ctx);
  const opening = await openOn(step, { task, worktree, contextTokens, before });
  const request: ModelRequest = {
    system: authorSystem,
    messages: [],
    tools,
    maxTokens: Math.min(mostTokens, Math.floor(contextTokens / 4)),
    cache: 'short',
  };
  const takenUp = attempt.takenUp && isSameOpening(attempt.takenUp.transcript[0], opening) ? attempt.takenUp : null;
  let transcript: Transcript = takenUp?.transcript ?? [opening];
  let author = takenUp?.author ?? '';
  let served = takenUp?.served ?? null;
  if (takenUp) await changeAgain(transcript, worktree);

  for (;;) {
    if (transcript.at(-1)?.role === 'assistant') {
      const turn = await carryOutCalls(transcript, at);
      if (turn.end?.kind === 'finished') return { author };
      if (turn.end?.kind === 'asked') return { author, asks: cleaned(turn.end.question).trim() };
      transcript = turn.transcript;
    }
    if (knowsNoTools(transcript)) {
      const atOnce = `it called no tool in ${turnsOf(transcript)} turns`;
      if (served) await tellNoTools(served, atOnce, step, ctx);
      return writeAtOnce({ wanted, atOnce }, { step, task, worktree }, ctx);
    }
    assertMayGoOn(transcript, ctx.config.author, performance.now() - began);
    step.signal.throwIfAborted();
    const next = fitted({ ...request, messages: transcript }, contextTokens);
    try {
      const turned = await callModel({ wanted, request: next, contextTokens }, step, ctx);
      ({ author, served } = turned);
      transcript = withReply(next.messages, turned.done);
    } catch (error) {
      if (!hasCode(error, 'model.bad_output') && !hasCode(error, 'model.truncated')) throw error;
      transcript = [...next.messages, nudge(`Your answer could not be used: ${error.message}.`)];
      continue;
    }
  }
};

const workplaceOf = (
  step: StepInHand,
  { task, worktree, contextTokens }: { task: TaskView; worktree: Worktree; contextTokens: number },
  ctx: Context,
): Workplace => ({
  worktree,
  artefacts: ctx.artefacts,
  repo: step.workflow.submission.repo,
  checks: checksOf(step.workflow, task),
  paths: task.spec.paths,
  checkMs: task.spec.timeoutS * 1000,
  // An eighth of the context, by four characters a token.
  resultChars: Math.min(Math.max(Math.floor(contextTokens / 2), 2000), 16_000),
  signal: step.signal,
});

const openOn = async (
  { workflow }: StepInHand,
  {
    task,
    worktree,
    contextTokens,
    before,
  }: { task: TaskView; worktree: Worktree; contextTokens: number; before: readonly Part[] },
): Promise<Message> => {
  const { spec } = task;
  const { entries, more } = await listFitting(worktree, '.', { levels: [3, 2, 1], limit: 200 });
  return openingOf({
    repo: workflow.submission.repo,
    base: worktree.base,
    goal: workflow.submission.goal,
    task: spec,
    listing: [...entries, ...(more ? ['… and more'] : [])],
    // What it may touch it will read first; without such a word it looks for itself.
    files: spec.paths
      ? await readTexts(worktree.dir, { globs: spec.paths, maxBytes: Math.min(24_000, contextTokens) })
      : [],
    checks: checksOf(workflow, task),
    before,
    said: saidOf(task),
  });
};

const isSameOpening = (before: Message | undefined, now: Message): boolean =>
  JSON.stringify(before) === JSON.stringify(now);

/** The worktree is new: what the transcript has changed is changed again, in its order. */
const changeAgain = async (transcript: Transcript, worktree: Worktree): Promise<void> => {
  for (const { call, ok } of carriedOut(transcript)) {
    const read = readCall(call);
    if (!ok || 'problem' in read) continue;
    if (read.name === 'edit' || read.name === 'write' || read.name === 'delete') await applyChange(read, worktree);
  }
};

type Ending = Extract<Awaited<ReturnType<typeof runCall>>, { kind: 'finished' | 'asked' }>;

/** Carries out the calls of the last reply one after the other; `end` when one of them ended the work. */
const carryOutCalls = async (
  transcript: Transcript,
  at: Workplace,
): Promise<{ readonly transcript: Transcript; readonly end?: Ending }> => {
  const calls = callsOf(transcript);
  if (calls.length === 0) return { transcript: [...transcript, nudge('That was no tool call.')] };
  const results: Message[] = [];
  for (const [index, call] of calls.entries()) {
    at.signal.throwIfAborted();
    const read = index < mostCalls ? readCall(call) : { problem: `More than ${mostCalls} calls at once` };
    const result = 'problem' in read ? malformed(read.problem) : await runCall(read, at);
    if (result.kind === 'finished' || result.kind === 'asked') return { transcript, end: result };
    results.push(withWord([...transcript, ...results], resultOf(call, result)));
  }
  return { transcript: [...transcript, ...results] };
};
