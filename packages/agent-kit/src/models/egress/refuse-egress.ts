import { HiveError } from '@hive/errors';
import { formatModelRef, type Model, type ModelRequest } from '@hive/llm';
import type { Context, StepInHand } from '../../agent.ts';
import { textsOf } from '../estimate.ts';
import { denialOf, destinationOf, type Denial } from './reach.ts';

/** Why a request may not be sent to a model, or not before a person agrees (`asks`); null when it may. Asked of the whole prompt, before anything is connected. */
export const denialFor = (
  model: Pick<Model, 'ref' | 'destination'>,
  request: ModelRequest,
  { workflow }: Pick<StepInHand, 'workflow'>,
  { config }: Pick<Context, 'config'>,
): Denial | null => {
  const { egress } = config;
  const to = destinationOf(model.ref, model.destination);
  const { localOnly } = workflow.submission;
  if (!isReader(model)) return denialOf(textsOf(request), { egress, to, localOnly });
  // It reads files by itself: what it may not see is not in the prompt.
  const kept = egress.rules.find((rule) => rule.to !== 'any' && rule.to !== 'ask');
  if (kept) return { rule: `${kept.path}: ${kept.to}`, path: null };
  const told = denialOf(textsOf(request), { egress, to, localOnly });
  const asked = egress.rules
    .filter((rule) => rule.to === 'ask')
    .map(({ path }) => ({ rule: `${path}: ask`, paths: [] }));
  if ((told && !told.asks) || asked.length === 0) return told;
  const more = (told?.asks ?? []).filter(({ rule }) => !asked.some((it) => it.rule === rule));
  return { rule: asked[0]?.rule ?? '', path: null, asks: [...asked, ...more] };
};

const isReader = ({ ref }: Pick<Model, 'ref'>): boolean => ref.provider === 'claude-code';

/** The error of a call that is not made for this reason. */
export const egressError = (model: Pick<Model, 'ref' | 'destination'>, { rule, path }: Denial): HiveError => {
  const what = path ?? (isReader(model) ? 'the worktree, which it reads by itself,' : 'the text of the request');
  const how = rule.startsWith('secrets: ')
    ? `it looks like ${rule.slice('secrets: '.length)}. Take it out of the repository, or name the file under hive.security.notSecrets`
    : `the rule is ${rule}. Name a model that is near enough, or change hive.security.egress`;
  return notSent(model, `${what} may not go there; ${how}`, { rule, path });
};

/** The error of a call that a person did not agree to, or nobody in time. */
export const unapprovedError = (
  model: Pick<Model, 'ref' | 'destination'>,
  { rule, path }: Denial,
  why: string,
): HiveError => notSent(model, why, { rule, path });

const notSent = ({ ref, destination }: Pick<Model, 'ref' | 'destination'>, why: string, denied: Denial): HiveError =>
  new HiveError('model.egress_denied', `Nothing was sent to ${formatModelRef(ref)} at ${destination}: ${why}`, {
    details: { denied },
  });

/** The files that the parts of a request are of, each once, sorted. */
export const pathsOf = (request: ModelRequest): readonly string[] =>
  [...new Set(textsOf(request).flatMap(({ from }) => (from ? [from.path] : [])))].toSorted();

/** A request that may not leave is kept without its texts: what it held may be what nobody should keep. */
export const withheld = (request: ModelRequest): ModelRequest => ({
  system: [],
  messages: [{ role: 'user', parts: pathsOf(request).map((path) => ({ text: `(withheld) ${path}` })) }],
  maxTokens: request.maxTokens,
});
