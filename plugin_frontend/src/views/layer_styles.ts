import { css } from 'lit';

/** The tree of layers: its filter stays on top while the rows go by. */
export const layerStyles = css`
  section {
    padding: 0 8px 8px;
  }
  header {
    position: sticky;
    top: 0;
    z-index: 1;
    display: grid;
    gap: 4px;
    padding: 8px 0;
    background: var(--panel);
  }
  h2 {
    padding: 0 8px;
    display: flex;
    justify-content: space-between;
  }
  h2 span {
    font-weight: 400;
  }
  .item {
    position: relative;
    padding-left: calc(8px + 12px * var(--depth, 0));
  }
  /* What the modules above say already, for those who don't see them. */
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .module .name::before {
    content: '▸';
    display: inline-block;
    width: 12px;
    color: var(--muted);
  }
  .module[aria-expanded='true'] .name::before {
    content: '▾';
  }
  .module .name {
    font-weight: 400;
    color: var(--muted);
  }
  .note {
    margin: 8px;
    font-size: 12px;
    line-height: 16px;
  }
`;
