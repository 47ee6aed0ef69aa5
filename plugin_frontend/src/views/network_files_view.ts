import { html, nothing } from 'lit';
import type { AppState } from '../app_state';
import type { Ill } from '../derive/health';
import { networkOf, shownIll, type Network } from '../derive/network';
import { paneOf, panesOf, type Pane } from '../derive/panes';
import { whyNoNetwork } from '../derive/readiness';
import { networkFigure } from '../files/network_figure';
import { Connected } from './connected';
import './figure_row_view';
import { filesStyles } from './files_styles';
import { common } from './theme';

/** The picture of the network as a figure. */
export class NetworkFilesView extends Connected<[Network, Pane | null, Ill]> {
  static override styles = [common, filesStyles];

  protected override select(app: AppState): [Network, Pane | null, Ill] {
    const { listing, selection, library, look } = app;
    const pane = listing ? paneOf(panesOf(listing, selection.value, library).first) : null;
    const network = networkOf(library, pane);
    return [network, pane, shownIll(network, look.value.ill)];
  }

  protected override view(network: Network, pane: Pane | null, ill: Ill) {
    if (!pane) return nothing;
    return html`<fm-figure-row
      .name=${'Network'}
      .kind=${'network'}
      .why=${whyNoNetwork(network)}
      .make=${() => networkFigure(network, pane, ill)}
      .fileName=${(size: string, extension: string) =>
        `${pane.run.name}_probe${pane.probe + 1}_network_${ill}${size}.${extension}`}
    ></fm-figure-row>`;
  }
}
customElements.define('fm-network-files', NetworkFilesView);
