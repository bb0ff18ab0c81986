import { createInterface } from 'node:readline/promises';
import { HiveError } from '@hive/errors';
import type { Cli } from '../cli.ts';

/** True for an address whose traffic others on the network could read. */
export const needsConsent = (endpoint: string): boolean => {
  const { protocol, hostname } = new URL(endpoint);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
};

/** Asks once whether texts may go over the network in the open. Throws `input.invalid` for a no, and where nobody can be asked. */
export const askConsent = async (cli: Cli, endpoint: string, options: { readonly yes: boolean }): Promise<void> => {
  if (!needsConsent(endpoint) || options.yes) return;
  const warning = `Prompts, and with them your code, go to ${endpoint} unencrypted: whoever is on that network can read them.`;
  const { terminal } = await cli.config();
  if (terminal.ci || !cli.out.isTerminal || !process.stdin.isTTY)
    throw new HiveError('input.invalid', `${warning} Say --yes if that is all right`);
  const dialogue = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await dialogue.question(`${warning} Go on? [y/N] `, { signal: cli.interrupted });
    if (!/^y(es)?$/i.test(answer.trim())) throw new HiveError('input.invalid', 'Nothing was changed');
  } finally {
    dialogue.close();
  }
};
