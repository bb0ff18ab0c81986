import { checksOf, proveChange, reachHosts, type StepInHand } from '@hive/agent-kit';
import { HiveError, isHiveError, outcomeOf } from '@hive/errors';
import { isModelAuthor, proofRules, type Batch, type Check, type Evidence, type NewEvent } from '@hive/events';
import { failpoint } from '@hive/failpoints';
import type { Proof } from '@hive/workspace';
import { isSameChange } from '../approved.ts';
import { wantsSecondOpinion, type Change } from './changes.ts';
import { conflictRefusal } from './conflict.ts';
import { firstRed } from './first-red.ts';
import type { OwnContext } from './own-context.ts';
import { flakyRefusal } from './second-opinion.ts';
import { about, mergeStream, type Refused } from './told.ts';

/** A change that goes in: a commit with its tree on top of the one before it, and the evidence for it. */
export type Proven = { readonly change: Change; readonly head: string; readonly evidence: Evidence };

/** What goes in, in this order, and the one that does not. The others of the turn are neither: they wait for the next. */
export type ProvenForMerge = { readonly proven: readonly Proven[]; readonly refused: Refused | null };

type Placed = { readonly change: Change; readonly head: string; readonly tree: string };
type Place = { readonly onto: string };

/**
 * Finds out what of the changes can be merged onto `onto`. One that stands there already was proven for exactly that, and goes in alone at no cost. Of
 * several on top of each other the last is checked; when that is red, the one that turned it is found, and those before it go in.
 */
export const proveForMerge = async (
  step: StepInHand,
  [lead, ...others]: readonly [Change, ...Change[]],
  { onto }: Place,
  ctx: OwnContext,
): Promise<ProvenForMerge> => {
  const asItIs = lead.base === onto && !wantsSecondOpinion(lead, step);
  if (asItIs) return goesIn(lead, { head: lead.commit, evidence: lead.evidence }, step, ctx);
  const first = await place(lead, { onto }, step, ctx);
  if ('code' in first) return { proven: [], refused: first };
  const stack = [first];
  for (const change of others) {
    const placed = await place(change, { onto: stack.at(-1)?.head ?? onto }, step, ctx);
    // It may be the fault of one before it that does not go in either: its turn comes on the branch as it will be.
    if (!('code' in placed)) stack.push(placed);
  }
  await failpoint('merge.stacked');
  return stack.length === 1 ? proveAlone(first, { onto }, step, ctx) : proveTogether(stack, { onto }, step, ctx);
};

const goesIn = (
  change: Change,
  { head, evidence }: { readonly head: string; readonly evidence: Evidence },
  step: StepInHand,
  ctx: OwnContext,
): ProvenForMerge => ({ proven: [{ change, head, evidence: signed(change, evidence, step, ctx) }], refused: null });

/** With who reviewed it, and who gave the second opinion where one was wanted: then the check before the merge was that. */
const signed = (change: Change, evidence: Evidence, step: StepInHand, { agent, host }: OwnContext): Evidence => ({
  ...evidence,
  reviewers: [...change.task.reviewers],
  ...(wantsSecondOpinion(change, step) && { secondOpinion: { agent, host, agrees: true } }),
});

/** A change on top of a commit, by a rebase unless it stands there. */
const place = async (change: Change, { onto }: Place, step: StepInHand, ctx: OwnContext): Promise<Placed | Refused> => {
  if (change.base === onto) return { change, head: change.commit, tree: change.evidence.tree };
  const { repo } = step.workflow.submission;
  try {
    const moved = await ctx.own.rebase({ repo, commit: change.commit, onto, signal: step.signal });
    if (change.task.approval && !isSameChange(await ctx.artefacts.get(change.task.patch ?? ''), moved.patch))
      throw new HiveError(
        'approval.changed',
        'On what was merged meanwhile it is another change than a person agreed to',
      );
    return { change, head: moved.commit, tree: moved.tree };
  } catch (error) {
    // A conflict, or nothing that is not there already: the change is refused for what it is.
    if (!isHiveError(error) || outcomeOf(error.code) !== 'refused') throw error;
    return conflictRefusal(change, error, step);
  }
};

