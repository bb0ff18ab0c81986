import { HiveError, beginningOf } from '@hive/errors';
import { estimateTokens, type Done, type Message, type ModelRequest, type Part, type ToolCall } from '@hive/llm';
import { callsInText } from './calls-in-text.ts';
import type { CallResult } from './run-call.ts';

/** The conversation as the next request will have it. The first message is the opening; nothing else is remembered. */
export type Transcript = readonly Message[];

type Told = Exclude<CallResult, { kind: 'finished' | 'asked' }>;

/** The transcript with a reply at its end. Calls get names of their own, because not every server names them, and none knows the others'. */
export const withReply = (transcript: Transcript, done: Done): Transcript => {
  const turn = turnsOf(transcript) + 1;
  const made = done.toolCalls.length > 0 ? done.toolCalls : callsInText(done.text);
  const toolCalls = made.map((call, index) => ({ ...call, id: `t${turn}_${index + 1}` }));
  // Servers refuse an empty turn. What was a call is not said a second time as text.
  const said = done.toolCalls.length === made.length ? done.text : '';
  const text = said.trim() === '' && toolCalls.length === 0 ? noAnswer : said;
  return [
    ...transcript,
    {
      role: 'assistant',
      parts: text === '' ? [] : [{ text }],
      ...(toolCalls.length > 0 && { toolCalls }),
      // A server that signed what the model thought wants it back before the results of its calls.
      ...(done.thoughts && { thoughts: done.thoughts }),
    },
  ];
};

const noAnswer = '(no answer)';

/** True for a reply that says something and calls nothing. */
export const isProse = (message: Message): boolean =>
  message.role === 'assistant' &&
  (message.toolCalls ?? []).length === 0 &&
  message.parts.some(({ text }) => text !== noAnswer);

/** The calls of the last reply. */
export const callsOf = (transcript: Transcript): readonly ToolCall[] => {
  const last = transcript.at(-1);
  return last?.role === 'assistant' ? (last.toolCalls ?? []) : [];
};

const marks = { left: 'paths.outside: ', malformed: 'malformed call: ', failed: 'error: ' } as const;

/** One result of a call of the last reply, as the model will read it. */
export const resultOf = (call: ToolCall, { kind, parts }: Told): Message => {
  const of = { role: 'tool', callId: call.id, name: call.name } as const;
  if (kind === 'done') return { ...of, parts };
  return { ...of, parts: [{ text: marks[kind] + parts.map(({ text }) => text).join('\n') }], isError: true };
};

/** What a model is told that did not call a tool. */
export const nudge = (why: string): Message => ({
  role: 'user',
  parts: [{ text: `${why} Go on by calling a tool; call finish when the change is done.` }],
});

/** How many replies a transcript holds. */
export const turnsOf = (transcript: Transcript): number => transcript.filter(({ role }) => role === 'assistant').length;

const isMarked = (message: Message, mark: keyof typeof marks): boolean =>
  message.role === 'tool' && message.isError === true && (message.parts[0]?.text.startsWith(marks[mark]) ?? false);

/** In how many turns a call would have left the worktree. */
export const timesLeft = (transcript: Transcript): number => {
  let times = 0;
  let isNew = false;
  for (const message of transcript) {
    if (message.role === 'assistant') isNew = true;
    if (!isNew || !isMarked(message, 'left')) continue;
    times += 1;
    isNew = false; // several calls of one reply are one mistake: nobody has said a word in between
  }
  return times;
};

/** How many replies in a row, up to now, had no call that could be understood. A message to a model that answered nothing stands for one. */
export const badTurns = (transcript: Transcript): number => {
  let bad = 0;
  let before: Message['role'] = 'user';
  for (const message of transcript.slice(1)) {
    if (message.role === 'assistant' || (message.role === 'user' && before !== 'assistant')) bad += 1;
    if (message.role === 'tool' && !isMarked(message, 'malformed')) bad = 0;
    before = message.role;
  }
  return bad;
};

