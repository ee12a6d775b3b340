import * as vscode from 'vscode';
import { cancelledByUser } from '../errorReporter.ts';
import type { EmbeddedModel } from '../embeddedModel.ts';
import { settings, updateSetting } from '../settings.ts';
import {
  EMBEDDED,
  isLoopback,
  knownEndpoints,
  selectedEndpoint,
  type Endpoint,
  type EndpointSources,
} from './endpoints.ts';

/** Which inference server is used, and how the user chooses another. */
export class EndpointChoice {
  readonly #embedded: EmbeddedModel;

  constructor(embedded: EmbeddedModel) {
    this.#embedded = embedded;
  }

  /**
   * The selected endpoint; the embedded model is started where it is selected and set up.
   *
   * @throws SealongError `no_endpoint`, or what starting the embedded model does.
   */
  async current(): Promise<Endpoint> {
    const running = await this.#embedded.find();
    if (!running && settings.endpoint() === EMBEDDED && settings.embeddedFolder() !== undefined)
      await this.#embedded.start();
    return selectedEndpoint(this.#sources());
  }

  /** Whether this is the embedded model, however it was named. */
  isEmbedded({ baseUrl }: Endpoint): boolean {
    return baseUrl === this.#embedded.running?.baseUrl;
  }

  /** Asks for an endpoint and keeps it as the selected one. */
  async select(): Promise<Endpoint> {
    const endpoint = await this.pick('Select the inference server', { canStart: true });
    await updateSetting('endpoint', endpoint.name);
    return endpoint;
  }

  /** Asks for an endpoint; one that is new is added to the settings. */
  async pick(title: string, options: { canStart: boolean }): Promise<Endpoint> {
    await this.#embedded.find();
    const { endpoints } = knownEndpoints(this.#sources());
    type Item = vscode.QuickPickItem & { endpoint?: Endpoint; action?: 'add' | 'start' };
    const items: Item[] = endpoints.map((endpoint) => ({
      label: endpoint.name,
      description: endpoint.baseUrl,
      detail: this.isEmbedded(endpoint)
        ? `$(chip) ${this.#embedded.running?.model ?? 'The embedded model'}, on this machine`
        : isLoopback(endpoint.baseUrl)
          ? '$(home) on this machine'
          : '$(globe) on another machine',
      endpoint,
    }));
    if (options.canStart && !this.#embedded.running)
      items.push({
        label: '$(chip) Start the embedded model',
        description: 'a small model on this machine',
        action: 'start',
      });
    items.push({
      label: '$(add) Add a server...',
      description: 'any server with an OpenAI-compatible API',
      action: 'add',
    });
    const picked = await vscode.window.showQuickPick(items, {
      title,
      matchOnDescription: true,
      ignoreFocusOut: true,
    });
    if (!picked) throw cancelledByUser();
    if (picked.action === 'start') {
      await this.#embedded.start();
      return selectedEndpoint({ ...this.#sources(), selected: EMBEDDED });
    }
    return picked.endpoint ?? this.#add();
  }

  async #add(): Promise<Endpoint> {
    const baseUrl = await vscode.window.showInputBox({
      title: 'Address of the server',
      prompt: 'The base URL of its OpenAI-compatible API, which usually ends in /v1.',
      placeHolder: 'http://127.0.0.1:8000/v1',
      ignoreFocusOut: true,
      validateInput: (value) =>
        isHttp(value) ? undefined : 'Write an address that begins with http:// or https://.',
    });
    if (baseUrl === undefined) throw cancelledByUser();
    const { host } = new URL(baseUrl.trim());
    const name = await vscode.window.showInputBox({
      title: 'Name of the server',
      prompt: 'Under this name it stands in the setting sealong.endpoints.',
      value: host,
      ignoreFocusOut: true,
      validateInput: (value) => (value.trim() === '' ? 'Write a name.' : undefined),
    });
    if (name === undefined) throw cancelledByUser();
    const configured = settings.endpoints();
    await updateSetting('endpoints', {
      ...(typeof configured === 'object' ? configured : {}),
      [name.trim()]: { base_url: baseUrl.trim() },
    });
    return selectedEndpoint({ ...this.#sources(), selected: name.trim() });
  }

  #sources(): EndpointSources {
    return {
      configured: settings.endpoints(),
      selected: settings.endpoint(),
      environment: settings.environmentEndpoint(),
      embedded: this.#embedded.running?.baseUrl,
    };
  }
}

function isHttp(value: string): boolean {
  return URL.canParse(value.trim()) && /^https?:$/.test(new URL(value.trim()).protocol);
}
