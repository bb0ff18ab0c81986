import { roomDb, type RoomDb } from './room-db.ts';

/** What the service worker says with each request that changes something; it sees no memory of a page. */
export const csrfName = 'csrf';

/** Texts that this browser keeps by name: what was shown last, for reading it offline. */
export type KeptTexts = {
  get(name: string): Promise<string | null>;
  put(name: string, text: string): Promise<void>;
  /** Forgets those that begin with `prefix` and are not among `names`. */
  keepOnly(prefix: string, names: readonly string[]): Promise<void>;
};

export const createKeptTexts = (open: () => Promise<RoomDb> = roomDb()): KeptTexts => ({
  get: async (name) => (await (await open()).get('kept', name)) ?? null,
  put: async (name, text) => void (await (await open()).put('kept', text, name)),
  keepOnly: async (prefix, names) => {
    const tx = (await open()).transaction('kept', 'readwrite');
    const old = (await tx.store.getAllKeys()).filter((name) => name.startsWith(prefix) && !names.includes(name));
    await Promise.all(old.map((name) => tx.store.delete(name)));
    await tx.done;
  },
});
