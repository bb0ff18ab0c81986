import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { AgentSummary, Permission } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { whyNotAllowed } from '../../data/why-not-allowed.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { icon } from '../../ui/icons.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-time.ts';
import { doVerb, effectOf, rightOf, verbsOfAgent, type AgentVerb } from './agent-verbs.ts';

const looks = {
  pause: { name: 'Pause…', icon: 'pause' },
  drain: { name: 'Drain…', icon: 'drain' },
  resume: { name: 'Resume', icon: 'play' },
} as const;

/** What can be done about one agent, and what was: who paused it, and what that has come to. Tells `hive-agent-changed` after each. */
@customElement('hive-agent-verbs')
export class HiveAgentVerbs extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: grid;
        gap: var(--hive-space-2);
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-2);
        min-block-size: var(--hive-target);
      }
      p {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) desk!: Pick<RoomDesk, 'pauseAgent' | 'resumeAgent'>;
  @property({ attribute: false }) agent!: AgentSummary;
  /** All that are there: whether somebody else takes its steps meanwhile. */
  @property({ attribute: false }) agents: readonly AgentSummary[] = [];
  @property({ attribute: false }) may: (right: Permission) => boolean = () => false;
  /** False until it is known what this browser may do. */
  @property({ type: Boolean }) ready = false;

  @state() private busy = false;

  override render() {
    const { agent } = this;
    const verbs = verbsOfAgent(agent);
    if (verbs.length === 0)
      return html`<p class="muted small">
        It takes no steps, so it cannot be paused by itself. Pause all stops everything.
      </p>`;
    const refused = verbs.find((verb) => !this.may(rightOf(verb)));
    return html`${agent.paused ? this.#paused(agent.paused) : nothing}
      <div class="row" role="group" aria-label="What can be done">
        ${this.ready ? verbs.filter((verb) => this.may(rightOf(verb))).map((verb) => this.#verb(verb)) : nothing}
        ${this.ready && refused ? html`<span class="muted small">${whyNotAllowed(rightOf(refused))}</span>` : nothing}
      </div>`;
  }

  #paused({ by, at, reason, drain }: NonNullable<AgentSummary['paused']>) {
    return html`<p>
      <b class="tone-waiting">${drain ? 'Drained' : 'Paused'}</b> by ${visibleLine(by)}
      <hive-time .at=${at}></hive-time>${reason === null ? nothing : `: ${visibleLine(reason)}`}.
      ${effectOf(this.agent)}
    </p>`;
  }

  #verb(verb: AgentVerb) {
    const look = looks[verb];
    return html`<button ?disabled=${this.busy} @click=${() => void this.#do(verb)}>
      ${icon(look.icon)}${look.name}
    </button>`;
  }

  async #do(verb: AgentVerb) {
    this.busy = true;
    const { agent, agents } = this;
    if (await doVerb(verb, this.desk, { agent, agents })) this.dispatchEvent(new CustomEvent('hive-agent-changed'));
    this.busy = false;
  }
}

declare global {
  interface HTMLElementEventMap {
    /** An agent was paused, drained or resumed. */
    'hive-agent-changed': CustomEvent;
  }
  interface HTMLElementTagNameMap {
    'hive-agent-verbs': HiveAgentVerbs;
  }
}
