import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shortId, type ApprovalSummary } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { bytes as inBytes } from '../../ui/chart-words.ts';
import { count } from '../../ui/duration.ts';
import '../../ui/hive-author.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-time.ts';
import { visibleLine, visibleText } from '../../ui/visible-text.ts';
import '../changes/hive-patch.ts';
import { kindWords, saidBy, tierWords } from './approvals-model.ts';
import { until } from './until.ts';

type Shown = NonNullable<ApprovalSummary['document']>;

/** Everything that a person is asked about, whole: what will happen, why they are asked, what runs, what changes, what it may cost. */
@customElement('hive-approval')
export class HiveApproval extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: grid;
        gap: var(--hive-space-4);
        min-inline-size: 0;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: var(--hive-space-1) var(--hive-space-4);
      }
      section {
        display: grid;
        gap: var(--hive-space-2);
        min-inline-size: 0;
      }
      blockquote,
      .reason {
        margin: 0;
        padding: var(--hive-space-2) var(--hive-space-3);
        border-inline-start: 3px solid var(--hive-border);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      blockquote {
        border-color: var(--hive-model);
        background: var(--hive-sunken);
      }
      pre {
        font: var(--hive-size-2) / 1.5 var(--hive-mono);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        padding: var(--hive-space-2) var(--hive-space-3);
        background: var(--hive-sunken);
        border-radius: var(--hive-radius-1);
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: var(--hive-space-1) var(--hive-space-3);
      }
      dt {
        color: var(--hive-muted);
      }
      dd {
        overflow-wrap: anywhere;
      }
      li {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) approval!: ApprovalSummary;
  @property({ attribute: false }) desk!: RoomDesk;

  override render() {
    const { approval } = this;
    const { document: shown, state } = approval;
    return html`
      <h1 tabindex="-1">${visibleLine(approval.action)}</h1>
      <p class="facts muted small">
        <span
          >${shown?.reach ? 'Reaching out' : kindWords[approval.kind]} · ${approval.tier},
          ${tierWords[approval.tier].toLowerCase()}</span
        >
        <span>waits since <hive-time at=${approval.requestedAt}></hive-time></span>
        ${state === 'open' ? html`<span title=${approval.expiresAt}>${until(approval.expiresAt)}</span>` : nothing}
        ${approval.assignedTo === null ? nothing : html`<span>meant for ${visibleLine(approval.assignedTo)}</span>`}
        <hive-copy text="hive approve ${shortId(approval.id)}" what="command"></hive-copy>
      </p>
      ${
        shown === null
          ? html`<p>What was shown is not there any more, so it cannot be decided.</p>`
          : this.#document(shown, approval)
      }
    `;
  }

  #document(shown: Shown, approval: ApprovalSummary) {
    return html`
      <section aria-label="Why you are asked">
        <h2>Why you are asked</h2>
        ${shown.because.map(({ by, rule, text }) => {
          const { who, quoted } = saidBy[by];
          const said = visibleText(text);
          return html`<p class="small muted">${who} (${visibleLine(rule)})</p>
            ${quoted ? html`<blockquote>${said}</blockquote>` : html`<p class="reason">${said}</p>`}`;
        })}
      </section>
      <section aria-label="Who and where">
        <h2>Who and where</h2>
        <dl>
          <dt>Asks</dt>
          <dd>${visibleLine(approval.proposer)}, who cannot decide it</dd>
          ${
            shown.author === null
              ? nothing
              : html`<dt>Author</dt>
                  <dd><hive-author author=${shown.author}></hive-author></dd>`
          }
          <dt>Repository</dt>
          <dd class="mono">${visibleLine(shown.repo)}</dd>
          <dt>Branch</dt>
          <dd class="mono">
            ${visibleLine(shown.branch)}${shown.into === null ? nothing : html`, then into ${visibleLine(shown.into)}`}
          </dd>
          ${
            shown.commit === null
              ? nothing
              : html`<dt>Commit</dt>
                  <dd class="mono">${shown.commit}</dd>`
          }
          <dt>Trace</dt>
          <dd><a href="/traces/${approval.workflowId}">${shortId(approval.workflowId)}</a></dd>
          ${this.#proof(shown)} ${this.#spending(shown)}
        </dl>
      </section>
      ${shown.egress === undefined ? nothing : this.#egress(shown.egress)}
      ${shown.reach === undefined ? nothing : this.#reach(shown.reach)}
      ${
        shown.commands.length === 0
          ? nothing
          : html`<section aria-label="What runs">
              <h2>What runs</h2>
              ${shown.commands.map(
                ({ what, argv }) =>
                  html`<p class="small muted">${what}</p>
                    <pre tabindex="0">${visibleText(argv.map(quotedWord).join(' '))}</pre>`,
              )}
            </section>`
      }
      ${
        shown.tasks.length === 0
          ? nothing
          : html`<section aria-label="Tasks">
              <h2>${count(shown.tasks.length, 'task')}</h2>
              <ul>
                ${shown.tasks.map(
                  ({ key, title, author }) =>
                    html`<li>
                      <b class="mono">${visibleLine(key)}</b> ${visibleLine(title)}
                      <span class="muted">${author ?? 'a model'}</span>
                    </li>`,
                )}
              </ul>
            </section>`
      }
      ${
        shown.patch === null
          ? nothing
          : html`<section aria-label="What changes">
              <h2>What changes</h2>
              <hive-patch .desk=${this.desk} .hash=${shown.patch}></hive-patch>
            </section>`
      }
      <p class="small muted">
        Your answer is bound to exactly this: <span class="mono">${approval.actionHash.slice(0, 16)}</span>
      </p>
    `;
  }

  #egress({ model, destination, bytes, mostBytes, rules }: NonNullable<Shown['egress']>) {
    return html`<section aria-label="What is sent">
      <h2>What is sent</h2>
      <dl>
        <dt>To</dt>
        <dd class="mono">${visibleLine(destination)}</dd>
        <dt>Model</dt>
        <dd class="mono">${visibleLine(model)}</dd>
        <dt>Now</dt>
        <dd>${inBytes(bytes)}, and what follows of this task, each up to ${inBytes(mostBytes)}</dd>
      </dl>
      ${rules.map(
        ({ rule, paths, files }) =>
          html`<p class="small muted">
              ${files === 0 ? 'Text of no file' : count(files, 'file')} under the rule ${visibleLine(rule)}, and later
              ${files === 0 ? 'more of it' : 'others like that'}
            </p>
            ${
              paths.length === 0
                ? nothing
                : html`<ul class="mono small">
                    ${paths.map((path) => html`<li>${visibleLine(path)}</li>`)}
                    ${files > paths.length ? html`<li>and ${files - paths.length} more</li>` : nothing}
                  </ul>`
            }`,
      )}
    </section>`;
  }

  #reach({ by, hosts }: NonNullable<Shown['reach']>) {
    return html`<section aria-label="What is reached">
      <h2>What is reached</h2>
      <p class="small muted">
        By ${by === 'setup' ? 'setups' : 'checks and commands'} of this workflow, on ports 80 and 443 where none is
        named
      </p>
      <ul class="mono small">
        ${hosts.map((host) => html`<li>${visibleLine(host)}</li>`)}
      </ul>
    </section>`;
  }

  #proof({ proof }: Shown) {
    if (proof === null) return nothing;
    const before = { red: 'red before', not_red: 'not red before', not_needed: 'red before was not needed' }[
      proof.redBefore
    ];
    const sandbox = proof.sandbox === 'none' ? 'without a sandbox' : 'in a sandbox';
    return html`<dt>Checks</dt>
      <dd>${before}, ${proof.greenAfter ? 'green' : 'not green'} after, ${sandbox}</dd>`;
  }

  #spending({ budget }: Shown) {
    if (budget === null) return nothing;
    const limits = [
      ...(budget.usd === undefined ? [] : [`${budget.usd} USD`]),
      ...(budget.tokens === undefined ? [] : [count(budget.tokens, 'token')]),
    ];
    return html`<dt>May spend</dt>
      <dd>${limits.length === 0 ? 'without a limit' : `up to ${limits.join(', ')}`}</dd>`;
  }
}

/** A word of a command as a shell would take it: what would be read otherwise is quoted. */
const quotedWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

declare global {
  interface HTMLElementTagNameMap {
    'hive-approval': HiveApproval;
  }
}
