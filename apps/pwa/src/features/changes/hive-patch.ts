import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { RoomDesk } from '../../data/desk.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { count } from '../../ui/duration.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-notice.ts';
import '../../ui/hive-skeleton.ts';
import { icon } from '../../ui/icons.ts';
import { stack } from '../../ui/stack.ts';
import { visibleLine, visibleText } from '../../ui/visible-text.ts';
import type { FileSummary } from '../../workers/diff.worker.ts';
import type { FileRows } from './diff-rows.ts';
import { fileWords } from './file-words.ts';
import './hive-file-diff.ts';
import { PatchReader } from './patch-reader.ts';

/** As many lines as a file may have and still be opened at once. */
const fewLines = 2000;
const allLines = 1_000_000;
/** As many lines as a change may have and still be opened whole. */
const smallChange = 400;

/** The files of one patch with what came in and went out, each opened on its own. The patch is read in a worker. */
@customElement('hive-patch')
export class HivePatch extends LitElement {
  static override styles = [
    baseStyles,
    css`
      ${stack(3)}
      .sum {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-2) var(--hive-space-4);
      }
      ul {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--hive-space-2);
      }
      li {
        overflow: clip;
      }
      .file {
        display: grid;
        grid-template-columns: 16px minmax(0, 1fr) auto;
        align-items: center;
        gap: var(--hive-space-2);
        inline-size: 100%;
        border: 0;
        border-radius: 0;
        text-align: start;
      }
      .file[aria-expanded='true'] .icon {
        transform: rotate(90deg);
      }
      .file[aria-expanded='true'] {
        position: sticky;
        inset-block-start: 0;
        z-index: 1;
        border-block-end: 1px solid var(--hive-border);
      }
      .name {
        overflow-wrap: anywhere;
        padding-block: 4px;
      }
      .figures {
        white-space: nowrap;
      }
      .nothing {
        padding: var(--hive-space-2) var(--hive-space-3);
      }
    `,
  ];

  @property({ attribute: false }) desk!: Pick<RoomDesk, 'artefact'>;
  /** The artefact of the patch. */
  @property() hash = '';
  /** Offers to quote lines; what is quoted is told by `hive-quote`. */
  @property({ type: Boolean }) quotable = false;

  @state() private open: ReadonlyMap<number, FileRows | 'loading' | 'failed'> = new Map();

  /** The patch whose lines were read as far as they are shown by themselves; before that nothing of it is, so that nothing moves. */
  @state() private settled = '';

  readonly #reader = new PatchReader(this, (hash) => this.desk.artefact(hash));

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('hash') || this.hash === '') return;
    this.open = new Map();
    const { hash } = this;
    void this.#reader.read(hash).then(() => this.#openSmall(hash));
  }

  override render() {
    const read = this.#reader.state;
    switch (read.state) {
      case 'none':
        return nothing;
      case 'loading':
        return html`<hive-skeleton rows="3"></hive-skeleton>`;
      case 'failed':
        return html`<hive-notice
          heading="The change could not be loaded"
          .said=${visibleText(read.error instanceof Error ? read.error.message : String(read.error))}
          icon="failed"
          tone="failed"
          ><button @click=${() => void this.#reader.read(this.hash, { again: true })}>Try again</button></hive-notice
        >`;
      case 'read':
        return this.settled === this.hash ? this.#files(read.files) : html`<hive-skeleton rows="3"></hive-skeleton>`;
    }
  }

  #files(files: readonly FileSummary[]) {
    if (files.length === 0)
      return html`<hive-notice
        heading="No file is changed"
        said="The recorded patch is empty."
        icon="empty"
      ></hive-notice>`;
    const sum = (of: 'added' | 'removed') => files.reduce((total, file) => total + file[of], 0);
    return html`<p class="sum">
        <span>${count(files.length, 'file')} changed</span>${this.#figures(sum('added'), sum('removed'))}
        <hive-copy text="Copy the patch" .value=${this.#reader.text()} what="patch"></hive-copy>
      </p>
      <ul>
        ${repeat(
          files,
          ({ path }) => path,
          (file, index) => html`<li class="panel">${this.#file(file, index)}</li>`,
        )}
      </ul>`;
  }

  #figures(added: number, removed: number) {
    return html`<span class="figures mono"
      ><span class="tone-ok">+${added}</span> <span class="tone-failed">−${removed}</span></span
    >`;
  }

  #file(file: FileSummary, index: number) {
    const words = fileWords(file);
    const rows = this.open.get(index);
    return html`<button
        class="file"
        aria-expanded=${rows === undefined ? 'false' : 'true'}
        @click=${() => void this.#toggle(index)}
      >
        ${icon('open')}<span class="name mono"
          >${visibleLine(file.path)}${words === '' ? nothing : html` <span class="muted">${visibleLine(words)}</span>`}</span
        >
        ${file.isBinary ? nothing : this.#figures(file.added, file.removed)}
      </button>
      ${this.#lines(file, index, rows)}`;
  }

  #lines(file: FileSummary, index: number, rows: FileRows | 'loading' | 'failed' | undefined) {
    if (rows === undefined) return nothing;
    if (rows === 'loading') return html`<hive-skeleton rows="2"></hive-skeleton>`;
    if (rows === 'failed')
      return html`<p class="nothing tone-failed">
        This file could not be shown. <button @click=${() => void this.#read(index, fewLines)}>Try again</button>
      </p>`;
    if (rows.of === 0)
      return html`<p class="nothing muted">
        ${file.isBinary ? 'A binary file: there are no lines to show.' : 'No line is changed.'}
      </p>`;
    return html`<hive-file-diff
      .path=${file.path}
      .file=${rows}
      ?quotable=${this.quotable}
      @hive-whole=${() => void this.#read(index, allLines)}
    ></hive-file-diff>`;
  }

  /** A change that fits on a screen or two is seen without a click. */
  async #openSmall(hash: string): Promise<void> {
    const read = this.#reader.state;
    if (hash !== this.hash) return;
    if (read.state === 'read') await this.#readSmall(read.files);
    if (hash !== this.hash) return;
    this.settled = hash;
    this.dispatchEvent(new CustomEvent('hive-settled', { detail: hash }));
  }

  async #readSmall(files: readonly FileSummary[]): Promise<void> {
    const lines = files.reduce((sum, { added, removed }) => sum + added + removed, 0);
    const few = files.length <= 20 && lines <= smallChange ? files : [];
    for (const [index, file] of few.entries()) if (!file.isBinary) await this.#read(index, fewLines);
  }

  async #toggle(index: number): Promise<void> {
    if (!this.open.has(index)) return this.#read(index, fewLines);
    const open = new Map(this.open);
    open.delete(index);
    this.open = open;
  }

  async #read(index: number, most: number): Promise<void> {
    const hash = this.hash;
    const put = (rows: FileRows | 'loading' | 'failed') => {
      if (hash === this.hash) this.open = new Map(this.open).set(index, rows);
    };
    if (!this.open.has(index)) put('loading');
    put(await this.#reader.rows(index, most).catch(() => 'failed' as const));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-patch': HivePatch;
  }
  interface HTMLElementEventMap {
    /** A patch is shown, or why it is not: its hash. */
    'hive-settled': CustomEvent<string>;
  }
}
