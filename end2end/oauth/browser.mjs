// A browser that needs no screen: signs in, reads the consent page's form as HTML says it is to be read, presses a
// button, and comes back with the address that the server sends it to at the client's.
//
// `node browser.mjs URL` prints that address; with `--follow` it goes there, as a browser would, and notes in the
// file that AXANTA_OPENED names what was opened.
// AXANTA_LOGIN says who approves (demo, if nobody is named), AXANTA_DECISION which button (approve), and
// AXANTA_KEY, if given, a text that stands beside the key to choose.

import assert from 'node:assert/strict'
import { appendFileSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The password that the first start made for a login. */
export function password(login) {
  const lines = readFileSync(process.env.AXANTA_SECRETS, 'utf8').split('\n').map(line => line.trim().split(/\s+/))
  const found = lines.find(([word]) => word === login)
  assert.ok(found, `the first start says no password of ${login}`)
  return found[1]
}

export class Browser {
  #cookies = new Map()

  /** A browser of one person, who signs in where that is asked for. */
  constructor(login = 'demo', word = password(login)) {
    Object.assign(this, { login, word })
  }

  /**
   * Where an authorization request leads: through sign-in and consent to an address that isn't the server's.
   * A page that is neither is an error that names it, so that what the server says shows.
   */
  async authorize(address, { decision = 'approve', key } = {}) {
    const { origin } = new URL(address)
    let page = await this.open(address)
    for (let step = 0; step < 10; step += 1) {
      if (new URL(page.url).origin !== origin) return page.url
      const forms = formsOf(page.html)
      const consent = forms.find(form => form.buttons.some(button => button.name === 'decision' && button.value === decision))
      const login = forms.find(form => form.fields.some(field => field.name === 'password'))
      if (consent) page = await this.#press(page, consent, decision, key)
      else if (login) page = await this.#signIn(page, login)
      else throw new Error(`neither sign-in nor consent: ${page.status} ${page.url}: ${textOf(page.html)}`)
    }
    throw new Error(`still not sent back to the client, but at ${page.url}`)
  }

  /** The consent page as it is shown, to be looked at. */
  async consent(address) {
    const page = await this.open(address)
    const login = formsOf(page.html).find(form => form.fields.some(field => field.name === 'password'))
    return login ? this.#signIn(page, login) : page
  }

  #signIn(page, form) {
    if (page.status >= 400) throw new Error(`sign-in of ${this.login} is refused: ${textOf(page.html)}`)
    return this.#submit(page, form, { login: this.login, password: this.word })
  }

  #press(page, form, decision, key) {
    const chosen = {}
    if (key) {
      const radio = form.fields.find(field => field.type === 'radio' && field.label.includes(key))
      assert.ok(radio, `no key ${key} to choose in: ${textOf(page.html)}`)
      chosen[radio.name] = radio.value
    }
    return this.#submit(page, form, { ...chosen, decision })
  }

  #submit(page, form, values) {
    const sent = new URLSearchParams()
    for (const { name, value, type, on } of form.fields) {
      if (!name || name in values || (['radio', 'checkbox'].includes(type) && !on)) continue
      sent.append(name, value)
    }
    for (const [name, value] of Object.entries(values)) sent.append(name, value)
    return this.open(new URL(form.action || page.url, page.url).href, sent, page.url)
  }

  /** Opens a page, or sends a form to it, and follows redirects for as long as they stay with the server. */
  async open(address, form, from) {
    const { origin } = new URL(address)
    let url = address
    for (let hop = 0; hop < 10; hop += 1) {
      const headers = { accept: 'text/html,application/xhtml+xml', cookie: [...this.#cookies].map(pair => pair.join('=')).join('; ') }
      if (form) Object.assign(headers, { origin, referer: from, 'sec-fetch-site': 'same-origin' })
      const answer = await fetch(url, { method: form ? 'POST' : 'GET', body: form, headers, redirect: 'manual' })
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/)
        this.#cookies.set(name, value)
      }
      const html = await answer.text()
      const to = answer.headers.get('location')
      if (!to) return { url, status: answer.status, headers: answer.headers, html }
      assert.ok([302, 303].includes(answer.status), `a redirect after a form must become a GET, not ${answer.status}`)
      url = new URL(to, url).href
      form = undefined
      if (new URL(url).origin !== origin) return { url, status: answer.status, headers: answer.headers, html }
    }
    throw new Error(`redirected for ever, last to ${url}`)
  }
}

/** Every form of a page: where it goes, its fields with their labels, its buttons. */
function formsOf(html) {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, tag, inside]) => {
    const labels = [...inside.matchAll(/<label\b([^>]*)>([\s\S]*?)<\/label>/gi)].map(([, head, text]) => ({ of: attribute(head, 'for'), text }))
    const fields = [...inside.matchAll(/<input\b([^>]*)>/gi)].map(([whole, head]) => ({
      name: attribute(head, 'name'),
      value: attribute(head, 'value') ?? (/checkbox|radio/.test(attribute(head, 'type')) ? 'on' : ''),
      type: attribute(head, 'type') ?? 'text',
      on: /\schecked\b/i.test(head),
      label: textOf(labels.find(label => label.text.includes(whole) || (label.of && label.of === attribute(head, 'id')))?.text ?? ''),
    }))
    const buttons = [...inside.matchAll(/<button\b([^>]*)>/gi)].map(([, head]) => ({ name: attribute(head, 'name'), value: attribute(head, 'value') }))
    return { action: attribute(tag, 'action'), fields, buttons }
  })
}

function attribute(tag, name) {
  const found = tag.match(new RegExp(`(?:^|\\s)${name}="([^"]*)"`, 'i'))
  return found ? unescaped(found[1]) : undefined
}

const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }
const unescaped = text =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    name ? (NAMED[name] ?? whole) : String.fromCodePoint(hex ? parseInt(hex, 16) : Number(decimal)),
  )

/** What a person reads on a page. */
export const textOf = html =>
  unescaped(html.replace(/<(script|style|title|svg)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim()

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const address = process.argv.slice(2).find(word => word !== '--follow')
  const { AXANTA_LOGIN, AXANTA_DECISION, AXANTA_KEY, AXANTA_OPENED } = process.env
  if (AXANTA_OPENED) appendFileSync(AXANTA_OPENED, `${address}\n`)
  const back = await new Browser(AXANTA_LOGIN).authorize(address, { decision: AXANTA_DECISION, key: AXANTA_KEY })
  console.log(back)
  if (process.argv.includes('--follow')) await (await fetch(back)).text()
}
