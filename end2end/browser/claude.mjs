// Claude as far as a connector goes: what it reads, where it sends the browser, what it does with the code. Its
// callback stands in the browser itself: nothing leaves this machine.
import { createHash, randomBytes } from 'node:crypto';

const CALLBACK = 'https://claude.ai/api/mcp/auth_callback';
const PAGE = Buffer.from('<!doctype html><title>Claude</title><p>Connected').toString('base64');

const base64url = (bytes) => Buffer.from(bytes).toString('base64url');

/** Answers for claude.ai in this page, after the browser's own policies have let it go there; gives what it was asked for. */
export async function standIn(page) {
  const asked = [];
  const browser = await page.context().newCDPSession(page);
  await browser.send('Fetch.enable', { patterns: [{ urlPattern: 'https://claude.ai/*' }] });
  browser.on('Fetch.requestPaused', ({ requestId, request }) => {
    if (request.url.startsWith(CALLBACK)) asked.push(new URL(request.url));
    const responseHeaders = [{ name: 'content-type', value: 'text/html' }];
    browser.send('Fetch.fulfillRequest', { requestId, responseCode: 200, responseHeaders, body: PAGE });
  });
  return asked;
}

/** The connector that somebody adds: the server's address, and the client's id and secret as Axanta showed them. */
export class Connector {
  constructor(url, clientId, clientSecret) {
    Object.assign(this, { url, clientId, clientSecret });
  }

  /** Where "Connect" sends the browser: found from the 401 on, as the specification says. */
  async authorization() {
    const refused = await fetch(this.url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
    const challenge = refused.headers.get('www-authenticate');
    const [, described] = challenge.match(/resource_metadata="([^"]+)"/);
    const [, scope] = challenge.match(/scope="([^"]+)"/);
    const resource = await (await fetch(described)).json();
    const [issuer] = resource.authorization_servers;
    this.server = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
    this.resource = resource.resource;
    this.verifier = base64url(randomBytes(32));
    this.state = base64url(randomBytes(24));
    const asked = new URL(this.server.authorization_endpoint);
    asked.search = new URLSearchParams({
      response_type: 'code',
      client_id: this.clientId,
      redirect_uri: CALLBACK,
      scope,
      state: this.state,
      resource: this.resource,
      code_challenge: base64url(createHash('sha256').update(this.verifier).digest()),
      code_challenge_method: 'S256',
    });
    return asked.href;
  }

  /** What Claude's callback does: the code for tokens. */
  exchange(back) {
    if (back.searchParams.get('state') !== this.state) throw new Error(`another state came back: ${back}`);
    if (back.searchParams.get('iss') !== this.server.issuer) throw new Error(`another issuer came back: ${back}`);
    return this.token({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code'),
      redirect_uri: CALLBACK,
      code_verifier: this.verifier,
    });
  }

  refresh() {
    return this.token({ grant_type: 'refresh_token', refresh_token: this.tokens.refresh_token });
  }

  /** One request to the token endpoint, with the secret in the form: the status, and the tokens kept if there are any. */
  async token(form) {
    const secret = { client_id: this.clientId, client_secret: this.clientSecret, resource: this.resource };
    const response = await fetch(this.server.token_endpoint, { method: 'POST', body: new URLSearchParams({ ...form, ...secret }) });
    const answer = await response.json();
    if (response.ok) this.tokens = answer;
    return { status: response.status, ...answer };
  }
}
