import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ScheduleSummary } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { Rights } from '../../data/rights.ts';
import { askFirst } from '../../ui/ask-first.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { errorWords } from '../../ui/error-words.ts';
import '../../ui/hive-number.ts';
import '../../ui/hive-time.ts';
import { toast } from '../../ui/toast.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import { newStyles } from './new-styles.ts';
import { lastWords, whenWords } from './schedule-words.ts';

const most = 200;
const local = (iso: string): string =>
  new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** What Hive hands in later or again and again, with its next moment and what became of the last; each can be removed. */
@customElement('hive-schedules')
export class HiveSchedules extends LitElement {
  static override styles = [baseStyles, newStyles];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;

  @state() private removing: ReadonlySet<string> = new Set();

  readonly #rights = new Rights(this, () => this.desk);
  readonly #load = new LiveLoad(this, {
    live: () => this.live,
    load: async () => (await this.desk.schedules({ limit: most })).items,
    filter: () => ({ types: ['schedule.*'] }),
    concerns: ({ type }) => type.startsWith('schedule.'),
  });

  override render() {
    const { value, error } = this.#load;
    if (value === undefined && error === undefined) return nothing;
    return html`<section class="panel" aria-labelledby="scheduled">
      <h2 id="scheduled">Handed in later</h2>
      ${error === undefined ? nothing : html`<p class="muted small">This could not be asked anew: ${visibleLine(errorWords(error).said)}</p>`}
      ${
        value === undefined
          ? nothing
          : value.length === 0
            ? html`<p class="muted small">Nothing is scheduled.</p>`
            : html`<ul class="queued">
                ${repeat(
                  value,
                  ({ id }) => id,
                  (it) => this.#schedule(it),
                )}
              </ul>`
      }
    </section>`;
  }

  #schedule(it: ScheduleSummary) {
    const { id, goal, repo, next, fired, last } = it;
    const name = visibleLine(goal);
    return html`<li>
      <b>${name}</b>
      <span class="small muted">${visibleLine(repo)}</span>
      <span class="small">${visibleLine(whenWords(it, local))}</span>
      <span class="small"
        >${next === null ? 'No further moment' : `Next ${local(next)}`}; so far
        <hive-number
          .value=${fired}
          .query=${{ types: ['schedule.fired'], text: id }}
          .text=${fired === 1 ? '1 moment' : `${fired} moments`}
        ></hive-number
        >${last === null ? nothing : html`, the last <hive-time .at=${last.at}></hive-time>: ${this.#last(it)}`}</span
      >
      ${
        this.#rights.may('stop')
          ? html`<div class="row">
              <button
                aria-label="Remove ${name}"
                ?disabled=${this.removing.has(id)}
                @click=${() => void this.#remove(it)}
              >
                ${this.removing.has(id) ? 'Removing…' : 'Remove…'}
              </button>
            </div>`
          : nothing
      }
    </li>`;
  }

  #last(it: ScheduleSummary) {
    const said = visibleLine(lastWords(it) ?? '');
    const workflow = it.last?.workflowId ?? null;
    return workflow === null ? said : html`<a href="/traces/${workflow}">${said}</a>`;
  }

  async #remove({ id, goal }: ScheduleSummary): Promise<void> {
    const answer = await askFirst({
      heading: 'Remove this schedule?',
      said: `${goal}\n\nNothing is handed in by it any more. What it handed in before goes on.`,
      ...{ action: 'Remove it', tone: 'danger' },
    });
    if (answer === null) return;
    this.removing = new Set(this.removing).add(id);
    try {
      await this.desk.unschedule(id);
      await this.#load.run();
      toast('Removed');
    } catch (error) {
      toast(`Not removed: ${errorWords(error).said}`, 'failed');
    } finally {
      this.removing = new Set([...this.removing].filter((it) => it !== id));
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-schedules': HiveSchedules;
  }
}
