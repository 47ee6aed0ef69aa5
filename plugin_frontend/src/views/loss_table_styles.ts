import { css } from 'lit';

export const lossTableStyles = css`
  table {
    width: 100%;
    margin-top: 8px;
    border-collapse: collapse;
    font-size: 12px;
    line-height: 20px;
  }
  th {
    font-weight: 500;
    color: var(--muted);
    text-align: right;
    padding: 0;
    max-width: 88px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  td {
    padding: 0;
    text-align: right;
    white-space: nowrap;
  }
  td + td,
  th + th {
    padding-left: 8px;
  }
  th:first-child,
  td:first-child {
    text-align: left;
    max-width: 0;
    width: 42%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  button.term {
    height: 24px;
    max-width: 100%;
    padding: 0 4px 0 0;
    overflow: hidden;
    text-overflow: ellipsis;
    background: none;
    border-color: transparent;
    color: inherit;
  }
  button.term:hover {
    background: var(--hover);
  }
  button.term[aria-pressed='false'] {
    color: var(--muted);
    text-decoration: line-through;
  }
  .term[aria-pressed='false'] .key {
    opacity: 0.35;
  }
  .key {
    margin-right: 8px;
    vertical-align: middle;
  }
  .sum td {
    border-top: 1px solid var(--line);
  }
`;
