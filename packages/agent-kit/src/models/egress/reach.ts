import { posix } from 'node:path';
import type { HiveConfig, Reach } from '@hive/config';
import { isPrivateAddress, type ModelRef, type Part } from '@hive/llm';
import { outsideOf } from '@hive/workspace';
import { findSecret } from './find-secret.ts';

/** Where a call goes: a box of the pool, a private address, or beyond. */
export type Destination = 'local' | 'lan' | 'any';

/** From the strictest to the widest. */
const order: readonly Reach[] = ['none', 'local', 'ask', 'lan', 'any'];
const isWithin = (to: Destination, allowed: Reach): boolean => order.indexOf(to) <= order.indexOf(allowed);

/** How far away a model is. Only what Hive knows as a box of its pool is local; a program that forwards may listen on any other address. */
export const destinationOf = (ref: Pick<ModelRef, 'provider'>, destination: string): Destination => {
  if (ref.provider === 'ollama') return 'local';
  if (ref.provider === 'claude-code') return 'any';
  const url = URL.parse(`http://${destination}`);
  return url && isPrivateAddress(url.hostname) ? 'lan' : 'any';
};

/** A rule that asks a person, and the files of the request that it is about, sorted. */
export type AskedRule = { readonly rule: string; readonly paths: readonly string[] };

/** Why a request may not go where it was to go: the rule, and the file that it is about. `asks`: it may, once a person agrees to what these rules ask. */
export type Denial = { readonly rule: string; readonly path: string | null; readonly asks?: readonly AskedRule[] };

/** What is looked at: the policy, where the request goes, and how far text of no file may go in this workflow. */
export type Journey = {
  readonly egress: HiveConfig['egress'];
  readonly to: Destination;
  readonly localOnly: boolean;
};

/**
 * Why this request may not go there; null when it may. The first rule that matches a path counts, the strictest of all parts decides. A part of no
 * file has the class of the workflow. What looks like a key goes to nobody. Pure.
 */
export const denialOf = (parts: readonly Part[], { egress, to, localOnly }: Journey): Denial | null => {
  const ofWorkflow: Ruled = localOnly
    ? { to: 'local', rule: '--local-only' }
    : { to: egress.fallback, rule: `egressDefault: ${egress.fallback}` };
  const ruled = new Map<string | null, Ruled>([[null, ofWorkflow]]);
  for (const { from } of parts) if (from && !ruled.has(from.path)) ruled.set(from.path, ruleOf(from.path, egress));
  const used = parts.map((part) => part.from?.path ?? null);
  const outOfReach = [...new Set(used)]
    .flatMap((path) => (ruled.has(path) ? [{ path, ...(ruled.get(path) ?? ofWorkflow) }] : []))
    .filter((it) => !isWithin(to, it.to))
    .toSorted((a, b) => order.indexOf(a.to) - order.indexOf(b.to));
  const [strictest] = outOfReach;
  if (strictest && strictest.to !== 'ask') return { rule: strictest.rule, path: strictest.path };
  for (const { text, from } of parts) {
    const path = from?.path ?? null;
    if (path !== null && outsideOf([clean(path)], egress.notSecrets).length === 0) continue;
    const secret = findSecret(text);
    if (secret !== null) return { rule: `secrets: ${secret}`, path };
  }
  // What is left of these only asks, and a person is asked about nothing that could not be sent in any case.
  return strictest ? { rule: strictest.rule, path: strictest.path, asks: asksOf(outOfReach) } : null;
};

const asksOf = (asked: readonly (Ruled & { readonly path: string | null })[]): readonly AskedRule[] =>
  [...Map.groupBy(asked, ({ rule }) => rule)].map(([rule, of]) => ({
    rule,
    paths: of.flatMap(({ path }) => path ?? []).toSorted(),
  }));

type Ruled = { readonly to: Reach; readonly rule: string };

const clean = (path: string): string => posix.normalize(path.replaceAll('\\', '/'));

const ruleOf = (given: string, { rules, fallback }: HiveConfig['egress']): Ruled => {
  const path = clean(given);
  // A name that leaves the repository is none of its files, and no rule can be asked about it.
  if (path.startsWith('../') || path.startsWith('/')) return { to: 'none', rule: 'outside of the repository' };
  const rule = rules.find((it) => outsideOf([path], [it.path]).length === 0);
  return rule
    ? { to: rule.to, rule: `${rule.path}: ${rule.to}` }
    : { to: fallback, rule: `egressDefault: ${fallback}` };
};
