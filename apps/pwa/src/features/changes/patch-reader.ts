import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { askedWorker, type AskedWorker } from '../../workers/asked-worker.ts';
import type { DiffAnswer, DiffQuestion, FileSummary } from '../../workers/diff.worker.ts';
import diffWorker from '../../workers/diff.worker.ts?worker&url';
import type { FileRows } from './diff-rows.ts';

/** How far reading a patch has come. */
export type PatchState =
  | { readonly state: 'none' | 'loading' }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'read'; readonly files: readonly FileSummary[]; readonly bytes: number };

/** Reads one patch at a time in a worker of its own, which is ended with the host. */
export class PatchReader implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #load: (hash: string) => Promise<Uint8Array>;
  readonly #worker: AskedWorker<DiffQuestion, DiffAnswer> = askedWorker(diffWorker);
  #hash: string | null = null;
  #bytes: Uint8Array | null = null;
  #state: PatchState = { state: 'none' };

  constructor(host: ReactiveControllerHost, load: (hash: string) => Promise<Uint8Array>) {
    this.#host = host;
    this.#load = load;
    host.addController(this);
  }

  get state(): PatchState {
    return this.#state;
  }

  /** Reads the patch with this hash, unless it is the one that is read already. */
  async read(hash: string, options: { readonly again?: boolean } = {}): Promise<void> {
    if (hash === this.#hash && !options.again) return;
    this.#hash = hash;
    this.#become({ state: 'loading' });
    try {
      const bytes = await this.#load(hash);
      const read = await this.#ask({ kind: 'read', patch: bytes });
      if (hash !== this.#hash) return;
      this.#bytes = bytes;
      this.#become({ state: 'read', files: 'files' in read ? read.files : [], bytes: bytes.byteLength });
    } catch (error) {
      if (hash === this.#hash) this.#become({ state: 'failed', error });
    }
  }

  /** The first `most` rows of a file of the patch that was read. */
  async rows(file: number, most: number): Promise<FileRows> {
    const answer = await this.#ask({ kind: 'rows', file, most });
    return 'rows' in answer ? answer : { rows: [], of: 0 };
  }

  /** The patch as text, for the clipboard. */
  text(): string {
    return this.#bytes === null ? '' : new TextDecoder().decode(this.#bytes);
  }

  hostConnected(): void {
    // The worker was ended when the host left; what it had read is gone with it.
    if (this.#hash !== null) void this.read(this.#hash, { again: true });
  }

  hostDisconnected(): void {
    this.#worker.close();
  }

  #ask(question: DiffQuestion): Promise<DiffAnswer> {
    return this.#worker.ask(question, { deadlineMs: 20_000 });
  }

  #become(state: PatchState): void {
    this.#state = state;
    this.#host.requestUpdate();
  }
}
