/** The colours of a canvas, named after the tokens they come from. */
export const themeNames = [
  ...([
    'surface',
    'sunken',
    'text',
    'muted',
    'border',
    'control',
    'accent',
    'ok',
    'running',
    'waiting',
    'failed',
  ] as const),
  ...(['idle', 'model', 'command'] as const),
];
export type ThemeName = (typeof themeNames)[number];
export type CanvasTheme = Readonly<Record<ThemeName, string>> & { readonly font: string; readonly mono: string };

/**
 * The tokens as a canvas can use them. A custom property is text until it is used, so each is asked of an element that has it as its colour: that
 * also gives the colours of the system where a person chose those.
 */
export const readTheme = (probes: HTMLElement): CanvasTheme => {
  const colours = [...probes.children].map(
    (probe, index) => [themeNames[index], getComputedStyle(probe).color] as const,
  );
  const style = getComputedStyle(probes);
  const family = (token: string) => style.getPropertyValue(token).trim() || 'sans-serif';
  return {
    ...(Object.fromEntries(colours) as Record<ThemeName, string>), // one probe for each name, in their order
    font: family('--hive-font'),
    mono: family('--hive-mono'),
  };
};

/** Calls back when the colours may have changed: another scheme, colours of the system, another density or appearance. */
export const watchTheme = (changed: () => void): (() => void) => {
  const queries = [
    '(prefers-color-scheme: dark)',
    '(forced-colors: active)',
    '(max-width: 700px)',
    '(pointer: coarse)',
  ];
  const lists = queries.map((query) => matchMedia(query));
  for (const list of lists) list.addEventListener('change', changed);
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true });
  return () => {
    for (const list of lists) list.removeEventListener('change', changed);
    observer.disconnect();
  };
};
