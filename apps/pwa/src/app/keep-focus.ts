// What had the focus is often gone when it has done its work: a button that was pressed, the row that it stood in. The browser then begins
// at the top of the document again; people who see no focus have lost their place.

/** So often it is looked whether the focus is lost: browsers differ in whether they tell that what had it was taken out of the page. */
const everyMs = 300;

/** No fields: what is typed next was meant for something else, and a phone would bring up its keyboard. */
const focusable = 'a[href], button:not(:disabled), summary, [tabindex="0"]';

/** The element that has the focus, within however many shadow roots. */
const focused = (): Element | null => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
};

/** Gives the focus to an element. False when that does not take it, e.g. because it is inert. */
const take = (node: HTMLElement, options: FocusOptions = {}): boolean => {
  node.focus(options);
  return focused() === node;
};

/** Gives the focus to the first element below `root`, shadow roots included, that fits, is seen and takes it. */
const takeIn = (root: ParentNode, selector = focusable, options: FocusOptions = {}): boolean => {
  for (const node of root.querySelectorAll<HTMLElement>('*')) {
    if (node.matches(selector) && node.checkVisibility() && take(node, options)) return true;
    if (node.shadowRoot && takeIn(node.shadowRoot, selector, options)) return true;
  }
  return false;
};

/** Gives the focus to something in the first of these that has anything for it, within what belongs to a page. */
const takeAround = (path: readonly HTMLElement[]): boolean => {
  const end = path.findIndex((node) => node.matches('main, header, hive-app, body'));
  return path.slice(0, end < 0 ? path.length : end).some((node) => node.isConnected && takeIn(node.shadowRoot ?? node));
};

/** An element and what stands around it, out to the document, through shadow roots. What was taken out keeps what stood around it. */
const pathOf = (element: Element): readonly HTMLElement[] => {
  const path: HTMLElement[] = [];
  for (let at: Node | null = element; at !== null; at = at instanceof ShadowRoot ? at.host : at.parentNode)
    if (at instanceof HTMLElement) path.push(at);
  return path;
};

const isDialog = (node: HTMLElement): boolean => node instanceof HTMLDialogElement || node.localName === 'hive-dialog';

const isLost = ([element]: readonly HTMLElement[]): boolean =>
  element !== undefined && (!element.isConnected || !element.checkVisibility() || element.matches(':disabled'));

/**
 * Keeps the focus near where it was when what had it is gone: in what stood around it, else on the heading of the page. `frame` holds the
 * page. Answers how to stop.
 */
export const keepFocus = (frame: ParentNode): (() => void) => {
  /** Where the focus was last, and where it was before a dialog took it. */
  let last: readonly HTMLElement[] = [];
  let below: readonly HTMLElement[] = [];
  /** Whoever presses beside everything, or goes on by Tab, leaves what had the focus of their own will. */
  let isLeft = false;
  /** Between a press and its end nothing may get the focus and move into sight: the end would meet something else. */
  let isDown = false;

  const look = () => {
    const at = focused();
    if (at !== null && at !== document.body) {
      last = pathOf(at);
      if (!last.some(isDialog)) below = last;
      isLeft = false;
      return;
    }
    if (!isLost(last)) {
      // It was disabled while it worked, or put elsewhere, and is itself again.
      if (!isLeft && last[0]?.matches(focusable)) last[0].focus();
      return;
    }
    // The dialog may still be open.
    if (takeAround(last.slice(1, last.findLastIndex(isDialog) + 1))) return;
    const [before, ...around] = below;
    if (before && !isLost(below) && take(before)) return;
    // A page that has come has another heading than the one that stood for it.
    if (before?.localName !== 'h1' && takeAround(around)) return;
    takeIn(frame, 'h1', { preventScroll: true });
  };
  // What is pressed has the focus at that moment. Moves within one shadow root are told to nobody outside of it.
  const touched = (event: Event) => {
    isDown = event.type === 'pointerdown';
    if (event.type === 'keydown' || event.type === 'click') look();
    if (isDown || (event instanceof KeyboardEvent && event.key === 'Tab')) isLeft = true;
  };
  const events = ['pointerdown', 'pointerup', 'pointercancel', 'keydown', 'click'] as const;
  for (const type of events) addEventListener(type, touched, { capture: true });
  const looking = setInterval(() => isDown || look(), everyMs);
  return () => {
    clearInterval(looking);
    for (const type of events) removeEventListener(type, touched, { capture: true });
  };
};
