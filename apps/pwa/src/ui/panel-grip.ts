import { html, type LitElement, type ReactiveController, type TemplateResult } from 'lit';

/** The heights of a sheet on a phone, in hundredths of the window. */
export const sheetHeights = [30, 62, 92] as const;
const heightWords = ['a third', 'most', 'all'] as const;
/** The width beside a list at a desk, in CSS pixels. */
const widths = { least: 300, usual: 380, most: 760, step: 40 } as const;
/** A sheet that is drawn below this is put away. */
const gone = 18;
/** A press that moves no further is a tap. */
const tapped = 4;

const kept = 'hive-panel';
const sheet = matchMedia('(max-width: 1023px)');
const between = (least: number, n: number, most: number): number => Math.min(most, Math.max(least, n));

type Size = { readonly height: number; readonly width: number };

const readSize = (): Size => {
  try {
    const { height, width } = JSON.parse(localStorage.getItem(kept) ?? '{}') as Partial<Size>;
    return {
      height: between(0, Math.round(Number(height ?? 1)), sheetHeights.length - 1) || 0,
      width: between(widths.least, Number(width ?? widths.usual), widths.most) || widths.usual,
    };
  } catch {
    return { height: 1, width: widths.usual };
  }
};

/**
 * The size of a panel, by hand and by keys: on a phone a sheet with three heights, which is put away when it is drawn down, and at a desk a panel of any
 * width beside what it belongs to. Sets `--sheet` and `--panel` on its host; this browser keeps the choice.
 */
export class PanelGrip implements ReactiveController {
  readonly #host: LitElement;
  readonly #close: () => void;
  #size = readSize();
  #begun: { readonly at: number; readonly size: number; moved: boolean } | null = null;

  constructor(host: LitElement, close: () => void) {
    this.#host = host;
    this.#close = close;
    host.addController(this);
  }

  hostConnected(): void {
    sheet.addEventListener('change', this.#changed);
    this.#show();
  }

  hostDisconnected(): void {
    sheet.removeEventListener('change', this.#changed);
  }

  /** What is taken hold of; stands before what it belongs to. */
  render(): TemplateResult {
    const { height, width } = this.#size;
    const isSheet = sheet.matches;
    return html`<div
      class="grip"
      role="separator"
      tabindex="0"
      aria-label=${isSheet ? 'Height of the details' : 'Width of the details'}
      aria-orientation=${isSheet ? 'horizontal' : 'vertical'}
      aria-valuemin=${isSheet ? 1 : widths.least}
      aria-valuemax=${isSheet ? sheetHeights.length : widths.most}
      aria-valuenow=${isSheet ? height + 1 : width}
      aria-valuetext=${isSheet ? `${heightWords[height]} of the window` : `${width} pixels`}
      @keydown=${this.#key}
      @pointerdown=${this.#down}
      @pointermove=${this.#move}
      @pointerup=${this.#up}
      @pointercancel=${this.#up}
    >
      <span></span>
    </div>`;
  }

  #keep(change: Partial<Size>): void {
    this.#size = { ...this.#size, ...change };
    try {
      localStorage.setItem(kept, JSON.stringify(this.#size));
    } catch {
      // a browser that keeps nothing
    }
    this.#show();
  }

  #show(): void {
    this.#host.style.setProperty('--sheet', `${sheetHeights[this.#size.height] ?? 62}dvh`);
    this.#host.style.setProperty('--panel', `${this.#size.width}px`);
    this.#host.requestUpdate();
  }

  readonly #changed = (): void => this.#show();

  readonly #key = (event: KeyboardEvent): void => {
    const isSheet = sheet.matches;
    const way = isSheet ? { ArrowUp: 1, ArrowDown: -1 } : { ArrowLeft: 1, ArrowRight: -1 };
    const by = (way as Readonly<Record<string, number>>)[event.key];
    if (event.key === 'Escape') return this.#close();
    const end = { Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined && end === undefined && !(isSheet && event.key === 'Enter')) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Enter') return this.#next();
    const { height, width } = this.#size;
    if (isSheet) this.#keep({ height: between(0, end ?? height + (by ?? 0), sheetHeights.length - 1) });
    else this.#keep({ width: between(widths.least, end ?? width + widths.step * (by ?? 0), widths.most) });
  };

  #next(): void {
    this.#keep({ height: (this.#size.height + 1) % sheetHeights.length });
  }

  readonly #down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    const { width, height } = this.#host.getBoundingClientRect();
    this.#begun = sheet.matches
      ? { at: event.clientY, size: height, moved: false }
      : { at: event.clientX, size: width, moved: false };
  };

  readonly #move = (event: PointerEvent): void => {
    const begun = this.#begun;
    if (begun === null) return;
    const by = begun.at - (sheet.matches ? event.clientY : event.clientX);
    begun.moved ||= Math.abs(by) > tapped;
    if (!begun.moved) return;
    if (sheet.matches) this.#host.style.setProperty('--sheet', `${begun.size + by}px`);
    else this.#host.style.setProperty('--panel', `${between(widths.least, begun.size + by, widths.most)}px`);
  };

  readonly #up = (event: PointerEvent): void => {
    const begun = this.#begun;
    this.#begun = null;
    if (begun === null) return;
    if (event.type === 'pointercancel') return this.#show();
    if (!begun.moved) return sheet.matches ? this.#next() : undefined;
    if (!sheet.matches)
      return this.#keep({
        width: Math.round(between(widths.least, begun.size + begun.at - event.clientX, widths.most)),
      });
    const share = (100 * (begun.size + begun.at - event.clientY)) / innerHeight;
    if (share < gone) {
      this.#show();
      return this.#close();
    }
    const distances = sheetHeights.map((it) => Math.abs(it - share));
    this.#keep({ height: distances.indexOf(Math.min(...distances)) });
  };
}
