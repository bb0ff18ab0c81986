import { LitElement, css, html, unsafeCSS, type PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type uPlot from 'uplot';
import plotStyles from 'uplot/dist/uPlot.min.css?inline';
import { baseStyles } from './base-styles.ts';
import { chartWords } from './chart-words.ts';
import { turn } from './turns.ts';

/** A line of a chart: one value for each stretch of time, null where nothing was measured. `tone` names a token of the look. */
export type ChartLine = {
  readonly name: string;
  readonly values: readonly (number | null)[];
  readonly tone: 'accent' | 'running' | 'ok' | 'waiting' | 'failed' | 'idle' | 'model';
  readonly bars?: boolean;
};

const height = 132;

/** Where a stretch is so long, several days are drawn. */
const dayMarksFromMs = 3_600_000;
const day = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleDateString('en', { day: 'numeric', month: 'short' });
const clock = (seconds: number): string => new Date(seconds * 1000).toTimeString().slice(0, 5);

/**
 * Where no locale is set (`LANG=C.UTF-8`), Chromium says that its language is `en-US@posix`; that is no tag, and the library hands it to Intl as
 * it loads, which throws.
 */
const loadPlot = async (): Promise<typeof uPlot> => {
  try {
    Intl.getCanonicalLocales(navigator.language);
  } catch {
    Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
  }
  return (await import('uplot')).default;
};

/** Values over time. The library is loaded when a chart is first shown; what it says stands beside it for those who do not see it. */
@customElement('hive-chart')
export class HiveChart extends LitElement {
  static override styles = [
    baseStyles,
    unsafeCSS(plotStyles),
    css`
      :host {
        display: block;
        min-inline-size: 0;
      }
      figure {
        margin: 0;
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--hive-space-1);
      }
      figcaption {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 var(--hive-space-3);
        font-size: var(--hive-size-1);
        color: var(--hive-muted);
      }
      figcaption b {
        color: var(--hive-text);
        font-weight: 600;
      }
      .key::before {
        content: '';
        display: inline-block;
        inline-size: 10px;
        block-size: 3px;
        margin-inline-end: 4px;
        vertical-align: middle;
        background: var(--chart-tone);
      }
      .plot {
        block-size: ${height}px;
        overflow: hidden;
      }
      .accent {
        --chart-tone: var(--hive-accent);
      }
      .running {
        --chart-tone: var(--hive-running);
      }
      .ok {
        --chart-tone: var(--hive-ok);
      }
      .waiting {
        --chart-tone: var(--hive-waiting);
      }
      .failed {
        --chart-tone: var(--hive-failed);
      }
      .idle {
        --chart-tone: var(--hive-idle);
      }
      .model {
        --chart-tone: var(--hive-model);
      }
    `,
  ];

  /** What is drawn, with its unit: `Calls at once`. */
  @property() heading = '';
  @property({ attribute: false }) lines: readonly ChartLine[] = [];
  /** The beginning of the first stretch, in milliseconds since 1970, and how long each is. */
  @property({ type: Number }) fromMs = 0;
  @property({ type: Number }) stepMs = 60_000;
  /** How a value is written, also at the axis. */
  @property({ attribute: false }) write: (value: number) => string = String;
  @query('.plot') private readonly place!: HTMLElement;

  #plot: uPlot | undefined;
  #drawn = '';
  readonly #resized = new ResizeObserver(() => this.#fit());
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)');

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
    this.#scheme.addEventListener('change', this.#again);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    this.#scheme.removeEventListener('change', this.#again);
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  override render() {
    return html`<figure>
      <figcaption>
        <b>${this.heading}</b>
        ${this.lines.length < 2 ? '' : this.lines.map(({ name, tone }) => html`<span class="key ${tone}">${name}</span>`)}
      </figcaption>
      <div class="plot" aria-hidden="true"></div>
      <span class="visually-hidden">${chartWords(this.lines, this.write)}</span>
    </figure>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    void this.#draw();
  }

  async #draw(): Promise<void> {
    const Plot = await loadPlot();
    if (!this.#plot) await turn(); // several charts come together
    if (!this.isConnected) return;
    const data = [
      (this.lines[0]?.values ?? []).map((_, index) => (this.fromMs + index * this.stepMs) / 1000),
      // A bar of nothing is no bar.
      ...this.lines.map(({ values, bars }) => values.map((value) => (bars && value === 0 ? null : value))),
    ] as uPlot.AlignedData;
    const shape = this.lines.map(({ name, tone }) => name + tone).join();
    if (this.#plot && shape === this.#drawn) return this.#plot.setData(data);
    this.#plot?.destroy();
    this.#drawn = shape;
    const colour = (name: string) => this.#colour(name);
    const axis = {
      stroke: colour('muted'),
      font: `11px ${getComputedStyle(this).fontFamily}`,
      grid: { stroke: colour('border'), width: 1 },
      ticks: { show: false },
    };
    this.#plot = new Plot(
      {
        width: this.clientWidth,
        height,
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 22, 0, 0],
        scales: { y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.1)] } },
        axes: [
          { ...axis, size: 22, space: 80, values: (_plot, moments) => moments.map((at) => this.#moment(at)) },
          { ...axis, size: 58, space: 32, values: (_plot, values) => values.map((it) => this.write(it)) },
        ],
        series: [
          {},
          ...this.lines.map(({ name, tone, bars }): uPlot.Series => {
            const bar = bars ? Plot.paths.bars?.({ size: [0.8, 20] }) : undefined;
            const fill = bars ? { fill: colour(tone), paths: bar } : {};
            return { label: name, stroke: colour(tone), width: 1.5, points: { show: false }, ...fill } as uPlot.Series;
          }),
        ],
      },
      data,
      this.place,
    );
  }

  /** A token as a canvas knows it: `light-dark()` is only resolved where a colour is used. */
  #colour(token: string): string {
    const probe = document.createElement('i');
    probe.style.color = `var(--hive-${token})`;
    this.renderRoot.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }

  /** A moment at the axis: its time, and the day where several days are drawn and one begins. */
  #moment(at: number): string {
    const begins = new Date(at * 1000).getHours() === 0;
    return this.stepMs >= dayMarksFromMs && begins ? day(at) : clock(at);
  }

  #fit(): void {
    if (this.#plot && this.clientWidth > 0 && this.#plot.width !== this.clientWidth)
      this.#plot.setSize({ width: this.clientWidth, height });
  }

  readonly #again = () => {
    this.#drawn = '';
    void this.#draw();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-chart': HiveChart;
  }
}
