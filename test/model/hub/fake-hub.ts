// A small server that answers as the hub does for one model repository: revision, tree and resolve with ranges, large files
// through a redirect. It can ask for a token, break connections after some bytes, damage a file, or ignore ranges.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
export const REPOSITORY = 'lectern/tiny-vl';

export interface HubBehaviour {
  token?: string;
  /** Body bytes after which a connection of this file is broken, one entry a request; then whole. */
  breaks?: Record<string, number[]>;
  /** Files whose bytes are served wrong, as long as they are listed. */
  damaged?: Set<string>;
  ignoresRanges?: boolean;
  /** Status of every answer. */
  status?: number;
  /** Names that the tree lists besides the folder's own files. */
  extraNames?: string[];
}

export class FakeHub implements AsyncDisposable {
  readonly requests: { url: string; range: string | undefined }[] = [];
  readonly behaviour: HubBehaviour;
  readonly #files = new Map<string, Buffer>();
  readonly #server: Server;
  #port = 0;

  private constructor(folder: string, behaviour: HubBehaviour) {
    this.behaviour = behaviour;
    for (const name of readdirSync(folder)) this.#files.set(name, readFileSync(join(folder, name)));
    this.#files.set('README.md', Buffer.from('not needed'));
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(folder: string, behaviour: HubBehaviour = {}): Promise<FakeHub> {
    const hub = new FakeHub(folder, behaviour);
    await new Promise<void>((resolve) => hub.#server.listen(0, '127.0.0.1', resolve));
    hub.#port = (hub.#server.address() as AddressInfo).port;
    return hub;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Requests for the bytes of a file. */
  downloads(name: string): { range: string | undefined }[] {
    return this.requests.filter(({ url }) => url.startsWith('/cdn/') && url.endsWith(`/${name}`));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url!.split('?')[0]!;
    this.requests.push({ url, range: request.headers.range });
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const { token, status } = this.behaviour;
    if (status) return void json(status, { error: 'as told' });
    // A redirect's target is signed by itself: the token isn't sent there.
    const isAllowed = url.startsWith('/cdn/') || !token || request.headers.authorization === `Bearer ${token}`;
    if (!isAllowed) return void json(401, { error: 'Repository not found or private' });
    if (url === `/api/models/${REPOSITORY}/revision/main`)
      return void json(200, { _id: '1', id: REPOSITORY, sha: COMMIT });
    if (url === `/api/models/${REPOSITORY}/tree/${COMMIT}`) return void json(200, this.#tree());
    const resolve = new RegExp(`^/${REPOSITORY}/resolve/${COMMIT}/(.+)$`).exec(url);
    if (resolve) return void response.writeHead(302, { location: `${this.endpoint}/cdn/${resolve[1]!}` }).end();
    const name = url.startsWith('/cdn/') ? url.slice('/cdn/'.length) : '';
    const content = this.#files.get(name);
    if (!content) return void json(404, { error: 'Entry not found' });
    this.#send(name, content, request, response);
  }

  #tree(): unknown[] {
    const entries = [...this.#files].map(([path, content]) => {
      const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
      const lfs = { oid: createHash('sha256').update(content).digest('hex'), size: content.length, pointerSize: 134 };
      return { type: 'file', path, size: content.length, oid, ...(path.endsWith('.safetensors') && { lfs }) };
    });
    const extra = (this.behaviour.extraNames ?? []).map((path) => ({
      type: 'file',
      path,
      size: 1,
      oid: 'a'.repeat(40),
    }));
    return [{ type: 'directory', path: 'onnx', oid: 'b'.repeat(40), size: 0 }, ...entries, ...extra];
  }

  #send(name: string, content: Buffer, request: IncomingMessage, response: ServerResponse): void {
    const isDamaged = this.behaviour.damaged?.has(name) === true;
    const bytes = isDamaged
      ? Buffer.from(content.map((byte, i) => (i === content.length - 1 ? byte ^ 1 : byte)))
      : content;
    const range = this.behaviour.ignoresRanges ? undefined : /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const start = range ? Number(range[1]) : 0;
    const body = bytes.subarray(start);
    response.writeHead(range ? 206 : 200, {
      'content-length': body.length,
      ...(range && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    });
    const breakAfter = this.behaviour.breaks?.[name]?.shift();
    if (breakAfter === undefined) return void response.end(body);
    // A moment later, so that the client has read what came: a reset may take unread bytes with it.
    response.write(body.subarray(0, breakAfter), () => setTimeout(() => response.destroy(), 50));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
