import { HiveError } from '@hive/errors';
import { formatModelRef, type Model, type ModelRequest } from '@hive/llm';
import type { Context, StepInHand } from '../../agent.ts';
import { textsOf } from '../estimate.ts';
import { denialOf, destinationOf, type Denial } from './reach.ts';

/** Why a request may not be sent to a model; null when it may. Asked of the whole prompt, before anything is connected. */
export const egressDenial = (
  model: Pick<Model, 'ref' | 'destination'>,
  request: ModelRequest,
  { workflow }: Pick<StepInHand, 'workflow'>,
  { config }: Pick<Context, 'config'>,
): HiveError | null => {
  const { egress } = config;
  const to = destinationOf(model.ref, model.destination);
  const isReader = model.ref.provider === 'claude-code';
  // It reads files by itself: what it may not see is not in the prompt.
  const kept = isReader ? egress.rules.find((rule) => rule.to !== 'any') : undefined;
  const denial: Denial | null = kept
    ? { rule: `${kept.path}: ${kept.to}`, path: null }
    : denialOf(textsOf(request), { egress, to, localOnly: workflow.submission.localOnly });
  if (!denial) return null;
  const what = denial.path ?? (isReader ? 'the worktree, which it reads by itself,' : 'the text of the request');
  const how = denial.rule.startsWith('secrets: ')
    ? `it looks like ${denial.rule.slice('secrets: '.length)}. Take it out of the repository, or name the file under hive.security.notSecrets`
    : `the rule is ${denial.rule}. Name a model that is near enough, or change hive.security.egress`;
  return new HiveError(
    'model.egress_denied',
    `Nothing was sent to ${formatModelRef(model.ref)} at ${model.destination}: ${what} may not go there; ${how}`,
    { details: { denied: denial } },
  );
};

/** The files that the parts of a request are of, each once, sorted. */
export const pathsOf = (request: ModelRequest): readonly string[] =>
  [...new Set(textsOf(request).flatMap(({ from }) => (from ? [from.path] : [])))].toSorted();

/** A request that may not leave is kept without its texts: what it held may be what nobody should keep. */
export const withheld = (request: ModelRequest): ModelRequest => ({
  system: [],
  messages: [{ role: 'user', parts: pathsOf(request).map((path) => ({ text: `(withheld) ${path}` })) }],
  maxTokens: request.maxTokens,
});
