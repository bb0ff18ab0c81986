import type { Page } from 'playwright';

/** What a page was told of what is published, as ids in the order in which they came; `missed`: how often it had to load anew. */
export type Told = { readonly ids: string[]; missed: number };

type News =
  | { readonly kind: 'events'; readonly events: readonly { id: string; type: string }[] }
  | { kind: 'hello'; missed: boolean };
/** The part of a page's globals that is used here; this side of the wire has no DOM. */
type Room = typeof globalThis & {
  document: {
    querySelector(name: string): {
      shadowRoot: { querySelector(name: string): { live?: { follow(listener: (news: News) => void): void } } };
    };
  };
  told: Told;
};

/** Waits until the page is live, and notes from now on what its shell passes on to it. */
export const noteTold = async (page: Page): Promise<void> => {
  await page.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
  await page.waitForFunction(
    () => {
      const room = globalThis as Room;
      const { live } = room.document.querySelector('hive-app').shadowRoot.querySelector('main > *');
      if (!live) return false; // the page is not loaded yet
      room.told = { ids: [], missed: 0 };
      live.follow((news) => {
        if (news.kind === 'hello') room.told.missed += news.missed ? 1 : 0;
        else for (const { id, type } of news.events) if (type === 'model.called') room.told.ids.push(id);
      });
      return true;
    },
    undefined,
    { polling: 50 },
  ); // not by frames, of which a tab in the background has none
};

/** How many events it was told of since {@link noteTold}. */
export const countTold = (page: Page): Promise<number> => page.evaluate(() => (globalThis as Room).told.ids.length);

/** All that it was told of since {@link noteTold}. */
export const readTold = (page: Page): Promise<Told> => page.evaluate(() => (globalThis as Room).told);
