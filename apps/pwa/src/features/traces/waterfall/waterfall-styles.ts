import { css, unsafeCSS } from 'lit';
import { themeNames } from './canvas-theme.ts';

const probes = unsafeCSS(themeNames.map((name) => `.probes .${name} { color: var(--hive-${name}); }`).join('\n'));

export const waterfallStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: auto minmax(0, 1fr);
    gap: var(--hive-space-2);
    min-inline-size: 0;
    --row: 24px;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--hive-space-2);
  }
  .tools form {
    flex: 1 1 220px;
    display: flex;
    min-inline-size: 0;
  }
  .tools input {
    flex: 1;
    min-inline-size: 0;
  }
  .tools .counts {
    flex: none;
    min-inline-size: 11em;
  }
  .tools .buttons {
    display: flex;
    gap: var(--hive-space-1);
    overflow-x: auto;
    scrollbar-width: none;
  }
  .tools button {
    flex: none;
    padding-inline: var(--hive-space-2);
    font-size: var(--hive-size-2);
  }
  .problem {
    color: var(--hive-failed);
    flex-basis: 100%;
  }
  .frame {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr);
    position: relative;
    overflow: hidden;
    /* Most of the screen, whatever stands above: the height is known before anything is loaded. */
    block-size: max(340px, calc(100dvh - 250px));
  }
  .frame.names {
    grid-template-rows: minmax(0, 1fr);
  }
  .names hive-minimap {
    display: none;
  }
  .scroller {
    position: relative;
    overflow-x: hidden;
    overflow-y: auto;
    overflow-anchor: none;
    overscroll-behavior-y: auto;
    touch-action: pan-y;
    cursor: default;
  }
  .scroller canvas {
    position: sticky;
    inset-block-start: 0;
    display: block;
    inline-size: 100%;
  }
  .spacer {
    position: absolute;
    inset-block-start: 0;
    inline-size: 1px;
    block-size: var(--height, 0);
    visibility: hidden;
  }
  .live {
    position: absolute;
    inset-block-end: var(--hive-space-3);
    inset-inline: 0;
    margin-inline: auto;
    inline-size: max-content;
    box-shadow: 0 2px 8px rgb(0 0 0 / 20%);
  }
  .twin {
    position: absolute;
    inset-block-start: 0;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .card {
    position: absolute;
    z-index: 2;
    inset-block-start: var(--y, 0);
    inset-inline-start: var(--x, 0);
    max-inline-size: min(420px, 80%);
    padding: var(--hive-space-2) var(--hive-space-3);
    box-shadow: 0 2px 10px rgb(0 0 0 / 18%);
    font-size: var(--hive-size-1);
    overflow-wrap: anywhere;
    pointer-events: none;
  }
  .card p {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 4;
    overflow: hidden;
  }
  .probes {
    display: none;
  }
  ${probes}
  @media (pointer: coarse), (max-width: 700px) {
    :host {
      --row: 44px;
    }
    /* One line, so that the picture begins in the upper half of the screen. */
    .tools form {
      flex: 1 1 140px;
    }
    .tools .buttons {
      flex: 1 1 160px;
    }
    .tools .counts {
      order: 1;
      flex-basis: 100%;
    }
    .tools .counts.all {
      display: none;
    }
    .frame {
      block-size: max(340px, calc(100dvh - 280px));
    }
  }
  @media (forced-colors: active) {
    .probes * {
      forced-color-adjust: none;
    }
    .probes .surface,
    .probes .sunken {
      color: Canvas;
    }
    .probes .text,
    .probes .muted,
    .probes .border,
    .probes .control,
    .probes .idle,
    .probes .command {
      color: CanvasText;
    }
    .probes .accent,
    .probes .running,
    .probes .failed {
      color: Highlight;
    }
    .probes .ok,
    .probes .model,
    .probes .waiting {
      color: LinkText;
    }
    canvas,
    .brush {
      forced-color-adjust: none;
    }
  }
`;
