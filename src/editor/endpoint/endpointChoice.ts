import * as vscode from 'vscode';
import type { EndpointMemory } from '../../endpoint/endpointMemory.ts';
import type { RunRecord } from '../../study/runRecord.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { EmbeddedModel } from '../embeddedModel.ts';
import { settings, updateSetting } from '../settings.ts';
import { testedText } from './checkItems.ts';
import {
  EMBEDDED,
  isLoopback,
  knownEndpoints,
  sameEndpoint,
  selectedEndpoint,
  type Endpoint,
  type EndpointSources,
} from './endpoints.ts';

/** A server on a cluster with a way to it from here. */
export interface LinkedEndpoint {
  name: string;
  baseUrl: string;
  model: string;
}

/** Which inference server is used, and how the user chooses another. */
export class EndpointChoice {
  readonly #embedded: EmbeddedModel;
  readonly #memory: EndpointMemory;
  readonly #linked: () => readonly LinkedEndpoint[];

  /** @param linked servers on clusters that answer here now. */
  constructor(
    embedded: EmbeddedModel,
    memory: EndpointMemory,
    linked: () => readonly LinkedEndpoint[],
  ) {
    this.#embedded = embedded;
    this.#memory = memory;
    this.#linked = linked;
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

  /** An endpoint of an earlier run, where it can be used now; the embedded model is started where that is it. */
  async find(of: RunRecord['endpoint']): Promise<Endpoint | undefined> {
    const running = await this.#embedded.find();
    if (!running && of.name === EMBEDDED && settings.embeddedFolder() !== undefined)
      await this.#embedded.start();
    return sameEndpoint(knownEndpoints(this.#sources()).endpoints, of);
  }

  /** As {@link find}, and starts nothing. */
  async known(of: RunRecord['endpoint']): Promise<Endpoint | undefined> {
    await this.#embedded.find();
    return sameEndpoint(knownEndpoints(this.#sources()).endpoints, of);
  }

  /** Whether this is the embedded model, however it was named. */
  isEmbedded({ baseUrl }: Endpoint): boolean {
    return baseUrl === this.#embedded.running?.baseUrl;
  }

  /** Asks for an endpoint and keeps it as the selected one. */
  async select(): Promise<Endpoint> {
    const endpoint = await this.pick('Select the inference server', { canStart: true });
    await this.use(endpoint);
    return endpoint;
  }

  /** Keeps an endpoint as the selected one. */
  async use({ name }: Endpoint): Promise<void> {
    await updateSetting('endpoint', name);
  }

  /** Asks for an endpoint; one that is new is added to the settings. */
  async pick(
    title: string,
    options: { canStart: boolean; placeHolder?: string },
  ): Promise<Endpoint> {
    await this.#embedded.find();
    const { endpoints, problems } = knownEndpoints(this.#sources());
    const selected = settings.endpoint();
    type Item = vscode.QuickPickItem & { endpoint?: Endpoint; action?: 'add' | 'start' | 'mend' };
    const items: Item[] = await Promise.all(
      endpoints.map(async (endpoint) => ({
        label: `${endpoint.name === selected ? '$(check) ' : ''}${endpoint.name}`,
        description: descriptionOf(endpoint),
        detail: await this.#detailOf(endpoint),
        endpoint,
      })),
    );
    for (const problem of problems)
      items.push({
        label: '$(warning) Mend the setting sealong.endpoints',
        detail: problem,
        action: 'mend',
        alwaysShow: true,
      });
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
      ...(options.placeHolder === undefined ? {} : { placeHolder: options.placeHolder }),
      matchOnDescription: true,
      matchOnDetail: true,
      ignoreFocusOut: true,
    });
    if (!picked) throw cancelledByUser();
    if (picked.action === 'mend') {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'sealong.endpoints');
      throw cancelledByUser();
    }
    if (picked.action === 'start') {
      await this.#embedded.start();
      return selectedEndpoint({ ...this.#sources(), selected: EMBEDDED });
    }
    return picked.endpoint ?? this.#add();
  }

  async #detailOf(endpoint: Endpoint): Promise<string> {
    const tested = await this.#memory.probe(endpoint.baseUrl);
    const where = this.isEmbedded(endpoint)
      ? `$(chip) ${this.#embedded.running?.model ?? 'The embedded model'}, on this machine`
      : isLoopback(endpoint.baseUrl)
        ? '$(home) on this machine'
        : '$(globe) on another machine';
    return tested ? `${where} · ${testedText(tested)}` : `${where} · not tested`;
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
      configured: withLinked(settings.endpoints(), this.#linked()),
      selected: settings.endpoint(),
      environment: settings.environmentEndpoint(),
      embedded: this.#embedded.running?.baseUrl,
    };
  }
}

function descriptionOf({ baseUrl, replicas }: Endpoint): string {
  const more = replicas?.length ?? 0;
  return more === 0 ? baseUrl : `${baseUrl} and ${more} ${more === 1 ? 'replica' : 'replicas'}`;
}

function isHttp(value: string): boolean {
  return URL.canParse(value.trim()) && /^https?:$/.test(new URL(value.trim()).protocol);
}

/** Servers on clusters stand beside those of the settings, for as long as the way to them lasts. */
function withLinked(configured: unknown, linked: readonly LinkedEndpoint[]): unknown {
  if (linked.length === 0) return configured;
  return {
    ...(typeof configured === 'object' ? configured : {}),
    ...Object.fromEntries(
      linked.map(({ name, baseUrl, model }) => [name, { base_url: baseUrl, model }]),
    ),
  };
}
