import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { visibleLine } from './visible-text.ts';

const titles: Readonly<Record<string, string>> = {
  human: 'Written by a person',
  oracle: 'A stored patch of the bundled example: no model was called',
  tool: 'Made by a command',
  double: 'Made by a stand-in for a model',
};

/** Who wrote a change. Stored patches and stand-ins for models wear it as plainly as people and models do. */
@customElement('hive-author')
export class HiveAuthor extends LitElement {
  static override styles = css`
    :host {
      display: inline-flex;
      max-inline-size: 100%;
    }
    span {
      font-size: var(--hive-size-1);
      line-height: 18px;
      padding-inline: 6px;
      border: 1px solid currentColor;
      border-radius: var(--hive-radius-1);
      color: var(--hive-command);
      overflow: hidden;
      white-space: nowrap;
      text-overflow: ellipsis;
    }
    .model {
      color: var(--hive-model);
    }
    .double {
      border-style: dashed;
    }
  `;

  @property() author = '';

  override render() {
    const kind = this.author.split(':')[0] ?? '';
    const look = this.author.includes(':') ? `model ${kind === 'double' ? 'double' : ''}` : '';
    return html`<span class=${look} title=${titles[kind] ?? 'Written by a model'}>${visibleLine(this.author)}</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-author': HiveAuthor;
  }
}
