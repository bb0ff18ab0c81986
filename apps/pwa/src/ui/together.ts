import { html, type TemplateResult } from 'lit';
import './hive-skeleton.ts';

/** A load as far as it matters whether it has answered. */
type Answering = { readonly value: unknown; readonly error: unknown };

/** One skeleton until each load has answered once, however it did: a part that comes late would push aside what is being read. */
export const together = (loads: readonly Answering[], shown: () => TemplateResult): TemplateResult =>
  loads.every(({ value, error }) => value !== undefined || error !== undefined)
    ? shown()
    : html`<hive-skeleton></hive-skeleton>`;
