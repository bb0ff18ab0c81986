import { correction, generate } from 'lean-qr';

/** Two rows of a code in one line of text: the upper half of a character cell, the lower, both or none. */
const halves = [' ', '▄', '▀', '█'] as const;
/** The bright border that readers need, in modules. */
const quiet = 2;

/**
 * A QR code as lines of text. Bright is painted and dark left out, as a dark terminal shows it; `invert` is for a bright one. Readers take both,
 * but most only the first.
 */
export const qrLines = (text: string, { invert }: { readonly invert: boolean }): string[] => {
  const code = generate(text, { minCorrectionLevel: correction.L });
  const side = code.size + 2 * quiet;
  const isBright = (x: number, y: number): boolean => !code.get(x - quiet, y - quiet) !== invert;
  return Array.from({ length: Math.ceil(side / 2) }, (_, line) =>
    Array.from({ length: side }, (__, x) => {
      const upper = isBright(x, 2 * line) ? 2 : 0;
      const lower = 2 * line + 1 < side && isBright(x, 2 * line + 1) ? 1 : 0;
      return halves[(upper + lower) as 0 | 1 | 2 | 3]; // two bits
    }).join(''),
  );
};
