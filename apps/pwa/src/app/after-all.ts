import { keepSending } from '../data/room-outbox.ts';
import { whenIdle } from '../data/when-idle.ts';
import { whenRested } from '../data/when-rested.ts';
import './hive-budget.ts';
import './hive-strip.ts';
import type { Room } from './places.ts';
import { watchForUpdates, type Update } from './updates.ts';

/**
 * What begins when the page is there, no hand is at work and the browser has nothing else to do: sending what waits, and storing the shell, which
 * fetches every file of the app and takes as long as ten pages. Answers what looks for a newer version at once.
 */
export const afterAll = async (room: Room, found: (update: Update) => void): Promise<() => void> => {
  await whenRested();
  keepSending(room);
  if (document.readyState !== 'complete')
    await new Promise((loaded) => addEventListener('load', loaded, { once: true }));
  await whenIdle(10_000);
  return watchForUpdates(found).look;
};
