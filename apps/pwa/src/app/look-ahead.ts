import type { RoomDesk } from '../data/desk.ts';
import { askAhead } from '../features/traces/trace-ahead.ts';
import { addressChanged } from './address.ts';

const trace = /^\/traces\/([\w-]+)$/;

/** The code of a trace and of its first view, side by side and not one after the other. */
const loadTrace = () => {
  for (const part of [
    import('../features/traces/hive-trace-page.ts'),
    import('../features/traces/waterfall/hive-waterfall.ts'),
  ])
    part.catch(() => undefined); // the page says so when it is asked for
};

/** The address of the link that an event is about, where that is one of the app. */
const pathAt = (event: Event): string | undefined => {
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
  return link?.origin === location.origin ? link.pathname : undefined;
};

type AheadDesk = Pick<RoomDesk, 'traceColumns' | 'workflow'>;

/** Fetches what the trace at this address needs, beside the code of its page. */
export const lookAt = (desk: AheadDesk, path: string): void => {
  const id = trace.exec(path)?.[1];
  if (id === undefined) return;
  askAhead(desk, id);
  loadTrace();
};

/**
 * Fetches what a page needs as soon as it is clear that it may be opened: its code when the pointer or the focus is on a link to it (`load`), and of a
 * trace what it shows when the link is pressed or the address changes.
 */
export const lookAhead = (desk: AheadDesk, load: (path: string) => void): void => {
  let looked: string | undefined;
  const near = (event: Event) => {
    const path = pathAt(event);
    if (path === undefined || path === looked || path === location.pathname) return;
    looked = path;
    if (trace.test(path)) loadTrace();
    // A finger is told of when it taps: then the frame that answers it comes first.
    else if (!(event instanceof PointerEvent && event.pointerType === 'touch')) load(path);
  };
  // A finger on a link mostly scrolls the list.
  const pressed = (event: PointerEvent) => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    const path = pathAt(event);
    const id = path === location.pathname ? undefined : trace.exec(path ?? '')?.[1];
    if (id !== undefined) askAhead(desk, id);
  };
  let shown = location.pathname;
  const moved = () => {
    const before = shown;
    shown = location.pathname;
    if (before !== shown) lookAt(desk, shown);
  };
  document.addEventListener('pointerover', near, { passive: true });
  document.addEventListener('focusin', near);
  document.addEventListener('pointerdown', pressed, { passive: true });
  addEventListener(addressChanged, moved);
  addEventListener('popstate', moved);
};
