import type { ModelRequest } from '@hive/llm';

/** As whom the command line asks: with a key, or with whatever its user is logged in to. Hive never reads a login. */
export type ClaudeCodeAccess =
  { readonly kind: 'plan' } | { readonly kind: 'key'; readonly apiKey: string; readonly baseURL?: string };

/** How the user's `claude` is started, and what it may do. */
export type ClaudeCodeOptions = {
  /** The absolute path of the user's own `claude`. */
  readonly command: string;
  readonly model: string;
  /** Where it works. It reads files there by itself. */
  readonly cwd: string;
  /** The only values of the surroundings that it gets. */
  readonly environment: { readonly PATH: string; readonly HOME: string };
  readonly access: ClaudeCodeAccess;
  /** Its own tools that the model may see; none when left out. */
  readonly tools?: readonly string[];
  /** Answers its questions for permission; all are denied when left out. */
  readonly allow?: (asked: ToolAsked) => boolean | Promise<boolean>;
  readonly maxTurns?: number;
  /** It stops after the call that crossed this: reserve one call's worth on top. */
  readonly maxUsd?: number;
  /** The version whose transcripts were tried; another one is refused. */
  readonly version?: string;
  /** Keeps the session on this machine, so that `done.resume` can take it up again. */
  readonly keepSession?: boolean;
  /** What `done.resume` of an earlier call said. */
  readonly resume?: string;
  /** How long it may take to end in peace before it is killed, in milliseconds. */
  readonly graceMs?: number;
};

/** A tool that the model wants to use. */
export type ToolAsked = { readonly tool: string; readonly input: Readonly<Record<string, unknown>> };

/** The arguments. No prompt is among them: whoever may list processes could read it. */
export const argumentsOf = (
  options: ClaudeCodeOptions,
  request: ModelRequest,
  session: string | undefined,
): string[] => [
  '-p',
  ...['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose', '--include-partial-messages'],
  ...['--model', options.model],
  // A project's settings, hooks and servers are code from the repository.
  ...['--setting-sources', '', '--strict-mcp-config'],
  ...['--tools', (options.tools ?? []).join(',')],
  ...['--permission-prompt-tool', 'stdio'],
  ...(options.maxTurns === undefined ? [] : ['--max-turns', String(options.maxTurns)]),
  ...(options.maxUsd === undefined ? [] : ['--max-budget-usd', String(options.maxUsd)]),
  ...(request.effort === undefined ? [] : ['--effort', request.effort]),
  ...(request.output === undefined ? [] : ['--json-schema', JSON.stringify(request.output.schema)]),
  ...(session === undefined ? [] : ['--resume', session, '--fork-session']),
  ...(options.keepSession === true ? [] : ['--no-session-persistence']),
];

/** Everything that the process knows of its surroundings. One request is one request: its own ten retries are off. */
export const environmentOf = ({ environment, access }: ClaudeCodeOptions): Record<string, string> => ({
  PATH: environment.PATH,
  HOME: environment.HOME,
  CLAUDE_CODE_MAX_RETRIES: '0',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  ...(access.kind === 'key' ? { ANTHROPIC_API_KEY: access.apiKey } : {}),
  ...(access.kind === 'key' && access.baseURL !== undefined ? { ANTHROPIC_BASE_URL: access.baseURL } : {}),
});

/** The first two lines: how the conversation is set up, and what is asked. */
export const openingOf = (request: ModelRequest, tools: boolean): object[] => {
  const system = request.system.map((part) => part.text).join('\n');
  // Without tools it is a plain question, and the prompt of a coding agent would only be paid for.
  const prompt = system === '' ? {} : tools ? { appendSystemPrompt: system } : { systemPrompt: [system] };
  return [
    { type: 'control_request', request_id: 'hive_0', request: { subtype: 'initialize', ...prompt } },
    {
      type: 'user',
      message: { role: 'user', content: [{ type: 'text', text: conversationOf(request) }] },
      parent_tool_use_id: null,
    },
  ];
};

/** Only a user can be quoted to it: a conversation is told as one. */
const conversationOf = ({ messages }: ModelRequest): string => {
  const told = messages.map(({ role, parts }) => ({ role, text: parts.map((part) => part.text).join('\n') }));
  if (told.length === 1) return told[0]?.text ?? '';
  return told
    .map(({ role, text }) => `${role === 'assistant' ? 'You answered' : 'You were asked'}:\n${text}`)
    .join('\n\n');
};
