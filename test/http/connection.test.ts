// Which failures are worth another attempt. The waits between attempts are longer than a test may take.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ServerConnection } from '../../src/http/connection.ts';

describe('a connection that fails', () => {
  it.each([
    ['http://127.0.0.1:9/v1', 'bad port'],
    ['http://127.0.0.1:99999/v1', 'ERR_INVALID_URL'],
  ])('for good is not tried again: %s, %s', async (url, reason) => {
    const connection = new ServerConnection(url, { retry: { baseMs: 600_000 } });
    await expect(connection.request(`${url}/models`)).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: `No server answers at ${url}: ${reason}`,
    });
  });

  it('for good is not tried again: a server without TLS where TLS is spoken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const connection = new ServerConnection(url, { retry: { baseMs: 600_000 } });
    await expect(connection.request(`${url}/models`)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });

  it('for now is tried again', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    await new Promise((resolve) => server.close(resolve));
    const connection = new ServerConnection(url, { retry: { baseMs: 1, maxMs: 1, attempts: 3 } });
    await expect(connection.request(`${url}/models`)).rejects.toThrow('after 3 attempts: ECONNREFUSED');
  });
});
