import { html } from 'lit';
import type { AppState } from '../app_state';
import { gradientsOfRun } from '../derive/gradient_source';
import type { GradientTable } from '../derive/gradients';
import { download } from '../files/download';
import { gradientsAsCsv } from '../files/gradients';
import { gradientsFigure } from '../files/gradients_figure';
import { Connected } from './connected';
import './figure_row_view';
import { filesStyles } from './files_styles';
import { common } from './theme';

/** The gradients as a figure, and all their norms and cosines as a table. */
export class GradientFilesView extends Connected<[string | null, GradientTable | null]> {
  static override styles = [common, filesStyles];

  protected override select(app: AppState): [string | null, GradientTable | null] {
    const { listing, selection, library, look } = app;
    const { run, table } = gradientsOfRun(
      listing,
      selection.value,
      library,
      look.value.gradientPlace,
    );
    return [run?.name ?? null, table];
  }

  protected override view(run: string | null, table: GradientTable | null) {
    if (run === null || !table) return html`<p class="muted">Nothing is shown here yet.</p>`;
    const name = `${run}_gradients_${table.series.place}`;
    return html`<fm-figure-row
        .name=${'Gradients'}
        .kind=${'gradients'}
        .why=${null}
        .make=${() => gradientsFigure(table, run)}
        .fileName=${(size: string, extension: string) => `${name}${size}.${extension}`}
      ></fm-figure-row>
      <button
        data-testid="gradients-csv"
        title="Save all norms and cosines as a table"
        @click=${() =>
          download(`${name}.csv`, new Blob([gradientsAsCsv(table)], { type: 'text/csv' }))}
      >
        Table (CSV)
      </button>`;
  }
}
customElements.define('fm-gradient-files', GradientFilesView);
