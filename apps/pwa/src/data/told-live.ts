import type { LiveNews, LiveStream } from './live-stream.ts';

/** For tests of pages: a stream that a test speaks on: whoever follows it hears what is told, the last one alone. */
export const toldLive = (): { readonly live: LiveStream; tell(news: LiveNews): void } => {
  let hears: (news: LiveNews) => void = () => undefined;
  const follow = (listener: typeof hears) => {
    hears = listener;
    return () => undefined;
  };
  return { live: { opened: Promise.resolve(), follow } as unknown as LiveStream, tell: (news) => hears(news) };
};
