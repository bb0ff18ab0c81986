import { css, html, nothing, type CSSResult, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { TaskResult } from '@hive/events';
import { addressWith } from '../../app/address.ts';
import '../../ui/hive-status.ts';
import { visibleLine } from '../../ui/visible-text.ts';

/** The look of `taskChoice`, and of the line about the one that is looked at. */
export const taskChoiceStyles: CSSResult = css`
  nav {
    display: flex;
    flex-wrap: wrap;
    gap: var(--hive-space-2);
  }
  nav a {
    display: inline-flex;
    align-items: center;
    gap: var(--hive-space-2);
    min-block-size: var(--hive-target);
    max-inline-size: 100%;
    padding-inline: var(--hive-space-3);
    border: 1px solid var(--hive-border);
    border-radius: var(--hive-radius-1);
    background: var(--hive-surface);
    color: inherit;
    text-decoration: none;
  }
  nav a[aria-current] {
    border-color: var(--hive-accent);
    box-shadow: inset 0 -2px var(--hive-accent);
  }
  .about {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--hive-space-2) var(--hive-space-3);
    overflow-wrap: anywhere;
  }
`;

/** The tasks of a trace of which one is looked at, as links; nothing where there is no choice. */
export const taskChoice = (
  tasks: readonly TaskResult[],
  { shown, label }: { readonly shown: TaskResult; readonly label: string },
): TemplateResult | typeof nothing =>
  tasks.length === 1
    ? nothing
    : html`<nav aria-label=${label}>
        ${repeat(
          tasks,
          ({ id }) => id,
          ({ id, key, status }) =>
            html`<a href=${addressWith({ task: id })} aria-current=${id === shown.id ? 'true' : nothing}
              ><hive-status .status=${status}></hive-status><span class="mono">${visibleLine(key)}</span></a
            >`,
        )}
      </nav>`;
