import type { Output } from '../terminal/output.ts';
import type { Walk } from './prove-history.ts';
import { progressText } from './tell.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** How often the line is renewed: on a terminal it moves, elsewhere each one stays. */
const everyMs = { terminal: 120, plain: 5000 };

/** Shows what is in hand until it is stopped. */
export const showProgress = (
  out: Output,
  now: () => { readonly walk: Walk; readonly told: number; readonly ms: number },
): (() => void) => {
  let frame = 0;
  const show = () => {
    const { walk, told, ms } = now();
    const sign = out.isTerminal ? (frames[frame++ % frames.length] ?? '') : ' …';
    out.progress(
      `${sign} ${progressText(walk.inHand(), { told, all: walk.outcomes.length, running: walk.counts().running, ms })}`,
    );
  };
  const timer = setInterval(show, out.isTerminal ? everyMs.terminal : everyMs.plain);
  return () => clearInterval(timer);
};
