// A workspace for the test: a page that tells how it was reached, and a WebSocket that says one word.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const server = createServer((request, response) => {
  response.end(`${request.url} by ${request.headers["x-forwarded-proto"] ?? "nobody"}\n`);
});
// RFC 6455, 4.2.2 and 5.2: the handshake, then one text frame.
server.on("upgrade", (request, socket) => {
  const accept = createHash("sha1")
    .update(request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
    .digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.write(Buffer.from([0x81, 5, ...Buffer.from("hello")]));
});
server.listen(8080, process.env.DEV8_ADDRESS);
