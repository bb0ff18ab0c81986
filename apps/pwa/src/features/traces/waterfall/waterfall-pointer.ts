import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** What fingers, wheel and mouse ask for. Places are in CSS pixels from the left of the surface. */
export type PointerWishes = {
  readonly surface: () => HTMLElement | null;
  /** Zooms about a place. */
  readonly zoom: (x: number, factor: number) => void;
  /** Moves what is seen by so many pixels to the right. */
  readonly pan: (pixels: number) => void;
  readonly tap: (x: number, y: number) => void;
  readonly hover: (x: number, y: number) => void;
  readonly leave: () => void;
  /** A finger that stayed. */
  readonly hold: (y: number) => void;
};

const moved = 4;
const holdMs = 550;
const perWheel = 1.0018;

/** Turns pointer events of a native scroller into wishes. Scrolling up and down stays the browser's own. */
export class WaterfallPointer implements ReactiveController {
  readonly #wishes: PointerWishes;
  readonly #down = new Map<number, { x: number; y: number }>();
  #begun: { readonly x: number; readonly y: number } | null = null;
  #dragging = false;
  #held: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost, wishes: PointerWishes) {
    this.#wishes = wishes;
    host.addController(this);
  }

  hostDisconnected(): void {
    clearTimeout(this.#held);
    this.#down.clear();
  }

  readonly wheel = (event: WheelEvent): void => {
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.#wishes.zoom(this.#placeOf(event).x, perWheel ** event.deltaY);
    } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      event.preventDefault();
      this.#wishes.pan(sideways);
    }
  };

  readonly down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const place = this.#placeOf(event);
    this.#down.set(event.pointerId, place);
    this.#begun = this.#down.size === 1 ? place : null;
    this.#dragging = false;
    clearTimeout(this.#held);
    if (event.pointerType === 'touch' && this.#down.size === 1)
      this.#held = setTimeout(() => {
        this.#begun = null;
        this.#wishes.hold(place.y);
      }, holdMs);
  };

  readonly move = (event: PointerEvent): void => {
    const place = this.#placeOf(event);
    const before = this.#down.get(event.pointerId);
    if (!before) return this.#wishes.hover(place.x, place.y);
    const begun = this.#begun;
    if (begun && (Math.abs(place.x - begun.x) > moved || Math.abs(place.y - begun.y) > moved)) clearTimeout(this.#held);
    const other = [...this.#down].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const apart = Math.abs(before.x - other.x);
      if (apart > 8) this.#wishes.zoom((place.x + other.x) / 2, apart / Math.max(8, Math.abs(place.x - other.x)));
    } else if (begun && (this.#dragging || Math.abs(place.x - begun.x) > moved)) {
      if (!this.#dragging) this.#wishes.surface()?.setPointerCapture(event.pointerId);
      this.#dragging = true;
      this.#wishes.pan(before.x - place.x);
    }
    this.#down.set(event.pointerId, place);
  };

  readonly up = (event: PointerEvent): void => {
    clearTimeout(this.#held);
    const begun = this.#begun;
    this.#down.delete(event.pointerId);
    this.#begun = null;
    if (begun && !this.#dragging && event.type === 'pointerup') this.#wishes.tap(begun.x, begun.y);
    this.#dragging = false;
  };

  readonly leave = (): void => this.#wishes.leave();

  #placeOf(event: MouseEvent): { x: number; y: number } {
    const box = this.#wishes.surface()?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  }
}
