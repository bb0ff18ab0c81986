import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { dirname } from 'node:path';
import { readRun, type HiveConfig } from '@hive/config';
import { isHiveError } from '@hive/errors';
import { defineCommand } from '../command.ts';
import { adviceOn, leavingOf, type Finding } from '../doctor/advice.ts';
import type { Surroundings } from '../doctor/surroundings.ts';
import { bytes } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';
import { oneLine } from '../terminal/visible.ts';

export const doctor = defineCommand({
  name: 'doctor',
  says: 'Say what was found on this machine, what is missing, and what leaves it',
  examples: ['hive doctor', 'hive doctor --json'],
  run: async (cli) => {
    const { out, env } = cli;
    const config = await cli.config();
    const { lookAround } = await import('../doctor/surroundings.ts');
    const around = await lookAround(config, env);
    const findings = [
      hiveFinding(cli.version),
      ...adviceOn(around, config),
      ...(await claudeFound(config, around)),
      ...(await storeFindings(config)),
      ...(await diskFindings(config)),
    ];
    const leaving = leavingOf(config, around.boxes);
    const isBroken = findings.some((finding) => finding.status === 'broken');
    out.document({
      ok: !isBroken,
      findings,
      leavesTheMachine: leaving,
      warnings: config.warnings,
      config: config.file,
    });
    const paint = { ok: out.colour.green, absent: out.colour.yellow, broken: out.colour.red };
    out.line(
      ...table(
        null,
        findings.flatMap(({ about, status, says, todo }) => [
          [paint[status](status), about, oneLine(says)],
          ...(todo === undefined ? [] : [['', '', out.colour.dim(`→ ${todo}`)]]),
        ]),
      ),
    );
    out.line(
      '',
      ...(leaving.length === 0
        ? ['Nothing leaves this machine.']
        : ['What leaves this machine:', ...leaving.map((line) => `  ${line}`)]),
    );
    out.line(
      config.file === null
        ? `No hive.yaml in ${config.home}; nothing has to be configured.`
        : `Configuration: ${config.file}`,
    );
    for (const warning of config.warnings) out.line(`  ${oneLine(warning)}`);
    return isBroken ? 78 : 0;
  },
});

/** Brings a megabyte of a client along that only those need who have named it. */
const claudeFound = async (config: HiveConfig, { claude }: Surroundings): Promise<Finding[]> =>
  claude.hasKey && claude.isNamed ? (await import('../doctor/claude-findings.ts')).claudeFindings(config) : [];

const hiveFinding = (version: string): Finding => ({
  about: 'hive',
  status: 'ok',
  says: `${version} on Node ${process.versions.node}, ${process.platform} ${release()}${process.getuid?.() === 0 ? ', as root' : ''}`,
});

/** An absent SQLite file is made by the first start; asking must not make one. */
const storeFindings = async (config: HiveConfig): Promise<Finding[]> => {
  const about = 'database';
  const { database } = config;
  if (database.dialect === 'sqlite') {
    const { fileSystemAdvice } = await import('../doctor/file-system.ts');
    const advice = await fileSystemAdvice(existsSync(config.home) ? config.home : dirname(config.home));
    if (advice.length > 0) return advice;
    if (!existsSync(database.path))
      return [{ about, status: 'ok', says: `SQLite, made at the first start in ${database.path}` }];
  }
  try {
    const { openHiveStore } = await import('../desk/open-store.ts');
    const store = await openHiveStore(config, { migrate: false });
    try {
      const { storeAdvice } = await import('../doctor/store-advice.ts');
      return await storeAdvice(store);
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!isHiveError(error)) throw error;
    return [{ about, status: 'broken', says: error.message }];
  }
};

const diskFindings = async (config: HiveConfig): Promise<Finding[]> => {
  const { lackOfRoom, readSpace, sizeOf } = await import('../desk/disk.ts');
  const { home, disk } = config;
  const run = readRun(home);
  const running = run === null ? 'not running' : `running (pid ${run.pid}, ${run.url})`;
  const [size, space] = await Promise.all([sizeOf(home), readSpace(home)]);
  const lack = lackOfRoom(home, space, disk.floorBytes);
  const free = `${bytes(space.freeBytes)} free of ${bytes(space.totalBytes)}`;
  return [
    { about: 'home', status: 'ok', says: `${home}, ${bytes(size.bytes)}, ${running}` },
    lack === null
      ? { about: 'disk', status: 'ok', says: free }
      : {
          about: 'disk',
          status: 'broken',
          says: `${free}, and below ${bytes(disk.floorBytes)} nothing new starts`,
          todo: 'see what Hive takes with hive df, make room, or lower hive.disk.floorGb in hive.yaml',
        },
  ];
};
