import { panned, type TimeWindow } from './time-scale.ts';
import type { WaterfallAct } from './waterfall-keys.ts';
import type { WaterfallState } from './waterfall-state.ts';

/** What a key or a button can do to a waterfall. */
export type WaterfallHands = {
  readonly state: WaterfallState;
  readonly rowsInSight: number;
  /** Shows a row and gives it the focus. */
  readonly go: (row: number) => void;
  readonly toggle: (row: number) => void;
  /** Shows the details of a row, or puts them away. */
  readonly choose: (row: number) => void;
  readonly close: () => void;
  readonly look: (window: TimeWindow | null) => void;
  readonly zoom: (factor: number) => void;
  readonly filter: () => void;
  readonly follow: () => void;
  /** Changes how rows are shown, with what is in sight staying there. */
  readonly change: (how: () => void) => void;
  readonly copy: (what: 'link' | 'text', row: number) => void;
  /** Goes to the tree of names, or back to the bars. */
  readonly names: () => void;
};

/** Does what was asked for; what makes no sense where the focus is does nothing. */
export const performAct = (does: WaterfallAct, hands: WaterfallHands): void => {
  const { state } = hands;
  const { layout } = state;
  const place = layout.indexOf(state.active);
  const goTo = (wanted: number) => hands.go(layout.rowAt(Math.min(layout.count - 1, Math.max(0, wanted))));
  switch (does.act) {
    case 'move':
      return goTo(place + does.by);
    case 'page-down':
      return goTo(place + hands.rowsInSight);
    case 'page-up':
      return goTo(place - hands.rowsInSight);
    case 'edge':
      return goTo(does.to === 'first' ? 0 : layout.count - 1);
    case 'error':
      return goToError(hands, place, does.way);
    case 'in':
      return goIn(hands, place);
    case 'out':
      return goOut(hands);
    case 'details':
      return hands.choose(state.active);
    case 'close':
      return hands.close();
    case 'fit':
      return hands.look(null);
    case 'zoom':
      return hands.zoom(does.factor);
    case 'pan':
      return hands.look(panned(state.seen, does.share, state.whole));
    case 'filter':
      return hands.filter();
    case 'follow':
      return hands.follow();
    case 'time':
      return hands.change(() => (state.trueTime = !state.trueTime));
    case 'names':
      return hands.names();
    case 'path':
      return hands.change(() => state.showPath(state.path === null));
    case 'collapse':
      return hands.change(() => state.toggleAll());
    case 'copy':
      return state.active < 0 ? undefined : hands.copy(does.what, state.active);
  }
};

/** The next error among the rows that are shown. */
const goToError = ({ state: { layout, store }, go }: WaterfallHands, place: number, way: 1 | -1): void => {
  for (let at = place + way; at >= 0 && at < layout.count; at += way) {
    const row = layout.rowAt(at);
    if (store.isError(row)) return go(row);
  }
};

const goIn = ({ state, go, toggle }: WaterfallHands, place: number): void => {
  if ((state.store.children[state.active] ?? 0) === 0) return;
  if (state.isShut(state.active)) toggle(state.active);
  else go(state.layout.rowAt(place + 1));
};

const goOut = ({ state, go, toggle }: WaterfallHands): void => {
  const { store, active, layout } = state;
  if ((store.children[active] ?? 0) !== 0 && !state.isShut(active) && state.fits === null) return toggle(active);
  const parent = store.parent[active] ?? -1;
  if (layout.indexOf(parent) >= 0) go(parent);
};
