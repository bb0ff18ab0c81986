const mostNamed = 3;

/** What is said of artefacts that are in no backup, or were not restored from one. */
export const leftOut = (damaged: readonly string[]): string => {
  const named = damaged.slice(0, mostNamed).join(', ');
  const more = damaged.length > mostNamed ? ` and ${damaged.length - mostNamed} more` : '';
  return `Left out for other content than their name says: ${named}${more}`;
};
