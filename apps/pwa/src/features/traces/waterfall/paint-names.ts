import {
  paintGround,
  paintHeadLine,
  paintName,
  nameStart,
  placesInSight,
  type WaterfallPicture,
} from './paint-rows.ts';
import { rowWords } from './row-words.ts';

const timesWidth = 190;

/** Draws the tree alone: names over the whole width, and when and for how long in words; below a name where the screen is narrow. */
export const paintNames = (ctx: CanvasRenderingContext2D, picture: WaterfallPicture): void => {
  const { shape, theme, state } = picture;
  ctx.fillStyle = theme.surface;
  ctx.fillRect(0, 0, shape.width, shape.height);
  const { first, last, top } = placesInSight(picture);
  for (let place = first; place < last; place += 1) {
    const row = state.layout.rowAt(place);
    paintGround(ctx, picture, row, top(place));
    paintName(ctx, picture, row, top(place));
    paintTimes(ctx, picture, row, top(place));
  }
  paintHead(ctx, picture);
};

const paintTimes = (ctx: CanvasRenderingContext2D, picture: WaterfallPicture, row: number, y: number): void => {
  const { state, shape, theme } = picture;
  const { lasted, offset } = rowWords(state.store, row, state.now);
  const words = lasted === '' ? offset : `${offset}, ${lasted}`;
  ctx.font = `12px ${theme.font}`;
  ctx.textBaseline = 'middle';
  if (shape.stacked) {
    ctx.fillStyle = theme.muted;
    ctx.fillText(words, nameStart(state.store.depth[row] ?? 0) + 16, y + shape.rowHeight - 13);
    return;
  }
  const middle = y + shape.rowHeight / 2;
  // Over the end of a long name, in the colour of what it lies on.
  ctx.fillStyle = theme.surface;
  ctx.fillRect(shape.width - timesWidth, y + 3, timesWidth - 3, shape.rowHeight - 6);
  ctx.fillStyle = theme.muted;
  ctx.fillText(words, shape.width - timesWidth + 8, middle);
};

const paintHead = (ctx: CanvasRenderingContext2D, picture: WaterfallPicture): void => {
  const { shape } = picture;
  paintHeadLine(ctx, picture);
  ctx.fillText(shape.stacked ? 'What, when and for how long' : 'What', 8, shape.ruler / 2);
  if (!shape.stacked) ctx.fillText('When and for how long', shape.width - timesWidth + 8, shape.ruler / 2);
};
