import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newId } from '@hive/bus';
import { keyedModel, requestKey, type Done, type Model, type ModelRequest } from '@hive/llm';
import { z } from 'zod';
import type { Context, StepInHand } from '../agent.ts';
import type { Turned } from './call-model.ts';
import { endedCalls } from './ended-calls.ts';
import { sha256 } from './told-call.ts';
import type { Role } from './wanted.ts';

/** A question and who would be asked. */
type Asked = {
  readonly role: Role;
  readonly request: ModelRequest;
  readonly model: Model;
  readonly reuse: 'same' | undefined;
};

/** A model that says what was said before, and the call in which that was. */
type Cached = { readonly model: Model; readonly answers: string };

const Entry = z.object({ callId: z.string(), reply: z.string() });

const dayMs = 86_400_000;
let sweptAt = -Infinity;

/**
 * Answers that were given before to the same question: a file for each key below `replies` of the home names the call and its reply, which is an
 * artefact, so looking one up reads no log however long that is. Only questions at temperature 0 to the same model, only good ends, not older than
 * hive.yaml says, and never the same question twice on behalf of one task: who asks again wants another answer.
 */
export const createReplyCache = (
  { role, request, model, reuse }: Asked,
  step: StepInHand,
  ctx: Context,
): { read(): Promise<Cached | null>; write(turned: Turned): Promise<void> } => {
  const { replies, home } = ctx.config;
  const isOn = request.temperature === 0 && (reuse === 'same' || replies.reuse);
  const key = isOn ? requestKey(request, { model: keyedModel(model.ref), sha256 }) : '';
  const root = join(home, 'replies');
  const path = join(root, key.slice(0, 2), key);

  const wasAskedHere = async (): Promise<boolean> =>
    (await endedCalls(step, ctx)).some(
      (call) => call.key === key && call.role === role && call.taskId === (step.task?.id ?? null),
    );

  return {
    read: async () => {
      if (!isOn) return null;
      const found = await stat(path).catch(() => null);
      if (found === null || ctx.bus.around.wall() - found.mtimeMs > replies.keptMs) return null;
      const entry = Entry.safeParse(JSON.parse(await readFile(path, 'utf8').catch(() => 'null'))).data;
      if (!entry || (await wasAskedHere())) return null;
      const reply = await ctx.artefacts.get(entry.reply).catch(() => null); // taken away with its events
      return reply && { model: saying(JSON.parse(reply.toString()) as Done, model), answers: entry.callId }; // written by tellCall
    },

    write: async ({ callId, done }) => {
      if (!isOn || (done.stop !== 'end' && done.stop !== 'tool_use')) return;
      const reply = await ctx.artefacts.put(JSON.stringify(done));
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const half = `${path}.${newId()}`;
      await writeFile(half, JSON.stringify({ callId, reply } satisfies z.infer<typeof Entry>), { mode: 0o600 });
      await rename(half, path);
      await sweep(root, ctx.bus.around.wall(), replies.keptMs);
    },
  };
};

/** Once a day a process removes what is too old to be used. */
const sweep = async (root: string, now: number, keptMs: number): Promise<void> => {
  if (now - sweptAt < dayMs) return;
  sweptAt = now;
  for (const name of await readdir(root, { recursive: true }).catch(() => [])) {
    const found = await stat(join(root, name)).catch(() => null);
    if (found?.isFile() && now - found.mtimeMs > keptMs) await rm(join(root, name), { force: true });
  }
};

const saying = (done: Done, { ref, capabilities, count }: Model): Model => ({
  ref,
  capabilities,
  count,
  destination: 'cache',
  async *call() {
    const usage = { ...done.usage, costUsd: 0, source: 'cache' } as const;
    const timing = { queuedMs: 0, firstTokenMs: 0, decodeMs: 0, totalMs: 0 };
    yield await Promise.resolve<Done>({ ...done, usage, timing });
  },
});
