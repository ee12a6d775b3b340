/** What the editor keeps for the extension over a reload. */
export class Memory {
  readonly values = new Map<string, unknown>();
  get = <T>(key: string, other?: T): T => (this.values.get(key) ?? other) as T;
  update = (key: string, value: unknown) => {
    this.values.set(key, structuredClone(value));
    return Promise.resolve();
  };
}
