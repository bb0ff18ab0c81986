/** Colours of a terminal; every function leaves the text as it is where there is none. */
export type Colour = Readonly<Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', (text: string) => string>>;

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** Colours, or none for `NO_COLOR` and what is not a terminal. */
export const createColour = (enabled: boolean): Colour => {
  const of = (name: keyof typeof codes) => (text: string) =>
    enabled && text !== '' ? `\u001b[${codes[name][0]}m${text}\u001b[${codes[name][1]}m` : text;
  return {
    bold: of('bold'),
    dim: of('dim'),
    red: of('red'),
    green: of('green'),
    yellow: of('yellow'),
    cyan: of('cyan'),
  };
};

/** The colour in which a status is shown. */
export const colourOfStatus = (colour: Colour, status: string): ((text: string) => string) => {
  if (['merged', 'completed', 'holds', 'ok'].includes(status)) return colour.green;
  if (['refused', 'failed', 'infra', 'broken'].includes(status)) return colour.red;
  if (['blocked', 'cancelled', 'waiting', 'paused', 'draining', 'gone'].includes(status)) return colour.yellow;
  return (text) => text;
};
