import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What the set-up of `npm test` has made, by path. */
export interface Requirements {
  /** Node 24 or newer: runs code-server, the `sealong` command and with it the embedded model. */
  node: string;
  /** Entry script of code-server. */
  editor: string;
  chromium: string;
  /** Folder of the embedded models. */
  embedded: string;
  /** The packaged extension. */
  vsix: string;
}

/** @throws Error that names what is missing. */
export function requirements(): Requirements {
  const missing: string[] = [];
  const read = (name: string): string => {
    const value = process.env[name] ?? '';
    if (value === '') missing.push(name);
    return value;
  };
  const found = {
    node: read('SEALONG_NODE'),
    editor: read('SEALONG_EDITOR'),
    chromium: read('SEALONG_CHROMIUM'),
    embedded: read('SEALONG_EMBEDDED'),
    vsix: read('SEALONG_VSIX'),
  };
  if (missing.length === 0) return found;
  throw new Error(
    `The environment lacks ${missing.join(', ')}. Run these tests by "npm test e2e", which sets them.`,
  );
}
