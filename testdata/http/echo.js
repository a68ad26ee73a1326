// Answers each request with what Node's HTTP server saw of it. It prints its
// port and ends with its standard input.
'use strict';
const http = require('http');

const server = http.createServer((req, res) => {
  const parts = [];
  req.on('data', (part) => parts.push(part));
  req.on('end', () => {
    res.setHeader('Content-Type', 'application/json');
    res.end(JSON.stringify({
      method: req.method,
      target: Buffer.from(req.url, 'latin1').toString('hex'),
      host: req.headers.host,
      tenant: req.headers['x-tenant-id'],
      trailers: Object.keys(req.trailers),
      body: Buffer.concat(parts).toString('hex'),
    }));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
