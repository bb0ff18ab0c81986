// A process of its own for tests, which may be run under limits: backs a store up and says how it went.
import { backupStore, type OpenOptions } from '../index.ts';

const [options = '{}', file = ''] = process.argv.slice(2);
await backupStore(JSON.parse(options) as OpenOptions, { file, version: '0.0.0' }).then(
  () => process.stdout.write('made'),
  (error: unknown) => process.stdout.write(JSON.stringify(error)),
);
