import type { BoundKeys, PanelAction } from '../../src/protocol/panel.ts';

/** The keys that the editor says are bound to the panel's actions. */
export class KeyNames {
  #keys: BoundKeys = {};

  set(keys: BoundKeys): void {
    this.#keys = keys;
  }

  of(action: PanelAction): readonly string[] {
    return this.#keys[action] ?? [];
  }

  /** A tooltip with the first key behind it, where there is one. */
  titled(title: string, action: PanelAction): string {
    const [key] = this.of(action);
    return key === undefined ? title : `${title} (${key})`;
  }
}
