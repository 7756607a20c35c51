/** A debugger, as far as the tests need one: attaches, waits for the first stop, lets go. Node 20 has no WebSocket of its own. */

import { randomBytes } from "node:crypto";
import { get, request } from "node:http";
import type { Socket } from "node:net";

interface Stopped {
  /** Names of the functions on the stack, innermost first. */
  readonly stack: readonly string[];
}

/** Attaches to the process that listens at the port, and returns where it stopped first; then the process goes on. */
export async function firstStop(port: number): Promise<Stopped> {
  const socket = await connected(await address(port));
  return await new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    socket.on("data", (piece: Buffer) => {
      bytes = Buffer.concat([bytes, piece]);
      for (let frame = read(bytes); frame !== undefined; frame = read(bytes)) {
        bytes = bytes.subarray(frame.length);
        const { method, params } = JSON.parse(frame.text) as {
          readonly method?: string;
          readonly params?: { readonly callFrames?: readonly { readonly functionName: string }[] };
        };
        if (method !== "Debugger.paused") continue;
        send(socket, 4, "Debugger.resume");
        resolve({ stack: (params?.callFrames ?? []).map(({ functionName }) => functionName) });
        setTimeout(() => socket.destroy(), 200);
      }
    });
    send(socket, 1, "Runtime.enable");
    send(socket, 2, "Debugger.enable");
    send(socket, 3, "Runtime.runIfWaitingForDebugger");
  });
}

async function address(port: number): Promise<URL> {
  const text = await new Promise<string>((resolve, reject) => {
    get({ port, host: "127.0.0.1", path: "/json/list" }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        body += piece;
      });
      response.on("end", () => resolve(body));
    }).on("error", reject);
  });
  return new URL((JSON.parse(text) as readonly { readonly webSocketDebuggerUrl: string }[])[0]!.webSocketDebuggerUrl);
}

function connected({ hostname, port, pathname }: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const key = randomBytes(16).toString("base64");
    const headers = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key };
    const asked = request({ host: hostname, port, path: pathname, headers });
    asked.on("upgrade", (_response, socket: Socket) => resolve(socket)).on("error", reject);
    asked.end();
  });
}

/** One frame of text, masked, as RFC 6455 wants it of a client. */
function send(socket: Socket, id: number, method: string): void {
  const text = Buffer.from(JSON.stringify({ id, method }));
  const mask = randomBytes(4);
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length]), mask, text.map((byte, i) => byte ^ mask[i % 4]!)]));
}

/** The first whole frame of what has come, and how long it is. */
function read(bytes: Buffer): { readonly text: string; readonly length: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 0x7f;
  const head = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < head) return undefined;
  const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < head + size) return undefined;
  return { text: bytes.subarray(head, head + size).toString("utf8"), length: head + size };
}
