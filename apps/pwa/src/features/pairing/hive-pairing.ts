import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Task } from '@lit/task';
import { createDeskCalls } from '@hive/events';
import { pair } from '../../data/pair.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-notice.ts';
import { visibleText } from '../../ui/visible-text.ts';

/** Makes this browser known to Hive by the one-time code of a link, or says where to get one. Fires `hive-paired` when it is known. */
@customElement('hive-pairing')
export class HivePairing extends LitElement {
  static override styles = [
    baseStyles,
    css`
      div {
        display: grid;
        gap: var(--hive-space-4);
        max-inline-size: 600px;
        padding-block-start: 8dvh;
      }
    `,
  ];

  @property({ attribute: false }) code: string | null = null;

  readonly #pairing = new Task(this, {
    args: () => [this.code] as const,
    task: async ([code]) => {
      if (code === null) return wipeIfShutOut();
      const pairing = await pair(code);
      if (!pairing.paired) return pairing.reason;
      this.#tell();
      return null;
    },
  });

  override render() {
    return html`<div>
      <h1 tabindex="-1">This browser is not paired yet</h1>
      ${this.#pairing.render({
        pending: () => html`<p role="status">Pairing …</p>`,
        complete: (refusal) => this.#howTo(refusal),
        error: () => this.#howTo('The code could not be handed in.'),
      })}
    </div>`;
  }

  #howTo(refusal: string | null) {
    const isRefused = refusal !== null;
    return html`<hive-notice
      heading=${isRefused ? 'The link was not accepted' : 'Open it from the command line'}
      said=${isRefused ? visibleText(refusal) : 'The control room shows what runs on this machine, so only browsers that you let in may see it.'}
      icon=${isRefused ? 'failed' : 'person'}
      tone=${isRefused ? 'failed' : 'idle'}
    >
      <p>Run this where Hive runs. It prints a link that works once and for two minutes:</p>
      <hive-copy text="hive open" what="command"></hive-copy>
      <p>Paired in another tab already? <button @click=${this.#tell}>Try again</button></p>
    </hive-notice>`;
  }

  readonly #tell = () => void this.dispatchEvent(new Event('hive-paired'));
}

/** A browser that was shut out keeps nothing for whoever holds it; one whose session is merely over keeps what it has not sent yet. */
const wipeIfShutOut = async (): Promise<null> => {
  const error: unknown = await createDeskCalls({ url: '', fetch: fetch.bind(globalThis) })
    .session()
    .catch((it: unknown) => it);
  if (!(error instanceof Error && 'code' in error && error.code === 'auth.revoked')) return null;
  const { forgetRoom } = await import('../../data/room-db.ts');
  await forgetRoom();
  return null;
};

declare global {
  interface HTMLElementTagNameMap {
    'hive-pairing': HivePairing;
  }
  interface HTMLElementEventMap {
    'hive-paired': Event;
  }
}
