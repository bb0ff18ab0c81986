import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { phaseColours } from './phase-colours.ts';
import type { Phase } from './phases.ts';

/** The window of time that a bar is drawn in, in ms since 1970. */
export type TimeWindow = { readonly from: number; readonly to: number };

/** Bars on a strip of time. A picture only: whoever uses it says the same in words. */
@customElement('hive-phase-bar')
export class HivePhaseBar extends LitElement {
  static override styles = css`
    :host {
      display: block;
      position: relative;
      block-size: 10px;
      overflow: hidden;
    }
    i {
      position: absolute;
      inset-block: 0;
      min-inline-size: 2px;
      border-radius: 2px;
    }
    .needs,
    .queued {
      inset-block: 4px;
      background: var(--hive-border);
    }
    ${phaseColours}
    .point {
      inline-size: 4px;
      margin-inline-start: -2px;
      inset-block: 2px;
      border-radius: 50%;
      background: var(--hive-muted);
    }
    .bad {
      inline-size: 4px;
      margin-inline-start: -4px;
      border-radius: 0;
      background: var(--hive-failed);
    }
    @media (forced-colors: active) {
      i {
        forced-color-adjust: none;
      }
    }
  `;

  @property({ attribute: false }) phases: readonly Phase[] = [];
  /** A moment without a length. */
  @property({ attribute: false }) point: number | null = null;
  @property({ attribute: false }) badAt: number | null = null;
  @property({ attribute: false }) time: TimeWindow = { from: 0, to: 1 };

  override render() {
    return html`${this.phases.map((phase) => html`<i class=${phase.kind} .style=${this.#place(phase.from, phase.to ?? this.time.to)}></i>`)}
    ${this.point === null ? nothing : html`<i class="point" .style=${this.#place(this.point, null)}></i>`}
    ${this.badAt === null ? nothing : html`<i class="bad" .style=${this.#place(this.badAt, null)}></i>`}`;
  }

  #place(from: number, to: number | null): string {
    const whole = Math.max(1, this.time.to - this.time.from);
    const share = (ms: number) => Math.min(100, Math.max(0, (100 * ms) / whole));
    const start = `inset-inline-start:${share(from - this.time.from)}%`;
    return to === null ? start : `${start};inline-size:${share(to - from)}%`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-phase-bar': HivePhaseBar;
  }
}
