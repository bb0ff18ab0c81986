import type { Answered, Asked } from './asked-worker.ts';

/** In a worker: answers each question by `answer`; `transferred` names what is handed over instead of copied. */
export const answerAsked = <Q, A>(
  answer: (question: Q) => A,
  transferred: (answer: A) => readonly Transferable[] = () => [],
): void => {
  // `globalThis` is typed as a window, since the same project holds the pages.
  const worker = globalThis as unknown as DedicatedWorkerGlobalScope;
  worker.addEventListener('message', ({ data: { id, question } }: MessageEvent<Asked<Q>>) => {
    try {
      const result = answer(question);
      worker.postMessage({ id, answer: result } satisfies Answered<A>, [...transferred(result)]);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      worker.postMessage({ id, error: said } satisfies Answered<A>);
    }
  });
};
