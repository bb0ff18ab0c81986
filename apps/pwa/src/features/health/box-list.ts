import { html, nothing } from 'lit';
import type { BoxSummary } from '@hive/events';
import { bytes } from '../../ui/chart-words.ts';
import '../../ui/hive-number.ts';
import { visibleLine } from '../../ui/visible-text.ts';

/** The boxes in a line each, where there are any. */
export const boxList = (boxes: readonly BoxSummary[]) => {
  if (boxes.length === 0) return nothing;
  return html`<section aria-labelledby="boxes">
    <h2 id="boxes">Boxes</h2>
    <div class="panel wide-table">
      <table>
        <tbody>
          ${boxes.map(
            (box) =>
              html`<tr>
                <th scope="row"><a class="mono" href="/agents">${visibleLine(box.title)}</a></th>
                <td><hive-status .status=${box.status}></hive-status></td>
                <td>
                  <hive-number
                    .value=${box.running}
                    .text=${`${box.running} of ${box.parallel}, ${box.waiting} waiting`}
                    .query=${{ types: ['model.*'], text: box.name }}
                  ></hive-number>
                </td>
                <td class="muted">
                  ${box.memory === null ? 'memory not reported' : `${bytes(box.memory.used)} of ${bytes(box.memory.total)}`}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
};
