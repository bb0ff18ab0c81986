import type { CallView } from '@hive/events';
import { learn, type Facts } from '@hive/ollama-bridge';

/** Facts by box, and there by the digest of the model, or by its name where a call did not tell the digest. */
export type BoxFacts = ReadonlyMap<string, Readonly<Record<string, Facts>>>;

/** What recorded calls, oldest first, have shown of the speeds of boxes. Answers from a recording or a double's are no measurement of a model. */
export const factsOf = (calls: readonly CallView[]): BoxFacts => {
  const facts = new Map<string, Record<string, Facts>>();
  for (const call of calls) {
    if (call.box === null || call.source !== 'live' || call.outcome !== 'ok') continue;
    const ofBox = facts.get(call.box) ?? {};
    facts.set(call.box, ofBox);
    const key = call.digest ?? call.model;
    ofBox[key] = learn(ofBox[key], {
      decodeTps: (call.output ?? 0) >= 8 ? call.tokensPerS : null,
      prefillTps:
        call.prefillMs !== undefined && call.prefillMs > 0 && (call.input ?? 0) >= 64
          ? ((call.input ?? 0) / call.prefillMs) * 1000
          : null,
      loadBytesPerS: null,
    });
  }
  return facts;
};
