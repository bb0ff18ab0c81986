import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { TaskCard } from '@hive/events';
import { AddressController } from '../../app/address-controller.ts';
import { addressWith, goTo } from '../../app/address.ts';
import type { RoomDesk } from '../../data/desk.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { askFirst } from '../../ui/ask-first.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { loadView } from '../../ui/load-view.ts';
import { toast } from '../../ui/toast.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-tabs.ts';
import { stack } from '../../ui/stack.ts';
import { Turns } from '../../ui/turns.ts';
import { cardsOf, countOf, foldBoard, fullLanes, lanes, type Board, type Lane } from './board-model.ts';
import type { CardWish } from './hive-task-card.ts';
import type { HiveTaskLane } from './hive-task-lane.ts';
import './hive-task-lane.ts';
import { aboutCancel, aboutRetry } from './task-verbs.ts';

const firstCards = 100;
const mostAtOnce = 500;
const authors = [
  ['', 'All authors'],
  ['model', 'Models'],
  ['human', 'People'],
  ['tool', 'Commands'],
  ['oracle', 'Stored patches'],
] as const;

/** All tasks by state. What is chosen is in the address; a phone shows one state at a time. */
@customElement('hive-tasks-page')
export class HiveTasksPage extends LitElement {
  static override styles = [
    baseStyles,
    css`
      ${stack(3)}
      search {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-2);
      }
      input {
        flex: 1;
        min-inline-size: 160px;
      }
      hive-tabs {
        display: none;
      }
      .board {
        display: grid;
        grid-template-columns: repeat(8, minmax(210px, 1fr));
        gap: var(--hive-space-3);
        block-size: max(420px, calc(100dvh - 180px));
        overflow-x: auto;
        /* What is hidden from the eye inside is cut off with the rest, and does not make the page wider. */
        position: relative;
        padding-block-end: var(--hive-space-2);
      }
      .sleeping {
        display: grid;
        grid-template-columns: repeat(8, minmax(210px, 1fr));
        gap: var(--hive-space-3);
        block-size: max(420px, calc(100dvh - 180px));
        overflow: hidden;
        padding-block-start: 28px;
      }
      .sleeping div {
        border-radius: var(--hive-radius-2);
        background: var(--hive-sunken);
      }
      @media (max-width: 700px) {
        hive-tabs {
          display: block;
          min-block-size: 44px;
        }
        .board,
        .sleeping {
          grid-template-columns: minmax(0, 1fr);
          block-size: max(320px, calc(100dvh - 330px));
        }
        .board > :not(.chosen),
        .sleeping div + div {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;

  readonly #address = new AddressController(this);
  #asked = '';
  #reading = new Set<Lane['id']>();
  readonly #load = new LiveLoad<Board>(this, {
    live: () => this.live,
    load: () => this.#read(),
    concerns: ({ type }) => type.startsWith('task.'),
    fold: (board, events) => {
      const next = foldBoard(board, events);
      if (next.unknown) this.#load.refresh();
      return next.board;
    },
    everyMs: 20_000,
  });

  readonly #turns = new Turns(this);

  protected override willUpdate(): void {
    const asked = this.#address.get('workflow');
    if (this.#asked !== asked && this.hasUpdated) void this.#load.reset();
    this.#asked = asked;
  }

  /** The lane of the address that was brought into sight; where all fit, or one is shown at a time, nothing moves. */
  #brought = '';
  protected override updated(): void {
    const asked = this.#address.get('lane');
    const lane = this.renderRoot.querySelector<HiveTaskLane>('.chosen');
    if (this.#brought === asked || (asked !== '' && lane?.lane.id !== asked)) return;
    this.#brought = asked;
    if (asked !== '') lane?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  override render() {
    return html`<h1 tabindex="-1">Tasks</h1>
      ${this.#filter()}
      ${
        this.#load.value === undefined && this.#load.error === undefined
          ? html`<div class="sleeping" role="status" aria-label="Loading">${lanes.map(() => html`<div></div>`)}</div>`
          : loadView(this.#load, (board) => this.#board(board))
      }`;
  }

  #filter() {
    const author = this.#address.get('author');
    const workflow = this.#address.get('workflow');
    return html`<search>
      <input
        type="search"
        aria-label="Filter tasks"
        placeholder="Filter by title, key, goal or code"
        .value=${this.#address.get('q')}
        @input=${(event: Event) => goTo(addressWith({ q: (event.target as HTMLInputElement).value }), { replace: true })}
      />
      <select
        aria-label="Author"
        @change=${(event: Event) => goTo(addressWith({ author: (event.target as HTMLSelectElement).value }))}
      >
        ${authors.map(([value, name]) => html`<option value=${value} ?selected=${value === author}>${name}</option>`)}
      </select>
      ${
        workflow === ''
          ? nothing
          : html`<button aria-pressed="true" title="Remove" @click=${() => goTo(addressWith({ workflow: null }))}>
              of workflow ${visibleLine(workflow.slice(-8))}
            </button>`
      }
    </search>`;
  }

  #board(board: Board) {
    const total = lanes.reduce((sum, lane) => sum + countOf(board, lane), 0);
    if (total === 0) return this.#empty();
    const filter = { text: this.#address.get('q'), author: this.#address.get('author') };
    const chosen = this.#chosen(board);
    const workflow = this.#address.get('workflow');
    const hidden = lanes.reduce((sum, lane) => sum + cardsOf(board, lane, filter).hidden, 0);
    const isFiltered = filter.text !== '' || filter.author !== '';
    return html`<hive-tabs
        label="State"
        .tabs=${lanes.map((lane) => ({ id: lane.id, name: lane.name, count: countOf(board, lane) }))}
        .selected=${chosen}
        @hive-tab=${({ detail }: CustomEvent<string>) => goTo(addressWith({ lane: detail }), { replace: true })}
      ></hive-tabs>
      ${isFiltered ? html`<p class="muted small" role="status">${this.#said(board, hidden)}</p>` : nothing}
      <div class="board" @hive-card-wish=${this.#wish}>
        ${this.#turns.of(lanes).map((lane) => {
          const { cards, hidden: notHere } = cardsOf(board, lane, filter);
          return html`<hive-task-lane
            class=${lane.id === chosen ? 'chosen' : ''}
            .lane=${lane}
            .cards=${cards}
            .known=${board.cards}
            .total=${countOf(board, lane)}
            .notShown=${notHere}
            .behind=${{ types: lane.types, ...(workflow.length === 36 && { trace: workflow }) }}
            ?hasMore=${board.next[lane.id] !== null}
            @hive-more=${() => void this.#more(lane)}
          ></hive-task-lane>`;
        })}
      </div>`;
  }

  #said(board: Board, hidden: number): string {
    const read = board.cards.size;
    const unread = lanes.some(({ id }) => board.next[id] !== null);
    return `${read - hidden} of ${read} shown, ${hidden} hidden by the filter${unread ? '; more are read as you scroll' : ''}`;
  }

  /** On a phone: what was chosen, else where work is, else the first column that has any. */
  #chosen(board: Board): string {
    const asked = this.#address.get('lane');
    if (lanes.some(({ id }) => id === asked)) return asked;
    const full = lanes.filter((lane) => countOf(board, lane) > 0);
    return (full.find(({ id }) => id === 'claimed') ?? full[0])?.id ?? 'waiting';
  }

  #empty() {
    const isOne = this.#address.get('workflow') !== '';
    return html`<hive-notice
      heading=${isOne ? 'This workflow has no tasks yet' : 'No tasks yet'}
      said=${isOne ? 'They stand here when its plan is made.' : 'A goal becomes tasks when its plan is made. Hand in a change of your own, or give Hive a goal.'}
      icon="tasks"
    >
      ${isOne ? html`<a href="/tasks">Show all tasks</a>` : html`<hive-copy text='hive submit HEAD --check "npm test"' what="command"></hive-copy>`}
    </hive-notice>`;
  }

  get #of(): { readonly workflow?: string } {
    const workflow = this.#address.get('workflow');
    return workflow === '' ? {} : { workflow };
  }

  async #read(): Promise<Board> {
    const known = this.#load.value;
    const { counts } = await this.desk.taskCounts(this.#of);
    const pages = await Promise.all(
      fullLanes({ counts }).map(async (lane) => {
        const read = known ? [...known.cards.values()].filter(({ state }) => lane.states.includes(state)).length : 0;
        const limit = Math.min(mostAtOnce, Math.max(firstCards, read));
        return { lane, ...(await this.desk.taskCards({ ...this.#of, states: lane.states, limit })) };
      }),
    );
    const next: Record<Lane['id'], string | null> = Object.fromEntries(lanes.map(({ id }) => [id, null])) as never; // every lane is given one
    const cards = new Map<string, TaskCard>();
    for (const { lane, items, next: after } of pages) {
      next[lane.id] = after;
      for (const card of items) cards.set(card.id, card);
    }
    return { cards, next, counts };
  }

  async #more(lane: Lane): Promise<void> {
    const board = this.#load.value;
    const after = board?.next[lane.id] ?? null;
    if (after === null || this.#reading.has(lane.id)) return;
    this.#reading.add(lane.id);
    try {
      const page = await this.desk.taskCards({ ...this.#of, states: lane.states, limit: mostAtOnce, after });
      this.#load.change((now) => ({
        ...now,
        cards: new Map([...now.cards, ...page.items.map((card) => [card.id, card] as const)]),
        next: { ...now.next, [lane.id]: page.next },
      }));
    } catch (error) {
      complain(error);
    } finally {
      this.#reading.delete(lane.id);
    }
  }

  readonly #wish = async ({ detail: { verb, card } }: CustomEvent<CardWish>) => {
    const title = visibleLine(card.title);
    const isRetry = verb === 'retry';
    const answer = await askFirst({
      heading: isRetry ? 'Retry this task?' : 'Cancel this task?',
      said: isRetry ? aboutRetry({ ...card, title }) : aboutCancel({ title }),
      action: isRetry ? 'Retry it' : 'Cancel it',
      tone: isRetry ? 'plain' : 'danger',
      ...(isRetry && { note: { label: 'A note for its author (optional)' } }),
    });
    if (!answer) return;
    try {
      const { status } = isRetry
        ? await this.desk.retry(card.id, answer.note === '' ? {} : { note: answer.note })
        : await this.desk.cancelTask(card.id);
      toast(`${card.key} is ${status} now`);
    } catch (error) {
      complain(error);
    }
    await this.#load.run();
  };
}

const complain = (error: unknown) => toast(error instanceof Error ? error.message : String(error), 'failed');

declare global {
  interface HTMLElementTagNameMap {
    'hive-tasks-page': HiveTasksPage;
  }
}
