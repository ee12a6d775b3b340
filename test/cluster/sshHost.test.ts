import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SshHost, type SshOptions } from '../../src/cluster/ssh/sshHost.ts';
import { SealongError } from '../../src/errors.ts';
import { freePort } from './support/door.ts';
import { Lab } from './support/lab.ts';
import { passwordHost } from './support/passwordHost.ts';

const NASTY = [
  ...['a b', "it's", '$(touch PWNED)', '`touch PWNED`', '-rf', 'new\nline', 'tab\tx'],
  ...['éü 漢字 🚀', 'a"b', 'back\\slash', 'end\\', '!bang!!', '~root', '*', '$HOME', '%s{a,b}'],
  ...["'", "''", "\\'", 'x;touch PWNED', '#c', '\\\n', "a'\\''b", 'trail\n'],
];

/** The first that whoever listens at a port says. */
function greeting(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', (data: Buffer) => {
      resolve(data.toString('latin1'));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe('A host behind the user’s own ssh', () => {
  let lab: Lab;
  const stop = new AbortController();
  const { signal } = stop;

  before(async () => {
    lab = await Lab.start({ shells: ['fish', 'tcsh'], nodes: 1 });
  });
  after(async () => {
    await lab.stop();
  });

  const withHost = async <T>(options: Partial<SshOptions>, use: (host: SshHost) => Promise<T>) => {
    const host = await SshHost.open({ host: 'lab-login', configFile: lab.sshConfig, ...options });
    try {
      return await use(host);
    } finally {
      await host.close();
    }
  };

  for (const shell of ['bash', 'fish', 'tcsh'])
    it(`passes ${NASTY.length} nasty values to a script unchanged where ${shell} is the login shell`, async () => {
      const user = shell === 'bash' ? lab.user : `${lab.user}-${shell}`;
      await withHost({ host: `${user}@lab-login` }, async (host) => {
        for (const value of NASTY) {
          const { stdout, status } = await host.run('printf "%s" "$value"', { value }, signal);
          assert.deepEqual([status, stdout], [0, value]);
        }
        const { stdout } = await host.run('ls -a | grep -c PWNED', {}, signal);
        assert.equal(stdout.trim(), '0');
      });
    });

  it('goes through a jump host', async () => {
    await withHost({ host: 'lab-jump' }, async (host) => {
      assert.equal(await host.mustRun('Asking', 'echo there', {}, signal), 'there\n');
    });
  });

  it('tells a script’s own exit status 255 from a lost connection', async () => {
    await withHost({}, async (host) => {
      assert.equal((await host.run('exit 255', {}, signal)).status, 255);
      await assert.rejects(host.run('kill -9 "$PPID"; kill -9 $$; exit 3', {}, signal), (error) => {
        assert.ok(error instanceof SealongError);
        assert.equal(error.code, 'ssh_dropped');
        return true;
      });
    });
  });

  it('shares a connection that is kept elsewhere, and makes its own where that is cut', async () => {
    const keeper = await SshHost.open({ host: 'lab-login', configFile: lab.sshConfig });
    try {
      await keeper.connect(signal);
      assert.ok(await keeper.isOpen());
      await withHost({ borrow: keeper.folder }, async (host) => {
        const parent = () => host.mustRun('Asking', 'ps -o ppid= -p $PPID', {}, signal);
        const shared = await keeper.mustRun('Asking', 'ps -o ppid= -p $PPID', {}, signal);
        assert.equal(await parent(), shared, 'both are served by one process of sshd');
        const port = await freePort();
        const way = await host.forward(
          port,
          { host: '127.0.0.1', port: Number(lab.ports['P_LOGIN']) },
          signal,
        );
        assert.match(await greeting(port), /^SSH-2\.0-/);
        await lab.cutConnections();
        await way.over;
        assert.notEqual(await parent(), shared);
      });
      assert.ok(!(await keeper.isOpen()));
    } finally {
      await keeper.close();
    }
  });

  it('takes back the ways that it made over a connection that is shared', async () => {
    const keeper = await SshHost.open({ host: 'lab-login', configFile: lab.sshConfig });
    try {
      await keeper.connect(signal);
      const port = await freePort();
      await withHost({ borrow: keeper.folder }, async (host) => {
        await host.forward(port, { host: '127.0.0.1', port: Number(lab.ports['P_LOGIN']) }, signal);
        assert.match(await greeting(port), /^SSH-2\.0-/);
      });
      await assert.rejects(greeting(port), /ECONNREFUSED/);
      assert.equal(await keeper.mustRun('Asking', 'echo there', {}, signal), 'there\n');
    } finally {
      await keeper.close();
    }
  });

  it('refuses a host that ssh would read as an option', async () => {
    await assert.rejects(SshHost.open({ host: '-oProxyCommand=touch PWNED' }), /is no host/);
  });

  it('tells a full disk from other failures of a script', async () => {
    await withHost({}, async (host) => {
      await assert.rejects(
        host.mustRun('Writing', 'cp /etc/hostname /dev/full', {}, signal),
        /its disk is full\. Free some space/,
      );
    });
  });

  const failures: [string, string, () => Promise<string>][] = [
    [
      'an unknown host key where nobody can be asked',
      'host_key_unknown',
      () => lab.configWith('unknown', ['Host *', '  UserKnownHostsFile /dev/null']),
    ],
    [
      'a changed host key',
      'host_key_changed',
      async () => {
        const other = (await readFile(join(lab.folder, 'keys/id_ed25519.pub'), 'utf8')).split(' ');
        const file = join(lab.folder, 'etc/known_changed');
        await writeFile(file, `[127.0.0.1]:${lab.ports['P_LOGIN']} ${other[0]} ${other[1]}\n`);
        return lab.configWith('changed', ['Host *', `  UserKnownHostsFile ${file}`]);
      },
    ],
    [
      'a user that is not let in',
      'ssh_denied',
      () => lab.configWith('denied', ['Host *', '  User nobody']),
    ],
    [
      'a port that nothing listens on',
      'ssh_refused',
      () => lab.configWith('port', ['Host *', '  Port 1']),
    ],
    [
      'a name that is not known',
      'ssh_dns',
      () => lab.configWith('dns', ['Host *', '  HostName no-such-host.invalid']),
    ],
    [
      'a host that does not answer',
      'ssh_timeout',
      () => lab.configWith('timeout', ['Host *', `  ProxyCommand sleep 30`]),
    ],
    [
      'a configuration that ssh cannot read',
      'ssh_config',
      () => lab.configWith('bad', ['NoSuchOption yes']),
    ],
  ];
  for (const [what, code, configOf] of failures)
    it(`names ${what}, with a remedy`, async () => {
      const configFile = await configOf();
      await withHost({ configFile, connectTimeoutS: 2 }, async (host) => {
        await assert.rejects(host.run('true', {}, signal), (error) => {
          assert.ok(error instanceof SealongError, String(error));
          assert.equal(error.code, code, error.message);
          assert.match(error.message, /lab-login/);
          return true;
        });
      });
    });

  it('tells a jump host that is down from a target that is down', async () => {
    const codeOf = async (lines: string[]) => {
      const configFile = await lab.configWith('jump', lines);
      return withHost({ host: 'lab-jump', configFile }, (host) =>
        host.run('true', {}, signal).then(
          () => 'reached',
          (error: unknown) => (error instanceof SealongError ? error.code : String(error)),
        ),
      );
    };
    assert.equal(await codeOf(['Host lab-bastion', '  Port 1']), 'ssh_jump_down');
    assert.equal(await codeOf(['Host lab-jump', '  Port 1']), 'ssh_target_down');
  });

  for (const sessions of [1, 2])
    it(`makes do with ${sessions} session(s) at once, without asking for a connection each time`, async () => {
      const door = await passwordHost(lab, 'open sesame', [`MaxSessions ${sessions}`]);
      const [program, asked] = [join(lab.folder, 'answer'), join(lab.folder, `asked-${sessions}`)];
      await writeFile(
        program,
        `#!/bin/sh\ncase $1 in *yes/no*) echo yes; exit ;; esac\necho asked >>'${asked}'; echo 'open sesame'\n`,
        { mode: 0o755 },
      );
      const timesAsked = async () => (await readFile(asked, 'utf8')).split('\n').length - 1;
      const askpass = { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force' };
      try {
        await withHost({ host: 'lab-password', configFile: door.config, askpass }, async (host) => {
          const burst = async () => {
            const calls = Array.from({ length: 4 }, (_, at) =>
              host.run('sleep 0.1; printf "%s" "$value"', { value: `${at}` }, signal),
            );
            const seen = (await Promise.all(calls)).map(({ stdout }) => stdout);
            assert.deepEqual(seen, ['0', '1', '2', '3']);
          };
          // There are some connections more until it is known how many sessions there are, and how slow the host is.
          const asks: number[] = [];
          while (asks.length < 2 || (asks.at(-1) !== asks.at(-2) && asks.length < 6)) {
            await burst();
            asks.push(await timesAsked());
          }
          assert.equal(asks.at(-1), asks.at(-2), `asked in all, after each burst: ${asks.join()}`);
        });
      } finally {
        door.stop();
      }
    });

  it('shares one connection among calls at the same time', async () => {
    await withHost({}, async (host) => {
      await host.run('true', {}, signal);
      const connections = await Promise.all(
        Array.from({ length: 20 }, () =>
          host.mustRun('Asking', 'echo "$SSH_CONNECTION"', {}, signal),
        ),
      );
      assert.equal(new Set(connections).size, 1);
    });
  });

  it('names a connection that is cut while a script runs, and connects anew', async () => {
    await withHost({}, async (host) => {
      const cut = assert.rejects(
        host.run('touch began; sleep 30', {}, signal),
        (error) => error instanceof SealongError && error.code === 'ssh_dropped',
      );
      await untilSeen(() =>
        host.run('test -e began', {}, signal).then(({ status }) => status === 0),
      );
      await host.run('pkill -KILL -u "$(id -u)" sshd', {}, signal).catch(() => undefined);
      await cut;
      await untilSeen(() =>
        host.run('exit 7', {}, signal).then(
          ({ status }) => status === 7,
          () => false,
        ),
      );
    });
  });
});

async function untilSeen(seen: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await seen()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('It was never seen.');
}
