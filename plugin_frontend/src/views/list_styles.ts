import { css } from 'lit';

/** Lists of names to choose from, in the column on the left. */
export const listStyles = css`
  section {
    padding: 16px 12px 4px;
  }
  h2 {
    padding: 0 8px 6px;
  }
  ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .item {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    width: 100%;
    height: auto;
    padding: 6px 8px;
    border: 1px solid transparent;
    background: none;
    text-align: left;
    border-radius: 6px;
  }
  .item:hover {
    background: var(--hover);
  }
  .item[aria-current='true'] {
    background: var(--cursor-soft);
    border-color: var(--cursor);
  }
  .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-weight: 500;
  }
  .details {
    display: flex;
    gap: 8px;
    font-size: 12px;
    line-height: 16px;
    color: var(--muted);
  }
  .details span:first-child {
    flex: 1;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .bad {
    color: var(--bad);
  }
`;
