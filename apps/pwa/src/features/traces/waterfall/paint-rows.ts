import { duration } from '../../../ui/duration.ts';
import { visibleLine } from '../../../ui/visible-text.ts';
import type { PhaseKind } from '../phases.ts';
import type { CanvasTheme } from './canvas-theme.ts';
import { gapWords } from './idle-gaps.ts';
import { eachStretch, showsBar, spanOf } from './row-facts.ts';
import { ticksOf, type TimeScale } from './time-scale.ts';
import type { WaterfallState } from './waterfall-state.ts';

/** Where things are drawn, in CSS pixels. */
export type WaterfallShape = {
  readonly width: number;
  readonly height: number;
  /** The width of the names, or of the whole where names stand above bars. */
  readonly names: number;
  readonly rowHeight: number;
  readonly ruler: number;
  /** Names stand above bars, for narrow screens and fingers. */
  readonly stacked: boolean;
};

/** What one picture shows. `offset` is how far the rows are scrolled; `hatch` fills the time that waits for people. */
export type WaterfallPicture = {
  readonly state: WaterfallState;
  readonly scale: TimeScale;
  readonly shape: WaterfallShape;
  readonly theme: CanvasTheme;
  readonly hatch: CanvasPattern | string;
  readonly offset: number;
  readonly selected: number;
  readonly hovered: number;
  readonly isFocused: boolean;
  readonly isRunning: boolean;
};

const indent = 12;
const deepest = 14;
/** Texts of this length are wider than any screen; what is longer is not drawn, and costs nothing. */
const longestText = 240;

export const rulerHeight = 22;

/** Where names begin for a depth. */
export const nameStart = (depth: number): number => 8 + Math.min(depth, deepest) * indent;

const coloured: Readonly<Partial<Record<PhaseKind, keyof CanvasTheme>>> = {
  ...{ model: 'model', command: 'command', check: 'running', review: 'idle', merge: 'ok' },
};

/** Draws what is in sight: rows from the offset on, a ruler above them, gaps across, and the line of now. */
export const paintRows = (ctx: CanvasRenderingContext2D, picture: WaterfallPicture): void => {
  const { shape, theme, state } = picture;
  ctx.fillStyle = theme.surface;
  ctx.fillRect(0, 0, shape.width, shape.height);
  paintGrid(ctx, picture);
  const { first, last, top } = placesInSight(picture);
  for (let place = first; place < last; place += 1) paintGround(ctx, picture, state.layout.rowAt(place), top(place));

  const left = shape.stacked ? 0 : shape.names;
  clipped(ctx, [left, shape.ruler, shape.width - left, shape.height], () => {
    for (let place = first; place < last; place += 1) paintBar(ctx, picture, state.layout.rowAt(place), top(place));
    paintGaps(ctx, picture);
    paintNow(ctx, picture);
  });
  clipped(ctx, [0, shape.ruler, shape.stacked ? shape.width : shape.names - 8, shape.height], () => {
    for (let place = first; place < last; place += 1) paintName(ctx, picture, state.layout.rowAt(place), top(place));
  });
  paintRuler(ctx, picture);
};

/** The places that are in sight, from `first` to before `last`, and how far down each begins. */
export const placesInSight = ({ shape, state, offset }: WaterfallPicture) => ({
  first: Math.max(0, Math.floor(offset / shape.rowHeight)),
  last: Math.min(state.layout.count, Math.ceil((offset + shape.height) / shape.rowHeight)),
  top: (place: number) => shape.ruler + place * shape.rowHeight - offset,
});

const clipped = (
  ctx: CanvasRenderingContext2D,
  [x, y, w, h]: [number, number, number, number],
  draw: () => void,
): void => {
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, w, h);
  ctx.clip();
  draw();
  ctx.restore();
};

const barsLeft = ({ stacked, names }: WaterfallShape): number => (stacked ? 8 : names);

export const paintGround = (ctx: CanvasRenderingContext2D, picture: WaterfallPicture, row: number, y: number): void => {
  const { theme, shape, state } = picture;
  const fill = (colour: string, alpha: number) => {
    ctx.globalAlpha = alpha;
    ctx.fillStyle = colour;
    ctx.fillRect(0, y, shape.width, shape.rowHeight);
    ctx.globalAlpha = 1;
  };
  if (row === picture.selected) fill(theme.accent, 0.16);
  else if (row === picture.hovered) fill(theme.muted, 0.1);
  if (state.path?.has(row)) {
    ctx.fillStyle = theme.accent;
    ctx.fillRect(0, y + 2, 3, shape.rowHeight - 4);
  }
  if (row !== state.active || !picture.isFocused) return;
  ctx.strokeStyle = theme.accent;
  ctx.lineWidth = 2;
  ctx.strokeRect(1, y + 1, shape.width - 2, shape.rowHeight - 2);
};

