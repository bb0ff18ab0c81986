import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { complete, type ModelRequest, type Run } from '@hive/llm';
import { writeClaudeStub, type StubStep } from '@hive/model-server';
import { createClaudeCode, type ClaudeCodeOptions } from '../index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hive-claude-code-'));
});
afterEach(() => rm(folder, { recursive: true }));

const request: ModelRequest = {
  system: [{ text: 'You fix bugs.' }],
  messages: [{ role: 'user', parts: [{ text: 'Secret words of a prompt' }] }],
  maxTokens: 1000,
};
const runFor = (given: Partial<Run> = {}): Run => ({
  signal: new AbortController().signal,
  deadline: new Date(Date.now() + 25_000),
  idleMs: 20_000,
  correlationId: 'c',
  callId: 'c',
  ...given,
});

const init = { type: 'system', subtype: 'init', session_id: 's-1', claude_code_version: '2.1.329', model: 'claude-x' };
const doubled = { ...init, hive_double: 'stub' };
const say = (message: object): StubStep => ({ say: message });
const text = (part: string) =>
  say({ type: 'stream_event', event: { type: 'content_block_delta', delta: { type: 'text_delta', text: part } } });
const modelUsage = {
  'claude-x': { inputTokens: 100, outputTokens: 20, cacheReadInputTokens: 30, cacheCreationInputTokens: 4 },
  'claude-small': { inputTokens: 1, outputTokens: 2, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 },
};
const good = { type: 'result', subtype: 'success', is_error: false, result: 'Done it.', stop_reason: 'end_turn' };
const result = (more: object = {}) => say({ ...good, total_cost_usd: 0.5, modelUsage, ...more });
const opening: StubStep[] = [{ hear: 'user' }, say(doubled)];

const call = async (
  steps: readonly StubStep[],
  { ask = request, run = {}, ...options }: Partial<ClaudeCodeOptions> & { ask?: ModelRequest; run?: Partial<Run> } = {},
) => {
  const { command, log } = await writeClaudeStub(folder, steps);
  const model = createClaudeCode({
    command,
    model: 'claude-x',
    cwd: folder,
    environment: { PATH: '/nowhere', HOME: folder },
    access: { kind: 'plan' },
    graceMs: 2000,
    ...options,
  });
  const ended = await complete(model, ask, runFor(run)).catch((error: unknown) => error);
  return { ended, log: await log() };
};
/** A process that was killed and that nobody has asked about yet is over. */
const lives = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

test('one call: what it is told, what it knows of its surroundings, and what comes back', async () => {
  const { ended, log } = await call([...opening, text('Looking. '), text('Done it.'), result()], {
    tools: ['Read', 'Edit'],
  });
  expect(ended).toMatchObject({
    type: 'done',
    text: 'Looking. Done it.',
    stop: 'end',
    model: 'claude-x',
    double: 'stub',
    usage: { input: 101, output: 22, cacheRead: 30, cacheWrite: 4, costBasis: 'plan' },
  });
  expect(ended).not.toHaveProperty('resume');
  expect(log.env).toEqual({
    PATH: '/nowhere',
    HOME: folder,
    CLAUDE_CODE_MAX_RETRIES: '0',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
  });
  const argv = log.argv.join(' ');
  expect(argv).toContain('--setting-sources  --strict-mcp-config --tools Read,Edit --permission-prompt-tool stdio');
  expect(argv).toContain('--no-session-persistence');
  expect(argv).not.toContain('Secret words');
  expect(log.heard).toMatchObject([
    { type: 'control_request', request: { subtype: 'initialize', appendSystemPrompt: 'You fix bugs.' } },
    { type: 'user', message: { content: [{ text: 'Secret words of a prompt' }] } },
  ]);
});

