import type { Clock } from '@hive/llm';
import type { MakeModel, Script, ScriptedReply } from '@hive/llm/testing';
import type { Rule } from './scenario.ts';
import { startModelServer } from './server.ts';
import { createStillClock } from './still-clock.ts';

type Served = Omit<Awaited<ReturnType<MakeModel>>, 'model'> & { readonly url: string; readonly clock: Clock };

/** A double that plays a script of the model contract, for the tests of bridges. The n-th request gets the n-th reply. */
export const startContractServer = async (script: Script): Promise<Served> => {
  const server = await startModelServer({ scenario: { name: 'contract', rules: script.map(ruleOf) } });
  const { clock, start } = createStillClock();
  return {
    url: server.url,
    requests: () => server.requests.filter(({ method }) => method === 'POST').length,
    received: async (n) => void (await server.received(n)),
    ended: async (n) => (await server.received(n)).ended,
    clock,
    now: clock.now,
    startClock: start,
    stop: server.stop,
  };
};

const ruleOf = ({ text, toolCalls, stop, hang, cut }: ScriptedReply, index: number): Rule => ({
  call: index + 1,
  reply: {
    text: text?.join('') ?? '',
    chunks: text?.length ?? 1,
    ...(toolCalls ? { toolCalls } : {}),
    ...(stop ? { stop } : {}),
  },
  ...(hang === 'after_headers' ? { fault: { kind: 'hang', at: 'headers' } } : {}),
  ...(hang === 'before_headers' ? { fault: { kind: 'hang' } } : {}),
  ...(hang === 'after_first_piece' ? { fault: { kind: 'hang', after: 1 } } : {}),
  ...(cut ? { fault: { kind: 'cut', after: 1 } } : {}),
});
