import { setTimeout as delay } from 'node:timers/promises';
import { readRun, type HiveConfig } from '@hive/config';
import { hasCode } from '@hive/errors';
import {
  exitCodeOf,
  isSettled,
  shortId,
  type Desk,
  type Result,
  type SubmitRequest,
  type Submitted,
} from '@hive/events';
import { assertHomeOutside, openRepo } from '@hive/workspace';
import type { Cli } from '../cli.ts';
import { localAccess, remoteAccess, type Access } from '../desk/access.ts';
import { followWorkflow } from '../follow/follow-workflow.ts';
import { tellResult } from '../follow/tell-result.ts';
import { launch, type Launched } from '../supervisor/launch.ts';
import { logPath } from '../supervisor/log-file.ts';
import { assertPortFree } from '../supervisor/port-holder.ts';
import { whileWaiting } from '../terminal/while-waiting.ts';
import { tellAccepted, tellSubmitted } from './tell-accepted.ts';
import { tellModels } from './tell-models.ts';

/** How work is handed in, and how its end is told where that is not as of `run`. */
export type HandingIn = {
  readonly handIn: (desk: Desk) => Promise<Submitted>;
  readonly detach: boolean;
  /** Tells the end and answers the exit code. */
  readonly tell?: (desk: Desk, result: Result) => Promise<number>;
};

/** What `run` and `submit` do once the request is known: hand it in, see that somebody works on it, follow it, and tell the end. */
export const followThrough = async (
  cli: Cli,
  request: SubmitRequest,
  { detach }: { readonly detach: boolean },
): Promise<number> => {
  const config = await cli.config();
  const access = remoteAccess(config) ?? (await accessBeside(request.repo, config, cli));
  const handIn = async (desk: Desk) => {
    await tellModels(cli, config, request);
    return desk.submit(request);
  };
  return handInAndFollow(cli, access, { handIn, detach });
};

/** Opening the store makes it, and a HIVE_HOME inside of the repository must leave nothing there. */
export const accessBeside = async (repo: string, config: HiveConfig, cli: Cli): Promise<Access> => {
  await assertHomeOutside(config.home, await openRepo(repo));
  return localAccess(config, cli);
};

/** Hands work in, sees that somebody does it, follows it, tells the end, and closes the access. */
export const handInAndFollow = async (cli: Cli, access: Access, handing: HandingIn): Promise<number> => {
  try {
    return await handIn(cli, await cli.config(), access, handing);
  } finally {
    await access.close();
  }
};

const handIn = async (
  cli: Cli,
  config: HiveConfig,
  access: Access,
  { handIn: handOver, detach, tell = (desk, result) => tellEnd(cli, desk, result) }: HandingIn,
): Promise<number> => {
  const { desk } = access;
  const isStaffed = await access.isStaffed();
  if (!isStaffed && config.port.given) await assertPortFree(config.port.number);
  for (const warning of config.warnings) cli.out.note(warning);
  const submitted = await whileWaiting(cli.out, 'looking at what was handed in', handOver(desk));
  const { id } = submitted;
  const accepted = await desk.workflow(id);
  tellSubmitted(cli.out, submitted);
  tellAccepted(cli.out, accepted);
  const isKept = submitted.duplicateOf !== undefined;
  const hasWork = !isKept || !isSettled(accepted);
  const building = isStaffed || !hasWork ? null : await startFor(cli, config, { desk, id, detach, isKept });
  if (detach) {
    building?.leave();
    cli.out.line(`Follow it with hive watch ${shortId(id)}`);
    cli.out.document(await desk.workflow(id));
    return 0;
  }
  const result = await followWorkflow(desk, id, { out: cli.out, signal: cli.interrupted }).catch((error: unknown) => {
    if (hasCode(error, 'hive.unreachable'))
      cli.out.note(`The workflow is kept: hive up goes on with it, and hive watch ${shortId(id)} follows it`);
    throw error;
  });
  const code = result === null ? await tellInterrupted(cli, desk, id) : await tell(desk, result);
  if (building !== null) await endBuilding(cli, config, building);
  else if (result === null && (access.url !== null || isStaffed))
    cli.out.note(`The workflow goes on; follow it with hive watch ${shortId(id)}`);
  return code;
};

/** Starts the building for one workflow. Another client may have been faster: then its building does the work. */
const startFor = async (
  cli: Cli,
  config: HiveConfig,
  {
    desk,
    id,
    detach,
    isKept,
  }: { readonly desk: Desk; readonly id: string; readonly detach: boolean; readonly isKept: boolean },
): Promise<Launched | null> => {
  const { out, env } = cli;
  const args = [
    '--port',
    String(config.port.given ? config.port.number : 0),
    ...(config.file === null ? [] : ['--config', config.file]),
  ];
  try {
    const owner = detach ? 'launcher' : 'client';
    const launching = launch({
      env: { ...env, HIVE_HOME: config.home },
      log: logPath(config.home, 'hive'),
      owner,
      args,
      onNotice: (text) => out.note(text),
    });
    const launched = await whileWaiting(out, 'starting Hive', launching);
    if (!detach) launched.own(id);
    return launched;
  } catch (error) {
    if (hasCode(error, 'hive.running')) return null;
    if (!isKept) await desk.cancel(id); // nobody works on it, and whoever asked is told that it did not start
    throw error;
  }
};

const tellEnd = async (cli: Cli, desk: Desk, result: Result): Promise<number> => {
  await tellResult(cli, desk, result);
  return exitCodeOf(result);
};

const tellInterrupted = async (cli: Cli, desk: Desk, id: string): Promise<number> => {
  cli.out.document(await desk.workflow(id));
  return 130;
};

const endBuilding = async (cli: Cli, config: HiveConfig, building: Launched): Promise<void> => {
  const { out } = cli;
  const because = await whileWaiting(out, 'stopping Hive', building.release());
  if (because !== null) return out.note(`Hive goes on (${because}); stop it with hive down`);
  if (cli.interrupted.aborted) out.note('Hive is stopped and the workflow is kept; hive up goes on with it');
  while (readRun(config.home)?.pid === building.pid) await delay(20);
};