/** How many replies in a row, up to now, made only calls that an earlier reply had made in the same words: nothing new is tried any more. */
export const turnsWithoutNews = (transcript: Transcript): number => {
  const known = new Set<string>();
  let turns = 0;
  for (const message of transcript) {
    if (message.role !== 'assistant') continue;
    const calls = JSON.stringify((message.toolCalls ?? []).map(({ name, input }) => [name, input]));
    turns = known.has(calls) ? turns + 1 : 0;
    known.add(calls);
  }
  return turns;
};

const mostOfProblem = 200;

/** What a model was told last about calls that could not be understood, on one line; null: nothing. */
export const lastProblem = (transcript: Transcript): string | null => {
  const told = transcript.slice(1).findLast((message) => message.role === 'user' || isMarked(message, 'malformed'));
  if (!told) return null;
  const text = told.parts.map((part) => part.text).join(' ');
  const said = told.role === 'tool' ? `${told.name}: ${text.slice(marks.malformed.length)}` : text;
  return beginningOf(said.replace(/\s+/g, ' '), mostOfProblem);
};

/** About how many tokens the calls of a transcript have read and written: each reads all that was before it. */
export const tokensOf = (transcript: Transcript): number => {
  let all = 0;
  let before = 0;
  for (const message of transcript) {
    const own = Math.ceil(JSON.stringify(message).length / 4);
    if (message.role === 'assistant') all += before + own;
    before += own;
  }
  return all;
};

/** Each call of a transcript with its result, in order; without one for calls that were not carried out. */
export const carriedOut = (transcript: Transcript): readonly { call: ToolCall; ok: boolean }[] => {
  const results = new Map(
    transcript.flatMap((message) => (message.role === 'tool' ? [[message.callId, message]] : [])),
  );
  return transcript.flatMap((message) => {
    if (message.role !== 'assistant') return [];
    return (message.toolCalls ?? []).flatMap((call) => {
      const result = results.get(call.id);
      return result === undefined ? [] : [{ call, ok: result.isError !== true }];
    });
  });
};

const masked = '(left out to save room; call the tool again if you need this)';
/** True for a result that was left out to save room: what it was is not known any more. */
export const isMasked = (message: Message): boolean => message.parts.some(({ text }) => text === masked);
/** What a model has just asked for stays. */
const turnsKept = 2;
/** Masked down to this share at once, so that the prefix stays the same for a while. */
const roomAfter = 0.6;
/** Bridges count with this much more than the estimate. */
const margin = 1.15;

/**
 * A request that fits into so many tokens beside its answer: where it does not, older results are masked, oldest first, and stay so. Throws
 * `model.context_full` when it does not fit without them either.
 */
export const fitted = (request: ModelRequest, contextTokens: number): ModelRequest => {
  const room = Math.floor((contextTokens - request.maxTokens) / margin);
  if (estimateTokens(request) <= room) return request;
  let best = request;
  for (const kept of [turnsKept, 1]) {
    best = maskedTo(request, { tokens: room * roomAfter, kept });
    if (estimateTokens(best) <= room) return best;
  }
  throw new HiveError(
    'model.context_full',
    `The work on this task needs about ${estimateTokens(best)} tokens of context and the model has ${contextTokens}; split the task`,
  );
};

const maskedTo = (request: ModelRequest, { tokens, kept }: { tokens: number; kept: number }): ModelRequest => {
  const { messages } = request;
  const end = startOfLast(messages, kept);
  let over = estimateTokens(request) - tokens;
  return {
    ...request,
    messages: messages.map((message, index) => {
      if (over <= 0 || index >= end || message.role !== 'tool' || message.isError) return message;
      // Each part still says where it came from, because what was read there may be in what the model wrote since.
      const parts = message.parts.map(({ from }): Part => ({ text: masked, ...(from && { from }) }));
      const won = (lengthOf(message.parts) - lengthOf(parts)) / 4;
      if (won <= 0) return message;
      over -= won;
      return { ...message, parts };
    }),
  };
};

const lengthOf = (parts: readonly Part[]): number => parts.reduce((sum, { text }) => sum + text.length, 0);

/** Where the last so many replies begin. */
const startOfLast = (messages: Transcript, turns: number): number => {
  const replies = messages.flatMap(({ role }, index) => (role === 'assistant' ? [index] : []));
  return replies.at(-turns) ?? messages.length;
};
