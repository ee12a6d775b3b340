import type * as vscode from 'vscode';
import { originOf, type Endpoint } from './endpoints.ts';

/** API keys in the editor's secret storage, one an origin: a key is never sent anywhere else. */
export class ApiKeys {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  /** SEALONG_API_KEY is for the endpoint that the environment names, and for no other. */
  async keyFor({ baseUrl, from }: Endpoint): Promise<string | undefined> {
    const stored = await this.#secrets.get(storageKey(baseUrl));
    return stored ?? (from === 'environment' ? process.env['SEALONG_API_KEY'] : undefined);
  }

  async has(baseUrl: string): Promise<boolean> {
    return (await this.#secrets.get(storageKey(baseUrl))) !== undefined;
  }

  async set(baseUrl: string, key: string): Promise<void> {
    await this.#secrets.store(storageKey(baseUrl), key);
  }

  async remove(baseUrl: string): Promise<void> {
    await this.#secrets.delete(storageKey(baseUrl));
  }
}

function storageKey(baseUrl: string): string {
  return `sealong.apiKey ${originOf(baseUrl)}`;
}
