// The emulator, for a test file: started on a free port, and its control plane.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export const SEED = {
  security_tokens: [{ token: 'SUITE', methods: ['*'] }],
  phone_number_types: [{ external_reference: 'HOME', name: 'Home' }],
  members: [
    { member_id: 1, first_name: 'Ada' },
    { member_id: 2, first_name: 'Alan', phones: [{ type: 'HOME', number: '+15195550199' }] },
  ],
};

export class Emulator {
  static async start() {
    const program = process.env.SYNC_ASMX ?? 'sync-asmx';
    const child = spawn(program, ['--listen', '127.0.0.1:0', '--ledger', 'memory:'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const gone = once(child, 'exit').then(() => { throw new Error(`${program} ended before it listened`); });
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), gone]);
    gone.catch(() => {});
    return new Emulator(child, line.replace('listening on ', '').trim());
  }

  constructor(child, url) {
    Object.assign(this, { child, url, wsdl: `${url}/Services/Sync.asmx?WSDL` });
  }

  stop() {
    this.child.kill();
  }

  async ask(method, path, body) {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${this.url}/_emulator/${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    return text ? JSON.parse(text) : null;
  }
}
