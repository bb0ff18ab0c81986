import { readToken, type HiveConfig } from '@hive/config';
import { HiveError } from '@hive/errors';

/** Asks the control room for a link that opens it in a browser once. Throws `hive.unreachable`. */
export const oneTimeLink = async (config: HiveConfig, url: string): Promise<string> => {
  const token = config.remote.token ?? readToken(config.home);
  const unreachable = (cause?: unknown) =>
    new HiveError('hive.unreachable', `The control room at ${url} gave no link; see hive logs event-dashboard`, {
      cause,
    });
  try {
    const response = await fetch(`${url}/api/v1/pair/codes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token?.reveal() ?? ''}` },
      signal: AbortSignal.timeout(5000),
    });
    if (!response.ok) throw unreachable(response.status);
    const { url: link } = (await response.json()) as { url: string }; // the answer of our own dashboard
    return link;
  } catch (error) {
    throw error instanceof HiveError ? error : unreachable(error);
  }
};

/** The line that ends a start: the address, and a way in. */
export const linkLine = async (config: HiveConfig, url: string): Promise<string> => {
  const link = await oneTimeLink(config, url).catch(() => null);
  return link === null ? `Control room  ${url}   (a way in: hive open)` : `Control room  ${link}   (opens once)`;
};
