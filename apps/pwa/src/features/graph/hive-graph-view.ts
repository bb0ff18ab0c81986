import { LitElement, html, nothing, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { baseStyles } from '../../ui/base-styles.ts';
import { count } from '../../ui/duration.ts';
import '../../ui/hive-notice.ts';
import '../../ui/hive-skeleton.ts';
import '../../ui/hive-status.ts';
import { statusLook } from '../../ui/status.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import type { TraceScene } from '../traces/trace-views.ts';
import { edgePath } from './edge-path.ts';
import { graphMove } from './graph-keys.ts';
import { GraphReader } from './graph-reader.ts';
import { graphStyles } from './graph-styles.ts';
import type { GraphLayout } from './lay-out.ts';
import { mostDrawn, ranksOf, shapeOf, taskGraph, type GraphNode } from './task-graph.ts';

const size = { width: 208, height: 60 };

/** Which task needs which, with the state of each. The picture is a list as well: each task says what it needs. */
@customElement('hive-graph-view')
export class HiveGraphView extends LitElement {
  static override styles = [baseStyles, graphStyles];

  @property({ attribute: false }) scene!: TraceScene;

  readonly #reader = new GraphReader(this);
  #nodes: readonly GraphNode[] = [];

  protected override willUpdate(): void {
    const { trace } = this.scene;
    this.#nodes = taskGraph(trace.result?.tasks ?? [], trace.events);
    if (this.#nodes.length === 0 || this.#nodes.length > mostDrawn) return;
    const direction = matchMedia('(max-width: 700px)').matches ? 'TB' : 'LR';
    const nodes = this.#nodes.map(({ id, needs }) => ({ id, needs }));
    void this.#reader.lay({ nodes, size, direction }, `${direction} ${shapeOf(this.#nodes)}`);
  }

  override render() {
    const nodes = this.#nodes;
    if (nodes.length === 0)
      return html`<hive-notice
        heading="There are no tasks yet"
        said="They stand here as soon as the goal is planned."
        icon="empty"
      ></hive-notice>`;
    if (nodes.length > mostDrawn)
      return this.#listed(`${count(nodes.length, 'task')} are too many for a picture of them (at most ${mostDrawn}).`);
    const laid = this.#reader.state;
    if (laid.state === 'late') return this.#listed('These tasks need each other in too many ways to be drawn in time.');
    if (laid.state === 'laying out') return html`<hive-skeleton rows="5"></hive-skeleton>`;
    return this.#drawn(nodes, laid.layout);
  }

  #drawn(nodes: readonly GraphNode[], layout: GraphLayout) {
    const places = new Map(layout.nodes.map(({ id, x, y }) => [id, { x, y }]));
    const done = new Set(
      nodes.filter(({ status }) => status === 'merged' || status === 'completed').map(({ id }) => id),
    );
    const box = `inline-size:${layout.width}px;block-size:${layout.height}px`;
    return html`<div class="scroll" @keydown=${(event: KeyboardEvent) => this.#keys(event, layout)}>
      <div class="picture" .style=${box}>
        <svg width=${layout.width} height=${layout.height} aria-hidden="true">
          <defs>
            <marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0 0 8 4 0 8z" fill="context-stroke" />
            </marker>
          </defs>
          ${layout.edges.map(
            ({ from, points }) =>
              svg`<path class=${done.has(from) ? 'met' : ''} d=${edgePath(points)} marker-end="url(#end)" />`,
          )}
        </svg>
        <ol aria-label="Tasks, those that others need first">
          ${repeat(
            nodes,
            ({ id }) => id,
            (node) => {
              const { x = 0, y = 0 } = places.get(node.id) ?? {};
              return html`<li .style=${`left:${x}px;top:${y}px`}>${this.#node(node)}</li>`;
            },
          )}
        </ol>
      </div>
    </div>`;
  }

  #node({ id, key, title, status, needs }: GraphNode) {
    const keys = needs.map((need) => this.#nodes.find((node) => node.id === need)?.key ?? '');
    return html`<a
      href="/tasks/${id}"
      data-id=${id}
      class="node tone-${statusLook(status).tone}"
      title=${visibleLine(title)}
    >
      <span class="top"
        ><hive-status .status=${status}></hive-status><b class="mono one-line">${visibleLine(key)}</b></span
      >
      <span class="title one-line">${visibleLine(title)}</span>
      <span class="visually-hidden"
        >${keys.length === 0 ? 'needs nothing' : `needs ${visibleLine(keys.join(', '))}`}</span
      >
    </a>`;
  }

  #listed(why: string) {
    return html`<p class="why muted">${why} They are listed by what has to come first.</p>
      ${ranksOf(this.#nodes).map(
        (nodes, rank) =>
          html`<section class="panel">
            <h3>
              ${rank === 0 ? 'Need nothing' : `After ${rank === 1 ? 'those' : `step ${rank}`}`},
              ${count(nodes.length, 'task')}
            </h3>
            <ul>
              ${nodes.map((node) => html`<li>${this.#row(node)}</li>`)}
            </ul>
          </section>`,
      )}`;
  }

  #row({ id, key, title, status, needs }: GraphNode) {
    const keys = needs.slice(0, 5).map((need) => this.#nodes.find((node) => node.id === need)?.key ?? '');
    const more = needs.length > keys.length ? ` and ${needs.length - keys.length} more` : '';
    return html`<a class="row" href="/tasks/${id}"
      ><hive-status .status=${status}></hive-status><b class="mono">${visibleLine(key)}</b>
      <span class="title">${visibleLine(title)}</span>
      ${keys.length === 0 ? nothing : html`<span class="muted small">needs ${visibleLine(keys.join(', '))}${more}</span>`}</a
    >`;
  }

  #keys(event: KeyboardEvent, layout: GraphLayout): void {
    const from = (this.renderRoot as ShadowRoot).activeElement?.getAttribute('data-id');
    if (!from || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = graphMove(layout.nodes, from, event.key);
    if (to === null) return;
    event.preventDefault();
    this.renderRoot.querySelector<HTMLElement>(`[data-id="${to}"]`)?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-graph-view': HiveGraphView;
  }
}
