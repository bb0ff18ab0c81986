import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DayBudget } from '@hive/events';
import type { LiveStream } from '../data/live-stream.ts';
import type { RoomDesk } from '../data/desk.ts';
import { baseStyles } from '../ui/base-styles.ts';
import { inShort } from '../ui/duration.ts';
import { eventsAddress } from '../ui/event-query.ts';

/** How often it is asked for at most, whatever happens. */
const restMs = 10_000;
const dayMs = 86_400_000;
/** From this share on it is told in the colour of what waits; a workflow is warned at the same. */
const warnedShare = 0.8;

const money = (usd: number): string => `$${usd.toFixed(2)}`;

/** What models took today, in a few words: `$1.20 of $10.00 today`. Of two limits the one that is used more; null: there is nothing to say. */
export const budgetWords = ({ spent, limit }: Pick<DayBudget, 'spent' | 'limit'>): string | null => {
  const { usd, tokens } = limit ?? {};
  const ofTokens = tokens === undefined ? -1 : spent.tokens / tokens;
  if (usd !== undefined && spent.usd / usd >= ofTokens) return `${money(spent.usd)} of ${money(usd)} today`;
  if (tokens !== undefined) return `${inShort(spent.tokens)} of ${inShort(tokens)} tokens today`;
  if (spent.usd > 0) return `${money(spent.usd)} today`;
  return spent.tokens > 0 ? `${inShort(spent.tokens)} tokens today` : null;
};

/** What calls to models took today, beside the limit of the day, on every page. It leads to the events of these calls. */
@customElement('hive-budget')
export class HiveBudget extends LitElement {
  static override styles = [
    baseStyles,
    css`
      a {
        display: grid;
        align-content: center;
        min-block-size: max(24px, var(--hive-target));
        color: inherit;
        font-size: var(--hive-size-1);
        font-variant-numeric: tabular-nums;
        text-decoration: none;
      }
      a:hover {
        text-decoration: underline;
      }
      i {
        block-size: 3px;
        margin-block-start: 4px;
        border-radius: 2px;
        background: linear-gradient(currentColor 0 0) no-repeat 0 / var(--used, 0%) 100% var(--hive-sunken);
      }
    `,
  ];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;

  @state() private budget: DayBudget | null = null;

  #due: ReturnType<typeof setTimeout> | undefined;
  #tomorrow: ReturnType<typeof setTimeout> | undefined;
  #unfollow: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#follow();
  }

  /** Its code may come after it stands in the page; then it is told of its properties with its first update only. */
  protected override firstUpdated(): void {
    this.#follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unfollow?.();
    clearTimeout(this.#due);
    clearTimeout(this.#tomorrow);
    this.#due = undefined;
  }

  #follow(): void {
    // Calls are made within steps, whose events every page is told anyway.
    this.#unfollow = this.live.follow(({ kind }) => this.#soon(kind === 'hello' ? 0 : restMs), { types: ['task.*'] });
    if (this.live.connection.state === 'live') this.#soon(0);
  }

  #soon(ms: number): void {
    this.#due ??= setTimeout(() => void this.#ask(), ms);
  }

  async #ask(): Promise<void> {
    // One that fails changes nothing: the next call, or the next connection, asks again.
    const budget = await this.desk.budget().catch(() => null);
    this.#due = undefined;
    if (budget === null || !this.isConnected) return;
    this.budget = budget;
    clearTimeout(this.#tomorrow);
    // The clock here may be any other than Hive's.
    const waitMs = Math.min(dayMs, Math.max(restMs, Date.parse(budget.resetsAt) - Date.now()));
    this.#tomorrow = setTimeout(() => this.#soon(0), waitMs);
  }

  override render() {
    const words = this.budget === null ? null : budgetWords(this.budget);
    if (this.budget === null || words === null) return nothing;
    const { usedShare, since } = this.budget;
    const tone =
      usedShare === null || usedShare < warnedShare ? 'muted' : usedShare < 1 ? 'tone-waiting' : 'tone-failed';
    return html`<a class=${tone} href=${eventsAddress({ types: ['model.*'], since })} title="Open the events behind it"
      >${usedShare !== null && usedShare >= 1 ? 'Used up: ' : nothing}${words}${usedShare === null ? nothing : html`<i></i>`}</a
    >`;
  }

  protected override updated(): void {
    const share = this.budget?.usedShare ?? 0;
    this.style.setProperty('--used', `${Math.min(100, 100 * share)}%`);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-budget': HiveBudget;
  }
}
