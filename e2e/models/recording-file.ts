import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Artefacts, Store } from '@hive/core-db';
import { foldStream, parseStream, stateOf, type HiveEvent } from '@hive/events';

type Line = { readonly event: HiveEvent } | { readonly artefact: string };

const repoMark = '{repo}';

/** A repository whose commit is the same wherever and whenever it is made. Answers its folder. */
export const sameRepo = (folder: string, files: Readonly<Record<string, string>>): string => {
  const root = join(folder, 'work');
  mkdirSync(root, { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
  const at = '2026-01-01T00:00:00Z';
  const env = { PATH: process.env['PATH'], HOME: folder, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at };
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], { cwd: root, env });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Begin');
  return root;
};

/** Writes what a replay needs of a workflow: its events, and the prompts, replies, plan and patches that they name. */
export const writeRecording = async (
  path: string,
  { events, artefacts, repo, host }: { events: readonly HiveEvent[]; artefacts: Artefacts; repo: string; host: string },
): Promise<void> => {
  const hashes = new Set(
    events.flatMap((event) => {
      if (event.type === 'model.called') return [event.data.prompt, event.data.reply];
      if (event.type === 'task.submitted') return [event.data.patch];
      return event.type === 'workflow.plan_generated' ? [event.data.plan] : [];
    }),
  );
  const stored = new Map<string, string>();
  const texts: string[] = [];
  for (const hash of hashes) {
    const bytes = hash === null ? null : await artefacts.get(hash);
    if (hash === null || !bytes) continue;
    // Where it was recorded is nobody's business; other bytes have another name.
    const text = bytes.toString('utf8').replaceAll(repo, '/repo');
    stored.set(hash, createHash('sha256').update(text).digest('hex'));
    texts.push(text);
  }
  const named = (text: string): string => [...stored].reduce((left, [from, to]) => left.replaceAll(from, to), text);
  const plain = (event: HiveEvent): string =>
    named(JSON.stringify({ event } satisfies Line))
      .replaceAll(repo, repoMark)
      .replaceAll(JSON.stringify(host), '"host-1"');
  const lines = [...events.map(plain), ...texts.map((artefact) => JSON.stringify({ artefact } satisfies Line))];
  writeFileSync(path, `${lines.join('\n')}\n`);
};

/** Puts a recorded workflow into a store that nobody works on yet, as a past that is over. Answers its id. */
export const loadRecording = async (
  path: string,
  { store, artefacts, repo }: { readonly store: Store; readonly artefacts: Artefacts; readonly repo: string },
): Promise<string> => {
  const texts = readFileSync(path, 'utf8').replaceAll(repoMark, repo).trim().split('\n');
  const lines = texts.map((text) => JSON.parse(text) as Line);
  const views = new Map<string, unknown>();
  // Only claims move the token of a head on, so each has its last one from the beginning.
  const tokens = new Map<string, number>();
  for (const line of lines)
    if ('event' in line && line.event.type === 'task.claimed') tokens.set(line.event.stream, line.event.data.token);
  let id = '';
  for (const line of lines) {
    if ('artefact' in line) {
      await artefacts.put(line.artefact);
      continue;
    }
    const { position: _, ...event } = line.event;
    const { stream, version, correlationId } = event;
    const view = foldStream(views.get(stream) ?? null, event);
    views.set(stream, view);
    const head = { ...parseStream(stream), stream, correlationId, version, state: stateOf(stream, view) };
    const token = tokens.get(stream) ?? 0;
    await store.write({
      events: [event],
      heads: [{ head: { ...head, lastEventId: event.id, token, view }, expectedVersion: version - 1 }],
    });
    id = correlationId;
  }
  // The queen begins after it: nothing follows from what is over.
  await store.subscription('orchestrator', 'end');
  return id;
};