/** The whole proof once more: on the base that has moved, or for a second opinion on the same. */
const proveAlone = async (
  { change, head }: Placed,
  { onto }: Place,
  step: StepInHand,
  ctx: OwnContext,
): Promise<ProvenForMerge> => {
  const proof = await proveChange(step, { base: onto, head, author: change.task.author ?? 'human' }, ctx);
  await noteChecked(step, proof.evidence);
  // Mutants were tried when it was checked first, and are of the same lines.
  const { mutants } = change.evidence;
  const evidence = change.base === onto ? change.evidence : { ...proof.evidence, ...(mutants && { mutants }) };
  if (proof.code === null) return goesIn(change, { head, evidence }, step, ctx);
  if (change.base === onto) return { proven: [], refused: flakyRefusal(change, proof) };
  const { code, reason, findings } = proof;
  return { proven: [], refused: { change, code, reason: reason ?? code, findings } };
};

/** One check of all of them, and a search for the culprit where it is red. */
const proveTogether = async (
  stack: readonly Placed[],
  { onto }: Place,
  step: StepInHand,
  ctx: OwnContext,
): Promise<ProvenForMerge> => {
  const check = async (first: number): Promise<Proof> => {
    const placed = stack.slice(0, first);
    const proof = await proveHead(stack, { onto, head: placed.at(-1)?.head ?? onto }, step, ctx);
    await noteChecked(step, proof.evidence, placed);
    return proof;
  };
  const whole = await check(stack.length);
  if (whole.code === null) return { proven: together(stack, whole, { onto }, step, ctx), refused: null };
  const { green, last, because } = await firstRed(stack.length, whole, check);
  const culprit = stack[green];
  if (!culprit) throw new Error('a red batch without a culprit');
  const { code, findings } = because;
  const before = stack.slice(0, green).map(({ change }) => change.task.spec.key);
  const where = before.length > 0 ? ` together with ${before.join(', ')}` : '';
  const reason = `On ${onto.slice(0, 8)}${where}: ${because.reason ?? code ?? ''}`;
  return {
    proven: last ? together(stack.slice(0, green), last, { onto }, step, ctx) : [],
    refused: { change: culprit.change, code: code ?? 'checks.red', reason, findings },
  };
};

/** Runs the checks of all changes on one head, which has to be green. What was red before each of them was proven by itself. */
const proveHead = (
  stack: readonly Placed[],
  { onto: base, head }: Place & { readonly head: string },
  step: StepInHand,
  ctx: OwnContext,
): Promise<Proof> => {
  const { repo, setup, passEnv, policy } = step.workflow.submission;
  const checks = checksOfAll(stack, step);
  const { repeat } = proofRules(policy?.proof);
  const timeoutMs = Math.max(...stack.map(({ change }) => change.task.spec.timeoutS)) * 1000;
  // The deadline of the step is about the proof of its own task.
  step.takes(checks.length * repeat * timeoutMs);
  const authors = stack.map(({ change }) => change.task.author ?? 'human');
  const request = {
    repo,
    base,
    head,
    author: authors.find(isModelAuthor) ?? authors[0] ?? 'human',
    checks,
    setup,
    tests: undefined,
    redBefore: 'not_needed' as const,
    places: 'head' as const,
    repeat,
    timeoutMs,
    passEnv,
    agent: ctx.agent,
    signal: step.signal,
  };
  return reachHosts(step, ctx, (hosts) => ctx.own.prove({ ...request, hosts }));
};

/** A found check counts while one of them had it green on its base. */
const checksOfAll = (stack: readonly Placed[], { workflow }: StepInHand): readonly Check[] => {
  const all = stack.flatMap(({ change: { task, evidence } }) =>
    checksOf(workflow, task).filter(({ name }) => !evidence.dropped?.includes(name)),
  );
  return [
    ...new Map(
      all.map((check) => [JSON.stringify([check.name, check.argv]), { ...check, source: 'given' as const }]),
    ).values(),
  ];
};

const together = (
  stack: readonly Placed[],
  { evidence }: Proof,
  { onto }: Place,
  step: StepInHand,
  ctx: OwnContext,
): readonly Proven[] => {
  const { head, tree, commands, checkedBy, sandbox, at } = evidence;
  const changes = stack.map((placed) => ({ task: placed.change.task.id, tree: placed.tree }));
  const batch: Batch = { base: onto, head, tree, commands, changes, checkedBy, sandbox, at };
  return stack.map(({ change, head: own }) => ({
    change,
    head: own,
    evidence: { ...signed(change, change.evidence, step, ctx), batch },
  }));
};

const noteChecked = async (step: StepInHand, evidence: Evidence, stack: readonly Placed[] = []): Promise<void> => {
  const tasks = stack.map(({ change }) => change.task.id);
  const data = { ...about(step, step.task?.id ?? ''), evidence, ...(tasks.length > 0 && { tasks }) };
  const checked: NewEvent = { type: 'merge.batch_checked', stream: mergeStream(step), data };
  await step.note([checked]);
  await failpoint('merge.checked');
};
