import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { goTo } from '../../app/address.ts';
import type { RoomDesk } from '../../data/desk.ts';
import { Rights } from '../../data/rights.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { errorWords } from '../../ui/error-words.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-notice.ts';

/** What Home shows while there is no workflow: the bundled example, work of one's own, and the commands for both. */
@customElement('hive-first-steps')
export class HiveFirstSteps extends LitElement {
  static override styles = [
    baseStyles,
    css`
      /* Whether this browser may is known a little later: its place is kept. */
      .kept {
        visibility: hidden;
      }
    `,
  ];

  @property({ attribute: false }) desk!: Pick<RoomDesk, 'runExample' | 'session'>;

  @state() private running = false;
  @state() private failed: unknown = null;

  readonly #rights = new Rights(this, () => this.desk);
  /** Made once: however often the button is pressed, it is one example. */
  readonly #key = crypto.randomUUID();

  override render() {
    return html`<hive-notice
      heading="No workflows yet"
      said="Give Hive a goal or hand in a change of your own; both need a repository and a check. The bundled example needs neither, and no model: ten tasks with stored patches go through the real checks."
      icon="flag"
    >
      ${this.#rights.areKnown && !this.#rights.may('work') ? nothing : this.#verbs()}
      ${this.failed === null ? nothing : html`<p class="tone-failed" role="alert">${this.#failure()}</p>`}
      <p class="muted small">Or where Hive runs:</p>
      <hive-copy text='hive submit HEAD --check "npm test"' what="command"></hive-copy>
    </hive-notice>`;
  }

  #verbs() {
    const kept = this.#rights.areKnown ? '' : 'kept';
    return html`<button class="primary ${kept}" ?disabled=${this.running} @click=${() => void this.#run()}>
        ${this.running ? 'Starting the example…' : 'Run the example'}
      </button>
      <a class=${kept} href="/new">New workflow</a>`;
  }

  #failure(): string {
    const { said, remedy } = errorWords(this.failed);
    return `Not started. ${said} ${remedy}`;
  }

  async #run(): Promise<void> {
    this.running = true;
    this.failed = null;
    try {
      goTo(`/traces/${(await this.desk.runExample({ key: this.#key })).id}`);
    } catch (error) {
      this.failed = error;
    } finally {
      this.running = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-first-steps': HiveFirstSteps;
  }
}
