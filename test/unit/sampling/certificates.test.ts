import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { EndpointError } from '../../../src/endpoint/endpointError.ts';
import { openaiClient } from '../../../src/sampling/openaiClient.ts';
import { good, startFaultyServer } from '../../support/faultyServer.ts';
import { withFolder } from '../../support/temporary.ts';

/** A certificate that is its own authority, for a host or an address. */
async function certificateFor(
  folder: string,
  name: string,
): Promise<{ key: string; cert: string }> {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = [
    '-subj',
    `/CN=${name}`,
    '-addext',
    `subjectAltName=${name.startsWith('1') ? 'IP' : 'DNS'}:${name}`,
  ];
  const files = ['-keyout', key, '-out', cert];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files],
    { stdio: 'ignore' },
  );
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}

async function failureOf(url: string): Promise<EndpointError> {
  const error: unknown = await openaiClient({ baseUrl: url, apiKey: 'sk-secret', timeoutMs: 5000 })
    .check('scripted')
    .catch((reason: unknown) => reason);
  assert.ok(error instanceof EndpointError);
  return error;
}

test('a certificate that nobody known signed, or that is for another host, ends the run before the key is sent', async () => {
  await withFolder(async (folder) => {
    const tls = await certificateFor(folder, '127.0.0.1');
    let asked = 0;
    const server = await startFaultyServer(() => good, { tls, onModels: () => (asked += 1) });
    try {
      const unknown = await failureOf(server.url);
      assert.equal(unknown.code, 'bad_certificate');
      assert.equal(unknown.failure, 'run');
      assert.match(
        unknown.message,
        /127\.0\.0\.1:\d+: its certificate is self-signed; set NODE_EXTRA_CA_CERTS/,
      );
      // Trusted by the user's own doing, as with NODE_EXTRA_CA_CERTS, it is still the certificate of one name only.
      const script = `
        import { openaiClient } from ${JSON.stringify(new URL('../../../src/sampling/openaiClient.ts', import.meta.url).href)};
        for (const url of [${JSON.stringify(server.url)}, ${JSON.stringify(server.url.replace('127.0.0.1', 'localhost'))}])
          await openaiClient({ baseUrl: url, apiKey: 'sk-secret', timeoutMs: 5000 }).check('scripted')
            .then(() => console.log('good'), (error) => console.log(error.code, error.message));`;
      const said = await new Promise<string>((resolve, reject) => {
        execFile(
          process.execPath,
          ['--input-type=module', '-e', script],
          { env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') } },
          (error, stdout, stderr) => {
            if (error) reject(new Error(stderr));
            else resolve(stdout);
          },
        );
      });
      assert.match(
        said,
        /^good\nbad_certificate Could not reach localhost:\d+: its certificate is for another host/,
      );
      assert.equal(asked, 1);
    } finally {
      await server.close();
    }
  });
});

test('a server without TLS at an https address, and the other way round, is told apart from one that is down', async () => {
  await withFolder(async (folder) => {
    const plain = await startFaultyServer(() => good);
    const secure = await startFaultyServer(() => good, {
      tls: await certificateFor(folder, 'localhost'),
    });
    try {
      const tls = await failureOf(plain.url.replace('http:', 'https:'));
      assert.equal(tls.failure, 'run');
      assert.match(tls.message, /does not speak TLS there/);
      const http = await failureOf(secure.url.replace('https:', 'http:'));
      assert.match(http.message, /127\.0\.0\.1:\d+/);
    } finally {
      await plain.close();
      await secure.close();
    }
  });
});
