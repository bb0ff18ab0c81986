import { readToken, type HiveConfig } from '@hive/config';
import { errorJson, HiveError, isHiveError } from '@hive/errors';
import { createDeskClient, isWorkflowOpen, type WorkflowState } from '@hive/events';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { linkLine } from '../desk/one-time-link.ts';
import { launch, type Owner, type SupervisorTold } from '../supervisor/launch.ts';
import { logPath } from '../supervisor/log-file.ts';
import { openBuilding, type Building } from '../supervisor/open-building.ts';
import { programs } from '../supervisor/programs.ts';
import { whileWaiting } from '../terminal/while-waiting.ts';

type Options = { readonly detach?: boolean; readonly port?: string; readonly owner?: Owner };

export const up = defineCommand<Options>({
  name: 'up',
  says: 'Start database, agents and control room, and keep them running until Ctrl-C',
  options: [
    { flags: '--detach', says: 'return as soon as everything runs; hive down stops it' },
    { flags: '--port <n>', says: 'the port of the control room, 0 for any free one (default: 4483)' },
    { flags: '--owner <kind>', says: 'who started this supervisor as a process of its own', hidden: true },
  ],
  examples: ['hive up', 'hive up --detach --port 8080'],
  run: async (cli, _, options) => {
    const config = await cli.config();
    const port = portOf(options.port, config);
    if (options.owner !== undefined) return runOwned(cli, config, { port, owner: options.owner });
    return options.detach ? upDetached(cli, config, port) : stayUp(cli, await open(cli, config, port));
  },
});

/** The port that was asked for: by the option, else by the environment, else the usual one. */
export const portOf = (text: string | undefined, config: HiveConfig): number => {
  if (text === undefined) return config.port.number;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new HiveError('input.invalid', `--port takes a number from 0 to 65535, and found ${text}`);
  return Number(text);
};

const asRoot = 'Hive runs as root; setup and checks run as an unprivileged user where that is possible.';

/** Opens the building in this process and says what it is made of. */
export const open = async (
  cli: Cli,
  config: HiveConfig,
  port: number,
  onNotice = (text: string): void => cli.out.note(text),
): Promise<Building> => {
  const { out } = cli;
  if (process.getuid?.() === 0) out.note(asRoot);
  for (const warning of config.warnings) out.note(warning);
  const opening = openBuilding({ ...cli, config, port, onNotice });
  return whileWaiting(out, `starting ${programs.length} processes`, opening);
};

/** Keeps the building running until it is told to end, then drains it; a second signal ends it at once. */
export const stayUp = async (cli: Cli, building: Building): Promise<number> => {
  const { out } = cli;
  const config = await cli.config();
  out.line(`Hive ${cli.version} runs: ${programs.map((program) => program.name).join(', ')}`);
  out.line(await linkLine(config, building.url), `Ctrl-C stops. State: ${config.home}`);
  out.document({ pid: process.pid, url: building.url, home: config.home });
  await untilInterrupted(cli);
  await close(cli, building);
  return 0;
};

/** Drains the building; says so. */
export const close = async (cli: Cli, building: Building): Promise<void> => {
  const { out } = cli;
  out.line('Stopping: what is in hand is finished or kept for the next start (Ctrl-C again: at once) …');
  const kill = () => building.kill();
  cli.insisted.addEventListener('abort', kill);
  if (cli.insisted.aborted) kill();
  await building.close();
  out.line('Hive is stopped');
};

/** Resolves with the first request to end. */
export const untilInterrupted = ({ interrupted }: Pick<Cli, 'interrupted'>): Promise<void> =>
  new Promise((resolve) => {
    if (interrupted.aborted) resolve();
    else interrupted.addEventListener('abort', () => resolve(), { once: true });
  });

const upDetached = async (cli: Cli, config: HiveConfig, port: number): Promise<number> => {
  const { out, env } = cli;
  for (const warning of config.warnings) out.note(warning);
  const args = ['--port', String(port), ...(config.file === null ? [] : ['--config', config.file])];
  const launching = launch({
    env: { ...env, HIVE_HOME: config.home },
    log: logPath(config.home, 'hive'),
    owner: 'launcher',
    args,
    onNotice: (text) => out.note(text),
  });
  const launched = await whileWaiting(out, `starting ${programs.length} processes`, launching);
  launched.leave();
  out.line(`Hive ${cli.version} runs in the background (pid ${launched.pid})`);
  out.line(await linkLine(config, launched.url), 'Stop it with hive down');
  out.document({ pid: launched.pid, url: launched.url, home: config.home });
  return 0;
};

const ownLeavesMs = 2000;
const lookMs = 100;

/** The supervisor as a process of its own: tells whoever started it how the start went, then lives as long as it is needed. */
const runOwned = async (
  cli: Cli,
  config: HiveConfig,
  { port, owner }: { port: number; owner: Owner },
): Promise<number> => {
  const tell = (told: SupervisorTold) => {
    if (process.connected) process.send?.(told);
  };
  let building: Building;
  let isUp = false;
  try {
    building = await open(cli, config, port, (text) => {
      cli.out.note(text);
      if (!isUp) tell({ type: 'notice', text });
    });
    isUp = true;
  } catch (error) {
    tell({
      type: 'failed',
      error: isHiveError(error) ? errorJson(error) : { code: 'internal', message: String(error) },
    });
    throw error;
  }
  tell({ type: 'up', pid: process.pid, url: building.url });
  const end = Promise.withResolvers<void>();
  void untilInterrupted(cli).then(() => end.resolve());
  if (owner === 'client') endWithClient(config, building, { end: end.resolve, tell });
  await end.promise;
  await close(cli, building);
  return 0;
};

/** Ends the building when its client has no more use for it, unless somebody else has: then it goes on as if it had been started by hand. */
const endWithClient = (
  config: HiveConfig,
  building: Building,
  { end, tell }: { readonly end: () => void; readonly tell: (told: SupervisorTold) => void },
): void => {
  let mine: string | null = null;
  let isLeft = false;
  const leave = async () => {
    if (isLeft) return;
    isLeft = true;
    const because = await whyStay(config, building, mine);
    if (because === null) return end();
    tell({ type: 'staying', because });
    if (process.connected) process.disconnect();
  };
  process.on('message', (message) => {
    const told = message as { type: 'own'; workflow: string } | { type: 'release' }; // our own client speaks on this channel
    if (told.type === 'own') mine = told.workflow;
    else void leave();
  });
  process.on('disconnect', () => void leave());
  if (!process.connected) void leave(); // it went while everything was starting
};

/** Our own client has just left, and its connection may still be counted: somebody else is there only when the count stays up. */
const isFollowed = async (building: Building): Promise<boolean> => {
  for (let look = 0; look < ownLeavesMs / lookMs; look++) {
    if ((await building.followers()) === 0) return false;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  return true;
};

const whyStay = async (config: HiveConfig, building: Building, mine: string | null): Promise<string | null> => {
  if (await isFollowed(building)) return 'another client follows';
  const token = readToken(config.home);
  const desk = createDeskClient({ url: building.url, token: token?.reveal() ?? '' });
  const { items } = await desk.workflows({ limit: 100 });
  // The states of the list are those of the table, and `waiting`, which waits for a person and not for us.
  const isOthers = items.some((workflow) => workflow.id !== mine && isWorkflowOpen(workflow.status as WorkflowState));
  return isOthers ? 'another workflow runs' : null;
};
