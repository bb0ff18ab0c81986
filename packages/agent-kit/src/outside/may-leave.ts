import type { HiveConfig } from '@hive/config';
import { isPrivateAddress } from '@hive/llm';
import { findSecret } from '../models/egress/find-secret.ts';
import { denialOf } from '../models/egress/reach.ts';

/**
 * Whether a line of text of no file may be sent to a host that is no model: by the same policy, and the same search for keys. `localHosts` are those that
 * the owner named as being in the local network.
 */
export const mayLeave = (
  text: string,
  { host, localOnly }: { readonly host: string; readonly localOnly: boolean },
  { egress, notify }: Pick<HiveConfig, 'egress' | 'notify'>,
): boolean => {
  const to = notify.localHosts.includes(host) || isPrivateAddress(host) ? 'lan' : 'any';
  return denialOf([{ text }], { egress, to, localOnly }) === null && findSecret(text) === null;
};
