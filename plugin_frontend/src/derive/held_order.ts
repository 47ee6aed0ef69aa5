/** Keeps the channels where they are while it plays: an order by values would change at each step. */
export class HeldOrder {
  private last: { readonly name: string; readonly order: readonly number[] } | null = null;

  /**
   * @param name what the order is of, without the step.
   * @param order the order at the step that is shown; empty while nothing is known of it.
   */
  of(name: string, playing: boolean, order: readonly number[]): readonly number[] {
    const stays = playing && this.last?.name === name;
    if (!stays && order.length) this.last = { name, order };
    return stays ? this.last!.order : order;
  }
}
