import { css } from 'lit';

/** Lists of names to choose from, in rows of 28 pixels. */
export const listStyles = css`
  ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  li {
    /* Rows out of sight cost nothing. */
    content-visibility: auto;
    contain-intrinsic-size: auto 28px;
  }
  input[type='search'] {
    width: 100%;
    height: 28px;
    padding: 0 8px;
    font: inherit;
    color: inherit;
    background: var(--raised);
    border: 1px solid var(--line);
    border-radius: 6px;
  }
  .item {
    display: flex;
    align-items: center;
    gap: 8px;
    width: 100%;
    height: 28px;
    padding: 0 8px;
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
    flex: 1 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .details {
    flex: 0 0 auto;
    font-size: 12px;
    color: var(--muted);
    white-space: nowrap;
  }
  .bad {
    color: var(--bad);
  }
`;
