import { nothing, svg, type SVGTemplateResult } from 'lit';
import type { moreShapes } from './more-icons.ts';

// Drawn on 16 × 16 with strokes of the current colour.
const shapes = {
  done: svg`<circle cx="8" cy="8" r="6.25" /><path d="m5.2 8.2 2 2 3.8-4.2" />`,
  merged: svg`<circle cx="4.5" cy="3.5" r="1.75" /><circle cx="4.5" cy="12.5" r="1.75" /><circle cx="11.5" cy="9" r="1.75" /><path d="M4.5 5.25v5.5M4.5 5.5c0 2.5 2 3.5 5.25 3.5" />`,
  failed: svg`<circle cx="8" cy="8" r="6.25" /><path d="M8 4.8v3.8M8 11v.2" />`,
  refused: svg`<path d="M8 1.75 13.5 4v3.6c0 3.2-2.2 5.5-5.5 6.65C4.7 13.1 2.5 10.8 2.5 7.6V4z" /><path d="m6 6 4 4m0-4-4 4" />`,
  stopped: svg`<circle cx="8" cy="8" r="6.25" /><path d="m3.8 12.2 8.4-8.4" />`,
  blocked: svg`<rect x="3" y="7" width="10" height="6.5" rx="1.5" /><path d="M5.25 7V5a2.75 2.75 0 0 1 5.5 0v2" />`,
  person: svg`<circle cx="8" cy="5" r="2.75" /><path d="M2.75 14c.4-3 2.5-4.5 5.25-4.5s4.85 1.5 5.25 4.5" />`,
  paused: svg`<circle cx="8" cy="8" r="6.25" /><path d="M6.4 5.6v4.8M9.6 5.6v4.8" />`,
  queued: svg`<circle cx="8" cy="8" r="6.25" /><path d="M8 4.5V8l2.4 1.6" />`,
  running: svg`<circle cx="8" cy="8" r="6.25" opacity=".35" /><path d="M8 1.75A6.25 6.25 0 0 1 14.25 8" /><circle cx="8" cy="8" r="1.6" fill="currentColor" stroke="none" />`,
  empty: svg`<circle cx="8" cy="8" r="6.25" />`,
  home: svg`<path d="M2 7.5 8 2.25 14 7.5M3.75 6.25v7.5h8.5v-7.5" />`,
  traces: svg`<path d="M2 3.5h6M4.5 8H13M7.5 12.5H14" />`,
  agents: svg`<path d="M8 1.75 13.4 4.9v6.2L8 14.25 2.6 11.1V4.9z" /><circle cx="8" cy="8" r="1.75" />`,
  close: svg`<path d="m3.75 3.75 8.5 8.5m0-8.5-8.5 8.5" />`,
  offline: svg`<path d="m2 2 12 12M1.5 6.2A9.5 9.5 0 0 1 4 4.6m2.7-1A9.4 9.4 0 0 1 14.5 6.2M4 9a6 6 0 0 1 2.6-1.4M10.5 8.3c.6.2 1.1.5 1.5.9M8 12.5v.1" />`,
  tasks: svg`<rect x="2" y="2.5" width="3.25" height="11" rx="1" /><rect x="6.4" y="2.5" width="3.25" height="7" rx="1" /><rect x="10.75" y="2.5" width="3.25" height="9" rx="1" />`,
  approvals: svg`<path d="M8 1.75 13.5 4v3.6c0 3.2-2.2 5.5-5.5 6.65C4.7 13.1 2.5 10.8 2.5 7.6V4z" /><path d="m5.6 7.9 1.7 1.7 3.1-3.4" />`,
  health: svg`<path d="M1.75 8.25H4.5l1.75-4.5 3 8.5 1.75-4h3.25" />`,
  settings: svg`<path d="M2 4.5h6.5M12.5 4.5H14M2 11.5h1.5M7.5 11.5H14" /><circle cx="10.5" cy="4.5" r="1.75" /><circle cx="5.5" cy="11.5" r="1.75" />`,
  stream: svg`<path d="M2 4h12M2 8h8.5M2 12h5" /><circle cx="13" cy="12" r="1.25" fill="currentColor" stroke="none" />`,
  more: svg`<circle cx="3.5" cy="8" r="1.1" fill="currentColor" stroke="none" /><circle cx="8" cy="8" r="1.1" fill="currentColor" stroke="none" /><circle cx="12.5" cy="8" r="1.1" fill="currentColor" stroke="none" />`,
  pause: svg`<path d="M5.5 3v10M10.5 3v10" />`,
  play: svg`<path d="M4.5 2.75 12.5 8l-8 5.25z" />`,
  help: svg`<circle cx="8" cy="8" r="6.25" /><path d="M6.2 6.2c.2-1 .9-1.5 1.8-1.5 1.1 0 1.9.7 1.9 1.6 0 1.3-1.9 1.5-1.9 2.7M8 11.2v.1" />`,
  back: svg`<path d="M10 3.5 5.5 8 10 12.5" />`,
} satisfies Record<string, SVGTemplateResult>;

/** A name of an icon. */
export type IconName = keyof typeof shapes | keyof typeof moreShapes;

let known: Partial<Record<IconName, SVGTemplateResult>> = shapes;

/** Loads the icons that neither the frame nor Home shows; the table of places does so for every other page. */
export const loadMoreIcons = async (): Promise<void> => {
  known = { ...shapes, ...(await import('./more-icons.ts')).moreShapes };
};

/** The sign of Hive as in `public/icons/hive.svg`. Part of the frame and no image: to show an image of vectors takes a document of its own. */
export const brand = svg`<svg viewBox="0 0 64 64" width="24" height="24" aria-hidden="true"><path fill="#5cc8b8" d="M32 4 56.2 18v28L32 60 7.8 46V18z" /><path fill="#141512" d="M20 20h6v9h12v-9h6v24h-6v-9H26v9h-6z" /></svg>`;

/** An icon as decoration: hidden from assistive technology, so a word belongs beside it. Sized and coloured by its surroundings. */
export const icon = (name: IconName): SVGTemplateResult =>
  svg`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${known[name] ?? nothing}</svg>`;
