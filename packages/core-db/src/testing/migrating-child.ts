// A process of its own for tests: opens a store of an older schema and is killed in the middle of bringing it up to date.
import { armFailpoints } from '@hive/failpoints';
import { openStore, type OpenOptions } from '../open-store.ts';

armFailpoints({ failpoints: 'migration.half=kill@1', failpointLog: null }, 'migrating');
await (await openStore(JSON.parse(process.argv[2] ?? '{}') as OpenOptions)).close();
