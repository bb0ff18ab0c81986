import { isAbsolute } from 'node:path';
import { HiveError, isHiveError } from '@hive/errors';
import { estimateTokens, guardCall, spentError, streamBroken, type Clock, type Model, type ModelRef } from '@hive/llm';
import { machineClock } from '../clock.ts';
import { argumentsOf, environmentOf, openingOf, type ClaudeCodeOptions } from './command-line.ts';
import { createMessageReader } from './read-messages.ts';
import { parseResume } from './resume-token.ts';
import { spawnClaude, type Claude } from './spawn-claude.ts';

/**
 * A model behind the user's own Claude Code command line: an agent that works in `cwd` with its own tools, for whole tasks. One call is one
 * process, asks with zero retries, and leaves no process behind. It gets no settings but its arguments, and every permission that `allow` does
 * not give is denied. Throws `config.invalid` when `command` is not an absolute path.
 */
export const createClaudeCode = (options: ClaudeCodeOptions, clock: Clock = machineClock): Model => {
  if (!isAbsolute(options.command))
    throw new HiveError('config.invalid', `"${options.command}" is not the absolute path of a claude`, {
      remedy: 'fix_config',
    });
  const { model, access, graceMs = 2000, keepSession = false } = options;
  const ref: ModelRef = { provider: 'claude-code', model };
  const destination = access.kind === 'key' && access.baseURL ? new URL(access.baseURL).host : 'api.anthropic.com';

  return {
    ref,
    destination,
    async *call(request, run) {
      const guard = guardCall(run, { clock, phase: 'connect' });
      const before = parseResume(options.resume);
      const reader = createMessageReader({
        clock,
        destination,
        model,
        maxTokens: request.maxTokens,
        plan: access.kind === 'plan',
        wantsJson: request.output !== undefined,
        keepSession,
        version: options.version,
        before: before?.totals,
      });
      let claude: Claude | undefined;
      let stopping: Promise<void> | undefined;
      const stop = (how: 'done' | 'now') => (stopping ??= claude?.end(how));
      try {
        if (request.tools) throw ownTools(model);
        guard.signal.throwIfAborted();
        claude = spawnClaude(options.command, argumentsOf(options, request, before?.session), {
          cwd: options.cwd,
          env: environmentOf(options),
          clock,
          graceMs,
          onBytes: guard.touch,
        });
        guard.signal.addEventListener('abort', () => void stop('now'), { once: true });
        guard.leave();
        for (const message of openingOf(request, (options.tools ?? []).length > 0)) claude.say(message);
        for await (const line of claude.lines()) {
          const message = messageIn(line, destination);
          if (message['type'] === 'control_request') await answer(message, { claude, allow: options.allow });
          const chunk = reader.read(message);
          if (message['type'] === 'system') guard.enter('first_token');
          if (chunk) {
            guard.enter('idle');
            yield chunk;
          }
          if (reader.over()) break;
        }
        guard.signal.throwIfAborted();
        const done = reader.end();
        guard.linger(2 * graceMs + 1000);
        await stop('done');
        yield done;
      } catch (error) {
        throw spentError(
          failureOf(error, { ended: guard.ended(), options }),
          reader.spent(guard.sent() && !neverStarted(error)),
        );
      } finally {
        await stop('now');
        guard.stop();
      }
    },
    capabilities: () =>
      Promise.resolve({
        contextTokens: null,
        maxOutput: null,
        tools: false,
        structured: 'native',
        thinking: true,
        vision: false,
        embeddings: false,
        prefill: false,
        seed: false,
        countExact: false,
        learnt: { from: 'config', at: new Date(clock.now()).toISOString() },
      }),
    count: (request) => Promise.resolve({ tokens: estimateTokens(request), exact: false }),
  };
};

/** Answers a question of the process. Whatever nobody here understands is refused, so that it does not wait for ever. */
const answer = async (
  message: Readonly<Record<string, unknown>>,
  { claude, allow = () => false }: { readonly claude: Claude; readonly allow: ClaudeCodeOptions['allow'] },
): Promise<void> => {
  const { subtype, tool_name, input } = (message['request'] ?? {}) as Readonly<Record<string, unknown>>;
  const request_id = message['request_id'];
  if (subtype !== 'can_use_tool') {
    const response = { subtype: 'error', request_id, error: 'Hive does not answer this' };
    return claude.say({ type: 'control_response', response });
  }
  const asked = { tool: String(tool_name), input: (input ?? {}) as Readonly<Record<string, unknown>> };
  const verdict = (await allow(asked))
    ? { behavior: 'allow', updatedInput: asked.input }
    : { behavior: 'deny', message: `Hive does not allow ${asked.tool} here` };
  claude.say({ type: 'control_response', response: { subtype: 'success', request_id, response: verdict } });
};

const messageIn = (line: string, destination: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(line);
    if (value !== null && typeof value === 'object') return value as Readonly<Record<string, unknown>>;
  } catch {
    // Said below.
  }
  throw streamBroken(destination, new Error('a line of Claude Code that is no message'));
};

const ownTools = (model: string) =>
  new HiveError(
    'model.bad_request',
    `Claude Code runs tools of its own and none of Hive's; name claude:${model} here`,
    {
      remedy: 'fix_config',
    },
  );

const neverStarted = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && String(error.syscall).startsWith('spawn');

const failureOf = (
  error: unknown,
  { ended, options }: { readonly ended: HiveError | undefined; readonly options: ClaudeCodeOptions },
): HiveError => {
  if (ended) return ended;
  if (isHiveError(error)) return error;
  if (neverStarted(error))
    return new HiveError(
      'model.missing',
      `No Claude Code can be started at ${options.command}; install it, or name its path`,
      {
        remedy: 'fix_config',
        cause: error,
      },
    );
  return streamBroken(options.command, error);
};
