import { svg, type SVGTemplateResult } from 'lit';

/** The icons that neither the frame nor Home shows; `icon` draws them once they were loaded. Drawn as those of icons.ts. */
export const moreShapes = {
  open: svg`<path d="m6 3.5 4.5 4.5L6 12.5" />`,
  down: svg`<path d="M8 3v9.5m-4-4 4 4 4-4" />`,
  letter: svg`<rect x="1.75" y="3.5" width="12.5" height="9" rx="1.5" /><path d="m2.25 4.75 5.75 4.5 5.75-4.5" />`,
  box: svg`<rect x="2" y="3" width="12" height="4.25" rx="1" /><rect x="2" y="8.75" width="12" height="4.25" rx="1" /><path d="M4.5 5.1v.1M4.5 10.85v.1" />`,
  retry: svg`<path d="M13.25 8a5.25 5.25 0 1 1-1.6-3.75M13.5 2v3h-3" />`,
  search: svg`<circle cx="7" cy="7" r="4.25" /><path d="m10.25 10.25 3.5 3.5" />`,
  pin: svg`<path d="M5.5 2h5M6.25 2v4.25L4 9h8L9.75 6.25V2M8 9v5" />`,
  bell: svg`<path d="M3.25 11.5c1-1 1.25-2.25 1.25-4.25a3.5 3.5 0 0 1 7 0c0 2 .25 3.25 1.25 4.25zM6.5 13.75h3" />`,
  device: svg`<rect x="4.25" y="1.75" width="7.5" height="12.5" rx="1.5" /><path d="M7.25 12h1.5" />`,
  key: svg`<circle cx="5" cy="8" r="2.75" /><path d="M7.75 8h6.5v2.25M11.75 8v1.75" />`,
  link: svg`<path d="M6.75 9.25a2.75 2.75 0 0 0 3.9 0l2.2-2.2a2.75 2.75 0 0 0-3.9-3.9l-.7.7M9.25 6.75a2.75 2.75 0 0 0-3.9 0l-2.2 2.2a2.75 2.75 0 0 0 3.9 3.9l.7-.7" />`,
  save: svg`<path d="M8 2v8m-3.5-3.25L8 10.25l3.5-3.5M2.5 13.5h11" />`,
  flag: svg`<path d="M3.5 14.25V2.25h8.75L10 5.5l2.25 3.25H3.5" />`,
  drain: svg`<path d="M2 2.75h12L9.75 8v5.25l-3.5-1.75V8z" />`,
  copy: svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.5" /><path d="M10.5 3.5v-1h-8v8h1" />`,
} satisfies Record<string, SVGTemplateResult>;
