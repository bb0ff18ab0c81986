import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig, readToken, type HiveConfig } from '@hive/config';
import { createDeskClient, type Desk } from '@hive/events';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { linkLine } from '../desk/one-time-link.ts';
import type { Surroundings } from '../doctor/surroundings.ts';
import { quoted } from '../follow/git-commands.ts';
import type { ExampleEnd } from '../example/run-example.ts';
import { launch } from '../supervisor/launch.ts';
import { logPath } from '../supervisor/log-file.ts';
import { assertPortFree } from '../supervisor/port-holder.ts';
import { bytes, count } from '../terminal/figures.ts';
import { whileWaiting } from '../terminal/while-waiting.ts';
import { close, open, stayUp, untilInterrupted } from './up.ts';

export const start = defineCommand<{ readonly once?: boolean }>({
  name: 'start',
  says: 'What npm start does: the bundled example on an empty store, then the building until Ctrl-C',
  options: [
    { flags: '--once', says: 'run the example in a home of its own, and end with 0 only if all came as expected' },
  ],
  examples: ['hive start', 'hive start --once'],
  run: async (cli, _, options) => {
    const config = await cli.config();
    return options.once ? once(cli, await exampleConfig(cli, config)) : startAndStay(cli, config);
  },
});

/**
 * The example's own home, without the user's choices: it has to come out alike everywhere. On SQLite, or on PostgreSQL where that is asked for,
 * then in a database of its own: what is unfinished in the user's belongs to another home.
 */
const exampleConfig = async (cli: Cli, { home, database }: HiveConfig): Promise<HiveConfig> => {
  const own = join(home, 'example');
  const suffix = `example_${createHash('sha256').update(own).digest('hex').slice(0, 8)}`;
  const { siblingDatabase } = await import('../desk/store-files.ts');
  const url = database.dialect === 'postgres' ? await siblingDatabase(database.url.reveal(), suffix) : undefined;
  await mkdir(own, { recursive: true, mode: 0o700 });
  await writeFile(join(own, 'hive.yaml'), exampleYaml);
  return loadConfig({ env: exampleEnv(cli, own, url), cwd: cli.cwd, cloneRoot: null });
};

/** A few megabytes are all that it leaves, so it also runs where there is little room. */
const exampleYaml = 'hive:\n  disk:\n    floorGb: 0.2\n';

const exampleEnv = ({ env }: Cli, home: string, url: string | undefined) => ({
  ...env,
  HIVE_HOME: home,
  HIVE_CONFIG: undefined,
  HIVE_DATABASE_URL: url,
  HIVE_URL: undefined,
  HIVE_TOKEN: undefined,
});

/** The address of the database, for a process of the example. */
const urlOf = ({ database }: HiveConfig): string | undefined =>
  database.dialect === 'postgres' ? database.url.reveal() : undefined;

const startAndStay = async (cli: Cli, config: HiveConfig): Promise<number> => {
  const { out } = cli;
  out.line(`Hive ${cli.version}`);
  const building = await open(cli, config, config.port.number);
  const desk = deskOf(config, building.url);
  if ((await desk.workflows({ limit: 1 })).items.length > 0) return stayUp(cli, building);
  const around = await tellSurroundings(cli, config);
  const { runExample } = await import('../example/run-example.ts');
  const end = await runExample(cli, { config, desk, around, onAccepted: () => undefined });
  if (end !== null) {
    out.line(`${await linkLine(config, building.url)}${proofText(cli, end)}`);
    out.line(
      `Now yours     cd YOUR_REPO && ${hive(cli)} submit HEAD --check "npm test"     (changes nothing there but the branch hive/…)`,
    );
    out.line(`Ctrl-C stops. State: ${config.home} (${await sizeText(config.home)})`);
    out.document({ pid: process.pid, url: building.url, home: config.home, ...end });
    await untilInterrupted(cli);
  }
  await close(cli, building);
  return end === null ? 130 : 0;
};

const once = async (cli: Cli, config: HiveConfig): Promise<number> => {
  const { out } = cli;
  out.line(`Hive ${cli.version}`);
  if (config.port.given) await assertPortFree(config.port.number);
  const around = await tellSurroundings(cli, config);
  const launching = launch({
    env: exampleEnv(cli, config.home, urlOf(config)),
    log: logPath(config.home, 'hive'),
    owner: 'client',
    args: ['--port', String(config.port.given ? config.port.number : 0)],
    onNotice: (text) => out.note(text),
  });
  const building = await whileWaiting(out, 'starting Hive', launching);
  const { runExample } = await import('../example/run-example.ts');
  const end = await runExample(cli, { config, desk: deskOf(config, building.url), around, onAccepted: building.own });
  const because = await whileWaiting(out, 'stopping Hive', building.release());
  if (because !== null) out.note(`The example's Hive goes on at ${building.url} (${because})`);
  if (end === null) return 130;
  if (end.differences.length === 0)
    out.line(`State: ${config.home} (${await sizeText(config.home)})${proofText(cli, end, config)}`);
  out.document({ home: config.home, ...end });
  return end.differences.length === 0 ? 0 : 1;
};

const sizeText = async (folder: string): Promise<string> => {
  const { sizeOf } = await import('../desk/disk.ts');
  return bytes((await sizeOf(folder)).bytes);
};

const deskOf = (config: HiveConfig, url: string): Desk =>
  createDeskClient({ url, token: readToken(config.home)?.reveal() ?? '' });

const hive = ({ root }: Cli): string => quoted(join(root, 'hive'));

/** As it is called where the caller stands. */
const hiveHere = (cli: Cli): string => (cli.cwd === cli.root ? './hive' : hive(cli));

const proofText = (cli: Cli, end: NonNullable<ExampleEnd>, config?: HiveConfig): string => {
  const merged = end.result.tasks.find((task) => task.status === 'merged' && task.commit !== null);
  const home = config === undefined ? '' : `HIVE_HOME=${quoted(config.home)} `;
  return merged?.commit ? `   proof of one merge: ${home}${hiveHere(cli)} why ${merged.commit.slice(0, 7)}` : '';
};

const tellSurroundings = async (cli: Cli, config: HiveConfig): Promise<Surroundings> => {
  const { lookAround } = await import('../doctor/surroundings.ts');
  const around = await whileWaiting(cli.out, 'looking around', lookAround(config, cli.env));
  const { git, sandbox, boxes, claude } = around;
  const ollama = boxes.map(({ name, endpoint, models }) => {
    const where = `${name === 'local' ? 'Ollama' : name} ${endpoint.replace(/^https?:\/\//, '')}`;
    return models === null ? `${where}: none` : `${where}: ${count(models.length, 'model')} (not used here)`;
  });
  cli.out.line(
    [
      git === null ? 'git missing' : `git ${git} ok`,
      sandbox.kind !== 'none' ? `sandbox ${sandbox.kind} ok` : 'sandbox none (only needed for models)',
      ...ollama,
      `Claude: ${claude.hasKey ? 'key found (not used here)' : 'not configured'}`,
    ].join(' · '),
  );
  return around;
};
