import { svg, type SVGTemplateResult } from 'lit';

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
  copy: svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.5" /><path d="M10.5 3.5v-1h-8v8h1" />`,
  open: svg`<path d="m6 3.5 4.5 4.5L6 12.5" />`,
  close: svg`<path d="m3.75 3.75 8.5 8.5m0-8.5-8.5 8.5" />`,
  down: svg`<path d="M8 3v9.5m-4-4 4 4 4-4" />`,
  offline: svg`<path d="m2 2 12 12M1.5 6.2A9.5 9.5 0 0 1 4 4.6m2.7-1A9.4 9.4 0 0 1 14.5 6.2M4 9a6 6 0 0 1 2.6-1.4M10.5 8.3c.6.2 1.1.5 1.5.9M8 12.5v.1" />`,
  flag: svg`<path d="M3.5 14.25V2.25h8.75L10 5.5l2.25 3.25H3.5" />`,
} satisfies Record<string, SVGTemplateResult>;

/** A name of an icon. */
export type IconName = keyof typeof shapes;

/** An icon as decoration: hidden from assistive technology, so a word belongs beside it. Sized and coloured by its surroundings. */
export const icon = (name: IconName): SVGTemplateResult =>
  svg`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shapes[name]}</svg>`;
