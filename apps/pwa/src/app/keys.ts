import { goTo } from './address.ts';
import { places } from './places.ts';

/** A key and what it does, as the help tells it. */
export type KeyLine = { readonly keys: string; readonly does: string };

/** What the keys of the frame do; those of pages stand in the pages' own tables. */
export const frameKeys: readonly KeyLine[] = [
  ...places.flatMap(({ title, menu }) => (menu?.key === undefined ? [] : [{ keys: `g ${menu.key}`, does: title }])),
  { keys: '/', does: 'Filter' },
  { keys: '?', does: 'These keys' },
];

const patienceMs = 1500;

const isWriting = (event: KeyboardEvent): boolean => {
  const at = event.composedPath()[0];
  return (
    at instanceof HTMLInputElement ||
    at instanceof HTMLTextAreaElement ||
    at instanceof HTMLSelectElement ||
    (at instanceof HTMLElement && at.isContentEditable)
  );
};

/** True where a key is not meant for us: while something is written or selected, in a dialog, or together with a modifier. */
export const isQuiet = (event: KeyboardEvent): boolean =>
  event.defaultPrevented ||
  event.ctrlKey ||
  event.metaKey ||
  event.altKey ||
  isWriting(event) ||
  !(getSelection()?.isCollapsed ?? true) ||
  event.composedPath().some((node) => node instanceof HTMLDialogElement);

/** Goes to the filter of the page in this frame; false when it has none. */
export const focusFilter = (frame: ParentNode): boolean => {
  const page = frame.querySelector('main > *');
  const field = (page?.shadowRoot ?? page)?.querySelector<HTMLElement>('input[type=search]');
  field?.focus();
  return field != null;
};

/** What the frame does for a key that is not a place. */
export type FrameActs = { readonly help: () => void; readonly filter: () => boolean };

/** Listens to the keys of the frame until the answer is called. `g` waits a moment for the key of a place. */
export const listenToKeys = ({ help, filter }: FrameActs): (() => void) => {
  let wentAt = Number.NEGATIVE_INFINITY;
  const take = (event: KeyboardEvent) => {
    if (isQuiet(event)) return;
    const afterG = event.timeStamp - wentAt < patienceMs;
    wentAt = Number.NEGATIVE_INFINITY;
    const place = afterG ? places.find(({ menu }) => menu?.key === event.key) : undefined;
    if (place) goTo(place.path);
    else if (event.key === 'g') wentAt = event.timeStamp;
    else if (event.key === '?') help();
    else if (event.key === '/' && filter()) event.preventDefault();
    else return;
    if (place) {
      event.preventDefault();
      event.stopImmediatePropagation(); // `g a` goes to a place; it does not also approve
    }
  };
  // Captured: the second key of `g t` must not reach the page, which may have a meaning of its own for it.
  addEventListener('keydown', take, { capture: true });
  return () => removeEventListener('keydown', take, { capture: true });
};