export const paintName = (
  ctx: CanvasRenderingContext2D,
  { state, theme, shape }: WaterfallPicture,
  row: number,
  y: number,
): void => {
  const { store } = state;
  const isDimmed = state.fits !== null && state.fits[row] !== 1;
  const middle = y + (shape.stacked ? 15 : shape.rowHeight / 2);
  let x = nameStart(store.depth[row] ?? 0);
  ctx.globalAlpha = isDimmed ? 0.55 : 1;
  if (store.children[row] !== 0) paintCaret(ctx, theme, [x + 4, middle], state.isShut(row));
  x += 16;
  const isBad = store.isError(row) || (state.isShut(row) && (store.errorsBelow[row] ?? 0) > 0);
  if (isBad) x = paintMark(ctx, theme, x, middle);
  const whole = showsBar(store, row);
  const words = visibleLine(store.textOf('words', row).slice(0, longestText));
  const type = visibleLine(store.textOf('type', row).slice(0, longestText));
  ctx.textBaseline = 'middle';
  ctx.font = `${whole && words !== '' ? '600 13px' : '13px'} ${theme.font}`;
  ctx.fillStyle = theme.text;
  if (whole && words !== '') {
    ctx.fillText(words, x, middle);
  } else {
    ctx.font = `12px ${theme.mono}`;
    ctx.fillStyle = isBad ? theme.failed : theme.muted;
    ctx.fillText(type, x, middle);
    const after = x + ctx.measureText(type).width + 8;
    ctx.font = `13px ${theme.font}`;
    ctx.fillStyle = theme.text;
    ctx.fillText(words, after, middle);
  }
  ctx.globalAlpha = 1;
};

const paintCaret = (
  ctx: CanvasRenderingContext2D,
  theme: CanvasTheme,
  [x, y]: [number, number],
  isShut: boolean,
): void => {
  ctx.fillStyle = theme.muted;
  ctx.beginPath();
  const corners = isShut ? ([-2, -4, 4, 0, -2, 4] as const) : ([-4, -2, 4, -2, 0, 4] as const);
  ctx.moveTo(x + corners[0], y + corners[1]);
  ctx.lineTo(x + corners[2], y + corners[3]);
  ctx.lineTo(x + corners[4], y + corners[5]);
  ctx.fill();
};

/** An error is a mark and a colour, so that it is seen without colours too. */
const paintMark = (ctx: CanvasRenderingContext2D, theme: CanvasTheme, x: number, y: number): number => {
  ctx.strokeStyle = theme.failed;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.arc(x + 6, y, 5.5, 0, Math.PI * 2);
  for (const [from, to] of [
    [-3, 1],
    [2.5, 3.5],
  ] as const) {
    ctx.moveTo(x + 6, y + from);
    ctx.lineTo(x + 6, y + to);
  }
  ctx.stroke();
  return x + 17;
};

const paintBar = (ctx: CanvasRenderingContext2D, picture: WaterfallPicture, row: number, y: number): void => {
  const { state, scale, shape, theme, hatch } = picture;
  const left = barsLeft(shape);
  const [top, height] = shape.stacked ? [y + shape.rowHeight - 15, 9] : [y + shape.rowHeight / 2 - 5, 10];
  let end = 0;
  const isBar = eachStretch(state.store, row, state.now, (kind, from, to) => {
    const x = left + scale.x(from);
    const width = Math.max(2, left + scale.x(to) - x);
    if (x > shape.width || x + width < left) return;
    end = Math.max(end, x + width);
    const token = coloured[kind];
    if (token !== undefined) {
      ctx.fillStyle = theme[token];
      ctx.fillRect(x, top, width, height);
    } else if (kind === 'person') {
      ctx.fillStyle = hatch;
      ctx.fillRect(x, top, width, height);
      ctx.strokeStyle = theme.waiting;
      ctx.lineWidth = 1;
      ctx.strokeRect(x + 0.5, top + 0.5, width - 1, height - 1);
    } else {
      ctx.fillStyle = kind === 'parked' || kind === 'paused' ? theme.waiting : theme.control;
      ctx.fillRect(x, top + height / 2 - 1, width, 2);
    }
  });
  const bad = state.store.bars.badAt[state.store.subject[row] ?? 0] ?? NaN;
  if (isBar && showsBar(state.store, row) && !Number.isNaN(bad)) {
    ctx.fillStyle = theme.failed;
    ctx.fillRect(left + scale.x(bad) - 2, top - 2, 4, height + 4);
  }
  if (!isBar) return paintPoint(ctx, picture, row, top + height / 2);
  const span = spanOf(state.store, row, state.now);
  if (end + 60 > shape.width || end < left || shape.stacked) return;
  ctx.font = `11px ${theme.font}`;
  ctx.textBaseline = 'middle';
  ctx.fillStyle = theme.muted;
  ctx.fillText(duration(span.to - span.from), end + 6, top + height / 2);
};

