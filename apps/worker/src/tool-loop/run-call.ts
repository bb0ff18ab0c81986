import { isHiveError } from '@hive/errors';
import type { Check } from '@hive/events';
import { untrusted, type Part } from '@hive/llm';
import { cleaned, outsideOf, repositoryPath, type Artefacts, type Worktree } from '@hive/workspace';
import { cut } from './cut.ts';
import type { Call } from './tools.ts';

/** Where calls are carried out, and what they may do there. */
export type Workplace = {
  readonly worktree: Worktree;
  readonly artefacts: Artefacts;
  /** Says where parts of a prompt come from. */
  readonly repo: string;
  readonly checks: readonly Check[];
  /** What the task may touch; undefined: anything. */
  readonly paths: readonly string[] | undefined;
  readonly checkMs: number;
  /** Characters of one result; what is over is cut. */
  readonly resultChars: number;
  readonly signal: AbortSignal;
};

/** What a call came to. `left` is a path that would have led out of the worktree; `malformed` counts against the model. */
export type CallResult =
  | { readonly kind: 'done' | 'failed' | 'left' | 'malformed'; readonly parts: readonly Part[] }
  | { readonly kind: 'finished'; readonly summary: string }
  | { readonly kind: 'asked'; readonly question: string };

const mostEntries = 300;

/** Carries out one call. Whatever cannot be done is a result for the model; only what Hive itself lacks is thrown. */
export const runCall = async (call: Call, at: Workplace): Promise<CallResult> => {
  try {
    return await carryOut(call, at);
  } catch (error) {
    if (isHiveError(error) && error.code === 'paths.outside') return failed('left', error.message);
    if (isHiveError(error) && error.code === 'input.invalid') return failed('failed', error.message);
    throw error;
  }
};

const failed = (kind: 'failed' | 'left' | 'malformed', text: string): CallResult => ({ kind, parts: [{ text }] });

/** A call that could not be understood. */
export const malformed = (problem: string): CallResult => failed('malformed', problem);

const carryOut = async (call: Call, at: Workplace): Promise<CallResult> => {
  switch (call.name) {
    case 'list':
      return list(call.input, at);
    case 'read':
      return read(call.input, at);
    case 'search':
      return search(call.input, at);
    case 'edit':
    case 'write':
    case 'delete':
      return change(call, at);
    case 'check':
      return check(call.input.name, at);
    case 'finish':
      return finish(call.input.summary, at);
    case 'ask_for_help':
      return { kind: 'asked', question: call.input.question };
  }
};

const shown = async (label: string, text: string, at: Workplace, path?: string): Promise<Part> => ({
  text: untrusted(label, await cut(text, at.resultChars, at.artefacts)),
  ...(path !== undefined && { from: { repo: at.repo, path } }),
});

type InputOf<N extends Call['name']> = Extract<Call, { name: N }>['input'];

const list = async ({ path = '.', depth }: InputOf<'list'>, at: Workplace): Promise<CallResult> => {
  const levels = depth === undefined ? [2, 1] : [depth];
  const { entries, more } = await listFitting(at.worktree, path, { levels, limit: mostEntries });
  const text = [...entries, ...(more ? ['… and more; list a folder'] : [])].join('\n') || '(empty)';
  return { kind: 'done', parts: [await shown('Files', text, at)] };
};

/** The list of a folder as deep as it fits; in part, where even the shallowest does not. */
export const listFitting = async (
  { files }: Pick<Worktree, 'files'>,
  path: string,
  { levels, limit }: { readonly levels: readonly number[]; readonly limit: number },
) => {
  let listing = await files.list(path, { depth: levels[0] ?? 1, limit });
  for (const depth of levels.slice(1)) if (listing.more) listing = await files.list(path, { depth, limit });
  return listing;
};

const read = async ({ path, from, to }: InputOf<'read'>, at: Workplace): Promise<CallResult> => {
  const lines = await at.worktree.files.read(path, { from, to });
  const plain = repositoryPath(path);
  const label = `Lines ${lines.from} to ${lines.to} of ${lines.of} of ${JSON.stringify(plain)}`;
  return { kind: 'done', parts: [await shown(label, lines.text, at, plain)] };
};

