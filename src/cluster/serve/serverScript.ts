import { framedScript, waitFor, type JobFrame } from '../jobScript.ts';
import type { ServerPlan } from './serverTemplate.ts';

export interface ServerScriptInput extends Omit<JobFrame, 'cluster'> {
  /** Name of the cluster, for the script's comments. */
  cluster: string;
  plan: ServerPlan;
  model: string;
  /** On the cluster. */
  adapter?: { path: string; name: string; rank: number };
}

/** Ranks that vLLM takes for its limit. */
const RANKS = [8, 16, 32, 64, 128, 256, 320, 512];

/** Line by line, so that no part of the key passes. Signals are for the server; its end is that of this. */
const KEEP_KEY_OUT = [
  'import signal, sys',
  'for one in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1): signal.signal(one, signal.SIG_IGN)',
  'key = open("api_key", "rb").read().strip()',
  'for line in sys.stdin.buffer:',
  '    sys.stdout.buffer.write(line.replace(key, b"(key)")); sys.stdout.buffer.flush()',
].join('\n');

/**
 * The script of a server's job, for people to read before it is sent. The port is taken on the node, and told with the
 * phase (`starting`, `serving`, `ended`) in `state.json`. The key comes from a file that only its owner can read, and is
 * on no command line.
 */
export function serverScript(input: ServerScriptInput): string {
  const { plan, model, adapter, cluster, ...frame } = input;
  const { template, profile, host } = plan;
  const alone = profile.scheduler === 'none';
  const values = {
    model,
    adapter: adapter?.path ?? '',
    adapter_name: adapter?.name ?? '',
    adapter_rank: String(RANKS.find((rank) => rank >= (adapter?.rank ?? 0)) ?? adapter?.rank),
    gpus: String(Math.max(1, profile.gpus)),
    // Without a scheduler the login host is the node: then nobody else need reach it.
    listen: alone ? '127.0.0.1' : '0.0.0.0',
    host: host ?? (alone ? '127.0.0.1' : ''),
    health: template.health,
  };
  return framedScript({ ...frame, cluster: { name: cluster, profile } }, values, [
    // What an earlier start said is not true of this one.
    'rm -f state.json',
    'for one in model adapter; do',
    '  eval "value=\\$$one"',
    '  case $value in "~/"*) eval "$one=\\$HOME/\\${value#\\"~/\\"}" ;; esac',
    'done',
    'api_key=$(cat api_key) || exit 66',
    'host=${host:-${SLURMD_NODENAME:-$(hostname)}}',
    `port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])') || exit 69`,
    'say() {',
    `  printf '{"phase": "%s", "host": "%s", "port": %s}\\n' "$1" "$host" "$port" >state.tmp && mv state.tmp state.json`,
    '}',
    'say starting',
    '',
    '# Some servers write all their settings into their log: it goes through a filter that takes the key out.',
    'rm -f output; mkfifo -m 600 output || exit 69',
    `"$python" -c '${KEEP_KEY_OUT}' <output &`,
    'filter=$!',
    '',
    `# ${template.about}`,
    '(',
    ...template.lines,
    ') >output 2>&1 &',
    'server=$!',
    `trap 'kill -TERM "$server" 2>/dev/null' TERM INT USR1`,
    'while kill -0 "$server" 2>/dev/null; do',
    `  if "$python" -c 'import sys; from urllib.request import ProxyHandler, build_opener as b; b(ProxyHandler({})).open(sys.argv[1], timeout=5)' "http://127.0.0.1:$port$health" 2>/dev/null; then say serving; break; fi`,
    '  sleep 1',
    'done',
    ...waitFor('server'),
    '# What it wrote last; a process that it left behind may hold the way open.',
    'tries=0',
    'while kill -0 "$filter" 2>/dev/null && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done',
    'rm -f output',
    'say ended',
  ]);
}
