import { css } from 'lit';
import { stack } from '../../ui/stack.ts';

/** Nodes over their edges, and the list that stands for them where they are too many. */
export const graphStyles = css`
  ${stack(3)}
  .scroll {
    overflow: auto;
    max-block-size: 76dvh;
    padding-block-end: var(--hive-space-2);
  }
  .picture {
    position: relative;
  }
  svg {
    position: absolute;
    inset: 0;
  }
  .picture path {
    fill: none;
    stroke: var(--hive-control);
    stroke-width: 1.5;
    stroke-dasharray: 4 3;
  }
  .picture marker path {
    fill: context-stroke;
    stroke: none;
    stroke-dasharray: none;
  }
  /* A need that is met is a firm line. */
  .picture path.met {
    stroke: var(--hive-ok);
    stroke-dasharray: none;
  }
  .picture li {
    position: absolute;
    inline-size: 208px;
    block-size: 60px;
  }
  .node {
    display: grid;
    align-content: center;
    gap: 2px;
    block-size: 100%;
    padding: 4px var(--hive-space-3);
    border: 1px solid var(--hive-border);
    border-inline-start: 4px solid currentColor;
    border-radius: var(--hive-radius-1);
    background: var(--hive-surface);
    text-decoration: none;
  }
  .node:hover {
    border-color: currentColor;
  }
  .node .top {
    display: flex;
    align-items: center;
    gap: var(--hive-space-2);
    min-inline-size: 0;
  }
  .node b,
  .node .title {
    color: var(--hive-text);
  }
  .node .title {
    font-size: var(--hive-size-1);
  }
  section {
    padding: var(--hive-space-3) var(--hive-space-4);
  }
  h3 {
    margin: 0 0 var(--hive-space-2);
    font-size: var(--hive-size-3);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 var(--hive-space-3);
    min-block-size: max(28px, var(--hive-target));
    color: inherit;
    text-decoration: none;
    overflow-wrap: anywhere;
  }
  .row:hover .title {
    text-decoration: underline;
  }
`;