test('a key goes to the process alone, and its dollars are at list prices', async () => {
  const access = { kind: 'key', apiKey: 'sk-own', baseURL: 'http://127.0.0.1:9' } as const;
  const { ended, log } = await call([...opening, result()], { access });
  expect(ended).toMatchObject({ text: 'Done it.', usage: { costUsd: 0.5, costBasis: 'list' } });
  expect(log.env).toMatchObject({ ANTHROPIC_API_KEY: 'sk-own', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' });
  expect(log.argv.join(' ')).not.toContain('sk-own');
});

test('permissions are denied unless an argument allows them', async () => {
  const ask = (command: string): StubStep => ({ ask: { tool: 'Bash', input: { command } } });
  const steps = [...opening, ask('npm test'), ask('rm -rf /'), result()];
  const answers = (log: { heard: readonly object[] }) =>
    log.heard.flatMap((message) =>
      'response' in message ? [(message.response as { response: object }).response] : [],
    );
  expect(answers((await call(steps)).log)).toMatchObject([{ behavior: 'deny' }, { behavior: 'deny' }]);
  const allow = ({ input }: { input: Readonly<Record<string, unknown>> }) => input['command'] === 'npm test';
  await rm(join(folder, 'claude.log'));
  expect(answers((await call(steps, { allow })).log)).toMatchObject([
    { behavior: 'allow', updatedInput: { command: 'npm test' } },
    { behavior: 'deny', message: 'Hive does not allow Bash here' },
  ]);
});

test('a session is taken up again by its id, and only what is new is counted', async () => {
  const { ended } = await call([...opening, result()], { keepSession: true });
  const { resume } = ended as { resume: string };
  const more = { ...modelUsage, 'claude-x': { ...modelUsage['claude-x'], inputTokens: 150, outputTokens: 25 } };
  await rm(join(folder, 'claude.log'));
  const { ended: second, log } = await call([...opening, result({ modelUsage: more })], { resume, keepSession: true });
  expect(second).toMatchObject({ usage: { input: 50, output: 5, cacheRead: 0 } });
  expect(log.argv.join(' ')).toContain('--resume s-1 --fork-session');
  const forged = await call(opening, { resume: '{"session":"--danger","totals":{"output":1}}' });
  expect(forged.ended).toMatchObject({ code: 'model.bad_request' });
  expect(() => createClaudeCode({ command: 'claude' } as ClaudeCodeOptions)).toThrow('absolute path');
});

const schema = { type: 'object', properties: { a: { type: 'integer' } } };
const wantsJson = { ...request, output: { name: 'x', schema } };
const limited = (info: object) =>
  say({ type: 'rate_limit_event', rate_limit_info: { rateLimitType: 'five_hour', ...info } });
const reset = 4_070_908_800;

test.each<[string, readonly StubStep[], Record<string, unknown>]>([
  [
    'a limit that calls itself a success',
    [result({ is_error: true, api_error_status: 429, result: 'limit' }), { exit: 1 }],
    { code: 'model.rate_limited', remedy: 'retry', details: { usage: { input: 101 }, sent: true } },
  ],
  ['an end without a result', [text('half'), { exit: 1 }], { code: 'model.stream_broken', remedy: 'retry' }],
  ['a line that is no message', [{ raw: 'Segmentation fault' }], { code: 'model.stream_broken' }],
])('%s has its code', async (_, steps, expected) => {
  const { ended, log } = await call([...opening, ...steps]);
  expect(ended).toMatchObject({ name: 'HiveError', ...expected });
  expect(log.pids.filter(lives)).toEqual([]);
});

test('the JSON that was asked for, and the limits that were told of on the way', async () => {
  const steps = [
    limited({ status: 'allowed_warning', resetsAt: reset, utilization: 85 }),
    result({ structured_output: { a: 1 } }),
  ];
  const { ended, log } = await call([...opening, ...steps], { ask: wantsJson });
  expect(ended).toMatchObject({
    output: { a: 1 },
    limits: [{ kind: 'five_hour', usedShare: 0.85, resetsAt: '2099-01-01T00:00:00.000Z' }],
  });
  expect(log.argv).toContain(JSON.stringify(schema));
});

test('nothing outlives a call: neither a process that ignores SIGTERM nor what it had started', async () => {
  const steps: StubStep[] = [{ do: 'ignore SIGTERM' }, { do: 'child' }];
  const done = await call([...steps, ...opening, result(), { do: 'hang' }], { graceMs: 100 });
  expect(done.ended).toMatchObject({ type: 'done' });
  expect(done.log.pids).toHaveLength(2);
  await expect.poll(() => done.log.pids.filter(lives)).toEqual([]);
  const alone = await call([...steps, ...opening, { exit: 0 }]);
  expect(alone.ended).toMatchObject({ code: 'model.stream_broken' });
  await expect.poll(() => alone.log.pids.filter(lives)).toEqual([]);
});

test('cancelling, silence and leaving the loop end the process', async () => {
  const { command, log } = await writeClaudeStub(folder, [...opening, text('one'), { do: 'hang' }]);
  const environment = { PATH: '/nowhere', HOME: folder };
  const model = createClaudeCode({ command, model: 'm', cwd: folder, environment, access: { kind: 'plan' } });
  const stop = new AbortController();
  const cancelled = async () => {
    for await (const chunk of model.call(request, runFor({ signal: stop.signal })))
      if (chunk.type === 'text') stop.abort();
  };
  await expect(cancelled()).rejects.toMatchObject({ code: 'model.cancelled' });
  await expect(complete(model, request, runFor({ idleMs: 1500 }))).rejects.toMatchObject({
    code: 'model.timeout',
    details: { phase: 'idle' },
  });
  for await (const chunk of model.call(request, runFor())) if (chunk.type === 'text') break;
  const { pids } = await log();
  expect(pids).toHaveLength(3);
  expect(pids.filter(lives)).toEqual([]);
});

test('a command that is not there, and tools that are not its own', async () => {
  const environment = { PATH: '/nowhere', HOME: folder };
  const command = join(folder, 'nothing');
  const model = createClaudeCode({ command, model: 'm', cwd: folder, environment, access: { kind: 'plan' } });
  await expect(complete(model, request, runFor())).rejects.toMatchObject({
    code: 'model.missing',
    remedy: 'fix_config',
    details: { sent: false, usage: { input: 0 } },
  });
  const tools = [{ name: 'read', description: 'Reads', schema: {} }];
  await expect(complete(model, { ...request, tools }, runFor())).rejects.toMatchObject({ code: 'model.bad_request' });
});
