import type { Message, ToolCall } from '@hive/llm';
import { isMasked, type Transcript } from './transcript.ts';

/** So often the same call may come to the same before its model is told. */
const mostBeforeWord = 3;

type ToolMessage = Extract<Message, { role: 'tool' }>;

/** A call that has come to nothing new again and again: what it was, and in how many turns. */
export type Repeated = { readonly call: ToolCall; readonly turns: number; readonly result: string };

/**
 * The last result with a word for the model behind it, where its call has come to the same for the third time and nothing was changed in between; else the
 * result as it is. Only what failed and what a check said counts: to read something again may be of use.
 */
export const withWord = (transcript: Transcript, result: Message): Message => {
  if (result.role !== 'tool') return result;
  const own = countedIn([...transcript, result]).find(({ last }) => last === result);
  if (own?.turns !== mostBeforeWord) return result;
  return { ...result, parts: [...result.parts, { text: word }] };
};

/** A call that was made once more, to the same end, after its model was told; null: there is none. */
export const repeatedCall = (transcript: Transcript): Repeated | null =>
  countedIn(transcript).find(({ turns }) => turns > mostBeforeWord) ?? null;

const word =
  'You have made this call three times now, with the same result each time, and changed nothing in between. It will not come out differently: do something else, or call ask_for_help. The next time ends your work.';

/** Since the last change: each call that failed or checked, by what was called and what came of it. Several of one reply are one. */
const countedIn = (transcript: Transcript): readonly (Repeated & { readonly last: ToolMessage })[] => {
  let counted = new Map<string, Repeated & { readonly last: ToolMessage }>();
  let ofTurn = new Set<string>();
  let calls: readonly ToolCall[] = [];
  for (const message of transcript) {
    if (message.role === 'assistant') {
      calls = message.toolCalls ?? [];
      ofTurn = new Set();
    }
    if (message.role !== 'tool' || isMasked(message)) continue;
    if (message.isError !== true && changing.has(message.name)) counted = new Map();
    const call = calls.find(({ id }) => id === message.callId);
    if (!call || (message.isError !== true && call.name !== 'check')) continue;
    const result = message.parts.flatMap(({ text }) => (text === word ? [] : [text])).join('\n');
    const key = JSON.stringify([call.name, call.input, result]);
    const turns = (counted.get(key)?.turns ?? 0) + (ofTurn.has(key) ? 0 : 1);
    ofTurn.add(key);
    counted.set(key, { call, turns, result, last: message });
  }
  return [...counted.values()];
};

const changing: ReadonlySet<string> = new Set(['edit', 'write', 'delete']);
