import { setTimeout as delay } from 'node:timers/promises';
import { readRun } from '@hive/config';
import { HiveError } from '@hive/errors';
import { defineCommand } from '../command.ts';

const patienceMs = 15_000;
const lookMs = 50;

export const down = defineCommand({
  name: 'down',
  says: 'Drain and stop the Hive that runs on this HIVE_HOME',
  examples: ['hive down', 'HIVE_HOME=~/other hive down'],
  run: async (cli) => {
    const { out } = cli;
    const { home } = await cli.config();
    const run = readRun(home);
    if (run === null) {
      out.line(`Hive is not running on ${home}`);
      out.document({ stopped: false, home });
      return 0;
    }
    process.kill(run.pid, 'SIGTERM');
    const began = Date.now();
    let saidAt = began;
    while (readRun(home)?.pid === run.pid) {
      if (Date.now() - began > patienceMs)
        throw new HiveError(
          'input.state',
          `Hive (pid ${run.pid}) still runs after ${patienceMs / 1000} s; end it with kill -9 ${run.pid}, nothing is lost`,
        );
      if (Date.now() - saidAt > 1500) {
        saidAt = Date.now();
        out.progress(`Stopping (pid ${run.pid}) …`);
      }
      await delay(lookMs);
    }
    out.line(`Hive (pid ${run.pid}) is stopped; what was in hand goes on at the next start`);
    out.document({ stopped: true, pid: run.pid, home });
    return 0;
  },
});
