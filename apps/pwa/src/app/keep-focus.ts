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

/** The first element below `root`, shadow roots included, that fits and is seen. */
const firstIn = (root: ParentNode, selector = focusable): HTMLElement | null => {
  for (const node of root.querySelectorAll<HTMLElement>('*')) {
    if (node.matches(selector) && node.checkVisibility()) return node;
    const within = node.shadowRoot && firstIn(node.shadowRoot, selector);
    if (within) return within;
  }
  return null;
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
  /** What was pressed last. It may be disabled while it works, and be itself again before anybody looks: then it has lost the focus all the same. */
  let pressed: Element | null = null;
  /** Between a press and its end nothing may get the focus and move into sight: the end would meet something else. */
  let isDown = false;

  const look = () => {
    const at = focused();
    if (at !== null && at !== document.body) {
      last = pathOf(at);
      if (!last.some(isDialog)) below = last;
      return;
    }
    if (!isLost(last)) {
      if (pressed !== null && pressed === last[0]) last[0].focus();
      return;
    }
    const [before, ...around] = below;
    if (before && !isLost(below)) return before.focus();
    const near = around.find((node) => node.isConnected && firstIn(node.shadowRoot ?? node) !== null);
    // A page that has come has another heading than the one that stood for it.
    const isOfPage = near !== undefined && before?.localName !== 'h1' && !near.matches('main, header, hive-app, body');
    const to = isOfPage ? firstIn(near.shadowRoot ?? near) : null;
    (to ?? firstIn(frame, 'h1'))?.focus({ preventScroll: to === null });
  };
  // What is pressed has the focus at that moment. Moves within one shadow root are told to nobody outside of it.
  const touched = ({ type }: Event) => {
    isDown = type === 'pointerdown';
    if (type === 'keydown' || type === 'click') look();
    pressed = type === 'click' ? focused() : null;
  };
  const events = ['pointerdown', 'pointerup', 'pointercancel', 'keydown', 'click'] as const;
  for (const type of events) addEventListener(type, touched, { capture: true });
  const looking = setInterval(() => isDown || look(), everyMs);
  return () => {
    clearInterval(looking);
    for (const type of events) removeEventListener(type, touched, { capture: true });
  };
};