const paintPoint = (
  ctx: CanvasRenderingContext2D,
  { state, scale, shape, theme }: WaterfallPicture,
  row: number,
  y: number,
): void => {
  const x = barsLeft(shape) + scale.x(state.store.at[row] ?? 0);
  if (x < barsLeft(shape) - 4 || x > shape.width + 4) return;
  ctx.fillStyle = state.store.isError(row) ? theme.failed : theme.muted;
  ctx.beginPath();
  ctx.arc(x, y, 3, 0, Math.PI * 2);
  ctx.fill();
};

const paintGaps = (ctx: CanvasRenderingContext2D, { scale, shape, theme }: WaterfallPicture): void => {
  for (const gap of scale.gaps) {
    const [from, to] = [Math.max(gap.from, scale.window.from), Math.min(gap.to, scale.window.to)];
    const x = barsLeft(shape) + scale.x(from);
    const width = scale.x(to) - scale.x(from);
    ctx.fillStyle = theme.sunken;
    ctx.globalAlpha = 0.85;
    ctx.fillRect(x, 0, width, shape.height);
    ctx.globalAlpha = 1;
    ctx.strokeStyle = theme.border;
    ctx.lineWidth = 1;
    ctx.setLineDash([3, 3]);
    ctx.strokeRect(x + 0.5, -1, width - 1, shape.height + 2);
    ctx.setLineDash([]);
    ctx.save();
    ctx.translate(x + width / 2, shape.ruler + 8);
    ctx.rotate(Math.PI / 2);
    ctx.font = `12px ${theme.font}`;
    ctx.textBaseline = 'middle';
    ctx.fillStyle = theme.muted;
    ctx.fillText(gapWords(gap), 0, 0);
    ctx.restore();
  }
};

const paintNow = (ctx: CanvasRenderingContext2D, { state, scale, shape, theme, isRunning }: WaterfallPicture): void => {
  if (!isRunning) return;
  const x = barsLeft(shape) + scale.x(state.now);
  ctx.fillStyle = theme.running;
  ctx.fillRect(Math.min(x, shape.width - 1.5), shape.ruler, 1.5, shape.height);
};

const tickSpace = 96;

const paintGrid = (ctx: CanvasRenderingContext2D, { state, scale, shape, theme }: WaterfallPicture): void => {
  ctx.fillStyle = theme.border;
  ctx.globalAlpha = 0.6;
  for (const tick of ticksOf(scale, state.store.firstAt, tickSpace))
    ctx.fillRect(Math.round(barsLeft(shape) + scale.x(tick + state.store.firstAt)), shape.ruler, 1, shape.height);
  ctx.globalAlpha = 1;
};

/** The line above the rows, empty, with the pen ready for its words. */
export const paintHeadLine = (ctx: CanvasRenderingContext2D, { shape, theme }: WaterfallPicture): void => {
  ctx.fillStyle = theme.surface;
  ctx.fillRect(0, 0, shape.width, shape.ruler);
  ctx.fillStyle = theme.border;
  ctx.fillRect(0, shape.ruler - 1, shape.width, 1);
  ctx.font = `11px ${theme.font}`;
  ctx.textBaseline = 'middle';
  ctx.fillStyle = theme.muted;
};

const paintRuler = (ctx: CanvasRenderingContext2D, picture: WaterfallPicture): void => {
  const { state, scale, shape } = picture;
  paintHeadLine(ctx, picture);
  for (const tick of ticksOf(scale, state.store.firstAt, tickSpace)) {
    const x = barsLeft(shape) + scale.x(tick + state.store.firstAt);
    if (x < shape.width - 30) ctx.fillText(tick === 0 ? '0' : duration(tick), x + 3, shape.ruler / 2);
  }
};
