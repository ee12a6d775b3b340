import * as z from 'zod';
import { SealongError } from '../../errors.ts';
import {
  clusterProfileSchema,
  type ClusterProfile,
  type ServerOverride,
} from '../clusterProfile.ts';
import sglang from './templates/sglang.json' with { type: 'json' };
import vllm from './templates/vllm.json' with { type: 'json' };

/**
 * How a kind of inference server is started, as data. `lines` are run by the job's shell, which gives them `model`, `adapter`
 * (empty where there is none), `adapter_name`, `adapter_rank`, `listen`, `port`, `gpus`, `python` and `api_key`, none of which is
 * exported. They end by becoming the server, so that a signal reaches it.
 */
const templateSchema = z.strictObject({
  about: z.string(),
  /** Packages that its Python must have. */
  modules: z.array(z.string()),
  /** Path that answers 200 once the model is loaded. */
  health: z.string(),
  /** By what name requests ask for the model with its adapter. */
  adapter_model: z.string(),
  lines: z.array(z.string()).min(1),
});
export type ServerTemplate = z.infer<typeof templateSchema>;

const BUILT_IN: Readonly<Record<string, ServerTemplate>> = {
  vllm: templateSchema.parse(vllm),
  sglang: templateSchema.parse(sglang),
};

export const DEFAULT_ENGINE = 'vllm';

/** The kinds of servers that a cluster can be asked for, SeaLong's own first. */
export function serverEngines(profile: ClusterProfile): string[] {
  const own = Object.entries(profile.servers).flatMap(([name, { lines }]) => (lines ? [name] : []));
  return [...new Set([...Object.keys(BUILT_IN), ...own])];
}

export interface ServerPlan {
  template: ServerTemplate;
  /** The cluster's, with what it says of such servers in place of what it says of training. */
  profile: ClusterProfile;
  /** Where the login host reaches the server; the node's own name where absent. */
  host: string | undefined;
}

/**
 * A template as a cluster has it: that of SeaLong, the profile's own, or the first with changes of the second.
 *
 * @throws SealongError `no_engine`, naming those there are.
 */
export function serverPlan(profile: ClusterProfile, engine: string): ServerPlan {
  const own: ServerOverride | undefined = Object.hasOwn(profile.servers, engine)
    ? profile.servers[engine]
    : undefined;
  const known = Object.hasOwn(BUILT_IN, engine) ? BUILT_IN[engine] : undefined;
  const { lines, health, modules, adapter_model, host, ...job } = own ?? {};
  const chosen = lines ?? known?.lines;
  if (!chosen) {
    const names = [...new Set([...Object.keys(BUILT_IN), ...Object.keys(profile.servers)])];
    throw new SealongError(
      'no_engine',
      own
        ? `The server "${engine}" in the cluster's profile has no lines that start it. Add "lines", or name one of ${Object.keys(BUILT_IN).join(', ')}.`
        : `There is no server "${engine}". There are: ${names.join(', ')}; more can stand under "servers" in the cluster's profile.`,
    );
  }
  return {
    template: {
      about: known?.about ?? `${engine}, from the cluster's profile`,
      // Other lines need not start what SeaLong's would.
      modules: modules ?? (lines ? [] : (known?.modules ?? [])),
      health: health ?? known?.health ?? '/health',
      adapter_model: adapter_model ?? known?.adapter_model ?? '{adapter}',
      lines: chosen,
    },
    profile: clusterProfileSchema.parse({ ...profile, ...job }),
    host,
  };
}
