/** Computes again only when what it depends on has changed. */
export class Memo<Value> {
  private last: { key: readonly unknown[]; value: Value } | null = null;

  of(key: readonly unknown[], compute: () => Value): Value {
    const same =
      this.last?.key.length === key.length && key.every((one, i) => one === this.last!.key[i]);
    if (!same) this.last = { key, value: compute() };
    return this.last!.value;
  }
}
