import type { Page } from './api.ts';

const pageSize = 500;

/**
 * Everything of a list, asked for page by page as it is taken: `everyItem((at) => desk.tasks({ ...at, workflow }))`. What comes onto the list meanwhile
 * may be missing, and nothing comes twice.
 */
export async function* everyItem<T>(
  list: (at: { readonly after?: string; readonly limit: number }) => Promise<Page<T>>,
): AsyncGenerator<T> {
  for (let after: string | null | undefined; after !== null;) {
    const page: Page<T> = await list({ limit: pageSize, ...(after !== undefined && { after }) });
    yield* page.items;
    after = page.next;
  }
}
