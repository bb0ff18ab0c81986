import type Anthropic from '@anthropic-ai/sdk';
import type { Capabilities } from '@hive/llm';

/** A model that the provider lists. */
export type ListedModel = { readonly id: string; readonly name: string; readonly capabilities: Capabilities };

/** What the provider says about a model. Whether an unfinished turn may be continued is not among it. */
export const capabilitiesOf = (
  info: Anthropic.ModelInfo,
  { at, prefill }: { readonly at: string; readonly prefill: boolean },
): Capabilities => {
  const supports = info.capabilities;
  return {
    contextTokens: info.max_input_tokens,
    maxOutput: info.max_tokens,
    tools: true,
    structured: supports?.structured_outputs.supported === false ? 'prompt' : 'native',
    thinking: supports?.thinking.supported ?? false,
    vision: supports?.image_input.supported ?? false,
    embeddings: false,
    prefill,
    seed: false,
    countExact: true,
    lifecycle: { state: info.lifecycle, retiresAt: info.retires_at },
    learnt: { from: 'api', at, fields: { tools: 'config', embeddings: 'config', prefill: 'config', seed: 'config' } },
  };
};
