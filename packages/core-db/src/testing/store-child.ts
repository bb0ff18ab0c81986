// A process of its own for tests: `node store-child.ts OPTIONS VERB ARGUMENT`. Says on stdout, line by line, what happened.
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openStore, type OpenOptions } from '../open-store.ts';
import { sampleWrite } from './samples.ts';

const [options = '{}', verb, argument = ''] = process.argv.slice(2);
const store = await openStore(JSON.parse(options) as OpenOptions);
const say = (line: string) => process.stdout.write(`${line}\n`);
/** Ends this process the moment it has been told that something was done. */
const die = () => {
  writeSync(1, 'told\n');
  process.kill(process.pid, 'SIGKILL');
};

switch (verb) {
  case 'hold':
    await store.hold(argument);
    // Nothing of a store on SQLite keeps a process alive; this one lives until it is killed.
    setInterval(() => undefined, 60_000);
    say('held');
    break;
  case 'listen': {
    store.listen(() => say('heard'));
    // The connection to the others is made in the background; a first own ring says that it stands.
    setTimeout(() => say('listening'), 300);
    break;
  }
  case 'write': {
    for (let version = 0; version < 50; version++) {
      const { status } = await store.write(sampleWrite(`box/${argument}`, version));
      if (status !== 'written') throw new Error(`version ${version + 1} was answered with ${status}`);
      store.ring();
    }
    await store.close();
    say('wrote');
    break;
  }
  case 'write and die':
    await store.write(sampleWrite(`box/${argument}`, 0));
    die();
    break;
  case 'claim and die':
    await store.claim({
      kinds: ['check'],
      agent: argument,
      incarnation: argument,
      capabilities: [],
      limit: 10,
      leaseMs: 15_000,
      actor: 'worker/dying',
      newId: randomUUID,
    });
    die();
    break;
  case 'hog':
  case 'burst':
    for (let version = 0; verb === 'hog' || version < 20; version++) {
      await store.write(sampleWrite(`box/${process.pid}`, version));
      if (version === 19) say('wrote');
    }
    break;
  default:
    throw new Error(`store-child does not know ${String(verb)}`);
}
