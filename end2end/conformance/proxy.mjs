// Stands between the conformance suite, which can send no header of ours, and a server that wants a
// key: adds it, and passes everything else on as it comes, streams included.
// `KEY=… node proxy.mjs http://127.0.0.1:PORT` prints its own address as `URL=…`.

import http from 'node:http'

const server = new URL(process.argv[2])

const proxy = http.createServer((request, response) => {
  const own = `127.0.0.1:${proxy.address().port}`
  const headers = { ...request.headers, authorization: `Bearer ${process.env.KEY}` }
  // The proxy's own address becomes the server's, as the server must not know that it is there;
  // any other Host or Origin is what a scenario about just that wants the server to see.
  if (headers.host === own) headers.host = server.host
  if (headers.origin === `http://${own}`) headers.origin = server.origin

  const { method, url: path } = request
  const forward = http.request({ host: server.hostname, port: server.port, method, path, headers }, answer => {
    response.writeHead(answer.statusCode, answer.headers)
    response.flushHeaders()
    answer.pipe(response)
    answer.on('aborted', () => response.destroy())
  })
  forward.on('error', () => response.destroy())
  // A client that hangs up must reach the server as a client that hangs up.
  response.on('close', () => response.writableFinished || forward.destroy())
  request.pipe(forward)
})

proxy.listen(0, '127.0.0.1', () => console.log(`URL=http://127.0.0.1:${proxy.address().port}`))
