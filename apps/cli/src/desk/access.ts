import { readRun, readToken, type HiveConfig } from '@hive/config';
import { HiveError } from '@hive/errors';
import { createDeskClient, type Desk, type DeskClient } from '@hive/events';
import type { Cli } from '../cli.ts';
import { patientFetch } from './patient-fetch.ts';
import { neededRoles } from '../supervisor/programs.ts';

/** A way to the front desk. */
export type Access = {
  readonly desk: Desk;
  /** The address that answers; null when the store was opened directly. */
  readonly url: string | null;
  /** True when somebody is there to do the work: a building, or agents that were started by hand. */
  isStaffed(): Promise<boolean>;
  close(): Promise<void>;
};

/** The Hive that the environment names, or that runs on this home, over HTTP; null when there is neither. */
const serverOf = (config: HiveConfig): { readonly client: DeskClient; readonly url: string } | null => {
  const { remote, home } = config;
  const url = remote.url ?? readRun(home)?.url;
  if (url === undefined) return null;
  const token = remote.token ?? readToken(home);
  if (token === null)
    throw new HiveError(
      'auth.missing',
      `There is no token for ${url}; set HIVE_TOKEN to the content of the file token in its HIVE_HOME`,
    );
  const client = createDeskClient({
    url,
    token: token.reveal(),
    // A Hive that runs here brings its control room back when it was killed; of another one nothing is known.
    ...(remote.url === null && { fetch: patientFetch(() => readRun(home) !== null) }),
  });
  return { client, url };
};

/** Over HTTP to the Hive that the environment names, or that runs on this home; null when there is neither. */
export const remoteAccess = (config: HiveConfig): Access | null => {
  const server = serverOf(config);
  if (!server) return null;
  const { client, url } = server;
  return { desk: client, url, isStaffed: () => Promise.resolve(true), close: () => Promise.resolve() };
};

/** Asks what only a server knows, such as who may come in. Throws `hive.unreachable` where none runs. */
export const withServer = async <T>(cli: Cli, use: (client: DeskClient) => Promise<T>): Promise<T> => {
  const config = await cli.config();
  const server = serverOf(config);
  if (server) return use(server.client);
  throw new HiveError('hive.unreachable', `Hive is not running on ${config.home}; start it with hive up`, {
    remedy: 'fix_config',
  });
};

/** The store itself, opened in this process. */
export const localAccess = async (config: HiveConfig, cli: Pick<Cli, 'env' | 'out'>): Promise<Access> => {
  const { openDesk } = await import('./open-desk.ts');
  const { desk, close } = await openDesk(config, cli);
  return { desk, url: null, isStaffed: () => isStaffed(desk), close };
};

const isStaffed = async (desk: Desk): Promise<boolean> => {
  const agents = await desk.agents();
  return neededRoles.every((role) =>
    agents.some((agent) => agent.role === role && agent.status !== 'gone' && agent.status !== 'draining'),
  );
};

/** Opens the best way to the front desk, uses it, and closes it again. */
export const withDesk = async <T>(cli: Cli, use: (desk: Desk, access: Access) => Promise<T>): Promise<T> => {
  const config = await cli.config();
  const access = remoteAccess(config) ?? (await localAccess(config, cli));
  try {
    return await use(access.desk, access);
  } finally {
    await access.close();
  }
};

/** Refuses to wait for work that nobody does. */
export const assertStaffed = async (access: Access, what: string): Promise<void> => {
  if (await access.isStaffed()) return;
  throw new HiveError('hive.unreachable', `${what} is not finished and Hive is not running; hive up goes on with it`, {
    remedy: 'fix_config',
  });
};
