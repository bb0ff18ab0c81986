import { clock } from './clock.ts';
import type { Place } from './contender.ts';
import { openPlace } from './hive-log.ts';

/** Tells when it heard the doorbell of a store. */
export type ListenerWord = 'ready' | { readonly heardAt: number };

const { place } = JSON.parse(process.argv[2] ?? '{}') as { readonly place: Place };
const store = await openPlace(place);
process.on('disconnect', () => process.exit(0));
store.listen(() => void process.send?.({ heardAt: clock() } satisfies ListenerWord));
process.send?.('ready' satisfies ListenerWord);
