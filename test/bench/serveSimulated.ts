import { startSimulatedServer } from '../support/simulatedServer.ts';

/** A server that answers everything after 200 ms, in a process of its own: its work is not that of who asks it. */
const n = process.argv[2] === 'n' ? 'works' : 'ignored';
const { url } = await startSimulatedServer({ decodeMs: 200, n });
process.stdout.write(`${url}\n`);
