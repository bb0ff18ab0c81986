import { isHiveError } from '@hive/errors';
import type { Reached } from '@hive/events';
import { ungranted } from './line-to-add.ts';

/** Hosts that the commands of a kind failed for want of, as a grant would name them. */
export type Wants = { readonly by: 'setup' | 'checks'; readonly hosts: readonly string[] };

/** What a person can be asked about after a command ended badly: what it asked for and nobody granted or refused. null: nothing. */
export const wantsAfter = (
  by: Wants['by'],
  ended: readonly { readonly exit: number | null; readonly egress?: readonly Reached[] }[],
  asks: { readonly refused: readonly string[] } | undefined,
): Wants | null => {
  if (!asks) return null;
  const wanted = ended.flatMap(({ exit, egress = [] }) => (exit === 0 ? [] : ungranted(egress)));
  const hosts = [...new Set(wanted)].filter((host) => !asks.refused.includes(host));
  return hosts.length > 0 ? { by, hosts } : null;
};

/** The hosts that an error is for want of; null where they are none, or nobody is to be asked. */
export const wantsOf = (error: unknown): Wants | null =>
  isHiveError(error) ? ((error.details['wants'] as Wants | undefined) ?? null) : null; // set by the workspace only