const search = async (
  { pattern, regex = false, path, ignore_case }: InputOf<'search'>,
  at: Workplace,
): Promise<CallResult> => {
  const kind = regex ? 'regex' : 'text';
  const found = await at.worktree.files.search({ pattern, kind, below: path, ignoreCase: ignore_case });
  if (found.lines.length === 0) return { kind: 'done', parts: [{ text: 'Nothing was found.' }] };
  const fitting = fit(found.lines, at.resultChars);
  const parts = [...Map.groupBy(fitting, pathOf)].map(([file, lines]): Part => ({
    text: untrusted('Found', lines.join('\n')),
    from: { repo: at.repo, path: file },
  }));
  if (!found.more && fitting.length === found.lines.length) return { kind: 'done', parts };
  const whole = await at.artefacts.put(found.lines.join('\n'));
  const note = `Shown are ${fitting.length} lines; there are more (kept as ${whole}). Look for something narrower.`;
  return { kind: 'done', parts: [...parts, { text: note }] };
};

const pathOf = (line: string): string => line.slice(0, Math.max(line.search(/:\d+:/), 0));

const fit = (lines: readonly string[], limit: number): readonly string[] => {
  let left = limit;
  const end = lines.findIndex((line) => (left -= line.length + 1) < 0);
  return end < 0 ? lines : lines.slice(0, Math.max(end, 1));
};

const change = async (
  call: Extract<Call, { name: 'edit' | 'write' | 'delete' }>,
  at: Workplace,
): Promise<CallResult> => {
  const path = repositoryPath(call.input.path);
  if (at.paths && outsideOf([path], at.paths).length > 0)
    return failed('failed', `This task may not touch ${path}; it may touch ${at.paths.join(', ')}`);
  await applyChange(call, at.worktree);
  // Named as its origin, because the call before it holds text of the file.
  const from = { repo: at.repo, path };
  const done = { edit: 'Changed', write: 'Wrote', delete: 'Removed' }[call.name];
  return { kind: 'done', parts: [{ text: `${done} ${path}.`, from }] };
};

/** Makes the change of a call, the first time and when a transcript is taken up again. */
export const applyChange = async (
  call: Extract<Call, { name: 'edit' | 'write' | 'delete' }>,
  { files }: Pick<Worktree, 'files'>,
): Promise<void> => {
  const { path } = call.input;
  if (call.name === 'edit') await files.edit(path, { find: call.input.old_text, replace: call.input.new_text });
  else if (call.name === 'write') await files.write(path, call.input.content);
  else await files.remove(path);
};

const check = async (name: string, at: Workplace): Promise<CallResult> => {
  const wanted = at.checks.find((it) => it.name === name);
  if (!wanted) {
    const names = at.checks.map((it) => JSON.stringify(it.name)).join(', ');
    return failed('failed', `There is no check of that name; there ${names === '' ? 'is none' : `are ${names}`}`);
  }
  const ran = await at.worktree.tryOut(wanted.argv, { timeoutMs: at.checkMs, signal: at.signal });
  const output = cleaned(Buffer.from(await at.artefacts.get(ran.log)).toString('utf8'));
  // The model knows paths of the repository; where that is on this machine is nobody's business.
  const text = output.replaceAll(`${at.worktree.dir}/`, '').replaceAll(at.worktree.dir, '.');
  const end = ran.infra ? `could not run: ${ran.reason ?? ran.infra}` : `ended with exit ${ran.exit ?? 'by a signal'}`;
  const undone =
    ran.undone.length === 0 ? '' : ` It changed ${ran.undone.slice(0, 5).join(', ')}; that was taken back.`;
  return { kind: 'done', parts: [{ text: `${name} ${end}.${undone}` }, await shown('Its output', text, at)] };
};

const finish = async (summary: string, { worktree, paths }: Workplace): Promise<CallResult> => {
  const changed = await worktree.changedPaths();
  if (changed.length === 0) return malformed('Nothing was changed yet, so there is nothing to hand in');
  const outside = paths ? outsideOf(changed, paths) : [];
  if (outside.length === 0) return { kind: 'finished', summary };
  return failed('failed', `The change touches ${outside.slice(0, 3).join(', ')}, which this task may not touch`);
};
