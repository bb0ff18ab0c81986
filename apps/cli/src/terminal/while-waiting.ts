import type { Output } from './output.ts';

const everyMs = 1500;

/** Waits for `work` and says again and again what is waited for, so that nothing is silent for longer than two seconds. */
export const whileWaiting = async <T>(out: Output, text: string, work: Promise<T>): Promise<T> => {
  const timer = setInterval(() => out.progress(`  … ${text}`), everyMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
};
