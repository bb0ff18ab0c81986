import { html, nothing, type TemplateResult } from 'lit';
import './hive-notice.ts';
import './hive-skeleton.ts';
import { visibleText } from './visible-text.ts';

/** A load as a page sees it. */
type Loading<T> = { readonly value: T | undefined; readonly error: unknown; run(): Promise<void> };

const words = (error: unknown): string => visibleText(error instanceof Error ? error.message : String(error));

/**
 * The states of a load: skeleton, failed (with why, and again), and shown. When newer could not be loaded, what is known stays
 * and says so. "Empty" is for the page to tell, since only it knows the next step.
 */
export const loadView = <T>(load: Loading<T>, shown: (value: T) => TemplateResult): TemplateResult => {
  const retry = html`<button @click=${() => void load.run()}>Try again</button>`;
  if (load.value !== undefined) {
    const stale =
      load.error === undefined
        ? nothing
        : html`<p class="muted small" role="status">Not refreshed: ${words(load.error)}</p>`;
    return html`${stale}${shown(load.value)}`;
  }
  if (load.error === undefined) return html`<hive-skeleton></hive-skeleton>`;
  return html`<hive-notice heading="This could not be loaded" .said=${words(load.error)} icon="failed" tone="failed"
    >${retry}</hive-notice
  >`;
};
