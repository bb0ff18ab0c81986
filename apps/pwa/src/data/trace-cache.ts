import { roomDb, type TraceRecord } from './room-db.ts';

/** How much is kept. */
export type TraceCacheLimits = {
  readonly bytes: number;
  /** How many traces that nobody pinned. */
  readonly opened: number;
};

/**
 * The traces that this browser keeps for reading offline: those that were opened last, and all that are pinned. A trace is stored in parts of
 * compressed text, as the server answered them: one part for each chunk, whatever its format. What was last opened is kept longest.
 */
export type TraceCache = {
  /** Stores a part: the number of a chunk, or a name for what is no chunk. The newest text of a part wins. */
  put(correlationId: string, part: number | string, text: string): Promise<void>;
  /** The text of a part; null when it is not here. */
  get(correlationId: string, part: number | string): Promise<string | null>;
  /** Stores what the page shows beside the events, by name: `summary`, `result`. It has to be plain JSON and small. */
  keep(correlationId: string, beside: Readonly<Record<string, unknown>>): Promise<void>;
  /** What is known of a stored trace, by its whole id or any unique ending; null when it is not here. It counts as opening it. */
  open(id: string): Promise<TraceRecord | null>;
  /** Keeps a trace until it is unpinned. A trace that was never opened has nothing to be read yet: store its parts as well. */
  pin(correlationId: string, pinned: boolean): Promise<void>;
  /** All that are stored, the one that was opened last first. */
  list(): Promise<readonly TraceRecord[]>;
  /** What the stored traces take, compressed. */
  bytes(): Promise<number>;
  /** Forgets all of them, the pinned ones too. */
  clear(): Promise<void>;
};

const usual: TraceCacheLimits = { bytes: 200_000_000, opened: 50 };

const through = async (bytes: BlobPart, by: CompressionStream | DecompressionStream): Promise<Response> =>
  new Response(new Blob([bytes]).stream().pipeThrough(by));
const gzip = async (text: string) => (await through(text, new CompressionStream('gzip'))).arrayBuffer();
const gunzip = async (bytes: ArrayBuffer) => (await through(bytes, new DecompressionStream('gzip'))).text();

/** The cache in this browser's database, which is opened at the first use. A browser that refuses to keep anything makes every method reject. */
export const createTraceCache = (
  options: { readonly limits?: TraceCacheLimits; readonly database?: string; readonly now?: () => number } = {},
): TraceCache => {
  const { limits = usual, now = Date.now } = options;
  const open = roomDb(options.database);

  const fresh = (correlationId: string): TraceRecord => ({
    ...{ correlationId, openedAt: now(), asOf: now(), pinned: false, bytes: 0, beside: {} },
  });

  /** Lets go of what was not opened for longest, until what is left is within the limits. */
  const makeRoom = async (): Promise<void> => {
    const db = await open();
    const tx = db.transaction(['traces', 'parts'], 'readwrite');
    const traces = (await tx.objectStore('traces').getAll()).sort(latestFirst);
    let total = traces.reduce((sum, { bytes }) => sum + bytes, 0);
    let loose = traces.filter(({ pinned }) => !pinned).length;
    // The one that is being read stays, however large it is.
    for (const { correlationId, bytes, pinned } of traces.slice(1).reverse()) {
      if (pinned) continue;
      if (total <= limits.bytes && loose <= limits.opened) break;
      [total, loose] = [total - bytes, loose - 1];
      void tx.objectStore('traces').delete(correlationId);
      void tx.objectStore('parts').delete(partsOf(correlationId));
    }
    await tx.done;
  };

  const update = async (correlationId: string, change: (record: TraceRecord) => TraceRecord): Promise<void> => {
    const tx = (await open()).transaction('traces', 'readwrite');
    await tx.store.put(change((await tx.store.get(correlationId)) ?? fresh(correlationId)));
    await tx.done;
  };

  return {
    put: async (correlationId, part, text) => {
      const bytes = await gzip(text); // before the transaction, which ends when it is left waiting
      const tx = (await open()).transaction(['traces', 'parts'], 'readwrite');
      const [traces, parts] = [tx.objectStore('traces'), tx.objectStore('parts')];
      const before = (await parts.get([correlationId, part]))?.gzip.byteLength ?? 0;
      const record = (await traces.get(correlationId)) ?? fresh(correlationId);
      void parts.put({ correlationId, part, gzip: bytes });
      void traces.put({ ...record, asOf: now(), bytes: record.bytes - before + bytes.byteLength });
      await tx.done;
      await makeRoom();
    },
    get: async (correlationId, part) => {
      const found = await (await open()).get('parts', [correlationId, part]);
      return found ? gunzip(found.gzip) : null;
    },
    keep: (correlationId, beside) =>
      update(correlationId, (record) => ({ ...record, asOf: now(), beside: { ...record.beside, ...beside } })),
    open: async (id) => {
      const tx = (await open()).transaction('traces', 'readwrite');
      const fitting = (await tx.store.getAllKeys()).filter((key) => id !== '' && key.endsWith(id));
      const record = fitting.length === 1 && fitting[0] !== undefined ? await tx.store.get(fitting[0]) : undefined;
      if (record) void tx.store.put({ ...record, openedAt: now() });
      await tx.done;
      return record ?? null;
    },
    pin: async (correlationId, pinned) => {
      await update(correlationId, (record) => ({ ...record, pinned }));
      await makeRoom();
    },
    list: async () => (await (await open()).getAll('traces')).sort(latestFirst),
    bytes: async () => (await (await open()).getAll('traces')).reduce((sum, { bytes }) => sum + bytes, 0),
    clear: async () => {
      const tx = (await open()).transaction(['traces', 'parts'], 'readwrite');
      void tx.objectStore('traces').clear();
      void tx.objectStore('parts').clear();
      await tx.done;
    },
  };
};

const latestFirst = (a: TraceRecord, b: TraceRecord): number => b.openedAt - a.openedAt;

/** Every part of a trace: a number sorts before a text, and a list after both. */
const partsOf = (correlationId: string): IDBKeyRange => IDBKeyRange.bound([correlationId], [correlationId, []]);
