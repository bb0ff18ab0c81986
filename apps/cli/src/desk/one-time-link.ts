import { readToken, type HiveConfig } from '@hive/config';
import { HiveError, isHiveError } from '@hive/errors';
import { createDeskClient, type PairCode, type PairCodeRequest } from '@hive/events';

/** Asks the control room for a link that opens it in a browser once. Throws `hive.unreachable`, or why it was refused. */
export const askPairCode = async (config: HiveConfig, url: string, asked: PairCodeRequest = {}): Promise<PairCode> => {
  const token = config.remote.token ?? readToken(config.home);
  const desk = createDeskClient({
    url,
    token: token?.reveal() ?? '',
    fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(5000) }),
  });
  try {
    return await desk.pairCode(asked);
  } catch (cause) {
    if (isHiveError(cause) && ['auth.forbidden', 'input.invalid'].includes(cause.code)) throw cause;
    throw new HiveError('hive.unreachable', `The control room at ${url} gave no link; see hive logs event-dashboard`, {
      cause,
    });
  }
};

/** As {@link askPairCode}, for a browser of this machine. */
export const oneTimeLink = async (config: HiveConfig, url: string): Promise<string> =>
  (await askPairCode(config, url)).url;

/** The line that ends a start: the address, and a way in. */
export const linkLine = async (config: HiveConfig, url: string): Promise<string> => {
  const link = await oneTimeLink(config, url).catch(() => null);
  return link === null ? `Control room  ${url}   (a way in: hive open)` : `Control room  ${link}   (opens once)`;
};
